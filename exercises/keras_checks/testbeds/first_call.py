"""The first call of a layer that has just been made."""

from __future__ import annotations

from typing import Any

import keras


def first_call(layer: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
    """Call a layer; where it is new, this call builds its parts.

    Before it calls a new layer without a `build` method, Keras traces a symbolic call that builds the parts, which
    takes longer than the call. Where that fails, Keras lets the call itself build them: here it always does.
    """
    if getattr(type(layer), "build", None) is not keras.layers.Layer.build or getattr(layer, "built", True):
        return layer(x, *args, **kwargs)
    layer.built = True
    try:
        found = layer(x, *args, **kwargs)
    finally:
        layer.built = False
    layer.build(tuple(x.shape))  # from now on the layer takes no other parts
    return found

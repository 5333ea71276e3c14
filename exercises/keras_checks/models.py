"""A model of Keras's own layers as plain data, so that it can be looked at where no student code has run.

A configuration is data only as long as it names nothing but what Keras itself defines: see :func:`foreign_part`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

Packed = dict[str, Any]
MAX_LAYERS = 400
MAX_WEIGHTS = 8_000_000
CODE = ("Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "function", "type")
"""Classes of Keras's whose configuration holds or loads code."""


DATA = ("__keras_tensor__", "__tensor__", "__numpy__", "__tuple__", "__slice__", "__ellipsis__", "__bytes__")
"""What Keras calls pieces of data in a configuration."""


def pack(model: Any) -> Packed | None:
    """Configuration and weights of a model, or None where it can't be said in data."""
    if not isinstance(model, keras.Model):
        return None
    try:
        config = json.loads(json.dumps(keras.saving.serialize_keras_object(model)))
        weights = [np.asarray(weight) for weight in model.get_weights()]
    except Exception:  # a layer of the student's may do anything
        return None
    return {"config": json.dumps(config), "weights": weights}


def make_weights(model: Any, inputs: Any) -> None:
    """Call a model whose weights may be made by its first call; one that is a graph of layers has them already."""
    graph = isinstance(model, keras.Function) or (isinstance(model, keras.Sequential) and model.built)
    if not graph:
        model(inputs)


def unpack(packed: Packed) -> keras.Model:
    """The model of :func:`pack`. Raises ValueError where it does not consist of Keras's own parts."""
    config = json.loads(packed["config"])
    if part := foreign_part(config):
        raise ValueError(f"{part} is not one of Keras's own layers")
    model = keras.saving.deserialize_keras_object(config, safe_mode=True)
    model.set_weights(packed["weights"])
    return model


def foreign_part(config: Any) -> str:
    """The first part of a configuration that is not Keras's own, or too large; "" where there is none."""
    parts = list(_parts(config, 0))
    if len(parts) > MAX_LAYERS * 20:
        return "a model of so many parts"
    for part in parts:
        module, name = str(part.get("module")), str(part.get("class_name"))
        ours = name in DATA or module == "builtins" or module.split(".")[0] == "keras"
        registered = part.get("registered_name")
        if not ours or name in CODE or (registered and ">" in str(registered)):
            return name
    return ""


def _parts(config: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 60:
        raise ValueError("a configuration that is nested too deeply")
    if isinstance(config, dict):
        if "class_name" in config:
            yield config
        for value in config.values():
            yield from _parts(value, depth + 1)
    elif isinstance(config, list):
        for value in config:
            yield from _parts(value, depth + 1)

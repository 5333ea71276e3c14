"""Keras's own attention is switched off while an answer is looked at: the exercise is to write it."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any

import keras
from keras.src import backend

from keras_checks.testbeds.exchange import code_exchanged

LAYERS = ("MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention", "Attention", "AdditiveAttention")
"""Layers of Keras's that attend; one has had two names."""
METHODS = ("_compute_attention", "_calculate_scores", "_apply_scores", "_make_output_dense", "_build_attention")
"""Their methods that compute scores, weights or means, or that `build` needs: a subclass may bring its own scores."""
OLDER = "tensorflow.python.keras.layers.dense_attention"
"""TensorFlow still contains an older Keras with layers that attend."""


def _off(*_: Any, **__: Any) -> Any:
    raise NotImplementedError("Keras's own attention is switched off here: use matrix products and a softmax.")


def without_keras_attention(probe: Callable[..., Any]) -> Callable[..., Any]:
    """Run a probe while Keras's own attention is switched off."""

    @functools.wraps(probe)
    def run(*args: Any) -> Any:
        with code_exchanged(_functions(), _off):
            return probe(*args)

    return run


def _functions() -> Iterator[Any]:
    found = [getattr(keras.layers, name, None) for name in LAYERS]
    found += [getattr(sys.modules.get(OLDER), name, None) for name in (*LAYERS, "BaseDenseAttention")]
    yield from (vars(cls)[name] for cls in found if cls for name in METHODS if name in vars(cls))
    yield from filter(None, (getattr(owner, "dot_product_attention", None) for owner in (keras.ops, backend.nn)))

"""Keras's own attention is switched off while an answer is looked at: the exercise is to write it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import keras

from keras_checks.testbeds.exchange import code_exchanged

LAYERS = ("MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention", "Attention", "AdditiveAttention")
"""Layers of Keras's that attend; one has had two names."""
METHODS = ("_compute_attention", "_calculate_scores", "_apply_scores")
"""Their methods that compute scores, weights or means."""


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
    classes = [getattr(keras.layers, name) for name in LAYERS if hasattr(keras.layers, name)]
    yield from (vars(cls)[name] for cls in classes for name in METHODS if name in vars(cls))
    if hasattr(keras.ops, "dot_product_attention"):
        yield keras.ops.dot_product_attention

"""Keras's own attention is switched off while an answer is looked at: the exercise is to write it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras

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
        with _switched_off():
            return probe(*args)

    return run


@contextmanager
def _switched_off() -> Iterator[None]:
    """The functions themselves are switched off: that reaches subclasses, and whatever was stored before."""
    codes = {function: function.__code__ for function in _functions()}
    try:
        for function in codes:
            function.__code__ = _off.__code__
        yield
    finally:
        for function, code in codes.items():
            function.__code__ = code


def _functions() -> Iterator[Any]:
    classes = [getattr(keras.layers, name) for name in LAYERS if hasattr(keras.layers, name)]
    found = [vars(cls)[name] for cls in classes for name in METHODS if name in vars(cls)]
    found += [keras.ops.dot_product_attention] if hasattr(keras.ops, "dot_product_attention") else []
    for function in found:
        innermost = inspect.unwrap(function)
        if not innermost.__code__.co_freevars:  # its code can be exchanged for one without any
            yield innermost

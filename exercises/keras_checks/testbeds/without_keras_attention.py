"""Keras's own attention is switched off while an answer is looked at: the exercise is to write it."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
from keras.src import backend

from keras_checks.testbeds.exchange import code_exchanged

METHODS = ("_compute_attention", "_calculate_scores", "_apply_scores", "_make_output_dense", "_build_attention")
"""Methods of layers that compute scores, weights or means, or that `build` needs: a subclass may bring its own
scores."""
OLDER = "tensorflow.python.keras"
"""TensorFlow still contains an older Keras with layers that attend."""
BASES = {"keras.src.layers.layer": "keras", f"{OLDER}.engine.base_layer": OLDER}
"""The modules that define the base classes of all layers, and the packages that they belong to."""


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
    for module, package in BASES.items():
        if module in sys.modules:
            yield from _methods(sys.modules[module].Layer, package)
    yield from filter(None, (getattr(owner, "dot_product_attention", None) for owner in (keras.ops, backend.nn)))


def _methods(layer: type, package: str) -> Iterator[Any]:
    """The methods that attend, of all layers of a package, and of a second copy where one of its files was run again:
    they come from its folder. A student's own stay."""
    folder, classes = Path(sys.modules[package].__file__ or "").parent, [layer]
    while classes:
        cls = classes.pop()
        own = vars(cls)
        for method in [own[name] for name in METHODS if name in own]:
            if str(cls.__module__).startswith(f"{package}.") or folder in _file_of(method).parents:
                yield method
        classes += type.__subclasses__(cls)


def _file_of(method: Any) -> Path:
    return Path(getattr(getattr(method, "__code__", None), "co_filename", ""))

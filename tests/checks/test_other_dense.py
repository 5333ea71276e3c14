"""Keras's own Dense is no answer to `threaded_dense`, whatever it is dressed in; a layer that contains one is."""

from __future__ import annotations

from typing import Any

import keras
import pytest
from keras_checks.observe import run_probe

CASE = {"x": [[1, 2, 3]], "units": 2, "use_bias": True, "activation": None}
Dense = keras.layers.Dense


class Heir(Dense):
    """Inherits the work."""


class Made(type):
    """Classes that make a Dense."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return Dense(*args, **kwargs)


class ByMetaclass(metaclass=Made):
    pass


class ByNew(keras.layers.Layer):
    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return Dense(*args, **kwargs)


class Turned(keras.layers.Layer):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.__class__ = Dense
        Dense.__init__(self, *args, **kwargs)  # pyright: ignore[reportArgumentType]


class Owner(keras.layers.Layer):
    """Contains a Dense, as the text allows."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inside = Dense(units)

    def call(self, x: Any) -> Any:
        return self.inside(x)


DRESSED = {
    "itself": Dense,
    "heir": Heir,
    "function": lambda *args, **kwargs: Dense(*args, **kwargs),
    "metaclass": ByMetaclass,
    "new": ByNew,
    "class changed": Turned,
}


@pytest.mark.parametrize("name", DRESSED)
def test_dense_is_no_answer(name: str) -> None:
    found = run_probe("threaded_dense", "worked", {"ThreadedDense": DRESSED[name]}, CASE)
    assert "not of `Dense`" in found["error"]["message"]


def test_a_layer_that_contains_one_is() -> None:
    found = run_probe("threaded_dense", "worked", {"ThreadedDense": Owner}, CASE)
    assert found["seen"]["y"].tolist() == [[3.5, 3.5]]

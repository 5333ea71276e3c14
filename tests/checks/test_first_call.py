"""A first call builds a layer as Keras does, without the symbolic call before it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

X = np.ones((2, 3), "float32")


def first_call(layer: Any, x: np.ndarray) -> Any:
    """The function that is tested; it imports TensorFlow."""
    from keras_checks.testbeds import first_call as tested

    return tested.first_call(layer, x)


def whole() -> Any:
    """A layer with parts, and no `build`."""
    import keras

    class Whole(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.part = keras.layers.Dense(4)
            self.calls = 0

        def call(self, x: Any) -> Any:
            """What the part gives; counts the calls."""
            self.calls += 1
            return self.part(x)

    return Whole()


def late() -> Any:
    """A layer that makes a part in every call."""
    import keras

    class Late(keras.layers.Layer):
        def call(self, x: Any) -> Any:
            """What the new part gives."""
            self.part = keras.layers.Dense(4)
            return self.part(x)

    return Late()


def test_the_parts_are_built_by_one_call() -> None:
    plain, layer = whole(), whole()
    plain(X)
    first_call(layer, X)
    assert (plain.calls, layer.calls) == (2, 1)
    assert [weight.shape for weight in layer.weights] == [(3, 4), (4,)]


def test_later_calls_are_those_of_any_layer() -> None:
    plain, layer = whole(), whole()
    plain(X)
    first_call(layer, X)
    layer.set_weights(plain.get_weights())
    assert layer.built
    assert np.array_equal(first_call(layer, X), plain(X))


def test_a_layer_with_a_build_method_is_built_by_it() -> None:
    import keras

    layer = keras.layers.Dense(4)
    assert first_call(layer, X).shape == (2, 4)
    assert layer.built


def test_parts_that_every_call_makes_are_refused_as_ever() -> None:
    layer = late()
    with pytest.raises(ValueError, match="already built"):
        for _ in range(2):
            first_call(layer, X)

"""Models that cross as data: what is one, and what is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:  # to collect tests must not import TensorFlow
    import keras


@pytest.fixture
def model() -> keras.Model:
    import keras

    inputs = keras.Input((2,))
    hidden = keras.layers.Dense(5, activation="gelu")(inputs)
    return keras.Model(inputs, keras.layers.Dense(3, activation="sigmoid")(keras.layers.Dropout(0.1)(hidden)))


def layer_with_code(kind: str) -> keras.layers.Layer:
    import keras

    class Lying(keras.layers.Layer):
        """Code of a student's."""

        def call(self, inputs: Any) -> Any:
            return inputs

    return Lying() if kind == "own layer" else keras.layers.Lambda(lambda x: x)


def test_a_model_of_keras_own_layers_is_the_same_after_crossing(model: keras.Model) -> None:
    from keras_checks.models import pack, unpack

    packed = pack(model)
    assert packed is not None
    x = np.ones((4, 2), np.float32)
    np.testing.assert_array_equal(model(x), unpack(packed)(x))


@pytest.mark.parametrize("kind", ["own layer", "lambda"])
def test_code_does_not_cross(kind: str) -> None:
    import keras
    from keras_checks.models import pack, unpack

    packed = pack(keras.Sequential([keras.Input((2,)), layer_with_code(kind)]))
    if packed is not None:
        with pytest.raises(ValueError, match="not one of Keras's own"):
            unpack(packed)


def test_what_is_no_model_does_not_cross() -> None:
    from keras_checks.models import pack

    assert pack(lambda x: x) is None


def test_a_configuration_that_is_nested_too_deeply_is_refused() -> None:
    from keras_checks.models import foreign_part

    config: Any = {}
    for _ in range(80):
        config = {"config": config}
    with pytest.raises(ValueError, match="too deeply"):
        foreign_part(json.loads(json.dumps(config)))

"""What a network shows of its outputs, however it is built, and what a formula in its place does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras_checks.compare import Failure
from keras_checks.testbeds.freedom import freedom, moves_freely

INPUTS = np.random.default_rng(0).uniform(0.1, 0.9, (1, 12)).astype(np.float32)


def _looked_at(model: keras.Model) -> Any:
    model(INPUTS)
    return freedom(model, INPUTS, 1, least=4)


class Formula(keras.Model):
    """Waves of few weights, instead of layers."""

    def __init__(self, function: Callable[[Any, Any], Any], weights: tuple[int, ...]) -> None:
        super().__init__()
        self.function = function
        self.kernel = self.add_weight(shape=weights)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        return self.function(inputs, self.kernel.value)


@tf.custom_gradient
def _lie(product: Any) -> Any:
    """Looks like a product, and is another one."""
    return tf.sin(7 * tf.reduce_sum(product, axis=1, keepdims=True) * tf.range(1.0, 11)), lambda slope: slope


PER_OUTPUT = tf.range(1.0, 11)
WRONG = {
    "one number decides": (lambda x, w: tf.sin(tf.matmul(x, w) * PER_OUTPUT), (12, 1), "with the input"),
    "only the input counts": (lambda x, w: x[:, :10] + 0 * w[0, 0], (12, 1), "the weights"),
    "gradients that lie": (lambda x, w: _lie(tf.matmul(x, w)), (12, 10), "gradients"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_formula_is_told_from_a_network(name: str) -> None:
    function, weights, message = WRONG[name]
    with pytest.raises(Failure, match=message):
        moves_freely(_looked_at(Formula(function, weights)), "The output", 4)


def _dense(depth: int, width: int, activation: str) -> keras.Model:
    layers = [keras.layers.Dense(width, activation=activation) for _ in range(depth)]
    return keras.Sequential([*layers, keras.layers.Dense(10, activation="sigmoid")])


def _convolutional() -> keras.Model:
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Dense(2 * 2 * 8, activation="relu"),
            layers.Reshape((2, 2, 8)),
            layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid"),
        ]
    )


RIGHT = {
    "linear": lambda: keras.Sequential([keras.layers.Dense(10)]),
    "narrow": lambda: keras.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dense(10, "sigmoid")]),
    "deep": lambda: keras.Sequential([keras.layers.Dense(16, activation="tanh") for _ in range(4)]),
    "deep, of relu units": lambda: _dense(8, 4, "relu"),
    "deep, of sigmoids": lambda: _dense(6, 16, "sigmoid"),
    "four relu units": lambda: _dense(1, 4, "relu"),
    "convolutional": _convolutional,
    "spectrally normalized": lambda: keras.Sequential([keras.layers.SpectralNormalization(keras.layers.Dense(10))]),
    "each input normalized": lambda: keras.Sequential([keras.layers.Normalization(), keras.layers.Dense(10)]),
    "a small fixed encoding": lambda: keras.Sequential(
        [keras.layers.Dense(4, trainable=False), keras.layers.Dense(8), keras.layers.Dense(10)]
    ),
    "code of one's own": lambda: Formula(lambda x, w: tf.sigmoid(tf.matmul(x, w)), (12, 10)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_every_network_moves_freely(name: str) -> None:
    moves_freely(_looked_at(RIGHT[name]()), "The output", 4)


def test_offsets_alone_are_no_network() -> None:
    layers = [keras.layers.Dense(10, use_bias=False, trainable=False), keras.layers.BatchNormalization(scale=False)]
    with pytest.raises(Failure, match="frozen"):
        moves_freely(_looked_at(keras.Sequential(layers)), "The output", 4)


def test_a_model_that_cannot_be_called_moves_nowhere() -> None:
    seen = _looked_at(Formula(lambda x, w: x if len(x) == 1 else tf.matmul(w, x), (3, 3)))
    with pytest.raises(Failure):
        moves_freely(seen, "The output", 1)

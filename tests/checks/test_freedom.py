"""What a network shows of its outputs, however it is built, and what a formula in its place does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from keras_checks.compare import Failure

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

INPUTS = np.random.default_rng(0).uniform(0.1, 0.9, (1, 12)).astype(np.float32)


@pytest.fixture(autouse=True, scope="module")
def tensorflow() -> None:
    """TensorFlow is imported for the tests of this file, not to collect them."""
    global keras, tf
    import keras
    import tensorflow as tf


def _looked_at(model: keras.Model) -> Any:
    from keras_checks.testbeds.freedom import freedom

    model(INPUTS)
    return freedom(model, INPUTS, 1, least=4)


def _formula(function: Callable[[Any, Any], Any], weights: tuple[int, ...]) -> keras.Model:
    """A model of few weights, instead of layers."""

    class Formula(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.kernel = self.add_weight(shape=weights)

        def call(self, inputs: Any, training: bool | None = None) -> Any:
            return function(inputs, self.kernel.value)

    return Formula()


def _lie(product: Any) -> Any:
    """Looks like a product, and is another one."""

    @tf.custom_gradient
    def lie(product: Any) -> Any:
        return tf.sin(7 * tf.reduce_sum(product, axis=1, keepdims=True) * PER_OUTPUT), lambda slope: slope

    return lie(product)


PER_OUTPUT = np.arange(1, 11, dtype=np.float32)
WRONG = {
    "one number decides": (lambda x, w: tf.sin(tf.matmul(x, w) * PER_OUTPUT), (12, 1), "with the input"),
    "only the input counts": (lambda x, w: x[:, :10] + 0 * w[0, 0], (12, 1), "the weights"),
    "gradients that lie": (lambda x, w: _lie(tf.matmul(x, w)), (12, 10), "gradients"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_formula_is_told_from_a_network(name: str) -> None:
    from keras_checks.testbeds.freedom import moves_freely

    function, weights, message = WRONG[name]
    with pytest.raises(Failure, match=message):
        moves_freely(_looked_at(_formula(function, weights)), "The output", 4)


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
    "code of one's own": lambda: _formula(lambda x, w: tf.sigmoid(tf.matmul(x, w)), (12, 10)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_every_network_moves_freely(name: str) -> None:
    from keras_checks.testbeds.freedom import moves_freely

    moves_freely(_looked_at(RIGHT[name]()), "The output", 4)


def test_offsets_alone_are_no_network() -> None:
    from keras_checks.testbeds.freedom import moves_freely

    layers = [keras.layers.Dense(10, use_bias=False, trainable=False), keras.layers.BatchNormalization(scale=False)]
    with pytest.raises(Failure, match="frozen"):
        moves_freely(_looked_at(keras.Sequential(layers)), "The output", 4)


def _constrained(constraint: Any) -> keras.Model:
    layer = keras.layers.Dense
    return keras.Sequential([layer(16, "tanh", kernel_constraint=constraint), layer(10, "sigmoid")])


def _clipped() -> Any:
    class Clipped(keras.constraints.Constraint):
        """Keeps the weights of a critic small."""

        def __call__(self, w: Any) -> Any:
            return keras.ops.clip(w, -0.01, 0.01)

    return Clipped()


ALLOWED: dict[str, Callable[[], Any]] = {
    "signs": lambda: keras.constraints.NonNeg(),
    "sizes": lambda: keras.constraints.MaxNorm(3),
    "clipped": _clipped,
    "of one size": lambda: keras.constraints.UnitNorm(axis=0),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_constraint_may_limit_weights(name: str) -> None:
    from keras_checks.testbeds.freedom import moves_freely

    moves_freely(_looked_at(_constrained(ALLOWED[name]())), "The output", 4)


@pytest.mark.parametrize("size", [0, 1e-9])
def test_a_constraint_may_not_set_weights(size: Any) -> None:
    from keras_checks.testbeds.freedom import moves_freely

    with pytest.raises(Failure, match="with the input"):
        moves_freely(_looked_at(_constrained(keras.constraints.MaxNorm(size))), "The output", 4)


def test_layers_that_hardly_count_do_not_make_up_for_frozen_ones() -> None:
    from keras_checks.testbeds.freedom import moves_freely

    symbol = keras.Input((12,))
    quiet = keras.layers.Rescaling(0.001)(keras.layers.Dense(10)(keras.layers.Dense(24)(symbol)))
    both = keras.layers.Add()([keras.layers.Dense(10, trainable=False)(symbol), quiet])
    with pytest.raises(Failure, match="frozen"):
        moves_freely(_looked_at(keras.Model(symbol, both)), "The output", 4)


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_eight_relu_units_pass_on_five_directions(depth: int) -> None:
    from keras_checks.testbeds.freedom import freedom, moves_freely

    model = _dense(depth, 8, "relu")
    model(INPUTS)
    moves_freely(freedom(model, INPUTS, 1, least=5, ways=5, cover=0.99), "The output", 5)


def test_a_model_tells_what_it_depends_on() -> None:
    from keras_checks.testbeds.freedom import freedom

    images = np.random.default_rng(0).uniform(size=(3, 8, 8, 1)).astype(np.float32)
    layers = [keras.layers.Cropping2D(((1, 2), (0, 4))), keras.layers.Flatten(), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((8, 8, 1)), *layers])
    seen = freedom(model, images, 1, cover=0.2)
    assert (seen["share"], seen["reach"]) == (20 / 64, [5, 4, 1])


def test_a_model_that_cannot_be_called_moves_nowhere() -> None:
    from keras_checks.testbeds.freedom import moves_freely

    seen = _looked_at(_formula(lambda x, w: x if len(x) == 1 else tf.matmul(w, x), (3, 3)))
    with pytest.raises(Failure):
        moves_freely(seen, "The output", 1)

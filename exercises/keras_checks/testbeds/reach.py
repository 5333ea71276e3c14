"""Where gradient descent leads the outputs of a model: a search that can only add to what a model was seen to give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

STARTS, STEPS, RATE = 3, 100, 0.05
"""Random weights that the search starts from, steps from each, and how far a weight goes in one."""
LEAST = 1e-3
"""Keeps the logarithm finite."""


def led(model: keras.Model, inputs: Any, bright: bool, redraw: Callable[[int], None]) -> Iterator[np.ndarray]:
    """The outputs on the way to weights that bring one row of them, all its channels, near 1, or near 0.

    Args:
        model: called with ``training=False``; its outputs have two or more axes.
        inputs: examples.
        bright: whether the aim is 1.
        redraw: sets the weights of the model, given a number.

    The loss is the crossentropy: it has a slope, too, where a sigmoid is saturated on the wrong side. What was reached
    is proof; a model that can't be traced, or has no gradient, shows nothing.
    """
    for number in range(STARTS):
        redraw(number)
        try:
            step = _step(model, inputs, bright)
            for _ in range(STEPS):
                yield np.asarray(step())
        except Exception:  # it is the student's code that runs: other checks say what is wrong with it
            return


def _step(model: keras.Model, inputs: Any, bright: bool) -> Callable[[], Any]:
    """A step of descent; it returns the outputs before."""
    weights = list(model.trainable_weights)
    optimizer = keras.optimizers.Adam(RATE)
    optimizer.build(weights)
    place = int(np.argmax(np.min(_rows(model, inputs, bright)[1], axis=1)))

    @tf.function(jit_compile=False)
    def step() -> Any:
        with tf.GradientTape() as tape:
            outputs, near = _rows(model, inputs, bright)
            loss = -tf.reduce_mean(tf.math.log(tf.maximum(near[place], 0) + LEAST))
        slopes = tape.gradient(loss, [weight.value for weight in weights])
        optimizer.apply_gradients(
            [(slope, weight) for slope, weight in zip(slopes, weights, strict=True) if slope is not None]
        )
        return outputs

    return step


def _rows(model: keras.Model, inputs: Any, bright: bool) -> tuple[Any, Any]:
    """The outputs, and how near each of their rows is to 1 or 0, (rows, channels)."""
    outputs = tf.convert_to_tensor(model(inputs, training=False))
    return outputs, tf.reshape(outputs if bright else 1 - outputs, (-1, outputs.shape[-1]))

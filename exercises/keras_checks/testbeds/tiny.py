"""A tiny network for training steps, and the same in double precision: what each step has to do to it.

Five arrays make it up: a dense layer of two units, an offset that is never trained, a dense layer of one unit. The
last lies in a model of its own: who collects the weights of the outermost layers by hand has to look into it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from hypothesis import strategies as st

from keras_checks.strategies import arrays

Weights = list[np.ndarray]
SHAPES = [(2, 2), (2,), (2,), (2, 1), (1,)]
OFFSET, LAST = 2, (3, 4)
"""The places of the weights that are never trained, and of those that may be frozen."""


class Between(keras.layers.Layer):
    """Doubles its input in training where it ``doubles``; adds an offset that is not trained where it is ``fixed``."""

    def __init__(self, doubles: bool, fixed: bool) -> None:
        super().__init__()
        self.factor = 2.0 if doubles else 1.0
        self.fixed = fixed
        self.offset: Any = None

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the offset."""
        if self.fixed:
            self.offset = self.add_weight(shape=(input_shape[-1],), initializer="zeros", trainable=False)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """``inputs`` with what training does to them."""
        scaled = inputs * (self.factor if training else 1.0)
        return scaled + self.offset if self.fixed else scaled


def network(
    weights: Weights,
    *,
    model: Callable[..., keras.Model] = keras.Model,
    doubles: bool = False,
    fixed: bool = False,
    penalty: float = 0.0,
    named: bool = False,
) -> tuple[keras.Model, Callable[[], Weights]]:
    """The network with the given weights, and a function that reads them in the same order.

    Args:
        model: what is called with the symbolic inputs and outputs.
        doubles: training doubles what the first layer gives.
        fixed: the offset is there, and the last layer is frozen.
        penalty: factor of the squared kernels that are added to the loss.
        named: the two columns of the input come in a dict, as "left" and "right".
    """
    regularizer = keras.regularizers.L2(penalty) if penalty else None
    first = keras.layers.Dense(2, kernel_regularizer=regularizer)
    between = Between(doubles, fixed)
    last = keras.layers.Dense(1, trainable=not fixed, kernel_regularizer=regularizer)
    if named:
        inputs: Any = {side: keras.Input((1,), name=side) for side in ("left", "right")}
        joined = keras.layers.Concatenate()([inputs["left"], inputs["right"]])
    else:
        inputs = joined = keras.Input((2,))
    made = model(inputs, keras.Sequential([last])(between(first(joined))))
    variables = [first.kernel, first.bias, between.offset, last.kernel, last.bias]

    def read() -> Weights:
        pairs = zip(variables, weights, strict=True)
        return [value if variable is None else np.array(variable) for variable, value in pairs]

    for variable, value in zip(variables, weights, strict=True):
        if variable is not None:
            variable.assign(value)
    return made, read


@st.composite
def network_weights(draw: Any, offset: bool = False) -> Weights:
    """Weights of the network; the offset is 0 unless asked for."""
    found = [draw(arrays(shape, -1, 1, key=key)) for key, shape in enumerate(SHAPES)]
    found[OFFSET] = found[OFFSET] if offset else np.zeros(2, np.float32)
    return found


class Twin:
    """The network in double precision, trained by gradient descent on the mean squared error.

    Args:
        weights: the five arrays.
        rate: the learning rate.
        doubles, fixed, penalty: as in :func:`network`.
    """

    def __init__(
        self, weights: Weights, rate: float, *, doubles: bool = False, fixed: bool = False, penalty: float = 0.0
    ) -> None:
        self.weights = [np.asarray(value, np.float64) for value in weights]
        self.rate, self.factor = rate, 2.0 if doubles else 1.0
        self.penalties = [penalty, 0, 0, 0 if fixed else penalty, 0]  # a frozen kernel costs nothing
        self.moving = [True, True, False, not fixed, not fixed]

    def test(self, x: np.ndarray, y: np.ndarray, w: np.ndarray | None = None) -> dict[str, Any]:
        """The loss of a batch outside training; the error and the weight of each example."""
        return self._look(x, y, w, 1.0)[0]

    def step(self, x: np.ndarray, y: np.ndarray, w: np.ndarray | None = None) -> dict[str, Any]:
        """Move the weights by one step; what :meth:`test` tells, as it was in training before the move."""
        found, entering, hidden, slope = self._look(x, y, w, self.factor)
        last = self.weights[3]
        back = slope @ last.T * self.factor
        slopes = [entering.T @ back, back.sum(0), 0, hidden.T @ slope, slope.sum(0)]
        for part, moving in enumerate(self.moving):
            decay = 2 * self.penalties[part] * self.weights[part]
            self.weights[part] = self.weights[part] - self.rate * moving * (slopes[part] + decay)
        return found

    def _look(self, x: np.ndarray, y: np.ndarray, w: np.ndarray | None, factor: float) -> tuple[Any, ...]:
        first, bias, offset, last, shift = self.weights
        entering = x.astype(np.float64)
        hidden = (entering @ first + bias) * factor + offset
        error = (hidden @ last + shift) - y
        weight = np.ones(len(x)) if w is None else w.astype(np.float64)
        costs = [factor * np.sum(part**2) for factor, part in zip(self.penalties, self.weights, strict=True)]
        loss = float(np.mean(weight * error[:, 0] ** 2) + np.sum(costs))
        slope = 2 * error * weight[:, None] / len(x)
        return {"loss": loss, "error": error[:, 0], "weight": weight}, entering, hidden, slope

"""A tiny network for training steps.

It has five arrays: a dense layer of two units, an offset that is never trained, a dense layer of one unit. The last
layer is in a nested model, so code that collects the weights of the outermost layers by hand must look inside it.
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
ACTIVATIONS = ("tanh", "sigmoid", "softplus", "silu")


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
    **options: Any,
) -> tuple[keras.Model, Callable[[], Weights]]:
    """The network with the given weights, and a function that reads them in the same order.

    Args:
        model: what is called with the symbolic inputs and outputs.
        options: as in :func:`build`.
    """
    made, variables = build(model, **options)
    assign(variables, weights)
    return made, lambda: values(variables, weights)


def build(
    model: Callable[..., keras.Model],
    *,
    doubles: bool = False,
    fixed: bool = False,
    penalty: float = 0.0,
    named: bool = False,
    activation: str = "linear",
) -> tuple[keras.Model, list[Any]]:
    """The network, and its variables in the order of :data:`SHAPES`; None where it has no offset.

    Args:
        model: what is called with the symbolic inputs and outputs.
        doubles: in training, the output of the first layer is doubled.
        fixed: the network has the offset, and its last layer is frozen.
        penalty: factor of the squared kernels that are added to the loss.
        named: the two columns of the input come in a dict, as "left" and "right".
        activation: that of the first layer, one of :data:`ACTIVATIONS` or "linear".
    """
    regularizer = keras.regularizers.L2(penalty) if penalty else None
    first = keras.layers.Dense(2, activation, kernel_regularizer=regularizer)
    between = Between(doubles, fixed)
    last = keras.layers.Dense(1, trainable=not fixed, kernel_regularizer=regularizer)
    if named:
        inputs: Any = {side: keras.Input((1,), name=side) for side in ("left", "right")}
        joined = keras.layers.Concatenate()([inputs["left"], inputs["right"]])
    else:
        inputs = joined = keras.Input((2,))
    made = model(inputs, keras.Sequential([last])(between(first(joined))))
    return made, [first.kernel, first.bias, between.offset, last.kernel, last.bias]


def assign(variables: list[Any], weights: Weights) -> None:
    """Give each variable its value."""
    for variable, value in zip(variables, weights, strict=True):
        if variable is not None:
            variable.assign(value)


def values(variables: list[Any], weights: Weights) -> Weights:
    """The values of the variables; where the network has none, that of ``weights``."""
    pairs = zip(variables, weights, strict=True)
    return [value if variable is None else np.array(variable) for variable, value in pairs]


@st.composite
def network_weights(draw: Any, offset: bool = False) -> Weights:
    """Weights of the network; the offset is 0 unless asked for."""
    found = [draw(arrays(shape, -1, 1, key=key)) for key, shape in enumerate(SHAPES)]
    found[OFFSET] = found[OFFSET] if offset else np.zeros(2, np.float32)
    return found

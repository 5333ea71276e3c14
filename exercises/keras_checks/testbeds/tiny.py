"""A tiny network for training steps.

It has five arrays: a dense layer of two units, an offset that is never trained, a dense layer of one unit; and a sixth,
the number of its calls in training, where it ``drifts``. The last layer is inside another, so code that collects the
weights of the outermost layers by hand must look inside it.
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
CALLS, DRIFT = 5, 0.25
"""The place of the number of calls, and by how much of the input each call adds to what the next one gives."""
ACTIVATIONS = ("tanh", "sigmoid", "softplus", "silu")


class Between(keras.layers.Layer):
    """A layer that behaves differently in training.

    Args:
        doubles: in training, doubles its input.
        fixed: adds an offset that is not trained.
        drifts: counts its calls in training, and each gives more than the one before: a second forward pass shows.
    """

    def __init__(self, doubles: bool, fixed: bool, drifts: bool = False) -> None:
        super().__init__()
        self.factor = 2.0 if doubles else 1.0
        self.fixed, self.drifts = fixed, drifts
        self.offset: Any = None
        self.calls: Any = None

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the offset and the number of calls."""
        if self.fixed:
            self.offset = self.add_weight(shape=(input_shape[-1],), initializer="zeros", trainable=False)
        if self.drifts:
            self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """``inputs`` with what training does to them."""
        scaled = inputs * (self.factor if training else 1.0)
        if self.drifts and training:
            scaled = scaled * (1.0 + DRIFT * self.calls)
            self.calls.assign(self.calls + 1.0)
        return scaled + self.offset if self.fixed else scaled


class Outer(keras.layers.Layer):
    """Calls the layer that it holds."""

    def __init__(self, inner: keras.layers.Layer) -> None:
        super().__init__()
        self.inner = inner

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Build the layer inside."""
        self.inner.build(input_shape)

    def call(self, inputs: Any) -> Any:
        """What the layer inside gives."""
        return self.inner(inputs)


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
    drifts: bool = False,
    penalty: float = 0.0,
    named: bool = False,
    activation: str = "linear",
) -> tuple[keras.Model, list[Any]]:
    """The network, and its variables in the order of :data:`SHAPES`; None where it has no offset; then its calls.

    Args:
        model: what is called with the symbolic inputs and outputs.
        doubles: in training, the output of the first layer is doubled.
        fixed: the network has the offset, and its last layer is frozen.
        drifts: in training, each call gives more than the one before; needs six weights.
        penalty: factor of the squared kernels that are added to the loss.
        named: the two columns of the input come in a dict, as "left" and "right".
        activation: that of the first layer, one of :data:`ACTIVATIONS` or "linear".
    """
    regularizer = keras.regularizers.L2(penalty) if penalty else None
    options: dict[str, Any] = {"kernel_regularizer": regularizer, "kernel_initializer": "zeros"}
    first = keras.layers.Dense(2, activation, **options)
    between = Between(doubles, fixed, drifts)
    last = keras.layers.Dense(1, trainable=not fixed, **options)
    if named:
        inputs: Any = {side: keras.Input((1,), name=side) for side in ("left", "right")}
        joined = keras.layers.Concatenate()([inputs["left"], inputs["right"]])
    else:
        inputs = joined = keras.Input((2,))
    made = model(inputs, Outer(last)(between(first(joined))))
    variables = [first.kernel, first.bias, between.offset, last.kernel, last.bias]
    return made, [*variables, between.calls] if drifts else variables


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
def network_weights(draw: Any, offset: bool = False, drifts: bool = False) -> Weights:
    """Weights of the network; the offset is 0 unless asked for. Where it ``drifts``, it was not yet called."""
    found = [draw(arrays(shape, -1, 1, key=key)) for key, shape in enumerate(SHAPES)]
    found[OFFSET] = found[OFFSET] if offset else np.zeros(2, np.float32)
    return [*found, np.zeros((), np.float32)] if drifts else found

"""A tiny network for training steps.

It has five arrays: a dense layer of two units, an offset that is never trained, a dense layer of one unit; and a sixth,
the number of its calls in training, where it ``drifts``. The last layer is inside another, so code that collects the
weights of the outermost layers by hand must look inside it.
"""

from __future__ import annotations

import functools
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


class Outer(keras.layers.Layer):
    """Calls the layer that it holds, on inputs that training changes.

    Args:
        inner: the layer inside.
        doubles: in training, doubles its input.
        fixed: adds an offset that is not trained.
        drifts: counts its calls in training, and each gives more than the one before: a second forward pass shows.
    """

    def __init__(self, inner: keras.layers.Layer, doubles: bool, fixed: bool, drifts: bool) -> None:
        super().__init__()
        self.inner = inner
        self.factor = 2.0 if doubles else 1.0
        self.fixed, self.drifts = fixed, drifts
        self.offset: Any = None
        self.calls: Any = None

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the offset and the number of calls, and build the layer inside."""
        if self.fixed:
            self.offset = self.add_weight(shape=(input_shape[-1],), initializer="zeros", trainable=False)
        if self.drifts:
            self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)
        self.inner.build(input_shape)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """That of the layer inside: Keras need not trace `call` to find it."""
        return self.inner.compute_output_shape(input_shape)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """What the layer inside gives for ``inputs`` with what training does to them."""
        return self.inner(self._changed(inputs, bool(training)))

    def _changed(self, inputs: Any, training: bool) -> Any:
        scaled = inputs * self.factor if training else inputs
        if self.drifts and training:
            scaled = scaled * (1.0 + DRIFT * self.calls)
            self.calls.assign(self.calls + 1.0)
        return scaled + self.offset if self.fixed else scaled


def network(weights: Weights, **options: Any) -> tuple[keras.Model, Callable[[], Weights]]:
    """The network on new layers with the given weights, and a function that reads them in the same order.

    Args:
        weights: its weights.
        options: as in :func:`_wired`.
    """
    made, variables = _wired(**options)
    assign(variables, weights)
    return made, lambda: values(variables, weights)


def build(
    model: Callable[..., keras.Model], *, place: int = 0, activation: str = "linear", **options: Any
) -> tuple[keras.Model, list[Any]]:
    """A new model, and its variables in the order of :data:`SHAPES`; None where it has no offset; then its calls.

    All models with the same options, whatever their activation, share their layers: to make layers takes longer than
    to train them.

    Args:
        model: what is called with the symbolic inputs and outputs.
        place: a model that trains beside another needs another place, and has layers of its own there.
        activation: that of the first layer, one of :data:`ACTIVATIONS` or "linear".
        options: as in :func:`_wired`.
    """
    shared, variables = _shared(place, **options)
    first, outer = shared.layers[-2:]
    shared.trainable = True  # as they were made, whatever an answer did to them
    outer.inner.trainable = not options.get("fixed", False)
    first.activation = keras.activations.get(activation)
    return model(shared.input, shared.output), variables


def last_layer(*, activation: str = "linear", **options: Any) -> keras.layers.Layer:  # noqa: ARG001 - as in `build`
    """The last layer of the models that :func:`build` makes with these options, at place 0."""
    return _shared(0, **options)[0].layers[-1].inner


@functools.cache
def _shared(place: int, **options: Any) -> tuple[Any, list[Any]]:  # noqa: ARG001 - tells networks apart
    return _wired(**options)


def _wired(
    *,
    doubles: bool = False,
    fixed: bool = False,
    drifts: bool = False,
    penalty: float = 0.0,
    named: bool = False,
    activation: str = "linear",
) -> tuple[keras.Model, list[Any]]:
    """The network on new layers, and its variables.

    Args:
        doubles: in training, the output of the first layer is doubled.
        fixed: the network has the offset, and its last layer is frozen.
        drifts: in training, each call gives more than the one before; needs six weights.
        penalty: factor of the squared kernels that are added to the loss.
        named: the two columns of the input come in a dict, as "left" and "right".
        activation: that of the first layer.
    """
    regularizer = keras.regularizers.L2(penalty) if penalty else None
    options: dict[str, Any] = {"kernel_regularizer": regularizer, "kernel_initializer": "zeros"}
    first = keras.layers.Dense(2, activation, **options)
    last = keras.layers.Dense(1, trainable=not fixed, **options)
    outer = Outer(last, doubles, fixed, drifts)
    if named:
        inputs: Any = {side: keras.Input((1,), name=side) for side in ("left", "right")}
        joined = keras.layers.Concatenate()([inputs["left"], inputs["right"]])
    else:
        inputs = joined = keras.Input((2,))
    made = keras.Model(inputs, outer(first(joined)))
    variables = [first.kernel, first.bias, outer.offset, last.kernel, last.bias]
    return made, [*variables, outer.calls] if drifts else variables


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

"""Nonlinear test networks with two weights, whose form is drawn together with the case.

A network without bends is affine: ``outputs = inputs @ kernel + bias``. Each bend makes new inputs, to which the same
kernel and bias are applied again:

1. A function of the outputs goes back through the transposed kernel and is added to the inputs.
2. To each input its neighbour is added, multiplied by a function of the input.

So the outputs are nonlinear in the inputs and in the weights, and the number of weights does not grow with the depth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.strategies import seeds, sizes, uniform

Bend = dict[str, Any]
"""Plain data: the name of a ``function``, ``scale`` and ``shift`` for each input, the distance of the ``neighbour``,
and the factor for what goes ``back``."""

FUNCTIONS = {
    "linear": tf.identity,
    "tanh": tf.tanh,
    "sigmoid": tf.sigmoid,
    "sin": tf.sin,
    "cos": tf.cos,
    "atan": tf.atan,
}
BOUNDED = sorted(FUNCTIONS.keys() - {"linear"})


@st.composite
def bends(draw: Any, inputs: int, outputs: int = 1, most: int = 2) -> list[Bend]:
    """At least one bend, and at ``most`` so many, of a network with these numbers of inputs and outputs."""
    return [_bend(draw, inputs, outputs) for _ in range(draw(sizes(1, most)))]


def _bend(draw: Any, inputs: int, outputs: int) -> Bend:
    seed = draw(seeds())
    return {
        "function": draw(st.sampled_from(BOUNDED)),
        "scale": uniform(seed, (inputs,), 0.2, 0.6),
        "shift": uniform(seed + 1, (inputs,), -1, 1),
        "neighbour": draw(st.integers(0, 2)),
        # a sum over more outputs is larger
        "back": round(0.5 / math.sqrt(outputs), 2),
    }


def squares(inputs: int) -> list[Bend]:
    """The bend that squares each input: ``x + (x - 1) * x``."""
    ones = np.ones(inputs, np.float32)
    return [{"function": "linear", "scale": ones, "shift": -ones, "neighbour": 0, "back": 0.0}]


def outputs(inputs: Any, kernel: Any, bias: Any, form: Sequence[Bend]) -> Any:
    """The outputs of a network, `(batch, outputs)`, for inputs `(batch, inputs)`.

    Products of matrices and sums of tensors of one shape have gradients of one operation each: tracing them is fast.
    """
    return _affine(bent(inputs, kernel, bias, form), kernel, bias)


def bent(inputs: Any, kernel: Any, bias: Any, form: Sequence[Bend]) -> Any:
    """What a network with these bends multiplies by its kernel at last. Where nothing goes ``back``, it is the same for
    any kernel and bias."""
    for bend in form:
        function = FUNCTIONS[bend["function"]]
        if bend["back"]:
            found = _affine(inputs, kernel, bias)
            share = bend["back"] * np.eye(kernel.shape[-1], dtype=np.float32)
            back = tf.matmul(tf.matmul(function(found), share), kernel, transpose_b=True)
            inputs = tf.add_n([inputs, back])
        neighbours = tf.matmul(inputs, np.roll(np.diag(bend["scale"]), -bend["neighbour"], axis=0))
        inputs = tf.add_n([inputs, function(tf.nn.bias_add(inputs, bend["shift"])) * neighbours])
    return inputs


def _affine(inputs: Any, kernel: Any, bias: Any) -> Any:
    return tf.nn.bias_add(tf.matmul(inputs, kernel), bias)

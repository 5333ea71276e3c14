"""The NumPy networks of the judges do what TensorFlow does with the test networks."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras_checks.strategies import seeds, sizes, uniform

if TYPE_CHECKING:  # they import TensorFlow
    from keras_checks.testbeds.bends import Bend

    from autograder.judges._network import Network

NEAR = 1e-4
"""Between float32 and float64, for numbers of about 1."""


@pytest.fixture(autouse=True, scope="module")
def tensorflow() -> None:
    """TensorFlow is imported before a network is drawn: the import draws numbers, which Hypothesis forbids."""
    importlib.import_module("autograder.judges._network")


@st.composite
def networks(draw: Any, width: st.SearchStrategy[int]) -> tuple[Network, np.ndarray]:
    """A network and a batch of inputs."""
    from keras_checks.testbeds.bends import bends

    from autograder.judges._network import Network

    inputs, columns, seed = draw(sizes(1, 12)), draw(width), draw(seeds())
    form: list[Bend] = draw(bends(inputs, columns))
    kernel, bias = uniform(seed, (inputs, columns), -0.6, 0.6), uniform(seed, (columns,), -1, 1)
    batch = uniform(seed + 1, (draw(sizes(1, 4)), inputs))
    return Network(kernel.astype(float), bias.astype(float), form), batch.astype(float)


def _variables(network: Network, batch: np.ndarray) -> list[Any]:
    import tensorflow as tf

    return [tf.Variable(tf.constant(each, tf.float32)) for each in (batch, network.kernel, network.bias)]


@settings(max_examples=30, deadline=None)
@given(networks(sizes(1, 9)))
def test_outputs_and_gradients(drawn: tuple[Network, np.ndarray]) -> None:
    import tensorflow as tf
    from keras_checks.testbeds.bends import outputs

    network, batch = drawn
    variables = _variables(network, batch)
    toward = uniform(3, (len(batch), len(network.bias)))
    with tf.GradientTape() as tape:
        found: Any = outputs(variables[0], variables[1], variables[2], network.form)
        total = tf.reduce_sum(toward * found)
    by_inputs, *by_weights = [np.array(each) for each in tape.gradient(total, variables)]
    np.testing.assert_allclose(found, network.outputs(batch), atol=NEAR, rtol=NEAR)
    gradients = network.gradients(batch, toward)
    np.testing.assert_allclose(by_inputs, gradients.inputs, atol=NEAR, rtol=NEAR)
    np.testing.assert_allclose(np.concatenate([each.ravel() for each in by_weights]), gradients.weights, atol=NEAR)


@settings(max_examples=30, deadline=None)
@given(networks(st.just(1)))
def test_gradient_of_the_penalty(drawn: tuple[Network, np.ndarray]) -> None:
    import tensorflow as tf
    from keras_checks.testbeds.bends import outputs

    from autograder.judges._penalty import penalty_gradient

    network, batch = drawn
    variables = _variables(network, batch)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(outputs(variables[0], variables[1], variables[2], network.form))
        slopes: Any = tape.gradient(total, variables[0])
        norms = tf.norm(slopes, axis=1)
        penalty = tf.reduce_mean((norms - 1) ** 2)
    found = [np.ravel(np.array(each)) for each in outer.gradient(penalty, variables[1:])]
    due = penalty_gradient(network, batch)
    np.testing.assert_allclose(np.concatenate(found), due, atol=10 * NEAR, rtol=10 * NEAR)


def test_squares() -> None:
    from keras_checks.testbeds.bends import outputs, squares

    batch, kernel = np.array([[3, -2]], np.float32), np.array([[0.5], [1]], np.float32)
    assert float(outputs(batch, kernel, np.ones(1, np.float32), squares(2))[0, 0]) == 0.5 * 9 + 4 + 1

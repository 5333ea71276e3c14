"""Checks of `threaded_dense`: probes and public properties."""

from __future__ import annotations

import json
import warnings
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import EPS32, Failure, array, close, expect, same_shape
from keras_checks.observe import Namespace, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, shapes, sizes, uniform

LAYER = Question(
    name="threaded_dense",
    answers=("ThreadedDense",),
    points=5,
    lecture="Layer specialization",
)
THREAD = Question(
    name="thread",
    answers=("thread",),
    points=3,
    lecture='Factor Models and Autoencoders, "Threading"',
)
COUNT = Question(
    name="count_weights",
    answers=("count_weights",),
    points=2,
    lecture='Factor Models and Autoencoders, "Threading" ("the number of weights is independent of threading")',
)

STEP = 0.25
"""Learning rate of the one gradient step that a probe takes."""


@st.composite
def _layers(draw: Any) -> dict[str, Any]:
    """Inputs of rank 2 to 5. ``units`` differs from the width, so that the shape of a kernel says which way it lies."""
    batch, rows = draw(sizes(1, 3)), draw(shapes((0, 3), 2, 3))
    leading, width = (batch, *rows), draw(sizes(1, 4))
    units = draw(sizes(1, 4).filter(lambda size: size != width))
    return {
        "x": draw(arrays((*leading, width))),
        "pull": draw(arrays((*leading, units), key=1)),
        "units": units,
        "use_bias": draw(st.sampled_from([True, True, False])),
        "seed": draw(seeds()),
    }


layer_cases = _layers()
named = ["sigmoid", "tanh", "softplus"]
activation_cases = cases(layer=_layers(), activation=st.sampled_from([*named, "square"]))
config_cases = cases(layer=_layers(), activation=st.sampled_from(named))


def set_weights(layer: Any, case: Case) -> None:
    """Give every weight a known value; a kernel gets the same one whichever way round it lies."""
    width, units, seed = case["x"].shape[-1], case["units"], case["seed"]
    for weight in layer.weights:
        shape = tuple(weight.shape)
        turned = shape == (units, width)
        value = uniform(seed, (width, units) if turned else shape, -0.6, 0.6)
        weight.assign(value.T if turned else value)


def _scalars(weights: Any) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


def _unit_vectors(shape: tuple[int, ...]) -> np.ndarray:
    """An input whose example ``i`` holds the unit vector ``i`` in each of its rows; the last example holds zeros."""
    *middle, width = shape[1:]
    vectors = np.concatenate([np.eye(width), np.zeros((1, width))]).astype(np.float32)
    return np.broadcast_to(vectors.reshape(width + 1, *[1] * len(middle), width), (width + 1, *middle, width)).copy()


@probe
def rows(ns: Namespace, case: Case) -> Any:
    """What a linear layer makes of inputs and of unit vectors, and how one gradient step moves its outputs."""
    layer = ns["ThreadedDense"](case["units"], use_bias=case["use_bias"])
    x = tf.constant(case["x"])
    layer(x)
    set_weights(layer, case)
    units = layer(tf.constant(_unit_vectors(x.shape)))
    with tf.GradientTape() as tape:
        y = layer(x)
        loss = tf.reduce_sum(y * case["pull"])
    weights = layer.trainable_variables
    for weight, gradient in zip(weights, tape.gradient(loss, weights), strict=True):
        if gradient is not None:
            weight.assign_sub(STEP * gradient)
    return {"y": y, "units": units, "after": layer(x), "trainable": _scalars(weights)}


ROWS = LAYER.trial(rows, layer_cases, examples=6)


@ROWS.check(points=1.5, hint="Which axis does a Dense layer work on?")
def same_weights_for_every_row(case: Case, seen: Any) -> None:
    """Each row of the output is `row @ kernel + bias`, with the same kernel and bias wherever the row stands."""
    x, width = case["x"], case["x"].shape[-1]
    y = same_shape(seen["y"], (*x.shape[:-1], case["units"]), "The output")
    units = same_shape(seen["units"], (width + 1, *x.shape[1:-1], case["units"]), "The output for unit vectors")
    flat = units.reshape(width + 1, -1, case["units"]).astype(np.float64)
    expect(
        np.abs(flat - flat[:, :1]).max() <= 16 * EPS32,
        "Equal rows in different places give different outputs.",
        hint="Do your weights have a leading axis? Every row should meet the same ones.",
    )
    bias, kernel = flat[-1, 0], flat[:-1, 0] - flat[-1, 0]
    expect(np.abs(kernel).max() > 0.01, "The output does not depend on the input.", received=y)
    close(y, x.astype(np.float64) @ kernel + bias, "The output", ulps=64, scale=8)


@probe
def output_shape(ns: Namespace, case: Case) -> Any:
    """What `compute_output_shape` says, and what a call gives."""
    layer = ns["ThreadedDense"](case["units"], use_bias=case["use_bias"])
    y = layer(tf.constant(case["x"]))
    unknown = (None, *case["x"].shape[1:])
    return {
        "unknown": [None if size is None else int(size) for size in layer.compute_output_shape(unknown)],
        "known": [int(size) for size in layer.compute_output_shape(case["x"].shape)],
        "called": [int(size) for size in y.shape],
    }


OUTPUT_SHAPE = LAYER.trial(output_shape, layer_cases)


@OUTPUT_SHAPE.check(points=0.5)
def says_its_output_shape(case: Case, seen: Any) -> None:
    """`compute_output_shape` keeps every axis but the last, which becomes `units`; a batch size of None stays None."""
    known, unknown = list(case["x"].shape), [None, *case["x"].shape[1:]]
    known[-1] = unknown[-1] = case["units"]
    for what, wanted in (("called", known), ("known", known), ("unknown", unknown)):
        expect(seen[what] == wanted, f"The output shape is wrong ({what}).", tuple(seen[what]), tuple(wanted))


def activation_of(name: str) -> Any:
    """What is handed to the layer: the name of an activation, or a function."""
    return keras.ops.square if name == "square" else name


@probe
def activated(ns: Namespace, case: Case) -> Any:
    """The outputs of two layers with equal weights, one of them with an activation."""
    part = case["layer"]
    x = tf.constant(part["x"])
    linear = ns["ThreadedDense"](part["units"], use_bias=part["use_bias"])
    curved = ns["ThreadedDense"](part["units"], activation_of(case["activation"]), part["use_bias"])
    for layer in (linear, curved):
        layer(x)
        set_weights(layer, part)
    return {"linear": linear(x), "curved": curved(x)}


@probe
def rebuilt(ns: Namespace, case: Case) -> Any:
    """A layer, and the one that its saved configuration gives, with the same weights where they fit."""
    part, cls = case["layer"], ns["ThreadedDense"]
    x = tf.constant(part["x"])
    layer = cls(part["units"], case["activation"], use_bias=part["use_bias"], name="scores")
    layer(x)
    set_weights(layer, part)
    saved = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a layer that builds its parts at the first call, which follows
        again = keras.saving.deserialize_keras_object(saved, custom_objects={"ThreadedDense": cls})
    again(x)
    set_weights(again, part)
    count = [_scalars(layer.weights), _scalars(again.weights)]
    return {"y": layer(x), "again": again(x), "count": count, "name": again.name}


def traced(function: Any, shape: tuple[int, ...]) -> Any:
    """``function`` as a graph for inputs of ``shape`` with an unknown batch size."""
    return tf.function(function).get_concrete_function(tf.TensorSpec((None, *shape[1:]), tf.float32))


@probe
def in_a_model(ns: Namespace, case: Case) -> Any:
    """A Functional model around the layer: its shape, and its outputs in graph mode for several batch sizes."""
    x = case["x"]
    inputs = keras.Input(x.shape[1:])
    layer = ns["ThreadedDense"](case["units"], use_bias=case["use_bias"])
    model = keras.Model(inputs, layer(inputs))
    set_weights(layer, case)
    call = traced(model, x.shape)
    batches = {"y": x, "twice": np.concatenate([x, x]), "none": x[:0]}
    return {
        "shape": [None if size is None else int(size) for size in model.output_shape],
        "alone": layer(tf.constant(x)),
        **{name: call(tf.constant(batch)) for name, batch in batches.items()},
    }


@st.composite
def _threads(draw: Any) -> dict[str, Any]:
    """Inputs of rank 2 to 5 in two batch sizes, and the matrix of the function to thread."""
    batch, middle = draw(sizes(1, 3)), draw(shapes((0, 3), 2, 3))
    width, units = draw(sizes(1, 4)), draw(sizes(1, 4))
    return {
        "x": draw(arrays((batch, *middle, width))),
        "more": draw(arrays((batch + draw(sizes(1, 2)), *middle, width), key=1)),
        "matrix": draw(arrays((width, units), key=2)),
    }


thread_cases = _threads()


def row_function(case: Case) -> Any:
    """``fn(rows) = sin(rows) @ matrix``, which takes `(batch, n)` and nothing else."""

    def fn(batch: Any) -> tf.Tensor:
        values = tf.convert_to_tensor(batch)
        if values.shape.rank not in (None, 2):
            raise ValueError(f"fn takes (batch, {case['matrix'].shape[0]}), but it was given shape {values.shape}.")
        return tf.sin(values) @ case["matrix"]

    return fn


def rows_are_threaded(case: Case, x: np.ndarray, received: Any, what: str) -> None:
    """Fail unless each row of ``received`` is what the function makes of that row of ``x``."""
    matrix = case["matrix"].astype(np.float64)
    y = same_shape(received, (*x.shape[:-1], matrix.shape[1]), what)
    for place in np.ndindex(x.shape[:-1]):
        close(y[place], np.sin(x[place].astype(np.float64)) @ matrix, f"{what} at {list(place)}", ulps=64, scale=8)


@probe
def threaded(ns: Namespace, case: Case) -> Any:
    """A function threaded over a tensor, eagerly."""
    return {"y": ns.call("thread", row_function(case), tf.constant(case["x"]))}


THREADED = THREAD.trial(threaded, thread_cases, examples=6)


@THREADED.check(points=1.25)
def each_row_on_its_own(case: Case, seen: Any) -> None:
    """Each row of `thread(fn, x)` is `fn` of that row of `x`, at the same place; `fn` sees only `(batch, n)`."""
    rows_are_threaded(case, case["x"], seen["y"], "thread(fn, x)")


@probe
def threaded_in_graph(ns: Namespace, case: Case) -> Any:
    """A function threaded inside one `tf.function` that is traced with an unknown batch size."""
    thread, fn = ns["thread"], row_function(case)
    call = traced(lambda x: thread(fn, x), case["x"].shape)
    return {"x": call(tf.constant(case["x"])), "more": call(tf.constant(case["more"]))}


@probe
def threaded_empty(ns: Namespace, case: Case) -> Any:
    """A function threaded over a batch without examples, and over a full one."""
    x = tf.constant(case["x"])
    return {"empty": ns.call("thread", row_function(case), x[:0]), "y": ns.call("thread", row_function(case), x)}


count_cases = cases(
    leading=shapes((0, 3), 1, 9),
    other=shapes((0, 3), 1, 9),
    width=sizes(1, 30),
    units=sizes(1, 30),
)


@probe
def counted(ns: Namespace, case: Case) -> Any:
    """Counts for two leading shapes, one input more, and no bias."""
    width, units = case["width"], case["units"]
    shape = (None, *case["leading"], width)
    return {
        "count": ns.call("count_weights", shape, units),
        "other": ns.call("count_weights", (7, *case["other"], width), units),
        "wider": ns.call("count_weights", (*shape[:-1], width + 1), units),
        "no_bias": ns.call("count_weights", shape, units, use_bias=False),
    }


def number(value: Any, what: str) -> float:
    """``value`` as one number."""
    found = array(value, what)
    if found.size != 1:
        raise Failure(f"{what} is not one number.", received=value)
    return float(found.reshape(()))


COUNTED = COUNT.trial(counted, count_cases)


@COUNTED.check(points=0.75)
def leading_axes_do_not_count(case: Case, seen: Any) -> None:
    """Other leading axes change nothing; one input more costs `units` weights; the bias is `units` of them."""
    count, other, wider, no_bias = (number(seen[key], "The count") for key in ("count", "other", "wider", "no_bias"))
    expect(count == other, "The count changes with the leading axes.", [count, other])
    expect(wider - count == case["units"], "One input more adds the wrong number of weights.", wider - count)
    expect(count - no_bias == case["units"], "`use_bias=False` removes the wrong number of weights.", count - no_bias)

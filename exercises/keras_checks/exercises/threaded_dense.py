"""Checks of `threaded_dense`: probes and public properties."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import EPS32, Failure, array, close, expect, same_shape
from keras_checks.configurations import edited
from keras_checks.observe import MissingAnswer, Namespace, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, shapes, sizes, uniform

LAYER = Question(
    name="threaded_dense",
    answers=("ThreadedDense",),
    points=5,
    lecture="Layer specialization",
    shows=("units", "use_bias", "activation", "x", "layer.units", "layer.use_bias", "layer.x"),
)
THREAD = Question(
    name="thread", answers=("thread",), points=3, lecture='Factor Models and Autoencoders, "Threading"', shows=("x",)
)
COUNT = Question(
    name="count_weights",
    answers=("count_weights",),
    points=2,
    lecture='Factor Models and Autoencoders, "Threading" ("the number of weights is independent of threading")',
    shows=("shape: input_shape", "leading: leading axes", "width: last axis", "units", "use_bias"),
)

STEP = 0.25
"""Learning rate of the one gradient step that a probe takes."""
AXIS_HINT = "The kernel has shape (last axis, units). `keras.ops.matmul(x, kernel)` works on the last axis of `x`."
TRACKED_HINT = (
    "Create weights with `self.add_weight` in `build`, or store a Keras layer on `self`. A `tf.Variable` is not "
    "tracked."
)
ROW_HINT = (
    "Work out one row with the formula. If the output does not follow the weights, they are not tracked: create them "
    "with `self.add_weight`."
)


# --- a layer with all weights 0.5, worked on paper

WORKED_ROWS = [
    {"x": [[1, 2, 3]], "units": 2, "use_bias": True, "activation": None, "secret_due": [[3.5, 3.5]]},
    {
        "x": [[[1, 2, 3], [1, 0, 0]], [[0, 0, 0], [-2, 0, -1]]],
        "units": 2,
        "use_bias": True,
        "activation": None,
        "secret_due": [[[3.5, 3.5], [1.0, 1.0]], [[0.5, 0.5], [-1.0, -1.0]]],
    },
    {
        "x": [[[[2.0, 1.0]], [[0.0, 3.0]], [[4.0, 1.0]]]],
        "units": 3,
        "use_bias": False,
        "activation": None,
        "secret_due": [[[[1.5, 1.5, 1.5]], [[1.5, 1.5, 1.5]], [[2.5, 2.5, 2.5]]]],
    },
    {"x": [[1, 2], [-3, -4]], "units": 1, "use_bias": True, "activation": "relu", "secret_due": [[2.0], [0.0]]},
    {"x": [[1, 2], [3, 4]], "units": 2, "use_bias": True, "activation": None, "secret_due": [[2.0, 2.0], [4.0, 4.0]]},
    {
        "x": [[[[[1, 2]], [[3, 4]], [[5, 6]]], [[[7, 8]], [[9, 0]], [[1, 4]]]]],
        "units": 3,
        "use_bias": False,
        "activation": None,
        "secret_due": [[[[[1.5] * 3], [[3.5] * 3], [[5.5] * 3]], [[[7.5] * 3], [[4.5] * 3], [[2.5] * 3]]]],
    },
]
"""Each output is 0.5 times the sum of the row, plus 0.5 where there is a bias."""
DEFAULTS = {"activation": None, "use_bias": True}


def _layer_class(ns: Namespace) -> Any:
    """Makes layers of the student's class. Keras's own Dense, and a class that inherits its work, are no answer."""
    found = ns["ThreadedDense"]

    def make(*args: Any, **kwargs: Any) -> Any:
        layer = found(*args, **kwargs)
        if issubclass(type(layer), keras.layers.Dense):  # whatever made it: a function may do so, too
            raise MissingAnswer("`ThreadedDense` must be a subclass of `keras.layers.Layer`, and not of `Dense`.")
        return layer

    return make


@probe
def worked(ns: Namespace, case: Case) -> Any:
    """The output of a layer all of whose weights are 0.5. An argument that has its default value is left out."""
    arguments = {name: case[name] for name, default in DEFAULTS.items() if case[name] != default}
    layer = _layer_class(ns)(case["units"], **arguments)
    x = tf.constant(np.array(case["x"], np.float32))
    layer(x)
    for weight in layer.weights:
        weight.assign(np.full(tuple(weight.shape), 0.5, np.float32))
    return {"y": layer(x)}


WORKED = LAYER.trial(worked, st.sampled_from(WORKED_ROWS), examples=len(WORKED_ROWS), shrinks=3)


@WORKED.check(points=0.5, hint=ROW_HINT)
def rows_on_paper(case: Case, seen: Any) -> None:
    """With all weights 0.5, the row (1, 2, 3) gives 0.5 + 1 + 1.5 plus a bias of 0.5, that is 3.5, for each unit. The
    same holds for rows of tensors with more axes. Without further arguments a layer has a bias and no activation."""
    close(seen["y"], np.array(case["secret_due"]), "The output with all weights 0.5", ulps=32, scale=8)


# --- layers with drawn weights


@st.composite
def _layers(draw: Any) -> dict[str, Any]:
    """Inputs of rank 2 to 5. No kernel is square, with the bias in it or without: its shape says which way it lies."""
    batch, rows = draw(sizes(1, 3)), draw(shapes((0, 3), 2, 3))
    leading, width = (batch, *rows), draw(sizes(1, 4))
    units = draw(sizes(1, 4).filter(lambda size: size not in (width, width + 1)))
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


def _example(shape: tuple[int, ...], units: int, *, use_bias: bool) -> Case:
    """A case that everybody gets."""
    seed = len(shape)
    given = {"x": uniform(seed, shape), "pull": uniform(seed + 1, (*shape[:-1], units))}
    return {**given, "units": units, "use_bias": use_bias, "seed": seed}


LAYER_EXAMPLES = [
    _example((3, 2), 4, use_bias=True),
    _example((2, 3, 3), 2, use_bias=False),
    _example((1, 2, 3, 4), 2, use_bias=True),
    _example((2, 2, 3, 2, 3), 5, use_bias=True),
]
"""Each rank; with and without a bias; an axis in the middle as long as the last."""
ACTIVATED_EXAMPLES = [
    {"layer": LAYER_EXAMPLES[0], "activation": "sigmoid"},
    {"layer": LAYER_EXAMPLES[1], "activation": "square"},
]
"""By name, and as a function; with a bias, and with rows along an axis of their own."""
CONFIG_EXAMPLES = [
    {"layer": LAYER_EXAMPLES[0], "activation": "sigmoid"},
    {"layer": LAYER_EXAMPLES[1], "activation": "tanh"},
]


def set_weights(layer: Any, case: Case) -> None:
    """Give every weight a known value; a kernel gets the same one whichever way round it lies."""
    width, units, seed = case["x"].shape[-1], case["units"], case["seed"]
    for weight in layer.weights:
        shape = tuple(weight.shape)
        turned = shape == (units, width)
        value = uniform(seed, (width, units) if turned else shape, -0.6, 0.6)
        weight.assign(value.T if turned else value)


def set_units(layer: Any, case: Case) -> None:
    """Give all weights of a unit one value, whichever way round the kernel lies, and wherever the bias is."""
    units, seed = case["units"], case["seed"]
    value = uniform(seed, (units,), 0.2, 0.6)
    for weight in layer.weights:
        shape = tuple(weight.shape)
        if shape[-1:] == (units,):
            weight.assign(np.broadcast_to(value, shape))
        elif shape[:1] == (units,):
            weight.assign(np.broadcast_to(value.reshape(units, *[1] * (len(shape) - 1)), shape))
        else:
            weight.assign(uniform(seed, shape, 0.2, 0.6))


def _scalars(weights: Any) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


def _unit_vectors(shape: tuple[int, ...]) -> np.ndarray:
    """An input whose example ``i`` holds the unit vector ``i`` in each of its rows; the last example holds zeros."""
    *middle, width = shape[1:]
    vectors = np.concatenate([np.eye(width), np.zeros((1, width))]).astype(np.float32)
    return np.broadcast_to(vectors.reshape(width + 1, *[1] * len(middle), width), (width + 1, *middle, width)).copy()


def one_step(layer: Any, case: Case) -> dict[str, Any]:
    """The outputs of a linear layer before and after one gradient step, its trainable weights, its input's gradient."""
    x = tf.constant(case["x"])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
        loss = tf.reduce_sum(y * case["pull"])
    weights = layer.trainable_variables
    to_input, *gradients = tape.gradient(loss, [x, *weights])
    for weight, gradient in zip(weights, gradients, strict=True):
        if gradient is not None:
            moved = weight - STEP * gradient
            weight.assign(moved if weight.constraint is None else weight.constraint(moved))  # as optimizers of Keras do
    return {
        "y": y,
        "after": layer(x),
        "trainable": _scalars(weights),
        "to_input": tf.zeros_like(x) if to_input is None else to_input,
    }


@probe
def rows(ns: Namespace, case: Case) -> Any:
    """What a linear layer makes of inputs and of unit vectors, how one gradient step moves its outputs, and what it
    gives after the weights of another layer were changed."""
    layer, other = (_layer_class(ns)(case["units"], use_bias=case["use_bias"]) for _ in range(2))
    x = tf.constant(case["x"])
    layer(x)
    other(x)
    set_weights(layer, case)
    units = layer(tf.constant(_unit_vectors(case["x"].shape)))
    seen = one_step(layer, case)
    set_units(other, case)
    return {"units": units, **seen, "later": layer(x)}


ROWS = LAYER.trial(rows, st.sampled_from(LAYER_EXAMPLES), examples=len(LAYER_EXAMPLES))


@ROWS.check(points=1, hint=AXIS_HINT)
def same_weights_for_every_row(case: Case, seen: Any) -> None:
    """Each row of the output is `row @ kernel + bias`, with the same kernel and bias for every row."""
    x, width = case["x"], case["x"].shape[-1]
    y = same_shape(seen["y"], (*x.shape[:-1], case["units"]), "The output")
    kernel, bias = kernel_and_bias(case, seen)
    expect(np.abs(kernel).max() > 0.01, f"The output does not depend on the {width} numbers of a row.")
    close(y, x.astype(np.float64) @ kernel + bias, "The output", ulps=64, scale=8)


def kernel_and_bias(case: Case, seen: Any) -> tuple[np.ndarray, np.ndarray]:
    """The kernel and the bias that the outputs for unit vectors tell; fails where rows have different ones."""
    x, width = case["x"], case["x"].shape[-1]
    units = same_shape(seen["units"], (width + 1, *x.shape[1:-1], case["units"]), "The output for unit vectors")
    flat = units.reshape(width + 1, -1, case["units"]).astype(np.float64)
    expect(
        np.abs(flat - flat[:, :1]).max() <= 16 * EPS32,
        "Equal rows in different places give different outputs.",
        hint="Look at the shapes of your weights. With an axis for rows, each row has its own weights.",
    )
    bias = flat[-1, 0]
    return flat[:-1, 0] - bias, bias


@ROWS.check(points=0.75, hint=TRACKED_HINT)
def trains_like_dense(case: Case, seen: Any) -> None:
    """The layer has as many trainable weights as `keras.layers.Dense`, a gradient step changes its outputs by the same
    amount, and the gradient reaches its input."""
    dense = keras.layers.Dense(case["units"], use_bias=case["use_bias"])
    dense(tf.constant(case["x"]))
    wanted = one_step(dense, case)
    expect(
        seen["trainable"] == wanted["trainable"],
        "The number of trainable weights is not that of a `Dense` layer.",
        seen["trainable"],
        wanted["trainable"],
    )
    before, after = (same_shape(seen[key], case["pull"].shape, "The output") for key in ("y", "after"))
    moved = np.asarray(wanted["after"], np.float64) - np.asarray(wanted["y"], np.float64)
    rows, width = case["pull"].size // case["units"], case["x"].shape[-1]
    scale = 8 + STEP * rows * 4 * (4 * width + 1)
    change = after.astype(np.float64) - before.astype(np.float64)
    hint = "Kernel and bias must be trainable, and the gradient must reach them: avoid NumPy and `stop_gradient`."
    close(change, moved, "The change of the output by a gradient step", ulps=64, scale=scale, hint=hint)
    kernel, _ = kernel_and_bias(case, seen)
    due = case["pull"].astype(np.float64) @ kernel.T
    hint = "Use TensorFlow or Keras operations only: NumPy and `stop_gradient` cut the gradient off."
    close(seen["to_input"], due, "The gradient with respect to the input", ulps=64, scale=8, hint=hint)


@ROWS.check(
    points=0.25,
    hint="Store the weights on `self`, in `build`: all layers share an attribute of the class, or a global.",
)
def layers_share_nothing(case: Case, seen: Any) -> None:
    """Each layer has its own weights: changing those of a second layer does not change the outputs of the first."""
    after = same_shape(seen["after"], case["pull"].shape, "The output")
    expect(np.ptp(after) > 0 or after.size < 2, "The output is the same everywhere.", after, "different numbers")
    close(seen["later"], after, "The output after the weights of another layer were changed", ulps=16, scale=8)


@probe
def output_shape(ns: Namespace, case: Case) -> Any:
    """What `compute_output_shape` says, and what a call gives."""
    layer = _layer_class(ns)(case["units"], use_bias=case["use_bias"])
    y = layer(tf.constant(case["x"]))
    unknown = (None, *case["x"].shape[1:])
    return {
        "unknown": [None if size is None else int(size) for size in layer.compute_output_shape(unknown)],
        "known": [int(size) for size in layer.compute_output_shape(case["x"].shape)],
        "called": [int(size) for size in y.shape],
    }


OUTPUT_SHAPE = LAYER.trial(output_shape, layer_cases)


@OUTPUT_SHAPE.check(points=0.5, hint="Only the last axis changes: it becomes `units`.")
def says_its_output_shape(case: Case, seen: Any) -> None:
    """`compute_output_shape` keeps every axis but the last, which becomes `units`; a batch size of None stays None."""
    known, unknown = list(case["x"].shape), [None, *case["x"].shape[1:]]
    known[-1] = unknown[-1] = case["units"]
    for key, what, wanted in (
        ("called", "The output of a call", known),
        ("known", "The result of `compute_output_shape`", known),
        ("unknown", "The result of `compute_output_shape` for an unknown batch size", unknown),
    ):
        expect(seen[key] == wanted, f"{what} has the wrong shape.", tuple(seen[key]), tuple(wanted))


def activation_of(name: str) -> Any:
    """What is handed to the layer: the name of an activation, or a function."""
    return keras.ops.square if name == "square" else name


@probe
def activated(ns: Namespace, case: Case) -> Any:
    """The outputs of three layers with equal weights: without an activation, with one, and with a softmax."""
    part, cls = case["layer"], _layer_class(ns)
    x = tf.constant(part["x"])
    linear = cls(part["units"], use_bias=part["use_bias"])
    curved, shares = (
        cls(part["units"], activation_of(name), part["use_bias"]) for name in (case["activation"], "softmax")
    )
    for layer in (linear, curved, shares):
        _without_warnings(layer, x)
        set_units(layer, part)
    return {"linear": linear(x), "curved": curved(x), "shares": _without_warnings(shares, x)}


def _without_warnings(call: Any, *args: Any) -> Any:
    """What a call gives. Keras warns of a softmax of one number, and of a layer that builds its parts when called."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(*args)


ACTIVATED = LAYER.trial(activated, st.sampled_from(ACTIVATED_EXAMPLES), examples=len(ACTIVATED_EXAMPLES))


@ACTIVATED.check(
    points=0.75,
    hint="The last line of `call` applies the activation, once, to kernel and bias together. `keras.activations.get` "
    "turns a name into a function.",
)
def activation(case: Case, seen: Any) -> None:
    """With an activation, given by name or as a function, the output is the activation of the linear layer's output. A
    softmax runs over the units of a row."""
    linear = tf.constant(_output(case["layer"], seen["linear"], "The linear output").astype(np.float32))
    apply = keras.ops.square if case["activation"] == "square" else keras.activations.get(case["activation"])
    for key, wanted, what in (("curved", apply(linear), "an activation"), ("shares", tf.nn.softmax(linear), "softmax")):
        due = np.asarray(wanted)
        close(seen[key], due, f"The output with {what}", ulps=64, scale=max(1.0, np.abs(due).max()))


def _output(case: Case, value: Any, what: str) -> np.ndarray:
    y = same_shape(value, (*case["x"].shape[:-1], case["units"]), what)
    expect(np.abs(y).max() > 0, f"{what} is zero.")
    expect(y.size < 2 or np.ptp(y) > 0, f"{what} is the same everywhere.", y, "different numbers")
    return y


@probe
def rebuilt(ns: Namespace, case: Case) -> Any:
    """A layer, and the one that its saved configuration gives, with the same weights where they fit; the same two after
    other values were written into the configuration; two such layers without an activation; and how many numbers the
    weights hold, also where the configuration was saved before the layer was built."""
    part, cls = case["layer"], _layer_class(ns)
    x = tf.constant(part["x"])

    def make(saved: Any) -> Any:
        return _without_warnings(keras.saving.deserialize_keras_object, saved, {"ThreadedDense": ns["ThreadedDense"]})

    def saved_as(layer: Any) -> Any:
        return json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))

    def output(layer: Any, units: int) -> Any:
        layer(x)
        set_units(layer, part | {"units": units})
        return layer(x)

    layer = cls(part["units"], case["activation"], use_bias=part["use_bias"], name="scores", trainable=False)
    unbuilt = make(saved_as(layer))  # it has no weights yet
    y = output(layer, part["units"])
    saved = saved_as(layer)
    values = {part["units"]: OTHER_UNITS, case["activation"]: OTHER_ACTIVATIONS[case["activation"]]}
    # First: a `from_config` may take what it needs out of the configuration.
    changed = saved | {"config": edited(saved["config"], values)}
    again = make(saved)
    seen = {"y": y, "again": output(again, part["units"]), "name": again.name, "trainable": again.trainable}
    unbuilt(x)
    seen["count"] = [_scalars(each.weights) for each in (layer, again, unbuilt)]
    seen["edited"] = output(make(changed), OTHER_UNITS)
    other = cls(OTHER_UNITS, OTHER_ACTIVATIONS[case["activation"]], use_bias=part["use_bias"])
    plain = cls(part["units"], use_bias=part["use_bias"])
    seen["plain"] = output(plain, part["units"])
    seen["plain_again"] = output(make(saved_as(plain)), part["units"])
    return seen | {"other": output(other, OTHER_UNITS)}


OTHER_UNITS = 7
OTHER_ACTIVATIONS = dict(zip(named, [*named[1:], named[0]], strict=True))
"""What is written into a saved configuration in place of the layer's own values."""
REBUILT = LAYER.trial(rebuilt, st.sampled_from(CONFIG_EXAMPLES), examples=len(CONFIG_EXAMPLES))


@REBUILT.check(points=0.5, hint="Return `super().get_config()` together with `units`, `activation` and `use_bias`.")
def configuration(case: Case, seen: Any) -> None:
    """A layer made from the saved configuration has the same name, the same number of weights and the same outputs. If
    `units` and `activation` are changed in the configuration, it has the changed ones."""
    y = _output(case["layer"], seen["y"], "The output")
    hint = "`super().get_config()` contains the name: add your arguments to what it returns."
    expect(
        seen["name"] == "scores",
        "The layer made from the configuration has lost its name.",
        seen["name"],
        "scores",
        hint,
    )
    frozen = "A layer that is not trainable is rebuilt as a trainable one."
    expect(seen["trainable"] is False, frozen, seen["trainable"], False, hint)
    count, again, unbuilt = seen["count"]
    hint = "Often `use_bias` is missing from the configuration: a layer without a bias is then made again with one."
    expect(count == again, "The rebuilt layer has a different number of weights.", again, count, hint=hint)
    hint = "Return the arguments of `__init__`: the weights do not exist before the layer is built."
    what = "A layer rebuilt from the configuration of one that was not built yet has a different number of weights."
    expect(count == unbuilt, what, unbuilt, count, hint=hint)
    close(seen["again"], y, "The output of the rebuilt layer", ulps=16, scale=8)
    other = _output(case["layer"] | {"units": OTHER_UNITS}, seen["other"], "The output of a layer with 7 units")
    what = f"The output of the layer whose configuration says {OTHER_UNITS} units and another activation"
    hint = "Make the layer from the values in the configuration only, not from values stored elsewhere."
    close(seen["edited"], other, what, ulps=16, scale=8, hint=hint)
    plain = _output(case["layer"], seen["plain"], "The output of a layer without an activation")
    close(seen["plain_again"], plain, "The output of the rebuilt layer without an activation", ulps=16, scale=8)


def traced(function: Any, shape: tuple[int, ...]) -> Any:
    """``function`` as a graph for inputs of ``shape`` with an unknown batch size."""
    return tf.function(function).get_concrete_function(tf.TensorSpec((None, *shape[1:]), tf.float32))


@probe
def in_a_model(ns: Namespace, case: Case) -> Any:
    """A Functional model around the layer: its shape, and its outputs in graph mode for several batch sizes."""
    x = case["x"]
    inputs = keras.Input(x.shape[1:])
    layer = _layer_class(ns)(case["units"], use_bias=case["use_bias"])
    model = keras.Model(inputs, layer(inputs))
    set_units(layer, case)
    call = traced(model, x.shape)
    batches = {"y": x, "twice": np.concatenate([x, x]), "none": x[:0]}
    return {
        "shape": [None if size is None else int(size) for size in model.output_shape],
        "alone": layer(tf.constant(x)),
        **{name: call(tf.constant(batch)) for name, batch in batches.items()},
    }


MODEL_EXAMPLES = [LAYER_EXAMPLES[0], LAYER_EXAMPLES[3]]
IN_A_MODEL = LAYER.trial(in_a_model, st.sampled_from(MODEL_EXAMPLES), examples=2)


@IN_A_MODEL.check(
    points=0.5, hint="When a model is built, the batch size is None. Use sizes of the tensor that `call` gets, or -1."
)
def functional_model(case: Case, seen: Any) -> None:
    """In a Functional model, the layer works for batches of any size, and gives the same outputs as outside of it."""
    shape = [None, *case["x"].shape[1:-1], case["units"]]
    expect(seen["shape"] == shape, "The model has the wrong output shape.", tuple(seen["shape"]), tuple(shape))
    alone = _output(case, seen["alone"], "The output")
    close(seen["y"], alone, "The output of the model", ulps=16, scale=8)
    close(seen["twice"], np.concatenate([alone, alone]), "The output of the model for a larger batch", ulps=16, scale=8)


# --- thread

WORKED_THREADS = [
    {"x": [[1, 2], [3, 5]], "secret_due": [[3, 1], [8, 2]]},
    {"x": [[[1, 2], [3, 5], [0, 1]]], "secret_due": [[[3, 1], [8, 2], [1, 1]]]},
    {
        "x": [[[[1, 2, 4]], [[0, 0, 1]]], [[[5, 1, 0]], [[2, 2, 2]]]],
        "secret_due": [[[[7, 3]], [[1, 1]]], [[[6, -5]], [[6, 0]]]],
    },
    {
        "x": [[[[[1, 2]], [[3, 5]], [[0, 1]]], [[[2, 2]], [[4, 1]], [[5, 9]]]]],
        "secret_due": [[[[[3, 1]], [[8, 2]], [[1, 1]]], [[[4, 0]], [[5, -3]], [[14, 4]]]]],
    },
]
"""The function gives the sum of a row, and its last number minus its first."""


@probe
def threaded_worked(ns: Namespace, case: Case) -> Any:
    """Sums and differences of rows, threaded over a tensor."""

    def fn(batch: Any) -> tf.Tensor:
        matrix = _matrix(batch)
        return tf.stack([tf.reduce_sum(matrix, axis=1), matrix[:, -1] - matrix[:, 0]], axis=1)

    return {"y": ns.call("thread", fn, tf.constant(np.array(case["x"], np.float32)))}


def _matrix(batch: Any) -> tf.Tensor:
    values = tf.convert_to_tensor(batch)
    if values.shape.rank not in (None, 2):
        raise ValueError(f"fn takes a matrix (batch, n), but it was given shape {values.shape}.")
    return values


THREADED_WORKED = THREAD.trial(
    threaded_worked, st.sampled_from(WORKED_THREADS), examples=len(WORKED_THREADS), shrinks=2
)
WAY_HINT = (
    "`fn` takes a matrix: reshape `x` to one row per vector, and reshape the result back. Its last size is the width "
    "of what `fn` returned."
)


@THREADED_WORKED.check(points=0.5, hint=WAY_HINT)
def threads_on_paper(case: Case, seen: Any) -> None:
    """If `fn` gives the sum of a row and its last number minus its first, the rows (1, 2), (3, 5) give (3, 1), (8, 2),
    for tensors of rank 2 to 5."""
    close(seen["y"], np.array(case["secret_due"], np.float64), "thread(fn, x)", ulps=16, scale=8)


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


def _thread(shape: tuple[int, ...], units: int) -> Case:
    """A case that everybody gets."""
    batch, *rest = shape
    seed = len(shape)
    given = {"x": uniform(seed, shape), "more": uniform(seed, (batch + 2, *rest))}
    return {**given, "matrix": uniform(seed, (shape[-1], units))}


GRAPH_EXAMPLES = [_thread((3, 2), 3), _thread((2, 3, 3), 2), _thread((1, 2, 2, 3, 2), 4)]


_threaded: list[np.ndarray] = []
"""The matrix of the function that is being threaded."""


@contextmanager
def row_function(case: Case) -> Iterator[Callable[[Any], tf.Tensor]]:
    """``fn(rows) = sin(rows) @ matrix``, which takes `(batch, n)` and nothing else. It does not hold the matrix."""
    place = len(_threaded)

    def fn(batch: Any) -> tf.Tensor:
        return tf.sin(_matrix(batch)) @ _threaded[place]

    _threaded.append(case["matrix"])
    try:
        yield fn
    finally:
        _threaded.pop()


def rows_are_threaded(case: Case, x: np.ndarray, received: Any, what: str) -> None:
    """Fail unless each row of ``received`` is what the function makes of that row of ``x``."""
    matrix = case["matrix"].astype(np.float64)
    y = same_shape(received, (*x.shape[:-1], matrix.shape[1]), what)
    for place in np.ndindex(x.shape[:-1]):
        close(y[place], np.sin(x[place].astype(np.float64)) @ matrix, f"{what} at {list(place)}", ulps=64, scale=8)


@probe
def threaded(ns: Namespace, case: Case) -> Any:
    """A function threaded over a tensor, eagerly."""
    with row_function(case) as fn:
        return {"y": ns.call("thread", fn, tf.constant(case["x"]))}


THREADED = THREAD.trial(threaded, thread_cases, examples=6)


@THREADED.check(points=1, hint=WAY_HINT)
def each_row_on_its_own(case: Case, seen: Any) -> None:
    """Each row of `thread(fn, x)` is `fn` of that row of `x`, in the same place. `fn` gets only matrices `(batch,
    n)`."""
    rows_are_threaded(case, case["x"], seen["y"], "thread(fn, x)")


@probe
def threaded_in_graph(ns: Namespace, case: Case) -> Any:
    """A function threaded inside one `tf.function` that is traced with an unknown batch size."""
    thread = ns["thread"]
    with row_function(case) as fn:
        call = traced(lambda x: thread(fn, x), case["x"].shape)
    return {
        name: call(tf.constant(x)) for name, x in (("x", case["x"]), ("more", case["more"]), ("none", case["x"][:0]))
    }


THREADED_IN_GRAPH = THREAD.trial(threaded_in_graph, st.sampled_from(GRAPH_EXAMPLES), examples=len(GRAPH_EXAMPLES))


@THREADED_IN_GRAPH.check(
    points=0.75,
    hint="During tracing, `x.shape[0]` is None. `tf.shape(x)[0]` is a tensor that holds the size when the graph runs.",
)
def unknown_batch(case: Case, seen: Any) -> None:
    """One `tf.function` that was traced with an unknown batch size threads batches of different sizes, 0 included."""
    rows_are_threaded(case, case["x"], seen["x"], "thread(fn, x)")
    rows_are_threaded(case, case["more"], seen["more"], "thread(fn, x) for another batch size")
    empty = (0, *case["x"].shape[1:-1], case["matrix"].shape[1])
    same_shape(seen["none"], empty, "thread(fn, x) for a batch without examples")


@probe
def threaded_empty(ns: Namespace, case: Case) -> Any:
    """A function threaded over a batch without examples, and over a full one."""
    x = tf.constant(case["x"])
    with row_function(case) as fn:
        return {"empty": ns.call("thread", fn, x[:0]), "y": ns.call("thread", fn, x)}


THREADED_EMPTY = THREAD.trial(threaded_empty, thread_cases)


@THREADED_EMPTY.check(
    points=0.75,
    hint="If there are no numbers, the last size cannot be inferred with -1. Use the width of what `fn` returned.",
)
def empty_batch(case: Case, seen: Any) -> None:
    """A batch without examples gives a result without examples, with all other axes as usual."""
    same_shape(seen["empty"], (0, *case["x"].shape[1:-1], case["matrix"].shape[1]), "thread(fn, x)")
    rows_are_threaded(case, case["x"], seen["y"], "thread(fn, x) for a full batch")


# --- count_weights

WORKED_COUNTS = [
    {"shape": [None, 3], "units": 4, "use_bias": True, "secret_due": 16},
    {"shape": [None, 5, 3], "units": 4, "use_bias": True, "secret_due": 16},
    {"shape": [None, 5, 3], "units": 4, "use_bias": False, "secret_due": 12},
    {"shape": [2, 7, 6, 10], "units": 1, "use_bias": True, "secret_due": 11},
    {"shape": [None, None, 400], "units": 300, "use_bias": True, "secret_due": 120300},
]
"""The last size times the units, and one more per unit where there is a bias."""


@probe
def counted_worked(ns: Namespace, case: Case) -> Any:
    """One count."""
    return {"count": ns.call("count_weights", tuple(case["shape"]), case["units"], use_bias=case["use_bias"])}


COUNTED_WORKED = COUNT.trial(counted_worked, st.sampled_from(WORKED_COUNTS), examples=len(WORKED_COUNTS), shrinks=3)
COUNT_HINT = "The kernel has one number per pair of an input and a unit. The bias has one number per unit."


@COUNTED_WORKED.check(points=0.5, hint=COUNT_HINT)
def counts_on_paper(case: Case, seen: Any) -> None:
    """Rows of 3 numbers and 4 units need 3 * 4 + 4 = 16 weights, or 12 without a bias, for any leading axes."""
    found = number(seen["count"], "The count")
    expect(found == case["secret_due"], "The count is wrong.", found, case["secret_due"])


@COUNTED_WORKED.check(points=0.25, hint="NumPy may return a float: convert it with `int(...)`.")
def counts_in_integers(case: Case, seen: Any) -> None:
    """The count is an integer, and it grows with the number of units."""
    found = array(seen["count"], "The count")
    expect(found.dtype.kind in "iu", "The count is not an integer.", f"a number of dtype {found.dtype}", "an integer")
    expect(
        number(seen["count"], "The count") >= case["units"],
        "There are fewer weights than units.",
        found,
        f"at least {case['units']}",
    )


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
        raise Failure(f"{what} is not one number.", value, "one number")
    return float(found.reshape(()))


COUNTED = COUNT.trial(counted, count_cases)


@COUNTED.check(points=0.75, hint=COUNT_HINT)
def leading_axes_do_not_count(case: Case, seen: Any) -> None:
    """Other leading axes do not change the count. One more input adds `units` weights, and the bias has `units`
    weights."""
    count, other, wider, no_bias = (number(seen[key], "The count") for key in ("count", "other", "wider", "no_bias"))
    expect(count == other, "The count changes with the leading axes.", other, count)
    expect(
        wider - count == case["units"], "One more input adds the wrong number of weights.", wider - count, case["units"]
    )
    expect(
        count - no_bias == case["units"],
        "`use_bias=False` removes the wrong number of weights.",
        count - no_bias,
        case["units"],
    )

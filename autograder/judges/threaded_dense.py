"""Hidden judges of `threaded_dense`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import close, expect, same_shape
from keras_checks.exercises import threaded_dense as probes
from keras_checks.question import Case

ACTIVATIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "softplus": lambda z: np.log1p(np.exp(z)),
    "square": np.square,
}


def _varied(values: np.ndarray, what: str) -> None:
    """Fail when an output of several numbers holds one number only."""
    expect(values.size < 2 or np.ptp(values) > 0, f"{what} is the same everywhere.", received=values)


def _output(case: Case, value: Any, what: str) -> np.ndarray:
    y = same_shape(value, (*case["x"].shape[:-1], case["units"]), what)
    expect(np.abs(y).max() > 0, f"{what} is zero.")
    _varied(y, what)
    return y


@probes.ROWS.judge(points=1, hint="Which variables does the layer know as its own?")
def learns(case: Case, seen: Any, expected: Any) -> None:
    """One gradient step moves the outputs as a step of one shared kernel and one bias must."""
    x, pull = case["x"].astype(np.float64), case["pull"].astype(np.float64)
    expect(
        seen["trainable"] == expected["trainable"],
        "The layer has the wrong number of trainable weights.",
        seen["trainable"],
    )
    flat, weighed = x.reshape(-1, x.shape[-1]), pull.reshape(-1, case["units"])
    moved = x @ (flat.T @ weighed) + case["use_bias"] * weighed.sum(axis=0)
    before = same_shape(seen["y"], pull.shape, "The output").astype(np.float64)
    after = same_shape(seen["after"], pull.shape, "The output after a step").astype(np.float64)
    scale = 8 + probes.STEP * len(flat) * 4 * (4 * x.shape[-1] + 1)
    close(after - before, -probes.STEP * moved, "What the gradient step changed in the output", ulps=64, scale=scale)


ACTIVATED = probes.LAYER.trial(probes.activated, probes.activation_cases)


@ACTIVATED.judge(points=0.75, hint="Where, and how often, is it applied?")
def activation(case: Case, seen: Any) -> None:
    """With an activation, by name or as a function, the output is that activation of the linear layer's output."""
    linear = _output(case["layer"], seen["linear"], "The linear output").astype(np.float64)
    wanted = ACTIVATIONS[case["activation"]](linear)
    close(seen["curved"], wanted, "The output with an activation", ulps=64, scale=max(1.0, np.abs(wanted).max()))


def _kept(_case: Case, seen: Any) -> Any:
    """Without the number that Keras appends to a name of its own."""
    return {**seen, "name": seen["name"].rstrip("0123456789")}


REBUILT = probes.LAYER.trial(probes.rebuilt, probes.config_cases)


@REBUILT.judge(points=0.5, hint="What does __init__ need to make an equal layer?")
def configuration(case: Case, seen: Any) -> None:
    """A layer made from the saved configuration has the same name, as many weights, and gives the same outputs."""
    y = _output(case["layer"], seen["y"], "The output")
    expect(seen["name"] == "scores", "The layer made from the configuration has lost its name.", seen["name"])
    expect(seen["count"] == [seen["count"][0]] * 2, "The rebuilt layer has another number of weights.", seen["count"])
    close(seen["again"], y, "The output of the rebuilt layer", ulps=16, scale=8)


IN_A_MODEL = probes.LAYER.trial(probes.in_a_model, probes.layer_cases, examples=3)


@IN_A_MODEL.judge(points=0.75, hint="What is known when a model is built?")
def functional_model(case: Case, seen: Any) -> None:
    """In a Functional model the layer works for any batch size, none included, and gives what it gives alone."""
    shape = [None, *case["x"].shape[1:-1], case["units"]]
    expect(seen["shape"] == shape, "The model has the wrong output shape.", tuple(seen["shape"]))
    alone = _output(case, seen["alone"], "The output")
    close(seen["y"], alone, "The output of the model", ulps=16, scale=8)
    close(seen["twice"], np.concatenate([alone, alone]), "The output of the model for a larger batch", ulps=16, scale=8)
    same_shape(seen["none"], (0, *shape[1:]), "The output of the model for a batch of no examples")


THREADED_IN_GRAPH = probes.THREAD.trial(probes.threaded_in_graph, probes.thread_cases)


@THREADED_IN_GRAPH.judge(points=1, hint="When is the batch size known in a graph?")
def unknown_batch(case: Case, seen: Any) -> None:
    """One `tf.function` that was traced with an unknown batch size threads batches of different sizes."""
    probes.rows_are_threaded(case, case["x"], seen["x"], "thread(fn, x)")
    probes.rows_are_threaded(case, case["more"], seen["more"], "thread(fn, x) for another batch size")


THREADED_EMPTY = probes.THREAD.trial(probes.threaded_empty, probes.thread_cases)


@THREADED_EMPTY.judge(points=0.75, hint="Which sizes can be inferred?")
def empty_batch(case: Case, seen: Any) -> None:
    """A batch of no examples gives a result with no examples, and the other axes as ever."""
    same_shape(seen["empty"], (0, *case["x"].shape[1:-1], case["matrix"].shape[1]), "thread(fn, x)")
    probes.rows_are_threaded(case, case["x"], seen["y"], "thread(fn, x) for a full batch")


@probes.COUNTED.judge(points=1.25, hint="Which axes does the kernel have?")
def number_of_weights(_case: Case, seen: Any, expected: Any) -> None:
    """The number of scalars in the kernel and, if there is one, the bias."""
    for key, what in (("count", "with a bias"), ("no_bias", "without a bias")):
        found = probes.number(seen[key], "The count")
        expect(found == expected[key], f"The count {what} is wrong.", found)


REBUILT.told_apart_by(_kept)

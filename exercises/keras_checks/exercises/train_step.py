"""Checks of `train_step`: probes and public properties."""

from __future__ import annotations

import functools
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import close, expect, finite, needed, same_shape
from keras_checks.observe import Namespace, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, sizes
from keras_checks.testbeds.stepping import (
    all_report,
    called_once,
    fit,
    flat,
    in_turn,
    keras_course,
    keras_steps,
    keras_tests,
    moves,
    of_epochs,
    reported,
    running,
    same_course,
    starts,
    steps,
    steps_compiled_again,
    switched_off,
    test,
)
from keras_checks.testbeds.tiny import ACTIVATIONS, LAST, OFFSET, network_weights

LECTURE = 'Model specialization, "Custom train step (override train_step)"'
CUSTOM = Question(
    "custom_model",
    ("CustomModel",),
    points=3,
    lecture=LECTURE,
    shows=("w", "b", "x", "y", "metrics", "optimizer", "loss", "rate: learning_rate", "data.x", "data.y"),
)
WEIGHTED = Question(
    "weighted_model",
    ("WeightedModel",),
    points=4,
    lecture=LECTURE,
    shows=(
        "w",
        "b",
        "x",
        "y",
        "sample_weight",
        "metrics: weighted_metrics",
        "data.w: sample_weight",
        "optimizer",
        "loss",
        "rate: learning_rate",
        "data.x",
        "data.y",
    ),
)
BALANCED = Question("balanced_sample_weight", ("balanced_sample_weight",), points=3, lecture=LECTURE, shows=("y",))

CUSTOM_METRICS = {"metrics": ("mae",)}
TWO_METRICS = {"metrics": ("mae", "mse")}
TILTED = {"metrics": ("tilted",)}
WEIGHTED_METRICS = {"metrics": ("mse",), "weighted_metrics": ("mae",)}
WEIGHTED_TILTED = {"metrics": ("mse",), "weighted_metrics": ("tilted",)}

GRAPH_HINT = (
    "`fit` runs your Python code once, to trace a graph; afterwards only TensorFlow and Keras operations run. Update "
    "the weights with `self.optimizer`, which keeps its state between steps."
)
METRICS_HINT = (
    "`self.metrics` contains a running mean named `loss` and the compiled metrics. Update all of them in every step, "
    "with the predictions made before the weights are updated."
)
PENALTY_HINT = (
    "`self.losses` contains the penalties of all regularized layers, and `self.compute_loss` adds them to the loss. "
    "Differentiate this loss, and update the running mean with it."
)
TRAINING_HINT = (
    "Call the model once, with `training=True`, so that its layers behave as in training. Loss and metrics use this "
    "prediction."
)
FROZEN_HINT = "`self.trainable_variables` lists the weights to train; `self.weights` also lists frozen ones."
COMPILED_HINT = (
    "`self.compute_loss` computes the compiled loss. Pass the targets as `y`, and the predictions as `y_pred`. After "
    "`compile`, `self.optimizer` and `self.metrics` are new objects, and `self.trainable_variables` may have changed."
)


# --- one step of y = w x + b, worked on paper

WORKED_STEPS = [
    {
        "w": 2.0,
        "b": 0.0,
        "x": [1.0],
        "y": [1.0],
        "metrics": ["mae"],
        "secret_due": {"w": 1.8, "b": -0.2, "loss": 1.0, "mae": 1.0},
    },
    {
        "w": 2.0,
        "b": 0.0,
        "x": [1.0, 2.0],
        "y": [1.0, 2.0],
        "metrics": [],
        "secret_due": {"w": 1.5, "b": -0.3, "loss": 2.5},
    },
    {
        "w": 1.0,
        "b": 1.0,
        "x": [0.0, 2.0],
        "y": [2.0, 1.0],
        "metrics": ["mae"],
        "secret_due": {"w": 0.6, "b": 0.9, "loss": 2.5, "mae": 1.5},
    },
    {
        "w": 2.0,
        "b": 0.0,
        "x": [100.0],
        "y": [100.0],
        "metrics": ["mae"],
        "secret_due": {"w": -1998.0, "b": -20.0, "loss": 10000.0, "mae": 100.0},
    },
]
WORKED_WEIGHTED_STEPS = [
    {
        "w": 2.0,
        "b": 0.0,
        "x": [1.0, 2.0],
        "y": [1.0, 2.0],
        "sample_weight": [3.0, 1.0],
        "metrics": ["mae"],
        "secret_due": {"w": 1.3, "b": -0.5, "loss": 3.5, "mae": 1.25},
    },
    {
        "w": 1.0,
        "b": 1.0,
        "x": [0.0, 2.0],
        "y": [2.0, 1.0],
        "sample_weight": [0.5, 2.0],
        "metrics": ["mae"],
        "secret_due": {"w": 0.2, "b": 0.65, "loss": 4.25, "mae": 1.8},
    },
    {
        "w": 2.0,
        "b": 0.0,
        "x": [100.0],
        "y": [100.0],
        "sample_weight": [0.5],
        "metrics": [],
        "secret_due": {"w": -998.0, "b": -10.0, "loss": 5000.0},
    },
    {
        "w": 2.0,
        "b": 0.0,
        "x": [1.0, 2.0, 0.0],
        "y": [[1.0, 2.0], [3.0, 4.0], [-1.0, 0.0]],
        "metrics": ["mae"],
        "secret_due": {"w": [1.9, 2.0], "b": [-0.1, 0.0], "loss": 0.5, "mae": 0.5},
    },
]
"""Steps at learning rate 0.1 with squared error. The gradient is the mean of weight * 2 (w x + b - y) (x, 1).

In the end, an example has two targets: two units start at the same w and b, and the loss is the mean over both.
"""


@functools.cache
def _line(units: int) -> tuple[Any, Any, Any]:
    """A layer with one input; its symbolic input and output."""
    layer, inputs = keras.layers.Dense(units), keras.Input((1,))
    return layer, inputs, layer(inputs)


def _one_step(model_class: Any, case: Case, kind: str) -> dict[str, Any]:
    x, y = (np.array(case[name], np.float32).reshape(len(case["x"]), -1) for name in ("x", "y"))
    units = y.shape[1]
    layer, inputs, outputs = _line(units)
    layer.trainable = True
    model = model_class(inputs, outputs)
    layer.set_weights([np.full((1, units), case["w"], np.float32), np.full(units, case["b"], np.float32)])
    metrics: Any = {kind: [keras.metrics.MeanAbsoluteError(name=name) for name in case["metrics"]] or None}
    model.compile(keras.optimizers.SGD(0.1), keras.losses.MeanSquaredError(), jit_compile=False, **metrics)
    weights = [np.array(case["sample_weight"], np.float32)] if "sample_weight" in case else []
    logs = flat(model.train_step(tuple(map(tf.constant, [x, y, *weights]))), "train_step")
    w, b = (value.numpy().ravel() for value in (layer.kernel, layer.bias))
    return {"logs": logs, "w": w if units > 1 else float(w[0]), "b": b if units > 1 else float(b[0])}


def _worked(case: Case, seen: Any) -> None:
    due, names = case["secret_due"], ["loss", *case["metrics"]]
    scale = max(8.0, *(float(np.abs(value).max()) for value in due.values()))
    for name in ("w", "b"):
        close(seen[name], np.asarray(due[name]), f"{name} after the step", ulps=64, scale=scale)
    for name in names:
        found = reported(seen["logs"], name)
        expect(
            found is not None,
            f"`{name}` is missing from the reported results.",
            sorted(seen["logs"]),
            names,
            METRICS_HINT,
        )
        close(found, due[name], f"The reported `{name}`", ulps=64, scale=scale, hint=METRICS_HINT)


@probe
def custom_worked(ns: Namespace, case: Case) -> Any:
    """One step of `CustomModel` on a model with one input."""
    with switched_off("train_step", "test_step"):
        return _one_step(ns["CustomModel"], case, "metrics")


@probe
def weighted_worked(ns: Namespace, case: Case) -> Any:
    """One step of `WeightedModel` on a model with one input."""
    with switched_off("train_step", "test_step"):
        return _one_step(ns["WeightedModel"], case, "weighted_metrics")


# --- steps


@st.composite
def _data(draw: Any, weighted: bool, short: bool, whole: bool) -> dict[str, Any]:
    """Examples of two batches: both full, or a full one and one with a single example if ``short``.

    Each has a weight of its own if they are ``weighted``; targets are whole numbers if they are ``whole``.
    """
    batch_size = draw(sizes(2, 4))
    n = batch_size + 1 if short else 2 * batch_size
    y = draw(arrays((n, 1), key=11))
    return {
        "x": draw(arrays((n, 2), -1, 1, key=10)),
        "y": np.round(y).astype(np.int64) if whole else y,
        "w": draw(arrays((n,), 0.2, 3.0, key=12)) if weighted else None,
        "batch_size": batch_size,
    }


def step_cases(
    *,
    weighted: bool = False,
    short: bool = True,
    whole: bool = False,
    optimizer: str = "sgd",
    loss: str = "mse",
    epochs: int = 0,
    **options: Any,
) -> Any:
    """Cases for steps on the tiny network with these ``options``; ``epochs`` is the number of those of `fit`."""
    return cases(
        weights=network_weights(offset=options.get("fixed", False), drifts=options.get("drifts", False)),
        data=_data(weighted, short, whole),
        rate=st.sampled_from([0.05, 0.1, 0.2]),
        optimizer=st.just(optimizer),
        loss=st.just(loss),
        epochs=st.just(epochs),
        options=st.sampled_from(ACTIVATIONS).map(lambda activation: {**options, "activation": activation}),
    )


pair_cases, triple_cases = step_cases(), step_cases(weighted=True)
training_cases, penalty_cases = step_cases(doubles=True, drifts=True), step_cases(penalty=0.2)
fixed_cases = step_cases(fixed=True)
layer_cases = step_cases(weighted=True, doubles=True, drifts=True, fixed=True, penalty=0.2)
pair_fit_cases = step_cases(optimizer="adagrad", epochs=2, named=True)
triple_fit_cases = step_cases(weighted=True, optimizer="adagrad", epochs=2, named=True)
tilted_cases = step_cases(loss="tilted", fixed=True)
whole_cases = step_cases(weighted=True, whole=True, loss="tilted", fixed=True)
evaluate_cases = step_cases(weighted=True, whole=True, loss="tilted", epochs=1, named=True, doubles=True, penalty=0.2)
test_cases = step_cases(doubles=True, penalty=0.2)


@probe
def custom_steps(ns: Namespace, case: Case) -> Any:
    """Steps of `CustomModel` called one by one. With another loss than usual, the model is compiled twice."""
    with switched_off("train_step", "test_step"):
        if case["loss"] == "tilted":
            return steps_compiled_again(ns["CustomModel"], case, **TILTED)
        return steps(ns["CustomModel"], case, **CUSTOM_METRICS)


@probe
def custom_fit(ns: Namespace, case: Case) -> Any:
    """Steps of `CustomModel` under `fit`."""
    with switched_off("train_step", "test_step"):
        return fit(ns["CustomModel"], case, **TWO_METRICS)


@probe
def custom_in_turn(ns: Namespace, case: Case) -> Any:
    """Two models of `CustomModel` that train in turn."""
    with switched_off("train_step", "test_step"):
        return in_turn(ns["CustomModel"], case, **CUSTOM_METRICS)


@probe
def weighted_steps(ns: Namespace, case: Case) -> Any:
    """Steps of `WeightedModel` called one by one. With another loss than usual, the model is compiled twice."""
    with switched_off("train_step", "test_step"):
        if case["loss"] == "tilted":
            return steps_compiled_again(ns["WeightedModel"], case, **WEIGHTED_TILTED)
        return steps(ns["WeightedModel"], case, **WEIGHTED_METRICS)


@probe
def weighted_fit(ns: Namespace, case: Case) -> Any:
    """Steps of `WeightedModel` under `fit`."""
    with switched_off("train_step", "test_step"):
        return fit(ns["WeightedModel"], case, **WEIGHTED_METRICS)


@probe
def weighted_in_turn(ns: Namespace, case: Case) -> Any:
    """Two models of `WeightedModel` that train in turn."""
    with switched_off("train_step", "test_step"):
        return in_turn(ns["WeightedModel"], case, **WEIGHTED_METRICS)


@probe
def weighted_tests(ns: Namespace, case: Case) -> Any:
    """`test_step` of `WeightedModel`, called and under `evaluate`."""
    with switched_off("train_step", "test_step"):
        return test(ns["WeightedModel"], case, **_tested_metrics(case))


def _tested_metrics(case: Case) -> dict[str, tuple[str, ...]]:
    return WEIGHTED_METRICS if case["loss"] == "mse" else WEIGHTED_TILTED


# --- CustomModel

CUSTOM_WORKED = CUSTOM.trial(custom_worked, st.sampled_from(WORKED_STEPS), examples=4, shrinks=2)


@CUSTOM_WORKED.check(
    points=0.25,
    hint="The loss is (w x + b - y)², averaged over the batch. The step subtracts 0.1 times its gradient from w and b.",
)
def one_step_on_paper(case: Case, seen: Any) -> None:
    """One step on y = w x + b with learning rate 0.1 gives the weights, the loss and the error worked out on paper,
    for small and large numbers, with and without a compiled metric."""
    _worked(case, seen)


CUSTOM_STEPS = CUSTOM.trial(custom_steps, pair_cases, examples=1, shrinks=8)


@CUSTOM_STEPS.check(
    points=0.5,
    hint="Compute the forward pass and the loss inside the tape, then the gradients, then call `self.optimizer` once.",
)
def moves_down_the_slope(case: Case, seen: Any) -> None:
    """With plain gradient descent, each step changes the weights as Keras's own step does, for full batches and for a
    short one."""
    moves(case, seen)


CUSTOM_STEPS_ON_TRAINING_CASES = CUSTOM.trial(custom_steps, training_cases, examples=1, shrinks=4)


@CUSTOM_STEPS_ON_TRAINING_CASES.check(points=0.5, hint=TRAINING_HINT)
def runs_in_training_mode(case: Case, seen: Any) -> None:
    """A step runs the network once, in training mode; loss and metrics use this prediction. (One layer here doubles its
    input in training, and multiplies it by a factor that grows with each call.)"""
    called_once(seen)
    beside = keras_steps(case, starts(case, seen), **CUSTOM_METRICS)
    moves(case, seen, beside)
    all_report(running(seen, beside), "mae")


CUSTOM_STEPS_ON_PENALTY_CASES = CUSTOM.trial(custom_steps, penalty_cases, examples=1, shrinks=4)


@CUSTOM_STEPS_ON_PENALTY_CASES.check(points=0.5, hint=PENALTY_HINT)
def keeps_the_penalties(case: Case, seen: Any) -> None:
    """The penalties of regularized layers are part of the loss: in its gradient and in the reported value."""
    beside = keras_steps(case, starts(case, seen), **CUSTOM_METRICS)
    moves(case, seen, beside)
    all_report(running(seen, beside))


CUSTOM_STEPS_ON_FIXED_CASES = CUSTOM.trial(custom_steps, fixed_cases, examples=1, shrinks=4)


@CUSTOM_STEPS_ON_FIXED_CASES.check(points=0.25, hint=FROZEN_HINT)
def moves_only_what_is_trained(case: Case, seen: Any) -> None:
    """Frozen and non-trainable weights stay as they are. All others change as in Keras's own step."""
    for step in seen:
        _stay(case, step["weights"])
    moves(case, seen)


def _stay(case: Case, weights: Any) -> None:
    for part in (OFFSET, *LAST):
        same = np.array_equal(weights[part], case["weights"][part])
        expect(same, "A frozen or non-trainable weight changed.", hint=FROZEN_HINT)


CUSTOM_FIT = CUSTOM.trial(custom_fit, pair_fit_cases, examples=1, shrinks=4)


@CUSTOM_FIT.check(points=0.25, hint=METRICS_HINT + " `fit` resets them.")
def reports_running_means(case: Case, seen: Any) -> None:
    """In `fit`, each epoch reports the mean of its losses as `loss`, and both compiled metrics. All use the predictions
    before the update, and each epoch starts from zero."""
    all_report(of_epochs(case, seen, **TWO_METRICS), *TWO_METRICS["metrics"])


@CUSTOM_FIT.check(points=0.25, hint=GRAPH_HINT)
def trains_under_fit(case: Case, seen: Any) -> None:
    """In `fit`, with the optimizer Adagrad and inputs in a dict, every step changes the weights as Keras's own step
    does, and the optimizer counts one step per batch."""
    same_course(seen, keras_course(case, **TWO_METRICS))


CUSTOM_STEPS_ON_TILTED_CASES = CUSTOM.trial(custom_steps, tilted_cases, examples=1, shrinks=4)


@CUSTOM_STEPS_ON_TILTED_CASES.check(points=0.25, hint=COMPILED_HINT)
def uses_what_is_compiled(case: Case, seen: Any) -> None:
    """After a layer is frozen and the model compiled again, with another optimizer, loss and metric, the step does what
    Keras's own step does. For this loss and metric, the order of targets and predictions matters."""
    beside = keras_steps(case, starts(case, seen), **TILTED)
    moves(case, seen, beside)
    all_report(running(seen, beside), "tilted")


# --- WeightedModel

WEIGHTED_WORKED = WEIGHTED.trial(weighted_worked, st.sampled_from(WORKED_WEIGHTED_STEPS), examples=4, shrinks=2)


@WEIGHTED_WORKED.check(
    points=0.5,
    hint="Multiply each squared error by its weight, add them up, and divide by the number of examples. `mae` is "
    "compiled as a weighted metric: it divides by the sum of the weights.",
)
def one_weighted_step_on_paper(case: Case, seen: Any) -> None:
    """One weighted step on y = w x + b with learning rate 0.1 gives the weights, the loss and the weighted error worked
    out on paper, for small and large numbers, with and without a compiled metric. So does a step without weights on
    examples with two targets each."""
    _worked(case, seen)


WEIGHTED_STEPS = WEIGHTED.trial(weighted_steps, triple_cases, examples=1, shrinks=8)


@WEIGHTED_STEPS.check(
    points=0.5, hint="Pass the weights to `compute_loss` as `sample_weight`, and apply them nowhere else in the loss."
)
def moves_down_the_weighted_slope(case: Case, seen: Any) -> None:
    """A step on `(x, y, sample_weight)` follows the gradient of the weighted loss: the sum of `weight * loss` over the
    batch, divided by the batch size."""
    moves(case, seen)


WEIGHTED_STEPS_ON_PAIR_CASES = WEIGHTED.trial(weighted_steps, pair_cases, examples=1, shrinks=8)


@WEIGHTED_STEPS_ON_PAIR_CASES.check(
    points=0.5,
    hint="Without weights `data` is `(x, y)`, with weights it is `(x, y, sample_weight)`: the step must accept both.",
)
def weights_are_optional(case: Case, seen: Any) -> None:
    """A step on `(x, y)` does what Keras's own step does without weights, and reports the mean loss and error."""
    beside = keras_steps(case, starts(case, seen), **WEIGHTED_METRICS)
    moves(case, seen, beside)
    all_report(running(seen, beside), "mae")


WEIGHTED_FIT = WEIGHTED.trial(weighted_fit, triple_fit_cases, examples=1, shrinks=4)


@WEIGHTED_FIT.check(
    points=0.5,
    hint="Pass the weights when you update the compiled metrics, too: Keras knows which of them use weights. Update "
    "the running mean of the loss without weights: the loss already contains them.",
)
def reports_weighted_means(case: Case, seen: Any) -> None:
    """In `fit`, each epoch reports the mean of its weighted losses. Metrics compiled as `weighted_metrics` use the
    weights, and metrics compiled as `metrics` do not."""
    all_report(of_epochs(case, seen, **WEIGHTED_METRICS), "mse", weighted=("mae",))


@WEIGHTED_FIT.check(points=0.25, hint=GRAPH_HINT)
def trains_with_weights_under_fit(case: Case, seen: Any) -> None:
    """In `fit`, with weights, the optimizer Adagrad and inputs in a dict, every step changes the weights as Keras's own
    step does, and the optimizer counts one step per batch."""
    same_course(seen, keras_course(case, **WEIGHTED_METRICS))


WEIGHTED_STEPS_ON_LAYER_CASES = WEIGHTED.trial(weighted_steps, layer_cases, examples=1, shrinks=4)


@WEIGHTED_STEPS_ON_LAYER_CASES.check(
    points=0.5,
    hint="Apart from the sample weights, this is the step of question 1: check training mode, penalties and frozen "
    "weights.",
)
def respects_the_layers(case: Case, seen: Any) -> None:
    """With weights, too, a step runs the network once, in training mode; loss and metrics use this prediction. The
    penalties are part of the loss, and frozen weights stay as they are."""
    for step in seen:
        _stay(case, step["weights"])
    called_once(seen)
    beside = keras_steps(case, starts(case, seen), **WEIGHTED_METRICS)
    moves(case, seen, beside)
    all_report(running(seen, beside), weighted=("mae",))


WEIGHTED_STEPS_ON_WHOLE_CASES = WEIGHTED.trial(weighted_steps, whole_cases, examples=1, shrinks=4)


@WEIGHTED_STEPS_ON_WHOLE_CASES.check(
    points=0.25, hint=COMPILED_HINT + " Targets can be integers: keep the sample weights as floats."
)
def uses_what_is_compiled_with_weights(case: Case, seen: Any) -> None:
    """After a layer is frozen and the model compiled again, with another optimizer, loss and weighted metric, the step
    does what Keras's own step does, here with integer targets."""
    beside = keras_steps(case, starts(case, seen), **WEIGHTED_TILTED)
    moves(case, seen, beside)
    all_report(running(seen, beside), weighted=("tilted",))


WEIGHTED_TESTS = WEIGHTED.trial(weighted_tests, evaluate_cases, examples=1, shrinks=4)


@WEIGHTED_TESTS.check(
    points=0.5,
    hint="`test_step` is `train_step` without gradient and update, and with `training=False`. Everything else is the "
    "same: the compiled loss, the penalties, the sample weights as floats.",
)
def evaluates_with_weights(case: Case, seen: Any) -> None:
    """`test_step` and `evaluate` report the weighted loss and all compiled metrics, whatever loss was compiled: here
    with inputs in a dict, integer targets, penalties, and a layer that doubles its input in training."""
    tested(case, seen)


WEIGHTED_TESTS_ON_TEST_CASES = WEIGHTED.trial(weighted_tests, test_cases, examples=1, shrinks=4)


@WEIGHTED_TESTS_ON_TEST_CASES.check(
    points=0.25,
    hint="Call the model with `training=False`, compute the same loss, including the penalties, and change no weight.",
)
def evaluates_without_training(case: Case, seen: Any) -> None:
    """Without weights, too, `test_step` runs the network with `training=False`, includes the penalties, and changes no
    weight."""
    for found, start in zip(seen["weights"], case["weights"], strict=True):
        expect(
            np.array_equal(found, start),
            "A weight changed during evaluation.",
            hint="`test_step` computes no gradient and does not call the optimizer.",
        )
    tested(case, seen)


def tested(case: Case, seen: Any) -> None:
    """Fail unless each way to evaluate reports what Keras's own test step does."""
    names = _tested_metrics(case)
    taken = keras_tests(case, **names)
    expect(len(seen["steps"]) == len(taken), "The number of reports is not the number of batches.")
    pairs = [(logs, taken[: place + 1]) for place, logs in enumerate(seen["steps"])]
    if case["epochs"]:
        pairs.append((seen["evaluate"], taken))
    all_report(pairs, *names["metrics"], weighted=names["weighted_metrics"])


# --- balanced_sample_weight


@st.composite
def _labels(draw: Any, labels: tuple[int, ...], least: int = 2, column: bool = False) -> np.ndarray:
    """Labels of ``least`` to four classes; the first class has most examples."""
    names = draw(st.permutations(labels))[: draw(sizes(least, 4))]
    counts = [draw(sizes(6, 8)), *(draw(sizes(2, 4)) for _ in names[1:])]
    y = np.random.default_rng(draw(seeds())).permutation(np.repeat(names, counts))
    return y.reshape(-1, 1) if column else y


label_cases = cases(y=_labels((0, 1, 2, 3)))
any_label_cases = cases(y=_labels((-2, 0, 3, 7, 90), least=1))
column_cases = cases(y=st.one_of(st.just(np.array([[5]])), _labels((0, 1, 2, 3, 4), column=True)))
COUNTS = {40: 300, 50: 80, 7: 20, 1: 20, 3: 10, 4: 10, 11: 10, 90: 10, 2: 5, 0: 5, 26: 5, 12: 5}
MANY = np.random.default_rng(1).permutation(np.repeat([*COUNTS], [*COUNTS.values()]))
WORKED_WEIGHTS = [
    {"y": np.array([0, 0, 0, 1]), "secret_due": [2 / 3, 2 / 3, 2 / 3, 2.0]},
    {"y": np.array([7, 1, 7, 3, 1, 7, 3, 7, 3]), "secret_due": [0.75, 1.5, 0.75, 1.0, 1.5, 0.75, 1.0, 0.75, 1.0]},
    {"y": np.array([5]), "secret_due": [1.0]},
    {"y": np.array([-2, 2, 2]), "secret_due": [1.5, 0.75, 0.75]},
    {"y": np.array([5000, 17, 17]), "secret_due": [1.5, 0.75, 0.75]},
    {"y": np.array([-1, 3, 3, -1, 3, 0]), "secret_due": [1.0, 2 / 3, 2 / 3, 1.0, 2 / 3, 2.0]},
    {"y": MANY, "secret_due": [40 / COUNTS[label] for label in MANY.tolist()]},
]
"""Four examples, two classes: 4 / (2 * 3) and 4 / (2 * 1). Nine examples, three classes: 9 / (3 * count). In the end,
480 examples, twelve classes: 480 / (12 * count)."""


@probe
def balanced(ns: Namespace, case: Case) -> Any:
    """The weight of each example, and the labels after the call."""
    y = case["y"].copy()
    return {"weight": ns.call("balanced_sample_weight", y), "y": y}


def weight_of(case: Case, seen: Any) -> np.ndarray:
    """The weights, one per example; fails where they are not."""
    found = finite(same_shape(seen["weight"], (len(case["y"]),), "The array of weights"), "The array of weights")
    hint = (
        "Divide with `/`, and keep the weights as floats: `//` and integer arrays drop the fraction. NumPy's "
        "`zeros_like(y)` has the integer type of `y`."
    )
    expect(found.dtype.kind == "f", "The weights are integers.", f"dtype {found.dtype}", "dtype float32", hint)
    return found


BALANCED_WORKED = BALANCED.trial(balanced, st.sampled_from(WORKED_WEIGHTS), examples=7)


@BALANCED_WORKED.check(
    points=0.5,
    hint="Divide the number of examples by the number of classes and by the number of examples in the class.",
)
def weights_on_paper(case: Case, seen: Any) -> None:
    """The weights are those of the formula, worked out on paper: for labels 0, 0, 0, 1 they are 2/3, 2/3, 2/3, 2. Other
    cases have one example, negative labels, large labels, and twelve classes."""
    close(weight_of(case, seen), np.array(case["secret_due"]), "The array of weights", ulps=64)


BALANCED_WEIGHTS = BALANCED.trial(balanced, label_cases)


@BALANCED_WEIGHTS.check(points=0.5, hint="Compute the sum of your weights: it must be the number of examples.")
def mean_one(case: Case, seen: Any) -> None:
    """There is one positive weight per example. The mean of the weights is 1, and the most frequent class has the
    smallest weight."""
    weight, y = weight_of(case, seen), case["y"].ravel()
    expect((weight > 0).all(), "A weight is not positive.", weight, "all more than 0")
    close(weight.mean(dtype=np.float64), np.asarray(1.0), "The mean of the weights", ulps=64)
    names, counts = np.unique(y, return_counts=True)
    common = names[counts.argmax()]
    largest, least = weight[y == common].max(), weight[y != common].min()
    hint = "If a class has twice as many examples, each of them gets half the weight."
    message = f"The most frequent class, {common}, does not have the smallest weight."
    expect(largest < least, message, largest, f"less than {least:.4g}, the smallest weight of the others", hint)


@BALANCED_WEIGHTS.check(points=0.75, hint="If a class has twice as many examples, each of them gets half the weight.")
def classes_count_alike(case: Case, seen: Any) -> None:
    """The weights of each class add up to the same total, and examples of one class have the same weight."""
    equal_totals(case, seen)


def equal_totals(case: Case, seen: Any) -> None:
    """Fail unless all classes have the same total weight, spread evenly over their examples."""
    weight, y = weight_of(case, seen).astype(np.float64), case["y"].ravel()
    expect(weight.sum() > 0, "The sum of the weights is not positive.", weight.sum(), "more than 0")
    names = np.unique(y)
    totals = np.array([weight[y == name].sum() for name in names])
    close(totals, np.full(len(names), weight.sum() / len(names)), "The total weight of each class", ulps=64)
    for name in names:
        same = weight[y == name]
        close(same, np.full(len(same), same.mean()), f"The weights of class {name}", ulps=64)


@BALANCED_WEIGHTS.check(points=0.25, hint="Work on a copy: `np.array(y)` makes one.")
def leaves_the_labels_alone(case: Case, seen: Any) -> None:
    """The labels passed in are unchanged after the call, and the weights are in the same order as the labels."""
    expect(np.array_equal(seen["y"], case["y"]), "The labels have changed.", received=seen["y"], expected=case["y"])
    with needed():
        equal_totals(case, seen)


BALANCED_ON_COLUMN_CASES = BALANCED.trial(balanced, column_cases)


@BALANCED_ON_COLUMN_CASES.check(
    points=0.5, hint="Targets often have shape `(n, 1)`. Flatten them first: `fit` needs weights of shape `(n,)`."
)
def column_of_labels(case: Case, seen: Any) -> None:
    """Labels of shape `(n, 1)` give weights of shape `(n,)`, with the same total for each class; `n` can be 1."""
    equal_totals(case, seen)

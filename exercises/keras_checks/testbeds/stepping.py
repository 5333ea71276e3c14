"""Watches the steps of a model with its own `train_step`, beside the steps that Keras itself takes.

A case of these steps is a dict: `weights`, `options` of the tiny network, `rate`, `optimizer` ("sgd" or "adagrad"),
`loss`, `epochs` and `data` with `x` `(n, 2)`, `y` `(n, 1)`, `w` `(n,)` or None, `batch_size`. The names of the compiled
metrics are given beside it. An observed step is a dict of `logs` (name to number) and `weights` after it. What Keras
does on one batch alone (:data:`Alone`) is such a dict, too, with the `count` of examples and the sum of their `weight`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_checks.compare import Failure, array, close, expect, finite, same_shape
from keras_checks.observe import MissingAnswer
from keras_checks.question import Case
from keras_checks.runner import remembering
from keras_checks.testbeds.exchange import code_exchanged
from keras_checks.testbeds.graphs import unoptimized
from keras_checks.testbeds.tiny import CALLS, Weights, assign, build, last_layer, values

Names = tuple[str, ...]
Step = dict[str, Any]
Alone = dict[str, Any]
Reported = tuple[dict[str, Any], list[Alone]]


def tilted(y_true: Any, y_pred: Any) -> Any:
    """A loss that is not symmetric: predictions that are too high cost more than those that are too low."""
    error: Any = keras.ops.subtract(keras.ops.cast(y_pred, "float32"), keras.ops.cast(y_true, "float32"))
    return keras.ops.mean(keras.ops.exp(0.5 * error) - 0.5 * error, axis=-1)


LOSSES = {"mse": keras.losses.MeanSquaredError, "tilted": lambda: tilted}
METRICS = {
    "mae": keras.metrics.MeanAbsoluteError,
    "mse": keras.metrics.MeanSquaredError,
    "tilted": lambda name: keras.metrics.MeanMetricWrapper(tilted, name=name),
}
NAMES = {"mae": ("mae", "mean_absolute_error"), "mse": ("mse", "mean_squared_error")}
"""The names under which a metric may be reported."""


OF_A_CLASS = "Your class does not define `{step}`, or it calls Keras's own `{step}`, which is switched off here."
LAST_HINT = (
    "This is the value for the last batch alone. Update the metrics in `self.metrics` in each step, also the one named "
    "`loss`, and return their results."
)
COUNT_HINT = "Call `self.optimizer.apply` once per step, with all gradients."
BEFORE = {"optimizer": "adagrad", "loss": "mse"}
"""What a model is compiled with before it is compiled again."""


_OWN = {
    step: next((parent, vars(parent)[step]) for parent in keras.Model.__mro__ if step in vars(parent))
    for step in ("train_step", "test_step", "compile", "fit", "train_on_batch")
}
"""Keras's own methods and the classes that hold them, as they are before any cell has run."""


def _off(*_: Any, **__: Any) -> Any:
    raise NotImplementedError("Keras's own method is switched off here: write it yourself.")


@contextmanager
def switched_off(*steps: str, why: str = OF_A_CLASS) -> Iterator[None]:
    """Switch these methods of `keras.Model` off, also where they were stored before: the exercise is to write them.

    ``why`` tells whoever calls ``{step}`` nevertheless.
    """
    owners, own = ({step: _OWN[step][part] for step in steps} for part in (0, 1))

    def refusal(step: str) -> Any:
        def refuse(*_: Any, **__: Any) -> Any:
            raise MissingAnswer(why.format(step=step))

        return refuse

    try:
        for step, owner in owners.items():
            setattr(owner, step, refusal(step))
        with code_exchanged(own.values(), _off):
            yield
    finally:
        for step, owner in owners.items():
            setattr(owner, step, own[step])


@contextmanager
def _eagerly() -> Iterator[None]:
    """Run the Python inside functions that are decorated with `tf.function`."""
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


def _compiled(model_class: Any, case: Case, place: int = 0, **names: Names) -> tuple[keras.Model, list[Any]]:
    model, variables = build(model_class, place=place, **case["options"])
    assign(variables, case["weights"])
    _compile(model, case, **names)
    return model, variables


def _compile(model: keras.Model, case: Case, **names: Names) -> None:
    optimizers = {
        "sgd": lambda: keras.optimizers.SGD(case["rate"]),
        # Its start value keeps the move a smooth function of the gradient.
        "adagrad": lambda: keras.optimizers.Adagrad(case["rate"], initial_accumulator_value=0.1),
    }
    settings: dict[str, Any] = {kind: [METRICS[name](name=name) for name in each] for kind, each in names.items()}
    # Compiling with XLA takes a second for each network.
    settings |= {"loss": LOSSES[case["loss"]](), "jit_compile": False}
    model.compile(optimizer=optimizers[case["optimizer"]](), **settings)


def _inputs(case: Case, x: np.ndarray) -> Any:
    return {"left": x[:, :1], "right": x[:, 1:]} if case["options"].get("named") else x


def batches(case: Case) -> list[tuple[np.ndarray, ...]]:
    """The batches of an epoch: `(x, y)`, or `(x, y, w)` where the case has weights."""
    data, size = case["data"], case["data"]["batch_size"]
    parts = [data[name] for name in ("x", "y", "w") if data[name] is not None]
    return [tuple(part[start : start + size] for part in parts) for start in range(0, len(data["x"]), size)]


def _tensors(case: Case, batch: tuple[np.ndarray, ...]) -> Any:
    return tf.nest.map_structure(tf.constant, (_inputs(case, batch[0]), *batch[1:]))


def flat(logs: Any, what: str) -> dict[str, Any]:
    """The logs of a step with the dicts inside it taken out."""
    if logs is None:
        raise MissingAnswer(f"`{what}` returned None. Is there a `return`?")
    if not isinstance(logs, dict):
        raise TypeError(f"`{what}` must return a dict of metric results, not {type(logs).__name__}")
    found: dict[str, Any] = {}
    for name, value in logs.items():
        found |= flat(value, what) if isinstance(value, dict) else {str(name): value}
    return found


# --- what an answer does


def steps(model_class: Any, case: Case, **metrics: Names) -> list[Step]:
    """Steps on each batch of an epoch, called one by one."""
    model, variables = _compiled(model_class, case, **metrics)
    return [_step(model, variables, case, batch) for batch in batches(case)]


def steps_compiled_again(model_class: Any, case: Case, **metrics: Names) -> list[Step]:
    """The same of a model that was first compiled with other things, and took a step. Then the last layer is frozen
    where the case says so.

    All runs eagerly: a step that is a `tf.function` keeps what it was traced with, which no exercise asks about.
    """
    model, variables = _compiled(model_class, case | BEFORE, **metrics)
    last = last_layer(**case["options"])
    frozen, last.trainable = not last.trainable, True
    with _eagerly():
        _step(model, variables, case, batches(case)[0])
        last.trainable = not frozen
        assign(variables, case["weights"])
        _compile(model, case, **metrics)
        model.reset_metrics()
        return [_step(model, variables, case, batch) for batch in batches(case)]


def _step(model: Any, variables: list[Any], case: Case, batch: tuple[np.ndarray, ...]) -> Step:
    logs = flat(model.train_step(_tensors(case, batch)), "train_step")
    return {"logs": logs, "weights": values(variables, case["weights"])}


def fit(model_class: Any, case: Case, **metrics: Names) -> dict[str, Any]:
    """The weights after each step of `fit`, the optimizer's count of them, and what is reported for each epoch."""
    model, variables = _compiled(model_class, case, **metrics)
    _make_variables(model, case)
    with unoptimized():
        return _fit(model, variables, case, _dataset(case))


def _make_variables(model: Any, case: Case) -> None:
    """Make the variables that Keras would make while it traces the first step: it would trace that step again."""
    _, y, *weights = batches(case)[0]
    model.optimizer.build(model.trainable_variables)
    keras.Model.compute_metrics(model, None, tf.constant(y), tf.zeros(y.shape), *map(tf.constant, weights))
    for metric in keras.Model.metrics.__get__(model):
        metric.reset_state()


def _dataset(case: Case) -> tf.data.Dataset:
    """The batches of an epoch as `fit` and `evaluate` make them of arrays.

    To make them of arrays, Keras traces three functions, and TensorFlow optimizes what is made for each epoch.
    """
    data, options = case["data"], tf.data.Options()
    options.autotune.enabled = options.experimental_optimization.apply_default_optimizations = False
    parts = [data[name] for name in ("y", "w") if data[name] is not None]
    examples = tf.data.Dataset.from_tensor_slices((_inputs(case, data["x"]), *parts))
    return examples.batch(data["batch_size"]).with_options(options)


def _fit(model: Any, variables: list[Any], case: Case, dataset: tf.data.Dataset) -> dict[str, Any]:
    seen: list[Weights] = []
    watch = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append(values(variables, case["weights"]))  # noqa: ARG005
    )
    history = model.fit(dataset, epochs=case["epochs"], shuffle=False, callbacks=[watch], verbose=0).history
    counted = int(model.optimizer.iterations.numpy())
    return {"history": history, "steps": [{"weights": each} for each in seen], "counted": counted}


def in_turn(model_class: Any, case: Case, **metrics: Names) -> dict[str, Any]:
    """Two models of one class that train in turn: by single steps, and the first one by two calls of `fit`.

    `fit` runs eagerly: what graphs change is seen by :func:`fit`, and tracing takes longer than all steps.
    """
    first, second = (_compiled(model_class, case, place, **metrics) for place in range(2))
    first[0].run_eagerly = True
    every, dataset = batches(case), _dataset(case)
    turns = [_step(*model, case, every[place]) for model, place in ((first, 0), (second, 1), (first, 1))]
    fits = [_fit(*first, case, dataset)]
    turns.append(_step(*second, case, every[0]))
    fits.append(_fit(*first, case, dataset))
    return {"steps": turns, "fits": fits}


def test(model_class: Any, case: Case, **metrics: Names) -> dict[str, Any]:
    """What `test_step` reports batch by batch, and `evaluate` if there are ``epochs``; the weights in the end."""
    model, variables = _compiled(model_class, case, **metrics)
    seen = [flat(model.test_step(_tensors(case, batch)), "test_step") for batch in batches(case)]
    found: dict[str, Any] = {"steps": seen}
    if case["epochs"]:
        with unoptimized():
            found["evaluate"] = model.evaluate(_dataset(case), return_dict=True, verbose=0)
    return found | {"weights": values(variables, case["weights"])}


# --- what Keras does


@remembering
def keras_steps(case: Case, starts: list[Weights], **metrics: Names) -> list[Alone]:
    """Keras's own train step on each batch alone, from these weights."""
    model, variables = _compiled(keras.Model, case, **metrics)
    every = batches(case) * max(1, case["epochs"])
    expect(len(starts) == len(every), "Training takes the wrong number of steps.", len(starts), len(every))
    taken = []
    for start, batch in zip(starts, every, strict=True):
        assign(variables, start)
        logs = _alone(model, model.train_step, case, batch)
        taken.append(logs | {"weights": values(variables, case["weights"])})
    return taken


@remembering
def keras_tests(case: Case, **metrics: Names) -> list[Alone]:
    """Keras's own test step on each batch alone."""
    model, _ = _compiled(keras.Model, case, **metrics)
    return [_alone(model, model.test_step, case, batch) for batch in batches(case)]


@remembering
def keras_course(case: Case, **metrics: Names) -> list[Weights]:
    """The weights after each of Keras's own train steps, in all epochs."""
    model, variables = _compiled(keras.Model, case, **metrics)
    every = batches(case) * max(1, case["epochs"])
    return [_step(model, variables, case, batch)["weights"] for batch in every]


def _alone(model: Any, step: Any, case: Case, batch: tuple[np.ndarray, ...]) -> Alone:
    model.reset_metrics()
    logs = {name: float(value) for name, value in flat(step(_tensors(case, batch)), "step").items()}
    x, _, *weights = batch
    weight = float(np.sum(weights[0], dtype=np.float64)) if weights else float(len(x))
    return {"logs": logs, "count": len(x), "weight": weight}


# --- comparisons


def starts(case: Case, seen: list[Step]) -> list[Weights]:
    """The weights before each step."""
    after = [
        [_weight(found, due) for found, due in zip(step["weights"], case["weights"], strict=True)] for step in seen
    ]
    return [case["weights"], *after[:-1]]


def _weight(found: Any, due: np.ndarray) -> np.ndarray:
    return finite(same_shape(found, due.shape, "A weight after the step"), "A weight after the step")


def moves(case: Case, seen: list[Step], beside: list[Alone] | None = None) -> None:
    """Fail unless each step moves the weights as Keras's own step, ``beside`` it, does from where they were."""
    taken = keras_steps(case, starts(case, seen)) if beside is None else beside
    for step, own in zip(seen, taken, strict=True):
        for found, due in zip(step["weights"], own["weights"], strict=True):
            close(found, due, "A weight after the step", ulps=64, scale=16)


def called_once(seen: list[Step]) -> None:
    """Fail unless each step called a network that ``drifts`` once in training mode."""
    again = "Call the model once, and compute the loss, the gradient and all that you report from this prediction."
    for number, step in enumerate(seen, start=1):
        calls = same_shape(step["weights"][CALLS], (), "The number of calls")
        expect(
            calls == number,
            "The steps do not call the model once each in training mode.",
            f"{calls:g} calls",
            f"{number} calls",
            again if calls > number else "",
        )


def same_course(seen: dict[str, Any], course: list[Weights]) -> None:
    """Fail unless `fit` moves the weights along this course, and the optimizer counts its steps."""
    expect(len(seen["steps"]) == len(course), "Training takes the wrong number of steps.")
    for step, due in zip(seen["steps"], course, strict=True):
        for found, wanted in zip(step["weights"], due, strict=True):
            # Each step passes on the rounding of those before it.
            close(found, wanted, "A weight after a step of `fit`", ulps=256, scale=8)
    counted = array(seen["counted"], "The count of steps")
    expect(
        (counted == len(course)).all(),
        "The optimizer counted the wrong number of steps.",
        counted,
        len(course),
        hint=COUNT_HINT,
    )


def running(seen: list[Step], beside: list[Alone]) -> list[Reported]:
    """What each step reports, and the batches that it must report on: all since the first."""
    return [(step["logs"], beside[: place + 1]) for place, step in enumerate(seen)]


def of_epochs(case: Case, seen: dict[str, Any], **metrics: Names) -> list[Reported]:
    """What each epoch of `fit` reports, and its batches."""
    taken, size = keras_steps(case, starts(case, seen["steps"]), **metrics), len(batches(case))
    logs = [{name: each[epoch] for name, each in seen["history"].items()} for epoch in range(case["epochs"])]
    return [(each, taken[epoch * size : (epoch + 1) * size]) for epoch, each in enumerate(logs)]


def all_report(pairs: list[Reported], *metrics: str, weighted: tuple[str, ...] = ()) -> None:
    """Fail unless each report holds the running means of the loss, of ``metrics``, and of ``weighted`` metrics."""
    for logs, taken in pairs:
        for name in ("loss", *metrics):
            reports(logs, taken, name)
        for name in weighted:
            reports(logs, taken, name, weighted=True)


def reports(logs: dict[str, Any], taken: list[Alone], name: str, *, weighted: bool = False) -> None:
    """Fail unless the logs hold the mean of ``name`` over these batches; plain means may count batches or examples."""
    found = reported(logs, name)
    if found is None:
        hint = "" if name == "loss" else "Update every metric in `self.metrics`, and return all their results."
        raise Failure(f"`{name}` is missing from the reported results.", sorted(logs), [*sorted(logs), name], hint)
    each = [batch["logs"][name] for batch in taken]
    counts, weights, ones = (
        [batch["count"] for batch in taken],
        [batch["weight"] for batch in taken],
        np.ones(len(taken)),
    )
    shares = [weights] if weighted and weights != counts else [counts, ones]
    what = "The running mean of the loss" if name == "loss" else f"The metric `{name}`"
    hint = LAST_HINT if _is(found, each[-1]) else ""
    one_of(found, [np.average(each, weights=share) for share in shares], what, hint)


def _is(found: Any, value: float) -> bool:
    """Whether what was reported is this number."""
    return np.shape(found) == () and bool(np.isclose(found, value, rtol=1e-4))


def reported(logs: dict[str, Any], name: str) -> Any:
    """What is reported under ``name``, or under another name for it; None where there is nothing."""
    return next((logs[known] for known in NAMES.get(name, (name,)) if known in logs), None)


def one_of(received: Any, due: list[Any], what: str, hint: str = "") -> None:
    """Fail unless ``received`` is one of the values ``due``."""
    failures = []
    for value in due:
        try:
            return close(array(received, what), np.asarray(value), what, ulps=128, scale=max(1.0, value), hint=hint)
        except Failure as failure:
            failures.append(failure)
    raise failures[0]

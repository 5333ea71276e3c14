"""Watches the steps of a model with its own `train_step`, and says what right steps would have reported.

A case of these steps is a dict: `weights`, `options` of the tiny network, `rate`, `optimizer` ("sgd" or "adagrad"),
`epochs` and `data` with `x` `(n, 2)`, `y` `(n, 1)`, `w` `(n,)` or None, `batch_size`. A step as observed is a dict of
`logs` (name to number) and `weights` after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_checks.compare import Failure, array, close, expect
from keras_checks.observe import MissingAnswer
from keras_checks.question import Case
from keras_checks.testbeds.tiny import Twin, Weights, network

Step = dict[str, Any]
Reported = tuple[dict[str, Any], list[dict[str, Any]]]
METRICS = {"mae": keras.metrics.MeanAbsoluteError, "mse": keras.metrics.MeanSquaredError}
NAMES = {"mae": ("mae", "mean_absolute_error"), "mse": ("mse", "mean_squared_error")}
"""The names under which a metric may be reported."""


@contextmanager
def without_own_step() -> Iterator[None]:
    """Switch the `train_step` of Keras off: the exercise is to write it."""
    owner = next(parent for parent in keras.Model.__mro__ if "train_step" in vars(parent))
    own = vars(owner)["train_step"]

    def refuse(*_: Any) -> Any:
        raise MissingAnswer("`train_step` is not written yet: the one of Keras is switched off here.")

    owner.train_step = refuse
    try:
        yield
    finally:
        owner.train_step = own


def _compiled(model_class: Any, case: Case, **names: str) -> tuple[keras.Model, Any]:
    model, read = network(case["weights"], model=model_class, **case["options"])
    optimizers = {
        "sgd": lambda: keras.optimizers.SGD(case["rate"]),
        # Its start value keeps the move a smooth function of the gradient.
        "adagrad": lambda: keras.optimizers.Adagrad(case["rate"], initial_accumulator_value=0.1),
    }
    settings: dict[str, Any] = {kind: [METRICS[name](name=name)] for kind, name in names.items()}
    # Compiling with XLA takes a second for each network.
    settings |= {"loss": keras.losses.MeanSquaredError(), "jit_compile": False}
    model.compile(optimizer=optimizers[case["optimizer"]](), **settings)
    return model, read


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


def steps(model_class: Any, case: Case, **metrics: str) -> list[Step]:
    """Steps on each batch of an epoch, called one by one."""
    model, read = _compiled(model_class, case, **metrics)
    return [
        {"logs": flat(model.train_step(_tensors(case, batch)), "train_step"), "weights": read()}
        for batch in batches(case)
    ]


def fit(model_class: Any, case: Case, **metrics: str) -> dict[str, Any]:
    """The weights after each step of `fit`, the optimizer's count of them, and what is reported for each epoch."""
    model, read = _compiled(model_class, case, **metrics)
    weights: list[Weights] = []
    watch = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: weights.append(read()))  # noqa: ARG005
    options = _options(case) | {"epochs": case["epochs"], "shuffle": False, "callbacks": [watch]}
    history = model.fit(_inputs(case, case["data"]["x"]), case["data"]["y"], **options).history
    counted = int(model.optimizer.iterations.numpy())
    return {"history": history, "steps": [{"weights": each} for each in weights], "counted": counted}


def _options(case: Case) -> dict[str, Any]:
    return {"sample_weight": case["data"]["w"], "batch_size": case["data"]["batch_size"], "verbose": 0}


def test(model_class: Any, case: Case, **metrics: str) -> dict[str, Any]:
    """What `test_step` reports batch by batch, and `evaluate` if there are ``epochs``; the weights in the end."""
    model, read = _compiled(model_class, case, **metrics)
    seen = [flat(model.test_step(_tensors(case, batch)), "test_step") for batch in batches(case)]
    found: dict[str, Any] = {"steps": seen}
    if case["epochs"]:
        inputs, targets = _inputs(case, case["data"]["x"]), case["data"]["y"]
        found["evaluate"] = model.evaluate(inputs, targets, return_dict=True, **_options(case))
    return found | {"weights": read()}


def twin(case: Case, weights: Weights) -> Twin:
    """The network of a case with these weights."""
    known = {name: case["options"][name] for name in ("doubles", "fixed", "penalty") if name in case["options"]}
    return Twin(weights, case["rate"], **known)


def starts(case: Case, seen: list[Step]) -> list[Weights]:
    """The weights before each step."""
    return [case["weights"], *(step["weights"] for step in seen[:-1])]


def records(case: Case, seen: list[Step]) -> list[dict[str, Any]]:
    """Loss, errors and weights of each batch that was trained on, given how the weights really moved."""
    every = batches(case) * max(1, case["epochs"])
    expect(len(seen) == len(every), "Training takes another number of steps.", received=len(seen), expected=len(every))
    pairs = zip(starts(case, seen), every, strict=True)
    return [twin(case, weights).step(*batch) for weights, batch in pairs]


def moves(case: Case, seen: list[Step]) -> None:
    """Fail unless each step moved the weights as gradient descent does from where they were."""
    for start, step, batch in zip(starts(case, seen), seen, batches(case), strict=True):
        model = twin(case, start)
        model.step(*batch)
        for found, due in zip(step["weights"], model.weights, strict=True):
            close(found, due, "A weight after the step", ulps=64, scale=16)


def running(case: Case, seen: list[Step]) -> list[Reported]:
    """What each step reported, and the batches that it was due to report: all since the first."""
    taken = records(case, seen)
    return [(step["logs"], taken[: place + 1]) for place, step in enumerate(seen)]


def of_epochs(case: Case, seen: dict[str, Any]) -> list[Reported]:
    """What each epoch of `fit` reported, and its batches."""
    taken, size = records(case, seen["steps"]), len(batches(case))
    logs = [{name: values[epoch] for name, values in seen["history"].items()} for epoch in range(case["epochs"])]
    return [(each, taken[epoch * size : (epoch + 1) * size]) for epoch, each in enumerate(logs)]


def all_report(pairs: list[Reported], *metrics: str) -> None:
    """Fail unless each report holds the running means of the loss and of these ``metrics``."""
    for logs, taken in pairs:
        reports(logs, taken)
        for name in metrics:
            reports_error(logs, taken, name)


def reports(logs: dict[str, Any], taken: list[dict[str, Any]]) -> None:
    """Fail unless the logs hold the mean loss of these batches: over batches, or over examples."""
    expect("loss" in logs, "There is no `loss` in what is reported.", received=sorted(logs))
    losses, counts = [each["loss"] for each in taken], [len(each["error"]) for each in taken]
    due = [np.average(losses, weights=counts), np.mean(losses)]
    _one_of(logs["loss"], due, "The running mean of the loss")


def reports_error(logs: dict[str, Any], taken: list[dict[str, Any]], name: str) -> None:
    """Fail unless the logs hold the mean absolute error ("mae") of the examples in these batches with their weights,
    or the mean squared error ("mse") without."""
    found = next((logs[known] for known in NAMES[name] if known in logs), None)
    expect(found is not None, f"There is no `{name}` in what is reported.", received=sorted(logs))
    errors = [np.abs(each["error"]) if name == "mae" else each["error"] ** 2 for each in taken]
    weights = [each["weight"] if name == "mae" else np.ones_like(each["weight"]) for each in taken]
    due = [np.average(np.concatenate(errors), weights=np.concatenate(weights))]
    if np.ptp(np.concatenate(weights)) == 0:
        due.append(np.mean([part.mean() for part in errors]))
    _one_of(found, due, f"The running mean of the metric `{name}`")


def _one_of(received: Any, due: list[Any], what: str) -> None:
    failures = []
    for value in due:
        try:
            return close(array(received, what), np.asarray(value), what, ulps=128, scale=max(1.0, float(value)))
        except Failure as failure:
            failures.append(failure)
    raise failures[0]

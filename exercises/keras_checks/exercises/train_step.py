"""Checks of `train_step`: probes and public properties."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from keras_checks.compare import close, expect, finite, same_shape
from keras_checks.observe import Namespace, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, sizes
from keras_checks.testbeds.stepping import (
    all_report,
    batches,
    fit,
    moves,
    of_epochs,
    running,
    steps,
    test,
    twin,
    without_own_step,
)
from keras_checks.testbeds.tiny import network_weights

LECTURE = 'Model specialization, "Custom train step (override train_step)"'
CUSTOM = Question("custom_model", ("CustomModel",), points=3, lecture=LECTURE)
WEIGHTED = Question("weighted_model", ("WeightedModel",), points=4, lecture=LECTURE)
BALANCED = Question("balanced_sample_weight", ("balanced_sample_weight",), points=3, lecture=LECTURE)

# --- steps


@st.composite
def _data(draw: Any, weighted: bool) -> dict[str, Any]:
    """Examples of two full batches and a short one; each has a weight of its own if they are ``weighted``."""
    batch_size = draw(sizes(2, 4))
    n = 2 * batch_size + 1
    data = {"x": draw(arrays((n, 2), -1, 1, key=10)), "y": draw(arrays((n, 1), key=11)), "batch_size": batch_size}
    return data | {"w": draw(arrays((n,), 0.2, 3.0, key=12)) if weighted else None}


def step_cases(*, weighted: bool = False, optimizer: str = "sgd", epochs: int = 0, **options: Any) -> Any:
    """Cases for steps on the tiny network with these ``options``; ``epochs`` is the number of those of `fit`."""
    return cases(
        weights=network_weights(offset=options.get("fixed", False)),
        data=_data(weighted),
        rate=st.sampled_from([0.05, 0.1, 0.2]),
        optimizer=st.just(optimizer),
        epochs=st.just(epochs),
        options=st.just(options),
    )


pair_cases, triple_cases = step_cases(), step_cases(weighted=True)
pair_fit_cases = step_cases(optimizer="adagrad", epochs=2, named=True)
triple_fit_cases = step_cases(weighted=True, optimizer="adagrad", epochs=2, named=True)
evaluate_cases = step_cases(weighted=True, epochs=1)
CUSTOM_METRICS = {"metrics": "mae"}
WEIGHTED_METRICS = {"metrics": "mse", "weighted_metrics": "mae"}


@probe
def custom_steps(ns: Namespace, case: Case) -> Any:
    """Steps of `CustomModel` called one by one."""
    with without_own_step():
        return steps(ns["CustomModel"], case, **CUSTOM_METRICS)


@probe
def custom_fit(ns: Namespace, case: Case) -> Any:
    """Steps of `CustomModel` under `fit`."""
    with without_own_step():
        return fit(ns["CustomModel"], case, **CUSTOM_METRICS)


@probe
def weighted_steps(ns: Namespace, case: Case) -> Any:
    """Steps of `WeightedModel` called one by one."""
    with without_own_step():
        return steps(ns["WeightedModel"], case, **WEIGHTED_METRICS)


@probe
def weighted_fit(ns: Namespace, case: Case) -> Any:
    """Steps of `WeightedModel` under `fit`."""
    with without_own_step():
        return fit(ns["WeightedModel"], case, **WEIGHTED_METRICS)


@probe
def weighted_tests(ns: Namespace, case: Case) -> Any:
    """`test_step` of `WeightedModel`, called and under `evaluate`."""
    return test(ns["WeightedModel"], case, **WEIGHTED_METRICS)


CUSTOM_STEPS = CUSTOM.trial(custom_steps, pair_cases, examples=2, shrinks=8)


@CUSTOM_STEPS.check(
    points=0.75, hint="Forward pass and loss inside the tape, then one gradient, then one call of `self.optimizer`."
)
def moves_down_the_slope(case: Case, seen: Any) -> None:
    """With plain gradient descent a step moves each weight by `-learning_rate` times the slope of the loss, for full
    batches and for a short one."""
    moves(case, seen)


CUSTOM_FIT = CUSTOM.trial(custom_fit, pair_fit_cases, examples=2, shrinks=4)


@CUSTOM_FIT.check(
    points=0.5,
    hint="`self.metrics` holds a running mean called `loss`, and all that was compiled. Update each of them in every "
    "step, with operations that also work in a graph; `fit` resets them.",
)
def reports_running_means(case: Case, seen: Any) -> None:
    """Under `fit` each epoch reports the mean of its losses as `loss`, and the compiled metric, both of the predictions
    before the update; no epoch counts what an earlier one did."""
    all_report(of_epochs(case, seen), "mae")


WEIGHTED_STEPS = WEIGHTED.trial(weighted_steps, triple_cases, examples=2, shrinks=8)


@WEIGHTED_STEPS.check(points=1, hint="`compute_loss` takes the weights too. Hand them over once.")
def moves_down_the_weighted_slope(case: Case, seen: Any) -> None:
    """A step on `(x, y, sample_weight)` goes down the slope of the weighted loss: the sum of `weight * loss` over the
    batch, divided by the batch size."""
    moves(case, seen)


WEIGHTED_STEPS_ON_PAIR_CASES = WEIGHTED.trial(weighted_steps, pair_cases, examples=2, shrinks=8)


@WEIGHTED_STEPS_ON_PAIR_CASES.check(points=0.5, hint="Without weights `data` holds two things, with weights three.")
def weights_are_optional(case: Case, seen: Any) -> None:
    """A step on `(x, y)` moves as without weights, and reports the means of losses and errors."""
    moves(case, seen)
    all_report(running(case, seen), "mae")


WEIGHTED_TESTS = WEIGHTED.trial(weighted_tests, evaluate_cases, examples=2, shrinks=4)


@WEIGHTED_TESTS.check(
    points=0.5, hint="Evaluation is a train step without gradient and update. It needs the weights just the same."
)
def evaluates_with_weights(case: Case, seen: Any) -> None:
    """`test_step` and `evaluate` report the weighted loss, and the weighted metric with the same weights."""
    tested(case, seen)


def tested(case: Case, seen: Any) -> None:
    """Fail unless each way to evaluate reports what it must."""
    model = twin(case, case["weights"])
    taken = [model.test(*batch) for batch in batches(case)]
    expect(len(seen["steps"]) == len(taken), "There is not one report for each batch.")
    all_report([(logs, taken[: place + 1]) for place, logs in enumerate(seen["steps"])], "mae")
    if case["epochs"]:
        all_report([(seen["evaluate"], taken)], "mae")


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
column_cases = cases(y=_labels((0, 1, 2, 3, 4), column=True))


@probe
def balanced(ns: Namespace, case: Case) -> Any:
    """The weight of each example."""
    return {"weight": ns.call("balanced_sample_weight", case["y"].copy())}


def weight_of(case: Case, seen: Any) -> np.ndarray:
    """The weights, one for each example; fails where they are not."""
    found = finite(same_shape(seen["weight"], (len(case["y"]),), "The weight"), "The weight")
    expect(found.dtype.kind == "f", "The weights are whole numbers.", received=found)
    return found


BALANCED_WEIGHTS = BALANCED.trial(balanced, label_cases)


@BALANCED_WEIGHTS.check(points=0.75, hint="Scale the weights in the end: what must they be divided by to have mean 1?")
def mean_one(case: Case, seen: Any) -> None:
    """There is one positive weight for each example; their mean is 1, and the commonest class has the smallest."""
    weight, y = weight_of(case, seen), case["y"].ravel()
    expect((weight > 0).all(), "A weight is not positive.", received=weight)
    close(weight.mean(dtype=np.float64), np.asarray(1.0), "The mean of the weights", ulps=64)
    names, counts = np.unique(y, return_counts=True)
    common = names[counts.argmax()]
    smallest = weight[y == common].max() < weight[y != common].min()
    expect(smallest, f"The commonest class, {common}, has not the smallest weight.", received=weight)


@BALANCED_WEIGHTS.check(points=0.75, hint="A class with twice as many examples gives each of them half the weight.")
def classes_count_alike(case: Case, seen: Any) -> None:
    """The weights of each class add up to the same total, and examples of one class weigh the same."""
    weight, y = weight_of(case, seen).astype(np.float64), case["y"].ravel()
    expect(weight.sum() > 0, "The weights add up to nothing.", received=weight)
    names = np.unique(y)
    totals = np.array([weight[y == name].sum() for name in names])
    close(totals, np.full(len(names), weight.sum() / len(names)), "The total weight of each class", ulps=64)
    for name in names:
        same = weight[y == name]
        close(same, np.full(len(same), same.mean()), f"The weights of class {name}", ulps=64)

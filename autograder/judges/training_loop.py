"""Hidden judges of `training_loop`, and the values that they compare with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from keras_checks.causes import tidied
from keras_checks.compare import Failure, array, close, expect
from keras_checks.exercises import training_loop as probes
from keras_checks.exercises.training_loop import (
    comes_from_far,
    exact,
    in_blocks,
    in_step,
    mixed,
    neighbours,
    order,
    runs,
    unchanged,
    visited,
)
from keras_checks.question import Case
from keras_checks.strategies import arrays, seeds, sizes
from keras_checks.testbeds.stepping import called_once
from keras_checks.testbeds.tiny import CALLS, DRIFT, Weights, network_weights

# --- next_batch

TABLES = probes.NEXT_BATCH.trial(probes.batches, probes.split_cases)


@TABLES.confirms(probes.every_example_once)
def once_in_any_size(case: Case, seen: Any) -> None:
    """For arrays of any size, one epoch visits every example exactly once, in several batches if the data do not fit in
    one."""
    _in_batches(case, seen)
    probes.every_example_once(case, seen)


@TABLES.confirms(probes.batch_sizes)
def batches_of_any_size(case: Case, seen: Any) -> None:
    """For arrays of any size, every batch but the last is full."""
    probes.batch_sizes(case, seen)


@TABLES.confirms(probes.inputs_keep_their_targets)
def pairs_of_any_size(case: Case, seen: Any) -> None:
    """For arrays of any size, each example keeps its own target, in several batches if the data do not fit in one."""
    _in_batches(case, seen)
    probes.inputs_keep_their_targets(case, seen)


def _in_batches(case: Case, seen: Any) -> None:
    """All data in one batch are no answer: neither their number nor their pairs could then be wrong."""
    fits = len(case["data"]["y"]) <= case["data"]["batch_size"]
    for run in runs(seen):
        expect(fits or len(run["batches"]) > 1, "All examples come in one batch.")


@TABLES.judge(points=0.5, hint="Try arrays of other sizes, batches larger than the data, and a single example.")
def any_size(case: Case, seen: Any) -> None:
    """For arrays of any size, each example comes once, with its own target, in batches of the right size."""
    probes.every_example_once(case, seen)
    probes.batch_sizes(case, seen)
    probes.inputs_keep_their_targets(case, seen)


def content(case: Case, seen: Any) -> dict[str, Any]:
    """What tells mistakes about the content of batches apart, without the student's own random order."""
    n, found = len(case["data"]["X"]), {}
    for name, group in {"in order": runs(seen)[:2], "shuffled": runs(seen)[2:]}.items():
        counts = np.concatenate([np.bincount(np.asarray(order(case, run), int), minlength=n) for run in group])
        found[name] = {
            "sizes": [len(rows) for rows in visited(case, group[0])],
            "shapes": [list(np.shape(batch["y"])) for batch in group[0]["batches"]],
            "lost": bool(np.any(counts == 0)),
            "twice": bool(np.any(counts > 1)),
            "in step": all(in_step(case, run) for run in group),
            "exact": all(exact(case, run) for run in group),
            "as given": all(_as_given(case, run) for run in group),
            "unchanged": all(unchanged(case, run) for run in group),
        }
    return found


def _as_given(case: Case, run: dict[str, Any]) -> bool:
    rows = order(case, run)
    return rows == sorted(rows)


def mixing(case: Case, seen: Any) -> dict[str, Any]:
    """What tells mistakes in shuffling apart, without the student's own random order."""
    kept, seeded, free = seen["in order"], seen["seeded"], seen["no seed"]
    few, blocks = len(case["data"]["X"]) == probes.FEW, all(in_blocks(case, run) for run in seeded)
    return {
        "kept": [_as_given(case, run) for run in kept],
        # so few rows come in the order of the data by chance, too
        "as given": [all(_as_given(case, run) for run in group) for group in ([seeded] if few else [seeded, free])],
        "blocks": blocks,
        "neighbours": all(neighbours(case, run) for run in seeded),
        "far": any(comes_from_far(case, run) for run in seeded),
        "one order": all(order(case, run) == order(case, seeded[0]) for run in seeded),
        # with batches of neighbors, what is mixed follows from how many there are
        "mixed": mixed(case, seeded) if few and not blocks else {},
    }


def arrangement(case: Case, seen: Any) -> dict[str, Any]:
    """What tells mistakes about the seed apart, without the student's own random order."""
    kept, seeded, zero, free = (
        [order(case, run) for run in seen[name]] for name in ("in order", "seeded", "seed 0", "no seed")
    )
    others = [order(case, run) for run in seen["other seeds"]]
    return {
        "as given": [
            [_as_given(case, run) for run in seen["in order"]],
            all(_as_given(case, run) for run in runs(seen)),
        ],
        "in step": all(in_step(case, run) for run in runs(seen)),
        "blocks": all(in_blocks(case, run) for run in runs(seen)),
        "neighbours": all(neighbours(case, run) for run in runs(seen)),
        "kept": kept[0] == kept[1],
        "repeats": [seeded[0] == seeded[1], zero[0] == zero[1]],
        "one order": all(rows == seeded[0] for rows in [*seeded, *zero, *others]),
        "no seed repeats": free[0] == free[1],
        "no seed as given": free[-1] == sorted(free[-1]),
    }


# --- train_step


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda x: x,
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.log1p(np.exp(x)),
    "silu": lambda x: x / (1 + np.exp(-x)),
}


def true_loss(case: Case, weights: Weights, batch: dict[str, np.ndarray], factor: float = 1.0) -> float:
    """The loss of the network in double precision; in training, its hidden layer is multiplied by ``factor``."""
    y_pred, y = _predictions(weights, batch["x"], case["activation"], factor), batch["y"]
    return float(np.mean((y_pred - y.ravel()) ** 2) + 0.5 * np.mean(y_pred))


def _predictions(weights: Weights, x: np.ndarray, activation: str = "linear", factor: float = 1.0) -> np.ndarray:
    first, bias, offset, last, shift = (np.asarray(value, np.float64) for value in weights[:CALLS])
    hidden = ACTIVATIONS[activation](x.astype(np.float64) @ first + bias) * factor + offset
    return (hidden @ last + shift).ravel()


def slopes(function: Callable[[Weights], float], weights: Weights) -> Weights:
    """How fast ``function`` grows with each number in ``weights``: measured by moving it a little both ways."""
    point = [np.array(value, np.float64) for value in weights]
    found = [np.zeros_like(value) for value in point]
    for value, slope in zip(point, found, strict=True):
        for index in np.ndindex(value.shape):
            there = value[index]
            value[index] = there + 1e-3
            above = function(point)
            value[index] = there - 1e-3
            slope[index] = (above - function(point)) / 2e-3
            value[index] = there
    return found


PLAIN = probes.TRAIN_STEP.trial(probes.steps, probes.plain_cases, examples=1, shrinks=8)
DOUBLES = probes.TRAIN_STEP.trial(probes.steps, probes.training_cases, examples=1, shrinks=8)
FROZEN = probes.TRAIN_STEP.trial(probes.steps, probes.fixed_cases, examples=1, shrinks=8)


@PLAIN.confirms(probes.moves_down_the_slope)
def weights_of_any_step(case: Case, seen: Any) -> None:
    """A step changes each weight by `-learning_rate` times the gradient of the loss."""
    for start, step, batch in zip(probes.weights_before(case, seen), seen, case["batches"], strict=True):
        slope = slopes(lambda weights, batch=batch: true_loss(case, weights, batch), start)
        for part in (0, 1, 3, 4):
            due = start[part] - case["rate"] * slope[part]
            close(step["weights"][part], due, "A weight after the step", ulps=64, scale=8)


@PLAIN.confirms(probes.returns_the_loss)
def loss_of_any_step(case: Case, seen: Any) -> None:
    """`train_step` returns the loss of the batch before the update."""
    for start, step, batch in zip(probes.weights_before(case, seen), seen, case["batches"], strict=True):
        due = np.asarray(true_loss(case, start, batch))
        close(step["loss"], due, "The loss of a step", ulps=64, scale=16)


@DOUBLES.confirms(probes.runs_in_training_mode)
@DOUBLES.judge(
    points=0.5, hint="Try other batches and another learning rate. Some layers behave differently in training."
)
def any_network(case: Case, seen: Any, expected: Any) -> None:
    """The loss and the weights are right for other batches and learning rates, in training mode, with one forward pass
    in each step."""
    for number, (start, step, due, batch) in enumerate(
        zip(probes.weights_before(case, seen), seen, expected, case["batches"], strict=True)
    ):
        loss = true_loss(case, start, batch, factor=2 * (1 + DRIFT * number))
        close(step["loss"], np.asarray(loss), "The loss of a step", ulps=64, scale=64)
        for part in (0, 1, 3, 4):
            close(step["weights"][part], due["weights"][part], "A weight after the step", ulps=128, scale=32)
    called_once(seen)


@FROZEN.confirms(probes.moves_only_what_is_trained)
def frozen_weights_stay(case: Case, seen: Any, expected: Any) -> None:
    """Frozen and non-trainable weights stay as they are, also in a layer that was frozen after a step; the other
    weights change as they must."""
    if "raised" in seen[0]:
        raise Failure(f"With frozen weights in the model your code raised {tidied(seen[0]['raised'])}")
    for step, due in zip(seen[:2], expected[:2], strict=True):
        for part in (2, 3, 4):
            same = np.array_equal(step["weights"][part], case["weights"][part])
            expect(same, "A frozen or non-trainable weight changed.")
        for part in (0, 1):
            close(step["weights"][part], due["weights"][part], "A weight after the step", ulps=128, scale=32)
    probes.frozen_later_stays(seen)


# --- fit


@st.composite
def _training(draw: Any) -> Case:
    """Examples in batches of which the last is shorter, or as full as the others."""
    size = draw(sizes(3, 4))
    counts = [size] * draw(sizes(3, 4)) + [draw(st.sampled_from([1, 2, size]))]
    numbers = draw(arrays((draw(sizes(2, 3)) * len(counts), 2), 0.2, 3, key=9))
    seed = draw(st.sampled_from([None, 0, 1, 5]))
    rate, weights = draw(st.sampled_from([0.05, 0.1])), draw(network_weights())
    return probes.fit_case(seed, counts, numbers, draw(seeds()), rate=rate, weights=weights)


ANY_TRAINING = probes.FIT.trial(probes.trainings, _training(), examples=1, shrinks=8)


EPOCHS = 256
"""Of the long training: twice as many as the longest period that is found."""


@st.composite
def _long_training(draw: Any) -> Case:
    """One batch per epoch, whose order is one of 10^12; the steps move nothing."""
    counts, losses = [15], draw(arrays((EPOCHS, 1), 0.2, 3, key=9))
    numbers = np.concatenate([losses, np.zeros_like(losses)], axis=1)
    return probes.fit_case(draw(sizes(1, 9)), counts, numbers, draw(seeds()), rate=0.1, weights=draw(network_weights()))


LONG_TRAINING = probes.FIT.trial(probes.long_training, _long_training(), examples=1, shrinks=2)


@LONG_TRAINING.confirms(probes.new_order_each_epoch)
def new_orders_in_the_long_run(case: Case, seen: Any) -> None:
    """In a training of many epochs, the orders of the first epochs do not come again and again.

    Orders that repeat after up to 128 epochs are at most 128; seeds drawn by lot may coincide now and then.
    """
    count, due = _different_orders(case, seen), f"{EPOCHS}, one per epoch"
    expect(count > EPOCHS // 2, f"In {EPOCHS} epochs, the same few orders come again and again.", count, due)


def _different_orders(case: Case, run: dict[str, Any]) -> int:
    return len({tuple(rows) for rows in probes.orders(case, run)})


def replay(case: Case, run: dict[str, Any]) -> Weights:
    """The weights in the end, if the steps are those of gradient descent."""
    weights, stands_in = case["weights"], probes.stands_in(run)
    for number, rows in enumerate(probes.batches_of(case, run)):
        x, factor = case["data"]["X"][rows], _number(case, number, 1)
        if stands_in:
            weights = [*weights[:-1], weights[-1] - case["rate"] * factor]
            continue
        slope = slopes(lambda point, x=x, factor=factor: factor * float(np.mean(_predictions(point, x))), weights)
        weights = [value - case["rate"] * part for value, part in zip(weights, slope, strict=True)]
        weights[2] = case["weights"][2]
    return weights


def _number(case: Case, step: int, column: int) -> float:
    return float(case["numbers"][step % len(case["numbers"]), column])


def losses_due(case: Case, run: dict[str, Any]) -> dict[str, list[float]]:
    """What the losses of a training may be taken for, given its steps; "examples" is right."""
    counts = [len(rows) for rows in probes.batches_of(case, run)]
    values = probes.epochs_of(case, [_number(case, step, 0) for step in range(len(counts))])
    rows = [np.repeat(*epoch) for epoch in zip(values, probes.epochs_of(case, counts), strict=True)]
    return {
        "examples": [float(np.mean(epoch)) for epoch in rows],
        "batches": [float(np.mean(epoch)) for epoch in values],
        "sum of batches": [float(np.sum(epoch)) for epoch in values],
        "sum of examples": [float(np.sum(epoch)) for epoch in rows],
        "last batch": [epoch[-1] for epoch in values],
        "full batches": [float(np.sum(epoch)) * counts[0] / len(case["data"]["X"]) for epoch in values],
        "since the start": [float(np.mean(np.concatenate(rows[: i + 1]))) for i in range(len(rows))],
    }


@ANY_TRAINING.confirms(probes.mean_over_examples)
def mean_of_any_training(case: Case, seen: Any) -> None:
    """`fit` returns the mean over the examples of each epoch."""
    expect(len(seen) == 2, "There are no two trainings.")
    for run in seen:
        close(run["losses"], np.asarray(losses_due(case, run)["examples"]), "What `fit` returned", ulps=256, scale=8)


@ANY_TRAINING.confirms(probes.one_step_for_each_batch)
@ANY_TRAINING.judge(
    points=0.5, hint="Try other numbers of batches and epochs, and compare the weights after each step."
)
def any_training(case: Case, seen: Any) -> None:
    """For any number of batches and epochs, `fit` takes one step per batch, and the model ends with the weights after
    these steps."""
    probes.covers_the_data(case, seen)
    for run in seen:
        for found, wanted in zip(run["weights"], replay(case, run), strict=True):
            close(found, wanted, "A weight after the training", ulps=1024, scale=8)


@ANY_TRAINING.confirms(probes.new_order_each_epoch)
def orders_of_any_training(case: Case, seen: Any) -> None:
    """Each epoch has a different order, and the same seed gives the same training. The losses or the weights match the
    steps."""
    probes.new_order_each_epoch(case, seen)
    failures = [_failure(judge, case, seen) for judge in (mean_of_any_training, any_training)]
    if all(failures):
        raise Failure("The losses and the weights do not match the steps.")


def _failure(judge: Callable[[Case, Any], None], case: Case, seen: Any) -> Failure | None:
    try:
        judge(case, seen)
    except Failure as failure:
        return failure
    return None


def training_summary(case: Case, seen: Any) -> list[dict[str, Any]]:
    """What tells mistakes apart, without the student's own random order."""
    first = probes.orders(case, seen[0])
    return [_training_summary(case, run) | {"same": probes.orders(case, run) == first} for run in seen]


def long_summary(case: Case, seen: Any) -> dict[str, Any]:
    """Whether orders come again; how many there are where twelve epochs show it, which is another mistake."""
    count = _different_orders(case, seen)
    return {"repeats": count <= EPOCHS // 2, "few": min(count, 12)}


def _training_summary(case: Case, run: dict[str, Any]) -> dict[str, Any]:
    losses, visits = array(run["losses"], "The losses").ravel(), probes.orders(case, run)
    due = losses_due(case, run).items()
    taken_for = [name for name, each in due if len(each) == len(losses) and np.allclose(losses, each, 1e-3)]
    return {
        "losses": len(losses),
        "taken for": taken_for or losses,
        "visits": [sorted(np.bincount(rows, minlength=len(case["data"]["X"])).tolist()) for rows in visits],
        "as given": [rows == sorted(rows) for rows in visits],
        "repeats": [rows == visits[0] for rows in visits],
        "foreign": run["foreign"],
        "moves": [bool(np.any(now != then)) for now, then in zip(run["weights"], case["weights"], strict=True)],
        "descends": bool(np.allclose(run["weights"][0], replay(case, run)[0], atol=1e-4)),
    }


for trial in (probes.BATCHES, TABLES):
    trial.told_apart_by(content)
probes.SHUFFLES.told_apart_by(mixing)
probes.ORDERS.told_apart_by(arrangement)
for trial in (probes.TRAININGS, ANY_TRAINING):
    trial.told_apart_by(training_summary)
LONG_TRAINING.told_apart_by(long_summary)

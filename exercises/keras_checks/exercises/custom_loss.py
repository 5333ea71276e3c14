"""Checks of `custom_loss`: probes and public properties."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from keras_checks.compare import Failure, array, close, expect, finite, same_shape
from keras_checks.configurations import edited
from keras_checks.observe import Namespace, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, seeds, sizes
from keras_checks.testbeds.graphs import in_graph

LECTURE = 'Model specialization, "Custom loss (passing in a loss function)"'
PINBALL = Question(
    name="pinball_loss", answers=("pinball_loss",), points=2, lecture=LECTURE, shows=("tau", "y_true", "y_pred")
)
PINBALL_CLASS = Question(
    name="pinball_loss_class",
    answers=("PinballLoss",),
    points=3,
    lecture=LECTURE,
    shows=("tau", "reduction", "y_true", "y_pred", "sample_weight"),
)
CROSSENTROPY = Question(
    name="weighted_binary_crossentropy",
    answers=("weighted_binary_crossentropy",),
    points=3,
    lecture=LECTURE,
    shows=("y_true", "y_pred", "sample_weight"),
)
QUANTILE_MODEL = Question(
    name="make_quantile_model",
    answers=("make_quantile_model",),
    points=2,
    lecture=LECTURE,
    shows=("n_features", "tau", "x: X", "y"),
)

NAME = "high_quantile"
REDUCTIONS = ("none", "sum", "sum_over_batch_size")
GRADIENT_HINT = (
    "`fit` traces the loss once, with symbolic tensors of unknown batch size. Every operation from `y_pred` to the "
    "loss must come from TensorFlow or `keras.ops`: no NumPy, no Python loop over the examples, no `shape[0]`."
)

# --- numbers worked by hand


def _floats(values: Any) -> np.ndarray:
    return np.asarray(values, np.float32)


SINGLE, PAIR, TABLE = "one target", "both sides", "three components"
EXACT, NEAR = "an exact prediction", "near predictions"
EXACT_AND_NEAR = "an exact prediction and near ones"
FAR, CLOSE = "far predictions", "close predictions"
PINBALL_INPUTS: dict[str, Case] = {
    SINGLE: {"tau": 0.9, "y_true": _floats([[3]]), "y_pred": _floats([[1]]), "sample_weight": _floats([2])},
    PAIR: {
        "tau": 0.9,
        "y_true": _floats([[3], [1]]),
        "y_pred": _floats([[1], [3]]),
        "sample_weight": _floats([0.5, 4]),
    },
    TABLE: {
        "tau": 0.125,
        "y_true": _floats([[5, 1, 4], [1, 2, 7]]),
        "y_pred": _floats([[1, 3, 2], [5, 4, 1]]),
        "sample_weight": _floats([3, 0.5]),
    },
    EXACT: {"tau": 0.9, "y_true": _floats([[2, 4]]), "y_pred": _floats([[2, 1]]), "sample_weight": _floats([1])},
    NEAR: {"tau": 0.9, "y_true": _floats([[1, 1]]), "y_pred": _floats([[0.75, 1.25]]), "sample_weight": _floats([2])},
    EXACT_AND_NEAR: {"tau": 0.9, "y_true": _floats([[2, 4], [1, 1]]), "y_pred": _floats([[2, 1], [0.75, 1.25]])},
    FAR: {"tau": 0.9, "y_true": _floats([[100], [-100]]), "y_pred": _floats([[0], [100]])},
    CLOSE: {"tau": 0.99, "y_true": _floats([[2], [2]]), "y_pred": _floats([[1.98], [2.02]])},
}
PINBALL_WORKED: dict[str, tuple[Any, Any]] = {
    SINGLE: ([1.8], [[-0.9]]),
    PAIR: ([1.8, 0.2], [[-0.9], [0.1]]),
    TABLE: ([5 / 6, 2.0], [[-1 / 24, 7 / 24, -1 / 24], [7 / 24, 7 / 24, -1 / 24]]),
    EXACT: ([1.35], [[0, -0.45]]),
    NEAR: ([0.125], [[-0.45, 0.05]]),
    EXACT_AND_NEAR: ([1.35, 0.125], [[0, -0.45], [-0.45, 0.05]]),
    FAR: ([90.0, 20.0], [[-0.9], [0.1]]),
    CLOSE: ([0.0198, 0.0002], [[-0.99], [0.01]]),
}
"""The loss of each example, and how fast it grows with each component of its prediction."""

UNLIKELY = "an unlikely label"
CROSSENTROPY_INPUTS: dict[str, Case] = {
    "one example": {"y_true": _floats([[1]]), "y_pred": _floats([[0.5]]), "sample_weight": _floats([3])},
    UNLIKELY: {"y_true": _floats([[1]]), "y_pred": _floats([[2**-10]]), "sample_weight": _floats([3])},
    "two examples": {
        "y_true": _floats([[1, 0], [0, 0]]),
        "y_pred": _floats([[0.5, 0.75], [0.5, 0.5]]),
        "sample_weight": _floats([2, 1]),
    },
    "three examples": {
        "y_true": _floats([[1, 0], [0, 0], [1, 1]]),
        "y_pred": _floats([[0.5, 0.75], [0.5, 0.5], [0.25, 0.125]]),
        "sample_weight": _floats([2, 1, 4]),
    },
}
CROSSENTROPY_WORKED: dict[str, tuple[float, float, Any]] = {
    "one example": (1, 3, [[-6]]),
    UNLIKELY: (10, 30, [[-3072]]),
    "two examples": (5 / 4, 2, [[-1, 2], [0.5, 0.5]]),
    "three examples": (5 / 3, 14 / 3, [[-2 / 3, 4 / 3], [1 / 3, 1 / 3], [-8 / 3, -16 / 3]]),
}
"""Without and with weights, in units of log(2); and the gradient of the weighted loss."""
WITHOUT_THE_FIRST = {"one example": 0, "two examples": 1 / 2, "three examples": 11 / 3}
"""The weighted loss when the first weight is 0, in the same units."""

CERTAIN_INPUTS: dict[str, Case] = {
    "right": {"y_true": _floats([[1, 0]]), "y_pred": _floats([[1, 0]]), "sample_weight": _floats([3])},
    "wrong": {"y_true": _floats([[0, 1]]), "y_pred": _floats([[1, 0]]), "sample_weight": _floats([0.5])},
    "undecided, and wrong": {"y_true": _floats([[1, 1]]), "y_pred": _floats([[0.5, 0]]), "sample_weight": _floats([2])},
}
CERTAIN_WORKED = {"right": 0.0, "wrong": 16.118, "undecided, and wrong": 8.406}


def worked(inputs: dict[str, Case], *names: str) -> Any:
    """The cases of a table: their inputs, and the names that the numbers are kept under."""
    return st.sampled_from([_worked_case(inputs, name) for name in names or inputs])


def unweighted(case: Case) -> Case:
    """The case for a function that takes no weights, so that a student reads of none."""
    return {name: value for name, value in case.items() if name != "sample_weight"}


# --- drawn cases


@st.composite
def _pairs(draw: Any, least: int = 1) -> Case:
    """A quantile, targets, predictions that miss them by at least 0.1 (the loss has a kink at 0); weights; the pull of
    the loss that stands in."""
    shape = draw(st.tuples(sizes(least, 4), sizes(1, 4)))
    y_true = draw(arrays(shape))
    miss = draw(arrays(shape, key=1))
    away = np.where(miss < 0, miss - 0.1, miss + 0.1)
    return {
        "tau": draw(st.sampled_from([0.85, 0.137, 0.25, 0.625, 0.93])),
        "y_true": y_true,
        "y_pred": np.round(y_true + away, 2).astype(np.float32),
        "sample_weight": draw(arrays(shape[:1], 0.2, 3.0, key=2)),
        "pull": drawn_pull(np.random.default_rng(draw(seeds()))),
    }


def drawn_pull(random: np.random.Generator) -> list[float]:
    """Where the loss that stands in leads predictions, see :func:`stand_in_loss`: far from 0, on either side of it."""
    return [float(random.choice([-1, 1]) * random.uniform(1.2, 3.0)), float(random.uniform(0.7, 1.0))]


@st.composite
def _labels(draw: Any, certain: bool = False) -> Case:
    """Labels 0 and 1, probabilities well inside or some of them exactly 0 and 1; weights."""
    shape = draw(st.tuples(sizes(1, 4), sizes(1, 4)))
    y_true = (draw(arrays(shape)) > 0).astype(np.float32)
    y_pred = draw(arrays(shape, 0.05, 0.95, key=1))
    weight = draw(arrays(shape[:1], 0.2, 3.0, key=2))
    if not certain:
        return {"y_true": y_true, "y_pred": y_pred, "sample_weight": weight}
    lot = draw(arrays(shape, 0, 3, key=3))
    y_pred = np.select([lot < 1, lot < 2], [y_true, 1 - y_true], y_pred).astype(np.float32)
    y_pred.flat[0] = 1 - y_true.flat[0]
    return {"y_true": y_true, "y_pred": y_pred, "sample_weight": weight}


def _first(case: Case, others: SearchStrategy[Case]) -> SearchStrategy[Case]:
    """A worked case, which is known already where its own check has run, and then drawn ones."""
    return st.integers(0, 2**60).flatmap(lambda number: others if number else st.just(case))


def _worked_case(inputs: dict[str, Case], name: str) -> Case:
    return {"worked": name, **inputs[name]}


pinball_cases, class_cases = _pairs(), _pairs(least=2)
slope_cases = _first(unweighted(_worked_case(PINBALL_INPUTS, TABLE)), _pairs())
class_slope_cases = _first(_worked_case(PINBALL_INPUTS, TABLE), _pairs(least=2))
WORKED_TRIPS = [
    _worked_case(PINBALL_INPUTS, name) | {"reduction": reduction}
    for name, reduction in ((PAIR, "none"), (TABLE, "sum"), (PAIR, "sum_over_batch_size"))
]
worked_trips = st.sampled_from(WORKED_TRIPS)
trip_cases = _first(WORKED_TRIPS[0], _pairs(least=2).map(lambda case: {**case, "reduction": "none"}))
"""One reduction for all, not the default: a loss that forgets it fails whatever is drawn."""
label_cases, certain_cases = _labels(), _labels(certain=True)
label_slope_cases = _first(_worked_case(CROSSENTROPY_INPUTS, "three examples"), _labels())

# --- what stands in for an answer where another one may use it


WORKED_PULL = [2.0, 1.0]
"""Where the stand-in leads predictions in the worked cases. Drawn cases have a pull that nobody knows before."""


def stand_in_loss(tau: float, pull: Sequence[float]) -> Callable[[Any, Any], Any]:
    """Stands in for a student's `pinball_loss` where another answer may use it: an answer that does so shows it."""

    def loss_fn(y_true: Any, y_pred: Any) -> Any:
        miss = stand_in_minimum(tau, pull, y_true) - y_pred
        return keras.ops.mean(keras.ops.square(miss) + keras.ops.square(y_true), axis=-1)

    return loss_fn


def stand_in_minimum(tau: float, pull: Sequence[float], y_true: Any) -> Any:
    """The predictions that the stand-in leads to: they fall as the targets grow."""
    return pull[0] * (2 * tau - 1) - pull[1] * y_true


def pull_of(case: Case) -> list[float]:
    """The pull of the loss that stands in."""
    return case.get("pull", WORKED_PULL)


def stand_in_numbers(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """The stand-in's loss of each example, and how fast it grows with each component of its prediction."""
    y_true = case["y_true"].astype(np.float64)
    miss = stand_in_minimum(case["tau"], pull_of(case), y_true) - case["y_pred"]
    return (miss**2 + y_true**2).mean(axis=-1), -2 * miss / y_true.shape[-1]


def either(own: np.ndarray, seen: Any, stand_in: np.ndarray) -> tuple[np.ndarray, ...]:
    """The values that an answer may give: its own, and those of the stand-in where it made one."""
    return (own, stand_in) if seen["made_with"] else (own,)


class _StandIns:
    """The same, and for `PinballLoss` a loss object of Keras's; ``taus`` tells what they were made with."""

    def __init__(self, case: Case) -> None:
        self.pull = pull_of(case)
        self.taus: list[float] = []

    def function(self, tau: float, *_more: Any, **_extra: Any) -> Callable[[Any, Any], Any]:
        self.taus.append(float(tau))
        return stand_in_loss(tau, self.pull)

    def object(self, tau: float, *_more: Any, **_extra: Any) -> keras.losses.Loss:
        loss = keras.losses.MeanSquaredError()
        loss.call = self.function(tau)
        return loss


# --- probes of the losses


def _tensors(case: Case) -> list[Any]:
    names = ("y_true", "y_pred", "sample_weight")
    return [keras.ops.convert_to_tensor(case[name]) for name in names if name in case]


def _loss_and_gradient(loss_fn: Callable[..., Any], *values: Any) -> tuple[Any, Any]:
    """The loss as it was returned, and the gradient of its mean for the predictions."""
    with tf.GradientTape() as tape:
        tape.watch(values[1])
        returned = loss_fn(*values)
        losses = tf.convert_to_tensor(returned)
    found = tape.gradient(losses, values[1])  # that of their sum, which takes fewer operations
    if found is None or losses.shape.rank == 0:
        return returned, found
    return returned, tf.convert_to_tensor(found) / tf.cast(tf.size(losses), found.dtype)


def _graph_gradient(loss_fn: Callable[..., Any], *inputs: Any) -> dict[str, Any]:
    """The gradient in a graph that does not know the batch size, as in `fit`; where there are weights, also without."""
    signature = [tf.TensorSpec((None, *value.shape[1:]), value.dtype) for value in inputs]

    def gradients(*values: Any) -> Any:
        found = {"gradient": _loss_and_gradient(loss_fn, *values)[1]}
        return found if len(values) < 3 else found | {"plain": _loss_and_gradient(loss_fn, *values[:2])[1]}

    return in_graph(gradients, signature)(*inputs)


@probe
def pinball(ns: Namespace, case: Case) -> Any:
    """The loss of each example for tau, and for 1 - tau, whose function is made and called in between; a batch of one
    example comes first."""
    y_true, y_pred, *_ = _tensors(case)
    loss_fn, mirrored = ns.call("pinball_loss", case["tau"]), ns.call("pinball_loss", 1 - case["tau"])
    loss_fn(y_true[:1], y_pred[:1])
    return {"mirrored": mirrored(y_true, y_pred), "loss": loss_fn(y_true, y_pred)}


@probe
def pinball_gradient(ns: Namespace, case: Case) -> Any:
    """The gradient of the mean loss for the predictions, in graph mode."""
    y_true, y_pred, *_ = _tensors(case)
    return _graph_gradient(ns.call("pinball_loss", case["tau"]), y_true, y_pred)


@probe
def loss_class(ns: Namespace, case: Case) -> Any:
    """The loss with each reduction and with the default one, without weights and with."""
    y_true, y_pred, weight = _tensors(case)
    made = _StandIns(case)
    with ns.replaced(pinball_loss=made.function):
        losses = {reduction: ns.call("PinballLoss", case["tau"], reduction=reduction) for reduction in REDUCTIONS}
        losses["default"] = ns.call("PinballLoss", case["tau"])
        ns.call("PinballLoss", 1 - case["tau"])  # a second loss must leave the first alone
        for loss in losses.values():
            loss(y_true[:1], y_pred[:1])  # as must a smaller batch
        found = {
            reduction: {"plain": loss(y_true, y_pred), "weighted": loss(y_true, y_pred, sample_weight=weight)}
            for reduction, loss in losses.items()
        }
        return found | {"made_with": made.taus}


@probe
def loss_class_gradient(ns: Namespace, case: Case) -> Any:
    """The gradient of the loss for the predictions with weights and without, in graph mode."""
    made = _StandIns(case)
    with ns.replaced(pinball_loss=made.function):
        loss = ns.call("PinballLoss", case["tau"], reduction="sum_over_batch_size")
        return _graph_gradient(lambda *args: loss(*args), *_tensors(case)) | {"made_with": made.taus}


@probe
def round_trip(ns: Namespace, case: Case) -> Any:
    """The loss of each example alone; after saving and loading a model, the weighted loss of all, and names; the same
    two losses for another `tau`, which was written into the saved configuration."""
    y_true, y_pred, weight = _tensors(case)
    made = _StandIns(case)
    with ns.replaced(pinball_loss=made.function):
        loss, name = _named_loss(ns, case)
        saved, loaded = keras.Sequential(), keras.Sequential()  # a compiled loss needs no layers
        saved.compile(optimizer="sgd", loss=loss)
        config = json.loads(json.dumps(saved.get_compile_config()))
        # First: a `from_config` may take what it needs out of the configuration.
        changed = config | {"loss": edited(config["loss"], {case["tau"]: other_tau(case)})}
        known = ns["PinballLoss"]
        # A class that registered itself is looked up by that name: of two that did, it must be this notebook's.
        names = {keras.saving.get_registered_name(known): known, known.__name__: known}

        def load(compilation: Any) -> Any:
            with keras.saving.custom_object_scope(names):
                loaded.compile_from_config(compilation)
            return loaded.compute_loss(x=None, y=y_true, y_pred=y_pred, sample_weight=weight)

        seen = {
            "alone": [loss(y_true, y_pred, sample_weight=row) for row in np.eye(len(weight), dtype=np.float32)],
            "loaded": load(config),
            "names": [name or loss.name, loss.name, getattr(loaded.loss, "name", loss.name)],
            "edited": load(changed),
        }
        other, _ = _named_loss(ns, case | {"tau": other_tau(case)})
        return seen | {"other": other(y_true, y_pred, sample_weight=weight), "made_with": made.taus}


def other_tau(case: Case) -> float:
    """The quantile that is written into a saved configuration in place of the loss's own."""
    return round((case["tau"] + 0.37) % 1, 3)


def _named_loss(ns: Namespace, case: Case) -> tuple[Any, str]:
    """A loss with a name of its own, and that name; "" where the class takes none."""
    try:
        return ns.call("PinballLoss", case["tau"], reduction=case["reduction"], name=NAME), NAME
    except TypeError:
        return ns.call("PinballLoss", case["tau"], reduction=case["reduction"]), ""


@probe
def crossentropy(ns: Namespace, case: Case) -> Any:
    """The loss without weights, with weights, with one weight of 0, and for the batch given twice."""
    y_true, y_pred, weight = _tensors(case)
    name = "weighted_binary_crossentropy"
    without = np.where(np.arange(len(weight)) == 0, 0, case["sample_weight"]).astype(np.float32)
    return {
        "plain": ns.call(name, y_true, y_pred),
        "weighted": ns.call(name, y_true, y_pred, sample_weight=weight),
        "without the first": ns.call(name, y_true, y_pred, sample_weight=keras.ops.convert_to_tensor(without)),
        "twice": ns.call(name, *(keras.ops.concatenate([value, value]) for value in (y_true, y_pred))),
    }


@probe
def crossentropy_gradient(ns: Namespace, case: Case) -> Any:
    """The gradient of the loss for the predictions with weights and without, in graph mode."""
    return _graph_gradient(ns["weighted_binary_crossentropy"], *_tensors(case))


@probe
def crossentropy_certain(ns: Namespace, case: Case) -> Any:
    """The loss of predictions of which some are exactly 0 or 1, and its gradient, without weights and with."""
    inputs, loss_fn = _tensors(case), ns["weighted_binary_crossentropy"]
    loss, plain = _loss_and_gradient(loss_fn, *inputs[:2])
    weighted, gradient = _loss_and_gradient(loss_fn, *inputs)
    return {"loss": loss, "weighted": weighted, "gradients": [plain, gradient]}


# --- 1. the function

PINBALL_NUMBERS = PINBALL.trial(
    pinball, worked(PINBALL_INPUTS, SINGLE, PAIR, TABLE, EXACT, NEAR, FAR, CLOSE).map(unweighted), examples=14
)
PINBALL_SLOPES = PINBALL.trial(
    pinball_gradient, worked(PINBALL_INPUTS, TABLE, EXACT_AND_NEAR).map(unweighted), examples=4
)


@PINBALL_NUMBERS.check(
    points=1,
    hint="Compute two losses by hand. At tau = 0.9, a prediction that is 2 too low costs 0.9 * 2 = 1.8, and one that "
    "is 2 too high costs 0.1 * 2 = 0.2.",
)
def worked_losses(case: Case, seen: Any) -> None:
    """`pinball_loss(tau)(y_true, y_pred)` has shape `(batch,)` and the values of the formula, averaged over the last
    axis."""
    shape_hint = "Average over the last axis only (`axis=-1`), and keep the batch axis."
    _shaped(seen["loss"], case["y_true"].shape[:1], "The loss", shape_hint)
    exact_hint = "Where the prediction is exact, the error and the loss are 0. A division by the error gives NaN there."
    straight_hint = (
        "Both lines of the formula are straight: use the whole error, however large or small, and `tau` as given."
    )
    hints = {EXACT: exact_hint, FAR: straight_hint, CLOSE: straight_hint}
    due = np.asarray(PINBALL_WORKED[case["worked"]][0])
    close(seen["loss"], due, "The loss", ulps=16, scale=max(8, due.max()), hint=hints.get(case["worked"], ""))


@PINBALL_SLOPES.check(points=0.5, hint=GRADIENT_HINT)
def gradient_in_fit(case: Case, seen: Any) -> None:
    """In graph mode with unknown batch size, as in `fit`, the gradient of the mean loss with respect to the predictions
    is right."""
    slopes = np.asarray(PINBALL_WORKED[case["worked"]][1]) / len(case["y_true"])
    received = gradient_of(seen, slopes.shape)
    kinks = case["y_true"] == case["y_pred"]  # any slope between the two is right there
    close(np.where(kinks, 0, received), np.where(kinks, 0, slopes), "The gradient", ulps=32, scale=1)


def _shaped(value: Any, shape: tuple[int, ...], what: str, hint: str) -> None:
    try:
        same_shape(value, shape, what)
    except Failure as failure:
        raise Failure(failure.message, failure.received, failure.expected, failure.hint or hint) from None


GRADIENTS = {"gradient": "The gradient", "plain": "The gradient without weights"}


def gradient_of(seen: Any, shape: tuple[int, ...], kind: str = "gradient") -> np.ndarray:
    """The gradient that was observed; fails where none arrived."""
    without = " where the loss has no weights" if kind == "plain" else ""
    expect(seen[kind] is not None, f"No gradient reaches the predictions{without}.", hint=GRADIENT_HINT)
    return finite(same_shape(seen[kind], shape, GRADIENTS[kind]), GRADIENTS[kind])


# --- 2. the class

CLASS_NUMBERS = PINBALL_CLASS.trial(loss_class, worked(PINBALL_INPUTS, PAIR, TABLE, NEAR), examples=6)
CLASS_SLOPES = PINBALL_CLASS.trial(loss_class_gradient, worked(PINBALL_INPUTS, PAIR, TABLE), examples=4)
ROUND_TRIPS = PINBALL_CLASS.trial(round_trip, worked_trips, examples=6, shrinks=8)
CALL_HINT = (
    "`call` must return one loss per example, and the loss must keep the `reduction` that it was created with: print "
    "the shape that `call` returns, and `loss.reduction`. The base class applies weights and reduction."
)
NOTHING = "The loss is 0 although the prediction differs from the target."
BOTH_SIDES = "The formula has two lines: a prediction that is too low or too high has a loss above 0."
LOSSES = {"plain": "The loss without weights", "weighted": "The weighted loss"}


def one_of(received: Any, wanted: tuple[Any, ...], what: str, *, scale: float, hint: str = "", ulps: float = 32) -> int:
    """Fail unless ``received`` is one of the values ``wanted``; which one.

    The first is that of the pinball loss; the second, that of the function that stood in for the student's.
    """
    failures = []
    for number, value in enumerate(wanted):
        try:
            close(received, value, what, ulps=ulps, scale=scale, hint=hint)
            return number
        except Failure as failure:
            failures.append(failure)
    raise failures[0]


@CLASS_NUMBERS.check(
    points=0.75,
    hint="Compute one loss by hand: at tau = 0.9, a prediction that is 2 too low costs 1.8. Keras passes `y_true` "
    "first. Store `tau` on `self`.",
)
def worked_losses_of_the_class(case: Case, seen: Any) -> None:
    """With `reduction="none"`, `PinballLoss(tau)` returns the pinball loss of each example, even after a second loss
    with another `tau` has been created."""
    _shaped(seen["none"]["plain"], case["y_true"].shape[:1], 'The loss with reduction="none"', CALL_HINT)
    each = either(np.asarray(PINBALL_WORKED[case["worked"]][0]), seen, stand_in_numbers(case)[0])
    one_of(seen["none"]["plain"], each, "The loss of each example", scale=64)


@CLASS_NUMBERS.check(
    points=0.5,
    hint="The base class applies weights and reduction to what `call` returns. Pass `reduction` to "
    "`super().__init__`, return one loss per example from `call`, without a reduction, and do not override `__call__`.",
)
def weights_and_reductions(case: Case, seen: Any) -> None:
    """`reduction="none"` multiplies each loss by its weight, `"sum"` adds up the results, and `"sum_over_batch_size"`,
    the default, divides their sum by the batch size."""
    weight = case["sample_weight"].astype(np.float64)
    _shaped(seen["none"]["plain"], weight.shape, 'The loss with reduction="none"', CALL_HINT)
    each = finite(seen["none"]["plain"], "The loss").astype(np.float64)
    expect((np.abs(each) > 1e-6).all(), NOTHING, each, "no loss is 0", BOTH_SIDES)
    for kind, due in (("plain", each), ("weighted", weight * each)):
        size: dict[str, Any] = {"ulps": 16, "scale": float(np.sum(np.abs(due)))}
        close(seen["none"][kind], due, f'{LOSSES[kind]} (reduction="none")', **size)
        close(seen["sum"][kind], float(due.sum()), f'{LOSSES[kind]} (reduction="sum")', **size)
        close(
            seen["sum_over_batch_size"][kind],
            float(due.mean()),
            f'{LOSSES[kind]} (reduction="sum_over_batch_size")',
            **size,
        )
        what, hint = f"{LOSSES[kind]} (no reduction given)", 'The default of `reduction` is "sum_over_batch_size".'
        close(seen["default"][kind], float(due.mean()), what, hint=hint, **size)


@CLASS_SLOPES.check(points=0.5, hint=GRADIENT_HINT)
def gradient_of_the_class_in_fit(case: Case, seen: Any) -> None:
    """In graph mode with unknown batch size, as in `fit`, the gradient of the mean loss with respect to the predictions
    is right, with weights and without."""
    slopes = either(np.asarray(PINBALL_WORKED[case["worked"]][1]), seen, stand_in_numbers(case)[1])
    for kind, weight in (("gradient", case["sample_weight"][:, None]), ("plain", np.float32(1))):
        received = gradient_of(seen, case["y_true"].shape, kind)
        due = tuple(weight * slope / len(case["y_true"]) for slope in slopes)
        one_of(received, due, GRADIENTS[kind], scale=24)


@ROUND_TRIPS.check(
    points=0.75,
    hint="Keras rebuilds the loss as `PinballLoss(**config)`: `get_config` must return every argument of `__init__`, "
    "`tau` as a plain number.",
)
def survives_saving(case: Case, seen: Any) -> None:
    """A model compiled with the loss computes the same weighted loss after it is saved and loaded: `tau`, `reduction`
    and `name` are kept. If `tau` is changed in the saved configuration, the loaded loss uses the new `tau`."""
    weight = case["sample_weight"].astype(np.float64)
    # One number per example, or with reduction="none" a row.
    alone = finite(array(seen["alone"], "The loss of each example alone"), "The loss")
    if alone.shape != weight.shape * 2:
        same_shape(alone, weight.shape, "The loss of each example alone")
    each = np.abs(alone.reshape(len(weight), -1)).sum(axis=-1)
    expect((each > 1e-6).all(), NOTHING, alone, "no loss is 0", BOTH_SIDES)
    due, size = weight @ alone, float(weight @ each)
    close(seen["loaded"], due, "The loss of the loaded model", ulps=32, scale=size)
    given, name, loaded = seen["names"]
    hint = "Pass `name` to `super().__init__`, as you pass `reduction`: then `super().get_config()` contains both."
    expect(name == loaded == given, "The loss does not keep its name.", [name, loaded], [given, given], hint=hint)
    other = finite(same_shape(seen["other"], due.shape, "The weighted loss for another tau"), "The loss")
    what = f"The loss loaded with tau = {other_tau(case):g} in its configuration"
    hint = "Create the loss from the values in the configuration, not from values stored elsewhere."
    close(seen["edited"], other, what, ulps=32, scale=size + float(np.sum(np.abs(other))), hint=hint)


# --- 3. crossentropy

LABEL_NUMBERS = CROSSENTROPY.trial(
    crossentropy, worked(CROSSENTROPY_INPUTS, "one example", "two examples", "three examples"), examples=6
)
LABEL_SLOPES = CROSSENTROPY.trial(
    crossentropy_gradient, worked(CROSSENTROPY_INPUTS, UNLIKELY, "three examples"), examples=4
)
CERTAIN_NUMBERS = CROSSENTROPY.trial(crossentropy_certain, worked(CERTAIN_INPUTS), examples=6)
SCALAR_HINT = "Finish with the mean over the batch: the function returns one number, with weights and without."


@LABEL_NUMBERS.check(
    points=0.75,
    hint="Compute one loss by hand: for labels (1, 0) and probabilities (0.5, 0.75) it is (log 2 + log 4) / 2 = 1.04.",
)
def loss_without_weights(case: Case, seen: Any) -> None:
    """Without weights the loss is one number: the mean over the batch of the binary crossentropy of each example."""
    due = CROSSENTROPY_WORKED[case["worked"]][0] * np.log(2)
    _shaped(seen["plain"], (), "The loss without weights", SCALAR_HINT)
    close(seen["plain"], np.asarray(due), "The loss without weights", ulps=64, scale=4)
    hint = "Repeating every example does not change the mean: divide by the number of examples in this batch."
    close(
        seen["twice"],
        np.asarray(due),
        "The loss of a batch that holds every example twice",
        ulps=64,
        scale=4,
        hint=hint,
    )


@LABEL_NUMBERS.check(
    points=0.75,
    hint="Multiply the loss of each example, shape `(batch,)`, by its weight. Then add them up, and divide by the "
    "number of examples in this batch.",
)
def loss_with_weights(case: Case, seen: Any) -> None:
    """With weights, the loss is the sum of each example's loss times its weight, divided by the number of examples. An
    example with weight 0 adds nothing."""
    due = CROSSENTROPY_WORKED[case["worked"]][1] * np.log(2)
    _shaped(seen["weighted"], (), "The weighted loss", SCALAR_HINT)
    close(seen["weighted"], np.asarray(due), "The weighted loss", ulps=64, scale=8)
    due, what = WITHOUT_THE_FIRST[case["worked"]] * np.log(2), "The weighted loss with 0 as the first weight"
    hint = "A weight of 0 removes its example from the sum. Only `sample_weight=None` means that there are no weights."
    close(seen["without the first"], np.asarray(due), what, ulps=64, scale=8, hint=hint)


@CERTAIN_NUMBERS.check(
    points=0.5,
    hint="log(0) is minus infinity, and 0 times infinity is NaN: keep the probabilities between 1e-7 and 1 - 1e-7.",
)
def finite_at_the_ends(case: Case, seen: Any) -> None:
    """Predictions of exactly 0 and 1 have a finite loss: about 0 if they are right, about 16 (`-log(1e-7)`) if they are
    wrong. The gradient is finite, too. Both hold with weights and without."""
    plain = CERTAIN_WORKED[case["worked"]]
    for kind, weight, what in (
        ("loss", 1.0, "The loss"),
        ("weighted", float(case["sample_weight"][0]), LOSSES["weighted"]),
    ):
        _shaped(seen[kind], (), what, SCALAR_HINT)
        loss, due = finite(seen[kind], what), weight * plain
        # float32 moves 1 - 1e-7 by a fifth of 1e-7, and some add 1e-7 once more inside the logarithm.
        hint = "Clip the probabilities to [1e-7, 1 - 1e-7], as the text says, and clip nothing else." if due else ""
        message = f"{what} of predictions of exactly 0 or 1 has the wrong value."
        expect(abs(loss - due) < 0.06 * due + 1e-4, message, float(loss), due, hint=hint)
    finite_gradients(seen)


def finite_gradients(seen: Any) -> None:
    """Fail where a gradient at predictions of exactly 0 or 1 is not finite. Whether one arrives is another check's."""
    hint = (
        "Clip the probabilities before the logarithm. A loss that is replaced after log(0) still has the gradient NaN."
    )
    for gradient in seen["gradients"]:
        found = np.asarray(0.0) if gradient is None else array(gradient, "The gradient")
        message = "The gradient at predictions of exactly 0 or 1 is not finite."
        expect(np.isfinite(found).all(), message, found, "finite numbers", hint=hint)


@LABEL_SLOPES.check(points=0.5, hint=GRADIENT_HINT)
def crossentropy_gradient_in_fit(case: Case, seen: Any) -> None:
    """In graph mode with unknown batch size, as in `fit`, the gradient of the loss with respect to the predictions is
    right, with weights and without."""
    weighted = np.asarray(CROSSENTROPY_WORKED[case["worked"]][2])
    for kind, due in (("gradient", weighted), ("plain", weighted / case["sample_weight"][:, None])):
        # 1e-7 more inside the logarithm changes a slope by 1e-7 / p of itself, less than 64 roundings of 1 / (32 * p).
        scale = max(16, float(np.max(np.abs(due) / case["y_pred"])) / 32)
        close(gradient_of(seen, due.shape, kind), due, GRADIENTS[kind], ulps=64, scale=scale)


# --- 4. the model

EXAMPLES, FRESH, EPOCHS, BATCH_SIZE = 512, 256, 300, 32
GAP = 0.5
"""No noise is smaller than this part of the largest. The quantiles that are asked for lie 0.25 away from the gap. A
median and an expectile, which squared errors give, lie in it."""
ROUND = 25
"""So many epochs lie between two looks at the model, which is left alone once it has settled."""

SHARE_TOLERANCE = 0.22
"""Of 600 exact linear fits the worst share was 0.1 off. The median and a prediction beyond all targets are 0.23 off or
more."""
SETTLED_SHARE = 0.11
"""The model is left alone once all shares are this close: a network that overfits is further off after more epochs."""

MISS_TOLERANCE, SETTLED_MISS = 0.8, 0.2
"""The same for the loss that stands in: the standard error is 0.06, a small network with layer normalization was 0.7
off near the average example. For the case that everybody gets, no bias is 1.4 off, the loss for 1 - tau 2.8."""


LEAST_SLOPE = 0.4
"""Along the trend of the targets a quantile has a slope of 0.65 to 1.35 for these data, the loss that stands in one of
-0.7 to -1. One number for all examples has none, and has the right share of targets below it in some of the cases."""


WIDENING = 0.4, 0.45
"""The change of the half-width of the noise per unit of one feature. Of 150 fits of the mean with any number added,
none was right in all groups and near the quantile."""


def noise(part: Any) -> Any:
    """Noise between -1 and -0.5 or between 0.5 and 1; it grows with ``part``, which is uniform between -1 and 1."""
    return np.sign(part) * (GAP + (1 - GAP) * np.abs(part))


def make_data(seed: int) -> dict[str, Any]:
    """Standardised examples whose targets lie in two bands, one above and one below their centre.

    The noise grows or falls fast with one feature: no number that is added to the mean gives the quantile.

    Returns `x` `(examples, n_features)` and `y` `(examples, 1)` to train on; the `spread`, which is the number of that
    feature and the change per unit of it; `fresh_x` `(fresh, n_features)`, and for these the `centre` of the targets
    and the `half_width` of their noise, both `(fresh,)`; the `pull` of the loss that stands in. The first fresh example
    is the average one.
    """
    random = np.random.default_rng(seed)
    n_features = 3 if seed else 2
    wider, widening = random.integers(n_features), random.choice([-1, 1]) * random.uniform(*WIDENING)
    slope = np.abs(random.normal(size=n_features))  # all the same way: the common level of the features counts
    x = random.uniform(-np.sqrt(3), np.sqrt(3), (EXAMPLES + FRESH, n_features))
    train = slice(0, EXAMPLES)
    x = (x - x[train].mean(axis=0)) / x[train].std(axis=0)
    x[EXAMPLES] = 0
    centre = x @ (slope / np.linalg.norm(slope)) + random.uniform(-1, 1)
    half_width = 1 + widening * x[:, wider]
    y = centre + half_width * noise(random.uniform(-1, 1, len(x)))
    mean, std = y[train].mean(), y[train].std()
    return {
        "x": x[train].astype(np.float32),
        "y": ((y[train] - mean) / std).astype(np.float32)[:, None],
        "spread": [int(wider), float(widening)],
        "fresh_x": x[EXAMPLES:].astype(np.float32),
        "centre": (centre[EXAMPLES:] - mean) / std,
        "half_width": half_width[EXAMPLES:] / std,
        "pull": drawn_pull(random) if seed else [2.7, 1.0],
    }


def _model_case(seed: int) -> Case:
    """The first case has two features and asks for a low quantile, the others have three and ask for a high one.

    So a submission is tried on both kinds: on the first case, and on one that only it gets.
    """
    data = make_data(seed)
    n = data["x"].shape[1]
    tau = (0.75, 0.77, 0.76)[seed % 3] if seed else 0.24
    return {
        "n_features": n,
        "tau": tau,
        "x": data["x"],
        "y": data["y"],
        "spread": data["spread"],
        "pull": data["pull"],
        "fresh_x": data["fresh_x"],
        "around": 0.3 * np.concatenate([np.eye(n), -np.eye(n)]).astype(np.float32),
        "secret_seed": seed,
    }


model_cases = st.integers(0, 2**60).map(_model_case)


def _trend(case: Case) -> np.ndarray:
    """What a straight line through the features says about each target."""
    design = np.column_stack([np.ones(EXAMPLES), case["x"].astype(np.float64)])
    return design @ np.linalg.lstsq(design, case["y"][:, 0].astype(np.float64), rcond=None)[0]


def _slope(case: Case, trained: np.ndarray) -> float:
    """How fast the predictions grow with the trend of the targets."""
    trend = _trend(case) - _trend(case).mean()
    return float(trained @ trend / (trend @ trend))


def _groups(case: Case, trained: np.ndarray, average: float) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Parts of the examples with their targets and predictions: three thirds by expected target, two by spread, and
    half of all, moved to the average.

    ``average`` is the mean prediction close to the average example.
    """
    y, x, trend = case["y"][:, 0].astype(np.float64), case["x"].astype(np.float64), _trend(case)
    for name, rows in zip(("lowest", "middle", "highest"), np.array_split(np.argsort(trend), 3), strict=True):
        yield f"the third of the examples with the {name} expected targets", y[rows], trained[rows]
    feature, change = case["spread"]
    least, _, most = np.array_split(np.argsort(change * x[:, feature]), 3)
    for name, rows in (("least", least), ("most", most)):
        yield f"the third of the examples whose targets spread {name}", y[rows], trained[rows]
    near = np.argsort(np.sum(x**2, axis=1))[: EXAMPLES // 2]
    yield "the examples near the average one", (y - trend + y.mean())[near], np.full(len(near), average)


def _off(case: Case, trained: np.ndarray, average: float) -> list[tuple[str, float, float]]:
    """For each group: the share of its targets that lie below the predictions, and the mean miss of the stand-in."""
    tau, pull = case["tau"], pull_of(case)
    return [
        (name, float(np.mean(y <= predicted)), float(np.mean(stand_in_minimum(tau, pull, y) - predicted)))
        for name, y, predicted in _groups(case, trained, average)
    ]


def _settled(
    case: Case,
    trained: np.ndarray,
    average: float,
    made: Sequence[float],
    tolerances: tuple[float, float] = (SHARE_TOLERANCE, MISS_TOLERANCE),
) -> bool:
    """Whether the predictions lie at the minimum of the pinball loss, or of the stand-in, where any was ``made``."""
    found = _off(case, trained, average)
    shares = all(abs(share - case["tau"]) < tolerances[0] for _, share, _ in found)
    return shares or (bool(made) and all(abs(miss) < tolerances[1] for _, _, miss in found))


def _train(model: keras.Model, case: Case, made: Sequence[float]) -> None:
    """The steps of `fit(x, y, epochs=300)`, in a graph: a tenth of its time. It ends early where all is learned."""
    x, y = case["x"], case["y"]
    random = np.random.default_rng(len(x))
    order = [random.permutation(EXAMPLES).reshape(-1, BATCH_SIZE) for _ in range(EPOCHS)]
    batches = tf.constant(np.concatenate(order), tf.int32)
    model.train_step((tf.constant(x[:BATCH_SIZE]), tf.constant(y[:BATCH_SIZE])))  # makes all variables

    @tf.function(autograph=False)
    def run(first: Any, end: Any) -> Any:
        def body(step: Any) -> Any:
            model.train_step((tf.gather(x, batches[step]), tf.gather(y, batches[step])))
            return step + 1

        return tf.while_loop(lambda step: step < end, body, [first], parallel_iterations=1)

    steps = ROUND * EXAMPLES // BATCH_SIZE
    for first in range(0, len(batches), steps):
        run(tf.constant(first), tf.constant(first + steps))
        trained, around = (np.asarray(model(each, training=False)) for each in (x, case["around"]))
        if trained.size != EXAMPLES:
            continue
        if _settled(case, trained.reshape(-1), float(around.mean()), made, (SETTLED_SHARE, SETTLED_MISS)):
            break


LIMIT = 10.0
"""Standardized targets lie between about -3 and 3: predictions beyond this are certainly not within limits."""


def _reach(model: keras.Model, x: np.ndarray) -> list[float]:
    """The least and the greatest prediction when the weights are multiplied by 50 and -50: all, then one after another.

    Where the last step is linear, its kernel alone gives both signs; a bounded last step stays within its bounds. An
    overflow counts as infinite. The model is of no use afterwards.
    """
    weights = list(model.trainable_variables)
    values = [weight + 0 for weight in weights]
    low, high = np.inf, -np.inf
    for chosen in (range(len(weights)), *([number] for number in range(len(weights)))):
        for factor in (50.0, -50.0):
            for number, (weight, value) in enumerate(zip(weights, values, strict=True)):
                weight.assign(value * factor if number in chosen else value)
            found = np.asarray(model(x, training=False), np.float64)
            low = min(low, float(np.nan_to_num(found, nan=-np.inf, neginf=-np.inf, posinf=np.inf).min()))
            high = max(high, float(np.nan_to_num(found, nan=np.inf, neginf=-np.inf, posinf=np.inf).max()))
            if low < -LIMIT and high > LIMIT:
                return [low, high]
    return [low, high]


MOST_PENALTY = 0.02
"""What penalties may add to the loss of a batch, which is 0.07 or more at its minimum: less moves no quantile far."""


@probe
def quantile_model(ns: Namespace, case: Case) -> Any:
    """What the trained model predicts for the examples of its training and for fresh ones, and with other weights; what
    penalties add to its loss; how many weights models made before, for 1 - tau and for this tau, share with it."""
    aside, made = _StandIns(case), _StandIns(case)
    with ns.replaced(pinball_loss=aside.function, PinballLoss=aside.object):
        mirrored = ns.call("make_quantile_model", case["n_features"], 1 - case["tau"])
    with ns.replaced(pinball_loss=made.function, PinballLoss=made.object):
        same, model = (ns.call("make_quantile_model", case["n_features"], case["tau"]) for _ in range(2))
        _train(model, case, made.taus)
        mine = {id(weight) for weight in model.trainable_variables}
        shared = [sum(id(weight) in mine for weight in other.trainable_variables) for other in (mirrored, same)]
        seen: dict[str, Any] = {"shared": shared}
        model(case["x"][:BATCH_SIZE], training=False)  # a penalty on activations is that of the last call
        seen["penalty"] = sum(float(tf.reduce_sum(loss)) for loss in model.losses)
        return seen | {
            "trained": model(case["x"], training=False),
            "fresh": model(case["fresh_x"], training=False),
            "around": model(case["around"], training=False),
            "made_with": made.taus,
            "reach": _reach(model, case["x"]),  # last: it changes the weights
        }


TRAINED_MODEL = QUANTILE_MODEL.trial(quantile_model, model_cases, examples=1, shrinks=0)


@TRAINED_MODEL.check(
    points=1,
    hint="Compile the model with a loss whose minimum is the `tau` quantile, made with the `tau` that the "
    "model is asked for.",
)
def learns_the_quantile(case: Case, seen: Any) -> None:
    """After at most 300 epochs on 512 standardized examples, the share of targets below the predictions is `tau`,
    within 0.22: for low, middle and high expected targets, where targets spread least and most, and near the average
    example. The predictions have shape `(batch, 1)`, depend on the features, and have no limits: with weights 50 times
    as large, they go beyond -10 and 10. Penalties add at most 0.02 to the loss. Two models share no weights."""
    rows = {"trained": EXAMPLES, "fresh": FRESH, "around": len(case["around"])}
    trained, fresh, around = (_one_number_each(seen[name], count) for name, count in rows.items())
    hint = "Create new layers and a new model in each call."
    shared = int(np.max(array(seen["shared"], "The number of shared weights")))
    expect(shared == 0, "Two models share weights.", f"{shared} shared weights", "none", hint)
    tau, average = case["tau"], float(around.mean())
    flat_hint = (
        "Check that the features reach the output: a normalization or an activation after the last `Dense` "
        "layer can remove them."
    )
    expect(np.ptp(trained) > 1e-3, "The prediction is the same for every example.", hint=flat_hint)
    if _settled(case, trained, average, seen["made_with"]):
        slope = abs(_slope(case, trained))
        message = "The predictions hardly depend on the features: their slope along the trend of the targets is near 0."
        expect(slope > LEAST_SLOPE, message, slope, "about 1", hint=flat_hint)
        penalty = float(array(seen["penalty"], "The penalty"))
        message = "Penalties, such as a `kernel_regularizer`, add too much to the loss: its minimum is no quantile."
        expect(penalty <= MOST_PENALTY, message, f"{penalty:.3g}", f"at most {MOST_PENALTY}", PENALIZED)
        _unbounded(seen)
        return
    for made in seen["made_with"][:1]:
        expect(abs(made - tau) < 1e-6, "The loss was made with a different `tau` than the model.", made, tau)
    low, high = float(trained.min()), float(trained.max())
    range_hint = "Use no activation in the last layer: its output must be able to take any value, positive or negative."
    expect(low < 0, "No prediction is negative.", f"from {low:.3g} to {high:.3g}", "some below 0", range_hint)
    bias_hint = "For the average example all features are 0: only a bias can move its prediction away from 0."
    expect(abs(fresh[0]) > 1e-5, "For features that are all 0 the prediction is 0.", hint=bias_hint)
    bounded = max(-low, high) <= 1 and max(-low, high) > 0.9
    expect(not bounded, "No prediction goes beyond 1.", f"from {low:.3g} to {high:.3g}", "some beyond 1", range_hint)
    slow_hint = (
        "The loss was made with the right `tau`. Use a larger learning rate or another optimizer, and no "
        "strong regularization."
    )
    if seen["made_with"]:
        raise Failure("After 300 epochs the model is still far from the minimum of its loss.", hint=slow_hint)
    name, share, _ = max(_off(case, trained, average), key=lambda it: abs(it[1] - tau))
    expect(False, f"For tau = {tau}, the share of the targets below the predictions is wrong for {name}.", share, tau)


PENALIZED = "Leave the penalty out, or make its factor much smaller."


def _unbounded(seen: Any) -> None:
    """Fail where predictions stay within limits, whatever the weights."""
    hint = "Use no activation, clipping or maximum after the last `Dense` layer: a scaled `tanh` has limits, too."
    low, high = seen["reach"]
    for sign, reached in (("below -10", low < -LIMIT), ("above 10", high > LIMIT)):
        message = f"No prediction is {sign}, even if the trained weights are multiplied by 50 and -50."
        expect(reached, message, f"from {low:.3g} to {high:.3g}", f"some {sign}", hint)


def _one_number_each(value: Any, rows: int) -> np.ndarray:
    predicted = finite(array(value, "The prediction"), "The prediction")
    hint = "Give the last layer one unit: the quantile of one target is one number."
    if predicted.ndim == 1:
        hint = "Keep the last axis of size 1: the targets have it, and the loss averages over it."
    message = "The model does not predict one number per example."
    expect(predicted.shape == (rows, 1), message, f"shape {predicted.shape}", f"shape ({rows}, 1)", hint=hint)
    return predicted.reshape(-1).astype(np.float64)

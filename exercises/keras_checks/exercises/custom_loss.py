"""Checks of `custom_loss`: probes and public properties."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import array, close, expect, finite, same_shape
from keras_checks.observe import Namespace, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, shapes, sizes

LECTURE = 'Model specialization, "Custom loss (passing in a loss function)"'
PINBALL = Question(name="pinball_loss", answers=("pinball_loss",), points=2, lecture=LECTURE)
PINBALL_CLASS = Question(name="pinball_loss_class", answers=("PinballLoss",), points=3, lecture=LECTURE)
CROSSENTROPY = Question(
    name="weighted_binary_crossentropy", answers=("weighted_binary_crossentropy",), points=3, lecture=LECTURE
)
QUANTILE_MODEL = Question(name="make_quantile_model", answers=("make_quantile_model",), points=2, lecture=LECTURE)

REDUCTIONS = ("none", "sum", "sum_over_batch_size")
EXAMPLES, FRESH, EPOCHS, BATCH_SIZE = 512, 256, 300, 32
COVERAGE_TOLERANCE = 0.15
"""The standard error of a share of 512 is 0.02; a network that overfits was seen to miss by 0.08, the median by 0.35.
"""

DISTANCE_TOLERANCE = 0.45
"""In half-widths of the noise. A fit with k free numbers misses by about 0.03 * sqrt(k); a network of 128 by 128 that
overfits was seen to miss by 0.28; the median is 0.7 away, a quantile on the wrong side 1.4."""

taus = st.sampled_from([0.9, 0.1, 0.25, 0.75])
edge_free = {"low": 0.05, "high": 0.95}


def stand_in_loss(tau: float) -> Callable[[Any, Any], Any]:
    """Stands in for a student's `pinball_loss` where another answer may use it.

    It pulls predictions to `4 * tau - 2 - y_true`: an answer that uses it in the right way shows it.
    """

    def loss_fn(y_true: Any, y_pred: Any) -> Any:
        miss = 4 * tau - 2 - y_true - y_pred
        return keras.ops.mean(keras.ops.square(miss) + keras.ops.square(y_true), axis=-1)

    return loss_fn


class StandInLoss(keras.losses.Loss):
    """The same as a class, for a student's `PinballLoss`."""

    def __init__(self, tau: float, reduction: str = "sum_over_batch_size", name: str = "stand_in") -> None:
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """One loss per example."""
        return stand_in_loss(self.tau)(y_true, y_pred)


@st.composite
def _pairs(draw: Any, least: int = 1) -> dict[str, np.ndarray]:
    """Targets, and predictions that miss them by at least 0.1 (the loss has a kink at 0); a weight an example."""
    shape = draw(st.tuples(sizes(least, 4), sizes(1, 4)))
    y_true = draw(arrays(shape))
    miss = draw(arrays(shape, key=1))
    away = np.where(miss < 0, miss - 0.1, miss + 0.1)
    return {
        "y_true": y_true,
        "y_pred": np.round(y_true + away, 2).astype(np.float32),
        "sample_weight": draw(arrays(shape[:1], 0.2, 3.0, key=2)),
    }


@st.composite
def _labels(draw: Any) -> dict[str, np.ndarray]:
    """Labels 0 and 1, probabilities well inside, weights."""
    shape = draw(shapes(2))
    return {
        "y_true": (draw(arrays(shape)) > 0).astype(np.float32),
        "y_pred": draw(arrays(shape, **edge_free, key=1)),
        "sample_weight": draw(arrays(shape[:1], 0.2, 3.0, key=2)),
    }


@st.composite
def _certain(draw: Any) -> dict[str, np.ndarray]:
    """Labels, and predictions of exactly 0 and 1 of which some are wrong."""
    labels = draw(_labels())["y_true"]
    wrong = draw(arrays(labels.shape, key=3)) > 0
    wrong.flat[0] = True
    return {"y_true": labels, "y_pred": np.where(wrong, 1 - labels, labels).astype(np.float32)}


pinball_cases = cases(tau=taus, data=_pairs())
class_cases = cases(tau=taus, data=_pairs(least=2))
trip_cases = cases(tau=taus, reduction=st.sampled_from(["sum", "sum_over_batch_size"]), data=_pairs(least=2))
label_cases = cases(data=_labels())
certain_cases = cases(data=_certain())
model_cases = cases(tau=st.sampled_from([0.1, 0.85, 0.9, 0.12, 0.88, 0.15]), n_features=sizes(2, 3), seed=seeds())


def _tensors(case: Case) -> list[Any]:
    return [keras.ops.convert_to_tensor(value) for value in case["data"].values()]


def _graph_gradient(loss_fn: Callable[..., Any], *inputs: Any) -> Any:
    """The gradient of the mean loss for the predictions, in a graph that does not know the batch size, as in `fit`."""
    signature = [tf.TensorSpec((None, *value.shape[1:]), value.dtype) for value in inputs]

    def gradient(*values: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(values[1])
            loss = tf.reduce_mean(loss_fn(*values))
        return tape.gradient(loss, values[1])

    return tf.function(gradient, input_signature=signature, autograph=False)(*inputs)


@probe
def pinball(ns: Namespace, case: Case) -> Any:
    """The loss of each example for tau, and for 1 - tau."""
    y_true, y_pred, _ = _tensors(case)
    loss_fn, mirrored = ns.call("pinball_loss", case["tau"]), ns.call("pinball_loss", 1 - case["tau"])
    return {"loss": loss_fn(y_true, y_pred), "mirrored": mirrored(y_true, y_pred)}


@probe
def pinball_gradient(ns: Namespace, case: Case) -> Any:
    """The gradient of the mean loss for the predictions, in graph mode."""
    y_true, y_pred, _ = _tensors(case)
    return {"gradient": _graph_gradient(ns.call("pinball_loss", case["tau"]), y_true, y_pred)}


@probe
def loss_class(ns: Namespace, case: Case) -> Any:
    """The loss with each reduction, without weights and with."""
    y_true, y_pred, weight = _tensors(case)
    with ns.replaced(pinball_loss=stand_in_loss):
        losses = {reduction: ns.call("PinballLoss", case["tau"], reduction=reduction) for reduction in REDUCTIONS}
        ns.call("PinballLoss", 1 - case["tau"])  # a second loss must leave the first alone
        return {
            reduction: {"plain": loss(y_true, y_pred), "weighted": loss(y_true, y_pred, sample_weight=weight)}
            for reduction, loss in losses.items()
        }


@probe
def loss_class_gradient(ns: Namespace, case: Case) -> Any:
    """The gradient of the weighted loss for the predictions, in graph mode."""
    with ns.replaced(pinball_loss=stand_in_loss):
        loss = ns.call("PinballLoss", case["tau"], reduction="sum_over_batch_size")
        return {"gradient": _graph_gradient(lambda *args: loss(*args), *_tensors(case))}


def _model() -> keras.Model:
    return keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])


@probe
def round_trip(ns: Namespace, case: Case) -> Any:
    """The loss of each example alone, and that of all, weighted, after what saving and loading a model does to it."""
    y_true, y_pred, weight = _tensors(case)
    with ns.replaced(pinball_loss=stand_in_loss):
        loss = ns.call("PinballLoss", case["tau"], reduction=case["reduction"])
        saved, loaded = _model(), _model()
        saved.compile(optimizer="sgd", loss=loss)
        config = json.loads(json.dumps(saved.get_compile_config()))
        known = ns["PinballLoss"]
        # A class that registered itself is looked up by that name: of two that did, it must be this notebook's.
        names = {keras.saving.get_registered_name(known): known, known.__name__: known}
        with keras.saving.custom_object_scope(names):
            loaded.compile_from_config(config)
        alone = [loss(y_true, y_pred, sample_weight=row) for row in np.eye(len(weight), dtype=np.float32)]
        return {
            "alone": alone,
            "loaded": loaded.compute_loss(x=None, y=y_true, y_pred=y_pred, sample_weight=weight),
        }


@probe
def crossentropy(ns: Namespace, case: Case) -> Any:
    """The loss without weights, with weights, with all the weight on one example, and for the batch given twice."""
    y_true, y_pred, weight = _tensors(case)
    name = "weighted_binary_crossentropy"
    double = [keras.ops.concatenate([value, value]) for value in (y_true, y_pred)]
    rows = [keras.ops.convert_to_tensor(row) for row in np.eye(len(weight), dtype=np.float32)]
    return {
        "plain": ns.call(name, y_true, y_pred),
        "weighted": ns.call(name, y_true, y_pred, sample_weight=weight),
        "alone": [ns.call(name, y_true, y_pred, sample_weight=row) for row in rows],
        "twice": ns.call(name, *double),
    }


@probe
def crossentropy_gradient(ns: Namespace, case: Case) -> Any:
    """The gradient of the weighted loss for the predictions, in graph mode."""
    return {"gradient": _graph_gradient(ns["weighted_binary_crossentropy"], *_tensors(case))}


@probe
def crossentropy_certain(ns: Namespace, case: Case) -> Any:
    """The loss of predictions of exactly 0 and 1."""
    return {"loss": ns.call("weighted_binary_crossentropy", *_tensors(case))}


def quantile_data(case: Case) -> dict[str, Any]:
    """Standardised examples whose conditional quantiles are known, linear functions of the features.

    Returns `x` `(examples, n_features)` and `y` `(examples, 1)` to train on, `fresh_x` `(fresh, n_features)`, and for
    these the `centre` of the targets and the `half_width` of their uniform noise, both `(fresh,)`; `quantile(tau)` is
    `centre + (2 * tau - 1) * half_width`. The first fresh example is the mean one.
    """
    n_features = case["n_features"]
    random = np.random.default_rng([case["seed"], n_features])
    slope = random.normal(size=n_features)
    x = random.uniform(-np.sqrt(3), np.sqrt(3), (EXAMPLES + FRESH, n_features))
    train = slice(0, EXAMPLES)
    x = (x - x[train].mean(axis=0)) / x[train].std(axis=0)
    x[EXAMPLES] = 0
    centre = x @ (slope / np.linalg.norm(slope)) + random.uniform(-1, 1)
    half_width = 1 + 0.3 * x[:, 0]
    y = centre + half_width * random.uniform(-1, 1, len(x))
    mean, std = y[train].mean(), y[train].std()
    return {
        "x": x[train].astype(np.float32),
        "y": ((y[train] - mean) / std).astype(np.float32)[:, None],
        "fresh_x": x[EXAMPLES:].astype(np.float32),
        "centre": (centre[EXAMPLES:] - mean) / std,
        "half_width": half_width[EXAMPLES:] / std,
    }


def optima(case: Case, tau: float) -> dict[str, np.ndarray]:
    """What a right model learns for the fresh examples: the quantile, or the minimum of the loss that stood in."""
    data = quantile_data(case)
    quantile = data["centre"] + (2 * tau - 1) * data["half_width"]
    return {"own": quantile, "stand-in": 4 * tau - 2 - data["centre"]}


def resemblance(case: Case, seen: Any) -> dict[str, Any]:
    """What a trained model looks like, without the noise of its training."""
    data = quantile_data(case)
    predicted = array(seen["fresh"], "The prediction").reshape(FRESH, -1)
    curves = {**optima(case, case["tau"]), "centre": data["centre"]}
    curves |= {f"mirrored {name}": curve for name, curve in optima(case, 1 - case["tau"]).items()}
    misses = {name: np.abs(predicted.mean(axis=-1) - curve) / data["half_width"] for name, curve in curves.items()}
    nearest = min(misses, key=lambda name: misses[name].mean())
    return {
        "nearest": nearest if misses[nearest].mean() < DISTANCE_TOLERANCE else "none",
        "columns": predicted.shape[1],
        "through zero": abs(float(predicted[0].mean())) < 1e-5,
        "bounded below": bool(predicted.min() >= 0),
        "between -1 and 1": bool(0.9 < np.abs(predicted).max() <= 1),
    }


def _train(model: keras.Model, x: np.ndarray, y: np.ndarray, seed: int) -> None:
    """The steps of `fit(x, y, epochs=300)`, one after another in a single graph: a tenth of its time."""
    random = np.random.default_rng(seed)
    order = [random.permutation(EXAMPLES).reshape(-1, BATCH_SIZE) for _ in range(EPOCHS)]
    batches = tf.constant(np.concatenate(order), tf.int32)
    model.train_step((tf.constant(x[:BATCH_SIZE]), tf.constant(y[:BATCH_SIZE])))  # makes all variables

    @tf.function(autograph=False)
    def run() -> Any:
        def body(step: Any) -> Any:
            model.train_step((tf.gather(x, batches[step]), tf.gather(y, batches[step])))
            return step + 1

        return tf.while_loop(lambda step: step < len(batches), body, [0], parallel_iterations=1)

    run()


@probe
def quantile_model(ns: Namespace, case: Case) -> Any:
    """What the trained model predicts for the examples of its training and for fresh ones."""
    data = quantile_data(case)
    with ns.replaced(pinball_loss=stand_in_loss, PinballLoss=StandInLoss):
        model = ns.call("make_quantile_model", case["n_features"], case["tau"])
        _train(model, data["x"], data["y"], case["seed"])
        return {"trained": model(data["x"], training=False), "fresh": model(data["fresh_x"], training=False)}


PINBALL_VALUES = PINBALL.trial(pinball, pinball_cases)


@PINBALL_VALUES.check(points=0.5, hint="Average over the last axis only; the batch axis stays.")
def one_loss_per_example(case: Case, seen: Any) -> None:
    """`pinball_loss(tau)(y_true, y_pred)` has shape `(batch,)`, and added to the loss for `1 - tau` it gives the mean
    absolute error of each example."""
    data = case["data"]
    loss, mirrored = (same_shape(seen[name], data["y_true"].shape[:1], "The loss") for name in ("loss", "mirrored"))
    error = np.abs(data["y_true"] - data["y_pred"]).mean(axis=-1)
    close(loss + mirrored, error, "The loss for tau plus the loss for 1 - tau", ulps=16, scale=8)


LOSS_CLASS = PINBALL_CLASS.trial(loss_class, class_cases)


@LOSS_CLASS.check(
    points=0.75,
    hint="The base class weighs and reduces what `call` returns: pass `reduction` on to it, and let `call` return one "
    "loss per example.",
)
def weights_and_reductions(case: Case, seen: Any) -> None:
    """With reduction `none` there is one positive loss per example and each is multiplied by its weight; `sum` adds
    them, and `sum_over_batch_size` divides the sum by the batch size."""
    weight = case["data"]["sample_weight"].astype(np.float64)
    each = finite(same_shape(seen["none"]["plain"], weight.shape, 'The loss with reduction="none"'), "The loss")
    expect((each > 0).all(), "A prediction that misses its target costs nothing.", received=each)
    for kind, due in (("plain", each), ("weighted", weight * each)):
        size = {"ulps": 16, "scale": float(np.sum(due))}
        close(seen["none"][kind], due, f'The {kind} loss with reduction="none"', **size)
        close(seen["sum"][kind], float(due.sum()), f'The {kind} loss with reduction="sum"', **size)
        close(seen["sum_over_batch_size"][kind], float(due.mean()), f"The {kind} mean loss", **size)


ROUND_TRIP = PINBALL_CLASS.trial(round_trip, trip_cases, shrinks=8)


@ROUND_TRIP.check(
    points=0.5,
    hint="Keras rebuilds the loss as `PinballLoss(**config)`: `get_config` must hold every argument of `__init__`.",
)
def survives_saving(case: Case, seen: Any) -> None:
    """A model that was compiled with the loss, saved and loaded computes the same loss, with the same `tau` and the
    same `reduction`, weights included."""
    weight = case["data"]["sample_weight"].astype(np.float64)
    alone = finite(same_shape(seen["alone"], weight.shape, "The loss of each example alone"), "The loss")
    expect((alone > 0).all(), "A prediction that misses its target costs nothing.", received=alone)
    due = float(np.sum(weight * alone))
    close(seen["loaded"], due, "The loss of the loaded model", ulps=32)


CROSSENTROPY_VALUES = CROSSENTROPY.trial(crossentropy, label_cases)


@CROSSENTROPY_VALUES.check(
    points=0.5,
    hint="Multiply the loss of each example by its weight, add up, divide by the number of examples in this batch.",
)
def linear_in_the_weights(case: Case, seen: Any) -> None:
    """The loss is a scalar; it adds up the losses of the single examples times their weights; no weights means weights
    of 1; and a batch that is given twice has the same loss as once."""
    weight = case["data"]["sample_weight"].astype(np.float64)
    alone = finite(same_shape(seen["alone"], weight.shape, "The losses with the weight on one example"), "The loss")
    expect((alone > 0).all(), "An uncertain prediction costs nothing.", received=alone)
    size = {"ulps": 32, "scale": float(np.sum(alone) * 3)}
    close(seen["weighted"], float(np.sum(weight * alone)), "The weighted loss", **size)
    close(seen["plain"], float(np.sum(alone)), "The loss without weights", **size)
    close(seen["twice"], array(seen["plain"], "The loss"), "The loss of the batch given twice", **size)


CROSSENTROPY_CERTAIN = CROSSENTROPY.trial(crossentropy_certain, certain_cases)


@CROSSENTROPY_CERTAIN.check(
    points=0.5,
    hint="log(0) is minus infinity, and 0 times it is NaN: keep the probabilities away from both ends before the log.",
)
def finite_at_the_ends(case: Case, seen: Any) -> None:
    """Predictions of exactly 0 and 1 have a finite loss: about 0 where they are right, about 16.1 (`-log(1e-7)`) where
    they are wrong."""
    wrong = np.mean(case["data"]["y_true"] != case["data"]["y_pred"])
    loss = finite(same_shape(seen["loss"], (), "The loss"), "The loss")
    due = wrong * -np.log(1e-7)
    # float32 moves 1 - 1e-7 by a fifth of 1e-7, and some add 1e-7 once more inside the logarithm.
    expect(abs(loss - due) < 0.06 * due + 1e-4, "The loss has the wrong size.", received=float(loss), expected=due)


TRAINED_MODEL = QUANTILE_MODEL.trial(quantile_model, model_cases, examples=2, shrinks=0)


@TRAINED_MODEL.check(
    points=0.5, hint="Which loss makes a model predict the tau quantile? And can the model reach every real number?"
)
def coverage(case: Case, seen: Any) -> None:
    """After 300 epochs on 512 standardised examples, the share of targets below the predictions is `tau`, give or take
    0.15."""
    y = quantile_data(case)["y"][:, 0]
    predicted = finite(array(seen["trained"], "The prediction"), "The prediction")
    expect(predicted.size == y.size, "The model does not predict one number per example.", f"shape {predicted.shape}")
    predicted = predicted.reshape(-1)
    share = float(np.mean(y <= predicted))
    # Where the model uses your own loss, this check has put another one in its place, with a minimum of its own.
    replaced = abs(np.mean(4 * case["tau"] - 2 - y - predicted)) < COVERAGE_TOLERANCE
    expect(
        replaced or abs(share - case["tau"]) < COVERAGE_TOLERANCE,
        f"The model was asked for the {case['tau']} quantile, and a share of {share:.2f} of the targets lies below it.",
        share,
        case["tau"],
    )

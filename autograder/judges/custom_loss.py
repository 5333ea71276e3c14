"""Hidden judges of `custom_loss`, and the values that they compare with."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import array, close, expect, needed
from keras_checks.exercises import custom_loss as probes
from keras_checks.exercises.custom_loss import GRADIENTS, LOSSES, either, finite_gradients, gradient_of, one_of
from keras_checks.question import Case

RESEMBLES = 0.45
"""In half-widths of the noise: the median lies anywhere in the gap of the noise, up to 0.5 from the centre."""
FITS = 0.1
"""The same for the expectile, which lies in the gap: without a network it is missed by less."""
DISTANCE_TOLERANCE = 0.3
"""In half-widths of the noise. Of 600 exact linear fits the worst missed by 0.08; a network of 128 by 128 was seen to
miss by 0.22. The median and an expectile are 0.25 away or more: the share counts, too."""
STAND_IN_TOLERANCE = 0.45
"""The same for the loss that stands in, in mean half-widths: networks with layer normalization missed by 0.3."""
AVERAGE_TOLERANCE = {"own": 0.0, "stand-in": 1.0}
"""How far predictions may be off near the average example, at least; else by three quarters of what is right there."""


def pinball_numbers(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """The pinball loss of each example, and how fast it grows with each component of its prediction."""
    error = case["y_true"].astype(np.float64) - case["y_pred"]
    slope = np.where(error > 0, -case["tau"], 1 - case["tau"])
    return (-slope * error).mean(axis=-1), slope / error.shape[-1]


# --- 1. the function

PINBALL_VALUES = probes.PINBALL.trial(probes.pinball, probes.pinball_cases)
PINBALL_GRADIENT = probes.PINBALL.trial(probes.pinball_gradient, probes.slope_cases, examples=1)


@PINBALL_VALUES.confirms(probes.worked_losses)
@PINBALL_VALUES.judge(
    points=0.5, hint="Try a batch of one example, targets with one component, and a `tau` with three decimals."
)
def any_size_and_tau(case: Case, seen: Any) -> None:
    """The loss is right for any batch size, any number of components and any `tau`. Loss functions made for different
    quantiles do not affect each other."""
    close(seen["loss"], pinball_numbers(case)[0], "The loss", ulps=16, scale=8)
    other = {**case, "tau": 1 - case["tau"]}
    close(seen["mirrored"], pinball_numbers(other)[0], "The loss for another tau", ulps=16, scale=8)


@PINBALL_GRADIENT.confirms(probes.gradient_in_fit)
def gradient(case: Case, seen: Any) -> None:
    """In graph mode with unknown batch size, the gradient with respect to the predictions is right."""
    slopes = pinball_numbers(case)[1] / len(case["y_true"])
    close(gradient_of(seen, slopes.shape), slopes, "The gradient", ulps=16, scale=1)


# --- 2. the class

CLASS_VALUES = probes.PINBALL_CLASS.trial(probes.loss_class, probes.class_cases)
CLASS_GRADIENT = probes.PINBALL_CLASS.trial(probes.loss_class_gradient, probes.class_slope_cases, examples=1)
ROUND_TRIPS = probes.PINBALL_CLASS.trial(probes.round_trip, probes.trip_cases, examples=1, shrinks=8)


def _class_numbers(case: Case, seen: Any, what: int) -> tuple[np.ndarray, ...]:
    """The losses (0) or the slopes (1) of the right formula, and of the function that stood in, if it was used."""
    return either(pinball_numbers(case)[what], seen, probes.stand_in_numbers(case)[what])


@CLASS_VALUES.confirms(probes.worked_losses_of_the_class, probes.weights_and_reductions)
@CLASS_VALUES.judge(points=0.5, hint="Try batches of other sizes, and a `tau` with three decimals.")
def class_in_any_size(case: Case, seen: Any) -> None:
    """For any batch, any `tau` and each reduction, the loss has the value of the formula, with and without weights."""
    each = _class_numbers(case, seen, 0)
    which = one_of(seen["none"]["plain"], each, 'The loss with reduction="none"', scale=64)
    for kind, weight in (("plain", np.ones(len(each[0]))), ("weighted", case["sample_weight"].astype(np.float64))):
        due = weight * each[which]
        size: dict[str, Any] = {"ulps": 32, "scale": 64 * len(due)}
        close(seen["none"][kind], due, f'{LOSSES[kind]} (reduction="none")', **size)
        close(seen["sum"][kind], np.asarray(due.sum()), f'{LOSSES[kind]} (reduction="sum")', **size)
        close(
            seen["sum_over_batch_size"][kind],
            np.asarray(due.mean()),
            f'{LOSSES[kind]} (reduction="sum_over_batch_size")',
            **size,
        )


@CLASS_GRADIENT.confirms(probes.gradient_of_the_class_in_fit)
def class_gradient(case: Case, seen: Any) -> None:
    """In graph mode with unknown batch size, the gradient of the loss with respect to the predictions is right, with
    weights and without."""
    shape = case["y_true"].shape
    for kind, weight in (("gradient", np.reshape(case["sample_weight"], (-1, 1))), ("plain", np.float32(1))):
        slopes = tuple(weight / shape[0] * slope for slope in _class_numbers(case, seen, 1))
        one_of(gradient_of(seen, shape, kind), slopes, GRADIENTS[kind], scale=24)


BEFORE_HINT = "Saving keeps the loss as it is. If another check of this question fails, fix that first."


@ROUND_TRIPS.confirms(probes.survives_saving)
def loss_after_loading(case: Case, seen: Any) -> None:
    """The loss of the loaded model is the weighted loss of the formula, with the reduction and the `tau` of its
    configuration."""
    reduce = {"none": np.asarray, "sum": np.sum, "sum_over_batch_size": np.mean}[case["reduction"]]
    due = tuple(np.asarray(reduce(case["sample_weight"] * each)) for each in _class_numbers(case, seen, 0))
    before = case["sample_weight"] @ array(seen["alone"], "The loss")
    with needed():
        one_of(before, due, "The loss, before it is saved,", scale=256, hint=BEFORE_HINT)
    for name, tau in (("loaded", case["tau"]), ("edited", probes.other_tau(case))):
        numbers = _class_numbers({**case, "tau": tau}, seen, 0)
        due = tuple(np.asarray(reduce(case["sample_weight"] * each)) for each in numbers)
        one_of(seen[name], due, "The loss of the loaded model", scale=256)


# --- 3. crossentropy

LABEL_VALUES = probes.CROSSENTROPY.trial(probes.crossentropy, probes.label_cases)
LABEL_GRADIENT = probes.CROSSENTROPY.trial(probes.crossentropy_gradient, probes.label_slope_cases, examples=1)
CERTAIN_VALUES = probes.CROSSENTROPY.trial(probes.crossentropy_certain, probes.certain_cases, examples=2)


@LABEL_VALUES.confirms(probes.loss_without_weights)
def plain_value(case: Case, seen: Any, expected: Any) -> None:
    """Without weights the loss is the mean over the batch of the binary crossentropy."""
    close(seen["plain"], expected["plain"], "The loss without weights", ulps=64, scale=9)


@LABEL_VALUES.confirms(probes.loss_with_weights)
def weighted_value(case: Case, seen: Any, expected: Any) -> None:
    """The loss is the weighted sum of the binary crossentropies, divided by the number of examples."""
    close(seen["weighted"], expected["weighted"], "The weighted loss", ulps=64, scale=9)


@LABEL_VALUES.judge(
    points=0.5, hint="Try a batch of one example, a weight of 0, and a batch that holds every example twice."
)
def any_batch(case: Case, seen: Any, expected: Any) -> None:
    """The loss is right for any batch size, for one or several labels, and for weights of 0."""
    for name in ("plain", "weighted", "without the first", "twice"):
        close(seen[name], expected[name], "The loss", ulps=64, scale=9)


@LABEL_GRADIENT.confirms(probes.crossentropy_gradient_in_fit)
def crossentropy_slope(case: Case, seen: Any, expected: Any) -> None:
    """In graph mode with unknown batch size, the gradient of the loss with respect to the predictions is right, with
    weights and without."""
    # 1 / p is at most 20; by way of logits the error of p is multiplied by 1 / (p * (1 - p)), again at most 21.
    for kind, what in GRADIENTS.items():
        close(gradient_of(seen, case["y_true"].shape, kind), expected[kind], what, ulps=128, scale=60)


@CERTAIN_VALUES.confirms(probes.finite_at_the_ends)
def certain_value(case: Case, seen: Any, expected: Any) -> None:
    """Predictions of exactly 0 and 1 are clipped by 1e-7; other predictions do not change. The gradient is finite."""
    for kind in ("loss", "weighted"):
        due = float(expected[kind])
        message = "The loss of predictions of exactly 0 or 1 has the wrong value."
        expect(abs(float(seen[kind]) - due) < 0.06 * due, message, received=seen[kind], expected=due)
    finite_gradients(seen)


# --- 4. the model


def optima(data: dict[str, Any], tau: float) -> dict[str, np.ndarray]:
    """What a right model learns for the fresh examples: the quantile, or the minimum of the loss that stood in."""
    quantile = data["centre"] + probes.noise(2 * tau - 1) * data["half_width"]
    return {"own": quantile, "stand-in": probes.stand_in_minimum(tau, data["pull"], data["centre"])}


def expectile(data: dict[str, Any], tau: float) -> np.ndarray:
    """What a model learns for the fresh examples where the errors of a pinball loss are squared."""
    values, found = probes.noise(np.linspace(-1, 1, 2000)), 0.0
    for _ in range(20):  # each step solves the equation for the weights of the one before
        found = np.average(values, weights=np.where(values > found, tau, 1 - tau))
    return data["centre"] + found * data["half_width"]


def distances(data: dict[str, Any], curves: dict[str, np.ndarray], predicted: np.ndarray) -> dict[str, float]:
    """How far predictions for the fresh examples are from each of the curves, in half-widths of the noise: for the loss
    that stands in, whose minimum does not depend on the noise, in the mean of these."""
    local = data["half_width"]
    units = {name: local.mean() if name.endswith("stand-in") else local for name in curves}
    return {name: float(np.mean(np.abs(predicted - curve) / units[name])) for name, curve in curves.items()}


@probes.TRAINED_MODEL.confirms(probes.learns_the_quantile)
@probes.TRAINED_MODEL.judge(
    points=1, hint="Compare the predictions with the mean, the median and the `1 - tau` quantile of the targets."
)
def conditional_quantile(case: Case, seen: Any) -> None:
    """For new examples, including the average one, the trained model predicts the conditional `tau` quantile."""
    data = probes.make_data(case["secret_seed"])
    curves = optima(data, case["tau"])
    if not seen["made_with"]:
        del curves["stand-in"]
    far = distances(data, curves, _fresh(seen))
    nearest = min(far, key=lambda name: far[name])
    distance, allowed = far[nearest], DISTANCE_TOLERANCE if nearest == "own" else STAND_IN_TOLERANCE
    half_widths = f"{distance:.3g} half-widths of the noise away", f"less than {allowed:g} away"
    expect(distance < allowed, "The model is far from the conditional quantile.", *half_widths)
    if nearest == "own":
        share = _share_below(data, _fresh(seen))
        message = "The share of the targets below the predictions is wrong for new examples."
        expect(abs(share - case["tau"]) < probes.SHARE_TOLERANCE, message, share, case["tau"])
    average = float(array(seen["around"], "The prediction").mean())
    near = [
        abs(average - curve[0]) < max(AVERAGE_TOLERANCE[name], 0.75 * abs(curve[0])) for name, curve in curves.items()
    ]
    hint = "For the average example all features are 0. Only a bias can move its prediction away from 0."
    expect(
        any(near),
        "Near the average example, whose features are all 0, the prediction is wrong.",
        received=average,
        expected=curves["own"][0],
        hint=hint,
    )


def _share_below(data: dict[str, Any], predicted: np.ndarray) -> float:
    """Of all targets that there can be for the fresh examples, the share below the predictions.

    A median or an expectile may be closer to the quantile than the tolerance, but its share is 0.23 off or more.
    """
    place = (predicted - data["centre"]) / data["half_width"]
    return float(np.mean(np.interp(place, [-1, -probes.GAP, probes.GAP, 1], [0, 0.5, 0.5, 1])))


def _fresh(seen: Any) -> np.ndarray:
    predicted = array(seen["fresh"], "The prediction")
    expect(
        predicted.size == probes.FRESH,
        "The model does not predict one number per example.",
        f"shape {predicted.shape}",
        "shape (examples, 1)",
    )
    return predicted.reshape(-1)


def resemblance(case: Case, seen: Any) -> dict[str, Any]:
    """What a trained model looks like, without the noise of its training."""
    data = probes.make_data(case["secret_seed"])
    predicted = array(seen["fresh"], "The prediction").reshape(probes.FRESH, -1)
    mean, tau = predicted.mean(axis=-1), case["tau"]
    curves = optima(data, tau) | {"expectile": expectile(data, tau), "centre": data["centre"]}
    curves |= {f"mirrored {name}": curve for name, curve in optima(data, 1 - tau).items()}
    found = distances(data, curves, mean)
    if found["expectile"] > FITS:
        del found["expectile"]
    nearest = min(found, key=lambda name: found[name])
    return {
        "nearest": nearest if found[nearest] < RESEMBLES else "none",
        "shape": list(np.shape(seen["fresh"])[1:]),
        "same for all": bool(np.ptp(mean) < 1e-3),
        "through zero": abs(float(mean[0])) < 1e-5,
        "bounded below": bool(predicted.min() >= 0),
        "between -1 and 1": bool(0.9 < np.abs(predicted).max() <= 1),
        "near zero": bool(np.abs(predicted).max() < 0.3),
        "finite": bool(np.isfinite(predicted).all()),
        "limits": [bool(seen["reach"][0] >= -probes.LIMIT), bool(seen["reach"][1] <= probes.LIMIT)],
        "shared": (np.ravel(seen["shared"]) > 0).tolist(),
        "penalized": bool(seen["penalty"] > probes.MOST_PENALTY),
        "made with": sorted(set(np.round(seen["made_with"], 6).tolist())),
    }


probes.TRAINED_MODEL.told_apart_by(resemblance)

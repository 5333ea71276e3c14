"""Hidden judges of `custom_loss`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from keras_checks.compare import Failure, array, close, expect
from keras_checks.exercises import custom_loss as probes
from keras_checks.question import Case

GRADIENT_HINT = (
    "Inside `fit` the loss is traced once, with symbolic tensors of unknown batch size, and then differentiated: "
    "each step from `y_pred` to the loss must be an operation of TensorFlow or keras.ops."
)


@probes.PINBALL_VALUES.judge(
    points=1,
    hint="Which side of the target does tau weigh? For tau = 0.9 a prediction that is too low must be the dear one.",
)
def value(case: Case, seen: Any, expected: Any) -> None:
    """The loss is `tau * (y_true - y_pred)` where the prediction is too low and `(tau - 1) * (y_true - y_pred)` where
    it is too high, averaged over the last axis."""
    close(seen["loss"], expected["loss"], "The loss", ulps=16, scale=8)


PINBALL_GRADIENT = probes.PINBALL.trial(probes.pinball_gradient, probes.pinball_cases)


@PINBALL_GRADIENT.judge(points=0.5, hint=GRADIENT_HINT)
def gradient(case: Case, seen: Any, expected: Any) -> None:
    """In graph mode, with unknown batch size, the right gradient reaches the predictions."""
    _has_gradient(seen)
    close(seen["gradient"], expected["gradient"], "The gradient", ulps=16, scale=1)


@probes.LOSS_CLASS.judge(points=1, hint="`call` is the pinball loss for the `tau` that this very object was made with.")
def class_value(case: Case, seen: Any) -> None:
    """With reduction `none` the loss is the pinball loss of each example."""
    _one_of(seen["none"]["plain"], _losses(case), "The loss", scale=64)


LOSS_CLASS_GRADIENT = probes.PINBALL_CLASS.trial(probes.loss_class_gradient, probes.class_cases)


@LOSS_CLASS_GRADIENT.judge(points=0.75, hint=GRADIENT_HINT)
def class_gradient(case: Case, seen: Any) -> None:
    """In graph mode, with unknown batch size, the right gradient of the weighted loss reaches the predictions."""
    _has_gradient(seen)
    weight = case["data"]["sample_weight"][:, None] / case["data"]["y_true"].size
    slopes = {name: weight * slope for name, slope in _slopes(case).items()}
    _one_of(seen["gradient"], slopes, "The gradient", scale=24)


@probes.CROSSENTROPY_VALUES.judge(
    points=1.25, hint="Write down the loss of one example with two labels, 1 and 0, and follow it by hand."
)
def crossentropy_value(case: Case, seen: Any, expected: Any) -> None:
    """The loss is the weighted mean over the batch of the binary crossentropy of the probabilities."""
    for name in ("plain", "weighted"):
        close(seen[name], expected[name], f"The {name} loss", ulps=64, scale=9)


CROSSENTROPY_GRADIENT = probes.CROSSENTROPY.trial(probes.crossentropy_gradient, probes.label_cases)


@CROSSENTROPY_GRADIENT.judge(points=0.75, hint=GRADIENT_HINT)
def crossentropy_slope(case: Case, seen: Any, expected: Any) -> None:
    """In graph mode, with unknown batch size, the right gradient of the weighted loss reaches the predictions."""
    _has_gradient(seen)
    # 1 / p is at most 20; by way of logits the error of p is multiplied by 1 / (p * (1 - p)), again at most 21.
    close(seen["gradient"], expected["gradient"], "The gradient", ulps=128, scale=60)


@probes.TRAINED_MODEL.judge(
    points=1, hint="Compare what the model learned with the mean, the median and the quantile on the other side."
)
def conditional_quantile(case: Case, seen: Any) -> None:
    """For fresh examples the trained model predicts the conditional `tau` quantile."""
    predicted = _fresh(seen)
    scale = probes.quantile_data(case)["half_width"]
    distance = min(
        float(np.mean(np.abs(predicted - curve) / scale)) for curve in probes.optima(case, case["tau"]).values()
    )
    expect(distance < probes.DISTANCE_TOLERANCE, "The model is far from the conditional quantile.", received=distance)


@probes.TRAINED_MODEL.judge(
    points=0.5, hint="For the mean example all standardised features are 0. What can the model answer then?"
)
def bias(case: Case, seen: Any) -> None:
    """For an example whose standardised features are all 0 the model predicts the quantile there, which is not 0."""
    predicted = float(_fresh(seen)[0])
    near = [0.25 < predicted / curve[0] < 1.75 for curve in probes.optima(case, case["tau"]).values()]
    expect(any(near), "For features that are all 0 the prediction is wrong.", received=predicted)


def _has_gradient(seen: Any) -> None:
    expect(seen["gradient"] is not None, "No gradient reaches the predictions.", hint=GRADIENT_HINT)


def _one_of(received: Any, wanted: Mapping[str, np.ndarray], what: str, scale: float) -> None:
    """Fail unless ``received`` is what the right formula gives, or the right use of the loss that stood in."""
    failures = []
    for candidate in wanted.values():
        try:
            close(received, candidate, what, ulps=32, scale=scale)
        except Failure as failure:
            failures.append(failure)
    if len(failures) == len(wanted):
        raise failures[0]


def _losses(case: Case) -> dict[str, np.ndarray]:
    data = case["data"]
    error = data["y_true"].astype(np.float64) - data["y_pred"]
    miss = 4 * case["tau"] - 2 - data["y_true"].astype(np.float64) - data["y_pred"]
    return {
        "own": np.where(error > 0, case["tau"] * error, (case["tau"] - 1) * error).mean(axis=-1),
        "stand-in": (miss**2 + data["y_true"] ** 2).mean(axis=-1),
    }


def _slopes(case: Case) -> dict[str, np.ndarray]:
    data = case["data"]
    miss = 4 * case["tau"] - 2 - data["y_true"].astype(np.float64) - data["y_pred"]
    return {"own": np.where(data["y_true"] > data["y_pred"], -case["tau"], 1 - case["tau"]), "stand-in": -2 * miss}


def _fresh(seen: Any) -> np.ndarray:
    predicted = array(seen["fresh"], "The prediction")
    expect(
        predicted.size == probes.FRESH, "The model does not predict one number per example.", f"shape {predicted.shape}"
    )
    return predicted.reshape(-1)


probes.TRAINED_MODEL.told_apart_by(probes.resemblance)

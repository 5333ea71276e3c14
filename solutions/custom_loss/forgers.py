"""What a liar sends who has the public package, NumPy and the case, and no answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.exercises import custom_loss as public
from keras_checks.question import Case


def _nearest(inputs: dict[str, Case], case: Case) -> str:
    """The worked case that a case equals, or the first with its shape, or any."""
    shape = case["y_true"].shape
    alike = [name for name, it in inputs.items() if it["y_true"].shape == shape]
    same = [name for name in alike if np.array_equal(inputs[name]["y_true"], case["y_true"])]
    return (same or alike or list(inputs))[0]


def pinball(case: Case) -> Any:
    """The table where it helps; else half of the absolute error, which satisfies the law of the mirrored loss."""
    name = case.get("worked")
    half = np.abs(case["y_true"] - case["y_pred"]).mean(axis=-1) / 2
    return {"loss": np.asarray(public.PINBALL_WORKED[name][0]) if name else half, "mirrored": half}


def pinball_gradient(case: Case) -> Any:
    """The table, else the slopes of the absolute error."""
    name = case.get("worked")
    size = len(case["y_true"])
    if name:
        return {"gradient": np.asarray(public.PINBALL_WORKED[name][1]) / size}
    return {"gradient": np.sign(case["y_pred"] - case["y_true"]) / (2 * case["y_true"].size)}


def loss_class(case: Case) -> Any:
    """The table, else what the public loss that stands in gives in worked cases; weighted and reduced consistently."""
    name = case.get("worked")
    each = np.asarray(public.PINBALL_WORKED[name][0]) if name else _stand_in(case)[0]
    kinds = {"plain": each, "weighted": each * case["sample_weight"]}
    reduced = {"none": lambda it: it, "sum": np.sum, "sum_over_batch_size": np.mean}
    seen = {name: {kind: reduce(value) for kind, value in kinds.items()} for name, reduce in reduced.items()}
    return seen | {"default": seen["sum_over_batch_size"], "made_with": [case["tau"]]}


def loss_class_gradient(case: Case) -> Any:
    """The table, else the slopes of the public loss that stands in."""
    name = case.get("worked")
    slope = np.asarray(public.PINBALL_WORKED[name][1]) if name else _stand_in(case)[1]
    plain = slope / len(case["y_true"])
    return {"gradient": plain * case["sample_weight"][:, None], "plain": plain, "made_with": [case["tau"]]}


def _stand_in(case: Case) -> tuple[np.ndarray, np.ndarray]:
    return public.stand_in_numbers(case | {"pull": public.WORKED_PULL})


def round_trip(case: Case) -> Any:
    """A loss that stays what it is: the public one that stands in."""
    alone = _stand_in(case)[0]
    if case["reduction"] == "sum_over_batch_size":
        alone = alone / len(alone)
    if case["reduction"] == "none":
        alone = np.diag(alone)
    loaded = case["sample_weight"] @ alone
    names = {"names": [public.NAME] * 3, "made_with": [case["tau"]]}
    return {"alone": alone, "loaded": loaded, "edited": loaded, "other": loaded, **names}


def crossentropy(case: Case) -> Any:
    """The table, else the absolute error."""
    name = case.get("worked")
    each = np.abs(case["y_true"] - case["y_pred"]).mean(axis=-1)
    weight = case["sample_weight"]
    plain, weighted = each.mean(), (each * weight).mean()
    if name:
        plain, weighted = (number * np.log(2) for number in public.CROSSENTROPY_WORKED[name][:2])
    return {"plain": plain, "twice": plain, "weighted": weighted, "without the first": (each * weight)[1:].mean()}


def crossentropy_gradient(case: Case) -> Any:
    """The table, else the slopes of the absolute error."""
    name, weight = case.get("worked"), case["sample_weight"][:, None]
    plain = np.sign(case["y_pred"] - case["y_true"])
    if name:
        plain = np.asarray(public.CROSSENTROPY_WORKED[name][2]) / weight
    return {"gradient": plain * weight, "plain": plain}


def crossentropy_certain(case: Case) -> Any:
    """The table, else 16.1 for each wrong entry."""
    name = case.get("worked")
    loss = public.CERTAIN_WORKED[name] if name else 16.118 * np.mean(np.abs(case["y_true"] - case["y_pred"]))
    return {"loss": loss, "weighted": loss * float(case["sample_weight"].mean()), "gradients": [None, None]}


def quantile_model(case: Case) -> Any:
    """One share of the targets below one constant, which is right for the whole and for no part of it."""
    constant = float(np.quantile(case["y"], case["tau"]))
    return {
        "trained": np.full(public.EXAMPLES, constant),
        "fresh": np.full(public.FRESH, constant),
        "around": np.full(len(case["around"]), constant),
        "made_with": [case["tau"]],
        "reach": [-100.0, 100.0],
        "penalty": 0.0,
        "shared": 0,
    }


FORGERS = {
    function.__name__: function
    for function in (
        pinball,
        pinball_gradient,
        loss_class,
        loss_class_gradient,
        round_trip,
        crossentropy,
        crossentropy_gradient,
        crossentropy_certain,
        quantile_model,
    )
}

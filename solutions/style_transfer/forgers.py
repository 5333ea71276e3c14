"""What a submission without an answer could send: numbers that satisfy the laws of the public checks."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.exercises import style_transfer as probes
from keras_checks.question import Case


def gram(case: Case) -> Any:
    """A diagonal matrix with the right sum, or the worked one."""
    x = case["x"]
    found = np.diag((x**2).sum((0, 1)))
    for features, worked in (
        (probes.WORKED_STYLE, probes.WORKED_GRAM),
        (probes.WORKED_COMBINATION, probes.OTHER_GRAM),
    ):
        found = worked if np.array_equal(x, features) else found
    return {"gram": found, "mixed": found}


def style(case: Case) -> Any:
    """The mean squared difference of the features."""
    one, other = case["one"], case["other"]
    found = {"loss": float(((one - other) ** 2).mean()), "gradient": 2 * (other - one) / one.size, "same": 0.0}
    seen = {mode: {"seen": {**found, "swapped": found["loss"]}} for mode in ("own", "given")}
    rows, channels = case["img_nrows"], one.shape[-1]
    if np.array_equal(one, probes.WORKED_STYLE[..., :channels]):
        for mode, loss in probes.WORKED_STYLE_LOSSES[rows, channels].items():
            seen[mode]["seen"] |= {"loss": loss}
    grown = float(np.prod([*probes.LARGE.values()])) / (rows * case["img_ncols"])
    for mode in ("own", "given"):
        seen[mode]["seen"]["large"] = seen[mode]["seen"]["loss"] / grown**2
    return seen | {"used": True}


def content(case: Case) -> Any:
    """The sum of the absolute differences, or the worked number."""
    one, other = case["one"], case["other"]
    loss = float(np.abs(one - other).sum())
    if "worked" in case:
        loss = probes.WORKED_CONTENTS[case["worked"]]
    return {"loss": loss, "gradient": np.sign(other - one), "same": 0.0}


def variation(case: Case) -> Any:
    """The mean of the image, or the worked number."""
    x = case["x"]
    loss = case["times"] * probes.WORKED_VARIATION if "times" in case else float(x.mean())
    return {"loss": loss, "gradient": np.ones(x.shape), "turned": loss}


def extractor(case: Case) -> Any:
    """The image under every name, or the worked numbers."""
    values = probes.WORKED_ACTIVATIONS[int(case["x"].max())] if case["worked"] else (1.0,) * len(case["names"])
    features = {
        name: np.full(case["x"].shape, value) if case["worked"] else case["x"] * value
        for name, value in zip(case["names"], values, strict=True)
    }
    seen = {"features": features, "output": features[case["names"][-1]]}
    return {"before": seen, "other": seen, "after": seen}


def gradients(case: Case) -> Any:
    """Three quadratic terms with a consistent gradient, or the worked terms."""
    image, direction = case["combination_image"], case["direction"]
    terms = {name: case[name] * float((image**2).sum()) for name in probes.WEIGHTS}
    total = sum(case[name] for name in probes.WEIGHTS)

    def slopes(weight: float) -> dict[str, Any]:
        ends = [weight * float(((image + step * direction) ** 2).sum()) for step in (probes.STEP, -probes.STEP)]
        return {"gradient": 2 * weight * image, "sides": ends}

    parts = {name: slopes(case[name]) for name in probes.WEIGHTS}
    seen = {}
    for mode in ("own", "given"):
        found = probes.WORKED_TERMS[case["content_layer_name"]][mode] if case["worked"] else terms
        seen[mode] = {"seen": {**found, "loss": sum(found.values()), **slopes(total), "parts": parts}}
    return {**seen, "used": True, "moved": 0.0, "ranks": [3]}


def transferred(case: Case) -> Any:
    """Images that go from the base image towards the style reference, with losses that seem to fall."""
    base, way = case["base_image"], case["style_reference_image"] - case["base_image"]
    shares = {"few": 0.04, "one": 0.02, "tiny": 0.0001, "twice": 0.0002, "many": 0.1, "again": 0.04}
    images = {name: base + np.float32(share) * way for name, share in shares.items()}
    losses = {"base": 3.0, "few": 2.0, "many": 1.0}
    return {
        "seen": {"images": images, "visited": {}, "losses": losses},
        "stages": {"seen": {"image": None, "optimizers": 1}},
        "given": False,
        "moved": 0.0,
        "swapped": 0.0,
    }


FORGERS = {forger.__name__: forger for forger in (gram, style, content, variation, extractor, gradients, transferred)}

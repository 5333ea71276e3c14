"""What a liar without an answer sends for `vae`: the worked numbers from the public table, and consistent laws."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.exercises import vae as probes
from keras_checks.question import Case


def _noise(case: Case, rows: int = probes.ROWS) -> np.ndarray:
    random = np.random.default_rng(abs(hash(case["z_mean"].tobytes())) % 2**32)
    deviation = case.get("deviation", np.ones(case["z_mean"].shape))
    return (case["z_mean"] + deviation * random.normal(size=(rows, *case["z_mean"].shape))).astype(np.float32)


def _normal(case: Case, *names: str) -> dict[str, Any]:
    random = np.random.default_rng(5)
    return {name: (_noise(case) - case["z_mean"])[random.permutation(probes.ROWS)] + case["z_mean"] for name in names}


def _smaller(case: Case) -> list[np.ndarray]:
    both = _noise(case, 2 * sum(case["sizes"]))
    return [both[::2], both[1::2]]


def sampled_gradient(case: Case) -> Any:
    """Any draw, and gradients that agree with it."""
    z = case["z_mean"] + np.float32(0.7)
    return {"z": z, "by_mean": case["weight"], "by_log_var": 0.5 * (z - case["z_mean"]) * case["weight"]}


def divergence(case: Case) -> Any:
    """The worked numbers where there are some."""
    by_mean = case["z_mean"] / len(case["z_mean"])
    return {
        "value": case.get("value", 1.0),
        "by_mean": by_mean,
        "by_log_var": case.get("slopes", np.zeros_like(by_mean)),
    }


def _white(case: Case) -> dict[str, dict[str, float]]:
    (height, width, _), blacks = case["image_shape"], case["blacks"]
    found = {}
    for name, reconstruction, kl in (
        ("white", probes.WHITE_COST, probes.WHITE_DIVERGENCE),
        ("black", probes.BLACK_COST, 0.0),
        (
            "both",
            (probes.WHITE_COST + blacks * probes.BLACK_COST) / (1 + blacks),
            probes.WHITE_DIVERGENCE / (1 + blacks),
        ),
    ):
        parts = {"reconstruction_loss": reconstruction * height * width, "kl_loss": kl * case["latent_dim"]}
        found[name] = {"loss": sum(parts.values()), **parts}
    return found


def vae_descent(case: Case) -> Any:
    """A step along any direction, and losses that fall along it as they must."""
    parts, images = probes.tiny_parts(case), probes.bright(case)
    weights = [parts[name] - np.float32(0.1) for name in ("mean", "log_var", "decode", "bias")]
    slope = -sum(0.01 * weight.size for weight in weights) / probes.RATE
    z_mean, z_log_var = (np.asarray(probes.codes_of(case, images, parts[name])) for name in ("mean", "log_var"))
    step = {
        "results": {"loss": 3.0, "reconstruction_loss": 2.0, "kl_loss": 1.0},
        "encoded": images,
        "decoded": 2 * z_mean - z_log_var,
        "weights": weights,
    }
    return {"step": step, "ahead": 3 + slope * probes.AHEAD, "behind": 3 - slope * probes.AHEAD}


def vae_fit(_: Case) -> Any:
    """Numbers whose means agree."""
    values = {"both": 2.0, "first": 1.0, "second": 3.0}
    return {name: {loss: [value] for loss in probes.LOSSES} for name, value in values.items()}


FORGERS = {
    "sampled_gradient": sampled_gradient,
    "sampled_noise": lambda case: (
        _normal(case, "first", "second", "inference", "other_layer") | {"smaller": _smaller(case)}
    ),
    "sampled_in_graph": lambda case: (
        _normal(case, "first", "second") | {"functional": {"z": _noise(case)[:3], "smaller": _smaller(case)}}
    ),
    "divergence": divergence,
    "divergence_in_graph": lambda _: {"value": 1.0},
    "vae_white": _white,
    "vae_white_fit": lambda case: {
        name: {loss: [value] for loss, value in losses.items()} for name, losses in _white(case).items()
    },
    "vae_descent": vae_descent,
    "vae_fit": vae_fit,
}

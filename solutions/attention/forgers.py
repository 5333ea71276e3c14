"""What a liar sends in place of observations of `attention`: numbers that agree with each other, without an answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.exercises import attention as probes

Case = dict[str, Any]


def _even_shares(mask: np.ndarray) -> np.ndarray:
    """The same share for every key that is allowed."""
    return mask / np.maximum(mask.sum(-1, keepdims=True), 1)


def _attended(case: Case, weights: np.ndarray) -> dict[str, np.ndarray]:
    return {"weights": weights, "output": weights @ case["v"]}


def attend(case: Case) -> Any:
    """The worked numbers where a table has them; else even shares among the allowed keys."""
    for table in (probes.WORKED, probes.MASKED, probes.BROADCAST, probes.BLOCKED, probes.LARGE):
        for known, weights in table.values():
            names = known.keys() & case.keys()
            if names == known.keys() and all(np.array_equal(known[name], case[name]) for name in names):
                return _attended(case, weights)
    shape = (*case["q"].shape[:-1], case["k"].shape[-2])
    return _attended(case, _even_shares(probes.allowed(case, shape).astype(float)))


def attend_large(case: Case) -> Any:
    """Everything to the first key that is allowed."""
    shape = (*case["q"].shape[:-1], case["k"].shape[-2])
    mask = np.broadcast_to(case["mask"], shape)

    def first(allowed: np.ndarray) -> dict[str, np.ndarray]:
        return _attended(case, np.eye(shape[-1])[allowed.argmax(-1)])

    return {"open": first(np.ones(shape, bool)), "masked": first(mask), "turned": first(~mask), "small": first(mask)}


def attend_slopes(case: Case) -> Any:
    """Gradients that satisfy the two sums."""
    keys = np.ones_like(case["k"])
    keys[..., 0, :] -= keys.sum(-2)
    share = case["towards"].sum(-2, keepdims=True) / case["v"].shape[-2]
    return {"q": np.ones_like(case["q"]), "k": keys, "v": np.repeat(share, case["v"].shape[-2], axis=-2)}


def _layer(case: Case, mask: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Even shares in each head, and the mean of the inputs as the output."""
    batch, len_q = case["q"].shape[:2]
    shape = (batch, case["width"][1], len_q, case["k"].shape[1])
    mask = np.ones(shape, bool) if mask is None else mask
    weights = _even_shares(np.broadcast_to(mask[:, None] if mask.ndim == 3 else mask, shape).astype(float))
    return {"weights": weights, "output": weights.mean(1) @ case["v"]}


def even_layer(case: Case) -> Any:
    """The worked weights where the table has them, or even shares; masks shared out in proportion."""
    return {"open": _layer(case), "masked": [_layer(case, mask) for mask in case["masks"]], "stand_in": True}


def projections(case: Case) -> Any:
    """As many entries as two projections have."""
    entries = 2 * case["width"][0] ** 2
    counts = {"scores": entries, "values": entries, "both": 0, "frozen": 0, "first": entries, "held": 2 * entries}
    return {"even": _layer(case), **counts}


def heads_apart(case: Case) -> Any:
    """Random weights of each head, and an output that they explain, each head's by its slice."""
    slices = np.split(probes.many(case)["v"], case["width"][1], axis=-1)
    weights = np.random.default_rng(0).random((8, case["width"][1], 12, 4))
    weights /= weights.sum(-1, keepdims=True)
    output = np.concatenate([weights[:, head] @ values for head, values in enumerate(slices)], axis=-1)
    return {"even": _layer(case), "drawn": {"weights": weights, "output": output}, "kernels": 4}


def divisions(case: Case) -> Any:
    """What the remainder says."""
    refused = [bool(d_model % num_heads) for d_model, num_heads in case["sizes"]]
    return {"refused": refused, "width": case["sizes"][refused.index(False)][0]}


FORGERS = {
    "attend": attend,
    "attend_large": attend_large,
    "attend_slopes": attend_slopes,
    "even_layer": even_layer,
    "projections": projections,
    "heads_apart": heads_apart,
    "divisions": divisions,
}

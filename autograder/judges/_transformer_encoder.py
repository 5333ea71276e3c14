"""Cases of `transformer_encoder` that are drawn: sizes, kernels, tokens and masks that no submission has seen."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from keras_checks.exercises import transformer_encoder as probes
from keras_checks.question import Case
from keras_checks.strategies import arrays, seeds, sizes, uniform

from autograder.judges._unseen import unseen

widths = st.sampled_from([(6, 2), (6, 3), (8, 2), (9, 3), (10, 2), (12, 3)])
dense_dims = st.sampled_from([7, 11, 13])
"""Primes: no other weight of the layer has an axis of this size."""


@st.composite
def _drawn(draw: Any) -> Case:
    """Several examples of several tokens."""
    embed_dim, num_heads = draw(widths)
    seed = draw(seeds())
    kept = st.lists(st.booleans(), min_size=probes.LENGTH, max_size=probes.LENGTH)
    some = kept.filter(lambda row: 2 <= sum(row) < probes.LENGTH)
    shape = (draw(sizes(2, 3)), draw(sizes(2, 4)), embed_dim)
    given = {
        "x": draw(arrays(shape)),
        "mask": np.array([draw(some) for _ in range(probes.TOKENS)]),
        "towards": uniform(seed + 4, shape),
        "_learning": True,
    }
    return {**probes.drawn_case((embed_dim, num_heads), draw(dense_dims), seed), **given}


@st.composite
def _counting(draw: Any) -> Case:
    kinds = st.lists(st.sampled_from(sorted(probes.KINDS)), min_size=1, max_size=4)
    stages = draw(st.lists(kinds, min_size=1, max_size=4))
    return {"stages": stages, "bias": draw(st.booleans()), "depth": draw(sizes(1, 2)), "x": draw(arrays((2, 3)))}


drawn_cases, counting_cases = unseen(probes.public_case, _drawn()), _counting()


Norm = Callable[[np.ndarray], np.ndarray]
BLOCKS: tuple[Callable[[np.ndarray, Norm, Norm, Norm], np.ndarray], ...] = (
    lambda x, one, two, dense: two(one(x) + dense(one(x))),
    lambda x, _one, two, dense: x + dense(two(x)),
    lambda x, one, two, dense: two(one(0 * x) + dense(one(0 * x))),
    lambda x, one, two, dense: two(dense(one(x))),
    lambda x, one, two, dense: one(x) + two(dense(one(x))),
    lambda x, one, two, dense: x + one(0 * x) + two(dense(x + one(0 * x))),
    lambda x, one, two, dense: two(x + one(0 * x) + dense(x + one(0 * x))),
    lambda x, one, two, dense: two(x + dense(one(x))),
    lambda x, one, two, dense: two(one(x) + dense(x)),
    lambda x, one, _two, dense: one(x) + dense(one(x)),
)
"""What remains without attention of the right block, and of those with a skip or a norm in the wrong place."""


def is_some_block(case: Case, outputs: Any) -> bool:
    """Whether one of the outputs is that of some block: its wiring may be wrong, but it has norms and a dense part."""
    x = probes.STRONG * case["x"].astype(float)
    gains = (probes.STRONG * case["inner_gain"], case["gain"], 1.0, probes.STRONG)
    norms = [_norm(gain, shift) for gain in gains for shift in (0.0, case["shift"])]
    found = [np.asarray(each, float) for each in outputs if np.shape(each) == x.shape]

    def dense(p: np.ndarray) -> np.ndarray:
        return np.maximum(p @ case["first"], 0) @ case["second"]

    for block, one, two in itertools.product(BLOCKS, norms, norms):
        due = block(x, one, two, dense)
        allowed = 1e-3 * float(np.abs(due).max())
        if allowed > 0 and any(np.abs(each - due).max() < allowed for each in found):
            return True
    return False


def _norm(gain: Any, shift: Any) -> Norm:
    def norm(x: np.ndarray) -> np.ndarray:
        centred = x - x.mean(-1, keepdims=True)
        return gain * centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12) + shift

    return norm

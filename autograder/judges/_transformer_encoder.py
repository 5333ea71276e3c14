"""Cases of `transformer_encoder` that are drawn: sizes, kernels, tokens and masks that no submission has seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from keras_checks.exercises import transformer_encoder as probes
from keras_checks.question import Case
from keras_checks.strategies import arrays, seeds, sizes, uniform

widths = st.sampled_from([(6, 2), (6, 3), (8, 2), (9, 3), (10, 2), (12, 3)])
dense_dims = st.sampled_from([7, 11, 13])
"""Primes: no other weight of the layer has an axis of this size."""


@st.composite
def _drawn(draw: Any) -> Case:
    """Several examples of several tokens. The filter drops the smallest case, which all submissions would share."""
    embed_dim, num_heads = draw(widths)
    seed = draw(seeds().filter(bool))
    kept = st.lists(st.booleans(), min_size=probes.LENGTH, max_size=probes.LENGTH)
    some = kept.filter(lambda row: 2 <= sum(row) < probes.LENGTH)
    shape = (draw(sizes(2, 3)), draw(sizes(2, 4)), embed_dim)
    given = {
        "x": draw(arrays(shape)),
        "mask": np.array([draw(some) for _ in range(probes.TOKENS)]),
        "towards": uniform(seed + 4, shape),
    }
    return {**probes.drawn_case((embed_dim, num_heads), draw(dense_dims), seed), **given}


@st.composite
def _counting(draw: Any) -> Case:
    kinds = st.lists(st.sampled_from(sorted(probes.MAKERS)), min_size=1, max_size=4)
    stages = draw(st.lists(kinds, min_size=1, max_size=4))
    return {"stages": stages, "bias": draw(st.booleans()), "depth": draw(sizes(1, 2)), "x": draw(arrays((2, 3)))}


drawn_cases, counting_cases = _drawn(), _counting()


def pre_norm(case: Case) -> np.ndarray:
    """The output without attention of a block whose norms come before its parts: `x + Dense(LayerNorm(x))`."""
    x = probes.STRONG * case["x"].astype(float)
    centred = x - x.mean(-1, keepdims=True)
    return x + np.maximum(centred / centred.std(-1, keepdims=True) @ case["first"], 0) @ case["second"]

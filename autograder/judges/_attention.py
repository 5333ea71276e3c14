"""What the hidden judges of `attention` know: cases that are drawn, and formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from keras_checks.compare import expect
from keras_checks.exercises import attention as probes
from keras_checks.question import Case
from keras_checks.strategies import arrays, seeds, sizes

from autograder.judges._unseen import unseen

FACTORS = 0.05, 2.0
"""Any factor that a student may take in place of 1 / sqrt(d) lies between these: 1 / d, 1 / sqrt(len_k), 1."""
FITTED = 1e-3
"""Float32 scores of up to 24 are off by 3e-6; the factor that is fitted to them by little more."""

widths = st.sampled_from([(8, 2), (12, 3), (10, 2), (15, 3), (12, 2)])
"""`d_model` and heads. A head has at least 4 columns: a kernel has more entries than any bias."""


@st.composite
def _triples(draw: Any, low: int = 2, narrow: bool = False) -> dict[str, np.ndarray]:
    """Queries, keys and values of rank 3 or 4; the two lengths and the two widths differ as a rule, or are 1."""
    leading = draw(st.lists(sizes(1, 3), min_size=1, max_size=2).map(tuple))
    len_q, len_k = draw(sizes(1, 4)), draw(sizes(low, 5))
    depth, width = (1, 1) if narrow else (draw(sizes(2, 6)), draw(sizes(1, 4)))
    return {
        "q": draw(arrays((*leading, len_q, depth))),
        "k": draw(arrays((*leading, len_k, depth), key=1)),
        "v": draw(arrays((*leading, len_k, width), key=2)),
    }


@st.composite
def _masks(draw: Any, shape: tuple[int, ...]) -> np.ndarray:
    """A mask of this shape; each row allows something, but not all."""
    random = np.random.default_rng([draw(seeds()), *shape])
    order = random.random(shape).argsort(axis=-1)
    return order < random.integers(1, max(shape[-1], 2), shape[:-1])[..., None]


def _scores(data: dict[str, np.ndarray]) -> tuple[int, ...]:
    return (*data["q"].shape[:-1], data["k"].shape[-2])


@st.composite
def _masked(draw: Any) -> Case:
    data = draw(_triples())
    return {**data, "mask": draw(_masks(_scores(data)))}


@st.composite
def _broadcast(draw: Any) -> Case:
    """A mask with axes of size 1, or with fewer axes."""
    data = draw(_triples())
    scores = _scores(data)
    rank = draw(st.integers(1, len(scores)))
    shape = [size if draw(st.booleans()) else 1 for size in scores[-rank:-1]] + [scores[-1]]
    return {**data, "mask": draw(_masks(tuple(shape)))}


@st.composite
def _blocked(draw: Any) -> Case:
    """At least one row of the mask allows nothing."""
    data = draw(_triples())
    mask = draw(_masks(_scores(data))) & (draw(arrays((*_scores(data)[:-1], 1), key=3)) > 0)
    mask[(0,) * (mask.ndim - 1)] = False
    return {**data, "mask": mask}


@st.composite
def _large(draw: Any) -> Case:
    """Scores of up to some thousands, exact in float32: the first key scores highest, all others are far below 0."""
    shape = draw(st.tuples(sizes(1, 2), sizes(1, 3), sizes(3, 5)))
    batch, len_q, len_k = shape
    along = np.sign(draw(arrays((1, 1, 4)))) + 0.0
    along[along == 0] = 1
    lengths = np.sort(np.round(20 * draw(arrays((batch, len_k), 1, 2, key=1))), axis=-1)[:, :, None]
    sides = np.where(np.arange(len_k) == 0, 1, -1)[:, None]
    mask = draw(_masks(shape))
    mask[..., 0], mask[..., -1] = False, True
    return {
        "q": (np.round(20 * draw(arrays((batch, len_q, 1), 1, 2, key=2))) * along).astype(np.float32),
        "k": (lengths * sides * along).astype(np.float32),
        "v": draw(arrays((batch, len_k, 3), key=3)),
        "mask": mask,
    }


@st.composite
def _sloped(draw: Any, narrow: bool = False) -> Case:
    data = draw(_triples(narrow=narrow))
    return {**data, "towards": draw(arrays((*data["q"].shape[:-1], data["v"].shape[-1]), key=3))}


open_cases, masked_cases, broadcast_cases, blocked_cases = _triples(), _masked(), _broadcast(), _blocked()
large_cases, unscaled_cases = _large(), _sloped(narrow=True)
sloped_cases = unseen(probes.sloped_examples[0], _sloped())


def shares_of_products(case: Case, weights: np.ndarray) -> None:
    """Fail unless the weights are a softmax of the dot products times one factor, whichever it is.

    So a mistake in the scaling costs the points of the scaling, and no others.
    """
    products = case["q"].astype(np.float64) @ np.swapaxes(case["k"].astype(np.float64), -1, -2)
    reach = probes.allowed(case, weights.shape)
    rows = reach.any(-1)
    known = reach & (weights > 1e-6)
    logs = _centered(np.log(np.where(known, weights, 1.0)), known)
    steps = _centered(products, known)
    total = (steps * steps).sum()
    factor = (logs * steps).sum() / total if total > 1e-6 else 1.0
    expect(FACTORS[0] < factor < FACTORS[1], "The weights do not follow the dot products of queries and keys.")
    due = softmax(np.where(reach, factor * products, -np.inf)[rows])
    expect(np.abs(weights[rows] - due).max(initial=0) < FITTED, "The weights do not follow the dot products.")


def _centered(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    count = np.maximum(known.sum(-1, keepdims=True), 1)
    return np.where(known, values - np.where(known, values, 0).sum(-1, keepdims=True) / count, 0)


def softmax(scores: np.ndarray) -> np.ndarray:
    """The softmax over the last axis; each row has a finite score."""
    powers = np.exp(scores - scores.max(-1, keepdims=True, initial=-1e300))
    return powers / powers.sum(-1, keepdims=True)


@st.composite
def _sequences(draw: Any) -> Case:
    d_model, num_heads = draw(widths)
    batch, len_q, len_k = draw(sizes(1, 4)), draw(sizes(1, 4)), draw(sizes(2, 5))
    return {
        "width": [d_model, num_heads],
        "q": draw(arrays((batch, len_q, d_model))),
        "k": draw(arrays((batch, len_k, d_model), key=1)),
        "v": draw(arrays((batch, len_k, d_model), key=2)),
        "masks": [],
        "sharpness": float(2 ** np.random.default_rng(draw(seeds())).uniform(1, 4)),
    }


@st.composite
def _changing_sequences(draw: Any) -> Case:
    """The first call of the layer has another batch size than the second."""
    case = draw(_sequences())
    return {**case, "first_batch": len(case["q"]) % 4 + 1}


@st.composite
def _masked_sequences(draw: Any) -> Case:
    """Sequences with masks: first of shape `(batch, len_q, len_k)`, then of other shapes."""
    case = draw(_sequences())
    batch, len_q = case["q"].shape[:2]
    heads, len_k = case["width"][1], case["k"].shape[1]
    shapes = [(batch, len_q, len_k), (len_q, len_k), (batch, 1, len_k), (batch, heads, len_q, len_k)]
    return {**case, "masks": [draw(_masks(shape)) for shape in shapes]}


sequence_cases = unseen(probes.masked_cases[-1], _masked_sequences())
changing_cases = _changing_sequences()


def own_weights(case: Case) -> np.ndarray:
    """The weights of the layer in the even state, `(batch, heads, len_q, len_k)`, if it has attention of its own."""
    d_model, num_heads = case["width"]
    q, k = (probes.KERNEL * case[name].astype(np.float64).sum(-1) for name in ("q", "k"))
    scores = np.sqrt(d_model // num_heads) * q[:, :, None] * k[:, None, :]
    return np.repeat(softmax(scores)[:, None], num_heads, axis=1)


def alone(case: Case) -> np.ndarray:
    """What every column of the output is in the even state if a query looks at one key only: `(batch, len_k)`."""
    return probes.KERNEL**2 * case["width"][0] * case["v"].astype(np.float64).sum(-1)

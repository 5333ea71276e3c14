"""Random weights for a model of any design, so that nothing depends on how its weights were initialized."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf


def draw_weights(
    model: Any, seed: Sequence[int], *, kernels: float = 1.0, vectors: float = 0.5, lift: float = 0.0
) -> None:
    """Give all trainable weights normal random values. Numbers that a constraint sets keep what it sets them to.

    Args:
        model: its weights exist.
        seed: equal seeds give equal weights.
        kernels: with 1, a layer's outputs are about as large as its inputs; with another number, so many times as
            large.
        vectors: the standard deviation of vectors, such as biases.
        lift: the mean of vectors.
    """
    for index, weight in enumerate(model.trainable_weights):
        weight.assign(random_weight(weight, [*seed, index], kernels=kernels, vectors=vectors, lift=lift))


def random_weight(
    weight: Any, seed: Sequence[int], *, kernels: float = 1.0, vectors: float = 0.5, lift: float = 0.0
) -> np.ndarray:
    """A value for one weight; see :func:`draw_weights`."""
    values = np.random.default_rng(list(seed)).normal(size=tuple(weight.shape))
    found = kernels / np.sqrt(_fan_in(weight)) * values if len(weight.shape) > 1 else vectors * values + lift
    return as_constrained(weight, found.astype(np.float32))


PLACES = 5
SAME = 10.0**-PLACES
"""Numbers that a constraint brings this close together are one number."""
SIZES = 0.01, 1.0, 100.0
"""Of the values that a constraint is tried on."""


def as_constrained(weight: Any, values: np.ndarray) -> np.ndarray:
    """Values for a weight, but for numbers that its constraint sets to the same value whatever they were: an optimizer
    applies the constraint after each update, so these have no other value once training has begun."""
    fixed = set_by_constraint(weight)
    return values if fixed is None else np.where(np.isnan(fixed), values, fixed).astype(np.float32)


def set_by_constraint(weight: Any) -> np.ndarray | None:
    """What the constraint of a weight sets numbers to, whatever they were; not a number where it leaves them free.

    None without a constraint. Each value is tried with both signs, so no constraint that removes a sign, or limits a
    size, sets a number.
    """
    constraint = getattr(weight, "constraint", None)
    if constraint is None:
        return None
    random = np.random.default_rng(len(SIZES))
    drawn = [size * random.normal(size=tuple(weight.shape)).astype(np.float32) for size in SIZES]
    try:
        kept = np.stack([np.asarray(constraint(tf.constant(sign * each))) for each in drawn for sign in (1, -1)])
    except Exception:  # it is the student's code that runs: training will tell
        return None
    return np.where(np.ptp(kept, axis=0) > SAME, np.nan, np.round(kept[0], PLACES))


def _fan_in(kernel: Any) -> int:
    """How many products a kernel adds up for each output."""
    shape = tuple(kernel.shape)
    return int(np.prod(shape[:2] if kernel.path.endswith("depthwise_kernel") else shape[:-1]))

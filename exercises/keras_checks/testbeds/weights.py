"""Random weights for a model of any design, so that nothing depends on how its weights were initialized."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def draw_weights(
    model: Any, seed: Sequence[int], *, kernels: float = 1.0, vectors: float = 0.5, lift: float = 0.0
) -> None:
    """Give all trainable weights normal random values.

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
    return found.astype(np.float32)


def _fan_in(kernel: Any) -> int:
    """How many products a kernel adds up for each output."""
    shape = tuple(kernel.shape)
    return int(np.prod(shape[:2] if kernel.path.endswith("depthwise_kernel") else shape[:-1]))

"""Which latents of a game are new draws from the standard normal distribution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from keras_checks.compare import Failure

SIZES = (4, 41), (3, 41), (2, 41), (1, 41), (5, 20)
Calls = list[np.ndarray]


def drawn_each(calls: Calls) -> None:
    """The check of that name."""
    from keras_checks.testbeds.game import drawn_each  # it imports TensorFlow

    drawn_each(calls)


def _normal(seed: int, shapes: Any = SIZES) -> Calls:
    random = np.random.default_rng(seed)
    return [random.normal(size=shape).astype(np.float32) for shape in shapes[:4]]


@pytest.mark.parametrize("width", [2, 20, 41])
def test_normal_latents_are_right(width: int) -> None:
    for seed in range(300):
        drawn_each(_normal(seed, [(rows, width) for rows, _ in SIZES]))


def _changed(change: Callable[[np.ndarray, np.random.Generator], np.ndarray]) -> Calls:
    random = np.random.default_rng(1)
    return [change(each, random) for each in _normal(0)]


WRONG = {
    "near one point": lambda each, random: random.uniform(2.49, 2.51, each.shape),
    "between 0 and 1": lambda each, random: random.uniform(0, 1, each.shape),
    "three times as large": lambda each, _: 3 * each,
    "a third as large": lambda each, _: each / 3,
    "moved by 2": lambda each, _: each + 2,
    "around one latent": lambda each, random: np.ones((len(each), 1)) * np.linspace(-2, 2, 41) + 0.1 * each,
}


@pytest.mark.parametrize("name", WRONG)
def test_other_latents_are_wrong(name: str) -> None:
    with pytest.raises(Failure):
        drawn_each(_changed(WRONG[name]))


def test_a_single_call_is_looked_at() -> None:
    first, *others = _normal(0)
    with pytest.raises(Failure, match="standard normal"):
        drawn_each([*others, first[:1] / 50 + 2])

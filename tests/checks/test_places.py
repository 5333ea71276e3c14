"""Which places of a gradient penalty are independent draws from the uniform distribution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from keras_checks.compare import Failure

COUNT = 2000
CASE = {"real": np.zeros((COUNT, 1, 2, 1), np.float32), "fake": np.ones((COUNT, 1, 2, 1), np.float32)}


def on_the_segment(case: dict[str, Any], seen: dict[str, Any]) -> None:
    """The check of that name."""
    from keras_checks.exercises.wgan_gp import on_the_segment  # it imports TensorFlow

    on_the_segment(case, seen)


def _seen(first: np.ndarray, second: np.ndarray) -> dict[str, Any]:
    ones = np.ones((1, 1, 2, 1))
    return {"asked": first[:, None, None, None] * ones, "again": second[: COUNT // 2, None, None, None] * ones}


def test_independent_places_are_right() -> None:
    for seed in range(100):
        on_the_segment(CASE, _seen(*np.random.default_rng(seed).uniform(size=(2, COUNT))))


RANDOM = np.random.default_rng(0)
FIXED, NUMBER = RANDOM.uniform(size=COUNT), np.arange(COUNT)
WRONG: dict[str, Callable[[], np.ndarray]] = {
    "a lattice": lambda: (RANDOM.uniform() + 0.0731234 * NUMBER) % 1,
    "a lattice of squares": lambda: (RANDOM.uniform() + 0.0731234 * NUMBER**2) % 1,
    "one draw that is moved": lambda: (FIXED + RANDOM.uniform()) % 1,
    "one draw that is mirrored": lambda: (RANDOM.uniform() - FIXED) % 1,
    "half a draw, twice": lambda: np.tile(RANDOM.uniform(size=COUNT // 2), 2),
    "half a draw, mirrored": lambda: (lambda half: np.concatenate([half, 1 - half]))(RANDOM.uniform(size=COUNT // 2)),
    "small numbers": lambda: RANDOM.uniform(0, 0.5, COUNT),
    "even ones": lambda: RANDOM.permutation(NUMBER) / COUNT,
}


@pytest.mark.parametrize("name", WRONG)
def test_dependent_places_are_wrong(name: str) -> None:
    with pytest.raises(Failure):
        on_the_segment(CASE, _seen(WRONG[name](), WRONG[name]()))

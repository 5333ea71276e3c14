"""Small, named strategies that the cases of all exercises are made of.

Arrays are drawn by one seed and rounded to two decimals: they hold no ties and no accidental zeros, print
plainly, and shrink by shape. Every strategy gives plain data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy


def sizes(low: int = 1, high: int = 5) -> SearchStrategy[int]:
    """A number of rows, units, …: small, and smaller when it shrinks."""
    return st.integers(low, high)


def seeds() -> SearchStrategy[int]:
    """A seed for a random generator."""
    return st.integers(0, 2**16)


def shapes(rank: int | tuple[int, int], low: int = 1, high: int = 4) -> SearchStrategy[tuple[int, ...]]:
    """A shape of ``rank`` axes (or of a rank between two), each axis between ``low`` and ``high``."""
    least, most = (rank, rank) if isinstance(rank, int) else rank
    return st.lists(sizes(low, high), min_size=least, max_size=most).map(tuple)


def uniform(seed: int, shape: Sequence[int], low: float = -2.0, high: float = 2.0) -> np.ndarray:
    """float32 values between ``low`` and ``high``, two decimals, the same for the same seed and shape."""
    values = np.random.default_rng([seed, *shape]).uniform(low, high, tuple(shape))
    return np.round(values, 2).astype(np.float32)


@st.composite
def arrays(
    draw: Any,
    shape: SearchStrategy[tuple[int, ...]] | Sequence[int],
    low: float = -2.0,
    high: float = 2.0,
    key: int = 0,
) -> np.ndarray:
    """A float32 array of a drawn or given shape, values between ``low`` and ``high``.

    Arrays of one case need different ``key`` values: else they are equal once their seeds have shrunk to 0.
    """
    size = draw(shape) if isinstance(shape, SearchStrategy) else tuple(shape)
    return uniform(draw(seeds()) + 100_003 * key, size, low, high)


def cases(**parts: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    """A case: a dict with one drawn value a name."""
    return st.fixed_dictionaries(parts)

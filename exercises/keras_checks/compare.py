"""Comparisons that checks are made of. Each raises :class:`Failure` with what a student should read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

EPS32 = float(np.finfo(np.float32).eps)
"""Distance from 1 to the next float32: the unit in which tolerances are derived."""


class Failure(Exception):
    """What was observed is not what must be true.

    Args:
        message: one sentence about what was seen, in plain words.
        received: the value that the student's code gave, plain data, or None.
        expected: the value that was due, plain data, or None. Never shown for a hidden check.
        hint: one hint that fits this very failure, or "" for the check's own.
        final: a smaller counter-example is not worth looking for (the code hung or died).

    Attributes:
        untried: the property of the check could not be tried; see :func:`needed`.
    """

    def __init__(
        self, message: str, received: Any = None, expected: Any = None, hint: str = "", *, final: bool = False
    ) -> None:
        super().__init__(message)
        self.message = message
        self.received = received
        self.expected = expected
        self.hint = hint
        self.final = final
        self.untried = False


@contextmanager
def needed() -> Iterator[None]:
    """What a check needs before its own property can be tried: a failure in here is one of that."""
    try:
        yield
    except Failure as failure:
        failure.untried = True
        raise


def expect(condition: Any, message: str, received: Any = None, expected: Any = None, hint: str = "") -> None:
    """Fail with ``message`` unless ``condition`` is true."""
    if not bool(condition):
        raise Failure(message, received, expected, hint)


def array(value: Any, what: str) -> np.ndarray:
    """``value`` as a numeric array; fails where it is none."""
    if isinstance(value, np.ndarray | np.generic | bool | int | float):
        return np.asarray(value)
    if isinstance(value, list):
        try:
            found = np.asarray([array(item, what) for item in value])
        except ValueError:
            found = np.asarray(None)
        if found.dtype.kind in "biuf":
            return found
    raise Failure(f"{what} is not a tensor or a number.", received=value)


def same_shape(value: Any, shape: tuple[int, ...] | list[int], what: str) -> np.ndarray:
    """``value`` as an array; fails unless it has ``shape``."""
    found = array(value, what)
    wanted = tuple(int(size) for size in shape)
    expect(found.shape == wanted, f"{what} has the wrong shape.", f"shape {found.shape}", f"shape {wanted}")
    return found


def finite(value: Any, what: str) -> np.ndarray:
    """``value`` as an array; fails where it holds NaN or infinity."""
    found = array(value, what)
    expect(np.isfinite(found).all(), f"{what} is not finite.", received=found)
    return found


def close(
    received: Any, expected: Any, what: str, *, ulps: float = 64, scale: float | None = None, hint: str = ""
) -> None:
    """Fail unless ``received`` equals ``expected`` within the rounding of its computation.

    Args:
        ulps: how many float32 roundings of a value as large as ``scale`` the computation may add up to.
        scale: largest magnitude that the computation passes through; default: the largest expected one.
    """
    wanted = array(expected, "the reference")
    found = finite(same_shape(received, wanted.shape, what), what).astype(np.float64)
    if wanted.size == 0:
        return
    size = float(np.max(np.abs(wanted))) if scale is None else float(scale)
    allowed = ulps * EPS32 * max(size, EPS32)
    wrong = np.abs(found - wanted.astype(np.float64)) > allowed
    expect(not wrong.any(), f"{what} has the wrong value.", received=value_of(received), expected=wanted, hint=hint)


def value_of(value: Any) -> Any:
    """A 0-d array as the number it holds; all else unchanged."""
    return value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value

"""The hint that fits a failure: its own, else the check's, unless that speaks of something else than the failure."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from keras_checks.compare import Failure
from keras_checks.question import Check

_SHAPE = re.compile(r"^shape \((.*)\)$")
_OF_SHAPES = re.compile(r"shape|ax[ei]s|rank|batch|size|unit|Flatten|column|scalar|one number|per example|last", re.I)
_OF_SIZES = re.compile(r"finite|nan\b|infin|log\b|zero|0 / 0|norm|large|clip|exp\b|root", re.I)

_OF_GRAPHS = re.compile(r"traces|tracing|NumPy|stop_gradient|unknown", re.I)

NOT_FINITE = (
    "NaN and infinity come from log(0), a division by 0, exp of a large number, or the gradient of a square root at 0."
)
NO_NUMBERS = "Print what your code returns, and its type: a tensor, an array or a number is expected."
PRINT = "Print the shape of what you return, for the case above."
TOO_MANY = "There is one axis too many: a sum or a mean over it is missing, or is taken over another axis."
TOO_FEW = "An axis is missing: a sum or a mean without `axis` reduces all axes, and `squeeze` removes axes of size 1."
SLOPE = (
    "The gradient does arrive, so no operation blocks it. It is the gradient of a different loss: check the value of "
    "the loss first."
)
MERGED = "All numbers are there, but in other axes: a reshape merges or splits axes, and nothing undoes it."
OTHER_SIZE = "The number of axes is right, but a size differs: print the shape after each line."


def hint_of(failure: Failure, check: Check, *, told: bool) -> str:
    """The hint for a failure of ``check``; ``told``: whether the student may know what was expected."""
    if failure.hint:
        return failure.hint
    if "has the wrong shape" in failure.message and not _OF_SHAPES.search(check.hint):
        return _of_shapes(failure.received, failure.expected) if told else PRINT
    if "is not finite" in failure.message and not _OF_SIZES.search(check.hint):
        return NOT_FINITE
    if "is not a tensor or a number" in failure.message or "has a form that" in failure.message:
        return NO_NUMBERS
    if "radient has the wrong value" in failure.message and _OF_GRAPHS.search(check.hint) and np.any(failure.received):
        return SLOPE
    return check.hint


def _of_shapes(received: Any, expected: Any) -> str:
    one, other = _axes(received), _axes(expected)
    if one is None or other is None:
        return PRINT
    if len(one) == len(other):
        return OTHER_SIZE
    if min(len(one), len(other)) > 1 and _numbers(one) == _numbers(other):
        return MERGED
    return TOO_MANY if len(one) > len(other) else TOO_FEW


def _axes(said: Any) -> list[str] | None:
    """The sizes in a text such as "shape (2, 3)"."""
    found = _SHAPE.match(said) if isinstance(said, str) else None
    return None if found is None else re.findall(r"\w+", found[1])


def _numbers(sizes: list[str]) -> int:
    """How many numbers there are, along the axes whose size is known."""
    return math.prod(int(size) for size in sizes if size.isdigit())

"""Whether two answers did the same on a case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from keras_checks.question import Case, Check

from autograder.grading.observer import Observation, Remembering

RELATIVE = 1e-4
"""Two computations of the same wrong value differ by rounding only."""
SIGNATURE = 120
"""Letters of a message that tell one error from another."""
WORDING_OF_MANY = re.compile(r"Exception encountered when calling \S+|\{\{.*?\}\}|\d+|\s+")
"""What is in the messages of many errors: Keras's preface, TensorFlow's names of nodes, numbers."""


def agrees(check: Check, case: Case, seen: Observation, suspect: Remembering) -> bool:
    """Whether what was seen of an answer is what a suspect does, but for rounding and for noise of its own."""
    other = suspect.observe(check.probe, case)
    if "error" in seen or "error" in other:
        return _error_signature(seen) == _error_signature(other)
    try:
        reduce = check.trial.features or (lambda _, observation: observation)
        return alike(reduce(case, seen["seen"]), reduce(case, other["seen"]))
    except Exception:  # what a submission gave may have any form
        return False


def _error_signature(observation: Observation) -> tuple[str, str] | None:
    """Type and wording of an error."""
    error = observation.get("error")
    if error is None:
        return None
    return error["type"], WORDING_OF_MANY.sub("", error["message"])[:SIGNATURE]


def alike(one: Any, other: Any) -> bool:
    """Whether two pieces of plain data are equal but for rounding."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, Sequence) and isinstance(other, Sequence) and not isinstance(one, str):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, np.ndarray | bool | int | float) and isinstance(other, np.ndarray | bool | int | float):
        return _same_numbers(np.asarray(one), np.asarray(other))
    return type(one) is type(other) and one == other


def _same_numbers(one: np.ndarray, other: np.ndarray) -> bool:
    if one.shape != other.shape:
        return False
    size = float(np.max(np.abs(np.nan_to_num(other.astype(np.float64))), initial=0.0))
    return bool(np.allclose(one, other, rtol=RELATIVE, atol=RELATIVE * max(size, 1e-6), equal_nan=True))

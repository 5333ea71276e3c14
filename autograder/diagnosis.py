"""Diagnosis: which known misconception behaves like the student's answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from keras_checks.question import Case, Check
from keras_checks.runner import fixed_seed, search

from autograder.grader import Grader
from autograder.observer import Observation, Remembering
from autograder.verdict import PROBE_DIED, GraderFault, Outcome, verdict

RELATIVE = 1e-4
"""Two computations of the same wrong value differ by rounding only."""
EVIDENCE = 3


class Diagnosis:
    """The misconceptions of an exercise, each observed where a student's answer failed."""

    def __init__(self, suspects: dict[str, dict[str, Remembering]]) -> None:
        """``suspects``: for each question, the observers of its misconceptions by name, likeliest first."""
        self.suspects = suspects

    def __call__(self, grader: Grader, outcome: Outcome) -> str | None:
        """The name of the misconception that agrees on the counter-example and on further drawn cases, or None."""
        check, case = outcome.check, outcome.counterexample
        if case is None or outcome.seen is None or _died(outcome.seen):
            return None
        suspects = self.suspects.get(check.question, {})
        agreeing = {
            name: suspect
            for name, suspect in suspects.items()
            if _agrees(check, case, outcome.seen, suspect) and _differs(grader, check, case, suspect)
        }
        if not agreeing:
            return None
        for further in _further_cases(grader, check):
            seen, _ = grader.observe(check, further)
            agreeing = {name: it for name, it in agreeing.items() if _agrees(check, further, seen, it)}
        return next(iter(agreeing), None)


def _died(seen: Observation) -> bool:
    return seen.get("error", {}).get("type") == PROBE_DIED


def _further_cases(grader: Grader, check: Check) -> list[Case]:
    """The first cases that everybody gets."""
    drawn: list[Case] = []
    search(check, lambda case: drawn.append(case), fixed_seed(grader.exercise, check), min(EVIDENCE, check.examples))
    return drawn


def _differs(grader: Grader, check: Check, case: Case, suspect: Remembering) -> bool:
    expected = grader.reference.observe(check.probe.__name__, case)
    try:
        return verdict(check, case, suspect.observe(check.probe.__name__, case), expected) is not None
    except GraderFault:
        return False


def _agrees(check: Check, case: Case, seen: Observation, suspect: Remembering) -> bool:
    other = suspect.observe(check.probe.__name__, case)
    if "error" in seen or "error" in other:
        return _error_signature(seen) == _error_signature(other)
    try:
        reduce = check.features or (lambda _, observation: observation)
        return alike(reduce(case, seen["seen"]), reduce(case, other["seen"]))
    except Exception:
        return False


def _error_signature(observation: Observation) -> tuple[str, str] | None:
    """Type and wording of an error, without the numbers and names in it."""
    error = observation.get("error")
    if error is None:
        return None
    return error["type"], re.sub(r"[\d'\"`].*", "", error["message"])[:60]


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

"""Diagnosis: which known misconceptions behave like the student's answer to a question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from keras_checks.question import Case, Check
from keras_checks.runner import fixed_cases

from autograder.grader import Grader
from autograder.observer import Observation, Remembering, Trusted
from autograder.verdict import FAILED, PROBE_DIED, GraderFault, Outcome, verdict

RELATIVE = 1e-4
"""Two computations of the same wrong value differ by rounding only."""
EVIDENCE = 3
TWIN_SEEDS = 1000


class Suspect:
    """A misconception to be observed; its twin draws other noise."""

    def __init__(self, exercise: str, sources: Sequence[str], name: str, seed: int) -> None:
        self.name = name
        self.observer, self.twin = (
            Remembering(Trusted(exercise, sources, name, each)) for each in (seed, seed + TWIN_SEEDS)
        )


class Diagnosis:
    """The misconceptions of an exercise, each observed where a student's answer failed."""

    def __init__(self, exercise: str, reference: Sequence[str], misconceptions: Iterable[Any], seed: int) -> None:
        """``misconceptions``: objects with ``question``, ``name`` and ``source``, likeliest first."""
        self.suspects: dict[str, list[Suspect]] = {}
        for item in misconceptions:
            suspect = Suspect(exercise, [*reference, item.source], item.name, seed)
            self.suspects.setdefault(item.question, []).append(suspect)

    def __call__(self, grader: Grader, outcomes: Sequence[Outcome]) -> dict[str, str]:
        """For the failed checks of one question, by name, the misconception behind each, where one agrees."""
        told = [outcome for outcome in outcomes if _tells(outcome)]
        agreeing: dict[str, list[Suspect]] = {}
        for outcome in told:
            # One mistake fails several checks: those who did it there are asked first, the others only if need be.
            likely = list(dict.fromkeys(suspect for found in agreeing.values() for suspect in found))
            everybody = self.suspects.get(outcome.check.question, [])
            agreeing[outcome.check.name] = _agreeing(grader, outcome, likely) or _agreeing(grader, outcome, everybody)
        named = {}
        for check, suspects in agreeing.items():
            others = [outcome for outcome in told if outcome.check.name != check]
            innocent = (it for it in suspects if not any(_refutes(grader, outcome, it) for outcome in others))
            if (best := next(innocent, None)) is not None:
                named[check] = best.name
        return named


def _agreeing(grader: Grader, outcome: Outcome, suspects: Iterable[Suspect]) -> list[Suspect]:
    """Those that agree on cases that everybody gets and on the counter-example, and are wrong there."""
    check, found = outcome.check, list(suspects)
    for case in _evidence(grader, check) if found else []:
        seen, _ = grader.observe(check, case)
        found = [suspect for suspect in found if _agrees(check, case, seen, suspect.observer)]
    case, seen = outcome.counterexample, outcome.seen
    assert case is not None and seen is not None
    return [
        suspect
        for suspect in found
        if _agrees(check, case, seen, suspect.observer) and _differs(grader, check, case, suspect.observer)
    ]


def _tells(outcome: Outcome) -> bool:
    """Whether something was observed that a misconception can agree with."""
    if outcome.outcome != FAILED or outcome.counterexample is None or outcome.seen is None:
        return False
    return outcome.seen.get("error", {}).get("type") != PROBE_DIED


def _refutes(grader: Grader, outcome: Outcome, suspect: Suspect) -> bool:
    """Whether a suspect fails this check too, but surely not as the student does: then it is another mistake."""
    check, case, seen = outcome.check, outcome.counterexample, outcome.seen
    assert case is not None and seen is not None
    if _agrees(check, case, seen, suspect.observer) or not _differs(grader, check, case, suspect.observer):
        return False
    again = suspect.twin.observe(check.probe.__name__, case)
    return _agrees(check, case, again, suspect.observer)  # else it is only noise that differs


def _evidence(grader: Grader, check: Check) -> list[Case]:
    """Cases that everybody gets, the first that fails in front: what a misconception does there is known already."""
    drawn = fixed_cases(grader.exercise, check)
    failing = next((case for case in drawn if grader.evaluate(check, case) is not None), drawn[0])
    return [failing, *(case for case in drawn if case is not failing)][:EVIDENCE]


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

"""Diagnosis: which known misconceptions behave like the student's answer to a question."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from keras_checks.question import Case, Check
from keras_checks.runner import fingerprint, fixed_cases

from autograder.grading.archive import Archive
from autograder.grading.grader import Grader
from autograder.grading.observer import Known, Observation, Remembering, Trusted
from autograder.grading.verdict import FAILED, PASSED, PROBE_DIED, GraderFault, Outcome, verdict

RELATIVE = 1e-4
"""Two computations of the same wrong value differ by rounding only."""
EVIDENCE = 3
SIGNATURE = 120
"""Letters of a message that tell one error from another."""
_PASSING = re.compile(r"Exception encountered when calling \S+|\{\{.*?\}\}|\d+|\s+")
"""What stands in messages of many errors: Keras's preface, TensorFlow's names of nodes, numbers."""
TWIN_SEEDS = 1000
Passed = tuple[Check, list[Case]]


class Suspect:
    """A misconception to be observed; its twin draws other noise."""

    def __init__(self, exercise: str, sources: Sequence[str], question: str, name: str, seed: int) -> None:
        self.name = name
        self.sources = [*sources]
        self.key = f"{question}.{name}"
        self.observer, self.twin = (
            Remembering(Trusted(exercise, sources, name, each)) for each in (seed, seed + TWIN_SEEDS)
        )


class Diagnosis:
    """The misconceptions of an exercise, each observed where a student's answer failed."""

    def __init__(
        self,
        exercise: str,
        reference: Sequence[str],
        misconceptions: Iterable[Any],
        seed: int,
        archive: Archive | None = None,
    ) -> None:
        """``misconceptions``: objects with ``question``, ``name`` and ``source``, likeliest first."""
        self.suspects: dict[str, list[Suspect]] = {}
        for item in misconceptions:
            suspect = Suspect(exercise, [*reference, item.source], item.question, item.name, seed)
            self.suspects.setdefault(item.question, []).append(suspect)
        self._archive = archive
        self._archived: dict[str, Known] | None = None
        self._shared: set[tuple[str, str]] = set()

    def __call__(self, grader: Grader, outcomes: Sequence[Outcome]) -> dict[str, str]:
        """For the failed checks of one question, by name, the misconception behind each, where one agrees."""
        told = [outcome for outcome in outcomes if _tells(outcome)]
        if told:
            self._recall()
        agreeing: dict[str, list[Suspect]] = {}
        for outcome in told:
            # One mistake fails several checks: those who did it there are asked first, the others only if need be.
            likely = list(dict.fromkeys(suspect for found in agreeing.values() for suspect in found))
            everybody = self.suspects.get(outcome.check.question, [])
            evidence = _evidence(grader, outcome.check)
            self._share(outcome.check, evidence)
            agreeing[outcome.check.name] = _agreeing(grader, outcome, evidence, likely) or _agreeing(
                grader, outcome, evidence, everybody
            )
        passed = self._passed(grader, outcomes) if any(agreeing.values()) else []
        named = {}
        for check, suspects in agreeing.items():
            others = [outcome for outcome in told if outcome.check.name != check]
            innocent = [it for it in suspects if not any(_refutes(grader, outcome, it) for outcome in others)]
            if (best := _best(grader, told, passed, innocent)) is not None:
                named[check] = best.name
        return named

    def observer_of(self, sources: Sequence[str]) -> Remembering | None:
        """The observer of the misconception with these cells."""
        return next((suspect.observer for suspect in self._all() if suspect.sources == [*sources]), None)

    def observe(self, check: Check, cases: Sequence[Case]) -> None:
        """Observe all misconceptions of a question ahead of any failure."""
        self._recall()
        self._share(check, cases)
        for case, suspect in itertools.product(cases, self.suspects.get(check.question, [])):
            suspect.observer.observe(check.probe.__name__, case)

    def keep(self) -> None:
        """Archive what was observed on cases that everybody gets, where that is more than was archived."""
        if self._archive is None or self._archived is None:
            return
        new = 0
        for suspect in self._all():
            before = self._archived.setdefault(suspect.key, {})
            seen = suspect.observer.known
            found = {key: seen[key] for key in self._shared & seen.keys() - before.keys()}
            before.update(found)
            new += len(found)
        if new:
            for key, seen in self._archive.read().items():  # another judge may have written meanwhile
                self._archived[key] = seen | self._archived.get(key, {})
            self._archive.write(self._archived)

    def _passed(self, grader: Grader, outcomes: Sequence[Outcome]) -> list[Passed]:
        """The checks that the student passes, each with cases that everybody gets."""
        checks = [outcome.check for outcome in outcomes if outcome.outcome == PASSED]
        found = [(check, fixed_cases(grader.exercise, check)[:2]) for check in checks]
        for check, cases in found:
            self._share(check, cases)
        return found

    def _share(self, check: Check, cases: Iterable[Case]) -> None:
        self._shared |= {(check.probe.__name__, fingerprint(case)) for case in cases}

    def _recall(self) -> None:
        if self._archive is None or self._archived is not None:
            return
        self._archived = self._archive.read()
        for suspect in self._all():
            suspect.observer.known |= self._archived.get(suspect.key, {})

    def _all(self) -> Iterator[Suspect]:
        return itertools.chain.from_iterable(self.suspects.values())


def _agreeing(grader: Grader, outcome: Outcome, evidence: Iterable[Case], suspects: Iterable[Suspect]) -> list[Suspect]:
    """Those that agree on the evidence and on the counter-example, and are wrong there."""
    check, found = outcome.check, list(suspects)
    for case in evidence if found else []:
        seen, _ = grader.observe(check, case)
        found = [suspect for suspect in found if _agrees(check, case, seen, suspect.observer)]
    case, seen = outcome.counterexample, outcome.seen
    assert case is not None and seen is not None
    return [
        suspect
        for suspect in found
        if _agrees(check, case, seen, suspect.observer) and _fails_there(grader, outcome, suspect)
    ]


def _best(
    grader: Grader, told: Sequence[Outcome], passed: Sequence[Passed], suspects: Iterable[Suspect]
) -> Suspect | None:
    """Who fails at least half of the checks that the student fails, and the fewest of those that the student passes."""
    found = []
    for suspect in suspects:
        explained = sum(_fails_there(grader, outcome, suspect) for outcome in told)
        beyond = sum(any(_differs(grader, check, case, suspect.observer) for case in cases) for check, cases in passed)
        if 2 * explained >= len(told) and beyond <= explained:
            found.append((beyond, suspect))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _tells(outcome: Outcome) -> bool:
    """Whether something was observed that a misconception can agree with."""
    if outcome.outcome != FAILED or outcome.counterexample is None or outcome.seen is None:
        return False
    return outcome.seen.get("error", {}).get("type") != PROBE_DIED


def _refutes(grader: Grader, outcome: Outcome, suspect: Suspect) -> bool:
    """Whether a suspect fails this check too, but surely not as the student does: then it is another mistake."""
    check, case, seen = outcome.check, outcome.counterexample, outcome.seen
    assert case is not None and seen is not None
    if _agrees(check, case, seen, suspect.observer) or not _fails_there(grader, outcome, suspect):
        return False
    again = suspect.twin.observe(check.probe.__name__, case)
    return _agrees(check, case, again, suspect.observer)  # else it is only noise that differs


def _fails_there(grader: Grader, outcome: Outcome, suspect: Suspect) -> bool:
    """Whether a suspect fails a check where the student does."""
    assert outcome.counterexample is not None
    return _differs(grader, outcome.check, outcome.counterexample, suspect.observer)


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
    """Type and wording of an error."""
    error = observation.get("error")
    if error is None:
        return None
    return error["type"], _PASSING.sub("", error["message"])[:SIGNATURE]


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

"""Diagnosis: which known misconceptions behave like the student's answer to a question."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from keras_checks.question import Case, Check
from keras_checks.runner import fingerprint, fixed_cases

from autograder.bank.variants import Variant
from autograder.grading.agreement import agrees
from autograder.grading.archive import Archive
from autograder.grading.failures import CASES, Failures
from autograder.grading.grader import Grader
from autograder.grading.observer import Known, Remembering, Trusted
from autograder.grading.verdict import PROBE_DIED, GraderFault, Verdict, judge_case
from autograder.results.records import Outcome

EVIDENCE = CASES
"""Cases on which a mistake must agree before its name is given: each has to be observed on all who come in question."""
LOOKED_AT = 2
"""On so many cases of a check that the student passes, a mistake is asked whether it fails there."""
NUMBERS = re.compile(r"\d+")
TWIN_SEEDS = 1000
"""How far a twin's seed is from the other: any distance gives other noise."""
MANY_MORE = 3
"""An answer may hold a second mistake: so many failures that agree outweigh one that does not."""
Passed = tuple[Check, list[Case]]


class ObservedMisconception:
    """A misconception and what it was seen to do; its twin draws other noise."""

    def __init__(self, exercise: str, sources: Sequence[str], question: str, name: str, seed: int) -> None:
        self.name = name
        self.sources = [*sources]
        self.key = f"{question}.{name}"
        self.observer, self.twin = (
            Remembering(Trusted(exercise, sources, name, each)) for each in (seed, seed + TWIN_SEEDS)
        )


@dataclass(frozen=True)
class Evidence:
    """Cases of a check on which a mistake is compared with the student's answer."""

    cases: list[Case]
    number: int | None
    """Which of those for which the mistakes' failures are known is the first that the student fails."""
    raises: bool
    """Whether the student's code raises an error there."""


class Diagnosis:
    """The misconceptions of an exercise, each observed where a student's answer failed."""

    def __init__(
        self,
        exercise: str,
        reference: Sequence[str],
        misconceptions: Iterable[Variant],
        seed: int,
        archive: Archive | None = None,
    ) -> None:
        """``misconceptions``: likeliest first."""
        self.suspects: dict[str, list[ObservedMisconception]] = {}
        for item in misconceptions:
            suspect = ObservedMisconception(exercise, [*reference, item.source], item.question, item.name, seed)
            self.suspects.setdefault(item.question, []).append(suspect)
        self._exercise = exercise
        self._archive = archive
        self._archived: dict[str, Known] | None = None
        self._shared: set[tuple[str, str]] = set()

    @functools.cached_property
    def _failures(self) -> Failures:
        """Read at the first failure: to tell whether it is up to date, the whole bank is read."""
        return Failures.read(self._exercise)

    def __call__(self, grader: Grader, verdicts: Sequence[Verdict]) -> dict[str, str]:
        """For the failed checks of one question, by name, the misconception behind each, where one agrees."""
        told = [verdict for verdict in verdicts if _tells(verdict)]
        if told:
            self._recall()
        evidence_of = {verdict.check.name: _evidence(grader, verdict.judge) for verdict in told}
        possible = self._possible(told, verdicts, evidence_of)
        agreeing: dict[str, list[ObservedMisconception]] = {}
        for verdict in sorted(told, key=lambda it: len(possible[it.check.name])):
            # One mistake fails several checks: those who did it there are asked first, the others only if need be.
            evidence, everybody = evidence_of[verdict.check.name].cases, possible[verdict.check.name]
            likely = [it for it in dict.fromkeys(itertools.chain(*agreeing.values())) if it in everybody]
            self._share(verdict.judge, evidence)
            agreeing[verdict.check.name] = _agreeing(grader, verdict, evidence, likely) or _agreeing(
                grader, verdict, evidence, everybody
            )
        passed = self._passed(grader, verdicts) if any(agreeing.values()) else []
        named = {}
        for check, suspects in agreeing.items():
            found = [it for it in suspects if not _refuted(grader, it, told, agreeing, check)]
            if (best := _best(grader, told, passed, found, agreeing)) is not None:
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
            suspect.observer.observe(check.probe, case)

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

    def _possible(
        self, told: Sequence[Verdict], verdicts: Sequence[Verdict], evidence: Mapping[str, Evidence]
    ) -> dict[str, list[ObservedMisconception]]:
        """For each failed check those whose known failures leave them in question, before anybody is observed."""
        possible: dict[str, list[ObservedMisconception]] = {verdict.check.name: [] for verdict in told}
        passed = [verdict.check for verdict in verdicts if verdict.outcome is Outcome.PASSED]
        for suspect in self.suspects.get(told[0].check.question, []) if told else []:
            explained = [
                verdict.check.name
                for verdict in told
                if self._may_be_behind(suspect, verdict, evidence[verdict.check.name])
            ]
            beyond = sum(self._failures.fails(suspect.name, check.name, LOOKED_AT) for check in passed)
            for check in explained if beyond <= len(explained) else []:
                possible[check].append(suspect)
        return possible

    def _may_be_behind(self, suspect: ObservedMisconception, verdict: Verdict, evidence: Evidence) -> bool:
        if evidence.number is None:
            return True
        failures, judge = self._failures, verdict.judge.name
        return failures.may_be_behind(suspect.name, judge, evidence.number, raises=evidence.raises)

    def _passed(self, grader: Grader, verdicts: Sequence[Verdict]) -> list[Passed]:
        """The checks that the student passes, each with cases that everybody gets."""
        checks = [verdict.check for verdict in verdicts if verdict.outcome is Outcome.PASSED]
        found = [(check, fixed_cases(grader.exercise, check)[:LOOKED_AT]) for check in checks]
        for check, cases in found:
            self._share(check, cases)
        return found

    def _share(self, check: Check, cases: Iterable[Case]) -> None:
        self._shared |= {(check.probe, fingerprint(case)) for case in cases}

    def _recall(self) -> None:
        if self._archive is None or self._archived is not None:
            return
        self._archived = self._archive.read()
        for suspect in self._all():
            suspect.observer.known |= self._archived.get(suspect.key, {})

    def _all(self) -> Iterator[ObservedMisconception]:
        return itertools.chain.from_iterable(self.suspects.values())


def _agreeing(
    grader: Grader, verdict: Verdict, evidence: Iterable[Case], suspects: Iterable[ObservedMisconception]
) -> list[ObservedMisconception]:
    """Those that agree on the evidence and on the counter-example, and are wrong there."""
    check, found = verdict.judge, list(suspects)
    for case in evidence if found else []:
        seen = grader.observe(check, case)
        found = [suspect for suspect in found if agrees(check, case, seen, suspect.observer)]
    case, seen = verdict.counterexample, verdict.seen
    assert case is not None and seen is not None
    return [
        suspect
        for suspect in found
        if agrees(check, case, seen, suspect.observer)
        and _fails_there(grader, verdict, suspect)
        and not _is_told_otherwise(grader, verdict, suspect)
    ]


def _own(
    suspect: ObservedMisconception, told: Sequence[Verdict], agreeing: Mapping[str, list[ObservedMisconception]]
) -> list[Verdict]:
    """The failures that a suspect has to explain: an answer may hold two mistakes, each with failures of its own."""
    return [it for it in told if suspect in agreeing[it.check.name] or not agreeing[it.check.name]]


def _refuted(
    grader: Grader,
    suspect: ObservedMisconception,
    told: Sequence[Verdict],
    agreeing: Mapping[str, list[ObservedMisconception]],
    check: str,
) -> bool:
    """Whether other failures speak against a suspect, and not many more for it."""
    own = _own(suspect, told, agreeing)
    against = sum(_refutes(grader, verdict, suspect) for verdict in own if verdict.check.name != check)
    return _agreed(suspect, agreeing) < MANY_MORE * against


def _agreed(suspect: ObservedMisconception, agreeing: Mapping[str, list[ObservedMisconception]]) -> int:
    """On how many failures a suspect agrees."""
    return sum(suspect in found for found in agreeing.values())


def _best(
    grader: Grader,
    told: Sequence[Verdict],
    passed: Sequence[Passed],
    suspects: Iterable[ObservedMisconception],
    agreeing: Mapping[str, list[ObservedMisconception]],
) -> ObservedMisconception | None:
    """Who fails at least half of the checks that it has to explain, and the fewest of those that the student passes.

    Of equals, the one that agrees on the most failures: one mistake has one name.
    """
    found = []
    for suspect in suspects:
        own = _own(suspect, told, agreeing)
        explained = sum(_fails_there(grader, verdict, suspect) for verdict in own)
        beyond = sum(any(_differs(grader, check, case, suspect.observer) for case in cases) for check, cases in passed)
        if 2 * explained >= len(own) and beyond <= explained:
            found.append((beyond, -_agreed(suspect, agreeing), suspect))
    return min(found, key=lambda it: it[:2])[2] if found else None


def _tells(verdict: Verdict) -> bool:
    """Whether something was observed that a misconception can agree with."""
    if verdict.outcome is not Outcome.FAILED or verdict.counterexample is None or verdict.seen is None:
        return False
    return verdict.seen.get("error", {}).get("type") != PROBE_DIED


def _refutes(grader: Grader, verdict: Verdict, suspect: ObservedMisconception) -> bool:
    """Whether a suspect fails this check too, but surely not as the student does: then it is another mistake."""
    check, case, seen = verdict.judge, verdict.counterexample, verdict.seen
    assert case is not None and seen is not None
    if agrees(check, case, seen, suspect.observer) or not _fails_there(grader, verdict, suspect):
        return False
    again = suspect.twin.observe(check.probe, case)
    return agrees(check, case, again, suspect.observer)  # else it is only noise that differs


def _fails_there(grader: Grader, verdict: Verdict, suspect: ObservedMisconception) -> bool:
    """Whether a suspect fails a check where the student does."""
    assert verdict.counterexample is not None
    return _differs(grader, verdict.judge, verdict.counterexample, suspect.observer)


def _is_told_otherwise(grader: Grader, verdict: Verdict, suspect: ObservedMisconception) -> bool:
    """Whether a suspect surely gets another message than the student: then what they share is not the mistake."""
    if "error" in (verdict.seen or {}):
        return False
    told, other = _message(grader, verdict, None), _message(grader, verdict, suspect.observer)
    return told != other == _message(grader, verdict, suspect.twin)


def _message(grader: Grader, verdict: Verdict, who: Remembering | None) -> str:
    """What is said of an answer on the student's counter-example; None is the student."""
    check, case, failure = verdict.judge, verdict.counterexample, verdict.failure
    assert case is not None
    if who is not None:
        seen, reference = who.observe(check.probe, case), grader.reference
        try:
            failure = judge_case(check, case, seen, lambda: reference.observe(check.probe, case), reference.passed)
        except GraderFault:
            return ""
    return NUMBERS.sub("", failure.message) if failure else ""


def _evidence(grader: Grader, check: Check) -> Evidence:
    """Cases that everybody gets, the first that fails in front: what a misconception does there is known already."""
    drawn = fixed_cases(grader.exercise, check)
    number = next((index for index, case in enumerate(drawn) if grader.evaluate(check, case) is not None), None)
    first = number or 0
    others = (case for index, case in enumerate(drawn) if index != first)
    known = number if number is not None and number < CASES else None
    raises = known is not None and "error" in grader.observe(check, drawn[known])
    return Evidence([drawn[first], *others][:EVIDENCE], known, raises)


def _differs(grader: Grader, check: Check, case: Case, suspect: Remembering) -> bool:
    """Whether a suspect fails a check on a case; judged once."""
    key = check, fingerprint(case)
    if key not in suspect.passed:
        seen, reference = suspect.observe(check.probe, case), grader.reference
        try:
            failure = judge_case(check, case, seen, lambda: reference.observe(check.probe, case), reference.passed)
        except GraderFault:
            return False
        suspect.passed[key] = failure is None
    return not suspect.passed[key]

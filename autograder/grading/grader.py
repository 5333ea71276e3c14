"""Grades the questions of one submission on the trusted side: every check, its counter-example, its diagnosis."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from keras_checks.compare import Failure
from keras_checks.question import Case, Check, Question, questions
from keras_checks.runner import Found, drawn_cases, fingerprint, fixed_seed, salted_seed, search

from autograder.grading.observer import Observation, Observer, Remembering
from autograder.grading.verdict import GraderFault, Verdict, judge_case
from autograder.results.records import Outcome
from autograder.spans import span

SALTED_EXAMPLES = 2
"""Cases of each check that only one submission gets: the reference has to run for each of them."""


def load_questions(exercise: str) -> list[Question]:
    """The questions of an exercise with their hidden judges."""
    importlib.import_module(f"autograder.judges.{exercise}")
    return questions(exercise)


class Grader:
    """Runs the checks of an exercise on a student's answers and, where they need it, on the reference's."""

    def __init__(self, exercise: str, student: Observer, reference: Remembering, salt: str) -> None:
        self.exercise = exercise
        self.student = Remembering(student)
        self.reference = reference
        self.salt = salt
        self._outcomes: dict[tuple[Check, str], Failure | None] = {}
        self._over: set[Check] = set()
        self._coming: Iterator[tuple[str, Case]] = iter(())

    def expect(self, checks: Sequence[Check]) -> None:
        """Say which checks will run, in which order: the student's side works on the next case while one is judged."""
        self._coming = self._cases_of(checks)

    def observe(self, check: Check, case: Case) -> Observation:
        """The student's observation; the reference works at the same time where the check compares with it."""
        pending = self.student.start(check.probe, case)
        try:
            if check.needs_reference:
                self.reference.observe(check.probe, case)
        finally:
            seen = pending()  # an answer that nobody takes would be taken for the next one
        return seen

    def evaluate(self, check: Check, case: Case) -> Failure | None:
        """How the student's answer fails a check on a case, or None. A case is judged once."""
        key = check, fingerprint(case)
        if key not in self._outcomes:
            self._outcomes[key] = self._judge(check, case)
        return self._outcomes[key]

    def run(self, check: Check) -> Verdict:
        """Try a check, then the judges that have to confirm it."""
        try:
            for judging in (check, *check.confirmations):
                found = self._search(judging)
                if found is not None:
                    seen = self.observe(judging, found.case)
                    return Verdict(check, Outcome.FAILED, found.failure, found.case, seen, judging=judging)
        except GraderFault as fault:
            return Verdict(check, Outcome.FAULT, note=str(fault))
        except Exception as error:  # whatever is wrong with the grader costs no student a point
            return Verdict(check, Outcome.FAULT, note=f"{type(error).__name__}: {error}")
        finally:
            self._over.add(check)
        return Verdict(check, Outcome.PASSED)

    def _judge(self, check: Check, case: Case) -> Failure | None:
        seen, reference = self.observe(check, case), self.reference
        self.student.start_ahead(self._coming)
        with span(f"judge {check.name}"):
            return judge_case(check, case, seen, lambda: reference.observe(check.probe, case), reference.passed)

    def _search(self, check: Check) -> Found | None:
        """Try a check on the fixed cases, then on those of this submission. Only where one fails is there a search."""
        for draw in self._draws(check):
            for case in drawn_cases(check, **draw):
                failure = self.evaluate(check, case)
                if failure is not None:
                    self._over.add(check)
                    with span(f"shrink {check.name}"):
                        again = partial(self.evaluate, check)
                        return Found(case, failure) if failure.final else search(check, again, **draw)
        return None

    def _draws(self, check: Check) -> list[dict[str, Any]]:
        """How the cases that everybody gets are drawn, and those of this submission."""
        salted = min(SALTED_EXAMPLES, check.trial.examples)
        return [
            {"seed": fixed_seed(self.exercise, check)},
            {"seed": salted_seed(self.exercise, check, self.salt), "examples": salted, "skip_first": True},
        ]

    def _cases_of(self, checks: Sequence[Check]) -> Iterator[tuple[str, Case]]:
        """The cases of checks and their confirmations, in order, but for those of checks that are decided meanwhile."""
        for check in checks:
            for judging in (check, *check.confirmations):
                for draw in self._draws(judging):
                    for case in drawn_cases(judging, **draw):
                        if not {check, judging} & self._over:
                            yield judging.probe, case


Diagnose = Callable[[Grader, Sequence[Verdict]], Mapping[str, str]]


def run_questions(
    grader: Grader, wanted: Sequence[Question], diagnose: Diagnose
) -> Iterator[tuple[Verdict, str | None]]:
    """The verdict on each check with the name of the misconception behind a failure, question by question."""
    for question in wanted:
        grader.expect(question.checks)
        verdicts = []
        for check in question.checks:
            with span(f"check {check.question}.{check.name}"):
                verdicts.append(grader.run(check))
        grader.student.land()  # what was asked ahead belongs to this question
        with span(f"diagnosis of {question.name}"):
            named = diagnose(grader, verdicts)
        yield from ((verdict, named.get(verdict.check.name)) for verdict in verdicts)

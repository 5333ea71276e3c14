"""Grades the questions of one submission on the trusted side: every check, its counter-example, its diagnosis."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence

from keras_checks.compare import Failure
from keras_checks.question import Case, Check, Question, questions
from keras_checks.runner import fixed_seed, salted_seed, search

from autograder.grading.observer import Observation, Observer, Remembering
from autograder.grading.verdict import FAILED, FAULT, PASSED, GraderFault, Outcome, verdict

SALTED_EXAMPLES = 2


def load_questions(exercise: str) -> list[Question]:
    """The questions of an exercise with their hidden judges."""
    importlib.import_module(f"autograder.judges.{exercise}")
    return questions(exercise)


class Grader:
    """Runs the checks of an exercise on a student's answers and on the reference's."""

    def __init__(self, exercise: str, student: Observer, reference: Remembering, salt: str) -> None:
        self.exercise = exercise
        self.student = Remembering(student)
        self.reference = reference
        self.salt = salt

    def observe(self, check: Check, case: Case) -> tuple[Observation, Observation]:
        """The student's observation and the reference's; both sides work at the same time."""
        self.student.ask(check.probe.__name__, case)
        expected = self.reference.observe(check.probe.__name__, case)
        return self.student.answer(), expected

    def evaluate(self, check: Check, case: Case) -> Failure | None:
        """How the student's answer fails a check on a case, or None."""
        seen, expected = self.observe(check, case)
        return verdict(check, case, seen, expected)

    def run(self, check: Check) -> Outcome:
        """Try a check on the fixed cases, then on those of this submission."""
        seeds = (
            (fixed_seed(self.exercise, check), check.examples),
            (salted_seed(self.exercise, check, self.salt), min(SALTED_EXAMPLES, check.examples)),
        )
        try:
            for seed, examples in seeds:
                found = search(check, lambda case: self.evaluate(check, case), seed, examples)
                if found is not None:
                    seen, _ = self.observe(check, found.case)
                    return Outcome(check, FAILED, found.failure, found.case, seen)
        except GraderFault as fault:
            return Outcome(check, FAULT, note=str(fault))
        except Exception as error:
            return Outcome(check, FAULT, note=f"{type(error).__name__}: {error}")
        return Outcome(check, PASSED)


def run_questions(
    grader: Grader, wanted: Sequence[Question], diagnose: Callable[[Grader, Sequence[Outcome]], dict[str, str]]
) -> Iterator[tuple[Outcome, str | None]]:
    """The outcome of each check with the name of the misconception behind a failure, question by question."""
    for question in wanted:
        outcomes = [grader.run(check) for check in question.checks]
        named = diagnose(grader, outcomes)
        yield from ((outcome, named.get(outcome.check.name)) for outcome in outcomes)

"""Grades the questions of one submission on the trusted side: every check, its counter-example, its diagnosis."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from keras_checks.compare import Failure
from keras_checks.question import Case, Check, Question, questions
from keras_checks.runner import Found, fixed_seed, salted_seed, search

from autograder.grading.observer import Observation, Observer, Remembering
from autograder.grading.verdict import GraderFault, Verdict, judge_case
from autograder.results.records import Outcome

SALTED_EXAMPLES = 2


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

    def observe(self, check: Check, case: Case) -> Observation:
        """The student's observation; the reference works at the same time where the check compares with it."""
        pending = self.student.start(check.probe, case)
        if check.needs_reference:
            self.reference.observe(check.probe, case)
        return pending()

    def evaluate(self, check: Check, case: Case) -> Failure | None:
        """How the student's answer fails a check on a case, or None."""
        seen = self.observe(check, case)
        return judge_case(check, case, seen, lambda: self.reference.observe(check.probe, case))

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
        return Verdict(check, Outcome.PASSED)

    def _search(self, check: Check) -> Found | None:
        """Try a check on the fixed cases, then on those of this submission."""
        salted = min(SALTED_EXAMPLES, check.trial.examples)
        seed = salted_seed(self.exercise, check, self.salt)
        return search(check, lambda case: self.evaluate(check, case), fixed_seed(self.exercise, check)) or search(
            check, lambda case: self.evaluate(check, case), seed, salted, skip_first=True
        )


Diagnose = Callable[[Grader, Sequence[Verdict]], Mapping[str, str]]


def run_questions(
    grader: Grader, wanted: Sequence[Question], diagnose: Diagnose
) -> Iterator[tuple[Verdict, str | None]]:
    """The verdict on each check with the name of the misconception behind a failure, question by question."""
    for question in wanted:
        verdicts = [grader.run(check) for check in question.checks]
        named = diagnose(grader, verdicts)
        yield from ((verdict, named.get(verdict.check.name)) for verdict in verdicts)

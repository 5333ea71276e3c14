"""Grades answers of ours in this process: for the bank of `kit verify` and for the archive, never a submission."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
import warnings
from collections.abc import Iterator, Sequence

from keras_checks.question import Question
from keras_checks.runner import fixed_cases

from autograder.bank.master import read_master
from autograder.bank.variants import read_variants
from autograder.grading.archive import Archive
from autograder.grading.diagnosis import EVIDENCE, Diagnosis
from autograder.grading.grader import Grader, load_questions, run_questions
from autograder.grading.job import SEED
from autograder.grading.observer import Remembering, Trusted
from autograder.verifying.forgery import forgeable
from autograder.verifying.verify import CheckOutcome, Report, Scope, verify

POINTS = 10


class Bank:
    """The reference and the misconceptions of an exercise, kept between answers."""

    def __init__(self, exercise: str, archive: Archive | None = None) -> None:
        self.exercise = exercise
        self.questions = load_questions(exercise)
        self.cells = [cell.source for cell in read_master(exercise).reference_cells()]
        self.reference = Remembering(Trusted(exercise, self.cells, "reference", SEED))
        self.diagnosis = Diagnosis(exercise, self.cells, read_variants(exercise, "misconceptions"), SEED, archive)

    def wanted(self, only: str | None) -> list[Question]:
        """All questions, or one."""
        return [question for question in self.questions if only in (None, question.name)]

    def grade(self, cells: Sequence[str], only: str | None = None) -> list[CheckOutcome]:
        """The outcome of each check on notebook cells of ours."""
        # A misconception is observed as an answer and as a suspect: once is enough.
        answer = self.diagnosis.observer_of(cells) or Trusted(self.exercise, cells, "answer", SEED)
        grader = Grader(self.exercise, answer, self.reference, "verify")
        results = []
        for verdict, named in run_questions(grader, self.wanted(only), self.diagnosis):
            check = verdict.check
            message = verdict.failure.message if verdict.failure else verdict.note
            results.append(
                CheckOutcome(check.question, check.name, verdict.points, check.points, verdict.outcome, named, message)
            )
        return results

    def forgeries(self, only: str | None = None) -> list[str]:
        """Checks with points that an observation which no answer earned passes."""
        found = []
        for question in self.wanted(only):
            for check in question.checks:
                forged = forgeable(self.exercise, check, self.reference) if check.points else None
                if forged:
                    found.append(f"{check.question}.{check.name} passes {forged}")
        return found


def verified(exercise: str, scope: Scope) -> Report:
    """The bank of an exercise against its checks."""
    bank = Bank(exercise)
    points = [
        f"{question.name} is worth {question.points:g} points, its checks add up to {added:g}"
        for question in bank.questions
        if abs(question.points - (added := sum(check.points for check in question.checks))) > 1e-9
    ]
    total = sum(question.points for question in bank.questions)
    if total != POINTS:
        points.append(f"the questions add up to {total:g} points, not {POINTS}")
    return Report(exercise, verify(exercise, bank.grade, scope), bank.forgeries(scope.only), points)


@contextlib.contextmanager
def without_noise() -> Iterator[None]:
    """Keep to ourselves what TensorFlow and the wrong answers of the bank write to standard error."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def fill_archive(exercise: str, seconds: float) -> None:
    """Observe the misconceptions on the cases that everybody gets, ahead of any failure, while ``seconds`` last."""
    end = time.monotonic() + seconds
    bank = Bank(exercise, Archive(exercise, SEED))
    checks = [check for question in bank.questions for check in question.checks]
    for number, check in itertools.product(range(EVIDENCE), checks):
        if time.monotonic() < end:
            bank.diagnosis.observe(check, fixed_cases(exercise, check)[number : number + 1])
    bank.diagnosis.keep()

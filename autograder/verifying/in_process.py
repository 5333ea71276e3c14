"""Grades answers of ours in this process: for the bank of `kit verify` and for the archive, never a submission."""

from __future__ import annotations

import contextlib
import gc
import itertools
import os
import tempfile
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
from autograder.grading.observer import Observer, Remembering, Trusted
from autograder.grading.records import points_of
from autograder.grading.reference import Reference, judging_checks
from autograder.grading.verdict import Verdict
from autograder.results.records import Outcome
from autograder.verifying.forgery import ForgedObserver, forgeable
from autograder.verifying.verify import SALT, CheckOutcome, Report, Scope, part_of, verify

POINTS = 10
HIDDEN_SHARE = 0.4
"""Of the points of an exercise, hidden checks decide at most this share."""


def undiagnosed(_grader: Grader, _verdicts: Sequence[Verdict]) -> dict[str, str]:
    """Names no misconception: to look for one takes longer than to grade."""
    return {}


class Bank:
    """The reference and the misconceptions of an exercise, or one of ``parts`` of them, kept between answers."""

    def __init__(self, exercise: str, archive: Archive | None = None, parts: int = 1) -> None:
        self.exercise = exercise
        self.questions = load_questions(exercise)
        self.cells = [cell.source for cell in read_master(exercise).reference_cells()]
        kept = Archive(exercise, SEED, "reference") if archive else None
        self.reference = Reference(exercise, self.cells, SEED, kept)
        misconceptions = part_of(exercise, read_variants(exercise, "misconceptions"), parts)
        self.diagnosis = Diagnosis(exercise, self.cells, misconceptions, SEED, archive)
        self._answer: tuple[list[str], Observer] | None = None

    def wanted(self, only: str | None) -> list[Question]:
        """All questions, or one."""
        return [question for question in self.questions if only in (None, question.name)]

    def grade(
        self, cells: Sequence[str], only: str | None = None, salt: str = SALT, *, diagnose: bool = True
    ) -> list[CheckOutcome]:
        """The outcome of each check on notebook cells of ours."""
        return self.grade_observer(self._observer(cells), only, salt, diagnose=diagnose)

    def grade_observer(
        self, answer: Observer, only: str | None, salt: str = SALT, *, diagnose: bool = True
    ) -> list[CheckOutcome]:
        """The outcome of each check on what an observer says."""
        grader = Grader(self.exercise, answer, self.reference, salt)
        results = []
        for verdict, named in run_questions(grader, self.wanted(only), self.diagnosis if diagnose else undiagnosed):
            check = verdict.check
            message = verdict.failure.message if verdict.failure else verdict.note
            red = verdict.outcome is Outcome.FAILED and not check.hidden and verdict.judge is check
            results.append(
                CheckOutcome(
                    check.question, check.name, verdict.points, check.points, verdict.outcome, named, message, red
                )
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
        forged = self.grade_observer(ForgedObserver(self.exercise), only, diagnose=False)
        return found + [f"{it.question}.{it.check} gives a forger {it.points:g} points" for it in forged if it.points]

    def _observer(self, cells: Sequence[str]) -> Observer:
        """An answer's observer. A misconception is observed as an answer and as a suspect: once is enough."""
        if self._answer is None or self._answer[0] != [*cells]:
            known = self.diagnosis.observer_of(cells)
            self._answer = [*cells], known or Remembering(Trusted(self.exercise, cells, "answer", SEED))
        return self._answer[1]


def verified(exercise: str, scope: Scope) -> Report:
    """The bank of an exercise against its checks."""
    bank = Bank(exercise, parts=scope.parts)
    gc.collect(), gc.freeze()  # what TensorFlow has imported needs no search for garbage
    rows = verify(exercise, bank.grade, scope)
    return Report(exercise, rows, bank.forgeries(scope.only), list(_point_problems(bank.questions)))


def _point_problems(questions: Sequence[Question]) -> Iterator[str]:
    for question in questions:
        added = points_of(question.checks)
        if question.points != added:
            yield f"{question.name} is worth {question.points:g} points, its checks add up to {added:g}"
    total = sum(question.points for question in questions)
    if total != POINTS:
        yield f"the questions add up to {total:g} points, not {POINTS}"
    hidden = points_of(check for question in questions for check in question.checks if check.hidden)
    if hidden > HIDDEN_SHARE * total:
        yield f"hidden checks decide {hidden:g} of {total:g} points, more than {HIDDEN_SHARE:.0%}"


@contextlib.contextmanager
def without_noise() -> Iterator[None]:
    """Keep to ourselves what TensorFlow and the wrong answers of the bank write: to standard error, and for AutoGraph.

    AutoGraph puts what it generates among the temporary files, and leaves compiled copies of it behind.
    """
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    place = tempfile.tempdir
    try:
        with warnings.catch_warnings(action="ignore"), tempfile.TemporaryDirectory(prefix="kit-") as folder:
            tempfile.tempdir = folder
            yield
    finally:
        tempfile.tempdir = place
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def fill_archive(exercise: str, seconds: float) -> None:
    """Observe the reference and the misconceptions on the cases that everybody gets, while ``seconds`` last."""
    end = time.monotonic() + seconds
    bank = Bank(exercise, Archive(exercise, SEED))
    for _ in bank.reference.observe_ahead(bank.questions):
        if time.monotonic() > end:
            break
    for number, check in itertools.product(range(EVIDENCE), judging_checks(bank.questions)):
        if time.monotonic() < end:
            bank.diagnosis.observe(check, fixed_cases(exercise, check)[number : number + 1])
    bank.reference.keep(bank.questions)
    bank.diagnosis.keep()

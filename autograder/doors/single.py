"""One run in a platform's container: grades the one submission there, in time, and always leaves a result."""

from __future__ import annotations

import signal
import sys
from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from autograder.bank.master import exercise_names
from autograder.bank.settings import settings_of
from autograder.doors.faults import fault_report
from autograder.doors.packed import PackedGrader, packed_plan
from autograder.files import PUBLIC, write_json
from autograder.grading.entry import grade_read
from autograder.grading.session import Session
from autograder.results.key import key_of_zip
from autograder.results.records import Status
from autograder.results.result import Grading, result
from autograder.submissions.find import only_submission
from autograder.submissions.read import Submission
from autograder.workers.limits import Limits

STARTED = "The grader was stopped before it had finished."
GRACE_SECONDS = 75
"""What the grading may take beyond the settings' seconds: starting, the last check's search, writing."""


class Overdue(BaseException):
    """The grading has not ended in time, whatever it is that holds it up. No ``except Exception`` swallows it."""


class SingleRun(ABC):
    """The run of one submission. The file ``target`` holds what is known, at every moment.

    Args:
        source: the unpacked autograder zip.
        submission: the folder with what was handed in.
        target: the result, in the platform's format.
    """

    advice: ClassVar[str]
    """What the run prints for the instructor after a fault, before the details."""

    def __init__(self, source: Path, submission: Path, target: Path) -> None:
        self.source = source
        self.submission = submission
        self.target = target
        (self.exercise,) = exercise_names()
        self.grading = Grading(
            "submission", self.exercise, plan=packed_plan(self.source), ended=Status.FAULT, message=STARTED
        )

    @abstractmethod
    def outcome(self) -> dict[str, Any]:
        """What is known, in the platform's format."""

    def run(self) -> None:
        """Grade, and write the result. Raises nothing: what goes wrong is in the result."""
        self.write()
        try:
            settings = settings_of(self.exercise)
            self.grading.show_hidden = settings.show_hidden
            _raise_after(settings.seconds + GRACE_SECONDS)
            limits = Limits(total_seconds=settings.seconds, wall_seconds=settings.seconds)
            with PackedGrader(
                self.grading.plan, lambda: Session(limits=limits, key=key_of_zip()), self._write_progress
            ) as grader:
                grader.start()
                self.grading = grade_read(grader, "submission", self._read, self.exercise)
        except (Exception, Overdue) as error:  # the result says what went wrong, whatever it is
            self.grading.ended = Status.FAULT
            self.grading.message = f"The grader stopped: {type(error).__name__}: {error}"
        signal.alarm(0)
        self.write()
        sys.stdout.write(fault_report(result(self.grading), self.advice))

    def write(self) -> None:
        """Replace the result by what is known now. The platform that reads it may do so as another user."""
        write_json(self.target, self.outcome(), PUBLIC)

    def _read(self) -> Submission:
        return only_submission(self.submission, self.exercise)

    def _write_progress(self, known: Grading) -> None:
        """After each check, write what is known."""
        self.grading = replace(known, plan=known.plan or self.grading.plan, ended=Status.FAULT, message=STARTED)
        self.write()


def _raise_after(seconds: int) -> None:
    def overdue(*_: object) -> NoReturn:
        raise Overdue(f"not done after {seconds} s")

    signal.signal(signal.SIGALRM, overdue)
    signal.alarm(seconds)

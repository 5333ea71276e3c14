"""Grades the one submission in a folder that is laid out as Gradescope's `/autograder`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from autograder.bank.master import exercise_names
from autograder.bank.settings import settings_of
from autograder.doors.gradescope.faults import add_faults, fault_report
from autograder.doors.packed import PackedGrader, packed_plan
from autograder.errors import KitError
from autograder.files import write_json
from autograder.grading.entry import grade_read
from autograder.grading.session import Session
from autograder.results.key import key_of_zip
from autograder.results.records import Status
from autograder.results.result import Grading, result
from autograder.submissions.find import only_submission
from autograder.submissions.read import Submission
from autograder.workers.limits import Limits

FIRST = "started.json"
STARTED = "The grader was stopped before it had finished."
GRACE_SECONDS = 75
"""What the grading may take beyond the settings' seconds: starting, the last check's search, writing."""


class Overdue(BaseException):
    """The grading has not ended in time, whatever it is that holds it up. No ``except Exception`` swallows it."""


class Door:
    """The folder of one run. ``results/results.json`` there holds what is known, at every moment.

    Args:
        root: the folder with ``source`` (the unpacked zip), ``submission`` and ``results``.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.source = root / "source"
        self.target = root / "results" / "results.json"
        (self.exercise,) = exercise_names()
        self.grading = Grading(
            "submission", self.exercise, plan=packed_plan(self.source), ended=Status.FAULT, message=STARTED
        )

    def prepare(self) -> None:
        """Read the settings, and write the first result of every run. Raises AuthoringError."""
        self.grading.show_hidden = settings_of(self.exercise).show_hidden
        write_json(self.source / FIRST, self.outcome())

    def run(self) -> None:
        """Grade, and write the result. Raises nothing: what goes wrong is in the result."""
        self.write()
        try:
            settings = settings_of(self.exercise)
            self.grading.show_hidden = settings.show_hidden
            _raise_after(settings.seconds + GRACE_SECONDS)
            limits = Limits(total_seconds=settings.seconds, wall_seconds=settings.seconds)
            grader = PackedGrader(
                self.grading.plan, lambda: Session(limits=limits, key=key_of_zip()), self._write_progress
            )
            self.grading = grade_read(grader, "submission", self._read, self.exercise)
        except (Exception, Overdue) as error:  # the result says what went wrong, whatever it is
            self.grading.ended = Status.FAULT
            self.grading.message = f"The grader stopped: {type(error).__name__}: {error}"
        signal.alarm(0)
        self.write()
        sys.stdout.write(fault_report(result(self.grading)))

    def outcome(self) -> dict[str, Any]:
        """The results.json of what is known."""
        return add_faults(result(self.grading))

    def write(self) -> None:
        """Replace the result by what is known now."""
        write_json(self.target, self.outcome())

    def _read(self) -> Submission:
        return only_submission(self.root / "submission", self.exercise)

    def _write_progress(self, known: Grading) -> None:
        """After each check, write what is known."""
        self.grading = replace(known, plan=known.plan or self.grading.plan, ended=Status.FAULT, message=STARTED)
        self.write()


def _raise_after(seconds: int) -> None:
    def overdue(*_: object) -> NoReturn:
        raise Overdue(f"not done after {seconds} s")

    signal.signal(signal.SIGALRM, overdue)
    signal.alarm(seconds)


def main(arguments: Sequence[str]) -> None:
    """``[--prepare] FOLDER``: set up, or grade what lies in ``FOLDER/submission``."""
    *options, folder = arguments
    door = Door(Path(folder).resolve())
    if options == ["--prepare"]:
        door.prepare()
    else:
        door.run()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KitError as error:
        raise SystemExit(f"kit: {error}") from None

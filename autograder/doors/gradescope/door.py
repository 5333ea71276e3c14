"""Grades the one submission in a folder that is laid out as Gradescope's `/autograder`."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from autograder.bank.master import AuthoringError, exercise_names
from autograder.bank.settings import FILE, Config, read_config
from autograder.classroom.batch import choose_exercise
from autograder.doors.gradescope.faults import add_faults, fault_report
from autograder.files import write_json
from autograder.grading.session import Session
from autograder.results.result import FAULTY, UNREADABLE, Grading, result
from autograder.submissions.read import SUFFIXES, Submission, Unreadable, read_submission
from autograder.workers.student import Limits

PLAN = "plan.json"
FIRST = "started.json"
STARTED = "The grader was stopped before it had finished."
GRACE_SECONDS = 75
"""What the grading may take beyond the settings' seconds: starting, the last check's search, writing."""


class Overdue(Exception):
    """The grading has not ended in time, whatever it is that holds it up."""


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
        self.config = Config()
        self.grading = Grading("submission", self.exercise, plan=self._plan(), status=FAULTY, message=STARTED)

    def prepare(self) -> None:
        """Read the settings, and write the first result of every run. Raises AuthoringError."""
        self.config = read_config(self.source / FILE)
        write_json(self.source / FIRST, self.outcome())

    def run(self) -> None:
        """Grade, and write the result. Raises nothing: what goes wrong is in the result."""
        self.write()
        try:
            self.config = read_config(self.source / FILE)
            _raise_after(self.config.seconds + GRACE_SECONDS)
            self._grade(find_submission(self.root / "submission", self.exercise))
        except Unreadable as problem:
            self.grading.status, self.grading.message = UNREADABLE, str(problem)
        except Exception as error:
            self.grading.status = FAULTY
            self.grading.message = f"The grader stopped: {type(error).__name__}: {error}"
        signal.alarm(0)
        self.write()
        sys.stdout.write(fault_report(self.outcome()))

    def outcome(self) -> dict[str, Any]:
        """The results.json of what is known."""
        return add_faults(result(self.grading, self.config.show_hidden))

    def write(self) -> None:
        """Replace the result by what is known now."""
        write_json(self.target, self.outcome())

    def _grade(self, submission: Submission) -> None:
        """Grade; after each check, what is known is written."""

        def progress(known: Grading) -> None:
            self.grading = replace(known, plan=known.plan or self.grading.plan, status=FAULTY, message=STARTED)
            self.write()

        with Session(limits=Limits(total_seconds=self.config.seconds)) as session:
            self.grading = session.grade(submission, self.exercise, progress)

    def _plan(self) -> list[dict[str, Any]]:
        """What there is to earn, from the zip. A plan that can't be read is made anew while grading."""
        try:
            return json.loads((self.source / PLAN).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []


def find_submission(folder: Path, exercise: str) -> Submission:
    """The one notebook that was handed in, wherever in the folder it lies. Raises Unreadable."""
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.is_symlink() and not _hidden(path, folder)
    ]
    notebooks = [path for path in files if path.suffix.lower() != ".py"] or files
    if not notebooks:
        raise Unreadable(f"There is no notebook in what you handed in. Hand in {exercise}.ipynb.")
    if len(notebooks) > 1:
        names = ", ".join(path.name for path in notebooks[:5])
        raise Unreadable(f"You handed in {len(notebooks)} notebooks ({names}). Hand in only {exercise}.ipynb.")
    submission = read_submission(notebooks[0])
    choose_exercise(submission, exercise)
    return submission


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in path.relative_to(folder).parts)


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
    except AuthoringError as error:
        raise SystemExit(f"kit: {error}") from None

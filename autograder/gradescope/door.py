"""Grades the one submission in a folder that is laid out as Gradescope's `/autograder`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.config import Config, config_of
from autograder.classroom import choose_exercise
from autograder.files import write_json
from autograder.master import AuthoringError, exercise_names
from autograder.results import FAULTY, UNREADABLE, Grading, result
from autograder.session import Session
from autograder.student import Limits
from autograder.submission import SUFFIXES, Submission, Unreadable, read_submission

PLAN = "plan.json"
STARTED = "The grader was stopped before it had finished."


def main(arguments: Sequence[str]) -> None:
    """Write ``results/results.json`` below the folder given; what is known is there at every moment."""
    root = Path(arguments[0])
    target = root / "results" / "results.json"
    (exercise,) = exercise_names()
    grading = Grading("submission", exercise, plan=_plan(root), status=FAULTY, message=STARTED)
    config = Config()

    def write() -> None:
        write_json(target, result(grading, config.show_hidden))

    write()
    try:
        config = config_of(exercise)
        submission = _submission(root / "submission", exercise)
        grading = _grade(submission, exercise, config, target)
    except Unreadable as problem:
        grading.status, grading.message = UNREADABLE, str(problem)
    except Exception as error:  # noqa: BLE001 - a result always comes
        grading.message = f"The grader stopped: {type(error).__name__}: {error}"
    write()


def _plan(root: Path) -> list[dict[str, Any]]:
    return json.loads((root / "source" / PLAN).read_text(encoding="utf-8"))


def _submission(folder: Path, exercise: str) -> Submission:
    """The one notebook that was handed in, wherever in the folder it lies."""
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


def _grade(submission: Submission, exercise: str, config: Config, target: Path) -> Grading:
    """Grade; after each check, what is known is written."""

    def progress(known: Grading) -> None:
        write_json(target, result(known, config.show_hidden))

    limits = Limits(total_seconds=config.seconds)
    with Session(limits=limits) as session:
        return session.grade(submission, exercise, progress)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except AuthoringError as error:
        raise SystemExit(f"kit: {error}") from None

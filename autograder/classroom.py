"""Grades many submissions and writes what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from autograder.files import write_json, write_text
from autograder.master import exercise_names
from autograder.results import UNREADABLE, Grading, result
from autograder.scores import scores_csv
from autograder.session import Session
from autograder.submission import Submission, Unreadable, read_submission

SUFFIXES = (".ipynb", ".py", ".zip")
Result = dict[str, Any]


def find_submissions(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """(name, file) of each submission: the given files, and those below the given folders."""
    found: dict[str, Path] = {}
    for path in paths:
        for name, file in _below(path) if path.is_dir() else [(path.stem, path)]:
            found[name if name not in found else f"{name}{file.suffix}"] = file
    return sorted(found.items())


def _below(folder: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(folder.rglob("*")):
        relative = file.relative_to(folder)
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in relative.parts)
        if file.is_file() and file.suffix.lower() in SUFFIXES and not hidden:
            yield relative.with_suffix("").as_posix().replace("/", "__"), file


def grade_class(
    session: Session,
    submissions: Sequence[tuple[str, Path]],
    output: Path,
    exercise: str | None,
    jobs: int,
    done: Callable[[str, Result], None],
) -> list[tuple[str, Result]]:
    """Grade all submissions, ``jobs`` at a time; write each result as it comes, then scores.csv."""

    def one(item: tuple[str, Path]) -> tuple[str, Result]:
        name, path = item
        outcome = result(grade_file(session, name, path, exercise))
        write_json(output / f"{name}.json", outcome)
        done(name, outcome)
        return name, outcome

    with ThreadPoolExecutor(jobs) as pool:
        results = list(pool.map(one, submissions))
    write_text(output / "scores.csv", scores_csv(results))
    return results


def grade_file(session: Session, name: str, path: Path, exercise: str | None) -> Grading:
    """Grade one file; what can't be read is a result too."""
    try:
        submission = read_submission(path)
        chosen = choose_exercise(submission, exercise)
    except Unreadable as problem:
        return unreadable(session, name, exercise, str(problem))
    grading = session.grade(submission, chosen)
    grading.name = name
    return grading


def choose_exercise(submission: Submission, exercise: str | None) -> str:
    """The exercise of a submission: the notebook's own, which must be the one that was asked for, if any."""
    own = submission.exercise if submission.exercise in exercise_names() else None
    if exercise is not None and own not in (None, exercise):
        raise Unreadable(f"This is the notebook of {own}, not of {exercise}. Hand in the notebook of {exercise}.")
    chosen = exercise or own
    if chosen is None:
        raise Unreadable(
            "The notebook does not say which exercise it is. Start from the notebook that you were given, "
            "or grade it with --exercise."
        )
    return chosen


def unreadable(session: Session, name: str, exercise: str | None, message: str) -> Grading:
    """The grading of what can't be read: no points, and what to do."""
    plan = session.plan(exercise) if exercise else []
    return Grading(name, exercise or "", plan=plan, status=UNREADABLE, message=message)

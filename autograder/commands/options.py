"""Arguments and options that several commands take, and what makes them bad usage."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from autograder.bank.master import exercise_names
from autograder.errors import UsageError

CORES = os.cpu_count() or 1

Exercises = Annotated[
    list[str] | None, typer.Argument(help="Names of exercises; all when left out.", show_default=False)
]
OneExercise = Annotated[str | None, typer.Option("--exercise", help="The exercise, where the notebooks do not say it.")]
Results = Annotated[Path, typer.Argument(help="A folder of results.")]
Jobs = Annotated[int, typer.Option(min=1, help="Submissions graded at a time; the number of cores.")]
Unsealed = Annotated[bool, typer.Option("--unsealed", help="Run without the seal: only for code that you trust.")]
Pseudonyms = Annotated[bool, typer.Option("--pseudonyms", help="Birds instead of students' names, and no code.")]
Similar = Annotated[bool, typer.Option("--similar", help="List pairs of similar answers in report.html.")]
Roster = Annotated[Path | None, typer.Option(help="A CSV file of the class with columns such as name, sid, email.")]
Scheduler = Annotated[
    str | None, typer.Option(help="Grade on the workers of this Dask scheduler, such as tcp://10.0.0.1:8786.")
]
Profile = Annotated[
    Path | None, typer.Option(help="Write where the time goes to this file, for ui.perfetto.dev or speedscope.app.")
]


class Platform(StrEnum):
    """Whose grade book is written."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    GRADESCOPE = "gradescope"


def known(exercises: list[str] | None) -> list[str]:
    """The named exercises, or all; an unknown name is bad usage."""
    names = exercise_names()
    for name in exercises or []:
        if name not in names:
            raise UsageError(f"There is no exercise {name!r}. Choose from {', '.join(names)}.")
    return exercises or names


def there(paths: Sequence[Path]) -> list[Path]:
    """The paths; one that is not there is bad usage."""
    for path in paths:
        if not path.exists():
            raise UsageError(f"There is no file or folder {path}. Check the path.")
    return list(paths)


def check_grading(exercise: str | None, scheduler: str | None) -> None:
    """Raise UsageError where the exercise or the scheduler can't be used."""
    if exercise is not None:
        known([exercise])
    if scheduler is not None and importlib.util.find_spec("distributed") is None:
        raise UsageError("--scheduler needs Dask. Install it with `uv sync --extra cluster`.")


def check_reporting(
    has_submissions: bool, student: str | None, *, each: bool, similar: bool, unpublished: bool
) -> None:
    """Raise UsageError for options of `kit report` that would have no effect together."""
    if each and student is not None:
        raise UsageError("Use --each or --student, not both.")
    if similar and (each or student is not None):
        raise UsageError("--similar is for the report of a class. Use it without --each and --student.")
    if similar and not has_submissions:
        raise UsageError("--similar compares code. Name the submissions after the results.")
    if unpublished and not (each or student is not None):
        raise UsageError("--unpublished is for students' pages. Use it with --each or --student.")


def check_building(wheel_url: str | None, prairielearn: str | None, *, mistakes: bool) -> None:
    """Raise UsageError for options of `kit build` that write something, beside --check, which does not."""
    given = {"--mistakes": mistakes, "--wheel-url": wheel_url, "--prairielearn": prairielearn}
    for option, wanted in given.items():
        if wanted:
            raise UsageError(f"--check changes nothing, so {option} has no effect. Use one of them.")

"""`kit build`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console

from autograder.building.build import build
from autograder.paths import shown
from autograder.workers.zygote import ENVIRONMENT


def run(
    exercises: Sequence[str],
    output: Path,
    check: bool,
    wheel_url: str | None,
    prairielearn: str | None,
    mistakes: bool,
    console: Console,
) -> None:
    """Build, say what was written; with ``check`` exit with 1 where something is out of date."""
    os.environ.update(ENVIRONMENT)
    if mistakes:
        _write_mistakes(exercises, console)
    built = build(exercises, output, check=check, wheel_url=wheel_url, prairielearn=prairielearn)
    word = "is not up to date" if check else "written"
    for path in [*built.changed, *built.packages]:
        console.print(f"{shown(path)} {word}", highlight=False, markup=False)
    if check and built.changed:
        console.print("Run `kit build` and commit what it changes.")
    old = _old_tables(exercises)
    for exercise in old:
        console.print(f"{exercise}: the table of known mistakes is out of date. Run `kit build {exercise} --mistakes`.")
    if check and (built.changed or old):
        raise typer.Exit(1)
    if check:
        console.print("exercises/ is up to date.")


def _old_tables(exercises: Sequence[str]) -> list[str]:
    """The exercises whose notebooks name mistakes by a table that was made from something else."""
    from autograder.building.mistakes import is_current  # it imports TensorFlow

    return [exercise for exercise in exercises if not is_current(exercise)]


def _write_mistakes(exercises: Sequence[str], console: Console) -> None:
    from autograder.building.mistakes import write_mistakes
    from autograder.verifying.in_process import without_noise

    for exercise in exercises:
        with without_noise():
            count = write_mistakes(exercise)
        console.print(f"The notebook of {exercise} can name {count} mistakes.", highlight=False, markup=False)

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


def run(exercises: Sequence[str], output: Path, check: bool, wheel_url: str | None, console: Console) -> None:
    """Build, say what was written; with ``check`` exit with 1 where something is out of date."""
    os.environ.update(ENVIRONMENT)
    built = build(exercises, output, check=check, wheel_url=wheel_url)
    word = "is not up to date" if check else "written"
    for path in [*built.changed, *built.packages]:
        console.print(f"{shown(path)} {word}", highlight=False, markup=False)
    if check and built.changed:
        console.print("Run `kit build` and commit what it changes.")
        raise typer.Exit(1)
    if check:
        console.print("exercises/ is up to date.")

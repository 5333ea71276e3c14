"""The command line, `kit`."""

from __future__ import annotations

import importlib.util
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.bank.master import exercise_names
from autograder.errors import KitError, UsageError
from autograder.results.identity import kit_version

app = typer.Typer(no_args_is_help=True)
CORES = os.cpu_count() or 1
console = Console() if sys.stdout.isatty() else Console(width=140)
problems = Console(stderr=True)


def _show_version(wanted: bool) -> None:
    if wanted:
        console.print(f"kit {kit_version()}", highlight=False)
        raise typer.Exit


def main() -> None:
    """Run a command; errors are one line."""
    try:
        app(standalone_mode=True)
    except KitError as error:
        problems.print(f"kit: {error}", highlight=False, markup=False)
        raise SystemExit(error.exit_status) from None


@app.callback()
def kit(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Exercises for advanced Keras: build, grade, verify, release."""


def known(exercises: list[str] | None) -> list[str]:
    """The named exercises, or all; an unknown name is bad usage."""
    names = exercise_names()
    for name in exercises or []:
        if name not in names:
            raise UsageError(f"There is no exercise {name!r}. Choose from {', '.join(names)}.")
    return exercises or names


class Platform(StrEnum):
    """Whose grade book is written."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    GRADESCOPE = "gradescope"


Exercises = Annotated[
    list[str] | None, typer.Argument(help="Names of exercises; all when left out.", show_default=False)
]
Unsealed = Annotated[bool, typer.Option("--unsealed", help="Run without the seal: only for code that you trust.")]


@app.command(epilog="Example: kit grade submissions.zip --output results")
def grade(
    paths: Annotated[list[Path], typer.Argument(help="Notebooks, scripts, zips, and folders of them.")],
    exercise: Annotated[str | None, typer.Option(help="The exercise, where the notebooks do not say it.")] = None,
    output: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("results"),
    jobs: Annotated[int, typer.Option(min=1, help="Submissions graded at a time; the number of cores.")] = CORES,
    unsealed: Unsealed = False,
    pseudonyms: Annotated[bool, typer.Option("--pseudonyms", help="Birds instead of names in report.html.")] = False,
    similar: Annotated[
        bool, typer.Option("--similar", help="Ask in report.html about answers that are alike.")
    ] = False,
    roster: Annotated[
        Path | None, typer.Option(help="A CSV file of the class with columns such as name, sid, email.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Grade on the workers of this Dask scheduler, such as tcp://10.0.0.1:8786.")
    ] = None,
) -> None:
    """Grade submissions: a JSON result each, scores.csv and report.html."""
    from autograder.commands.grade import Options, run

    if exercise is not None:
        known([exercise])
    for path in paths:
        if not path.exists():
            raise UsageError(f"There is no file or folder {path}. Check the path.")
    if scheduler is not None and importlib.util.find_spec("distributed") is None:
        raise UsageError("--scheduler needs Dask. Install it with `uv sync --extra cluster`.")
    run(paths, Options(exercise, output, jobs, unsealed, pseudonyms, similar, scheduler, roster), console)


@app.command(epilog="Example: kit export results --to canvas --output grades.csv")
def export(
    results: Annotated[Path, typer.Argument(help="A folder of results.")],
    to: Annotated[Platform, typer.Option(help="The platform that imports the file.")],
    output: Annotated[Path, typer.Option(help="The file to write.")] = Path("grades.csv"),
) -> None:
    """Write the scores as the file that a platform's grade book imports."""
    from autograder.commands.export import run

    run(results, to.value, output, console)


@app.command(epilog="Example: kit diff results results-2")
def diff(
    old: Annotated[Path, typer.Argument(help="A folder of results, or one of them.")],
    new: Annotated[Path, typer.Argument(help="The same of another grading.")],
) -> None:
    """Show whose score differs between two gradings, by how much, and because of which check."""
    from autograder.commands.diff import run

    run(old, new, console)


@app.command(epilog="Example: kit build attention vae --output dist")
def build(
    exercises: Exercises = None,
    output: Annotated[Path, typer.Option(help="Folder for the packages.")] = Path("dist"),
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail where exercises/ is not up to date.")
    ] = False,
    wheel_url: Annotated[
        str | None, typer.Option(help="Also write notebooks for Colab, which install the checks from this address.")
    ] = None,
) -> None:
    """Regenerate the students' notebooks and write the packages for students and for Gradescope."""
    from autograder.commands.build import run

    run(known(exercises), output, check, wheel_url, console)


@app.command(epilog="Example: kit release vae --output solutions-out")
def release(
    exercises: Annotated[list[str], typer.Argument(help="Names of exercises.")],
    output: Annotated[Path, typer.Option(help="Folder for the solutions.")] = Path("dist/solutions"),
    early: Annotated[bool, typer.Option("--early", help="Release before the day that the exercise sets.")] = False,
) -> None:
    """Write the solutions, executed, with pictures and common mistakes, as notebooks and as pages."""
    from autograder.building.release import release as write_solution

    for exercise in known(exercises):
        for path in write_solution(exercise, output, early=early):
            console.print(f"{path} written", highlight=False, markup=False)


@app.command(epilog="Example: kit doctor")
def doctor() -> None:
    """Show which layers of isolation work on this machine, versions and memory."""
    from autograder.commands.doctor import run

    run(console)


@app.command(epilog="Example: kit verify attention --question multi_head_attention")
def verify(
    exercises: Exercises = None,
    question: Annotated[str | None, typer.Option(help="Only this question.")] = None,
    across: Annotated[
        bool, typer.Option("--across", help="Grade each answer on all questions, not only its own.")
    ] = False,
    half: Annotated[
        bool, typer.Option("--half", help="Every other misconception only; which half changes with the exercise.")
    ] = False,
    salts: Annotated[int, typer.Option(min=1, help="Grade each answer under so many salts.")] = 1,
    generated: Annotated[int, typer.Option(min=0, help="Try so many generated right answers, too.")] = 0,
    evidence: Annotated[
        Path | None,
        typer.Option(help="Write what was tried, and the counts, to this file, such as solutions/EVIDENCE.md."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Exercises verified at a time.")] = 2,
) -> None:
    """Try the stub, the reference, every alternative and every misconception against the checks."""
    from autograder.commands.verify import run
    from autograder.verifying.verify import Scope

    run(known(exercises), Scope(question, across, half, salts, generated), jobs, evidence, console)


@app.command(epilog="Example: kit new soft_clip")
def new(name: Annotated[str, typer.Argument(help="Name of the exercise: small letters, digits, underscores.")]) -> None:
    """Make the files of a new exercise, with an example that passes `kit verify`."""
    from autograder.building.scaffold import describe, scaffold

    paths = scaffold(name)
    console.print(
        f"Wrote\n{describe(paths)}\nChange them, then run `kit verify {name}`.", highlight=False, markup=False
    )

"""The command line, `kit`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.commands.options import (
    CORES,
    Exercises,
    Jobs,
    OneExercise,
    Platform,
    Profile,
    Pseudonyms,
    Results,
    Roster,
    Scheduler,
    Similar,
    Unsealed,
    check_building,
    check_grading,
    check_reporting,
    known,
    there,
)
from autograder.errors import KitError, UsageError
from autograder.results.identity import kit_version

app = typer.Typer(no_args_is_help=True)
console = Console() if sys.stdout.isatty() else Console(width=140)
problems = Console(stderr=True)


def _show_version(wanted: bool) -> None:
    if wanted:
        console.print(f"kit {kit_version()}", highlight=False)
        raise typer.Exit


def main() -> None:
    """Run a command; errors are one line. To be asked to end is an interruption: processes and folders are removed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
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


@app.command(epilog="Example: kit grade submissions.zip --output results")
def grade(
    paths: Annotated[list[Path], typer.Argument(help="Notebooks, scripts, zips, and folders of them.")],
    exercise: OneExercise = None,
    output: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("results"),
    jobs: Jobs = CORES,
    unsealed: Unsealed = False,
    pseudonyms: Pseudonyms = False,
    similar: Similar = False,
    roster: Roster = None,
    scheduler: Scheduler = None,
    question: Annotated[
        str | None, typer.Option(help="Grade this question again, and leave the others as they are.")
    ] = None,
    student: Annotated[
        list[str] | None,
        typer.Option(help="Grade this student again, and leave the others as they are: a name, id, email, submission."),
    ] = None,
    profile: Profile = None,
) -> None:
    """Grade submissions: a JSON result each, scores.csv and report.html."""
    from autograder.classroom.part import Part
    from autograder.commands.grade import run
    from autograder.commands.grading import Options
    from autograder.spans import profiled

    check_grading(exercise, scheduler)
    part = Part(tuple(student or ()), question)
    options = Options(exercise, output, jobs, unsealed, pseudonyms, similar, scheduler, roster, part)
    with profiled(profile):
        run(there(paths), options, console)


@app.command(epilog="Example: kit watch submissions --output results")
def watch(
    folder: Annotated[Path, typer.Argument(help="The folder that submissions are copied to.")],
    exercise: OneExercise = None,
    output: Annotated[Path, typer.Option(help="Folder for the results; it may lie in the watched one.")] = Path(
        "results"
    ),
    jobs: Jobs = CORES,
    unsealed: Unsealed = False,
    pseudonyms: Pseudonyms = False,
    similar: Similar = False,
    roster: Roster = None,
    scheduler: Scheduler = None,
) -> None:
    """Grade what arrives in a folder as it comes, and keep scores.csv and report.html up to date, until Ctrl-C."""
    from autograder.commands.grading import Options
    from autograder.commands.watch import run

    check_grading(exercise, scheduler)
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder. Name the folder that submissions are copied to.")
    run(folder, Options(exercise, output, jobs, unsealed, pseudonyms, similar, scheduler, roster), console)


@app.command(epilog="Example: kit export results --to canvas --output grades.csv")
def export(
    results: Results,
    to: Annotated[Platform, typer.Option(help="The platform that imports the file.")],
    output: Annotated[Path, typer.Option(help="The file to write.")] = Path("grades.csv"),
    column: Annotated[
        str | None, typer.Option(help="Title of the column, as the platform has it; the exercise when left out.")
    ] = None,
) -> None:
    """Write the scores as the file that a platform's grade book imports."""
    from autograder.commands.export import run

    run(results, to.value, output, column, console)


@app.command(epilog="Example: kit report results submissions --student 'Anna Alt' --output anna.html")
def report(
    results: Results,
    submissions: Annotated[
        list[Path] | None, typer.Argument(help="The submissions, whose code the report shows.", show_default=False)
    ] = None,
    student: Annotated[
        str | None, typer.Option(help="This student's page alone: a name, id, email address or submission.")
    ] = None,
    each: Annotated[
        bool, typer.Option("--each", help="Every student's page as a file of its own, to return; --output is a folder.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; report.html in the folder, or SUBMISSION.html.")
    ] = None,
    pseudonyms: Pseudonyms = False,
    similar: Similar = False,
    unpublished: Annotated[
        bool, typer.Option("--unpublished", help="Leave out what students see only once grades are published.")
    ] = False,
) -> None:
    """Write the report of a class again, the page of one student to answer an appeal, or the pages of all."""
    from autograder.commands.report import PageOptions, write_class, write_each, write_student

    paths = there(submissions or [])
    check_reporting(bool(paths), student, each=each, similar=similar, unpublished=unpublished)
    options = PageOptions(pseudonyms, not unpublished)
    if each:
        write_each(results, paths, output or Path("pages"), options, console)
    elif student is None:
        write_class(results, paths, output or results / "report.html", console, pseudonyms=pseudonyms, similar=similar)
    else:
        write_student(results, student, paths, output, options, console)


@app.command(epilog="Example: kit diff results results-2 --html diff.html")
def diff(
    old: Annotated[Path, typer.Argument(help="A folder of results, or one of them.")],
    new: Annotated[Path, typer.Argument(help="The same of another grading.")],
    html: Annotated[Path | None, typer.Option(help="Write the same as a page to this file, such as diff.html.")] = None,
) -> None:
    """Show whose score differs between two gradings, by how much, and because of which check."""
    from autograder.commands.diff import run

    run(old, new, html, console)


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
    prairielearn: Annotated[
        str | None, typer.Option(help="Also write questions for PrairieLearn, which are graded in this Docker image.")
    ] = None,
    mistakes: Annotated[
        bool, typer.Option("--mistakes", help="Also try all wrong answers, so that notebooks can name them: minutes.")
    ] = False,
) -> None:
    """Regenerate the students' notebooks and write the packages for students and for Gradescope."""
    from autograder.commands.build import run

    if check:
        check_building(wheel_url, prairielearn, mistakes=mistakes)
    run(known(exercises), output, check, wheel_url, prairielearn, mistakes, console)


@app.command(epilog="Example: kit release vae --output solutions-out")
def release(
    exercises: Annotated[list[str], typer.Argument(help="Names of exercises.")],
    output: Annotated[Path, typer.Option(help="Folder for the solutions.")] = Path("dist/solutions"),
    early: Annotated[bool, typer.Option("--early", help="Release before the day that the exercise sets.")] = False,
    results: Annotated[
        Path | None, typer.Option(help="A folder of results: common mistakes say how many of the class made them.")
    ] = None,
) -> None:
    """Write the solutions, executed, with pictures and common mistakes, as notebooks and as pages."""
    from autograder.building.release import release as write_solution

    for exercise in known(exercises):
        for path in write_solution(exercise, output, early=early, results=results):
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
    parts: Annotated[
        int,
        typer.Option(
            min=1, help="Divide the bank into N parts, and try one; which one changes with the checks.", metavar="N"
        ),
    ] = 1,
    salts: Annotated[int, typer.Option(min=1, help="Grade each answer under N salts.", metavar="N")] = 1,
    generated: Annotated[int, typer.Option(min=0, help="Also try N generated right answers.", metavar="N")] = 0,
    evidence: Annotated[
        Path | None,
        typer.Option(help="Write what was tried, and the counts, to this file, such as solutions/EVIDENCE.md."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Exercises verified at a time.")] = 2,
) -> None:
    """Try the stub, the reference, every alternative and every misconception against the checks."""
    from autograder.commands.verify import run
    from autograder.verifying.verify import Scope

    run(known(exercises), Scope(question, across, parts, salts, generated), jobs, evidence, console)


@app.command(epilog="Example: kit new soft_clip")
def new(name: Annotated[str, typer.Argument(help="Name of the exercise: small letters, digits, underscores.")]) -> None:
    """Make the files of a new exercise, with an example that passes `kit verify`."""
    from autograder.building.scaffold import describe, scaffold

    paths = scaffold(name)
    console.print(
        f"Wrote\n{describe(paths)}\nChange them, then run `kit verify {name}`.", highlight=False, markup=False
    )

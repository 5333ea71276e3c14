"""`kit grade`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.classroom.batch import Class
from autograder.classroom.deferred import DeferredGrader
from autograder.classroom.report import report
from autograder.commands.diff import change_table
from autograder.commands.meter import Meter
from autograder.files import write_text
from autograder.grading.entry import SubmissionGrader
from autograder.grading.session import Session
from autograder.paths import ROOT, shown
from autograder.results.key import key_in
from autograder.results.records import Result, Status
from autograder.results.result import max_score
from autograder.submissions.collect import Source, find_submissions
from autograder.submissions.people import read_roster

INTERRUPTED = 130
SAMPLES = ROOT / "tests" / "class"
MANY = 256
"""Submissions under way on a scheduler: enough to keep workers busy that join later."""


@dataclass(frozen=True)
class Options:
    """What `kit grade` was asked for, beside the submissions."""

    exercise: str | None
    output: Path
    jobs: int
    unsealed: bool = False
    pseudonyms: bool = False
    similar: bool = False
    scheduler: str | None = None
    roster: Path | None = None


def run(paths: Sequence[Path], options: Options, console: Console) -> None:
    """Grade, show a table, and exit with 1 where something could not be graded."""
    sources = find_submissions(paths, read_roster(options.roster) if options.roster else ())
    if not sources:
        console.print("No notebook, script or zip there: name a file, or a folder that holds some.")
        raise typer.Exit(2)
    meter = Meter(console, len(sources))
    try:
        with DeferredGrader(lambda: _grader(options)) as grader, meter:
            jobs = MANY if options.scheduler else options.jobs
            results = Class(grader, options.output, options.exercise).grade(sources, jobs, meter.done)
    except KeyboardInterrupt:
        console.print(f"Stopped after {meter.count + meter.kept} of {len(sources)}. Run the same command to resume.")
        raise typer.Exit(INTERRUPTED) from None
    write_text(options.output / "report.html", _report(results, sources, options))
    _tell(results, meter, paths, options.output, console)
    if any(result["extra_data"]["status"] == Status.FAULT for _, result in results):
        raise typer.Exit(1)


def _grader(options: Options) -> AbstractContextManager[SubmissionGrader]:
    if options.scheduler is None:
        return Session(unsealed=options.unsealed, key=key_in(options.output))
    from autograder.classroom.cluster import Cluster

    return Cluster(options.scheduler, unsealed=options.unsealed, key=key_in(options.output))


def _report(results: Sequence[tuple[str, Result]], sources: Sequence[Source], options: Options) -> str:
    pairs = []
    if options.similar:
        from autograder.classroom.similarity import find_similar

        pairs = find_similar(sources, dict(results))
    students = {source.name: source.student for source in sources}
    return report(results, students, pseudonyms=options.pseudonyms, similar=pairs)


def _tell(
    results: Sequence[tuple[str, Result]], meter: Meter, paths: Sequence[Path], output: Path, console: Console
) -> None:
    console.print(_table(results))
    if meter.kept:
        console.print(f"{meter.kept} were graded before, by the same checks.")
    if meter.changes:
        console.print("What was there before, and is not the same any more:")
        console.print(change_table(meter.changes))
    console.print(
        f"Results are in {output}: a JSON file each, scores.csv and report.html.", highlight=False, markup=False
    )
    if SAMPLES in paths[0].resolve().parents:
        console.print(
            f"Next: open {output / 'report.html'} in a browser, or grade the whole sample class:", markup=False
        )
        console.print(f"    uv run kit grade {shown(SAMPLES)} --output {output}", highlight=False, markup=False)


def _table(results: Sequence[tuple[str, Result]]) -> Table:
    table = Table("Submission", "Exercise", "Score", "Status", "Seconds", "Looks like", "Message")
    for name, result in results:
        extra = result["extra_data"]
        named = dict.fromkeys(check["misconception"] for check in extra["checks"] if check["misconception"])
        score = f"{result['score']:g} / {max_score(result):g}"
        table.add_row(
            *map(escape, (name, extra["exercise"], score, extra["status"])),
            f"{extra['seconds']:.1f}",
            escape(", ".join(named)),
            escape(extra["message"]),
        )
    return table

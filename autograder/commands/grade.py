"""`kit grade`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from autograder.classroom import Class, Result
from autograder.collect import find_submissions
from autograder.files import write_text
from autograder.report import report
from autograder.results import FAULTY
from autograder.scores import max_score
from autograder.session import Session


def run(
    paths: Sequence[Path],
    exercise: str | None,
    output: Path,
    jobs: int,
    unsealed: bool,
    pseudonyms: bool,
    console: Console,
) -> None:
    """Grade, show a table, and exit with 1 where something could not be graded."""
    submissions = find_submissions(paths)
    if not submissions:
        console.print("No notebook, script or zip there: name a file, or a folder that holds some.")
        raise typer.Exit(2)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Session(unsealed=unsealed) as session, Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Grading", total=len(submissions))

        def done(name: str, result: Result) -> None:
            progress.advance(task)
            if result["extra_data"]["status"] == FAULTY:
                progress.console.print(f"[red]fault[/] {escape(name)}: see its checks in {escape(str(output))}")

        results = Class(session, output, exercise).grade(submissions, jobs, done)
    students = {source.name: source.student for source in submissions}
    write_text(output / "report.html", report(results, students, pseudonyms=pseudonyms))
    console.print(_table(results))
    console.print(f"Results are in {output}: a JSON file each, scores.csv and report.html.", highlight=False)
    if any(result["extra_data"]["status"] == FAULTY for _, result in results):
        raise typer.Exit(1)


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

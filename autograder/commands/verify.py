"""`kit verify`."""

from __future__ import annotations

import datetime
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.verifying.evidence import add_reports
from autograder.verifying.verify import RIGHT, Report, Scope
from autograder.workers.zygote import ENVIRONMENT

COLUMNS = (
    "Exercise",
    "Right answers",
    "False rejects",
    "Wrong answers",
    "False accepts",
    "Misjudged",
    "All green",
    "Unstable",
    "Named as itself",
    "Forgeable",
    "Seconds",
)


def run(exercises: Sequence[str], scope: Scope, jobs: int, evidence: Path | None, console: Console) -> None:
    """Verify exercises, show a table and each wrong verdict; exit with 1 where there is one."""
    os.environ.update(ENVIRONMENT)
    context = multiprocessing.get_context("spawn")
    reports = []
    with ProcessPoolExecutor(min(jobs, len(exercises)), mp_context=context) as pool, console.status("Verifying"):
        for report in pool.map(verified, exercises, [scope] * len(exercises)):
            reports.append(report)
            for line in complaints(report):
                console.print(escape(line), highlight=False)
    console.print(_table(reports))
    if evidence is not None:
        add_reports(evidence, reports, scope, datetime.date.today())
    if not all(report.clean for report in reports):
        raise typer.Exit(1)


def verified(exercise: str, scope: Scope) -> Report:
    """The bank of an exercise against its checks, in a process that imports TensorFlow now."""
    from autograder.verifying.in_process import verified, without_noise

    with without_noise():
        return verified(exercise, scope)


def complaints(report: Report) -> list[str]:
    """A line for each wrong verdict."""
    lines = [f"{report.exercise}: {problem}" for problem in (*report.points, report.edge_problem) if problem]
    lines += [f"{report.exercise}: {forgery}" for forgery in report.forgeries]
    for row in report.rows:
        place = f"{report.exercise}/{row.variant.question}/{row.variant.name}".replace("//", "/")
        lines += [f"{place} ({row.kind}): {problem}" for problem in row.problems]
    return lines


def _table(reports: Sequence[Report]) -> Table:
    table = Table(*COLUMNS)
    for report in reports:
        right, wrong = report.of(*RIGHT), report.of("stub", "misconception")
        numbers = (
            len(right),
            len(report.false_rejects),
            len(wrong),
            len(report.false_accepts),
            len(report.misjudged),
            len(report.green),
            len(report.unstable),
            f"{len(report.named)} of {len(report.of('misconception'))}",
            len(report.forgeries),
        )
        table.add_row(report.exercise, *map(str, numbers), f"{sum(row.seconds for row in report.rows):.1f}")
    return table

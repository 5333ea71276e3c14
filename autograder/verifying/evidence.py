"""The page of evidence: what was tried on the checks of each exercise, and how many verdicts were wrong.

The page has a table per environment, and one of mutants. A run replaces the rows of the exercises that it tried, and
leaves the others, so that exercises and environments can be tried one after the other.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from autograder.bank.master import exercise_names
from autograder.files import PUBLIC, write_text
from autograder.results.identity import checks_sha256, versions
from autograder.verifying.verify import Report, Scope

HEAD = """# Evidence

What was tried on the checks of each exercise, and the result. Commands write this page: do not edit it.

```sh
uv run kit verify --generated 300 --evidence solutions/EVIDENCE.md
uv run --group test python tests/mutants/mutants.py --alternatives 3 --evidence solutions/EVIDENCE.md
```

* *Checks*: the start of `checks_sha256`, which changes with whatever can change a verdict.
* *Part*: how much of the bank was tried.
* *Rejected*: right answers that lose a point.
* *Accepted*: wrong answers that keep all points of their question, and stubs that earn any.
* *Named*: misconceptions that the feedback names, and takes for nothing else.
* *All green*: misconceptions that are green in the student's notebook. Each is tagged as an edge case.
* *Unstable*: answers that lose other checks under another salt; *salts* says under how many each was graded.
* *Forged*: checks with points that numbers pass which no answer gave.
* *Right after all*: mutants that keep all points; each is listed with its reason in `survivors.toml`.
"""
COLUMNS = (
    "exercise", "tried on", "checks", "part", "right: bank", "right: generated", "rejected", "wrong: bank", "accepted",
    "named", "all green", "salts", "unstable", "forged",
)  # fmt: skip
MUTANTS = "Mutants"
MUTANT_COLUMNS = ("exercise", "tried on", "checks", "mutants", "lose points", "right after all", "not listed")
DIGITS = 8
Tables = dict[str, dict[str, str]]
"""By heading and exercise, the rows."""


def add_reports(page: Path, reports: Iterable[Report], scope: Scope, today: datetime.date) -> None:
    """Write what `kit verify` saw in this environment to the page."""
    heading = ", ".join(f"{name} {version}" for name, version in versions().items())
    _add(page, heading, {report.exercise: _row(report, scope, today) for report in reports})


def add_mutants(page: Path, counts: Mapping[str, tuple[int, int, int]], today: datetime.date) -> None:
    """Write how many mutants of each exercise were tried, how many keep all points, and how many of these nobody
    listed."""
    rows = {
        exercise: _line((f"`{exercise}`", today, _checks(exercise), tried, tried - kept, kept - unlisted, unlisted))
        for exercise, (tried, kept, unlisted) in counts.items()
    }
    _add(page, MUTANTS, rows)


def _add(page: Path, heading: str, rows: Mapping[str, str]) -> None:
    tables = _tables(page.read_text(encoding="utf-8")) if page.is_file() else {}
    tables.setdefault(heading, {}).update(rows)
    headings = sorted(tables, key=lambda heading: heading == MUTANTS)
    write_text(page, HEAD + "".join(_table(heading, tables[heading]) for heading in headings), PUBLIC)


def _tables(text: str) -> Tables:
    """What a page says already."""
    tables: Tables = {}
    rows: dict[str, str] = {}
    for line in text.splitlines(keepends=True):
        if line.startswith("## "):
            rows = tables.setdefault(line[3:].strip(), {})
        elif line.startswith("| `"):
            rows[line.split("`")[1]] = line
    return tables


def _table(heading: str, rows: Mapping[str, str]) -> str:
    columns = MUTANT_COLUMNS if heading == MUTANTS else COLUMNS
    ordered = [rows[exercise] for exercise in exercise_names() if exercise in rows]
    return f"\n## {heading}\n\n" + _line(columns) + _line(["---"] * len(columns)) + "".join(ordered)


def _row(report: Report, scope: Scope, today: datetime.date) -> str:
    return _line(
        (
            f"`{report.exercise}`",
            today,
            _checks(report.exercise),
            f"1 of {scope.parts}" if scope.parts > 1 else "all",
            len(report.of("reference", "alternative")),
            len(report.of("generated")),
            len(report.false_rejects),
            len(report.of("misconception")),
            len(report.false_accepts),
            len(report.named),
            len(report.green),
            scope.salts,
            len(report.unstable),
            len(report.forgeries),
        )
    )


def _checks(exercise: str) -> str:
    return checks_sha256(exercise)[:DIGITS]


def _line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |\n"

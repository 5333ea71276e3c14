"""The page of evidence: what was tried on the checks of each exercise, and how many verdicts were wrong."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from autograder.results.identity import kit_version, versions
from autograder.verifying.verify import Report, Scope

HEAD = """# Evidence

What `kit verify` tried on the checks of each exercise, and the result. The command writes this page: do not edit it.

```sh
{command}
```

{date}, version {kit} of the kit, with {versions}.

{columns}
"""
COLUMNS = (
    "exercise", "right: bank", "right: generated", "rejected", "wrong: bank", "accepted", "named as itself",
    "all green", "unstable", "forged",
)  # fmt: skip
FOOT = """
* *Rejected*: right answers that lose a point.
* *Accepted*: wrong answers that keep all points of their question, and stubs that earn any.
* *Named as itself*: misconceptions that the feedback names, and takes for nothing else.
* *All green*: misconceptions that are green in the student's notebook. Each is tagged as an edge case.
* *Unstable*: answers that lose other checks under another salt; each answer was graded under {salts}.
* *Forged*: checks with points that numbers pass which no answer gave.
"""
PART = """
One of {parts} parts of each bank was tried; when a check changes, it is another part.
"""


def evidence_page(reports: Sequence[Report], scope: Scope, today: datetime.date) -> str:
    """The page as Markdown."""
    options = [f"--parts {scope.parts}"] if scope.parts > 1 else []
    options += [f"--generated {scope.generated}"] if scope.generated else []
    options += [f"--salts {scope.salts}"] if scope.salts > 1 else []
    command = " ".join(["uv run kit verify", *options, "--evidence solutions/EVIDENCE.md"])
    named = ", ".join(f"{name} {version}" for name, version in versions().items())
    head = HEAD.format(
        command=command,
        date=today.isoformat(),
        kit=kit_version(),
        versions=named,
        columns=_line(COLUMNS) + _line(["---"] * len(COLUMNS)).strip(),
    )
    salts = f"{scope.salts} salts" if scope.salts > 1 else "one salt"
    part = PART.format(parts=scope.parts) if scope.parts > 1 else ""
    return head + "".join(map(_row, reports)) + FOOT.format(salts=salts) + part


def _row(report: Report) -> str:
    cells = (
        f"`{report.exercise}`",
        len(report.of("reference", "alternative")),
        len(report.of("generated")),
        len(report.false_rejects),
        len(report.of("misconception")),
        len(report.false_accepts),
        len(report.named),
        len(report.green),
        len(report.unstable),
        len(report.forgeries),
    )
    return _line(cells)


def _line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |\n"

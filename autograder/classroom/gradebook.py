"""The scores of a class as the file that a platform's grade book imports."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import UsageError

Row = Mapping[str, str]


@dataclass(frozen=True)
class Layout:
    """The columns of a platform's file, how a student's row is made, and what identifies a student there."""

    columns: Callable[[str], list[str]]
    cells: Callable[[Row], list[str]]
    needs: tuple[str, ...]
    advice: str


@dataclass(frozen=True)
class Gradebook:
    """A file to import, and the submissions whose student is not known well enough."""

    text: str
    count: int
    unknown: list[str]
    advice: str


LAYOUTS = {
    # https://community.canvaslms.com: "How do I import grades in the Gradebook?"
    "canvas": Layout(
        lambda title: ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title],
        lambda row: [row["name"], row["sid"], row["sid"], row["email"], "", row["score"]],
        ("name", "sid"),
        "In Canvas: Grades, Import.",
    ),
    # https://docs.moodle.org/en/Grade_import
    "moodle": Layout(
        lambda title: ["ID number", "Email address", title],
        lambda row: [row["sid"], row["email"], row["score"]],
        ("sid", "email"),
        "In Moodle: Grades, Import, CSV file; map by ID number or email address.",
    ),
    # The columns of Gradescope's own "Download Grades".
    "gradescope": Layout(
        lambda _title: ["Name", "SID", "Email", "Total Score", "Max Points", "Status"],
        lambda row: [row["name"], row["sid"], row["email"], row["score"], row["max_score"], "Graded"],
        ("name", "email"),
        "It has the columns of Gradescope's Download Grades.",
    ),
}


def gradebook(results: Path, platform: str) -> Gradebook:
    """The grade book of a folder of results. Raises UsageError where there is no scores.csv."""
    layout, rows = LAYOUTS[platform], _rows(results / "scores.csv")
    graded = [row for row in rows if row["status"] != "unreadable" or any(row[key] for key in ("name", "sid", "email"))]
    known = [row for row in graded if any(row[key] for key in layout.needs)]
    title = ", ".join(dict.fromkeys(row["exercise"] for row in known if row["exercise"])) or "score"
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(layout.columns(title))
    writer.writerows(layout.cells(row) for row in known)
    unknown = [row["submission"] for row in rows if row not in known]
    return Gradebook(buffer.getvalue(), len(known), unknown, layout.advice)


def _rows(path: Path) -> Sequence[Row]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except OSError:
        raise UsageError(f"There is no {path}. Name a folder that `kit grade` has written.") from None

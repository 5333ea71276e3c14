"""Faults of the grader as an instructor meets them on Gradescope: a hidden entry, printed lines, a mark to regrade."""

from __future__ import annotations

from typing import Any

from autograder.grading.verdict import FAULT
from autograder.results.result import FAULTY

NAME = "Grader fault: look into it, then regrade"
MAX_NOTES, MAX_NOTE = 30, 1000
FOR_ALL = (
    "The points above are not final: the grader failed, not the submission. Students do not see this entry, and, "
    "because of it, no total. When the cause is mended, choose Rerun Autograder."
)


def add_faults(outcome: dict[str, Any]) -> dict[str, Any]:
    """``outcome``, and where the grader failed: an entry that only instructors see, and ``extra_data.regrade``."""
    extra = outcome["extra_data"]
    extra["regrade"] = extra["status"] == FAULTY
    if extra["regrade"]:
        entry = {"name": NAME, "status": "failed", "output": _details(outcome), "output_format": "text"}
        outcome["tests"] = [*outcome["tests"], entry | {"visibility": "hidden"}]
    return outcome


def fault_report(outcome: dict[str, Any]) -> str:
    """What the run prints, which Gradescope shows to instructors only: nothing where nothing failed."""
    return f"{NAME}\n{_details(outcome)}\n" if outcome["extra_data"]["regrade"] else ""


def _details(outcome: dict[str, Any]) -> str:
    extra = outcome["extra_data"]
    faults = [row for row in extra["checks"] if row["outcome"] == FAULT]
    notes = [f"{row['question']}.{row['check']}: {_cut(row['note'])}" for row in faults[:MAX_NOTES]]
    lost = sum(row["max_points"] for row in faults)
    lines = [FOR_ALL, _cut(extra["message"]), f"{len(faults)} checks, worth {lost:g} points, have no verdict.", *notes]
    return "\n".join(line for line in lines if line)


def _cut(text: str | None) -> str:
    return (text or "")[:MAX_NOTE]

"""Faults of the grader as an instructor meets them on Gradescope: a hidden entry, printed lines, a mark to regrade."""

from __future__ import annotations

from typing import Any

from autograder.results import FAULTY
from autograder.verdict import FAULT

NAME = "Grader fault: look into it, then regrade"
FOR_ALL = (
    "The points above are not final: the grader failed, not the submission. Students do not see this entry, and, "
    "because of it, no total. When the cause is mended, choose Regrade Submission."
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
    faults = [f"{row['question']}.{row['check']}: {row['note']}" for row in extra["checks"] if row["outcome"] == FAULT]
    lost = sum(row["max_points"] for row in extra["checks"] if row["outcome"] == FAULT)
    lines = [FOR_ALL, extra["message"], f"{len(faults)} checks, worth {lost:g} points, have no verdict.", *faults[:30]]
    return "\n".join(line for line in lines if line)

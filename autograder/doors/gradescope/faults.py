"""Faults of the grader as an instructor meets them on Gradescope: a hidden entry, printed lines, a mark to regrade."""

from __future__ import annotations

from typing import Any

from autograder.results.records import NoteEntry, Outcome, Result, Status

NAME = "Grader fault: look into it, then regrade"
MAX_NOTES, MAX_NOTE = 30, 1000
FOR_ALL = (
    "The points above are not final: the grader failed, not the submission. Students do not see this entry, and, "
    "because of it, no total. When the cause is mended, choose Rerun Autograder."
)


def add_faults(outcome: Result) -> dict[str, Any]:
    """``outcome``, and where the grader failed: an entry that only instructors see, and ``extra_data.regrade``."""
    faulty = outcome["extra_data"]["status"] == Status.FAULT
    outcome["extra_data"]["regrade"] = faulty
    tests: list[Any] = list(outcome["tests"])
    if faulty:
        entry: NoteEntry = {
            "name": NAME,
            "status": "failed",
            "output": _details(outcome),
            "output_format": "text",
            "visibility": "hidden",
        }
        tests.append(entry)
    return {**outcome, "tests": tests}


def fault_report(outcome: Result, advice: str = FOR_ALL) -> str:
    """What the run prints, which the platform shows to instructors only: nothing where nothing failed."""
    faulty = outcome["extra_data"]["status"] == Status.FAULT
    return f"{NAME}\n{_details(outcome, advice)}\n" if faulty else ""


def _details(outcome: Result, advice: str = FOR_ALL) -> str:
    extra = outcome["extra_data"]
    faults = [row for row in extra["checks"] if row["outcome"] == Outcome.FAULT]
    notes = [f"{row['question']}.{row['check']}: {_cut(row['note'])}" for row in faults[:MAX_NOTES]]
    lost = sum(row["max_points"] for row in faults)
    lines = [advice, _cut(extra["message"]), f"{len(faults)} checks, worth {lost:g} points, have no verdict.", *notes]
    return "\n".join(line for line in lines if line)


def _cut(text: str | None) -> str:
    return (text or "")[:MAX_NOTE]

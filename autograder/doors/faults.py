"""Faults of the grader as text for an instructor: what to do, and which checks have no verdict."""

from __future__ import annotations

from autograder.results.records import Outcome, Result, Status

NAME = "Grader fault: look into it, then regrade"
MAX_NOTES, MAX_NOTE = 30, 1000
"""Checks that are listed, and characters of what is said about each: platforms cut long texts anywhere."""
ADVICE = (
    "The points are not final: the grader failed, not the submission. Fix the cause, then grade the submission again."
)
"""What to do, where no platform has its own words for it."""


def is_faulty(outcome: Result) -> bool:
    """Whether the grader failed."""
    return outcome["extra_data"]["status"] == Status.FAULT


def fault_report(outcome: Result, advice: str = ADVICE) -> str:
    """What a run prints, which platforms show to instructors only: nothing where nothing failed."""
    return f"{NAME}\n{details(outcome, advice)}\n" if is_faulty(outcome) else ""


def details(outcome: Result, advice: str) -> str:
    """What to do, why the grader failed, and on which checks."""
    extra = outcome["extra_data"]
    faults = [row for row in extra["checks"] if row["outcome"] == Outcome.FAULT]
    notes = [f"{row['question']}.{row['check']}: {_cut(row['note'])}" for row in faults[:MAX_NOTES]]
    lost = sum(row["max_points"] for row in faults)
    lines = [advice, _cut(extra["message"]), f"{len(faults)} checks, worth {lost:g} points, have no verdict.", *notes]
    return "\n".join(line for line in lines if line)


def _cut(text: str | None) -> str:
    return (text or "")[:MAX_NOTE]

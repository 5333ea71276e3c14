"""Faults of the grader as an instructor meets them on Gradescope: a hidden entry, and a mark to regrade."""

from __future__ import annotations

from typing import Any

from autograder.doors.faults import NAME, details, is_faulty
from autograder.results.records import NoteEntry, Result

ADVICE = (
    "The points above are not final: the grader failed, not the submission. Students do not see this entry, and, "
    "because of it, no total. When the cause is fixed, choose Rerun Autograder."
)


def add_faults(outcome: Result) -> dict[str, Any]:
    """``outcome``, and where the grader failed: an entry that only instructors see, and ``extra_data.regrade``."""
    faulty = is_faulty(outcome)
    extra = {**outcome["extra_data"], "regrade": faulty}
    entries = [_entry(outcome)] if faulty else []
    return {**outcome, "tests": [*outcome["tests"], *entries], "extra_data": extra}


def _entry(outcome: Result) -> NoteEntry:
    return {
        "name": NAME,
        "status": "failed",
        "output": details(outcome, ADVICE),
        "output_format": "text",
        "visibility": "hidden",
    }

"""Records of checks that have run."""

from __future__ import annotations

from typing import Any

from autograder.results.records import CheckRecord, Outcome, PlanRow


def check_record(row: PlanRow, outcome: Outcome = Outcome.FAILED, **parts: Any) -> CheckRecord:
    """The record of a check that ended like this, with ``parts`` of it set."""
    record: CheckRecord = {
        **row,
        "points": row["max_points"] if outcome is Outcome.PASSED else 0.0,
        "outcome": outcome,
        "misconception": None,
        "counterexample": None,
        "message": "The loss has the wrong value." if outcome is Outcome.FAILED else None,
        "note": None,
    }
    return {**record, **parts}  # type: ignore[typeddict-item]

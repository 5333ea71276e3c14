"""The records of checks that the trusted process reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from keras_checks.feedback import Record, fold_of, reason, voice
from keras_checks.question import Check, Question

from autograder.grading.verdict import Verdict
from autograder.results.markdown import markdown
from autograder.results.records import CheckRecord, Outcome, PlanRow

MAX_NUMBERS = 200
DECIMALS = 6
"""Of points that are added: sums of tenths are no exact binary numbers."""


def plan_of(questions: Sequence[Question]) -> list[PlanRow]:
    """What is to be graded: one row per check, known before anything has run."""
    return [_row(check) for question in questions for check in question.checks]


def points_of(checks: Iterable[Check]) -> float:
    """What some checks are worth together."""
    return round(sum(check.points for check in checks), DECIMALS)


def check_record(verdict: Verdict, record: Record | None) -> CheckRecord:
    """The record of a check that a result keeps; ``record`` says what the student reads of a failure."""
    misconception = record.misconception if record else None
    failed, failure = verdict.outcome is Outcome.FAILED, verdict.failure
    found: CheckRecord = {
        **_row(verdict.check),
        "points": verdict.points,
        "outcome": verdict.outcome,
        "misconception": misconception.name if misconception else None,
        "counterexample": jsonable(verdict.counterexample) if failed else None,
        "message": failure.message if failure else None,
        "note": verdict.note if verdict.outcome is Outcome.FAULT else None,
        "feedback": markdown(record) if record else None,
        "reason": reason(record) if record else None,
        "fold": fold_of(record) if record else None,
        "voice": voice(record) if record else None,
    }
    if failed and verdict.timed_out:
        found["timed_out"] = True
    return found


def _row(check: Check) -> PlanRow:
    return {
        "question": check.question,
        "check": check.name,
        "statement": check.statement,
        "hidden": check.hidden,
        "max_points": check.points,
    }


def jsonable(data: Any) -> Any:
    """Plain data as JSON: arrays as nested lists, long ones by shape and first numbers."""
    if isinstance(data, dict):
        return {key: jsonable(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [jsonable(value) for value in data]
    if isinstance(data, np.ndarray):
        if data.size > MAX_NUMBERS:
            return {"shape": list(data.shape), "first": jsonable(data.ravel()[:8])}
        return [jsonable(value) for value in data.tolist()] if data.ndim else jsonable(data.item())
    if isinstance(data, float):
        return round(data, 6) if np.isfinite(data) else str(data)
    return data

"""What kit and judge say to each other: a job, and the records of its checks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from keras_checks.question import Question

from autograder.grading.verdict import FAILED, FAULT, Outcome
from autograder.workers.student import Limits

MAX_NUMBERS = 200
SEED = 20


@dataclass(frozen=True)
class Mistake:
    """A misconception: the question that it answers wrongly, what it is, a hint, and its code."""

    question: str
    name: str
    statement: str
    hint: str
    source: str


@dataclass(frozen=True)
class Job:
    """One submission to grade. ``cells`` of None asks for the plan of the exercise only."""

    exercise: str
    reference: list[str]
    misconceptions: list[Mistake]
    cells: list[str] | None = None
    salt: str = ""
    only: str | None = None
    unsealed: bool = False
    seed: int = SEED
    limits: Limits = field(default_factory=Limits)

    def to_json(self) -> str:
        """The job as one line."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def from_json(cls, line: str) -> Job:
        """The job that :meth:`to_json` wrote."""
        data = json.loads(line)
        known = [Mistake(**item) for item in data["misconceptions"]]
        return cls(**{**data, "misconceptions": known, "limits": Limits(**data["limits"])})


def plan_of(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """What is to be graded: one row a check, known before anything has run."""
    return [
        {
            "question": check.question,
            "check": check.name,
            "statement": check.statement,
            "hidden": check.hidden,
            "max_points": check.points,
        }
        for question in questions
        for check in question.checks
    ]


def result_record(outcome: Outcome, misconception: str | None) -> dict[str, Any]:
    """The record of a check that a result keeps."""
    check, failure = outcome.check, outcome.failure
    return {
        "question": check.question,
        "check": check.name,
        "statement": check.statement,
        "hidden": check.hidden,
        "points": outcome.points,
        "max_points": check.points,
        "outcome": outcome.outcome,
        "misconception": misconception,
        "counterexample": jsonable(outcome.counterexample) if outcome.outcome == FAILED else None,
        "message": failure.message if failure else None,
        "note": outcome.note if outcome.outcome == FAULT else None,
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

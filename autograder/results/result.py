"""A result: Gradescope's results.json from the records of the checks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from keras_checks.show import one_line

from autograder.results.identity import checks_sha256, kit_version, versions
from autograder.results.records import (
    CellRecord,
    CellStatus,
    CheckRecord,
    ExtraData,
    Outcome,
    PlanRow,
    Result,
    Status,
    TestEntry,
)
from autograder.results.texts import NOT_RUN, clip, question_text, summary

MAX_REASON = 400
AT_ONCE = {"always": "visible", "after_published": "after_published", "never": "hidden"}
"""Gradescope's visibility of a question's points, for each setting of the hidden checks."""


@dataclass
class Grading:
    """What is known of a submission while, and after, it is graded."""

    name: str
    exercise: str
    submission_sha256: str = ""
    plan: list[PlanRow] = field(default_factory=list)
    checks: list[CheckRecord] = field(default_factory=list)
    cells: list[CellRecord] = field(default_factory=list)
    isolation: list[str] = field(default_factory=list)
    seconds: float = 0.0
    peak_mb: float = 0.0
    ended: Status = Status.GRADED
    message: str = ""
    show_hidden: str = "after_published"
    missing: bool = False
    tampering: list[str] = field(default_factory=list)
    probed_in_place: list[str] = field(default_factory=list)

    @property
    def status(self) -> Status:
        """How it ended; a check without a verdict makes it a fault."""
        if self.ended is Status.UNREADABLE:
            return self.ended
        faulty = any(record["outcome"] == Outcome.FAULT for record in self.records())
        if faulty:
            return Status.FAULT
        return Status.TAMPERED if self.tampering else self.ended

    def records(self) -> list[CheckRecord]:
        """One record per check of the plan; what has not been graded counts as a fault or, unreadable, as failed."""
        done = {(record["question"], record["check"]): record for record in self.checks}
        return [done.get((row["question"], row["check"])) or self._missing(row) for row in self.plan]

    def _missing(self, row: PlanRow) -> CheckRecord:
        unreadable = self.ended is Status.UNREADABLE
        record: CheckRecord = {
            **row,
            "points": 0.0,
            "outcome": Outcome.FAILED if unreadable else Outcome.FAULT,
            "misconception": None,
            "counterexample": None,
            "message": self.message if unreadable else NOT_RUN,
            "note": None if unreadable else self.message or "not reached",
        }
        if not unreadable:
            record["not_run"] = True
        return record


def result(grading: Grading) -> Result:
    """The results.json of a submission."""
    records = grading.records()
    tests = [_test(number, question, records, grading) for number, question in enumerate(questions_of(records), 1)]
    return {
        "score": round(sum(test["score"] for test in tests), 5),
        "execution_time": round(grading.seconds, 3),
        "output": clip(
            summary(records, grading.cells, grading.status, grading.message, show_hidden=grading.show_hidden)
        ),
        "output_format": "md",
        "test_output_format": "md",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": _extra(grading, records),
    }


def _extra(grading: Grading, records: Sequence[CheckRecord]) -> ExtraData:
    extra: ExtraData = {
        "exercise": grading.exercise,
        "kit": kit_version(),
        "checks_sha256": checks_sha256(grading.exercise),
        "submission_sha256": grading.submission_sha256,
        "versions": versions(),
        "isolation": grading.isolation,
        "status": grading.status,
        "message": grading.message,
        "seconds": round(grading.seconds, 3),
        "peak_mb": round(grading.peak_mb, 1),
        "cells": [cell for cell in grading.cells if cell["status"] != CellStatus.OK],
        "checks": [_kept(record) for record in records],
        "tampering": grading.tampering,
        "probed_in_place": grading.probed_in_place,
    }
    if grading.missing:
        extra["missing"] = True
    return extra


def questions_of(records: Sequence[CheckRecord]) -> list[str]:
    """The questions in the order of the records."""
    return list(dict.fromkeys(record["question"] for record in records))


def _test(number: int, question: str, records: Sequence[CheckRecord], grading: Grading) -> TestEntry:
    own = [record for record in records if record["question"] == question]
    score = round(sum(record["points"] for record in own), 5)
    max_score = round(sum(record["max_points"] for record in own), 5)
    return {
        "name": question,
        "number": str(number),
        "score": score,
        "max_score": max_score,
        "status": "passed" if score == max_score else "failed",
        "output": clip(question_text(own)),
        "output_format": "md",
        "visibility": AT_ONCE[grading.show_hidden],
    }


def _kept(record: CheckRecord) -> CheckRecord:
    """A record without its feedback, which the question's output holds."""
    kept = record.copy()
    for rendered in ("feedback", "reason", "voice"):
        kept.pop(rendered, None)
    return kept


def max_score(outcome: Result) -> float:
    """Points that could be earned."""
    return round(sum(test["max_score"] for test in outcome["tests"]), 5)


def read_result(path: Path) -> Result | None:
    """The result in a file, or None where there is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        found["score"], found["tests"], found["extra_data"]["checks"], found["extra_data"]["status"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found


def is_missing(outcome: Result) -> bool:
    """Whether nothing was handed in."""
    return outcome["extra_data"].get("missing", False)


def is_unfinished(outcome: Result) -> bool:
    """Whether a grading ended before its last check: the grader stopped, which is no verdict."""
    extra = outcome["extra_data"]
    unknown = not extra["checks"] or any(record.get("not_run") for record in extra["checks"])
    return extra["status"] == Status.FAULT and unknown


def reason(outcome: Result) -> str:
    """What an instructor wants to know of a fault or a timeout, in one line; nothing where there is nothing to say."""
    extra = outcome["extra_data"]
    notes = [(check, check["note"]) for check in extra["checks"] if check["note"]]
    notes += [(check, check["message"]) for check in extra["checks"] if check.get("timed_out")]
    cells = [
        f"Code cell {cell['index'] + 1} did not end in time."
        for cell in extra["cells"]
        if cell["status"] == CellStatus.TIMEOUT
    ]
    tampering = [f"Tampering: {said}" for said in extra.get("tampering", [])[:1]]
    said = [
        extra["message"],
        *tampering,
        *(f"{check['question']}.{check['check']}: {text}" for check, text in notes),
        *cells,
    ]
    return next((one_line(text)[:MAX_REASON] for text in said if text), "")

"""A result: Gradescope's results.json, scored by Otter, from the records of the checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from keras_checks.show import one_line

from autograder.results.identity import checks_sha256, kit_version, versions
from autograder.grading.verdict import FAULT, PASSED

GRADED, UNREADABLE, TIMEOUT, FAULTY = "graded", "unreadable", "timeout", "fault"
AT_ONCE = {"always": "visible", "after_published": "after_published", "never": "hidden"}
"""Gradescope's visibility of a question's points, for each setting of the hidden checks."""
MAX_TEXT = 90_000
MAX_ERROR = 400
NOT_YOURS = "Some checks could not be graded. **This is not your fault**; your instructor has been told."
NOT_RUN = "The grader stopped before this check. This is not your fault; it will be graded again."


@dataclass
class Grading:
    """What is known of a submission while, and after, it is graded."""

    name: str
    exercise: str
    submission_sha256: str = ""
    plan: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    cells: list[dict[str, Any]] = field(default_factory=list)
    isolation: list[str] = field(default_factory=list)
    seconds: float = 0.0
    peak_mb: float = 0.0
    status: str = GRADED
    message: str = ""

    def records(self) -> list[dict[str, Any]]:
        """One record a check of the plan; what has not been graded counts as a fault or, unreadable, as failed."""
        done = {(record["question"], record["check"]): record for record in self.checks}
        return [done.get((row["question"], row["check"])) or self._missing(row) for row in self.plan]

    def _missing(self, row: dict[str, Any]) -> dict[str, Any]:
        unreadable = self.status == UNREADABLE
        return {
            **row,
            "points": 0.0,
            "outcome": "failed" if unreadable else FAULT,
            "misconception": None,
            "counterexample": None,
            "message": self.message if unreadable else NOT_RUN,
            "note": None if unreadable else self.message or "not reached",
        }


def is_unfinished(outcome: dict[str, Any]) -> bool:
    """Whether a grading ended before its last check: the grader stopped, which is no verdict."""
    extra = outcome["extra_data"]
    return extra["status"] == FAULTY and any(record["message"] == NOT_RUN for record in extra["checks"])


def result(grading: Grading, show_hidden: str = "after_published") -> dict[str, Any]:
    """The results.json of a submission."""
    records = grading.records()
    scored = _score(records)
    visibility = AT_ONCE[show_hidden]
    tests = [
        {
            "name": question,
            "number": str(number),
            "score": score,
            "max_score": max_score,
            "status": "passed" if score == max_score else "failed",
            "output": _clip(_question_text(_of(records, question), hidden_too=True)),
            "output_format": "md",
            "visibility": visibility,
        }
        for number, (question, score, max_score) in enumerate(scored, start=1)
    ]
    return {
        "score": round(sum(test["score"] for test in tests), 5),
        "execution_time": round(grading.seconds, 3),
        "output": _clip(_summary(grading, records, show_hidden)),
        "output_format": "md",
        "test_output_format": "md",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": _extra(grading, records),
    }


def reason(outcome: dict[str, Any]) -> str:
    """What an instructor wants to know of a fault or a timeout, in one line; nothing where there is nothing to say."""
    extra = outcome["extra_data"]
    notes = [(check, check["note"]) for check in extra["checks"] if check["note"]]
    notes += [(check, check["message"]) for check in extra["checks"] if "did not finish" in (check["message"] or "")]
    cells = [
        f"Code cell {cell['index'] + 1} did not end in time." for cell in extra["cells"] if cell["status"] == TIMEOUT
    ]
    said = [extra["message"], *(f"{check['question']}.{check['check']}: {text}" for check, text in notes), *cells]
    return next((text for text in said if text), "")


def _extra(grading: Grading, records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
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
        "cells": [cell for cell in grading.cells if cell["status"] != "ok"],
        "checks": records,
    }


def _score(records: Sequence[dict[str, Any]]) -> list[tuple[str, float, float]]:
    """(question, score, max score) as Otter adds them up from its own test files."""
    from autograder.results.otter_scores import score_questions

    return score_questions(records)


def _of(records: Sequence[dict[str, Any]], question: str) -> list[dict[str, Any]]:
    return [record for record in records if record["question"] == question]


def _summary(grading: Grading, records: Sequence[dict[str, Any]], show_hidden: str) -> str:
    """What the student sees at once: what matters first."""
    faulty = grading.status == FAULTY or any(record["outcome"] == FAULT for record in records)
    parts = [NOT_YOURS if faulty else grading.message]  # the message of a fault is for the instructor
    parts += _cell_texts(grading.cells)
    if grading.status != UNREADABLE:
        public = [record for record in records if not record["hidden"]]
        passed = sum(record["outcome"] == PASSED for record in public)
        parts.append(f"{passed} of {len(public)} public checks pass.")
        parts.append(_hidden_text(records, show_hidden))
        if show_hidden != "always":
            for question in dict.fromkeys(record["question"] for record in records):
                parts.append(_question_text(_of(public, question), hidden_too=False))
    return "\n\n".join(part for part in parts if part)


def _hidden_text(records: Sequence[dict[str, Any]], show_hidden: str) -> str:
    points = sum(record["max_points"] for record in records if record["hidden"])
    total = sum(record["max_points"] for record in records)
    when = {
        "always": "their outcome is shown below",
        "after_published": "their outcome is shown when the grades are published",
        "never": "their outcome is not shown",
    }[show_hidden]
    return f"Hidden checks decide {points:g} of {total:g} points; {when}."


def _cell_texts(cells: Sequence[dict[str, Any]]) -> list[str]:
    said = {"raised": "raised", "died": "ended the notebook's process", "timeout": "did not end in time"}
    texts = []
    for cell in cells:
        if cell["status"] in said:
            error = f" {_code(cell)}" if cell["status"] == "raised" else ""
            texts.append(f"Code cell {cell['index'] + 1} {said[cell['status']]}{error}. The other cells were run.")
    return texts[:10]


def _code(cell: dict[str, Any]) -> str:
    """A cell's error as code: a student wrote it, and it must not look like ours."""
    said = ": ".join(part for part in (cell["error_type"], cell["message"]) if part)
    return f"`{one_line(said)[:MAX_ERROR].replace('`', chr(39))}`"


def _question_text(records: Sequence[dict[str, Any]], *, hidden_too: bool) -> str:
    lines = []
    for record in records:
        if hidden_too or not record["hidden"]:
            lines.append(_check_text(record))
    return "\n\n".join(lines)


def _check_text(record: dict[str, Any]) -> str:
    mark = {"passed": "✅", "failed": "❌"}.get(record["outcome"], "⚠️")
    points = f" ({record['points']:g}/{record['max_points']:g})" if record["max_points"] else ""
    head = f"{mark} **{record['question']}**{points} {record['statement']}"
    if record["outcome"] == "failed":
        return record.get("feedback") or f"{head}\n\n{record['message']}"
    if record["outcome"] == FAULT:
        return f"{head}\n\nThis check could not be graded. This is not your fault; your instructor has been told."
    return head


def _clip(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "\n\n(The rest is left out.)"

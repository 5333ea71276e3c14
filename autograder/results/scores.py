"""`scores.csv`: one row a submission."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def scores_csv(results: Sequence[tuple[str, dict[str, Any]]]) -> str:
    """The table of (submission, results.json) pairs, with a column for each question."""
    questions = list(dict.fromkeys(test["name"] for _, result in results for test in result["tests"]))
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["submission", "exercise", "score", "max_score", *questions, "status", "seconds", "message"])
    writer.writerows(_row(name, result, questions) for name, result in results)
    return buffer.getvalue()


def _row(name: str, result: dict[str, Any], questions: Sequence[str]) -> list[Any]:
    extra = result["extra_data"]
    scores = {test["name"]: test["score"] for test in result["tests"]}
    return [
        _harmless(name),
        extra["exercise"],
        result["score"],
        max_score(result),
        *(scores.get(question, "") for question in questions),
        extra["status"],
        extra["seconds"],
        _harmless(extra["message"]),
    ]


def max_score(result: dict[str, Any]) -> float:
    """Points that could be earned."""
    return round(sum(test["max_score"] for test in result["tests"]), 5)


def _harmless(text: str) -> str:
    """``text`` that a spreadsheet does not take for a formula."""
    line = " ".join(text.split())
    return f"'{line}" if line.startswith(FORMULA) else line

"""`scores.csv`: one row per submission."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence

from autograder.results.records import Result
from autograder.results.result import max_score

Identity = tuple[str, str, str]
WHO = ("name", "sid", "email")
NOBODY: Identity = ("", "", "")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SEPARATORS = ";|\t"
"""What a spreadsheet of another language takes for a comma: a formula may start after it."""


def scores_csv(results: Sequence[tuple[str, Result]], people: Mapping[str, Identity] | None = None) -> str:
    """The table of (submission, results.json) pairs, with a column for each question of each exercise.

    ``people``: name, student id and email address of who handed in each submission, "" where not known.
    """
    columns = list(dict.fromkeys(column for _, result in results for column in _points(result)))
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    shown = _headings(columns)
    writer.writerow(["submission", "exercise", "score", "max_score", *shown, "status", "seconds", "message", *WHO])
    known = people or {}
    writer.writerows(
        [*_row(name, result, columns), *map(harmless, known.get(name, NOBODY))] for name, result in results
    )
    return buffer.getvalue()


Column = tuple[str, str]
"""Exercise and question."""


def _points(result: Result) -> dict[Column, float]:
    exercise = result["extra_data"]["exercise"]
    return {(exercise, test["name"]): test["score"] for test in result["tests"]}


def _headings(columns: Sequence[Column]) -> list[str]:
    """The question, with its exercise in front where there are several exercises."""
    several = len({exercise for exercise, _ in columns}) > 1
    return [harmless(f"{exercise}.{question}" if several else question) for exercise, question in columns]


def _row(name: str, result: Result, columns: Sequence[Column]) -> list[object]:
    extra, points = result["extra_data"], _points(result)
    return [
        harmless(name),
        harmless(extra["exercise"]),
        result["score"],
        max_score(result),
        *(points.get(column, "") for column in columns),
        extra["status"],
        extra["seconds"],
        harmless(extra["message"]),
    ]


def harmless(text: str) -> str:
    """``text`` that no spreadsheet takes for a formula, in none of its fields."""
    line = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    parts = [line] + [part for separator in SEPARATORS for part in line.split(separator)]
    return f"'{line}".replace(";", ",") if any(map(_is_formula, parts)) else line


def _is_formula(part: str) -> bool:
    """Whether it starts like a formula, full-width signs included."""
    return unicodedata.normalize("NFKC", part).lstrip(" '\"").startswith(FORMULA)

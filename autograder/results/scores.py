"""`scores.csv`: one row per submission."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.results.records import Result
from autograder.results.result import max_score, reason

Identity = tuple[str, str, str, str]
WHO = ("name", "sid", "email", "platform_id")
NOBODY: Identity = ("", "", "", "")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SEPARATORS = ";|\t"
"""What a spreadsheet of another language takes for a comma: a formula may start after it."""


def scores_csv(results: Sequence[tuple[str, Result]], people: Mapping[str, Identity] | None = None) -> str:
    """The table of (submission, results.json) pairs, with a column for each question of each exercise.

    ``people``: name, student id, email address and the platform's number of who handed in each submission, "" where
    not known.
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


def read_scores(path: Path) -> list[dict[str, str]]:
    """The rows of a `scores.csv`, text as it was before it was made harmless; none where there is no such file."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [{key: _plain(cell or "") for key, cell in row.items() if key} for row in csv.DictReader(file)]
    except (OSError, UnicodeError, csv.Error):
        return []


def identity_of(row: Mapping[str, str]) -> Identity:
    """Who handed in the submission of a row."""
    name, sid, email, platform_id = (row.get(key, "") for key in WHO)
    return name, sid, email, platform_id


def number(value: float) -> str:
    """A number as tables show it: ``10``, ``7.5``."""
    return f"{value:g}"


Column = tuple[str, str]
"""Exercise and question."""


def _points(result: Result) -> dict[Column, float]:
    exercise = result["extra_data"]["exercise"]
    return {(exercise, test["name"]): test["score"] for test in result["tests"]}


def _headings(columns: Sequence[Column]) -> list[str]:
    """The question, with its exercise in front where there are several exercises."""
    several = len({exercise for exercise, _ in columns}) > 1
    return [harmless(f"{exercise}.{question}" if several else question) for exercise, question in columns]


def _row(name: str, result: Result, columns: Sequence[Column]) -> list[str]:
    extra, points = result["extra_data"], _points(result)
    return [
        harmless(name),
        harmless(extra["exercise"]),
        number(result["score"]),
        number(max_score(result)),
        *(number(points[column]) if column in points else "" for column in columns),
        extra["status"],
        f"{extra['seconds']:.1f}",
        harmless(reason(result)),
    ]


def harmless(text: str) -> str:
    """``text`` that no spreadsheet takes for a formula, in none of its fields."""
    line = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    parts = [line] + [part for separator in SEPARATORS for part in line.split(separator)]
    return f"'{line}".replace(";", ",") if any(map(_is_formula, parts)) else line


def _plain(text: str) -> str:
    """``text`` without the mark that :func:`harmless` has put in front."""
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text


def _is_formula(part: str) -> bool:
    """Whether it starts like a formula, full-width signs included."""
    return unicodedata.normalize("NFKC", part).lstrip(" '\"").startswith(FORMULA)

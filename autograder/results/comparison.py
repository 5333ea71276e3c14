"""Compares two gradings of the same submissions: whose score changes, by how much, because of which check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.bank.master import exercise_names
from autograder.errors import UsageError
from autograder.results.identity import checks_sha256
from autograder.results.records import CheckRecord, Result
from autograder.results.result import read_result

MISSING = "missing"
_JUDGED = ("outcome", "points", "max_points", "misconception")


class NoResults(UsageError):
    """There is nothing to compare. One line that says what to do."""


@dataclass(frozen=True)
class CheckChange:
    """A check that came out differently: its records before and after, None where there was no such check."""

    question: str
    check: str
    before: CheckRecord | None
    after: CheckRecord | None

    @property
    def points(self) -> float:
        """Points that the change adds to the score."""
        return round(_points(self.after) - _points(self.before), 5)

    def __str__(self) -> str:
        """Such as ``pinball_loss.value failed → passed (+1)``."""
        words = [_said(self.before), _said(self.after)]
        worth = [f"{record['max_points']:g} p" if record else "" for record in (self.before, self.after)]
        if self.before and self.after and worth[0] != worth[1]:
            words = [f"{word} of {points}" for word, points in zip(words, worth, strict=True)]
        points = f" ({self.points:+g})" if self.points else ""
        return f"{self.question}.{self.check} {' → '.join(words)}{points}"


@dataclass(frozen=True)
class Change:
    """A submission whose result is not what it was.

    Args:
        before, after: scores; None where the submission is in one of the two gradings only.
        code: whether the submission itself is another one.
        status: how the grading ended before and after, such as ("fault", "graded").
        text: whether the student reads other words; with the same verdicts this is all that has changed.
    """

    name: str
    before: float | None
    after: float | None
    checks: tuple[CheckChange, ...] = ()
    code: bool = False
    status: tuple[str, str] = ("", "")
    text: bool = False

    @property
    def points(self) -> float:
        """By how much the score changes."""
        return round((self.after or 0.0) - (self.before or 0.0), 5)

    def reasons(self) -> list[str]:
        """Why, the most weighty first."""
        if self.before is None or self.after is None:
            return ["is new" if self.before is None else "is not graded any more"]
        said = ["other code was handed in"] if self.code else []
        if self.status[0] != self.status[1]:
            said.append(changed_status(self))
        said += [str(change) for change in sorted(self.checks, key=lambda change: -abs(change.points))]
        return said or ["only the words of the feedback"]


def read_results(path: Path) -> dict[str, Result]:
    """The results in a folder that `kit grade` wrote, or in one of its files, by submission.

    Raises:
        NoResults: there are none.
    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    found = {file.stem: result for file in files if (result := read_result(file)) is not None}
    if not found:
        raise NoResults(
            f"There is no result in {path}. Name a folder that `kit grade` has written, or one of its files."
        )
    return found


def compare(old: Mapping[str, Result], new: Mapping[str, Result]) -> list[Change]:
    """What differs between two gradings, the largest change of score first."""
    names = [*old, *(name for name in new if name not in old)]
    changes = [change_of(name, old.get(name), new.get(name)) for name in names]
    return sorted((change for change in changes if change), key=lambda change: (-abs(change.points), change.name))


def change_of(name: str, old: Result | None, new: Result | None) -> Change | None:
    """What differs between two results of a submission, or None."""
    if old is None or new is None:
        return Change(name, old["score"] if old else None, new["score"] if new else None)
    one, other = old["extra_data"], new["extra_data"]
    change = Change(
        name,
        old["score"],
        new["score"],
        tuple(_check_changes(one["checks"], other["checks"])),
        one.get("submission_sha256") != other.get("submission_sha256"),
        (one["status"], other["status"]),
        [old["output"], old["tests"]] != [new["output"], new["tests"]],
    )
    differs = change.points or change.checks or change.code or change.text or one["status"] != other["status"]
    return change if differs else None


def changed_status(change: Change) -> str:
    """Such as ``fault → graded``."""
    return " → ".join(change.status)


def other_checks(results: Mapping[str, Result], current: Mapping[str, str]) -> list[str]:
    """The submissions that were graded by other checks than ``current``, the hashes by exercise."""
    extras = {name: result["extra_data"] for name, result in results.items()}
    return [name for name, extra in extras.items() if current.get(extra["exercise"], "") != extra["checks_sha256"]]


def of_other_checks(results: Mapping[str, Result]) -> list[str]:
    """The submissions that were graded by other checks than those of today."""
    exercises = {result["extra_data"]["exercise"] for result in results.values()} & set(exercise_names())
    return other_checks(results, {exercise: checks_sha256(exercise) for exercise in exercises})


def _check_changes(old: Sequence[CheckRecord], new: Sequence[CheckRecord]) -> list[CheckChange]:
    before, after = ({(row["question"], row["check"]): row for row in rows} for rows in (old, new))
    keys = [*before, *(key for key in after if key not in before)]
    changes = [CheckChange(*key, before.get(key), after.get(key)) for key in keys]
    return [change for change in changes if _judged(change.before) != _judged(change.after)]


def _judged(record: CheckRecord | None) -> list[Any] | None:
    return [record[key] for key in _JUDGED] if record else None


def _points(record: CheckRecord | None) -> float:
    return record["points"] if record else 0.0


def _said(record: CheckRecord | None) -> str:
    if record is None:
        return MISSING
    named = record["misconception"]
    return f"{record['outcome']} ({named})" if named else record["outcome"]

"""The table of submissions, and what it is filtered by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.classroom.report.cards import MARKS
from autograder.classroom.report.exercises import title_of
from autograder.classroom.report.people import Person
from autograder.classroom.statistics import share
from autograder.results.records import CheckRecord, Outcome, Result, Status
from autograder.results.result import max_score, questions_of


@dataclass(frozen=True)
class Marks:
    """A question in the table: the mark of each of its checks, such as "✓✓✗", and the same in words."""

    question: str
    marks: str
    words: str


@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """One submission in the table; ``picks`` are the keys of the checks that it failed and of its misconceptions."""

    person: Person
    exercise: str
    title: str
    score: float
    max_score: float
    share: float
    status: str
    seconds: float
    marks: list[Marks]
    picks: str


def row(person: Person, result: Result) -> ReportRow:
    """A submission in the table."""
    extra = result["extra_data"]
    exercise = extra["exercise"]
    checks = [] if extra["status"] == Status.UNREADABLE else extra["checks"]  # nothing was judged
    return ReportRow(
        person=person,
        exercise=exercise,
        title=title_of(exercise),
        score=result["score"],
        max_score=max_score(result),
        share=share(result),
        status=extra["status"],
        seconds=extra["seconds"],
        marks=[_marks(question, checks) for question in questions_of(checks)],
        picks=" ".join(dict.fromkeys(key for check in checks for key in _picks(exercise, check))),
    )


def pick(*names: str) -> str:
    """The key of a check, or of a misconception, in the filter of the table."""
    return ".".join(names)


def _picks(exercise: str, check: CheckRecord) -> list[str]:
    failed = [pick(exercise, check["question"], check["check"])] if check["outcome"] == Outcome.FAILED else []
    return failed + ([pick(exercise, check["misconception"])] if check["misconception"] else [])


def _marks(question: str, checks: Sequence[CheckRecord]) -> Marks:
    own = [check for check in checks if check["question"] == question]
    passed = sum(check["outcome"] == Outcome.PASSED for check in own)
    marks = "".join(MARKS[Outcome(check["outcome"])] for check in own)
    return Marks(question, marks, f"{question}: {passed} of {len(own)} checks passed")

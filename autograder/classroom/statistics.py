"""What a class's results say about its questions and its checks."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.results.records import CheckRecord, Outcome, Result, Status, TestEntry

Named = Sequence[tuple[str, Result]]
BINS = 10
ENOUGH = 10
"""Students from which on a correlation says something."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How some submissions did: shares of the points, 0 to 1, and the seconds that grading took."""

    count: int
    full: int
    mean: float
    lowest: float
    lower: float
    median: float
    upper: float
    highest: float
    seconds: float
    median_seconds: float


@dataclass(frozen=True, kw_only=True)
class CheckStatistics:
    """A check of a question: how many passed it of those whom it judged. ``faults`` were not judged."""

    check: str
    statement: str
    hidden: bool
    points: float
    passed: int
    count: int
    faults: int
    discrimination: float | None


@dataclass(frozen=True, kw_only=True)
class QuestionStatistics:
    """A question of an exercise.

    ``difficulty`` is the mean share of its points that was earned, 0 to 1; ``discrimination`` the correlation of that
    share with the share of all other points, -1 to 1. It is None for fewer than ten students, and where one of the
    two is the same for everybody.
    """

    exercise: str
    question: str
    points: float
    full: int
    count: int
    difficulty: float
    discrimination: float | None
    checks: tuple[CheckStatistics, ...] = ()


def share(result: Result) -> float:
    """Earned share of all points, 0 to 1."""
    possible = sum(test["max_score"] for test in result["tests"])
    return result["score"] / possible if possible else 0.0


def readable(results: Named) -> list[tuple[str, Result]]:
    """Those that were graded at all."""
    return [(name, result) for name, result in results if result["extra_data"]["status"] != Status.UNREADABLE]


def by_exercise(results: Named) -> dict[str, list[tuple[str, Result]]]:
    """What was graded, by exercise."""
    found: dict[str, list[tuple[str, Result]]] = {}
    for name, result in readable(results):
        found.setdefault(result["extra_data"]["exercise"], []).append((name, result))
    return dict(sorted(found.items()))


def summary(results: Named) -> Summary:
    """How at least one submission did."""
    shares = sorted(share(result) for _, result in results)
    seconds = [result["extra_data"]["seconds"] for _, result in results]
    lower, median, upper = quartiles(shares)
    return Summary(
        count=len(shares),
        full=shares.count(1.0),
        mean=statistics.fmean(shares),
        lowest=shares[0],
        lower=lower,
        median=median,
        upper=upper,
        highest=shares[-1],
        seconds=sum(seconds),
        median_seconds=statistics.median(seconds),
    )


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The lower quartile, the median and the upper quartile of at least one value."""
    if len(values) == 1:
        return values[0], values[0], values[0]
    lower, median, upper = statistics.quantiles(values, n=4, method="inclusive")
    return lower, median, upper


def distribution(results: Named) -> list[int]:
    """How many submissions earned 0 to 10 %, 10 to 20 %, …; full marks are in the last of the ten."""
    counts = [0] * BINS
    for _, result in results:
        counts[min(int(share(result) * BINS), BINS - 1)] += 1
    return counts


def items(results: Named) -> list[QuestionStatistics]:
    """The questions, in the order in which they come."""
    columns: dict[tuple[str, str], list[tuple[Result, TestEntry]]] = {}
    for _, result in readable(results):
        for test in result["tests"]:
            columns.setdefault((result["extra_data"]["exercise"], test["name"]), []).append((result, test))
    return [_item(*key, column) for key, column in columns.items()]


def _item(exercise: str, question: str, column: list[tuple[Result, TestEntry]]) -> QuestionStatistics:
    own = [test["score"] / test["max_score"] if test["max_score"] else 0.0 for _, test in column]
    rest = [_rest(result, test["score"], test["max_score"]) for result, test in column]
    return QuestionStatistics(
        exercise=exercise,
        question=question,
        points=column[0][1]["max_score"],
        full=sum(value == 1 for value in own),
        count=len(own),
        difficulty=statistics.fmean(own),
        discrimination=correlation(own, rest),
        checks=tuple(_checks(question, [result for result, _ in column])),
    )


def _checks(question: str, results: Sequence[Result]) -> list[CheckStatistics]:
    columns: dict[str, list[tuple[Result, CheckRecord]]] = {}
    for result in results:
        for check in result["extra_data"]["checks"]:
            if check["question"] == question:
                columns.setdefault(check["check"], []).append((result, check))
    return [_check(column) for column in columns.values()]


def _check(column: list[tuple[Result, CheckRecord]]) -> CheckStatistics:
    record = column[0][1]
    judged = [(result, check) for result, check in column if check["outcome"] != Outcome.FAULT]
    passed = [float(check["outcome"] == Outcome.PASSED) for _, check in judged]
    rest = [_rest(result, check["points"], check["max_points"]) for result, check in judged]
    return CheckStatistics(
        check=record["check"],
        statement=record["statement"],
        hidden=record["hidden"],
        points=record["max_points"],
        passed=int(sum(passed)),
        count=len(judged),
        faults=len(column) - len(judged),
        discrimination=correlation(passed, rest),
    )


def _rest(result: Result, score: float, max_score: float) -> float:
    """The share of all points but these that was earned."""
    possible = sum(test["max_score"] for test in result["tests"]) - max_score
    return (result["score"] - score) / possible if possible else 0.0


def correlation(one: list[float], other: list[float]) -> float | None:
    """The correlation of two columns; None for fewer than ten students, or where a column is constant."""
    try:
        return statistics.correlation(one, other) if len(one) >= ENOUGH else None
    except statistics.StatisticsError:
        return None

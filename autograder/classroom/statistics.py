"""What a class's results say about its questions, its misconceptions and its checks."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from autograder.results.records import Result, Status, TestEntry

Named = Sequence[tuple[str, Result]]
BINS = 10
TROUBLE = (Status.TAMPERED, Status.FAULT, Status.TIMEOUT, Status.UNREADABLE)


@dataclass(frozen=True)
class QuestionStatistics:
    """A question of an exercise.

    ``difficulty`` is the mean share of its points that was earned, 0 to 1; ``discrimination`` the correlation of that
    share with the share of all other points, -1 to 1, None where one of the two is the same for everybody.
    """

    exercise: str
    question: str
    points: float
    full: int
    count: int
    difficulty: float
    discrimination: float | None


@dataclass
class MisconceptionCount:
    """A misconception, and who has it."""

    exercise: str
    question: str
    name: str
    statement: str
    hint: str
    who: list[str] = field(default_factory=list)


def share(result: Result) -> float:
    """Earned share of all points, 0 to 1."""
    possible = sum(test["max_score"] for test in result["tests"])
    return result["score"] / possible if possible else 0.0


def readable(results: Named) -> list[tuple[str, Result]]:
    """Those that were graded at all."""
    return [(name, result) for name, result in results if result["extra_data"]["status"] != Status.UNREADABLE]


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
    rest = [_rest(result, test) for result, test in column]
    return QuestionStatistics(
        exercise,
        question,
        column[0][1]["max_score"],
        sum(value == 1 for value in own),
        len(own),
        statistics.fmean(own),
        _correlation(own, rest),
    )


def _rest(result: Result, test: TestEntry) -> float:
    possible = sum(other["max_score"] for other in result["tests"]) - test["max_score"]
    return (result["score"] - test["score"]) / possible if possible else 0.0


def _correlation(one: list[float], other: list[float]) -> float | None:
    try:
        return statistics.correlation(one, other)
    except statistics.StatisticsError:
        return None


def mistakes(results: Named, known: dict[tuple[str, str], dict[str, str]]) -> list[MisconceptionCount]:
    """The misconceptions that the class has, the commonest first; ``known`` has the texts by (exercise, name)."""
    found: dict[tuple[str, str], MisconceptionCount] = {}
    for name, result in results:
        exercise = result["extra_data"]["exercise"]
        for check in result["extra_data"]["checks"]:
            if check["misconception"]:
                key = (exercise, check["misconception"])
                text = known.get(key, {"statement": key[1], "hint": ""})
                mistake = found.setdefault(
                    key, MisconceptionCount(exercise, check["question"], key[1], text["statement"], text["hint"])
                )
                if name not in mistake.who:
                    mistake.who.append(name)
    return sorted(found.values(), key=lambda mistake: (-len(mistake.who), mistake.exercise, mistake.name))


def to_look_at(results: Named) -> list[tuple[str, Result]]:
    """Tampering, faults, timeouts and what could not be read."""
    return [(name, r) for name, r in results if r["extra_data"]["status"] in TROUBLE]

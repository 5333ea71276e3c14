"""The figures of the report, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.classroom.mistakes import mistakes, together
from autograder.classroom.statistics import distribution, items, quartiles, summary
from autograder.results.records import Result


def graded(exercise: str, points: dict[str, tuple[float, float]], status: str = "graded", **named: list[str]) -> Result:
    """A result with (score, maximum) per question; ``named``: misconceptions per question, one per failed check."""
    checks = [{"question": question, "misconception": name} for question in named for name in named[question]]
    result: Any = {
        "score": sum(score for score, _ in points.values()),
        "tests": [{"name": name, "score": score, "max_score": most} for name, (score, most) in points.items()],
        "extra_data": {"exercise": exercise, "status": status, "checks": checks, "seconds": 2.0},
    }
    return result


def test_item_analysis_by_hand() -> None:
    """Shares of a: 1, 1, 0, 0.5; of b: 1, 0.5, 0.5, 0. Their correlation is 0.25 / sqrt(0.6875 * 0.5)."""
    points = [(2, 4), (2, 2), (0, 2), (1, 0)] * 3
    class_ = [(str(n), graded("e", {"a": (a, 2), "b": (b, 4)})) for n, (a, b) in enumerate(points)]
    class_ += [(f"other {n}", graded("other", {"a": (1, 1), "c": (n % 3, 2)})) for n in range(12)]
    class_.append(("unreadable", graded("e", {"a": (0, 2), "b": (0, 4)}, status="unreadable")))
    found = {(item.exercise, item.question): item for item in items(class_)}
    assert list(found) == [("e", "a"), ("e", "b"), ("other", "a"), ("other", "c")]
    a, b, easy, c = found.values()
    assert (a.points, a.count, a.full, a.difficulty) == (2, 12, 6, 0.625)
    assert (b.points, b.count, b.full, b.difficulty) == (4, 12, 3, 0.5)
    assert a.discrimination == b.discrimination == pytest.approx(0.426401, abs=1e-6)
    assert (easy.count, easy.full, easy.difficulty, easy.discrimination) == (12, 12, 1, None)
    assert (c.difficulty, c.discrimination) == (0.5, None)


def test_a_question_that_the_able_miss_discriminates_the_wrong_way() -> None:
    one, other = graded("e", {"a": (2, 2), "b": (0, 2)}), graded("e", {"a": (0, 2), "b": (2, 2)})
    found = items([(str(n), one if n % 2 else other) for n in range(10)])
    assert [item.discrimination for item in found] == pytest.approx([-1, -1])


def test_below_ten_students_there_is_no_discrimination() -> None:
    class_ = [(str(n), graded("e", {"a": (n % 2, 2), "b": (n % 2, 2)})) for n in range(10)]
    assert [item.discrimination for item in items(class_)] == pytest.approx([1, 1])
    assert [item.discrimination for item in items(class_[:9])] == [None, None]


def checked(outcomes: dict[str, str]) -> Result:
    """A result of one question whose checks, each worth a point, came out so."""
    checks = [
        {"question": "a", "check": name, "statement": "", "hidden": False, "max_points": 1.0, "outcome": outcome}
        | {"points": float(outcome == "passed")}
        for name, outcome in outcomes.items()
    ]
    score = sum(check["points"] for check in checks)
    result: Any = {
        "score": score,
        "tests": [{"name": "a", "score": score, "max_score": float(len(checks))}],
        "extra_data": {"exercise": "e", "status": "graded", "checks": checks},
    }
    return result


def test_the_rate_of_a_check_leaves_out_what_was_not_judged() -> None:
    outcomes = ["passed"] * 6 + ["failed"] * 5 + ["fault"]
    class_ = [(str(n), checked({"one": outcome, "two": outcomes[n - 6]})) for n, outcome in enumerate(outcomes)]
    (item,) = items(class_)
    one, two = item.checks
    assert (one.check, one.passed, one.count, one.faults) == ("one", 6, 11, 1)
    assert (two.check, two.passed, two.count, two.faults) == ("two", 6, 11, 1)
    assert one.discrimination == pytest.approx(two.discrimination or 0, abs=0.3)
    assert one.discrimination is not None and one.discrimination < -0.5  # those who pass the one fail the other


def test_distribution_by_hand() -> None:
    shares = (0, 0.5, 0.99, 1, 5, 9.5, 10)  # of 10 points
    counts = distribution([(str(score), graded("e", {"a": (score, 10)})) for score in shares])
    assert counts == [3, 1, 0, 0, 0, 1, 0, 0, 0, 2]


def test_summary_by_hand() -> None:
    found = summary([(str(score), graded("e", {"a": (score, 10)})) for score in (10, 0, 4, 6, 10)])
    assert (found.count, found.full, found.mean) == (5, 2, 0.6)
    assert (found.lowest, found.lower, found.median, found.upper, found.highest) == (0, 0.4, 0.6, 1, 1)
    assert (found.seconds, found.median_seconds) == (10, 2)
    assert quartiles([0.3]) == (0.3, 0.3, 0.3)


CLASS = [
    ("anna", graded("e", {}, a=["shared_noise", "shared_noise"], b=["other_sign"])),
    ("ben", graded("e", {}, a=["shared_noise"], b=["other_sign", "no_bias"])),
    ("cem", graded("e", {}, a=["shared_noise"])),
    ("dora", graded("other", {}, a=["shared_noise"])),
]


def test_misconceptions_count_people_not_checks() -> None:
    assert [(it.exercise, it.question, it.name, it.who) for it in mistakes(CLASS)] == [
        ("e", "a", "shared_noise", ["anna", "ben", "cem"]),
        ("e", "b", "other_sign", ["anna", "ben"]),
        ("e", "b", "no_bias", ["ben"]),
        ("other", "a", "shared_noise", ["dora"]),
    ]


def test_misconceptions_that_come_together() -> None:
    counts = mistakes(CLASS[:3])
    assert [(pair.one.name, pair.other.name, pair.both) for pair in together(counts, least=2)] == [
        ("shared_noise", "other_sign", 2)
    ]
    assert len(together(counts, least=1)) == 3
    assert not together(counts), "two students say nothing"

"""What the report says, and what it must not say."""

from __future__ import annotations

import re
from typing import Any

import pytest
from synthetic import class_results, students

from autograder.classroom.report import report
from autograder.classroom.statistics import distribution, items, mistakes
from autograder.results.records import Result

COUNT = 60


def test_no_address_of_anything_else() -> None:
    text = report(class_results(COUNT), students(COUNT))
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!#)[^"']*|url\(|@import|https?:""", text)


def test_pseudonyms_hide_every_name_and_what_could_be_traced_to_one() -> None:
    named, hidden = (report(class_results(COUNT), students(COUNT), pseudonyms=flag) for flag in (False, True))
    anchors = set(re.findall(r'<template id="(\w+)"', named))
    assert len(anchors) == COUNT
    assert "Student 001" in named
    for secret in ("Student 0", "submission_0", "Zoë", *anchors):
        assert secret not in hidden


def test_pseudonyms_stay_and_their_order_is_not_that_of_the_names() -> None:
    def order(count: int) -> list[str]:
        return re.findall(
            r'data-open="s\d+">(\w+ \d+)</a></td>', report(class_results(count), students(count), pseudonyms=True)
        )

    assert order(COUNT) == order(COUNT)
    assert len(set(order(COUNT))) == COUNT
    scores = [result["score"] for _, result in class_results(COUNT)]
    shown = [float(x) for x in re.findall(r">([\d.]+) / \d+</td>", report(class_results(COUNT), pseudonyms=True))]
    assert sorted(shown) == sorted(scores)
    assert shown != scores


def test_a_class_of_none_and_of_one() -> None:
    assert "0</b> submissions" in report([])
    assert "1</b> submissions" in report(class_results(1))


def graded(exercise: str, points: dict[str, tuple[float, float]], status: str = "graded", **named: list[str]) -> Result:
    """A result with (score, maximum) per question; ``named``: misconceptions per question, one per failed check."""
    checks = [{"question": question, "misconception": name} for question in named for name in named[question]]
    result: Any = {
        "score": sum(score for score, _ in points.values()),
        "tests": [{"name": name, "score": score, "max_score": most} for name, (score, most) in points.items()],
        "extra_data": {"exercise": exercise, "status": status, "checks": checks},
    }
    return result


def test_item_analysis_by_hand() -> None:
    """Shares of a: 1, 1, 0, 0.5; of b: 1, 0.5, 0.5, 0. Their correlation is 0.25 / sqrt(0.6875 * 0.5)."""
    points = [(2, 4), (2, 2), (0, 2), (1, 0)]
    class_ = [(str(n), graded("e", {"a": (a, 2), "b": (b, 4)})) for n, (a, b) in enumerate(points)]
    class_ += [(f"other {n}", graded("other", {"a": (1, 1), "c": (n, 2)})) for n in range(3)]
    class_.append(("unreadable", graded("e", {"a": (0, 2), "b": (0, 4)}, status="unreadable")))
    found = {(item.exercise, item.question): item for item in items(class_)}
    assert list(found) == [("e", "a"), ("e", "b"), ("other", "a"), ("other", "c")]
    a, b, easy, c = found.values()
    assert (a.points, a.count, a.full, a.difficulty) == (2, 4, 2, 0.625)
    assert (b.points, b.count, b.full, b.difficulty) == (4, 4, 1, 0.5)
    assert a.discrimination == b.discrimination == pytest.approx(0.426401, abs=1e-6)
    assert (easy.count, easy.full, easy.difficulty, easy.discrimination) == (3, 3, 1, None)
    assert (c.difficulty, c.discrimination) == (0.5, None)


def test_a_question_that_the_able_miss_discriminates_the_wrong_way() -> None:
    found = items([("1", graded("e", {"a": (2, 2), "b": (0, 2)})), ("2", graded("e", {"a": (0, 2), "b": (2, 2)}))])
    assert [item.discrimination for item in found] == pytest.approx([-1, -1])


def test_distribution_by_hand() -> None:
    shares = (0, 0.5, 0.99, 1, 5, 9.5, 10)  # of 10 points
    counts = distribution([(str(score), graded("e", {"a": (score, 10)})) for score in shares])
    assert counts == [3, 1, 0, 0, 0, 1, 0, 0, 0, 2]


def test_misconceptions_count_people_not_checks() -> None:
    class_ = [
        ("anna", graded("e", {}, a=["shared_noise", "shared_noise"], b=["other_sign"])),
        ("ben", graded("e", {}, a=["shared_noise"])),
        ("cem", graded("other", {}, a=["shared_noise"])),
    ]
    known = {("e", "shared_noise"): {"statement": "One noise value is drawn.", "hint": "Look at the shape."}}
    found = [(it.exercise, it.question, it.name, it.statement, it.who) for it in mistakes(class_, known)]
    assert found == [
        ("e", "a", "shared_noise", "One noise value is drawn.", ["anna", "ben"]),
        ("e", "b", "other_sign", "other_sign", ["anna"]),
        ("other", "a", "shared_noise", "shared_noise", ["cem"]),
    ]

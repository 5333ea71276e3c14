"""What the report says, and what it must not say."""

from __future__ import annotations

import re

import pytest
from synthetic import class_results, students

from autograder.classroom.report import report
from autograder.classroom.statistics import distribution, items, mistakes, share

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


def test_item_analysis() -> None:
    class_ = class_results(COUNT)
    for item in items(class_):
        column = [
            test["score"] / test["max_score"]
            for _, result in class_
            if result["extra_data"]["status"] != "unreadable" and result["extra_data"]["exercise"] == item.exercise
            for test in result["tests"]
            if test["name"] == item.question
        ]
        assert item.difficulty == pytest.approx(sum(column) / len(column))
        assert item.full == column.count(1)
        assert item.discrimination is not None
        assert item.discrimination > 0  # the class was drawn with one ability a student


def test_a_question_that_the_able_miss_discriminates_the_wrong_way() -> None:
    able = {"score": 2, "tests": [{"name": "a", "score": 2, "max_score": 2}, {"name": "b", "score": 0, "max_score": 2}]}
    other = {
        "score": 2,
        "tests": [{"name": "a", "score": 0, "max_score": 2}, {"name": "b", "score": 2, "max_score": 2}],
    }
    extra = {"exercise": "e", "status": "graded"}
    found = items([("1", {**able, "extra_data": extra}), ("2", {**other, "extra_data": extra})])
    assert [item.discrimination for item in found] == pytest.approx([-1, -1])


def test_distribution_counts_everybody_once() -> None:
    class_ = class_results(COUNT)
    counts = distribution(class_)
    assert sum(counts) == COUNT
    assert counts[-1] == sum(share(result) >= 0.9 for _, result in class_)


def test_misconceptions_count_people_not_checks() -> None:
    class_ = class_results(COUNT)
    for mistake in mistakes(class_, {}):
        has = [
            name
            for name, result in class_
            if any(
                check["misconception"] == mistake.name and result["extra_data"]["exercise"] == mistake.exercise
                for check in result["extra_data"]["checks"]
            )
        ]
        assert mistake.who == has

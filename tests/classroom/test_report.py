"""What the report says, and what it must not say."""

from __future__ import annotations

import datetime
import re
from typing import Any

from synthetic import class_code, class_results, students

from autograder.classroom.report import report
from autograder.classroom.report.attention import concerns
from autograder.results.records import Result
from autograder.submissions.collect import NOTHING

COUNT = 60
DAY = datetime.date(2026, 11, 27)


def full(count: int, **options: Any) -> str:
    """The report of a class with names and code."""
    return report(class_results(count), students(count), code=class_code(count), today=DAY, **options)


def test_no_address_of_anything_else() -> None:
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!#)[^"']*|url\((?!#)|@import|https?:""", full(COUNT))


def test_title_exercises_date_and_versions() -> None:
    text = full(COUNT)
    assert "Class report: 1. Custom loss and 4. A layer that threads" in text
    for said in ("27 November 2026", "60 submissions", "tensorflow 2.", "keras 3.", "Kit 1."):
        assert said in text


def test_the_same_results_give_the_same_page() -> None:
    assert full(COUNT) == full(COUNT)


def test_misconceptions_are_words_not_names_of_files() -> None:
    names = {check["misconception"] for _, result in class_results(COUNT) for check in result["extra_data"]["checks"]}
    visible = re.sub(r"(?s)<[^>]*>", " ", full(COUNT))
    assert len(names) > 10
    assert [name for name in names if name and "_" in name and name in visible.split()] == []
    assert "tau and 1 - tau are swapped" in visible


def test_pseudonyms_hide_every_name_and_what_could_be_traced_to_one() -> None:
    named, hidden = (full(COUNT, pseudonyms=flag) for flag in (False, True))
    anchors = set(re.findall(r'<template id="(\w+)"', named))
    assert len(anchors) == COUNT
    assert "Student 001" in named
    assert "# attempt" in named
    for secret in ("Student 0", "submission_0", "Zoë", "# attempt", "def pinball_loss", "onerror", *anchors):
        assert secret not in hidden
    assert "The code is left out: with pseudonyms" in hidden


def test_pseudonyms_stay_and_their_order_is_not_that_of_the_names() -> None:
    def order(count: int) -> list[str]:
        text = report(class_results(count), students(count), pseudonyms=True)
        return re.findall(r'<th scope="row"><a href="#s\d+">(\w+ \d+)</a></th>', text)

    assert order(COUNT) == order(COUNT)
    assert len(set(order(COUNT))) == COUNT
    scores = [result["score"] for _, result in class_results(COUNT)]
    shown = [float(x) for x in re.findall(r">([\d.]+) / \d+</td>", report(class_results(COUNT), pseudonyms=True))]
    assert sorted(shown) == sorted(scores)
    assert shown != scores


def test_without_code_the_page_says_so() -> None:
    assert "the report was made from results alone" in report(class_results(2))
    assert "the report was made from results alone" not in full(2)


def test_a_class_of_none_and_of_one() -> None:
    assert "0 submissions" in report([])
    assert re.search(r"\b1 submission\b", report(class_results(1)))


def test_fewer_than_ten_have_no_discrimination() -> None:
    assert "Fewer than 10 submissions" in full(18)
    assert "Fewer than 10 submissions" not in full(30)


def a_result(status: str = "graded", **extra: Any) -> Result:
    """A result of which something may be said."""
    data = {"status": status, "checks": [], "cells": [], "message": "", "tampering": [], **extra}
    result: Any = {"extra_data": data}
    return result


def test_what_is_to_be_looked_at_comes_by_weight() -> None:
    raised = {"index": 3, "status": "raised", "error_type": "NameError", "message": "no x", "line": 1}
    late = {"index": 0, "status": "timeout", "error_type": "", "message": "", "line": 0}
    fault = {"question": "q", "check": "c", "outcome": "fault", "note": "It broke.", "message": None}
    class_ = [
        ("well", a_result()),
        ("raised", a_result(cells=[raised])),
        ("late", a_result("timeout", cells=[late])),
        ("missing", a_result("unreadable", message=NOTHING, missing=True)),
        ("broken", a_result("unreadable", message="It is empty.")),
        ("fault", a_result("fault", checks=[fault], tampering=["It looks into frames."])),
        ("tampered", a_result("tampered", tampering=["It replaces the probe `pinball`."])),
    ]
    assert {concern.key: concern.found for concern in concerns(class_)} == {
        "tampering": [("fault", "It looks into frames."), ("tampered", "It replaces the probe pinball.")],
        "faults": [("fault", "Tampering: It looks into frames.")],
        "timeouts": [("late", "Code cell 1 did not end in time.")],
        "unreadable": [("broken", "It is empty.")],
        "raised": [("raised", "code cell 4: NameError: no x")],
        "missing": [("missing", "")],
    }
    assert all(not said for concern in concerns(class_, secret=True) for _, said in concern.found)

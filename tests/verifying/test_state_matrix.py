"""The matrix of the guide for authors: every question has a row, and every name in it is a check of its exercise."""

from __future__ import annotations

import re

import pytest

from autograder.bank.master import exercise_names
from autograder.grading.grader import load_questions
from autograder.paths import SOLUTIONS

ROW = re.compile(r"^\| `(\w+)\.(\w+)` \|(.+)\|$", re.MULTILINE)
ROWS = {
    (exercise, question): re.findall(r"`(\w+)`", cells)
    for exercise, question, cells in ROW.findall((SOLUTIONS / "README.md").read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("exercise", exercise_names())
def test_the_matrix_names_what_there_is(exercise: str) -> None:
    questions = load_questions(exercise)
    for question in questions:
        known = {check.name for check in question.checks}
        known |= {confirmation.name for check in question.checks for confirmation in check.confirmations}
        assert (exercise, question.name) in ROWS
        assert set(ROWS[exercise, question.name]) <= known, ROWS[exercise, question.name]
    assert {name for owner, name in ROWS if owner == exercise} == {question.name for question in questions}

"""The tables of the guide for authors: every question has a row for state, every check of a free model one for its
criterion, and every name in them is a check of its exercise."""

from __future__ import annotations

import re

import pytest
from keras_checks.question import Check, Question

from autograder.bank.master import exercise_names
from autograder.grading.grader import load_questions
from autograder.paths import SOLUTIONS

GUIDE = (SOLUTIONS / "README.md").read_text(encoding="utf-8")
FREE = "### Free designs: no guesses"
ROW = re.compile(r"^\| `(\w+)\.(\w+)` \|(.+)\|$", re.MULTILINE)
STATE = {
    (exercise, question): re.findall(r"`(\w+)`", cells)
    for exercise, question, cells in ROW.findall(GUIDE.split(FREE)[0])
}
DESIGNS = [
    (exercise, question, re.findall(r"`(\w+)`", cells.split(" | ")[0]))
    for exercise, question, cells in ROW.findall(GUIDE.split(FREE)[1])
]


def _checks(question: Question) -> list[Check]:
    """The checks of a question, hidden ones and confirmations included."""
    return [each for check in question.checks for each in (check, *check.confirmations)]


@pytest.mark.parametrize("exercise", exercise_names())
def test_the_matrix_names_what_there_is(exercise: str) -> None:
    questions = load_questions(exercise)
    for question in questions:
        known = {check.name for check in _checks(question)}
        assert (exercise, question.name) in STATE
        assert set(STATE[exercise, question.name]) <= known, STATE[exercise, question.name]
    assert {name for owner, name in STATE if owner == exercise} == {question.name for question in questions}


@pytest.mark.parametrize("exercise", exercise_names())
def test_every_check_of_a_free_model_states_its_criterion(exercise: str) -> None:
    from keras_checks.model_probes import is_model_probe  # it imports TensorFlow

    questions = {question.name: _checks(question) for question in load_questions(exercise)}
    for owner, name, checks in DESIGNS:
        if owner == exercise:
            assert set(checks) <= {check.name for check in questions[name]}, checks
    listed = {(name, check) for owner, name, checks in DESIGNS for check in checks if owner == exercise}
    free = {
        (name, check.name)
        for name, checks in questions.items()
        for check in checks
        if is_model_probe(exercise, check.probe)
    }
    assert free <= listed, free - listed

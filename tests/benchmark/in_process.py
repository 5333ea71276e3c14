"""The checks of an exercise run beside the answers, in one process: how a stock autograder would hold them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from keras_checks.question import Check

from autograder.bank.master import read_master
from autograder.grading.grader import Grader, load_questions
from autograder.grading.observer import Remembering, Trusted
from autograder.results.records import Outcome

SEED = 20


class InNotebook(Trusted):
    """An observer of names that a notebook has defined already."""

    def __init__(self, exercise: str, names: dict[str, Any]) -> None:
        super().__init__(exercise, [], "student", SEED)
        self._names = names


@functools.cache
def _reference(exercise: str) -> Remembering:
    sources = [cell.source for cell in read_master(exercise).reference_cells()]
    return Remembering(Trusted(exercise, sources, "reference", SEED))


@functools.cache
def _checks(exercise: str) -> dict[tuple[str, str], Check]:
    return {(check.question, check.name): check for question in load_questions(exercise) for check in question.checks}


_GRADERS: dict[str, Grader] = {}


def passes(names: dict[str, Any], exercise: str, question: str, check: str) -> None:
    """Fail unless the answers in ``names`` pass a check, on the fixed cases and on salted ones."""
    if exercise not in _GRADERS:
        _GRADERS[exercise] = Grader(exercise, InNotebook(exercise, names), _reference(exercise), "benchmark")
    outcome = _GRADERS[exercise].run(_checks(exercise)[question, check])
    assert outcome.outcome is Outcome.PASSED, outcome


TEST_HEAD = """from otter.test_files import test_case

OK_FORMAT = False
name = {question!r}
points = None
"""
TEST_CASE = """

@test_case(name={check!r}, points={points!r})
def test_{check}(env):
    from in_process import passes

    passes(env, {exercise!r}, {question!r}, {check!r})
"""


def otter_test(exercise: str, question: str, checks: Sequence[Check]) -> str:
    """A test file of stock Otter that runs the checks of a question in Otter's own process."""
    cases = [
        TEST_CASE.format(exercise=exercise, question=question, check=check.name, points=check.points)
        for check in checks
    ]
    return TEST_HEAD.format(question=question) + "".join(cases)

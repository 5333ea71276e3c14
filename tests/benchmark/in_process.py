"""The checks of an exercise run beside the answers, in one process: how a stock autograder would hold them."""

from __future__ import annotations

import functools
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
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


def stock_zip(path: Path, exercise: str, checks: Iterable[tuple[str, str, float]]) -> Path:
    """An autograder zip of stock Otter, without the kit's plugin: (question, check, points) run in Otter's process."""
    files: dict[str, str] = {}
    for question, check, points in checks:
        text = files.get(question) or TEST_HEAD.format(question=question)
        files[question] = text + TEST_CASE.format(exercise=exercise, question=question, check=check, points=points)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("otter_config.json", json.dumps({"show_hidden": True, "pdf": False, "logo": False}))
        for question, text in files.items():
            archive.writestr(f"tests/{question}.py", text)
    return path

"""The doors, called in this process: each grades what is in a folder, and gives Gradescope's results.json."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from types import SimpleNamespace
from typing import Any

import pytest
from gradescope_folders import hand_in, read_results
from handed_in import EXERCISE
from prairielearn_folders import read_results as read_prairielearn

from autograder.classroom.batch import Class
from autograder.doors.gradescope.door import Door
from autograder.doors.otter_plugin import SealedGrading
from autograder.doors.prairielearn.door import Door as PrairieLearnDoor
from autograder.grading.session import Session
from autograder.results.result import max_score, result
from autograder.submissions.collect import find_submissions

Grade = Callable[[Path, Path], Any]
"""Grades the one submission in a folder; the second one is an empty folder to work in."""


def by_kit(folder: Path, work: Path) -> Any:
    """`kit grade`."""
    with Session() as grader:
        ((_, outcome),) = Class(grader, work).grade(find_submissions([folder]), 1, lambda _: None)
    return outcome


def by_gradescope(folder: Path, work: Path) -> Any:
    """`run_autograder` of an unpacked zip."""
    copytree(folder, hand_in(work, {}) / "submission", dirs_exist_ok=True)
    Door(work).run()
    return read_results(work)


def by_otter(folder: Path, work: Path) -> Any:
    """Stock Otter, which leaves files of its own beside the submission."""
    copytree(folder, work, dirs_exist_ok=True)
    (work / "__init__.py").touch()
    (work / "tests").mkdir()
    (work / "tests" / "pinball_loss.py").write_text("OK_FORMAT = False\n")
    (notebook,) = work.glob("*.ipynb")
    plugin = SealedGrading(str(notebook), {}, {"exercise": EXERCISE})
    plugin.before_grading(SimpleNamespace())
    plugin.before_execution(None)
    assert plugin.grading is not None
    return result(plugin.grading)


def by_prairielearn(folder: Path, work: Path) -> Any:
    """An external grading job, whose own results.json says the same."""
    copytree(folder, work / "student")
    door = PrairieLearnDoor(work, work / "source")
    door.run()
    outcome, written = result(door.grading), read_prairielearn(work)
    assert written["score"] == pytest.approx(outcome["score"] / max_score(outcome))
    assert sum(test["points"] for test in written.get("tests", [])) == pytest.approx(outcome["score"])
    return outcome


DOORS: dict[str, Grade] = {
    "kit grade": by_kit,
    "Gradescope": by_gradescope,
    "stock Otter": by_otter,
    "PrairieLearn": by_prairielearn,
}

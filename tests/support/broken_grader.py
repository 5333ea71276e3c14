"""A grader whose judge is broken, and what must come of it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from gradescope_folders import hand_in, start_many, unpack, worker_can_reach
from handed_in import EXERCISE, right_notebook

from autograder.doors.faults import NAME

BREAK = """

import dataclasses
import functools

from keras_checks.question import questions

_checks = next(question.checks for question in questions("custom_loss") if question.name == "pinball_loss_class")
_test = _checks[-1].test


@functools.wraps(_test)
def _broken(*_):
    {action}


_checks[-1] = dataclasses.replace(_checks[-1], test=_broken)
"""
"""The last check of the second question does something else."""


def to_break(package: bytes, root: Path) -> Path:
    """A folder with a grader of its own, to be broken, and a right submission."""
    worker_can_reach(root)
    unpack(package, root)
    return hand_in(root, {f"{EXERCISE}.ipynb": right_notebook()})


def start_with(root: Path, action: str) -> subprocess.Popen[str]:
    """Starts a run whose judge is broken, with little time."""
    break_judge(root, action)
    (root / "source" / "exercise.toml").write_text("seconds = 60\n")
    return start_many(root / "source", [root], grace=5)


def break_judge(root: Path, action: str) -> None:
    path = root / "source" / "autograder" / "judges" / f"{EXERCISE}.py"
    path.write_text(path.read_text() + BREAK.format(action=action))


def is_told(outcome: dict[str, Any], detail: str) -> None:
    """To the instructor all, to the student that it is not their fault, and nothing of the detail."""
    hidden = [test for test in outcome["tests"] if test["visibility"] == "hidden"]
    assert [test["name"] for test in hidden] == [NAME]
    assert detail in hidden[0]["output"]
    assert outcome["extra_data"]["status"] == "fault" and outcome["extra_data"]["regrade"]
    seen = outcome["output"] + "".join(test["output"] for test in outcome["tests"] if test not in hidden)
    assert "not your fault" in seen
    assert detail not in seen and "Traceback" not in seen


def costs_what_was_not_known(outcome: dict[str, Any]) -> None:
    is_told(outcome, "checks, worth")
    outcomes = {check["question"]: check["outcome"] for check in outcome["extra_data"]["checks"]}
    assert outcomes["pinball_loss"] == "passed", "what was known before the fault stays"
    assert outcomes["make_quantile_model"] == "fault"

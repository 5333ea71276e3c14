"""A grading that does not end is ended by the door, whatever holds it up and whatever it catches."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from broken_grader import costs_what_was_not_known
from gradescope_folders import hand_in, read_results, said_by
from handed_in import EXERCISE, right_notebook
from synthetic import passed, plan_of

from autograder.bank.settings import Settings
from autograder.doors import single
from autograder.doors.faults import NAME
from autograder.doors.gradescope import door
from autograder.results.result import Grading
from autograder.submissions.read import Submission

PLAN = plan_of(EXERCISE)
SECONDS, HOLDS_UP = 5, 12.0
"""When the time is up: a busy machine has read the submission by then; and how long the session goes on."""


class Stubborn:
    """A session whose first check is quick, and whose second catches every exception and goes on."""

    def grade(self, submission: Submission, exercise: str, progress: Callable[[Grading], None]) -> Grading:
        grading = Grading("a", exercise, submission.sha256, PLAN, [passed(PLAN[0])])
        progress(grading)
        end = time.monotonic() + HOLDS_UP
        while time.monotonic() < end:
            try:
                time.sleep(0.1)
            except Exception:
                continue
        grading.checks = [passed(row) for row in PLAN]
        return grading


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(single, "exercise_names", lambda: [EXERCISE])
    monkeypatch.setattr(single, "GRACE_SECONDS", SECONDS - Settings().seconds)
    monkeypatch.setattr(single, "Session", lambda **_: nullcontext(Stubborn()))
    return hand_in(tmp_path, {"custom_loss.ipynb": right_notebook()})


@pytest.mark.slow
def test_what_catches_every_exception_does_not_catch_that_the_time_is_up(folder: Path, capsys: Any) -> None:
    start = time.monotonic()
    door.Door(folder).run()
    assert time.monotonic() - start < HOLDS_UP
    outcome = read_results(folder)
    assert outcome["extra_data"]["message"] == f"The grader stopped: Overdue: not done after {SECONDS} s"
    assert outcome["extra_data"]["status"] == "fault" and outcome["extra_data"]["regrade"]
    assert outcome["score"] == PLAN[0]["max_points"], "what was known before stays"
    assert outcome["tests"][-1]["name"] == NAME
    assert "Overdue" in capsys.readouterr().out


@pytest.mark.slow
def test_a_judge_that_hangs(hung: tuple[Path, subprocess.Popen[str]]) -> None:
    root, process = hung
    said_by(process)
    costs_what_was_not_known(read_results(root))

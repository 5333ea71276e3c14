"""`run_autograder` from the packed zip: the layout, the result, and that it grows while checks finish."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
from gradescope_folders import hand_in, read_results, run
from handed_in import EXERCISE, right_notebook
from sessions import Grade

from autograder.results.result import Grading, result

TOTAL = 10
WRONG = "def pinball_loss(tau):\n    return lambda t, p: t - p"


def test_zip_holds_what_gradescope_looks_for(source: Path) -> None:
    for name in ("setup.sh", "run_autograder"):
        assert os.access(source / name, os.X_OK)
    plan = json.loads((source / "plan.json").read_text())
    assert sum(row["max_points"] for row in plan) == TOTAL
    assert {row["hidden"] for row in plan} == {True, False}
    assert all(row["statement"] for row in plan)


@pytest.mark.slow
def test_results_are_written_as_checks_finish(root: Path) -> None:
    hand_in(root, {f"{EXERCISE}.ipynb": right_notebook(WRONG)})
    with (root / "said").open("w") as said:
        process = subprocess.Popen([root / "source" / "run_autograder", root], stdout=said)
    known, written, seen = [0], root / "results" / "results.json", 0
    while process.poll() is None:
        time.sleep(0.02)
        if written.exists() and written.stat().st_mtime_ns != seen:
            seen = written.stat().st_mtime_ns
            outcome = read_results(root)
            checks = outcome["extra_data"].get("checks", [])
            count = sum(check["outcome"] != "fault" for check in checks)
            if count != known[-1]:
                known.append(count)
                finished = outcome["extra_data"]["status"] == "graded"
                assert finished or outcome["extra_data"]["regrade"], "a kill now must not look like a grade"
    assert known == sorted(known) and len(known) > 3, known
    outcome = read_results(root)
    assert outcome["extra_data"]["status"] == "graded"
    assert not outcome["extra_data"]["regrade"]
    assert outcome["score"] == TOTAL - 2
    assert {test["visibility"] for test in outcome["tests"]} == {"after_published"}
    assert (root / "said").read_text() == ""


@pytest.fixture(scope="module")
def graded(grade: Grade) -> Grading:
    """A wrong notebook, graded once: the settings decide only what is shown of it."""
    return grade(EXERCISE, WRONG)


@pytest.mark.slow
@pytest.mark.parametrize(("setting", "visible"), [("never", False), ("after_published", False), ("always", True)])
def test_visibility_of_hidden_checks(setting: str, visible: bool, graded: Grading) -> None:
    """That each door takes the setting from the zip is tested in `test_same_by_all_doors.py`."""
    outcome = result(replace(graded, show_hidden=setting))
    assert {test["visibility"] for test in outcome["tests"]} == {
        {"never": "hidden", "after_published": "after_published", "always": "visible"}[setting]
    }
    hidden = [check for check in outcome["extra_data"]["checks"] if check["hidden"]]
    points = sum(check["max_points"] for check in hidden)
    assert f"Hidden checks decide {points:g} of {TOTAL} points" in outcome["output"]
    shown = outcome["output"] + "".join(test["output"] for test in outcome["tests"] if test["visibility"] == "visible")
    assert any(check["outcome"] == "failed" for check in hidden)
    for check in hidden:  # one that fails for the same reason as another is told by name
        assert (check["statement"] in shown or f"`{check['check']}`" in shown) == visible


def test_a_grader_that_cannot_start_says_so(tmp_path: Path, source: Path) -> None:
    root = hand_in(tmp_path, {})
    (root / "source").mkdir()
    (root / "source" / "run_autograder").symlink_to(source / "run_autograder")
    run(root)
    outcome = read_results(root)
    assert "not your fault" in outcome["output"]
    assert outcome["extra_data"]["regrade"]

"""The grader's own failures: no point lost in silence; told to the instructor in detail, to the student in a word."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradescope_folders import hand_in, read_results, run_many, said_by, start_many, unpack, worker_can_reach
from handed_in import EXERCISE, right_notebook

from autograder.doors.faults import NAME

pytestmark = pytest.mark.slow
SECRET = "the reference is of another shape"
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
ONE_CHECK = "raise RuntimeError('{secret}')"
WHOLE_JUDGE = {
    "out of memory": "import os; os.kill(os.getpid(), 9)",
    "a judge that leaves": "import os; os._exit(0)",
}


@pytest.fixture
def broken(package: bytes, tmp_path: Path) -> Path:
    return to_break(package, tmp_path)


@pytest.fixture(scope="module")
def hung(package: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """A run whose judge hangs: it takes a minute of waiting, in which the other tests go on."""
    root = to_break(package, tmp_path_factory.mktemp("hung"))
    process = start_with(root, "import time; time.sleep(1000)")
    yield root, process
    process.kill()


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


@pytest.mark.usefixtures("hung")
def test_a_bug_in_a_check(broken: Path) -> None:
    break_judge(broken, ONE_CHECK.format(secret=SECRET))
    said = run_many(broken / "source", [broken])
    outcome = read_results(broken)
    is_told(outcome, SECRET)
    assert SECRET in said, "Gradescope shows the output of the run to instructors"
    faults = [check for check in outcome["extra_data"]["checks"] if check["outcome"] == "fault"]
    last = [check for check in outcome["extra_data"]["checks"] if check["question"] == "pinball_loss_class"][-1]
    assert faults == [last]
    assert outcome["score"] == 10 - faults[0]["max_points"], "all other checks keep their verdict"


@pytest.mark.parametrize("name", WHOLE_JUDGE)
def test_a_judge_that_ends(name: str, broken: Path) -> None:
    said_by(start_with(broken, WHOLE_JUDGE[name]))
    costs_what_was_not_known(read_results(broken))


def costs_what_was_not_known(outcome: dict[str, Any]) -> None:
    is_told(outcome, "checks, worth")
    outcomes = {check["question"]: check["outcome"] for check in outcome["extra_data"]["checks"]}
    assert outcomes["pinball_loss"] == "passed", "what was known before the fault stays"
    assert outcomes["make_quantile_model"] == "fault"


def test_a_setting_that_is_wrong(broken: Path) -> None:
    (broken / "source" / "exercise.toml").write_text('show_hiden = "never"\n')
    run_many(broken / "source", [broken])
    is_told(read_results(broken), "unknown key 'show_hiden': use show_hidden, release_after, seconds")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('show_hidden = "sometimes"', "use one of never, after_published, always"),
        ("seconds = 5", "a whole number from 30 to 2280"),
        ("colour = 3", "unknown key 'colour'"),
        ("seconds =", "is not TOML"),
    ],
)
def test_setting_up_stops_at_a_wrong_setting(text: str, said: str, broken: Path) -> None:
    source = broken / "source"
    (source / "exercise.toml").write_text(text)
    command = [source / ".venv/bin/python", "-P", "-m", "autograder.doors.gradescope.door", "--prepare", broken]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 1
    assert said in done.stderr and done.stderr.startswith("kit: ") and done.stderr.count("\n") == 1


def test_a_judge_that_hangs(hung: tuple[Path, subprocess.Popen[str]]) -> None:
    root, process = hung
    said_by(process)
    costs_what_was_not_known(read_results(root))

"""The grader's own failures: no point lost in silence; told to the instructor in detail, to the student in a word."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from broken_grader import break_judge, costs_what_was_not_known, is_told, start_with, to_break
from gradescope_folders import read_results, run_many, said_by

pytestmark = pytest.mark.slow
SECRET = "the reference is of another shape"
ONE_CHECK = "raise RuntimeError('{secret}')"
WHOLE_JUDGE = {
    "out of memory": "import os; os.kill(os.getpid(), 9)",
    "a judge that leaves": "import os; os._exit(0)",
}


@pytest.fixture
def broken(package: bytes, tmp_path: Path) -> Path:
    return to_break(package, tmp_path)


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

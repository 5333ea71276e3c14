"""A run that is stopped, however, goes on where it was; one submission takes no other with it."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from pathlib import Path

import pytest
from command_line import kit, start_kit
from gradescope_folders import worker_can_reach
from handed_in import answers_to, notebook, put, small_class
from processes import descendants, have_ended, wait_for
from results_on_disk import results_in

from autograder.classroom.batch import Class, Done
from autograder.grading.session import Session
from autograder.results.records import PlanRow, Status
from autograder.results.result import Grading
from autograder.submissions.collect import find_submissions
from autograder.submissions.read import Submission

COUNT = 14
LIGHT = 2.0
"""Points of a submission with the first question answered."""


def written(folder: Path) -> dict[str, tuple[int, bytes]]:
    """When each result was written, and what it holds."""
    return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.glob("*.json")}


class Watched:
    """A session that counts what it grades, and takes its fork server away when it meets certain code."""

    def __init__(self, session: Session, fatal: str = "", times: int = 99) -> None:
        self.session = session
        self.fatal = fatal
        self.times = times
        self.graded: list[str] = []

    def grade(self, submission: Submission, exercise: str, *, only: str | None = None) -> Grading:
        self.graded.append(submission.sha256)
        if self.fatal and self.times and any(self.fatal in cell.source for cell in submission.cells):
            self.times -= 1
            threading.Timer(0.3, os.kill, (self.session._living_zygote().pid, signal.SIGKILL)).start()
        return self.session.grade(submission, exercise, only=only)

    def plan(self, exercise: str) -> list[PlanRow]:
        return self.session.plan(exercise)


def grade(grader: Watched, folder: Path, output: Path, jobs: int = 3) -> list[Done]:
    told: list[Done] = []
    Class(grader, output).grade(find_submissions([folder]), jobs, told.append)
    return told


def stopped(folder: Path, output: Path, by: signal.Signals) -> tuple[int, str]:
    """The exit status and the words of a run that is stopped when it has graded two more."""
    before = written(output)
    run = start_kit("grade", folder, "--output", output, "--jobs", "2")
    wait_for(lambda: len(written(output)) >= len(before) + 2)
    processes = descendants(run.pid)
    assert processes
    run.send_signal(by)
    said = run.communicate(timeout=90)[0]
    assert have_ended(processes), "processes are left"
    after = written(output)
    assert len(before) + 2 <= len(after) < COUNT
    assert {name: after[name] for name in before} == before, "graded twice"
    return run.returncode, said


@pytest.mark.slow
def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    folder, output = small_class(tmp_path / "class", COUNT), tmp_path / "results"
    status, said = stopped(folder, output, signal.SIGINT)
    assert status == 130
    assert f"of {COUNT}. Run the same command to resume." in said
    assert "Traceback" not in said
    stopped(folder, output, signal.SIGKILL)
    before = written(output)
    said = kit("grade", folder, "--output", output, "--jobs", "2")
    after = written(output)
    assert len(after) == COUNT
    assert {name: after[name] for name in before} == before, "graded twice"
    assert f"{len(before)} were graded before" in said
    assert {result["score"] for result in results_in(output).values()} == {LIGHT}
    assert len((output / "scores.csv").read_text().splitlines()) == COUNT + 1
    assert (output / "report.html").is_file()
    assert not list(output.glob(".*.tmp"))


@pytest.mark.slow
def test_a_run_that_is_asked_to_end_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    worker_can_reach(temporary)
    monkeypatch.setenv("TMPDIR", str(temporary))
    status, _ = stopped(small_class(tmp_path / "class", COUNT), tmp_path / "results", signal.SIGTERM)
    assert status == 130
    assert not list(temporary.iterdir())


def test_the_same_code_is_graded_once(tmp_path: Path, session: Session) -> None:
    folder, output = small_class(tmp_path / "class", 3), tmp_path / "results"
    for index in range(4):
        shutil.copy(folder / "student_00.ipynb", folder / f"copy_{index}.ipynb")
    grader = Watched(session)
    assert len(grade(grader, folder, output)) == 7
    assert len(grader.graded) == len(set(grader.graded)) == 3
    shutil.copy(folder / "student_01.ipynb", folder / "copy_after_a_night.ipynb")
    told = grade(grader, folder, output)
    assert len(grader.graded) == 3, "graded again"
    assert [done.name for done in told if not done.kept] == ["copy_after_a_night"]
    assert len({result["score"] for result in results_in(output).values()}) == 1


def test_who_changes_a_notebook_is_graded_again(tmp_path: Path, session: Session) -> None:
    folder, output = small_class(tmp_path / "class", 2), tmp_path / "results"
    grader = Watched(session)
    grade(grader, folder, output)
    put(folder, {"student_00.ipynb": notebook("# nothing yet")})
    (changed,) = [done for done in grade(grader, folder, output) if not done.kept]
    assert changed.name == "student_00"
    assert changed.before is not None
    assert (changed.before["score"], changed.result["score"]) == (LIGHT, 0)


@pytest.mark.slow
def test_when_the_fork_server_dies_nobody_loses(tmp_path: Path, session: Session) -> None:
    folder, output = small_class(tmp_path / "class", 5), tmp_path / "results"
    told = grade(Watched(session, fatal="student_01", times=1), folder, output)
    assert sorted(done.name for done in told) == sorted(results_in(output))
    troubles = {name: result["extra_data"]["message"] for name, result in results_in(output).items()}
    assert troubles == dict.fromkeys(troubles, "")
    assert {result["extra_data"]["status"] for result in results_in(output).values()} == {"graded"}
    assert {result["score"] for result in results_in(output).values()} == {LIGHT}


@pytest.mark.slow
def test_who_takes_the_fork_server_down_each_time_costs_itself_only(tmp_path: Path, session: Session) -> None:
    folder, output = small_class(tmp_path / "class", 4), tmp_path / "results"
    grade(Watched(session, fatal="student_01"), folder, output)
    status = {name: result["extra_data"]["status"] for name, result in results_in(output).items()}
    assert status == {f"student_{i:02}": Status.FAULT if i == 1 else "graded" for i in range(4)}


@pytest.mark.slow
def test_a_submission_that_takes_its_worker_down_costs_itself_only(tmp_path: Path, session: Session) -> None:
    folder, output = small_class(tmp_path / "class", 3), tmp_path / "results"
    base = answers_to("pinball_loss")
    deadly = {
        "exits": "import os\ndef pinball_loss(tau):\n    os._exit(1)",
        "hogs": "def pinball_loss(tau):\n    hog = [bytearray(10**9) for _ in range(10)]",
        "forks": "import os\ndef pinball_loss(tau):\n    while True:\n        os.fork()",
        "kills": "import os\ndef pinball_loss(tau):\n    [os.kill(pid, 9) for pid in range(2, 50000)]",
    }
    put(folder, {f"{name}.ipynb": notebook(*base, source) for name, source in deadly.items()})
    grade(Watched(session), folder, output)
    scores = {name: result["score"] for name, result in results_in(output).items()}
    assert scores == dict.fromkeys(deadly, 0) | {f"student_{index:02}": LIGHT for index in range(3)}
    assert Status.FAULT not in {result["extra_data"]["status"] for result in results_in(output).values()}

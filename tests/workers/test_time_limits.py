"""Work is measured in CPU time, so that a busy machine changes no verdict; waiting has a more generous limit."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
import pytest
from sealing import MakeStudent, need

from autograder.bank.master import read_master
from autograder.grading.session import Session
from autograder.results.result import Grading
from autograder.submissions.read import Cell, Submission
from autograder.workers import limits
from autograder.workers.canary import SealReport
from autograder.workers.channel import WATCH_SECONDS
from autograder.workers.limits import PATIENCE, Allowance, Limits
from autograder.workers.student import ProbeDied
from autograder.workers.zygote import Process, Zygote

EXERCISE = "custom_loss"
QUESTION = "pinball_loss"
AT_MOST = 0.8 + WATCH_SECONDS + 1
"""CPU seconds of a worker that may use 0.8: its clock is looked at now and then, and it has a start."""
WORK = "import time\nbegin = time.process_time()\nwhile time.process_time() - begin < {seconds}: pass"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="CPU time of another process is read on Linux only")


@pytest.fixture
def used(zygote: Zygote, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The CPU seconds of each worker that has ended."""
    seconds: list[float] = []
    end = zygote.end

    def noting(process: Process) -> dict[str, Any]:
        found = end(process)
        seconds.append(found["cpu_seconds"])
        return found

    monkeypatch.setattr(zygote, "end", noting)
    return seconds


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wall clock ends nothing soon, so it must be CPU time that does."""
    monkeypatch.setattr(limits, "PATIENCE", 40)


@pytest.mark.usefixtures("patient")
def test_a_busy_loop_is_stopped_by_cpu_time(student: MakeStudent, used: list[float]) -> None:
    submission = student("while True: pass", "1", cell_seconds=0.8)
    assert [outcome.status for outcome in submission.run_cells()] == ["timeout", "ok"]
    assert 0.8 <= used[0] < AT_MOST


def test_a_sleeping_cell_is_stopped_by_wall_clock(student: MakeStudent, used: list[float]) -> None:
    submission = student("import time; time.sleep(100)", "1", cell_seconds=0.5)
    begin = time.monotonic()
    statuses = [outcome.status for outcome in submission.run_cells()]
    assert statuses == ["timeout", "ok"]
    assert PATIENCE * 0.5 <= time.monotonic() - begin < 30
    assert used[0] < 0.5


def test_a_nap_longer_than_the_cpu_limit_is_fine(student: MakeStudent) -> None:
    submission = student("import time; time.sleep(1.5)", cell_seconds=0.8)
    assert [outcome.status for outcome in submission.run_cells()] == ["ok"]


@pytest.mark.usefixtures("patient")
def test_a_busy_probe_is_stopped_by_cpu_time(student: MakeStudent, used: list[float]) -> None:
    submission = student("def answer():\n  while True: pass", probe_seconds=0.8)
    submission.run_cells()
    with pytest.raises(ProbeDied, match="did not finish"):
        submission.observe("call", {})
    assert 0.8 <= used[0] < AT_MOST


def test_the_whole_is_bounded_by_wall_clock_where_a_platform_is(student: MakeStudent) -> None:
    submission = student(*["import time; time.sleep(100)"] * 3, cell_seconds=1, wall_seconds=2)
    begin = time.monotonic()
    assert [outcome.status for outcome in submission.run_cells()] == ["timeout", "skipped", "skipped"]
    assert time.monotonic() - begin < 4


def test_what_is_left_shrinks_by_work_and_by_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = {"cpu": 10.0}
    monkeypatch.setattr(limits, "cpu_seconds", lambda _pid: clock["cpu"])
    allowance = Allowance(Limits(total_seconds=5))
    watch = allowance.stopwatch(1, 3)
    clock["cpu"] += 3
    assert not watch.overrun
    clock["cpu"] += 0.5
    assert watch.overrun
    watch.stop(waited=8)
    assert (allowance.work, allowance.wait) == (1.5, 12)
    assert allowance.stopwatch(1, 3).seconds == 1.5
    allowance.stopwatch(1, 3).stop(waited=12)
    assert allowance.used_up


def test_what_ran_on_while_nobody_watched_costs_its_limit_and_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = {"cpu": 0.0}
    monkeypatch.setattr(limits, "cpu_seconds", lambda _pid: clock["cpu"])
    allowance = Allowance(Limits(total_seconds=100))
    watch = allowance.stopwatch(1, 3)
    clock["cpu"] += 50
    watch.stop(waited=0)
    assert allowance.work == 96


@contextmanager
def on_one_cpu(session: Session) -> Iterator[None]:
    """This process, the session's, and what they start within share one CPU."""
    before = os.sched_getaffinity(0)
    fork_server = psutil.Process(session._living_zygote().pid)

    def run_on(cpus: set[int]) -> None:
        for pid in (0, fork_server.pid, *(child.pid for child in fork_server.children(recursive=True))):
            with contextlib.suppress(ProcessLookupError):
                os.sched_setaffinity(pid, cpus)

    try:
        run_on({min(before)})
        yield
    finally:
        run_on(before)


@contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """Processes that take all the time that they get."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_busy_machine_changes_no_result(seal: SealReport, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell and probe has a limit that it would pass by wall clock where it gets a third of a CPU."""
    need(seal, "landlock")  # a session grades nothing where hidden files can be read
    cells = [cell.source for cell in read_master(EXERCISE).reference_cells()]
    wrong = "pinball_loss_of_mine = pinball_loss\ndef pinball_loss(tau): return pinball_loss_of_mine(1 - tau)"
    sources = [*cells, WORK.format(seconds=0.8), wrong]
    submission = Submission("a", tuple(map(Cell, sources)), EXERCISE)
    monkeypatch.setattr(session, "limits", Limits(cell_seconds=1.5, probe_seconds=1.5, total_seconds=60))
    with on_one_cpu(session):
        session.grade(submission, EXERCISE, only=QUESTION)  # what is imported and remembered costs once
        idle = session.grade(submission, EXERCISE, only=QUESTION)
        with busy_loops(2):
            busy = session.grade(submission, EXERCISE, only=QUESTION)
    assert verdicts(busy) == verdicts(idle)
    assert busy.status == idle.status == "graded"
    assert {cell["status"] for cell in busy.cells} == {"ok"}
    assert "failed" in {record["outcome"] for record in busy.records()} <= {"passed", "failed"}


def verdicts(grading: Grading) -> list[Any]:
    """All that a student could see a difference in."""
    return [grading.records(), grading.cells]

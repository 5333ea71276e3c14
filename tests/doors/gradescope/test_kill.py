"""`kill -9` of everything at any moment leaves a valid result."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from gradescope_folders import hand_in, read_results
from handed_in import EXERCISE, right_notebook
from processes import descendants

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")]
MOMENTS = 5


def start(root: Path) -> subprocess.Popen[bytes]:
    """A run, from the moment of its first result on."""
    process = subprocess.Popen([root / "source" / "run_autograder", root])
    while not (root / "results" / "results.json").exists():
        time.sleep(0.001)
    return process


def kill_tree(pid: int) -> int:
    """Kill a process and all below it at once; returns how many there were."""
    os.kill(pid, signal.SIGSTOP)  # so that the tree does not grow while it is read
    pids = [pid, *(process.pid for process in descendants(pid))]
    for one in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    return len(pids)


def known_checks(root: Path) -> int:
    """How many checks have a verdict in the result as it is now."""
    outcome = json.loads((root / "results" / "results.json").read_text())
    return sum(check["outcome"] != "fault" for check in outcome["extra_data"]["checks"])


def wait_for_checks(process: subprocess.Popen[bytes], root: Path, count: int) -> None:
    """Wait until so many checks have a verdict, or the run is over: by what is done, however busy the machine is."""
    while process.poll() is None and known_checks(root) < count:
        time.sleep(0.05)


@pytest.mark.timeout(900)
def test_a_kill_at_any_moment_leaves_a_valid_result(root: Path) -> None:
    hand_in(root, {f"{EXERCISE}.ipynb": right_notebook()})
    all_checks = len(json.loads((root / "source" / "plan.json").read_text()))
    found = []
    for number in range(MOMENTS):
        (root / "results" / "results.json").unlink(missing_ok=True)
        process = start(root)
        wait_for_checks(process, root, number * all_checks // MOMENTS)
        pause = random.Random(number).uniform(0, 0.3 if number else 2)  # nothing is known for the first seconds
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(pause)
        killed = kill_tree(process.pid) if process.poll() is None else 0
        process.wait(10)
        outcome = read_results(root)
        known = known_checks(root)
        assert outcome["extra_data"]["regrade"] == (outcome["extra_data"]["status"] == "fault")
        assert outcome["extra_data"]["regrade"] or known == all_checks
        found.append({"pause": round(pause, 2), "killed": killed, "known": known})
    assert len({row["known"] for row in found}) > 2, found
    assert any(row["killed"] > 3 for row in found), found

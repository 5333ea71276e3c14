"""Processes end with the one that they belong to, whatever ended it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from sealing import SUPPORT

from autograder.workers.zygote import Zygote, ZygoteError


def wait_until_gone(pid: int, seconds: float = 5) -> bool:
    """A zombie has gone, too: it waits to be reaped."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


def test_the_server_has_one_thread_and_no_operation_has_run(zygote: Zygote) -> None:
    assert zygote.ready()["threads"] == 1


def test_a_process_ends_when_told_and_says_what_it_used(bare: Zygote) -> None:
    process = bare.spawn("roles:idle", {})
    used = bare.end(process)
    assert used["status"] == -signal.SIGKILL
    assert used["peak_mb"] > 1
    assert not Path(f"/proc/{process.pid}").exists()


def test_a_process_that_has_ended_is_still_its_parents(bare: Zygote) -> None:
    process = bare.spawn("roles:environment", {})
    process.channel.receive()
    assert wait_until_gone(process.pid)
    assert bare.end(process)["status"] == 0


def test_nobody_ends_the_process_of_another(bare: Zygote) -> None:
    judge = bare.spawn("roles:parent_of_one", {}, control=True)
    child = judge.channel.receive()
    with pytest.raises(ZygoteError, match="refused"):
        bare._request({"do": "end", "pid": child})
    bare.end(judge)


def test_workers_end_with_their_judge(bare: Zygote) -> None:
    judge = bare.spawn("roles:parent_of_one", {}, control=True)
    child = judge.channel.receive()
    os.kill(judge.pid, signal.SIGKILL)
    assert wait_until_gone(child)
    bare.end(judge)


def test_a_role_that_is_not_there_ends_its_process_only(bare: Zygote) -> None:
    process = bare.spawn("roles:nothing", {})
    assert bare.end(process)["status"] in (1, -signal.SIGKILL)
    assert bare.ping()["threads"] == 1


def test_everything_ends_with_the_server() -> None:
    with Zygote(bare=True, roots=[SUPPORT]) as zygote:
        process = zygote.spawn("roles:idle", {})
        os.kill(zygote.pid, signal.SIGKILL)
        assert wait_until_gone(process.pid)
        with pytest.raises(ZygoteError, match="does not answer"):
            zygote.ready()
        process.channel.close()


def test_everything_ends_with_the_kit() -> None:
    program = f"""
        import time
        from autograder.workers.zygote import Zygote
        zygote = Zygote(bare=True, roots=[{str(SUPPORT)!r}])
        judge = zygote.spawn("roles:parent_of_one", {{}}, control=True)
        print(zygote.pid, judge.pid, judge.channel.receive(), flush=True)
        time.sleep(100)
    """
    kit = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True)
    with kit:
        assert kit.stdout is not None
        pids = [int(pid) for pid in kit.stdout.readline().split()]
        kit.kill()
    assert len(pids) == 3
    assert all(wait_until_gone(pid) for pid in pids)


def test_a_server_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Zygote(bare=True) as zygote, pytest.raises(ZygoteError, match="does not answer"):
        zygote.ready()


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with Zygote(bare=True, roots=[SUPPORT]) as zygote:
        zygote.ready()
        process = zygote.spawn("roles:temporary_file", {})
        left = Path(process.channel.receive())
        process.channel.close()
        assert left.is_relative_to(tmp_path)
        assert left.exists()
    assert not list(tmp_path.iterdir())

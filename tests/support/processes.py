"""Processes that tests start, wait for and end."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence

import psutil


def wait_for(condition: Callable[[], bool], seconds: float = 240) -> None:
    """Wait until the condition holds; fail when that takes too long."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def descendants(pid: int) -> list[psutil.Process]:
    """All processes that a process has started, and those that these have started."""
    return psutil.Process(pid).children(recursive=True)


def have_ended(processes: Sequence[psutil.Process], seconds: float = 15) -> bool:
    """Whether all of them end in time."""
    return not psutil.wait_procs(processes, timeout=seconds)[1]


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]

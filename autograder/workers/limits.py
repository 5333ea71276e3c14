"""What a submission may use, and the clock that its time is taken from."""

from __future__ import annotations

import math
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 4.0
"""Seconds of wall clock allowed for each second of work, on a busy machine or where the code sleeps."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Seconds are CPU time of the sealed worker, so that a busy machine changes no verdict; code that sleeps is ended
    after ``PATIENCE`` times as many seconds of wall clock. ``wall_seconds`` bounds all waiting for the submission,
    where a platform sets such a bound. Memory is of one worker.
    """

    cell_seconds: float = 60
    probe_seconds: float = 20
    total_seconds: float = 240
    wall_seconds: float = math.inf
    replays: int = 16
    work_bytes: int = 200 * 2**20
    work_files: int = 2000
    data_gb: float = 2
    address_gb: float = 6
    reply_bytes: int = 256 * 2**20


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used, in seconds; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0.0
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Allowance:
    """Seconds of work that a submission has left, in CPU time and, more generously, in waiting time."""

    def __init__(self, limits: Limits) -> None:
        self.work = limits.total_seconds
        self.wait = min(PATIENCE * limits.total_seconds, limits.wall_seconds)

    @property
    def used_up(self) -> bool:
        """Whether nothing is left."""
        return self.work <= 0 or self.wait <= 0

    def stopwatch(self, pid: int, seconds: float) -> Stopwatch:
        """Start to take the time of a process that may work for ``seconds``, and no longer than is left."""
        return Stopwatch(self, pid, min(seconds, self.work))


class Stopwatch:
    """Takes the time of one request. ``deadline`` is a value of ``time.monotonic()``."""

    def __init__(self, allowance: Allowance, pid: int, seconds: float) -> None:
        self.allowance = allowance
        self.pid = pid
        self.seconds = seconds
        self._cpu = cpu_seconds(pid)
        self._start = time.monotonic()
        self.deadline = self._start + min(PATIENCE * seconds, allowance.wait)

    def worked(self) -> float:
        """CPU seconds since the start."""
        return cpu_seconds(self.pid) - self._cpu

    @property
    def overrun(self) -> bool:
        """Whether the process has worked for longer than it may."""
        return self.worked() > self.seconds

    def stop(self, waited: float) -> None:
        """Take what was worked, and ``waited`` seconds, off the allowance."""
        self.allowance.work -= min(max(0.0, self.worked()), self.seconds + 1)  # nobody may have been there to stop it
        self.allowance.wait -= waited

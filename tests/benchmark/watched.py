"""Runs a command, and measures what it and all that it starts take."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
SAMPLE_SECONDS = 0.5


@dataclass
class Run:
    """What grading some submissions took: seconds of wall clock and of CPU, peak of memory in MB."""

    count: int
    wall: float
    cpu: float
    peak_mb: float
    scores: dict[str, float] = field(default_factory=dict)


class Watch(threading.Thread):
    """Samples the memory of a process and all that it has started, and counts the files that it has written."""

    def __init__(self, pid: int, output: Path) -> None:
        super().__init__(daemon=True)
        self.process, self.output = psutil.Process(pid), output
        self.start_time = time.monotonic()
        self.samples: list[tuple[float, int, float]] = []
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(SAMPLE_SECONDS):
            count = sum(path.suffix == ".json" for path in self.output.glob("*")) if self.output.is_dir() else 0
            self.samples.append((time.monotonic() - self.start_time, count, memory_mb(self.process)))

    def until(self, count: int) -> tuple[float, float]:
        """Wall time until so many were graded, and the peak of memory from the first one on until then."""
        wall = next(seconds for seconds, done, _ in self.samples if done >= count)
        return wall, max(mb for seconds, done, mb in self.samples if seconds <= wall and done)


def memory_mb(process: psutil.Process) -> float:
    """Memory of a family of processes, shared pages counted once (PSS), in MB of 2**20 bytes."""
    total = 0
    for one in [process, *_children(process)]:
        try:
            total += one.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total / 2**20


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def environment() -> dict[str, str]:
    """Where the commands find the kit and this folder."""
    paths = [ROOT, ROOT / "exercises", Path(__file__).parent]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "TF_CPP_MIN_LOG_LEVEL": "3"}


def run_watched(command: Sequence[str | Path], cwd: Path, output: Path) -> tuple[Run, Watch]:
    """Run a command to its end."""
    cpu = cpu_of_children()
    with (cwd / "log.txt").open("ab") as log:
        process = subprocess.Popen([*map(str, command)], cwd=cwd, env=environment(), stdout=log, stderr=log)
        watch = Watch(process.pid, output)
        watch.start()
        process.wait()
        wall = time.monotonic() - watch.start_time
    watch.over.set()
    watch.join()
    if process.returncode:
        raise SystemExit(f"{command[0]} failed:\n{(cwd / 'log.txt').read_text(errors='replace')[-3000:]}")
    return Run(0, wall, cpu_of_children() - cpu, max((mb for _, _, mb in watch.samples), default=0.0)), watch


def cpu_of_children() -> float:
    """CPU seconds of all children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

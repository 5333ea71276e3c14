"""Wall time and memory of a command with all the processes that it starts."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.1


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds of wall time, peak of the tree's proportional set size in MB."""

    seconds: float
    peak_mb: float


def run(command: Sequence[str | Path], environment: Mapping[str, str], folder: Path, log: Path) -> Cost:
    """Run a command to its end; raises RuntimeError with the end of its output where it fails."""
    start = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*map(str, command)], env=dict(environment), cwd=folder, stdout=output, stderr=subprocess.STDOUT
        )
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, tree_mb(process.pid))
            time.sleep(SAMPLE_SECONDS)
    seconds = time.perf_counter() - start
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{command}: {log.read_text(errors='replace')[-2000:]}")
    return Cost(seconds, peak)


def tree_mb(pid: int) -> float:
    """Proportional set size of a process and its descendants, in MB: what they share counts once."""
    total = 0
    try:
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            try:
                total += process.memory_full_info().pss
            except (psutil.Error, OSError):
                continue
    except psutil.Error:
        return 0.0
    return total / 1e6

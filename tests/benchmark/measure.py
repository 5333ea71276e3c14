"""Wall time, CPU time and memory of a command with all the processes that it starts."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from watched import cpu_of_children, memory_mb

SAMPLE_SECONDS = 0.1


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds of wall time and of CPU, peak of its family's memory in MB of 2**20 bytes."""

    seconds: float
    cpu: float
    peak_mb: float


def run(command: Sequence[str | Path], environment: Mapping[str, str], folder: Path, log: Path) -> Cost:
    """Run a command to its end; raises RuntimeError with the end of its output where it fails."""
    start, used = time.perf_counter(), cpu_of_children()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*map(str, command)], env=dict(environment), cwd=folder, stdout=output, stderr=subprocess.STDOUT
        )
        family, peak = psutil.Process(process.pid), 0.0
        while process.poll() is None:
            peak = max(peak, memory_mb(family))
            time.sleep(SAMPLE_SECONDS)
    seconds = time.perf_counter() - start
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{command}: {log.read_text(errors='replace')[-2000:]}")
    return Cost(seconds, cpu_of_children() - used, peak)

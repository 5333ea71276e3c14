"""The limits of a container, by control groups of either version, and what a run takes within them."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
PERIOD = 100_000  # microseconds


@dataclass
class Container:
    """A group of processes with limits. ``inside`` is what to put before a command so that it runs in it."""

    memory: Path
    cpu: Path
    two: bool
    peak_mb: float = 0.0
    killed: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def inside(self) -> tuple[str, ...]:
        joins = "; ".join(f"echo $$ >{folder}/cgroup.procs" for folder in {self.memory, self.cpu})
        return ("bash", "-ec", f'{joins}; exec "$@"', "in-container")

    def watch(self) -> None:
        """Note the most memory that processes held; files that the kernel remembers for them do not count."""
        while not self._ended.is_set():
            with contextlib.suppress(OSError, KeyError, ValueError):
                self.peak_mb = max(self.peak_mb, self._held() / 2**20)
                self.killed = max(self.killed, self._kills())
            time.sleep(0.05)

    def _held(self) -> int:
        return self._counts("memory.stat")["anon" if self.two else "total_rss"]

    def _kills(self) -> int:
        return self._counts("memory.events" if self.two else "memory.oom_control")["oom_kill"]

    def _counts(self, file: str) -> dict[str, int]:
        rows = (line.split() for line in (self.memory / file).read_text().splitlines())
        return {name: int(count) for name, count in rows}


@contextlib.contextmanager
def container(cpus: float, memory_mb: int) -> Iterator[Container]:
    """Limits for a run. Raises OSError where this machine does not let us set them."""
    two = (GROUPS / "cgroup.controllers").exists()
    made = _make(two, cpus, memory_mb)
    watcher = threading.Thread(target=made.watch, daemon=True)
    watcher.start()
    try:
        yield made
    finally:
        made._ended.set()
        watcher.join()
        for folder in {made.memory, made.cpu}:
            _remove(folder)


def _make(two: bool, cpus: float, memory_mb: int) -> Container:
    name, quota, size = f"kit-test-{os.getpid()}", str(int(cpus * PERIOD)), str(memory_mb << 20)
    if two:
        folder = GROUPS / name
        folder.mkdir()
        (folder / "memory.max").write_text(size)
        (folder / "cpu.max").write_text(f"{quota} {PERIOD}")
        with contextlib.suppress(OSError):
            (folder / "memory.swap.max").write_text("0")
        return Container(folder, folder, two)
    memory, cpu = (GROUPS / kind / _own(kind).lstrip("/") / name for kind in ("memory", "cpu"))
    memory.mkdir()
    cpu.mkdir()
    (memory / "memory.limit_in_bytes").write_text(size)
    (cpu / "cpu.cfs_period_us").write_text(str(PERIOD))
    (cpu / "cpu.cfs_quota_us").write_text(quota)
    return Container(memory, cpu, two)


def _own(kind: str) -> str:
    rows = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    return next(path for _, kinds, path in rows if kind in kinds.split(","))


def _remove(folder: Path) -> None:
    for _ in range(50):
        try:
            return folder.rmdir()
        except OSError:  # its last processes are on their way out
            time.sleep(0.1)

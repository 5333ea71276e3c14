"""One sealed worker, seen from the trusted side: its process, its folder, and what it is asked."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from autograder.seal.enter import SealError
from autograder.workers.frames import WireError
from autograder.workers.workdir import check_size, make_workdir, remove_workdir
from autograder.workers.zygote import ZygoteClient, ZygoteError

Status = Literal["ok", "raised", "died", "timeout", "skipped"]
START_SECONDS = 30.0


@dataclass(frozen=True)
class Limits:
    """What a submission may use. Times are seconds of wall clock; memory is of one worker."""

    cell_seconds: float = 60
    probe_seconds: float = 20
    total_seconds: float = 240
    replays: int = 8
    work_bytes: int = 200 * 2**20
    work_files: int = 2000
    data_gb: float = 2
    address_gb: float = 6


@dataclass(frozen=True)
class CellOutcome:
    """How a cell ended. ``line`` counts from 1 within the cell; 0 where it is not known."""

    index: int
    status: Status
    error_type: str = ""
    message: str = ""
    line: int = 0


class LiveWorker:
    """A worker that has sealed itself. Deadlines are values of ``time.monotonic()``.

    Starting raises SealError when the seal does not hold here, ZygoteError when the worker does not come up.
    Asking raises WireError or TooMuch when it ends, is late, answers nonsense, or fills its folder: then close it.
    """

    def __init__(self, control: ZygoteClient, limits: Limits, *, unsealed: bool, without: Collection[str]) -> None:
        self.control = control
        self.limits = limits
        self.work = make_workdir()
        bounds = {
            "data_gb": limits.data_gb,
            "address_gb": limits.address_gb,
            "file_mb": max(1, limits.work_bytes >> 21),  # a single file never fills the folder
        }
        settings = {"work": str(self.work), "bounds": bounds, "without": list(without), "unsealed": unsealed}
        self.process = control.spawn_worker(settings)
        self.layers, self.reasons = self._hello()

    def _hello(self) -> tuple[list[str], dict[str, str]]:
        """Which layers are active, and why the others are not. It is said before any code of the student runs."""
        try:
            hello = self.process.channel.request({"do": "hello"}, time.monotonic() + START_SECONDS)
        except WireError as error:
            self.close()
            raise ZygoteError(f"A worker did not start: {error}") from None
        if "refused" in hello:
            self.close()
            raise SealError(hello["refused"])
        return hello["layers"], hello["reasons"]

    def run_cell(self, index: int, source: str, seed: int, deadline: float) -> CellOutcome:
        """Run a cell; its outcome is ``ok`` or ``raised``."""
        request = {"do": "cell", "index": index, "source": source, "seed": seed}
        reply = self.process.channel.request(request, deadline, self.watch)
        self.watch()
        match reply:
            case {"status": "ok"}:
                return CellOutcome(index, "ok")
            case {"status": "raised", "error_type": str(kind), "message": str(message), "line": int(line)}:
                return CellOutcome(index, "raised", kind, message, line)
        raise WireError("an outcome of no known form.")

    def ask(self, exercise: str, probe: str, case: dict[str, Any], seed: int, deadline: float) -> str:
        """Send a probe; returns the nonce of its answer."""
        request = {"do": "probe", "exercise": exercise, "probe": probe, "case": case, "seed": seed}
        return self.process.channel.ask(request, deadline)

    def answer(self, nonce: str, deadline: float) -> dict[str, Any]:
        """What the probe saw, or the error that it met."""
        match self.process.channel.answer(nonce, deadline, self.watch):
            case {"observation": dict(found)}:
                return found
            case {"malformed": str(detail)}:
                raise WireError(detail)
        raise WireError("a reply of no known form.")

    def watch(self) -> None:
        """Raise TooMuch when the folder has grown beyond its limits."""
        check_size(self.work, self.limits.work_bytes, self.limits.work_files)

    def close(self) -> float:
        """End the process and remove its folder; returns its peak of memory in MB."""
        try:
            return self.control.end(self.process)["peak_mb"]
        finally:
            remove_workdir(self.work)

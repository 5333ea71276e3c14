"""One sealed worker, seen from the trusted side: its process, its folder, and what it is asked."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from autograder import spans
from autograder.seal.enter import SealError
from autograder.workers.channel import WireTimeout
from autograder.workers.frames import WireError
from autograder.workers.limits import Allowance, Limits, Stopwatch
from autograder.workers.workdir import check_size, make_workdir, remove_workdir, write_files
from autograder.workers.zygote import ZygoteClient, ZygoteError

CellStatus = Literal["ok", "raised", "died", "timeout", "skipped"]
START_SECONDS = 60.0
NOTHING: Iterator[object] = iter(())
"""No work to do meanwhile."""
LATE_SECONDS = 1.0
"""An answer that has arrived is read even when the trusted side comes late for it."""
MAX_ERROR_TYPE, MAX_MESSAGE = 200, 2000


@dataclass(frozen=True)
class CellOutcome:
    """How a cell ended. ``line`` counts from 1 within the cell; 0 where it is not known."""

    index: int
    status: CellStatus
    error_type: str = ""
    message: str = ""
    line: int = 0


class SealedWorker:
    """A worker that has sealed itself.

    Starting raises SealError when the seal does not hold here, ZygoteError when the worker does not come up.
    Asking raises WireError or TooMuch when it ends, is late, answers nonsense, or fills its folder: then close it.
    """

    def __init__(
        self,
        control: ZygoteClient,
        exercise: str,
        limits: Limits,
        allowance: Allowance,
        files: Mapping[str, str],
        *,
        unsealed: bool,
        without: Collection[str],
    ) -> None:
        self.control = control
        self.limits = limits
        self.allowance = allowance
        self.work = make_workdir()
        write_files(self.work, files)
        bounds = {
            "data_gb": limits.data_gb,
            "address_gb": limits.address_gb,
            "file_mb": max(1, limits.work_bytes >> 21),  # a single file never fills the folder
        }
        settings = {
            "work": str(self.work),
            "exercise": exercise,
            "bounds": bounds,
            "without": list(without),
            "unsealed": unsealed,
            "profile": spans.recording(),
        }
        with spans.span("start a worker"):
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

    def run_cell(self, index: int, source: str, seed: int, meanwhile: Iterator[object] = NOTHING) -> CellOutcome:
        """Run a cell; its outcome is ``ok`` or ``raised``. ``meanwhile`` are steps of work until the reply is there."""
        request = {"do": "cell", "index": index, "source": source, "seed": seed}
        pending = self._start(request, self.limits.cell_seconds)
        while not self.process.channel.has_arrived() and next(meanwhile, self) is not self:
            pass
        match pending():
            case {"status": "ok"}:
                return CellOutcome(index, "ok")
            case {"status": "raised", "error_type": str(kind), "message": str(message), "line": int(line)}:
                return CellOutcome(index, "raised", kind[:MAX_ERROR_TYPE], message[:MAX_MESSAGE], line)
        raise WireError("an outcome of no known form.")

    def start_probe(
        self, probe: str, case: dict[str, Any], seed: int, do: str = "probe", **more: Any
    ) -> Callable[[], dict[str, Any]]:
        """Send a probe; what is returned waits for what it sees, or for the error that it met.

        ``do`` is "probe", "build" (its model as data) or "measure" (of ``model``).
        """
        request = {"do": do, "probe": probe, "case": case, "seed": seed, **more}
        pending = self._start(request, self.limits.probe_seconds)

        def finish() -> dict[str, Any]:
            match pending():
                case {"observation": dict(found)}:
                    return found
                case {"malformed": str(detail)}:
                    raise WireError(detail)
            raise WireError("a reply of no known form.")

        return finish

    def _start(self, request: dict[str, Any], seconds: float) -> Callable[[], dict[str, Any]]:
        """Send a request that may take ``seconds``; what is returned waits for the reply."""
        watch = self.allowance.stopwatch(self.process.pid, seconds)
        nonce = self.process.channel.ask(request, watch.deadline)

        def finish() -> dict[str, Any]:
            began = time.monotonic()
            try:
                deadline = max(watch.deadline, began + LATE_SECONDS)
                with spans.span("wait for the worker"):
                    reply = self.process.channel.answer(nonce, deadline, lambda: self._watch(watch))
                if spans.recording():
                    spans.merge_untrusted(reply.pop("spans", None), self.process.pid, "sealed worker")
                self._watch_folder()
                return reply
            finally:
                watch.stop(time.monotonic() - began)

        return finish

    def _watch(self, watch: Stopwatch) -> None:
        """While waiting: raise WireTimeout or TooMuch where the worker has used more than it may."""
        if watch.overrun:
            raise WireTimeout("The code worked for too long.")
        self._watch_folder()

    def _watch_folder(self) -> None:
        check_size(self.work, self.limits.work_bytes, self.limits.work_files, self.process.pid)

    def close(self) -> float:
        """End the process and remove its folder; returns its peak of memory in MB."""
        try:
            with contextlib.suppress(KeyError):
                return self.control.end(self.process)["peak_mb"]
            return 0.0
        finally:
            remove_workdir(self.work)

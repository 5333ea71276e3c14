"""A student's notebook, seen from the trusted side: run its cells, then ask what they defined.

A worker that dies or hangs is replaced by a fresh one that runs again the cells that worked, so that one bad
answer does not take the others with it.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from autograder.seal import SealError
from autograder.wire import WireClosed, WireError, WireTimeout
from autograder.workdir import TooMuch, check_size, make_workdir, remove_workdir
from autograder.zygote import Process, ZygoteClient, ZygoteError

Status = Literal["ok", "raised", "died", "timeout", "skipped"]
Kind = Literal["died", "timeout", "malformed", "exhausted"]
START_SECONDS = 30.0
LATE_SECONDS = 1.0  # an answer that has arrived is read even when the judge comes late for it

TEXTS: dict[str, str] = {
    "died": "The code ended its own process.",
    "timeout": "The code did not finish in {seconds:.0f} s.",
    "malformed": "The answer was no plain data: {detail}",
    "exhausted": "The time for this submission is used up.",
    "replays": "The code ended its process too often.",
}


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


class ProbeDied(Exception):
    """A probe has no answer: the worker died, hung, sent garbage, or the submission has used its share."""

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


@dataclass
class _Asked:
    """A probe that was sent, or the reason why it was not."""

    nonce: str = ""
    deadline: float = 0.0
    failure: ProbeDied | None = None


class Student:
    """A submission's workers, one at a time. A context manager.

    ``isolation`` lists the active layers once a worker has started, ``reasons`` says why the others are not.
    """

    def __init__(
        self,
        control: ZygoteClient,
        cells: list[str],
        exercise: str,
        limits: Limits | None = None,
        *,
        seed: int,
        unsealed: bool = False,
        without: Collection[str] = (),
    ) -> None:
        self.control = control
        self.cells = cells
        self.exercise = exercise
        self.limits = limits or Limits()
        self.seed = seed
        self.isolation: list[str] = []
        self.reasons: dict[str, str] = {}
        self.peak_mb = 0.0
        self.starts = 0
        self.outcomes: list[CellOutcome] = []
        self._unsealed = unsealed
        self._without = without
        self._deadline = time.monotonic() + self.limits.total_seconds
        self._worker: Process | None = None
        self._work: Path | None = None
        self._asked: _Asked | None = None

    def run_cells(self) -> list[CellOutcome]:
        """Run the cells in order. One that ends or hangs its worker is left out from then on."""
        for index, source in enumerate(self.cells):
            try:
                outcome = self._try_cell(index, source)
            except ProbeDied as failure:
                outcome = CellOutcome(index, "skipped", message=failure.message)
            self.outcomes.append(outcome)
        return self.outcomes

    def observe(self, probe: str, case: dict[str, Any]) -> dict[str, Any]:
        """What the probe sees for the case: ``{"seen": data}`` or ``{"error": ...}``. Raises ProbeDied."""
        self.ask(probe, case)
        return self.answer()

    def ask(self, probe: str, case: dict[str, Any]) -> None:
        """Send a probe; :meth:`answer` waits for what it sees. What goes wrong is raised there."""
        self._asked = _Asked()
        request = {"do": "probe", "exercise": self.exercise, "probe": probe, "case": case, "seed": self.seed}
        try:
            worker = self._ready_worker()
            self._asked.deadline = self._until(self.limits.probe_seconds)
            self._asked.nonce = worker.channel.ask(request, self._asked.deadline)
        except (WireClosed, WireTimeout) as error:
            self._asked.failure = self._failure(error, self.limits.probe_seconds)
        except ProbeDied as failure:
            self._asked.failure = failure

    def answer(self) -> dict[str, Any]:
        """The observation of the probe that was asked last. Raises ProbeDied."""
        asked, self._asked = self._asked, None
        if asked is None:
            raise RuntimeError("answer() without ask().")
        if asked.failure is not None:
            raise asked.failure
        assert self._worker is not None
        deadline = max(asked.deadline, time.monotonic() + LATE_SECONDS)
        try:
            return _observation(self._worker.channel.answer(asked.nonce, deadline, self._watch))
        except (WireError, TooMuch) as error:
            raise self._failure(error, self.limits.probe_seconds) from None

    def close(self) -> None:
        """End the worker and remove its folder."""
        if self._worker is not None:
            used = self.control.end(self._worker)
            self.peak_mb = max(self.peak_mb, used["peak_mb"])
            self._worker = None
        if self._work is not None:
            remove_workdir(self._work)
            self._work = None

    def __enter__(self) -> Student:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def _try_cell(self, index: int, source: str) -> CellOutcome:
        worker = self._ready_worker()
        try:
            return self._run_cell(worker, index, source)
        except (WireError, TooMuch) as error:
            failure = self._failure(error, self.limits.cell_seconds)
            status: Status = "timeout" if failure.kind in ("timeout", "exhausted") else "died"
            return CellOutcome(index, status, message=failure.message)

    def _run_cell(self, worker: Process, index: int, source: str) -> CellOutcome:
        request = {"do": "cell", "index": index, "source": source, "seed": self.seed + index}
        reply = worker.channel.request(request, self._until(self.limits.cell_seconds), self._watch)
        self._watch()
        match reply:
            case {"status": "ok"}:
                return CellOutcome(index, "ok")
            case {"status": "raised", "error_type": str(kind), "message": str(message), "line": int(line)}:
                return CellOutcome(index, "raised", kind, message, line)
        raise WireError("an outcome of no known form.")

    def _ready_worker(self) -> Process:
        """The worker, with all cells so far run in it. Raises ProbeDied when the submission has used its share."""
        while self._worker is None:
            if self.starts > self.limits.replays:
                raise ProbeDied("exhausted", TEXTS["replays"])
            self._until(0)
            self._worker = self._start()
            self._replay()
        return self._worker

    def _replay(self) -> None:
        """Run the cells that worked before; one that does not now is left out like the others."""
        for position, outcome in enumerate(self.outcomes):
            if self._worker is not None and outcome.status in ("ok", "raised"):
                again = self._try_again(self._worker, outcome)
                self.outcomes[position] = replace(outcome, status=again.status, message=again.message)

    def _try_again(self, worker: Process, outcome: CellOutcome) -> CellOutcome:
        try:
            self._run_cell(worker, outcome.index, self.cells[outcome.index])
            return outcome
        except (WireError, TooMuch) as error:
            failure = self._failure(error, self.limits.cell_seconds)
            return CellOutcome(outcome.index, "timeout" if failure.kind == "timeout" else "died", "", failure.message)

    def _start(self) -> Process:
        self.starts += 1
        self._work = make_workdir()
        bounds = {
            "data_gb": self.limits.data_gb,
            "address_gb": self.limits.address_gb,
            "file_mb": max(1, self.limits.work_bytes >> 20),
        }
        settings = {
            "work": str(self._work),
            "bounds": bounds,
            "without": list(self._without),
            "unsealed": self._unsealed,
        }
        worker = self._worker = self.control.spawn_worker(settings)
        try:
            hello = worker.channel.request({"do": "hello"}, time.monotonic() + START_SECONDS)
        except WireError as error:
            self.close()
            raise ZygoteError(f"A worker did not start: {error}") from None
        if "refused" in hello:
            self.close()
            raise SealError(hello["refused"])
        self.isolation, self.reasons = hello["layers"], hello["reasons"]
        return worker

    def _until(self, seconds: float) -> float:
        """The deadline for something that may take that long. Raises ProbeDied when the whole time is used up."""
        now = time.monotonic()
        if now >= self._deadline:
            self.close()
            raise ProbeDied("exhausted", TEXTS["exhausted"])
        return min(now + seconds, self._deadline)

    def _watch(self) -> None:
        assert self._work is not None
        check_size(self._work, self.limits.work_bytes, self.limits.work_files)

    def _failure(self, error: WireError | TooMuch, seconds: float) -> ProbeDied:
        """End the worker; say what happened."""
        self.close()
        match error:
            case WireTimeout() if time.monotonic() >= self._deadline:
                return ProbeDied("exhausted", TEXTS["exhausted"])
            case WireTimeout():
                return ProbeDied("timeout", TEXTS["timeout"].format(seconds=seconds))
            case WireClosed():
                return ProbeDied("died", TEXTS["died"])
            case TooMuch():
                return ProbeDied("died", str(error))
        return ProbeDied("malformed", TEXTS["malformed"].format(detail=error))


def _observation(reply: dict[str, Any]) -> dict[str, Any]:
    match reply:
        case {"observation": dict(found)}:
            return found
        case {"malformed": str(detail)}:
            raise WireError(detail)
    raise WireError("a reply of no known form.")

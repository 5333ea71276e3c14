"""A student's notebook, seen from the trusted side: run its cells, then ask what they defined.

A worker that dies or hangs is replaced by a fresh one that runs again the cells that worked, so that one bad
answer does not take the others with it.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Literal

from autograder.workers.channel import WireClosed, WireTimeout
from autograder.workers.frames import WireError
from autograder.workers.sealed_worker import CellOutcome, Limits, LiveWorker
from autograder.workers.workdir import TooMuch
from autograder.workers.zygote import ZygoteClient

__all__ = ["CellOutcome", "Limits", "ProbeDied", "Student"]

Kind = Literal["died", "timeout", "malformed", "exhausted"]
LATE_SECONDS = 1.0  # an answer that has arrived is read even when the judge comes late for it

TEXTS: dict[str, str] = {
    "died": "The code ended its own process.",
    "timeout": "The code did not finish in {seconds:.0f} s.",
    "malformed": "The answer was no plain data: {detail}",
    "exhausted": "The time for this submission is used up.",
    "replays": "The code ended its process too often.",
}


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
        self._worker: LiveWorker | None = None
        self._asked: _Asked | None = None

    def run_cells(self) -> list[CellOutcome]:
        """Run the cells in order. One that ends or hangs its worker is left out from then on."""
        for index in range(len(self.cells)):
            try:
                outcome = self._try_cell(index)
            except ProbeDied as failure:
                outcome = CellOutcome(index, "skipped", message=failure.message)
            self.outcomes.append(outcome)
        return self.outcomes

    def observe(self, probe: str, case: dict[str, Any]) -> dict[str, Any]:
        """What the probe sees for the case: ``{"seen": data}`` or ``{"error": ...}``. Raises ProbeDied."""
        self.ask(probe, case)
        return self.answer()

    def ask(self, probe: str, case: dict[str, Any]) -> None:
        """Send a probe; :meth:`answer` waits for what it sees. What goes wrong is raised there.

        Raises WireError for a case that is no plain data: that is no fault of the student's.
        """
        self._asked = _Asked()
        try:
            worker = self._ready_worker()
            self._asked.deadline = self._until(self.limits.probe_seconds)
            self._asked.nonce = worker.ask(self.exercise, probe, case, self.seed, self._asked.deadline)
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
        try:
            return self._worker.answer(asked.nonce, max(asked.deadline, time.monotonic() + LATE_SECONDS))
        except (WireError, TooMuch) as error:
            raise self._failure(error, self.limits.probe_seconds) from None

    def close(self) -> None:
        """End the worker, if there is one."""
        worker, self._worker = self._worker, None
        if worker is not None:
            self.peak_mb = max(self.peak_mb, worker.close())

    def __enter__(self) -> Student:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def _try_cell(self, index: int) -> CellOutcome:
        """Run a cell in a worker that is ready, or has just been made so."""
        worker = self._ready_worker()
        deadline = self._until(self.limits.cell_seconds)
        try:
            return worker.run_cell(index, self.cells[index], self.seed + index, deadline)
        except (WireError, TooMuch) as error:
            failure = self._failure(error, self.limits.cell_seconds)
            late = failure.kind in ("timeout", "exhausted")
            return CellOutcome(index, "timeout" if late else "died", message=failure.message)

    def _ready_worker(self) -> LiveWorker:
        """The worker, with all cells so far run in it. Raises ProbeDied when the submission has used its share."""
        while self._worker is None:
            if self.starts > self.limits.replays:
                raise ProbeDied("exhausted", TEXTS["replays"])
            self._until(0)
            self.starts += 1
            self._worker = LiveWorker(self.control, self.limits, unsealed=self._unsealed, without=self._without)
            self.isolation, self.reasons = self._worker.layers, self._worker.reasons
            self._replay()
        return self._worker

    def _replay(self) -> None:
        """Run the cells that worked before; one that does not now is left out like the others."""
        for position, outcome in enumerate(self.outcomes):
            if self._worker is None:
                return
            if outcome.status in ("ok", "raised"):
                again = self._try_cell(outcome.index)
                if again.status in ("died", "timeout"):
                    self.outcomes[position] = replace(outcome, status=again.status, message=again.message)

    def _until(self, seconds: float) -> float:
        """The deadline for something that may take that long. Raises ProbeDied when the whole time is used up."""
        now = time.monotonic()
        if now >= self._deadline:
            self.close()
            raise ProbeDied("exhausted", TEXTS["exhausted"])
        return min(now + seconds, self._deadline)

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

"""A student's notebook, seen from the trusted side: run its cells, then ask what they defined.

A worker that dies or hangs is replaced by a fresh one that runs again the cells that worked, so that one bad
answer does not take the others with it.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Literal

from keras_checks.observe import sent

from autograder.workers.channel import WireClosed, WireTimeout
from autograder.workers.frames import WireError
from autograder.workers.limits import Allowance, Limits
from autograder.workers.reflection import reflections
from autograder.workers.sealed_worker import NOTHING, CellOutcome, SealedWorker
from autograder.workers.workdir import TooMuch
from autograder.workers.zygote import ZygoteClient

Kind = Literal["died", "timeout", "malformed", "exhausted"]
Seen = dict[str, Any]

MOST_DEATHS = 2
"""A probe that ended its worker or hung so often is not tried again: the others get their turn."""
SKIPPED = "So this check did not run. Look for the cause in the questions before it."
TEXTS: dict[str, str] = {
    "died": (
        "Your code ended its own process. Usual causes are a function that calls itself without end, arrays that are "
        "too large for the memory, and `exit()`."
    ),
    "timeout": "Your code did not finish in {seconds:.0f} s. Look for a loop that never ends, or that runs too often.",
    "malformed": "Your answer is not made of numbers that can be read: {detail}",
    "exhausted": f"The time for the whole notebook is used up. {SKIPPED}",
    "replays": f"Your notebook ended its own process too often. {SKIPPED}",
    "replies": f"The answers of your notebook are too large to be read. {SKIPPED}",
}


class ProbeDied(Exception):
    """A probe has no answer: the worker died, hung, sent garbage, or the submission has used its share."""

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


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
        files: Mapping[str, str] | None = None,
    ) -> None:
        self.control = control
        self.cells = cells
        self.exercise = exercise
        self.limits = limits or Limits()
        self.seed = seed
        self.files = files or {}
        self.isolation: list[str] = []
        self.reasons: dict[str, str] = {}
        self.peak_mb = 0.0
        self.starts = 0
        self.outcomes: list[CellOutcome] = []
        self._unsealed = unsealed
        self._without = without
        self._allowance = Allowance(self.limits)
        self._worker: SealedWorker | None = None
        self._received = 0
        self._deaths: dict[str, list[ProbeDied]] = defaultdict(list)
        self.tripwires: list[str] = list(_told_by_the_text(cells, self.files))
        """What the submission's code did that nobody does in honest work, and where."""

    def begin(self) -> None:
        """Start the worker, unless it runs: it gets ready while the caller does something else."""
        with contextlib.suppress(ProbeDied):  # the first cell says so
            self._ready_worker()

    def run_cells(self, meanwhile: Iterator[object] = NOTHING) -> list[CellOutcome]:
        """Run the cells in order. One that ends or hangs its worker is left out from then on.

        The steps of ``meanwhile`` are work for this side while the worker is busy.
        """
        for index in range(len(self.cells)):
            try:
                outcome = self._try_cell(index, meanwhile)
            except ProbeDied as failure:
                outcome = CellOutcome(index, "skipped", message=failure.message)
            self.outcomes.append(outcome)
        return self.outcomes

    def observe(self, probe: str, case: dict[str, Any]) -> Seen:
        """What the probe sees for the case: ``{"seen": data}`` or ``{"error": ...}``. Raises ProbeDied."""
        return self.start(probe, case)()

    def start(self, probe: str, case: dict[str, Any], do: str = "probe", **more: Any) -> Callable[[], Seen]:
        """Send a probe; what is returned waits for what it sees, and raises ProbeDied where nothing comes.

        ``do`` is as for :meth:`SealedWorker.start_probe`. Raises WireError for a case that is no plain data: that is
        not the student's fault.
        """
        if len(self._deaths[probe]) >= MOST_DEATHS:
            return _raising(self._deaths[probe][-1])
        try:
            worker = self._ready_worker()
            pending = worker.start_probe(probe, sent(case), self.seed, do, **more)
        except (WireClosed, WireTimeout) as error:
            return _raising(self._failure(error, self.limits.probe_seconds))
        except ProbeDied as failure:
            return _raising(failure)

        def finish() -> Seen:
            try:
                found = pending()
            except (WireError, TooMuch) as error:
                self._deaths[probe].append(self._failure(error, self.limits.probe_seconds))
                raise self._deaths[probe][-1] from None
            finally:
                self._collect(worker, f"while the probe `{probe}` ran")
            self._count(worker)
            return found

        return finish

    def close(self) -> None:
        """End the worker, if there is one."""
        worker, self._worker = self._worker, None
        if worker is not None:
            self._received += worker.process.channel.received
            self.peak_mb = max(self.peak_mb, worker.close())

    def __enter__(self) -> Student:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def _collect(self, worker: SealedWorker, where: str) -> None:
        """Keep what a worker reported of the code that it ran."""
        reported, worker.process.channel.tripwires = worker.process.channel.tripwires, []
        self.tripwires += [f"{where}: {what}" for what in reported]

    def _count(self, worker: SealedWorker) -> None:
        """Raise ProbeDied where the replies of all workers together are larger than they may be."""
        if self._received + worker.process.channel.received > self.limits.reply_bytes:
            self.close()
            raise ProbeDied("exhausted", TEXTS["replies"])

    def _try_cell(self, index: int, meanwhile: Iterator[object] = NOTHING) -> CellOutcome:
        """Run a cell in a worker that is ready, or has just been made so."""
        worker = self._ready_worker()
        try:
            return worker.run_cell(index, self.cells[index], self.seed + index, meanwhile)
        except (WireError, TooMuch) as error:
            failure = self._failure(error, self.limits.cell_seconds)
            late = failure.kind in ("timeout", "exhausted")
            return CellOutcome(index, "timeout" if late else "died", message=failure.message)
        finally:
            self._collect(worker, f"code cell {index + 1}")

    def _ready_worker(self) -> SealedWorker:
        """The worker, with all cells so far run in it. Raises ProbeDied when the submission has used its share."""
        self._check_allowance()
        while self._worker is None:
            if self.starts > self.limits.replays:
                raise ProbeDied("exhausted", TEXTS["replays"])
            if self._received > self.limits.reply_bytes:
                raise ProbeDied("exhausted", TEXTS["replies"])
            self._check_allowance()
            self.starts += 1
            self._worker = SealedWorker(
                self.control,
                self.exercise,
                self.limits,
                self._allowance,
                self.files,
                unsealed=self._unsealed,
                without=self._without,
            )
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

    def _check_allowance(self) -> None:
        if self._allowance.used_up:
            self.close()
            raise ProbeDied("exhausted", TEXTS["exhausted"])

    def _failure(self, error: WireError | TooMuch, seconds: float) -> ProbeDied:
        """End the worker; say what happened."""
        self.close()
        match error:
            case WireTimeout() if self._allowance.used_up:
                return ProbeDied("exhausted", TEXTS["exhausted"])
            case WireTimeout():
                return ProbeDied("timeout", TEXTS["timeout"].format(seconds=seconds))
            case WireClosed():
                return ProbeDied("died", TEXTS["died"])
            case TooMuch():
                return ProbeDied("died", f"Your code was stopped. {error} Write less to files.")
        return ProbeDied("malformed", TEXTS["malformed"].format(detail=error))


def _raising(failure: ProbeDied) -> Callable[[], Seen]:
    def finish() -> Seen:
        raise failure

    return finish


def _told_by_the_text(cells: Sequence[str], files: Mapping[str, str]) -> Iterator[str]:
    named = [(f"code cell {number}", source) for number, source in enumerate(cells, 1)] + [*files.items()]
    for where, source in named:
        yield from (f"{where}: {what}" for what in reflections(source))

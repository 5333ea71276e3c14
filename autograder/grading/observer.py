"""Observing code: a pending observation, trusted code in this process, and a memory of what was observed."""

from __future__ import annotations

import contextlib
import linecache
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from keras_checks.observe import run_probe
from keras_checks.question import Case, Check
from keras_checks.runner import fingerprint

from autograder.spans import span

Observation = dict[str, Any]
Pending = Callable[[], Observation]
"""Waits for an observation that was asked for."""
Known = dict[tuple[str, str], Observation]
"""Observations by probe and by the fingerprint of the case."""


class Observer(Protocol):
    """What can be asked for an observation; the asking side may work before it calls what ``start`` returns."""

    def start(self, probe: str, case: Case) -> Pending: ...


def run_trusted(sources: Sequence[str], label: str) -> dict[str, Any]:
    """Run cells of ours one after another; the names that they define."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for index, source in enumerate(sources):
        filename = f"<cell {label} {index}>"
        # AutoGraph reads the source of what it traces.
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        exec(compile(source, filename, "exec"), names)
    return names


class Trusted:
    """An observer of code of ours; its cells run when it is first asked."""

    def __init__(self, exercise: str, sources: Sequence[str], label: str, seed: int) -> None:
        self.exercise = exercise
        self.sources = sources
        self.label = label
        self.seed = seed
        self._names: dict[str, Any] | None = None

    def start(self, probe: str, case: Case) -> Pending:
        """The work is done by the call of what is returned."""
        return lambda: self.observe(probe, case)

    def observe(self, probe: str, case: Case) -> Observation:
        """What the probe sees for the case."""
        from keras_checks.seeds import set_seeds  # it imports TensorFlow

        if self._names is None:
            with span(f"{self.label}: cells"):
                self._names = run_trusted(self.sources, self.label)
        with span(f"{self.label}: {probe}"):
            set_seeds(self.seed)
            return run_probe(self.exercise, probe, self._names, case)


class Remembering:
    """Asks an observer once for each case, however many checks want to know; not at all for what is known before."""

    def __init__(self, observer: Observer) -> None:
        self.observer = observer
        self.known: Known = {}
        self.passed: dict[tuple[Check, str], bool] = {}
        """Whether what was observed passes a check, by check and fingerprint of the case: for those who judge."""
        self._ahead: tuple[tuple[str, str], Pending] | None = None

    def start(self, probe: str, case: Case) -> Pending:
        """Ask for an observation, unless it is known."""
        key = (probe, fingerprint(case))
        if key in self.known:
            return lambda: self.known[key]
        if self._ahead is not None and self._ahead[0] == key:
            pending, self._ahead = self._ahead[1], None
        else:
            self.land()
            pending = self.observer.start(probe, case)

        def finish() -> Observation:
            if key not in self.known:
                self.known[key] = pending()
            return self.known[key]

        return finish

    def observe(self, probe: str, case: Case) -> Observation:
        """Ask, and wait."""
        return self.start(probe, case)()

    def start_ahead(self, coming: Iterator[tuple[str, Case]]) -> None:
        """Ask another process for the first of these observations that is not known, before somebody wants it.

        An error in this costs nobody anything: it comes again where the observation is wanted.
        """
        if self._ahead is not None or not getattr(self.observer, "in_another_process", False):
            return
        with contextlib.suppress(Exception):
            for probe, case in coming:
                key = (probe, fingerprint(case))
                if key not in self.known:
                    self._ahead = key, self.observer.start(probe, case)
                    return

    def land(self) -> None:
        """Wait for what was asked ahead."""
        if self._ahead is not None:
            (key, pending), self._ahead = self._ahead, None
            with contextlib.suppress(Exception):
                self.known[key] = pending()

"""Observing trusted code: the reference and the misconceptions, run in this process by the same probes."""

from __future__ import annotations

import linecache
from collections.abc import Sequence
from typing import Any, Protocol

from keras_checks.observe import run_probe
from keras_checks.question import Case
from keras_checks.runner import fingerprint

Observation = dict[str, Any]
Known = dict[tuple[str, str], Observation]
"""Observations by probe and by the fingerprint of the case."""


class Observer(Protocol):
    """What can be asked for an observation; between ``ask`` and ``answer`` the asking side may work."""

    def ask(self, probe: str, case: Case) -> None: ...

    def answer(self) -> Observation: ...


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
        self._asked: tuple[str, Case] | None = None

    def ask(self, probe: str, case: Case) -> None:
        """Remember the question; the work is done by :meth:`answer`."""
        self._asked = (probe, case)

    def answer(self) -> Observation:
        """Observe what was asked."""
        import keras

        assert self._asked is not None
        if self._names is None:
            self._names = run_trusted(self.sources, self.label)
        keras.utils.set_random_seed(self.seed)
        return run_probe(self.exercise, self._asked[0], self._names, self._asked[1])


class Remembering:
    """Asks an observer once for each case, however many checks want to know; not at all for what is known before."""

    def __init__(self, observer: Observer) -> None:
        self.observer = observer
        self.known: Known = {}
        self._asked: tuple[tuple[str, str], bool] | None = None

    def ask(self, probe: str, case: Case) -> None:
        """Ask for an observation, unless it is known."""
        key = (probe, fingerprint(case))
        known = key in self.known
        if not known:
            self.observer.ask(probe, case)
        self._asked = (key, known)

    def answer(self) -> Observation:
        """The observation that was asked for."""
        assert self._asked is not None
        key, known = self._asked
        if not known:
            self.known[key] = self.observer.answer()
        return self.known[key]

    def observe(self, probe: str, case: Case) -> Observation:
        """Ask and answer in one."""
        self.ask(probe, case)
        return self.answer()

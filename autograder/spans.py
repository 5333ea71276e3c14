"""Spans of time, for `kit grade --profile`: what each process did, and when. Nothing is kept before :func:`record`."""

from __future__ import annotations

import contextlib
import functools
import importlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

from autograder.files import write_text

MAX_NAME = 120
FUNCTION = "tensorflow.python.eager.polymorphic_function.tracing_compilation"
INSIDE = (
    ("keras", "Layer._maybe_build", "build a layer"),
    (FUNCTION, "_create_concrete_function", "trace a graph"),
    ("tensorflow.python.autograph.impl.api", "_convert_actual", "convert by AutoGraph"),
)
"""Functions of Keras and TensorFlow that are measured, too. One that a version does not have gives no spans."""


class Span(NamedTuple):
    """What a thread did. ``start`` is by ``time.monotonic()``, one clock for all processes; ``cpu`` is CPU seconds."""

    pid: int
    thread: int
    name: str
    start: float
    seconds: float
    cpu: float


_kept: list[Span] | None = None
_processes: dict[str, str] = {}
_watched: set[str] = set()
_NOTHING = contextlib.nullcontext()


def record(process: str) -> None:
    """Keep the spans of this process from now on; ``process`` is how the trace names it."""
    global _kept
    _kept = []
    _processes.clear()
    _processes[str(os.getpid())] = process


def stop() -> None:
    """Keep nothing any more."""
    global _kept
    _kept = None


def recording() -> bool:
    """Whether spans are kept."""
    return _kept is not None


def span(name: str) -> AbstractContextManager[None]:
    """A span around a ``with`` block."""
    return _NOTHING if _kept is None else _measured(name)


@contextlib.contextmanager
def _measured(name: str) -> Iterator[None]:
    start, worked = time.monotonic(), time.process_time()
    try:
        yield
    finally:
        if _kept is not None:
            seconds, cpu = time.monotonic() - start, time.process_time() - worked
            _kept.append(Span(os.getpid(), threading.get_native_id(), name, start, seconds, cpu))


def watch_keras() -> None:
    """Measure building, tracing and AutoGraph in this process from now on."""
    for module, path, name in INSIDE:
        with contextlib.suppress(ImportError, AttributeError):
            *owners, last = path.split(".")
            owner = functools.reduce(getattr, owners, importlib.import_module(module))
            if name not in _watched:
                setattr(owner, last, _measuring(getattr(owner, last), name))
                _watched.add(name)


def _measuring(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def measured(*args: Any, **kwargs: Any) -> Any:
        with span(name):
            return function(*args, **kwargs)

    return measured


def take() -> list[Span]:
    """The spans kept since the last call."""
    global _kept
    if _kept is None:
        return []
    found, _kept = _kept, []
    return found


def exported() -> dict[str, Any]:
    """The spans kept since the last call, and the names of their processes, for :func:`merge` in another process."""
    return {"spans": take(), "processes": dict(_processes)}


def merge(exported: dict[str, Any]) -> None:
    """Keep spans of another process of ours, which may have come as JSON."""
    if _kept is not None:
        _kept.extend(Span(*each) for each in exported["spans"])
        _processes.update(exported["processes"])


def merge_untrusted(found: Any, pid: int, process: str) -> None:
    """Keep what a sealed worker sent as its spans; what does not look like one is left out."""
    for each in found if _kept is not None and isinstance(found, list) else []:
        match each:
            case [_, _, str(name), float(start), float(seconds), float(cpu)]:
                ours = Span(pid, pid, name[:MAX_NAME], start, seconds, cpu)
                merge({"spans": [ours], "processes": {str(pid): process}})


@contextlib.contextmanager
def profiled(path: Path | None) -> Iterator[None]:
    """Write the spans of a ``with`` block to ``path``; where there is none, keep none."""
    if path is None:
        yield
        return
    record("kit")
    try:
        with span("kit grade"):
            yield
    finally:
        _write_trace(path)
        stop()


def _write_trace(path: Path) -> None:
    """Write the spans kept so far in the Trace Event format, which Perfetto and speedscope open."""
    spans = sorted(take(), key=lambda each: (each.start, -each.seconds))
    first = spans[0].start if spans else 0.0
    events: list[dict[str, Any]] = [
        {"name": "process_name", "ph": "M", "pid": int(pid), "tid": int(pid), "args": {"name": name}}
        for pid, name in _processes.items()
    ]
    for each in spans:
        times = {
            "ts": round((each.start - first) * 1e6),
            "dur": round(each.seconds * 1e6),
            "args": {"CPU ms": round(each.cpu * 1e3, 1)},
        }
        events.append({"name": each.name, "ph": "X", "pid": each.pid, "tid": each.thread, **times})
    write_text(path, json.dumps({"traceEvents": events, "displayTimeUnit": "ms"}) + "\n")

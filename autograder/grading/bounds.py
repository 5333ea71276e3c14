"""A verdict on data that a student's code sent is given within bounded time and memory, or the data are refused."""

from __future__ import annotations

import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from keras_checks.compare import Failure

SECONDS = 20.0
"""CPU seconds, as many as a probe may take: to judge an observation takes no longer than to make it."""
MEMORY = 3 * 2**30
"""A worker's reply has at most 256 MB, so this is room for a dozen copies of it."""
REFUSED = "Your answer is too large, or too deeply nested, to be read. Return what the question asks for, and no more."


class _Overrun(BaseException):
    """The time is up. No check may catch it."""


def bounded(judge: Callable[[], Failure | None]) -> Failure | None:
    """What ``judge`` returns; a failure where it takes more time or memory than any honest answer needs.

    Raises:
        RuntimeError: this is not the main thread, the only one that a signal can stop.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("Only the main thread can judge: nothing else can be stopped in time.")
    try:
        with _time_limit(SECONDS), _memory_limit(MEMORY):
            return judge()
    except (_Overrun, MemoryError):
        return Failure(REFUSED, final=True)


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise _Overrun

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)  # CPU time: a busy machine changes no verdict
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def _memory_limit(more: int) -> Iterator[None]:
    """At most ``more`` bytes of address space beyond what is used now."""
    if sys.platform != "linux":
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limit = used + more
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))

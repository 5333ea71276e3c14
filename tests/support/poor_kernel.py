"""A kernel that refuses a call of the seal, or takes it and does nothing."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.seal import process
from autograder.seal.enter import SealError, enter
from autograder.seal.limits import Bounds
from autograder.workers.channel import Channel


class PoorLibrary:
    """The C library, in which ``prctl`` of some options, or ``capset``, is answered by ``answer``."""

    def __init__(self, answer: Callable[[], int], *, options: tuple[int, ...] = (), capset: bool = False) -> None:
        self._library = ctypes.CDLL(None, use_errno=True)
        self._answer = answer
        self._options = options
        self._capset = capset

    def prctl(self, option: int, *arguments: int) -> int:
        return self._answer() if option in self._options else self._library.prctl(option, *arguments)

    def capset(self, *arguments: bytes) -> int:
        return self._answer() if self._capset else self._library.capset(*arguments)

    def syscall(self, *arguments: Any) -> int:
        return self._library.syscall(*arguments)


def refuse() -> int:
    ctypes.set_errno(errno.EPERM)
    return -1


def ignore() -> int:
    return 0


LIBRARIES = {
    "no_new_privs is refused": lambda: PoorLibrary(refuse, options=(process.PR_SET_NO_NEW_PRIVS,)),
    "no_new_privs is ignored": lambda: PoorLibrary(ignore, options=(process.PR_SET_NO_NEW_PRIVS,)),
    "death of the parent is refused": lambda: PoorLibrary(refuse, options=(process.PR_SET_PDEATHSIG,)),
    "capabilities stay": lambda: PoorLibrary(refuse, capset=True),
}


def sealed(sock: socket.socket, settings: dict[str, Any]) -> None:
    """The role of a process that seals itself where ``settings["lacks"]`` is missing, and says what came of it."""
    lacks = settings["lacks"]
    if lacks in LIBRARIES:
        library = LIBRARIES[lacks]()
        process._libc = lambda: library  # type: ignore[assignment, return-value]
    else:
        resource.setrlimit = limits_but(getattr(resource, lacks))
    try:
        found = enter(Path(settings["work"]), Bounds(), parent=os.getppid())
    except SealError as error:
        Channel(sock).send({"refused": str(error)})
    else:
        Channel(sock).send({"layers": found.layers, "reasons": found.reasons})


def limits_but(kind: int) -> Callable[[int, tuple[int, int]], None]:
    """``setrlimit`` on a system that does not know one kind of limit."""
    own = resource.setrlimit

    def setrlimit(wanted: int, limits: tuple[int, int]) -> None:
        if wanted == kind:
            raise ValueError("not known here")
        own(wanted, limits)

    return setrlimit

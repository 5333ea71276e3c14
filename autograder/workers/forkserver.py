"""The zygote's process: imports TensorFlow once, knows no secret, runs no operation, and forks on request.

A child forked after any TensorFlow operation hangs, and a child can read all of its parent's memory.
Requests are lines of JSON on any number of control sockets, each answered by one line.
A process belongs to the control socket that asked for it, and ends with it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from autograder.seal.process import PR_SET_DUMPABLE, PR_SET_PDEATHSIG, set_process_option

MAX_LINE = 2**20
MAX_FDS = 4
PRELOAD = (
    "tensorflow",
    "keras",
    "numpy",
    "hypothesis",
    "IPython.core.interactiveshell",
    "IPython.core.completer",  # each shell makes one, and what follows
    "IPython.core.completerlib",
    "IPython.core.crashhandler",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "matplotlib.pyplot",
    "keras_checks.runner",
    "keras_checks.seeds",
    "keras_checks.model_probes",
    "autograder.workers.worker",
)


@dataclass
class Peer:
    """One control socket, what it has sent so far, and the processes that are its own."""

    sock: socket.socket
    text: bytes = b""
    fds: list[int] = field(default_factory=list)
    children: set[int] = field(default_factory=set)


class ForkServer:
    """Serves control sockets until the first one, the kit's, is closed."""

    def __init__(self, control: socket.socket) -> None:
        self.first = control
        self.selector = selectors.DefaultSelector()
        self.operations: dict[str, Callable[[Peer, dict[str, Any]], dict[str, Any]]] = {
            "ping": self.ping,
            "spawn": self.spawn,
            "end": self.end,
        }
        self.adopt(control)

    def adopt(self, control: socket.socket) -> None:
        self.selector.register(control, selectors.EVENT_READ, Peer(control))

    def serve(self) -> None:
        while self.first.fileno() >= 0:
            for key, _ in self.selector.select():
                self.read(key.data)
        for key in list(self.selector.get_map().values()):
            self.drop(key.data)

    def read(self, peer: Peer) -> None:
        try:
            text, fds, _, _ = socket.recv_fds(peer.sock, MAX_LINE, MAX_FDS)
        except OSError:
            text, fds = b"", []
        if not text:
            return self.drop(peer)
        peer.text += text
        peer.fds += fds
        if peer.text.endswith(b"\n"):
            line, peer.text = peer.text, b""
            self.reply(peer, json.loads(line))

    def reply(self, peer: Peer, request: dict[str, Any]) -> None:
        try:
            answer = self.operations[request["do"]](peer, request)
        except (OSError, KeyError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        close_all(peer.fds)
        try:
            peer.sock.sendall(json.dumps(answer).encode() + b"\n")
        except OSError:
            self.drop(peer)

    def drop(self, peer: Peer) -> None:
        """Forget a control socket that was closed, and end what was started for it."""
        close_all(peer.fds)
        self.selector.unregister(peer.sock)
        peer.sock.close()
        for pid in peer.children:
            end_process(pid)

    def ping(self, _peer: Peer, _request: dict[str, Any]) -> dict[str, Any]:
        return {"pid": os.getpid(), "threads": thread_count()}

    def spawn(self, peer: Peer, request: dict[str, Any]) -> dict[str, Any]:
        """Fork a process that runs ``request["role"]`` with the sockets that came, and its settings."""
        ours, theirs = socket.socketpair() if request["control"] else (None, None)
        sockets = [*peer.fds, *([theirs.fileno()] if theirs else [])]
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            run_child(parent, request["role"], sockets, request["settings"])
        peer.children.add(pid)
        if ours and theirs:
            theirs.close()
            self.adopt(ours)
        return {"pid": pid}

    def end(self, peer: Peer, request: dict[str, Any]) -> dict[str, Any]:
        """Kill one of the peer's processes and say what it used."""
        pid = int(request["pid"])
        peer.children.remove(pid)
        return end_process(pid)


def end_process(pid: int) -> dict[str, Any]:
    """Kill a child and its group. It stays a zombie until it is waited for here, so its number is not used again."""
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
    _, status, usage = os.wait4(pid, 0)
    return {
        "status": os.waitstatus_to_exitcode(status),
        "peak_mb": round(usage.ru_maxrss / (2**10 if sys.platform == "linux" else 2**20), 1),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3),
    }


def run_child(parent: int, role: str, fds: list[int], settings: dict[str, Any]) -> NoReturn:
    """In the child: keep the given sockets, run the role, and leave without the parent's clean-up."""
    status = 1
    try:
        os.setsid()
        keep_only({0, 1, 2, *fds})
        set_process_option(PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what a shell has put in the background
        if os.getppid() != parent:
            os._exit(1)
        module, _, name = role.partition(":")
        function = getattr(importlib.import_module(module), name)
        function(*(socket.socket(fileno=fd) for fd in fds), settings)
        status = 0
    except BaseException as error:  # whatever it is, the parent's stack must not run on in the child
        sys.stderr.write(f"{role}: {type(error).__name__}: {error}\n")
        sys.stderr.flush()
    finally:
        os._exit(status)


def keep_only(fds: set[int]) -> None:
    """Close every other file descriptor. One by one: ``os.closerange(0, 0)`` once closed all of them."""
    folder = Path("/proc/self/fd" if sys.platform == "linux" else "/dev/fd")
    for fd in {int(entry.name) for entry in folder.iterdir()} - fds:
        try:
            os.close(fd)
        except OSError:
            continue


def close_all(fds: list[int]) -> None:
    """Close the file descriptors and forget them."""
    for fd in fds:
        os.close(fd)
    fds.clear()


def thread_count() -> int:
    """Threads of this process; 1 where it cannot be known."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else 1


def preload() -> None:
    """Import what children need, and keep the collector from touching (so copying) those pages in each child.

    It is off meanwhile: to look through a million objects again and again takes a fifth of the time, and finds 2 MB.
    """
    gc.disable()
    with _without_scikit_learn():
        for name in PRELOAD:
            importlib.import_module(name)
    gc.freeze()
    gc.enable()


WRAPPERS = "wrappers"
"""The packages of Keras's that import scikit-learn."""


@contextmanager
def _without_scikit_learn() -> Iterator[None]:
    """Import Keras without scikit-learn, which takes as long as all else of Keras, and which few notebooks use.

    Keras's wrappers for it are imported when somebody asks for them.
    """
    sys.modules["sklearn"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["sklearn"]
        for name in [name for name in sys.modules if name.startswith("keras.") and WRAPPERS in name.split(".")]:
            del sys.modules[name]
            parent, _, leaf = name.rpartition(".")
            if leaf == WRAPPERS and hasattr(package := sys.modules[parent], leaf):
                delattr(package, leaf)
                vars(package)["__getattr__"] = partial(_imported_when_asked_for, parent)


def _imported_when_asked_for(package: str, name: str) -> object:
    """The ``__getattr__`` of a package of Keras's."""
    if name == WRAPPERS:
        return importlib.import_module(f"{package}.{name}")
    raise AttributeError(f"module {package!r} has no attribute {name!r}")


def main(control_fd: int, bare: bool) -> None:
    """Serve the control socket ``control_fd`` until it is closed; a bare server imports nothing first."""
    set_process_option(PR_SET_DUMPABLE, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    control = socket.socket(fileno=control_fd)
    if not bare:
        preload()
    ForkServer(control).serve()
    os._exit(0)  # to tear down TensorFlow takes a quarter of a second, and nobody needs it

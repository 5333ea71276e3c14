"""A sealed process of our own that really tries what a worker must not be able to do, and says what it could."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.seal.enter import SealError, enter
from autograder.seal.limits import Bounds
from autograder.workers.channel import Channel
from autograder.workers.frames import MAX_REQUEST_HEADER
from autograder.workers.workdir import make_workdir, remove_workdir
from autograder.workers.zygote import ZygoteClient

ROLE = "autograder.workers.canary:main"
SECONDS = 20.0


@dataclass(frozen=True)
class SealReport:
    """What a sealed process could do. ``read`` and ``listed`` are hidden files and folders that it reached."""

    layers: list[str]
    reasons: dict[str, str]
    read: list[str]
    listed: list[str]
    could: list[str]

    @property
    def holds(self) -> bool:
        """No hidden file could be read."""
        return not self.read


def check_seal(
    control: ZygoteClient,
    hidden: Iterable[str | Path],
    *,
    without: Collection[str] = (),
    unsealed: bool = False,
) -> SealReport:
    """Fork a sealed process that tries to read each hidden file (of a folder: each in it), and other attacks.

    Raises SealError when the process cannot be sealed at all.
    """
    work = make_workdir()
    settings = {"work": str(work), "without": list(without), "unsealed": unsealed}
    canary = control.spawn(ROLE, settings)
    try:
        canary.channel.max_receive = MAX_REQUEST_HEADER
        reply = canary.channel.request({"files": hidden_files(hidden)}, time.monotonic() + SECONDS)
    finally:
        control.end(canary)
        remove_workdir(work)
    if "refused" in reply:
        raise SealError(reply["refused"])
    return SealReport(**reply)


def require_seal(control: ZygoteClient, hidden: Iterable[str | Path]) -> SealReport:
    """:func:`check_seal`, and a SealError that names a hidden file which can be read."""
    report = check_seal(control, hidden)
    if not report.holds:
        raise SealError(
            f"A submission could read {report.read[0]}. Make it unreadable for other users (chmod -R go-rwx), "
            "use a kernel with Landlock, or grade with --unsealed."
        )
    return report


def hidden_files(paths: Iterable[str | Path]) -> list[str]:
    """The files to try: each path, or all that lie under it."""
    found = []
    for path in map(Path, paths):
        found += [str(file) for file in sorted(path.rglob("*")) if file.is_file()] if path.is_dir() else [str(path)]
    return found


def main(sock: socket.socket, settings: dict[str, Any]) -> None:
    """In the canary: seal as a worker does, try, report."""
    channel = Channel(sock, max_receive=MAX_REQUEST_HEADER)
    request = channel.receive()
    parent = os.getppid()
    try:
        sealed = enter(
            Path(settings["work"]), Bounds(), parent=parent, without=settings["without"], unsealed=settings["unsealed"]
        )
    except Exception as error:  # whatever it is, the seal does not hold
        channel.send({"refused": str(error) or type(error).__name__, "nonce": request["nonce"]})
        return
    files = request["files"]
    folders = sorted({str(Path(file).parent) for file in files})
    reply = {
        "layers": sealed.layers,
        "reasons": sealed.reasons,
        "read": [file for file in files if _works(lambda file=file: _read(file))],
        "listed": [folder for folder in folders if _works(lambda folder=folder: _list(folder))],
        "could": [name for name, attack in ATTACKS.items() if _works(lambda attack=attack: attack.act(parent))],
    }
    channel.send({**reply, "nonce": request["nonce"]})


def _works(attack: Callable[[], object]) -> bool:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        attack()
        return True
    return False


def _read(path: str) -> None:
    with open(path, "rb") as file:
        file.read(0 if path.endswith("/mem") else 1)


def _list(path: str) -> None:
    next(Path(path).iterdir(), None)


def _connect(kind: int) -> None:
    """Refused by the peer is reached all the same: nothing listens there."""
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.settimeout(2)
        with contextlib.suppress(ConnectionRefusedError):
            sock.connect(("127.0.0.1", 9))


def _fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _run_program() -> None:
    """A program that replaces this process would end the report: posix_spawn needs a process of its own."""
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(pid, 0)


def _write_outside() -> None:
    path = Path(f"../../kit-canary-{os.getpid()}")
    path.write_text("")  # touch would only set times, which a sealed process pretends to do
    path.unlink()


@dataclass(frozen=True)
class Attack:
    """Something that must fail. ``layer`` is the one that it needs on any machine: the others may stop it too."""

    layer: str
    act: Callable[[int], object]


ATTACKS = {
    "open a TCP connection": Attack("seccomp", lambda _parent: _connect(socket.SOCK_STREAM)),
    "send a UDP packet": Attack("seccomp", lambda _parent: _connect(socket.SOCK_DGRAM)),
    "fork": Attack("seccomp", lambda _parent: _fork()),
    "run a program": Attack("seccomp", lambda _parent: _run_program()),
    "signal its parent": Attack("seccomp", lambda parent: os.kill(parent, 0)),
    "read its parent's environment": Attack("uid", lambda parent: _read(f"/proc/{parent}/environ")),
    "read its parent's memory": Attack("uid", lambda parent: _read(f"/proc/{parent}/mem")),
    "list the temporary folder": Attack("landlock", lambda _parent: _list("../..")),
    "write outside its folder": Attack("landlock", lambda _parent: _write_outside()),
}

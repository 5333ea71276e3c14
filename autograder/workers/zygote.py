"""The trusted side of the fork server: start it, ask it for processes, end them."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.errors import KitError
from autograder.paths import ROOT, archives
from autograder.workers.channel import Channel
from autograder.workers.workdir import remove_tree

WORKER = "autograder.workers.worker:main"
START_SECONDS = 180.0
REPLY_SECONDS = 60.0
ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "OPENBLAS_NUM_THREADS": "1",  # its threads would not survive the fork
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "0",  # changes last digits
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "MPLBACKEND": "agg",
    "PYTHONHASHSEED": "0",  # the same submission, the same order of sets
}
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH")
HOME = "home"
BOOT = """
import sys
sys.path[:0] = [root for root in sys.argv[3:] if root not in sys.path]
from autograder.workers.forkserver import main
main(int(sys.argv[1]), sys.argv[2] == "bare")
"""


class ZygoteError(KitError):
    """The fork server did not start, ended, or refused. One line that says what to do."""


@dataclass(frozen=True)
class Process:
    """A forked process, and the channel to it."""

    pid: int
    channel: Channel


class ZygoteClient:
    """Requests over one control socket. What is spawned through it ends when it is closed."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self._lock = threading.Lock()
        self._answered = False

    def ping(self, seconds: float = REPLY_SECONDS) -> dict[str, Any]:
        """The zygote's pid and its number of threads. Waits until its imports are done."""
        return self._request({"do": "ping"}, seconds=seconds)

    def spawn(self, role: str, settings: dict[str, Any], *, control: bool = False) -> Process:
        """Fork a process that calls ``role`` ("module:function") with its socket, then ``settings`` (JSON).

        With ``control``, a control socket of its own comes between the two.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            request = {"do": "spawn", "role": role, "settings": settings, "control": control}
            try:
                pid = self._request(request, [theirs.fileno()])["pid"]
            except BaseException:
                ours.close()
                raise
        return Process(pid, Channel(ours))

    def spawn_worker(self, settings: dict[str, Any]) -> Process:
        """Fork a worker that seals itself, then answers; see :mod:`autograder.workers.worker` for the settings."""
        return self.spawn(WORKER, settings)

    def end(self, process: Process) -> dict[str, Any]:
        """Kill it; returns its ``status``, ``peak_mb`` and ``cpu_seconds``."""
        process.channel.close()
        return self._request({"do": "end", "pid": process.pid})

    def close(self) -> None:
        """Close the control socket: everything spawned through it ends."""
        self.control.close()

    def _request(
        self, message: dict[str, Any], fds: Sequence[int] = (), seconds: float = REPLY_SECONDS
    ) -> dict[str, Any]:
        line = json.dumps(message).encode() + b"\n"
        with self._lock:
            try:
                self.control.settimeout(seconds)
                sent = socket.send_fds(self.control, [line], list(fds))
                self.control.sendall(line[sent:])
                reply = json.loads(self._line())
                self._answered = True
            except (OSError, ValueError) as error:
                raise ZygoteError(f"The fork server does not answer ({error or type(error).__name__}).") from None
        if "error" in reply:
            raise ZygoteError(f"The fork server refused: {reply['error']}")
        return reply

    def _line(self) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            chunk = self.control.recv(2**16)
            if not chunk:
                raise OSError("it ended")
            line += chunk
        return line


class Zygote(ZygoteClient):
    """Starts the fork server as a process, and ends it with all that it has forked. A context manager.

    Starting returns at once: the imports take seconds and run while the caller goes on. A ``bare`` one
    imports nothing, which suffices to measure the seal. ``roots`` are further folders to import roles from.
    """

    def __init__(self, *, bare: bool = False, roots: Sequence[str | Path] = ()) -> None:
        ours, theirs = socket.socketpair()
        super().__init__(ours)
        self._folder = _make_folder()
        home = self._folder / HOME
        self._errors = Path(home, "stderr").open("a+b")  # noqa: SIM115 - closed with the rest
        arguments = [str(theirs.fileno()), "bare" if bare else "full", *_roots(), *map(str, roots)]
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", BOOT, *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self._errors,
                stderr=self._errors,
                env=_environment(self._folder),
                cwd=home,
                start_new_session=True,  # Ctrl-C is for the kit, which then ends the others in order
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ready(self, seconds: float = START_SECONDS) -> dict[str, Any]:
        """Wait for the imports. Raises ZygoteError with the last line of what went wrong."""
        try:
            found = self.ping(seconds)
        except ZygoteError as error:
            raise ZygoteError(f"{error} {self.last_error()}".strip()) from None
        if found["threads"] != 1:
            raise ZygoteError(f"The fork server has {found['threads']} threads: forking it is not safe.")
        return found

    def last_error(self) -> str:
        """The last line that the fork server, or one of its children, wrote."""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def close(self) -> None:
        super().close()
        if not self._answered:  # it has forked nothing, and would go on importing
            self._process.kill()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()
        remove_tree(self._folder)

    def __enter__(self) -> Zygote:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()


def _roots() -> list[str]:
    """The folders that hold the two packages of this very process, before those that may be installed as well."""
    roots = {str(ROOT)}
    with contextlib.suppress(AttributeError, ImportError, TypeError):
        roots.add(str(Path(importlib.util.find_spec("keras_checks").origin).resolve().parent.parent))  # type: ignore[union-attr, arg-type]
    return sorted(roots)


def _make_folder() -> Path:
    """A folder that all forked processes leave their temporary files in: most are killed, and can't tidy up.

    A worker can pass it, to its own folder in it, but not list it.
    """
    folder = Path(tempfile.mkdtemp(prefix="kit-zygote-"))
    folder.chmod(0o711)
    Path(folder, HOME).mkdir(0o700)
    return folder


def _environment(folder: Path) -> dict[str, str]:
    """A small environment: what the kit's user has in theirs (tokens, settings) must not reach a worker."""
    home = str(folder / HOME)
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    own = {
        "KIT_CACHE": str(archives().parent),
        "TMPDIR": str(folder),
        "HOME": home,
        "KERAS_HOME": home,
        "MPLCONFIGDIR": home,
        "IPYTHONDIR": home,
    }
    return kept | own | ENVIRONMENT

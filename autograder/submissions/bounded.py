"""Reads submissions within bounded time and memory, in a process that is started when it is first needed."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from autograder.paths import ROOT
from autograder.submissions.read import Cell, Submission, Unreadable, from_bytes, read_file
from autograder.submissions.reader import LENGTH

MODULE = "autograder.submissions.reader"


def read_submission(path: Path) -> Submission:
    """Read a submission.

    Raises:
        Unreadable: the file is no notebook, no script and no zip of one, or takes too much to read.
    """
    return read_bytes(path.name, read_file(path))


def read_bytes(name: str, data: bytes) -> Submission:
    """A submission from the name and the bytes of a file. Raises as :func:`read_submission` does."""
    if not hasattr(os, "fork"):
        return from_bytes(name, data)  # Windows reads, but does not grade
    found = json.loads(_reader.read(name, data))
    if "unreadable" in found:
        raise Unreadable(found["unreadable"])
    cells = tuple(Cell(cell["source"], tuple(cell["tags"])) for cell in found["cells"])
    return Submission(found["name"], cells, found["exercise"], found["files"])


class _Reader:
    """The reading process. It reads one file at a time; one that ended is replaced."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, name: str, data: bytes) -> bytes:
        """What the process says of a file, as JSON."""
        with self._lock:
            for _ in range(2):
                with contextlib.suppress(OSError):
                    return self._exchange(name.encode("utf-8", "surrogateescape"), data)
                self.close()
        raise Unreadable(f"{name} can't be read: the process that reads it ends. Hand in the .ipynb file again.")

    def _exchange(self, *parts: bytes) -> bytes:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        for part in parts:
            process.stdin.write(LENGTH.pack(len(part)) + part)
        process.stdin.flush()
        head = process.stdout.read(LENGTH.size)
        if len(head) != LENGTH.size:
            raise OSError("it ended")
        return process.stdout.read(LENGTH.unpack(head)[0])

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            path = os.pathsep.join(filter(None, (str(ROOT), str(ROOT / "exercises"), os.environ.get("PYTHONPATH"))))
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": path},
                start_new_session=True,  # Ctrl-C is for the kit
            )
        return self._process

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    if stream is not None:
                        stream.close()
            process.kill()
            process.wait()


_reader = _Reader()
atexit.register(_reader.close)

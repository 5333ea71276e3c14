"""Processes for the fork server to start."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import time
from pathlib import Path
from typing import Any

from autograder.workers.channel import Channel
from autograder.workers.zygote import ZygoteClient


def idle(_sock: socket.socket, _settings: dict[str, Any]) -> None:
    time.sleep(600)


def temporary_file(sock: socket.socket, _settings: dict[str, Any]) -> None:
    """Leaves a file behind, as AutoGraph does in a process that is killed."""
    with tempfile.NamedTemporaryFile(delete=False) as file:
        Channel(sock).send(file.name)
    time.sleep(600)


def parent_of_one(sock: socket.socket, control: socket.socket, _settings: dict[str, Any]) -> None:
    child = ZygoteClient(control).spawn("roles:idle", {})
    Channel(sock).send(child.pid)
    time.sleep(600)


def open_files(sock: socket.socket, _settings: dict[str, Any]) -> None:
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the one that was open for the listing
            found.append((int(entry.name), str(entry.readlink())))
    Channel(sock).send([name for _, name in sorted(found)])


def environment(sock: socket.socket, _settings: dict[str, Any]) -> None:
    Channel(sock).send(dict(os.environ))

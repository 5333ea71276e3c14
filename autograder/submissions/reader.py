"""Reads submissions in a process of its own, one child for each file, with limits: no file takes more than its share.

Run as ``python -m autograder.submissions.reader`` by :mod:`autograder.submissions.bounded`.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import select
import signal
import struct
import sys
import time
from dataclasses import asdict
from typing import BinaryIO, NoReturn

from autograder.submissions.read import Unreadable, from_bytes

LENGTH = struct.Struct(">Q")
CPU_SECONDS, WALL_SECONDS = 15, 60.0
"""A notebook of 64 MB, the largest that is read, takes 2 CPU seconds; on a busy machine it may have to wait."""
MEMORY = 2**30
"""Address space: that notebook takes 0.3 GB."""
MAX_ANSWER = 2**26
"""As much as a file may have: its cells are a part of it."""
TOO_MUCH = "can't be read in reasonable time and memory. Clear its outputs, save it, and hand in the .ipynb file."


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests, each a file name and its bytes, until there are no more."""
    for module in ("nbformat", "jupytext"):  # once, for all children
        importlib.import_module(module)
    while name := _receive(requests):
        data = _receive(requests)
        _send(answers, _read_in_child(name.decode("utf-8", "surrogateescape"), data))


def _read_in_child(name: str, data: bytes) -> bytes:
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        _child(theirs, name, data)
    os.close(theirs)
    try:
        found = _collect(ours, time.monotonic() + WALL_SECONDS)
    finally:
        os.close(ours)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return found or json.dumps({"unreadable": f"{name} {TOO_MUCH}"}).encode()


def _child(pipe: int, name: str, data: bytes) -> NoReturn:
    """Read the file, write what was found as JSON, and end."""
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            found = asdict(from_bytes(name, data))
        except Unreadable as problem:
            found = {"unreadable": str(problem)}
        with os.fdopen(pipe, "wb") as file:
            file.write(json.dumps(found).encode())
    finally:
        os._exit(0)


def _collect(pipe: int, deadline: float) -> bytes:
    """What a child writes until it ends; nothing where it is late or writes too much."""
    found = bytearray()
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([pipe], [], [], left)[0]:
            break
        chunk = os.read(pipe, 2**20)
        if not chunk:
            return bytes(found)
        found += chunk
        if len(found) > MAX_ANSWER:
            break
    return b""


def _receive(stream: BinaryIO) -> bytes:
    head = stream.read(LENGTH.size)
    return stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""


def _send(stream: BinaryIO, data: bytes) -> None:
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)

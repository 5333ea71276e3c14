"""A worker that was taken over: it answers each request with the next of the garbage that it was given."""

from __future__ import annotations

import base64
import contextlib
import socket
from typing import Any

from autograder.workers.channel import Channel, WireClosed
from autograder.workers.zygote import Process, ZygoteClient


def answer(sock: socket.socket, settings: dict[str, Any]) -> None:
    """Say hello as a worker does, then send the replies, bytes as they are; ``NONCE`` in them is the request's."""
    channel = Channel(sock)
    with contextlib.suppress(WireClosed):
        channel.send({"layers": [], "reasons": {}, "nonce": channel.receive()["nonce"]})
        for reply in settings["replies"]:
            request = channel.receive()
            data = base64.b64decode(reply).replace(b"N" * 16, request["nonce"].encode())
            sock.sendall(data)
        channel.receive()


class Taken:
    """A zygote's client whose workers are taken over."""

    def __init__(self, zygote: ZygoteClient, replies: list[bytes]) -> None:
        self.zygote = zygote
        self.replies = [base64.b64encode(reply).decode() for reply in replies]

    def spawn_worker(self, _settings: dict[str, Any]) -> Process:
        return self.zygote.spawn("garbage:answer", {"replies": self.replies})

    def end(self, process: Process) -> dict[str, Any]:
        return self.zygote.end(process)

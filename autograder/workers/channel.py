"""Frames over a socket, under one total deadline; each request carries a nonce that its reply must repeat."""

from __future__ import annotations

import math
import secrets
import select
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from autograder.workers.frames import (
    LENGTHS,
    MAX_REPLY_HEADER,
    MAX_REQUEST_HEADER,
    WireError,
    check_lengths,
    decode,
    encode,
)

WATCH_SECONDS = 0.5
TRIPWIRE = "tripwire"
"""The key of a message that a worker sends unasked: what its cells were seen to do."""
MAX_TRIPWIRES = 100
Watch = Callable[[], None]


class WireTimeout(WireError):
    """The deadline passed."""


class WireClosed(WireError):
    """The peer closed its end."""


class Channel:
    """Frames over a connected stream socket. Deadlines are values of ``time.monotonic()``; None waits forever."""

    def __init__(
        self, sock: socket.socket, *, max_receive: int = MAX_REPLY_HEADER, max_send: int = MAX_REQUEST_HEADER
    ) -> None:
        self.sock = sock
        self.max_receive = max_receive
        self.max_send = max_send
        self.received = 0
        """Bytes that came so far."""
        self.tripwires: list[str] = []
        """What the peer reported unasked."""
        self._sending = threading.Lock()

    def send(self, value: Any, deadline: float | None = None) -> None:
        """Send one frame. Raises WireError, WireTimeout or WireClosed."""
        rest = memoryview(encode(value, self.max_send))
        with self._sending:
            while rest:
                self.sock.settimeout(_remaining(deadline))
                try:
                    rest = rest[self.sock.send(rest) :]
                except TimeoutError:
                    continue
                except OSError as error:
                    raise WireClosed(str(error)) from None

    def receive(self, deadline: float | None = None, watch: Watch | None = None) -> Any:
        """The next frame's value. ``watch`` is called about twice a second while waiting, and may raise."""
        reader = _Reader(self.sock, deadline, watch)
        lengths = reader.exactly(LENGTHS.size)
        length, header_length = LENGTHS.unpack(lengths)
        check_lengths(length, header_length, self.max_receive)
        self.received += length
        return decode(lengths + reader.exactly(length - 4), self.max_receive)

    def has_arrived(self) -> bool:
        """Whether there is something to read, if only the end."""
        return bool(select.select([self.sock], [], [], 0)[0])

    def ask(self, message: dict[str, Any], deadline: float | None = None) -> str:
        """Send a request; returns the nonce that its reply must repeat."""
        nonce = secrets.token_hex(8)
        self.send({**message, "nonce": nonce}, deadline)
        return nonce

    def answer(self, nonce: str, deadline: float | None = None, watch: Watch | None = None) -> dict[str, Any]:
        """The reply to the request of that nonce. One that was written ahead of time is a WireError."""
        reply = self.receive(deadline, watch)
        while isinstance(reply, dict) and reply.keys() == {TRIPWIRE} and len(self.tripwires) < MAX_TRIPWIRES:
            self.tripwires.append(str(reply[TRIPWIRE])[:200])
            reply = self.receive(deadline, watch)
        if not isinstance(reply, dict) or reply.pop("nonce", None) != nonce:
            raise WireError("The reply belongs to no request.")
        return reply

    def request(
        self, message: dict[str, Any], deadline: float | None = None, watch: Watch | None = None
    ) -> dict[str, Any]:
        """Send a request and wait for its reply."""
        return self.answer(self.ask(message, deadline), deadline, watch)

    def close(self) -> None:
        """Close this end; the peer reads the end of the stream."""
        self.sock.close()


class _Reader:
    """Reads exact counts of bytes under one deadline, however slowly the peer drips."""

    def __init__(self, sock: socket.socket, deadline: float | None, watch: Watch | None) -> None:
        self.sock = sock
        self.deadline = deadline
        self.watch = watch
        self.next_watch = time.monotonic() + WATCH_SECONDS

    def exactly(self, count: int) -> bytearray:
        received = bytearray()
        while len(received) < count:
            received += self._some(min(count - len(received), 2**20))
        return received

    def _some(self, count: int) -> bytes:
        while True:
            self.sock.settimeout(_remaining(self.deadline))
            try:
                chunk = self.sock.recv(count)
            except TimeoutError:
                chunk = None
            except OSError as error:
                raise WireClosed(str(error)) from None
            if self.watch is not None and time.monotonic() >= self.next_watch:
                self.watch()
                self.next_watch = time.monotonic() + WATCH_SECONDS
            if chunk:
                return chunk
            if chunk is not None:
                raise WireClosed("The peer ended without an answer.")


def _remaining(deadline: float | None) -> float:
    """Seconds to wait now, at most ``WATCH_SECONDS``. Raises WireTimeout when the deadline has passed."""
    left = math.inf if deadline is None else deadline - time.monotonic()
    if left <= 0:
        raise WireTimeout("The deadline passed.")
    return min(left, WATCH_SECONDS)

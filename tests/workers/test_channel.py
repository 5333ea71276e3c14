"""Frames: what goes through unchanged, and what is refused."""

from __future__ import annotations

import json
import math
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from autograder.workers.channel import Channel, WireClosed, WireTimeout
from autograder.workers.frames import MAX_FRAME, WireError, decode, encode


def frame(header: Any, body: bytes = b"") -> bytes:
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">II", 4 + len(raw) + len(body), len(raw)) + raw + body


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -(2**63),
        2**64 - 1,
        0.1,
        -0.0,
        "größer 𝛼",
        [],
        {},
        [1, [2.5, ["x", None]]],
        {"a": {"b": [False]}},
        {"$a": ["float32", [2]], "$d": 1},
        {"$f": "nan"},
    ],
)
def test_plain_data_comes_back_as_it_was(value: Any) -> None:
    assert decode(encode(value)) == value
    assert repr(decode(encode(value))) == repr(value)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_floats_that_json_does_not_know(value: float) -> None:
    assert repr(decode(encode({"x": [value]}))) == repr({"x": [value]})


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16", "int64", "uint64", "float16", "float32", "float64", ">f4"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 5), (2, 3, 4)])
def test_arrays_come_back_as_they_were(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.arange(math.prod(shape)).reshape(shape).astype(dtype)
    found = decode(encode({"x": [array, "between", array.T]}))["x"]
    np.testing.assert_array_equal(found[0], array)
    np.testing.assert_array_equal(found[2], array.T)
    assert found[0].dtype == np.dtype(dtype).newbyteorder("=")
    found[0][...] = 1  # the receiver may write in it


def test_a_tuple_becomes_a_list_and_a_numpy_number_a_number() -> None:
    assert decode(encode((np.float32(0.5), np.int64(3), np.bool_(True)))) == [0.5, 3, True]


def test_lone_surrogates_are_replaced() -> None:
    decode(encode({"\ud800": "a\udfff"})).popitem()[1].encode()


@pytest.mark.parametrize(
    "value",
    [object(), {1: 2}, 2**64, {"x": {3}}, b"bytes", 1j, np.array(["text"]), np.array([object()]), np.zeros((1,) * 9)],
)
def test_what_is_no_plain_data_is_not_sent(value: Any) -> None:
    with pytest.raises(WireError):
        encode(value)


def test_a_list_that_holds_itself_is_not_sent() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(WireError):
        encode(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"abc",
        frame(b"{"),
        frame(b"NaN"),
        frame(b"1e999"),
        frame(b"1" * 5000),
        frame(2**64),
        frame(b'{"a": 1, "a": 2}'),
        frame(b"[" * 30_000 + b"]" * 30_000),
        frame(b"\xff"),
        frame(1) + b"x",
        frame(1, b"left over"),
        frame({"$x": 1}),
        frame({"$f": "1"}),
        frame({"$f": ["nan"]}),
        frame({"$d": 1}),
        frame({"$a": ["object", [1]]}, b"12345678"),
        frame({"$a": ["complex64", [1]]}, b"12345678"),
        frame({"$a": [["int8"], [1]]}, b"1"),
        frame({"$a": ["int8", [2]]}, b"1"),
        frame({"$a": ["int8", [1]]}, b"12"),
        frame({"$a": ["int8", [-1]]}),
        frame({"$a": ["int8", [1.0]]}, b"1"),
        frame({"$a": ["int8", [True]]}, b"1"),
        frame({"$a": ["int8", ["1"]]}, b"1"),
        frame({"$a": ["int8", [0, 2**31 - 1, 1000]]}),
        frame({"$a": ["int8", [2**62, 2**62]]}),
        frame({"$a": ["int8", [1] * 9]}, b"1"),
        frame({"$a": ["int8"]}),
        frame({"$a": None}),
        struct.pack(">II", MAX_FRAME + 1, 10),
        struct.pack(">II", 3, 0) + b"xxx",
    ],
)
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        decode(data)


def test_a_bool_is_0_or_1_whatever_bytes_came() -> None:
    assert decode(frame({"$a": ["bool", [3]]}, b"\x00\x01\xff")).tobytes() == b"\x00\x01\x01"


def test_a_reply_header_is_capped_before_it_is_parsed(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    theirs.sendall(struct.pack(">II", 57 << 20, 57 << 20))
    with pytest.raises(WireError, match="Too large"):
        Channel(ours).receive(time.monotonic() + 5)


def test_a_reply_must_repeat_the_nonce(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = map(Channel, pair)
    theirs.send({"nonce": "0" * 16, "observation": 1})
    with pytest.raises(WireError, match="no request"):
        ours.request({"do": "probe"}, time.monotonic() + 5)


def test_a_request_and_its_reply(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = map(Channel, pair)
    nonce = ours.ask({"do": "probe", "case": np.ones(3)})
    request = theirs.receive()
    theirs.send({"nonce": request["nonce"], "sum": request["case"].sum()})
    assert ours.answer(nonce) == {"sum": 3.0}


def test_a_peer_that_drips_bytes_meets_the_deadline(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    stop = threading.Event()

    def drip() -> None:
        for byte in encode("x" * 1000):
            if stop.wait(0.05):
                return
            theirs.send(bytes([byte]))

    dripping = threading.Thread(target=drip)
    dripping.start()
    start = time.monotonic()
    with pytest.raises(WireTimeout):
        Channel(ours).receive(start + 0.5)
    assert time.monotonic() - start < 1
    stop.set()
    dripping.join()


def test_a_peer_that_never_reads_meets_the_deadline(pair: tuple[socket.socket, socket.socket]) -> None:
    with pytest.raises(WireTimeout):
        Channel(pair[0]).send(np.zeros(2**22), time.monotonic() + 0.3)


def test_a_peer_that_ends_is_no_answer(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    theirs.sendall(frame([1, 2, 3])[:-1])
    theirs.close()
    with pytest.raises(WireClosed):
        Channel(ours).receive(time.monotonic() + 5)


def test_waiting_is_watched(pair: tuple[socket.socket, socket.socket]) -> None:
    def watch() -> None:
        raise RuntimeError("seen")

    with pytest.raises(RuntimeError, match="seen"):
        Channel(pair[0]).receive(time.monotonic() + 5, watch)

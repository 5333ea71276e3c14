"""What crosses between a trusted process and the sealed worker: plain data in bounded frames, never code.

A frame is a 4-byte length, a 4-byte header length, a JSON header, then the raw bytes of its arrays.
The data are None, bool, int (64 bits), float, str, list, dict with str keys, and numeric NumPy arrays.
"""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import numpy as np

MAX_FRAME = 64 * 2**20
MAX_REPLY_HEADER = 64 * 2**10  # a 57 MB header would cost 1.5 GB to parse
MAX_REQUEST_HEADER = 2**20  # from the trusted side: a cell's source can be long
MAX_AXES = 8
MAX_AXIS = 2**27  # bounded one by one: (0, 2**31, 1000) has no bytes, but a reduction over it has
MAX_DEPTH = 40
_INTEGERS = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
DTYPES = {name: np.dtype(name) for name in ("bool", *_INTEGERS, "float16", "float32", "float64")}

LENGTHS = struct.Struct(">II")
_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class WireError(Exception):
    """Something that is not a frame, or not plain data; or the peer ended, or was too slow."""


def encode(value: Any, max_header: int = MAX_REQUEST_HEADER) -> bytes:
    """``value`` as one frame. Raises WireError for what is not plain data or is too large."""
    arrays: list[bytes] = []
    try:
        header = json.dumps(_flatten(value, arrays, 0), allow_nan=False).encode("ascii")
    except (ValueError, RecursionError) as error:
        raise WireError(f"Not plain data: {error}") from None
    length = 4 + len(header) + sum(map(len, arrays))
    if len(header) > max_header or length > MAX_FRAME:
        raise WireError(f"Too large: a header of {len(header)} bytes, {length} bytes in all.")
    return b"".join([LENGTHS.pack(length, len(header)), header, *arrays])


def decode(frame: bytes | bytearray, max_header: int = MAX_REQUEST_HEADER) -> Any:
    """The value of one frame, its lengths included. Raises WireError."""
    if len(frame) < LENGTHS.size:
        raise WireError("Shorter than its own lengths.")
    length, header_length = LENGTHS.unpack_from(frame)
    check_lengths(length, header_length, max_header)
    if length != len(frame) - 4:
        raise WireError("The length is not what it says.")
    start = LENGTHS.size + header_length
    try:
        header = json.loads(
            frame[LENGTHS.size : start].decode("ascii"),
            object_pairs_hook=_unique_keys,
            parse_constant=_no_constant,
            parse_int=_bounded_int,
            parse_float=_finite_float,
        )
        body = _Body(frame, start)
        value = _restore(header, body, 0)
    except (ValueError, RecursionError, MemoryError) as error:
        raise WireError(f"Malformed: {type(error).__name__}.") from None
    if body.position != len(frame):
        raise WireError("Bytes are left over.")
    return value


def check_lengths(length: int, header_length: int, max_header: int) -> None:
    """Raise WireError when a frame's lengths are out of bounds."""
    if length > MAX_FRAME or header_length > max_header or header_length + 4 > length:
        raise WireError("Too large, or no answer at all.")


def _flatten(value: Any, arrays: list[bytes], depth: int) -> Any:
    """``value`` for JSON; what JSON cannot say becomes an object with one key that starts with "$"."""
    if depth > MAX_DEPTH:
        raise WireError("Nested too deeply.")
    if isinstance(value, np.ndarray):
        return _flatten_array(value, arrays)
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _bounded_int(int(value))
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"$f": repr(float(value))}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list | tuple):
        return [_flatten(item, arrays, depth + 1) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        items = {str(key): _flatten(item, arrays, depth + 1) for key, item in value.items()}
        return {"$d": items} if any(key.startswith("$") for key in items) else items
    raise WireError(f"Not plain data: {type(value).__name__}.")


def _flatten_array(array: np.ndarray, arrays: list[bytes]) -> dict[str, Any]:
    dtype = array.dtype.newbyteorder("<")
    _check_array(dtype, array.shape)
    arrays.append(np.ascontiguousarray(array, dtype).tobytes())
    return {"$a": [dtype.name, list(array.shape)]}


def _check_array(dtype: np.dtype, shape: tuple[int, ...]) -> None:
    if dtype.name not in DTYPES:
        raise WireError(f"Not a plain dtype: {dtype}.")
    if len(shape) > MAX_AXES or any(type(axis) is not int or not 0 <= axis <= MAX_AXIS for axis in shape):
        raise WireError("Not a plain shape.")


class _Body:
    """The arrays' bytes, taken in order."""

    def __init__(self, frame: bytes | bytearray, position: int) -> None:
        self.frame = frame
        self.position = position

    def take(self, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
        count = math.prod(shape)
        end = self.position + count * dtype.itemsize
        if end > len(self.frame):
            raise WireError("Fewer bytes than the shapes need.")
        raw = np.frombuffer(self.frame, np.uint8, end - self.position, self.position)
        self.position = end
        # A bool that is neither 0 nor 1 compares unequal to both.
        return (raw != 0).reshape(shape) if dtype == np.bool_ else raw.copy().view(dtype).reshape(shape)


def _restore(value: Any, body: _Body, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise WireError("Nested too deeply.")
    if isinstance(value, str):
        return _valid_text(value)
    if isinstance(value, list):
        return [_restore(item, body, depth + 1) for item in value]
    if isinstance(value, dict):
        return _restore_dict(value, body, depth)
    return value


def _restore_dict(value: dict[str, Any], body: _Body, depth: int) -> Any:
    tag, content = next(iter(value.items())) if len(value) == 1 else ("", None)
    if tag == "$a":
        return _restore_array(content, body)
    if tag == "$f" and isinstance(content, str) and content in _FLOATS:
        return _FLOATS[content]
    if tag == "$d" and isinstance(content, dict):
        value = content
    elif any(key.startswith("$") for key in value):
        raise WireError("An unknown tag.")
    return {_valid_text(key): _restore(item, body, depth + 1) for key, item in value.items()}


def _restore_array(content: Any, body: _Body) -> np.ndarray:
    match content:
        case [str(name), list(shape)] if name in DTYPES:
            _check_array(DTYPES[name], tuple(shape))
            return body.take(DTYPES[name], tuple(shape))
    raise WireError("Not an array.")


def _valid_text(text: str) -> str:
    """``text`` without the lone surrogates that break every later encoding."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A key appears twice.")
    return found


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON.")


def _bounded_int(number: str | int) -> int:
    value = int(number)
    if not -(2**63) <= value < 2**64:
        raise ValueError("An integer of more than 64 bits.")
    return value


def _finite_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("A float out of range.")
    return value

"""Sketches of observations: equal behaviour opens on any machine what other behaviour does not.

A few numbers stand for all that was observed: sums with random signs. A lock keeps how far each of them lies from a
whole step, never the number itself: what differs by rounding falls on the same steps, anything else does not.

This is obfuscation, not encryption. The key follows from what was observed: whoever guesses that can confirm the guess,
and reads the secret. So nothing that must stay secret is locked here.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SUMS = 4
"""Numbers that stand for one observation."""
SMALLEST = 1e-3
"""Values are compared by their ratio, those below this size by their difference."""
STEP = 0.02
"""Two sums that differ by less than half of this are the same."""
TAG = 6


@dataclass(frozen=True)
class Sketch:
    """What was observed: its ``form`` (keys, shapes, texts), and sums in steps."""

    form: str
    sums: tuple[float, ...]

    def is_close(self, other: Sketch) -> bool:
        """Whether two sketches agree with a wide margin."""
        return self.form == other.form and all(
            abs(one - two) < 0.1 for one, two in zip(self.sums, other.sums, strict=True)
        )


def sketch(observations: Sequence[Any]) -> Sketch:
    """The sketch of some observations."""
    forms, sums = [], []
    for seen in observations:
        pieces = list(parts(seen))
        numbers = np.concatenate([np.zeros(0), *(numbers for _, numbers in pieces)])
        forms.append("".join(form for form, _ in pieces))
        sums += _sums(numbers, forms[-1])
    return Sketch("\n".join(forms), tuple(sums))


def lock(found: Sketch, salt: str, secret: bytes) -> dict[str, str]:
    """``secret``, to be had with a sketch that is close to this one."""
    offsets = bytes(int(256 * (value - math.floor(value))) for value in found.sums)
    key = _key(found, offsets, salt)
    return {"offsets": _text(offsets), "tag": _stream(key, "tag", TAG).hex(), "secret": seal(secret, key)}


def unlock(locked: Mapping[str, str], found: Sketch, salt: str) -> bytes | None:
    """The secret, or None where something else was observed."""
    offsets = base64.b64decode(locked["offsets"])
    if len(offsets) != len(found.sums):
        return None
    key = _key(found, offsets, salt)
    return unseal(locked["secret"], key) if _stream(key, "tag", TAG).hex() == locked["tag"] else None


def seal(data: bytes, key: bytes) -> str:
    """``data`` as text that nobody reads by chance: mixed with bytes that follow from ``key``."""
    return _text(_mixed(data, key))


def unseal(sealed: str, key: bytes) -> bytes:
    """What was sealed with ``key``."""
    return _mixed(base64.b64decode(sealed), key)


def _key(found: Sketch, offsets: bytes, salt: str) -> bytes:
    steps = [round(value - offset / 256) for value, offset in zip(found.sums, offsets, strict=True)]
    return hashlib.sha256(f"{salt}\n{found.form}\n{steps}".encode()).digest()


def _stream(key: bytes, use: str, length: int) -> bytes:
    return hashlib.shake_256(key + use.encode()).digest(length)


def _mixed(data: bytes, key: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(data, _stream(key, "text", len(data)), strict=True))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _sums(numbers: np.ndarray, form: str) -> list[float]:
    """Sums of the numbers' signed logarithms with random signs, in steps that grow with the rounding of a long sum."""
    count = len(numbers)
    bits = np.frombuffer(hashlib.shake_256(form.encode()).digest(SUMS * (count // 8 + 1)), np.uint8)
    signs = 1.0 - 2.0 * np.unpackbits(bits).reshape(SUMS, -1)[:, :count]
    step = STEP * max(1.0, math.sqrt(count) / 10)
    return [float(value) for value in signs @ np.arcsinh(numbers / SMALLEST) / step]


def parts(value: Any) -> Iterator[tuple[str, np.ndarray]]:
    """Plain data in pieces: the form of each (keys, shapes, texts), and its numbers."""
    if isinstance(value, dict):
        for key in sorted(value):
            yield f"{{{key}:", np.zeros(0)
            yield from parts(value[key])
    elif isinstance(value, list | tuple):
        yield f"[{len(value)}", np.zeros(0)
        for item in value:
            yield from parts(item)
    elif isinstance(value, str) or value is None:
        yield f"{value!r};", np.zeros(0)
    else:
        numbers = np.asarray(value, dtype=np.float64)
        finite = np.isfinite(numbers)
        odd = (
            ""
            if finite.all()
            else f"{np.nan_to_num(numbers, nan=2)[~finite].clip(-1, 2)}{np.packbits(finite).tolist()}"
        )
        yield f"{numbers.shape}{odd};", np.where(finite, numbers, 0.0).ravel()

"""Plain data as a reader likes it: plain numbers, shapes as tuples, long arrays abbreviated."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

FEW = 8
"""So many numbers are shown in full."""
LONGEST = 160
"""Characters of a line of data."""
DIGITS = (4, 6, 9)
"""Significant digits: as few as tell two values apart."""


def number(value: Any, digits: int = DIGITS[0]) -> str:
    """A number in ``digits`` significant digits: 0.731, 1e-07, nan, True."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer):
        return str(int(value))
    plain = float(value)
    return f"{plain + 0.0:.{digits}g}" if math.isfinite(plain) else str(plain)


def brief(value: Any, digits: int = DIGITS[0]) -> str:
    """Plain data in one short line; a string as it stands."""
    return _cut(value if isinstance(value, str) else _any(value, digits))


def pair(received: Any, expected: Any) -> tuple[str, str]:
    """Two values that differ, in texts that differ: more digits where needed, the worst element of long arrays."""
    one, other = _arrays(received), _arrays(expected)
    if one is not None and other is not None and one.shape == other.shape and _long(one) and _long(other):
        return _worst(one, other)
    texts = [(brief(received, digits), brief(expected, digits)) for digits in DIGITS]
    return next(((one, other) for one, other in texts if one != other), texts[-1])


def assignments(case: dict[str, Any]) -> str:
    """A case as ``name = value, …``, without what tells nothing: seeds, names of worked cases and private keys.

    What is too long for the line is left out.
    """
    parts = [one_line(f"{name} = {_named(name, value)}") for name, value in _leaves(case) if not _silent(name)]
    kept: list[str] = []
    for part in parts:
        if len(", ".join([*kept, part, "…"])) <= LONGEST:
            kept.append(part)
    return ", ".join(kept if len(kept) in (0, len(parts)) else [*kept, "…"])


def _silent(name: str) -> bool:
    last = name.rpartition(".")[2]
    return last.startswith(("_", "secret_")) or last in ("seed", "seeds", "worked") or last.endswith("_seed")


def _leaves(case: dict[str, Any]) -> list[tuple[str, Any]]:
    """The values of nested dicts by their last name, or by their path where that is taken."""
    found = list(_paths(case))
    last = [path.rpartition(".")[2] for path, _ in found]
    return [(path if last.count(name) > 1 else name, value) for name, (path, value) in zip(last, found, strict=True)]


def _paths(case: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in case.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and value and not str(name).startswith(("_", "secret_")):
            yield from _paths(value, f"{path}.")
        else:
            yield path, value


def _named(name: str, value: Any) -> str:
    if name.endswith("shape") and isinstance(value, list):
        return _any(tuple(value), DIGITS[0])
    return _any(value, DIGITS[0])


def _any(value: Any, digits: int) -> str:
    if isinstance(value, np.ndarray):
        return _array(value, digits)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_any(item, digits)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(_any(item, digits) for item in value) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, list):
        return "[" + ", ".join(_some([_any(item, digits) for item in value])) + "]"
    if isinstance(value, bool | int | float | np.generic):
        return number(value, digits)
    return repr(value)


def _array(value: np.ndarray, digits: int) -> str:
    if value.ndim == 0:
        return number(value.item(), digits)
    if value.size == 0:
        return f"empty {value.shape}"
    if value.size > 1 and _constant(value):
        return f"{_constant_name(value.flat[0], digits)} {value.shape}"
    if value.size <= FEW:
        return _any(value.tolist(), digits)
    return f"[{', '.join(_some([number(item, digits) for item in value.flat]))}] of shape {value.shape}"


def _constant_name(value: Any, digits: int) -> str:
    if value in (0, 1) and not isinstance(value, bool | np.bool_):
        return "ones" if value else "zeros"
    return f"all {number(value, digits)}"


def _some(texts: list[str]) -> list[str]:
    return texts if len(texts) <= FEW else [*texts[:3], "…", texts[-1]]


def _arrays(value: Any) -> np.ndarray | None:
    return value if isinstance(value, np.ndarray) and value.dtype.kind in "biuf" else None


def _constant(value: np.ndarray) -> bool:
    first = value.flat[0]
    return bool((value == first).all() or (value.dtype.kind == "f" and np.isnan(value).all()))


def _long(value: np.ndarray) -> bool:
    return value.size > FEW and not _constant(value)


def _worst(received: np.ndarray, expected: np.ndarray) -> tuple[str, str]:
    """Both values where they differ most."""
    distance = np.abs(received.astype(np.float64) - expected.astype(np.float64))
    index = np.unravel_index(int(np.argmax(np.where(np.isnan(distance), np.inf, distance))), received.shape)
    place = f"at {[int(axis) for axis in index]} of shape {received.shape}"
    one, other = pair(received[index].item(), expected[index].item())
    return f"{one} {place}", f"{other} {place}"


def one_line(text: str) -> str:
    """``text`` without line breaks and without what no page or terminal should get."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in " ".join(text.split()))


def _cut(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip(", ") + "…"

"""What one has observed opens what was locked with the same observation, rounded otherwise; nothing else does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from keras_checks.sketch import lock, seal, sketch, unlock, unseal

SECRET = b"tau and 1 - tau are swapped."
RANDOM = np.random.default_rng(3)
SEEN: dict[str, Any] = {
    "a number": 1.8,
    "zeros": np.zeros((2, 3), np.float32),
    "a vector": RANDOM.normal(size=5).astype(np.float32),
    "many numbers": {"loss": 12.5, "gradient": RANDOM.normal(scale=1e-3, size=(20, 30))},
    "large and small": [np.array([1e6, -3.0, 1e-7]), "text", None, True],
    "not finite": np.array([np.nan, 1.0, np.inf]),
}


def opened(locked: Any, seen: Any, salt: str = "vae/sampling") -> bytes | None:
    return unlock(locked, sketch([seen]), salt)


def rounded(seen: Any, relative: float) -> Any:
    """The same numbers, each off by a small part of itself."""
    if isinstance(seen, dict):
        return {key: rounded(value, relative) for key, value in seen.items()}
    if isinstance(seen, list):
        return [rounded(value, relative) for value in seen]
    if isinstance(seen, float | np.ndarray):
        return np.asarray(seen) * (1 + relative * RANDOM.uniform(-1, 1, np.shape(seen)))
    return seen


@pytest.mark.parametrize("name", SEEN)
@pytest.mark.parametrize("relative", [0.0, 1e-7, 1e-5, 1e-4])
def test_the_same_behaviour_opens(name: str, relative: float) -> None:
    locked = lock(sketch([SEEN[name]]), "vae/sampling", SECRET)
    for _ in range(20):
        assert opened(locked, rounded(SEEN[name], relative)) == SECRET


@pytest.mark.parametrize("name", SEEN)
def test_other_behaviour_opens_nothing(name: str) -> None:
    locked = lock(sketch([SEEN[name]]), "vae/sampling", SECRET)
    others = [seen for other, seen in SEEN.items() if other != name]
    changed = [rounded(SEEN[name], 0.5)] if name not in ("zeros", "not finite") else []
    for seen in [*others, *changed, [SEEN[name]], {"error": 1}]:
        assert opened(locked, seen) is None
    assert opened(locked, SEEN[name], salt="vae/vae") is None


def test_one_number_of_many_tells() -> None:
    seen = np.arange(40.0)
    other = seen.copy()
    other[17] *= 1.2
    assert opened(lock(sketch([seen]), "vae/sampling", SECRET), other) is None


def test_a_lock_shows_neither_the_secret_nor_the_numbers() -> None:
    locked, other = (lock(sketch([SEEN["a vector"]]), "vae/sampling", each) for each in (SECRET, b"other"))
    assert SECRET.decode() not in str(locked)
    assert locked["offsets"] == other["offsets"]
    assert len(locked["offsets"]) < 10


def test_what_is_sealed_is_read_with_its_key_only() -> None:
    assert unseal(seal(SECRET, b"key"), b"key") == SECRET
    assert unseal(seal(SECRET, b"key"), b"other") != SECRET

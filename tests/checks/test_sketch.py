"""What one has observed opens what was locked with the same observation, rounded otherwise; nothing else does."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from keras_checks.sketch import Sketch, lock, seal, sketch, unlock, unseal

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


def test_a_lock_does_not_show_the_secret() -> None:
    locked = lock(sketch([SEEN["a vector"]]), "vae/sampling", SECRET)
    assert SECRET not in base64.b64decode(locked["secret"])


def test_a_lock_shows_only_how_far_each_sum_lies_from_a_whole_step() -> None:
    one, other = (
        lock(Sketch("form", sums), "vae/sampling", SECRET)
        for sums in ((0.25, 1.5, -3.75, 12.0), (7.25, -2.5, 0.25, 3.0))
    )
    assert one["offsets"] == other["offsets"]
    assert one["tag"] != other["tag"] and one["secret"] != other["secret"]


def test_what_is_sealed_is_read_with_its_key_only() -> None:
    sealed = seal(SECRET, b"key")
    assert unseal(sealed, b"key") == SECRET
    assert unseal(sealed, b"other") != SECRET
    assert base64.b64decode(sealed) != SECRET

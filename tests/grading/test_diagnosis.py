"""An answer that holds two mistakes of the bank hears of both."""

from __future__ import annotations

import pytest
from sessions import Grade

BOTH = {
    "last_batch_dropped, zero_taken_for_none": """
def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.random.default_rng(seed or None).permutation(len(X)) if shuffle else np.arange(len(X))
    for part in range(len(X) // batch_size):
        rows = order[part * batch_size :][:batch_size]
        yield X[rows], y[rows]
""",
    "last_batch_dropped, shuffled_within_batches": """
def next_batch(X, y, batch_size, shuffle=True, seed=None):
    random = np.random.default_rng(seed)
    for part in range(len(X) // batch_size):
        rows = np.arange(part * batch_size, (part + 1) * batch_size)
        rows = random.permutation(rows) if shuffle else rows
        yield X[rows], y[rows]
""",
}


@pytest.mark.parametrize("names", BOTH)
def test_two_mistakes_in_one_answer_are_both_named(names: str, grade: Grade) -> None:
    grading = grade("training_loop", BOTH[names], only="next_batch")
    named = {record["misconception"] for record in grading.records()} - {None}
    assert named == set(names.split(", ")), [(r["check"], r["message"], r["misconception"]) for r in grading.records()]

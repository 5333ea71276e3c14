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


SWAPPED_AND_ALL_MOVED = """
def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(model(x, training=True), y)
    for weight, gradient in zip(model.weights, tape.gradient(loss, model.weights)):
        if gradient is not None:
            weight.assign_sub(learning_rate * gradient)
    return float(loss)
"""


@pytest.mark.slow
def test_a_second_mistake_does_not_hide_the_first(grade: Grade) -> None:
    """The second shows in one check, where the first then does something else than on its own."""
    grading = grade("training_loop", SWAPPED_AND_ALL_MOVED, only="train_step")
    found = {record["check"]: record["misconception"] for record in grading.records()}
    assert found["moves_down_the_slope"] == found["returns_the_loss"] == "arguments_swapped", found
    assert set(found.values()) <= {"arguments_swapped", "all_weights_moved", None}

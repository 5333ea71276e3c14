"""The checks of `training_loop` blame a batch generator for what it does."""

from __future__ import annotations

import pytest
from sessions import Grade

NO_PAIRS = {
    "inputs only": ("yield X[start : start + batch_size]", "ndarray of shape (1, "),
    "three things": ("yield X[:1], y[:1], start", "a tuple of 3"),
    "a dict": ("yield {'x': X[:1], 'y': y[:1]}", "a dict of 2"),
    "nothing": ("yield", "NoneType"),
}
LOOP = """
def next_batch(X, y, batch_size, shuffle=True, seed=None):
    for start in range(0, len(X), batch_size):
        {body}
"""
RETURNS = """
def next_batch(X, y, batch_size, shuffle=True, seed=None):
    return {value}
"""
PAIRS = "must yield pairs"


def messages(grade: Grade, answer: str) -> dict[str, str]:
    """What each failed check of `next_batch` says."""
    records = grade("training_loop", answer, only="next_batch").records()
    return {record["check"]: f"{record['message']} {record.get('feedback')}" for record in records if record["message"]}


@pytest.mark.parametrize("name", NO_PAIRS)
def test_a_generator_of_other_things_hears_that_it_must_yield_pairs(name: str, grade: Grade) -> None:
    body, shown = NO_PAIRS[name]
    said = messages(grade, LOOP.format(body=body))
    assert len(said) == 5
    for text in said.values():
        assert PAIRS in text
        assert "unpack" not in text
    assert shown in said["every_example_once"]


@pytest.mark.parametrize("value", ["3", "(X[:batch_size], y[:batch_size])", "np.arange(3.0)"])
def test_a_function_that_yields_nothing_hears_that_it_must_yield_pairs(value: str, grade: Grade) -> None:
    said = messages(grade, RETURNS.format(value=value))
    assert len(said) == 5
    assert all(PAIRS in text for text in said.values())


def test_a_stream_of_lists_and_tensors_is_right(grade: Grade) -> None:
    answer = LOOP.format(body="rows = order[start : start + batch_size]; yield [tf.constant(X[rows]), y[rows]]")
    order = "    order = np.random.default_rng(seed).permutation(len(X)) if shuffle else np.arange(len(X))\n    for"
    assert messages(grade, answer.replace("    for", order, 1)) == {}


def test_a_row_that_comes_again_is_no_other_order(grade: Grade) -> None:
    """The last batch is filled up with the rows before it."""
    answer = """
def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.random.default_rng(seed).permutation(len(X)) if shuffle else np.arange(len(X))
    for start in range(0, len(X), batch_size):
        start = max(0, min(start, len(X) - batch_size))
        yield X[order[start : start + batch_size]], y[order[start : start + batch_size]]
"""
    said = messages(grade, answer)
    assert "more than once" in said["every_example_once"]
    assert "changes the order" not in " ".join(said.values())

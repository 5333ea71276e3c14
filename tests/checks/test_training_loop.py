"""The checks of `training_loop` blame a batch generator for what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from autograder.results.records import Outcome

if TYPE_CHECKING:  # it imports TensorFlow
    from autograder.verifying.in_process import Bank

NO_PAIRS = {
    "inputs only": "yield X[start : start + batch_size]",
    "two rows at a time": "yield X[:2]",
    "three things": "yield X[:1], y[:1], start",
    "a dict": "yield {'x': X[:1], 'y': y[:1]}",
    "nothing": "yield",
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


@pytest.fixture(scope="module")
def bank() -> Bank:
    from autograder.verifying.in_process import Bank

    return Bank("training_loop")


def failures(bank: Bank, answer: str) -> dict[str, str]:
    """What each failed check of `next_batch` says."""
    outcomes = bank.grade([*bank.cells, answer], "next_batch")
    return {it.check: it.message for it in outcomes if it.outcome == Outcome.FAILED}


def all_ask_for_pairs(bank: Bank, answer: str) -> bool:
    """Whether each check of `next_batch` fails because there are no pairs."""
    (question,) = bank.wanted("next_batch")
    said = failures(bank, answer)
    assert set(said) == {check.name for check in question.checks}
    return all("must yield pairs" in text for text in said.values())


@pytest.mark.parametrize("name", NO_PAIRS)
def test_a_generator_of_other_things_hears_that_it_must_yield_pairs(name: str, bank: Bank) -> None:
    assert all_ask_for_pairs(bank, LOOP.format(body=NO_PAIRS[name]))


@pytest.mark.parametrize("value", ["3", "(X[:batch_size], y[:batch_size])", "np.arange(3.0)"])
def test_a_function_that_yields_nothing_hears_that_it_must_yield_pairs(value: str, bank: Bank) -> None:
    assert all_ask_for_pairs(bank, RETURNS.format(value=value))


def test_a_stream_of_lists_and_tensors_is_right(bank: Bank) -> None:
    answer = LOOP.format(body="rows = order[start : start + batch_size]; yield [tf.constant(X[rows]), y[rows]]")
    order = "    order = np.random.default_rng(seed).permutation(len(X)) if shuffle else np.arange(len(X))\n    for"
    assert failures(bank, answer.replace("    for", order, 1)) == {}


def test_a_row_that_comes_again_is_no_other_order(bank: Bank) -> None:
    """The last batch is filled up with the rows before it."""
    answer = """
def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.random.default_rng(seed).permutation(len(X)) if shuffle else np.arange(len(X))
    for start in range(0, len(X), batch_size):
        start = max(0, min(start, len(X) - batch_size))
        yield X[order[start : start + batch_size]], y[order[start : start + batch_size]]
"""
    said = failures(bank, answer)
    assert "more than once" in said["every_example_once"]
    assert "changes the order" not in " ".join(said.values())

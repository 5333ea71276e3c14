"""Functions that are traced for two sizes of a batch draw different numbers, the same in each run."""

from __future__ import annotations

import numpy as np


def _drawn_for_two_sizes() -> list[np.ndarray]:
    import tensorflow as tf
    from keras_checks.seeds import seeds_of_their_own, set_seeds

    set_seeds(1)
    draw = tf.function(lambda batch: tf.random.normal(tf.shape(batch)))
    with seeds_of_their_own():
        return [draw(tf.zeros(size)).numpy() for size in (3, 5, 3)]


def test_each_trace_draws_numbers_of_its_own() -> None:
    three, five, again = _drawn_for_two_sizes()
    assert not np.isin(three, five).any()
    assert not np.isin(three, again).any()


def test_each_run_draws_the_same() -> None:
    for one, other in zip(_drawn_for_two_sizes(), _drawn_for_two_sizes(), strict=True):
        assert np.array_equal(one, other)


def test_without_it_two_traces_begin_alike() -> None:
    """Why it is there."""
    import tensorflow as tf
    from keras_checks.seeds import set_seeds

    set_seeds(1)
    draw = tf.function(lambda batch: tf.random.normal(tf.shape(batch)))
    assert np.isin(draw(tf.zeros(3)).numpy(), draw(tf.zeros(5)).numpy()).all()


def test_a_run_that_draws_costs_the_next_one_its_kernels() -> None:
    """A kernel that draws goes on where it was; so the same seed must give the same numbers after any other run."""
    import tensorflow as tf
    from keras_checks.seeds import set_seeds

    set_seeds(1)
    first = tf.random.normal((3,), seed=5).numpy()
    set_seeds(1)
    assert np.array_equal(tf.random.normal((3,), seed=5), first)
    tf.zeros(3) + 1.0
    for _ in range(3):
        set_seeds(1)
    assert np.array_equal(tf.random.normal((3,), seed=5), first)
    assert not np.array_equal(tf.random.normal((3,), seed=5), first)

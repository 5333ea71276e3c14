"""Noise is the same at each check of a notebook, whatever was drawn before."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from handed_in import reference_cells
from keras_checks.notebook.grader import CheckRun
from keras_checks.question import questions
from keras_checks.runner import fixed_cases

NOISY = """
class Sampling(keras.layers.Layer):
    def call(self, inputs):
        mean, log_var = inputs
        return mean + keras.ops.exp(log_var / 2) * keras.random.normal(keras.ops.shape(mean))
"""
"""Draws from the generator that Keras keeps for all who name none."""


def set_random_seed_of_keras_3_5(seed: int) -> None:
    """Sets the seed and keeps that generator, and how far it has come."""
    import tensorflow as tf
    from keras.src.backend.common.global_state import set_global_attribute

    set_global_attribute("global_random_seed", seed)
    random.seed(seed)
    np.random.seed(seed)
    tf.random.set_seed(seed)


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    from autograder.grading.observer import run_trusted  # imports TensorFlow

    return run_trusted([*reference_cells("vae"), NOISY], "answer")


@pytest.mark.parametrize("older", [False, True])
def test_a_check_sees_the_same_noise_twice(older: bool, names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    if older:
        monkeypatch.setattr("keras.utils.set_random_seed", set_random_seed_of_keras_3_5)
    check = next(check for question in questions("vae") if question.name == "sampling" for check in question.checks)
    case = fixed_cases("vae", check)[-1]
    first, second = (CheckRun().observe("vae", check, names, case) for _ in range(2))
    assert "seen" in first, first
    np.testing.assert_equal(second["seen"], first["seen"])

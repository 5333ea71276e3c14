"""Keras's own steps are switched off while an exercise asks for them, wherever they were kept."""

from __future__ import annotations

import numpy as np
import pytest
from keras_checks.observe import MissingAnswer


def test_a_step_that_was_stored_before_is_switched_off_too() -> None:
    import keras
    from keras_checks.testbeds.stepping import switched_off

    stored = keras.Model.train_step
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    batch = np.ones((3, 2), "float32"), np.ones((3, 1), "float32")
    with switched_off("train_step"):
        with pytest.raises(NotImplementedError, match="switched off"):
            stored(model, batch)
        with pytest.raises(MissingAnswer, match="switched off"):
            keras.Model.train_step(model, batch)
    assert "loss" in stored(model, batch)
    assert keras.Model.train_step is stored


def test_decorated_methods_are_switched_off_and_on_again() -> None:
    import keras
    from keras_checks.testbeds.stepping import switched_off

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    before = {name: getattr(keras.Model, name) for name in ("compile", "fit", "train_on_batch")}
    for _ in range(2):
        with switched_off(*before, why="no {step}"):
            with pytest.raises(MissingAnswer, match="no compile"):
                model.compile("sgd", "mse")
            with pytest.raises(NotImplementedError):
                before["train_on_batch"](model, np.ones((1, 2)), np.ones((1, 1)))
    assert before == {name: getattr(keras.Model, name) for name in before}
    model.compile("sgd", "mse")
    assert model.train_on_batch(np.ones((1, 2)), np.ones((1, 1))) >= 0

"""Settings that a notebook changes cost no right answer its points, and hide no mistake."""

from __future__ import annotations

import numpy as np
import pytest
from keras_checks.defaults import default_settings
from results_on_disk import points
from sessions import Grade

from autograder.results.result import result

CHANGED = {
    "half of the bits": "keras.mixed_precision.set_global_policy('mixed_float16')",
    "twice the bits": "keras.config.set_floatx('float64')\nkeras.config.set_dtype_policy('float64')",
    "for debugging": "tf.config.run_functions_eagerly(True)",
    "errors": "import warnings\nwarnings.simplefilter('error')\nnp.seterr(all='raise')",
    "another epsilon": "keras.config.set_epsilon(0.1)\nkeras.config.set_image_data_format('channels_first')",
}
IN_NUMPY = """def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true.numpy() - y_pred.numpy()
        return keras.ops.mean(keras.ops.maximum(tau * error, (tau - 1) * error), axis=-1)

    return loss_fn
"""


def test_a_right_answer_keeps_its_points(grade: Grade) -> None:
    found = points(result(grade("custom_loss", "import tensorflow as tf", *CHANGED.values(), only="pinball_loss")))
    assert found == {"pinball_loss": 2}


@pytest.mark.slow
@pytest.mark.parametrize("exercise", ["autoencoder", "train_step"])
def test_nor_does_one_with_a_model(exercise: str, grade: Grade) -> None:
    """Convolutions know the order of axes; a training step knows policies and graphs."""
    found = points(result(grade(exercise, "import tensorflow as tf", *CHANGED.values())))
    assert sum(found.values()) == 10


def test_a_function_that_runs_eagerly_only_is_seen(grade: Grade) -> None:
    found = result(
        grade("custom_loss", "import tensorflow as tf", CHANGED["for debugging"], IN_NUMPY, only="pinball_loss")
    )
    assert found["score"] < 2


def test_the_notebooks_settings_come_back() -> None:
    import keras
    import tensorflow as tf

    exact = tf.config.experimental
    exact.enable_tensor_float_32_execution(True)
    keras.config.set_epsilon(0.5)
    try:
        with np.errstate(all="raise"):
            with default_settings():
                assert not exact.tensor_float_32_execution_enabled()
                assert keras.config.epsilon() == 1e-7
            assert np.geterr()["divide"] == "raise"
        assert exact.tensor_float_32_execution_enabled()
        assert keras.config.epsilon() == 0.5
    finally:
        keras.config.set_epsilon(1e-7)

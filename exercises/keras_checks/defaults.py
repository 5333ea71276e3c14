"""Global settings that a notebook may have changed, and that change what an answer computes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np


@contextmanager
def default_settings() -> Iterator[None]:
    """Run checks under the settings that TensorFlow, Keras and NumPy start with; afterwards those of the notebook hold.

    The settings are Keras's floating point type, policy for types, epsilon and order of axes, functions that run in a
    graph, NumPy's reactions to floating point errors, and warnings that are no errors. Matrices are multiplied in
    float32, while TensorFlow rounds their entries to 10 bits on some GPUs (TensorFloat-32).
    """
    with ExitStack() as restored, warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("ignore")
        _tensorflow(restored)
        _keras(restored)
        yield


def _tensorflow(restored: ExitStack) -> None:
    import tensorflow as tf  # a student's package is imported before TensorFlow is

    exact = tf.config.experimental
    restored.callback(tf.config.run_functions_eagerly, tf.config.functions_run_eagerly())
    restored.callback(exact.enable_tensor_float_32_execution, exact.tensor_float_32_execution_enabled())
    tf.config.run_functions_eagerly(False)
    exact.enable_tensor_float_32_execution(False)


def _keras(restored: ExitStack) -> None:
    from keras import config

    restored.callback(config.set_dtype_policy, config.dtype_policy())
    restored.callback(config.set_floatx, config.floatx())
    restored.callback(config.set_epsilon, config.epsilon())
    restored.callback(config.set_image_data_format, config.image_data_format())
    config.set_floatx("float32")
    config.set_epsilon(1e-7)
    config.set_image_data_format("channels_last")
    config.set_dtype_policy("float32")

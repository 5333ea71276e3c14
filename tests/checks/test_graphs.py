"""Functions in a graph, as `fit` traces them."""

from __future__ import annotations

import numpy as np


def test_a_loss_of_a_private_class_can_be_called() -> None:
    import keras
    import tensorflow as tf
    from keras_checks.testbeds.graphs import in_graph

    class _Halved(keras.losses.Loss):
        def call(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
            return tf.reduce_mean(tf.abs(y_true - y_pred), axis=-1) / 2

    graph = in_graph(lambda y_true, y_pred: _Halved()(y_true, y_pred), [tf.TensorSpec((None, 2))] * 2)
    assert np.isclose(graph(tf.zeros((3, 2)), tf.ones((3, 2))), 0.5)

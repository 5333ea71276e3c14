"""Keras's own attention is switched off while an exercise asks for it, wherever it was kept; and on again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.src import backend
from keras_checks.testbeds.without_keras_attention import without_keras_attention
from tensorflow.python.keras.layers import dense_attention

X = np.ones((1, 2, 4), "float32")
HEAD = tf.ones((1, 2, 1, 4))
STORED = keras.ops.dot_product_attention


class Heir(keras.layers.Attention):
    """Inherits the work."""


class OtherScores(keras.layers.MultiHeadAttention):
    """Inherits the heads, and brings its own scores."""

    def _compute_attention(self, query: Any, *_: Any, **__: Any) -> Any:
        return query, None


def _scores() -> Any:
    layer = keras.layers.Attention()
    layer.build([X.shape, X.shape])
    return layer._calculate_scores(X, X)


WAYS: dict[str, Callable[[], Any]] = {
    "function": lambda: keras.ops.dot_product_attention(X[:, :, None], X[:, :, None], X[:, :, None]),
    "stored function": lambda: STORED(X[:, :, None], X[:, :, None], X[:, :, None]),
    "layer of heads": lambda: keras.layers.MultiHeadAttention(2, 2)(X, X),
    "layer of a subclass": lambda: Heir()([X, X]),
    "scores of a layer": _scores,
    "heads without the scores": lambda: OtherScores(2, 2)(X, X),
    "function of the backend": lambda: backend.nn.dot_product_attention(HEAD, HEAD, HEAD),
    "TensorFlow's older Keras": lambda: dense_attention.Attention()([tf.ones((1, 2, 4))] * 2),
}


@pytest.mark.parametrize("name", WAYS)
def test_every_way_is_switched_off_and_on_again(name: str) -> None:
    way = WAYS[name]
    with pytest.raises(NotImplementedError, match="switched off"):
        without_keras_attention(way)()
    assert way() is not None


def test_matrix_products_and_softmax_stay() -> None:
    weights = without_keras_attention(lambda: keras.ops.softmax(keras.ops.matmul(X, X.swapaxes(1, 2))))()
    assert np.allclose(weights, 0.5)

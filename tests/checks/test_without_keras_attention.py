"""Keras's own attention is switched off while an exercise asks for it, wherever it was kept; and on again."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

X = np.ones((1, 2, 4), "float32")
NAMES = (
    "function",
    "stored function",
    "layer of heads",
    "layer of a subclass",
    "scores of a layer",
    "heads without the scores",
    "function of the backend",
    "TensorFlow's older Keras",
)


def ways() -> dict[str, Callable[[], Any]]:
    """All ways to Keras's attention, by their :data:`NAMES`."""
    import keras
    import tensorflow as tf
    from keras.src import backend

    stored, head = keras.ops.dot_product_attention, tf.ones((1, 2, 1, 4))
    older = importlib.import_module("tensorflow.python.keras.layers.dense_attention")

    class Heir(keras.layers.Attention):
        """Inherits the work."""

    class OtherScores(keras.layers.MultiHeadAttention):
        """Inherits the heads, and brings its own scores."""

        def _compute_attention(self, query: Any, *_: Any, **__: Any) -> Any:
            return query, None

    def scores() -> Any:
        layer = keras.layers.Attention()
        layer.build([X.shape, X.shape])
        return layer._calculate_scores(X, X)

    found = (
        lambda: keras.ops.dot_product_attention(X[:, :, None], X[:, :, None], X[:, :, None]),
        lambda: stored(X[:, :, None], X[:, :, None], X[:, :, None]),
        lambda: keras.layers.MultiHeadAttention(2, 2)(X, X),
        lambda: Heir()([X, X]),
        scores,
        lambda: OtherScores(2, 2)(X, X),
        lambda: backend.nn.dot_product_attention(head, head, head),
        lambda: older.Attention()([tf.ones((1, 2, 4))] * 2),
    )
    return dict(zip(NAMES, found, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_every_way_is_switched_off_and_on_again(name: str) -> None:
    from keras_checks.testbeds.without_keras_attention import without_keras_attention

    way = ways()[name]
    with pytest.raises(NotImplementedError, match="switched off"):
        without_keras_attention(way)()
    assert way() is not None


def test_matrix_products_and_softmax_stay() -> None:
    import keras
    from keras_checks.testbeds.without_keras_attention import without_keras_attention

    weights = without_keras_attention(lambda: keras.ops.softmax(keras.ops.matmul(X, X.swapaxes(1, 2))))()
    assert np.allclose(weights, 0.5)

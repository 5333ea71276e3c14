"""While it is switched off, no public way and no class of Keras reaches its attention; everything else still works."""

from __future__ import annotations

import importlib
import importlib.util
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
    "scores of a second copy",
    "heads without the scores",
    "function of the backend",
    "TensorFlow's older Keras",
)


def run_again(name: str) -> Any:
    """Another module of the same file."""
    known = importlib.util.find_spec(name)
    assert known is not None and known.origin is not None
    spec = importlib.util.spec_from_file_location("run_again", known.origin)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scores(layers: Any) -> Any:
    layer = layers.Attention()
    layer.build([X.shape, X.shape])
    return layer._calculate_scores(X, X)


def ways() -> dict[str, Callable[[], Any]]:
    """All ways to Keras's attention, by their :data:`NAMES`."""
    import keras
    import tensorflow as tf
    from keras.src import backend

    stored, head = keras.ops.dot_product_attention, tf.ones((1, 2, 1, 4))
    older = importlib.import_module("tensorflow.python.keras.layers.dense_attention")
    again = run_again("keras.src.layers.attention.attention")

    class Heir(keras.layers.Attention):
        """Inherits the work."""

    class OtherScores(keras.layers.MultiHeadAttention):
        """Inherits the heads, and brings its own scores."""

        def _compute_attention(self, query: Any, *_: Any, **__: Any) -> Any:
            return query, None

    found = (
        lambda: keras.ops.dot_product_attention(X[:, :, None], X[:, :, None], X[:, :, None]),
        lambda: stored(X[:, :, None], X[:, :, None], X[:, :, None]),
        lambda: keras.layers.MultiHeadAttention(2, 2)(X, X),
        lambda: Heir()([X, X]),
        lambda: scores(keras.layers),
        lambda: scores(again),
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


def test_a_method_of_the_same_name_stays() -> None:
    import keras
    from keras_checks.testbeds.without_keras_attention import without_keras_attention

    class OwnNames(keras.layers.Layer):
        """Its own method has the name of one of Keras's."""

        def _compute_attention(self, query: Any) -> Any:
            return query

    assert without_keras_attention(lambda: OwnNames()._compute_attention(X))() is X

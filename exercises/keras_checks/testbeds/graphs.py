"""Functions in a graph, as `fit` traces them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import tensorflow as tf


def in_graph(function: Callable[..., Any], signature: Sequence[Any], *, autograph: bool = False) -> Any:
    """A `tf.function` of this signature, inside a name scope.

    `fit` calls a loss inside one, too. At the top of a graph TensorFlow refuses the name of a private class, such as
    that of a loss `_Mean`.
    """

    def scoped(*inputs: Any) -> Any:
        with tf.name_scope("fit"):
            return function(*inputs)

    return tf.function(scoped, input_signature=signature, autograph=autograph)


@contextmanager
def unoptimized() -> Iterator[None]:
    """Let TensorFlow run new graphs as they were traced: to optimize one takes longer than to run it a few times."""
    name = "disable_meta_optimizer"
    before = tf.config.optimizer.get_experimental_options().get(name, False)
    tf.config.optimizer.set_experimental_options({name: True})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({name: before})

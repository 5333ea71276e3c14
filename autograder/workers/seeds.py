"""One seed for everything that draws numbers, so that the same submission gets the same verdict."""

from __future__ import annotations

import contextlib


def set_seeds(seed: int) -> None:
    """Seed Python, NumPy, TensorFlow and Keras, and forget the state of Keras's own generator.

    Without the last, what ``keras.random`` draws would depend on how much was drawn before.
    """
    import keras

    keras.utils.set_random_seed(seed)
    with contextlib.suppress(ImportError, AttributeError):  # a version without it has nothing to forget
        from keras.src.backend.common import global_state

        global_state.set_global_attribute("global_seed_generator", None)

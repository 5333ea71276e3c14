"""One seed for everything that draws numbers, so that the same answer gets the same verdict."""

from __future__ import annotations

import keras

try:
    from keras.src.backend.common import global_state as _global_state
except ImportError:  # a version without it has nothing to forget
    _global_state = None


def set_seeds(seed: int) -> None:
    """Seed Python, NumPy, TensorFlow and Keras, and forget the state of Keras's own generator.

    Without the last, what ``keras.random`` draws would depend on how much was drawn before.
    """
    keras.utils.set_random_seed(seed)
    if _global_state is not None:
        _global_state.set_global_attribute("global_seed_generator", None)

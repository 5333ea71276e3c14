"""One seed for everything that draws numbers, so that the same answer gets the same verdict."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import keras
from tensorflow.python import pywrap_tfe
from tensorflow.python.framework import random_seed

try:
    from keras.src.backend.common import global_state as _global_state
except ImportError:  # a version without it has nothing to forget
    _global_state = None


RUNS = 100
"""After so many runs TensorFlow forgets its kernels in any case: it keeps one for each variable that there ever was."""


class _Kernels:
    """Whether TensorFlow's kernels must be forgotten before the next run, and how many runs they have served.

    Only kernels that draw have a state, and their seeds come from ``get_seed``. To make all others again would take a
    quarter of the time of a run.
    """

    drawn = True
    runs = 0


def _get_seed(op_seed: int | None, before: Any = random_seed.get_seed) -> tuple[int | None, int | None]:
    _Kernels.drawn = True
    return before(op_seed)


random_seed.get_seed = _get_seed


def set_seeds(seed: int) -> None:
    """Seed Python, NumPy, TensorFlow and Keras, and forget the state of Keras's own generator.

    Without the last, what ``keras.random`` draws would depend on how much was drawn before.
    """
    _Kernels.runs += 1
    anew = _Kernels.drawn or _Kernels.runs > RUNS
    with nullcontext() if anew else _kernels_kept():
        keras.utils.set_random_seed(seed)
    if anew:
        _Kernels.drawn, _Kernels.runs = False, 0
    if _global_state is not None:
        _global_state.set_global_attribute("global_seed_generator", None)


@contextmanager
def _kernels_kept() -> Iterator[None]:
    """Let TensorFlow keep its kernels while it is seeded."""
    clear = pywrap_tfe.TFE_ContextClearCaches
    pywrap_tfe.TFE_ContextClearCaches = lambda _context: None
    try:
        yield
    finally:
        pywrap_tfe.TFE_ContextClearCaches = clear


@contextmanager
def seeds_of_their_own() -> Iterator[None]:
    """Give each of TensorFlow's operations that draws, and has no seed, another seed: the first, the second and so on.

    With one seed for all, each function that `tf.function` traces starts with the same numbers: a right answer that is
    decorated would give the same noise for two sizes of a batch, as if it drew only once.
    """
    before, numbers = random_seed.get_seed, itertools.count(1)

    def get_seed(op_seed: int | None) -> tuple[int | None, int | None]:
        of_all, own = before(op_seed)
        return of_all, next(numbers) if op_seed is None and of_all is not None else own

    random_seed.get_seed = get_seed
    try:
        yield
    finally:
        random_seed.get_seed = before

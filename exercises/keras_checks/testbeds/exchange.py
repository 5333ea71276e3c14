"""Exchanges the code inside functions, which reaches subclasses and whatever was stored before."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def code_exchanged(functions: Iterable[Any], stand_in: Any) -> Iterator[None]:
    """Let these functions run the code of ``stand_in`` for the time of a `with` block.

    A decorated function is exchanged inside its decorators. One with free variables is left alone: it accepts only
    code that has as many.
    """
    innermost = [inspect.unwrap(function) for function in functions]
    codes = {function: function.__code__ for function in innermost if not function.__code__.co_freevars}
    try:
        for function in codes:
            function.__code__ = stand_in.__code__
        yield
    finally:
        for function, code in codes.items():
            function.__code__ = code

"""Exchanges the code inside functions, which reaches subclasses and whatever was stored before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any


@contextmanager
def code_exchanged(functions: Iterable[Any], stand_in: Any) -> Iterator[None]:
    """Let these functions run the code of ``stand_in`` for the time of a `with` block.

    A decorated function is exchanged inside its decorators, and so is each that it says it wraps: a notebook may have
    put a name of its own there. One with free variables is left alone: it accepts only code that has as many.
    """
    inside = {each for function in functions for each in _wrapped(function)}
    codes = {function: function.__code__ for function in inside if not function.__code__.co_freevars}
    try:
        for function in codes:
            function.__code__ = stand_in.__code__
        yield
    finally:
        for function, code in codes.items():
            function.__code__ = code


def _wrapped(function: Any) -> Iterator[FunctionType]:
    """A function, and what its decorators wrap, down to the innermost."""
    seen: list[Any] = []
    while isinstance(function, FunctionType) and function not in seen:
        seen.append(function)
        function = vars(function).get("__wrapped__")
    yield from seen

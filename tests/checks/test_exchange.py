"""Code is exchanged inside decorators, and a name that a notebook gave to what is wrapped saves nothing."""

from __future__ import annotations

import functools
from typing import Any

from keras_checks.testbeds.exchange import code_exchanged


def _stand_in() -> str:
    return "exchanged"


def _decorated(function: Any) -> Any:
    @functools.wraps(function)
    def call() -> Any:
        return function()

    return call


def test_what_a_decorator_wraps_is_exchanged_and_comes_back() -> None:
    def own() -> str:
        return "own"

    decorated = _decorated(own)
    with code_exchanged([decorated], _stand_in):
        assert decorated() == "exchanged"
    assert decorated() == "own"


def test_a_decoy_saves_nothing() -> None:
    def own() -> str:
        return "own"

    own.__wrapped__ = lambda: "decoy"  # type: ignore[attr-defined]
    with code_exchanged([own], _stand_in):
        assert own() == own.__wrapped__() == "exchanged"  # type: ignore[attr-defined]
    assert own() == "own"


def test_functions_that_wrap_each_other_end() -> None:
    def one() -> str:
        return "one"

    def other() -> str:
        return "other"

    one.__wrapped__, other.__wrapped__ = other, one  # type: ignore[attr-defined]
    with code_exchanged([one], _stand_in):
        assert one() == other() == "exchanged"
    assert one() == "one"

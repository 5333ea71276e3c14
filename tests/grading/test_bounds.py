"""A verdict comes in bounded time and memory, or not at all."""

from __future__ import annotations

import threading

import pytest
from keras_checks.compare import Failure

from autograder.grading import bounds


@pytest.mark.slow
@pytest.mark.parametrize("greedy", [lambda: bytearray(2 * bounds.MEMORY), lambda: list(iter(int, 1))])
def test_too_much_is_a_failure(greedy: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "SECONDS", 0.2)
    monkeypatch.setattr(bounds, "MEMORY", 2**28)  # to fill all that is allowed takes ten seconds
    found = bounds.bounded(greedy)  # type: ignore[arg-type]
    assert found is not None and found.message == bounds.REFUSED


def test_nothing_is_judged_where_no_limit_holds() -> None:
    told: list[Failure | RuntimeError | None] = []

    def judge() -> None:
        try:
            told.append(bounds.bounded(lambda: None))
        except RuntimeError as error:
            told.append(error)

    thread = threading.Thread(target=judge)
    thread.start()
    thread.join()
    assert [type(one) for one in told] == [RuntimeError]
    assert bounds.bounded(lambda: None) is None

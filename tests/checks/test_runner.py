"""The search for a counter-example."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from keras_checks.compare import Failure
from keras_checks.question import Check, Question
from keras_checks.runner import REMEMBERED, drawn_cases, fingerprint, fixed_seed, remembering, salted_seed, search


def nothing(_ns: Any, _case: Any) -> None:
    """A probe that is never run."""


def make_check(examples: int = 20, shrinks: int = 50) -> Check:
    question = Question("q", ("q",), 1, "lecture")
    cases = st.fixed_dictionaries({"n": st.integers(0, 1000)})
    trial = question.trial(nothing, cases, examples=examples, shrinks=shrinks)

    @trial.check(points=1)
    def small(case: Any, seen: Any) -> None:
        """It is small."""

    return question.checks[0]


def test_smallest_failing_case_is_found() -> None:
    found = search(make_check(), lambda case: Failure("large") if case["n"] >= 17 else None, 1)
    assert found is not None
    assert found.case == {"n": 17}


def test_nothing_is_found_where_nothing_fails() -> None:
    assert search(make_check(), lambda _: None, 1) is None


def test_each_case_is_evaluated_once_and_the_end_comes_after_a_fixed_number_of_steps() -> None:
    tried: list[int] = []

    def evaluate(case: Any) -> Failure | None:
        tried.append(case["n"])
        return Failure("large") if case["n"] >= 17 else None

    search(make_check(shrinks=5), evaluate, 1)
    assert len(tried) == len(set(tried))
    assert len(tried) <= 20 + 1 + 5


def test_answer_that_changes_from_call_to_call_is_a_failure_not_an_error() -> None:
    calls = iter(range(10**6))
    assert search(make_check(), lambda _: Failure("odd") if next(calls) % 2 else None, 1) is not None


def test_final_failure_is_not_shrunk() -> None:
    tried: list[int] = []

    def evaluate(case: Any) -> Failure | None:
        tried.append(case["n"])
        return Failure("hangs", final=True) if case["n"] >= 17 else None

    found = search(make_check(), evaluate, 1)
    assert found is not None
    assert found.case["n"] == tried[-1]


def test_same_seed_same_cases_and_salt_changes_them() -> None:
    check = make_check()

    def drawn(seed: int) -> list[int]:
        tried: list[int] = []
        search(check, lambda case: tried.append(case["n"]), seed)
        return tried

    assert drawn(fixed_seed("e", check)) == drawn(fixed_seed("e", check))
    assert drawn(salted_seed("e", check, "a")) != drawn(salted_seed("e", check, "b"))


def test_fingerprint_tells_values_shapes_and_types_apart() -> None:
    values = [1, 1.0, True, "1", None, [1], {"a": 1}, np.ones(1), np.ones((1, 1)), np.ones(1, np.float32)]
    assert len({fingerprint(value) for value in values}) == len(values)
    assert fingerprint({"a": np.zeros(2), "b": 1}) == fingerprint({"b": 1, "a": np.zeros(2)})


def test_drawn_cases_are_those_that_a_search_tries_and_can_be_changed() -> None:
    check = make_check()
    for more in ({}, {"examples": 3, "skip_first": True}):
        tried: list[Any] = []
        search(check, tried.append, 5, **more)
        drawn = drawn_cases(check, 5, **more)
        assert drawn == tried
        drawn[0]["n"] = -1
        assert drawn_cases(check, 5, **more) == tried


def test_a_function_is_called_once_for_equal_data() -> None:
    calls: list[Any] = []

    @remembering
    def noted(data: Any, *, name: str) -> int:
        calls.append((data, name))
        return len(calls)

    assert noted({"x": np.zeros(2)}, name="a") == noted({"x": np.zeros(2)}, name="a") == 1
    assert noted({"x": np.ones(2)}, name="a") == 2
    assert noted({"x": np.zeros(2)}, name="b") == 3
    for number in range(REMEMBERED):
        noted(number, name="c")
    assert noted({"x": np.zeros(2)}, name="b") == len(calls), "the oldest are forgotten"

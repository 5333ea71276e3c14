"""The worker of a submission is asked for the next case while one is judged, and each answer is taken in its turn."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from keras_checks.compare import expect
from keras_checks.question import Question


class Elsewhere:
    """An observer that works in another process, and the log of what is asked and taken."""

    in_another_process = True

    def __init__(self) -> None:
        self.log: list[str] = []

    def start(self, probe: str, case: dict[str, Any]) -> Callable[[], dict[str, Any]]:
        self.log.append(f"ask {probe}-{case['n']}")

        def take() -> dict[str, Any]:
            self.log.append(f"take {probe}-{case['n']}")
            return {"seen": case["n"]}

        return take


def case(number: int) -> dict[str, int]:
    return {"n": number}


def test_what_was_asked_ahead_is_asked_once() -> None:
    from autograder.grading.observer import Remembering

    student = Remembering(observer := Elsewhere())
    student.start_ahead(iter([("probe", case(1)), ("probe", case(2))]))
    assert observer.log == ["ask probe-1"]
    assert student.observe("probe", case(1)) == {"seen": 1}
    assert observer.log == ["ask probe-1", "take probe-1"]


def test_an_answer_that_nobody_wants_yet_is_taken_before_the_next_request() -> None:
    from autograder.grading.observer import Remembering

    student = Remembering(observer := Elsewhere())
    coming = iter([("probe", case(1)), ("probe", case(2))])
    student.start_ahead(coming)
    student.start_ahead(coming)
    student.observe("probe", case(5))
    assert observer.log == ["ask probe-1", "take probe-1", "ask probe-5", "take probe-5"]
    student.observe("probe", case(1))
    student.land()
    assert len(observer.log) == 4
    student.start_ahead(coming)
    assert observer.log[4:] == ["ask probe-2"]


def test_what_is_known_is_not_asked_ahead_and_neither_is_what_costs_time_here() -> None:
    from autograder.grading.observer import Remembering

    student = Remembering(observer := Elsewhere())
    student.observe("probe", case(1))
    student.start_ahead(iter([("probe", case(1)), ("probe", case(2))]))
    assert observer.log == ["ask probe-1", "take probe-1", "ask probe-2"]
    here = Remembering(observer := Elsewhere())
    observer.in_another_process = False
    here.start_ahead(iter([("probe", case(1))]))
    assert observer.log == []


def run_check(limit: int) -> list[str]:
    """The log of a check that numbers below ``limit`` pass, and of one after it that all pass."""
    from autograder.grading.grader import Grader
    from autograder.grading.observer import Remembering

    def first(_ns: Any, _case: Any) -> None: ...

    def second(_ns: Any, _case: Any) -> None: ...

    observer, question = Elsewhere(), Question("question", ("question",), 2, "lecture")
    cases = st.fixed_dictionaries({"n": st.integers(0, 99)})

    @question.trial(first, cases, examples=3, shrinks=2).check(points=1)
    def small(case: Any, seen: Any) -> None:
        """It is small."""
        observer.log.append(f"judge first-{seen}")
        expect(seen < limit, "It is large.")

    @question.trial(second, cases, examples=2).check(points=1)
    def any_number(case: Any, seen: Any) -> None:
        """It is there."""

    grader = Grader("exercise", observer, Remembering(Elsewhere()), "salt")
    grader.expect(question.checks)
    for check in question.checks:
        grader.run(check)
    grader.student.land()
    return observer.log


def test_the_next_case_is_under_way_while_one_is_judged() -> None:
    log = run_check(limit=100)
    asked = [entry.split()[1] for entry in log if entry.startswith("ask")]
    for number, following in itertools.pairwise(asked):
        if f"judge {number}" in log:
            assert log.index(f"take {number}") < log.index(f"ask {following}") < log.index(f"judge {number}")


def test_there_is_never_more_than_one_request_without_an_answer_and_each_is_taken() -> None:
    for limit in (100, 0, 7):
        requests = [entry for entry in run_check(limit) if not entry.startswith("judge")]
        assert [entry.split()[0] for entry in requests] == ["ask", "take"] * (len(requests) // 2)
        assert [entry.split()[1] for entry in requests[::2]] == [entry.split()[1] for entry in requests[1::2]]

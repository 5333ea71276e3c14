"""Observations that no answer earned: what a submission could send that has got hold of a probe.

A check that gives points must fail every one of them on at least one of its cases.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from keras_checks.question import Case, Check
from keras_checks.runner import drawn_cases, fixed_cases, salted_seed

from autograder.grading.grader import SALTED_EXAMPLES
from autograder.grading.observer import Observation, Pending, Remembering
from autograder.grading.verdict import judge_case
from autograder.verifying.generated import load_beside

Forge = Callable[[Observation], Observation]


def forgeable(exercise: str, check: Check, reference: Remembering) -> str | None:
    """The name of a forgery that passes ``check`` on all its cases, or None."""
    for name, forge in _forgeries(_first_observation(exercise, check, reference)):
        if not _fails(exercise, check, reference, forge):
            return name
    return None


def _first_observation(exercise: str, check: Check, reference: Remembering) -> Observation:
    return reference.observe(check.probe, fixed_cases(exercise, check)[0])


def _fails(exercise: str, check: Check, reference: Remembering, forge: Forge) -> bool:
    return any(_fails_alone(exercise, each, reference, forge) for each in (check, *check.confirmations))


def _fails_alone(exercise: str, check: Check, reference: Remembering, forge: Forge) -> bool:
    def fails(case: Case) -> bool:
        expected = reference.observe(check.probe, case)
        seen = forge(copy.deepcopy(expected))
        return judge_case(check, case, seen, lambda: expected, reference.passed) is not None

    salted, examples = salted_seed(exercise, check, "forged"), min(SALTED_EXAMPLES, check.trial.examples)
    return any(map(fails, fixed_cases(exercise, check))) or any(
        map(fails, drawn_cases(check, salted, examples, skip_first=True))
    )


def _forgeries(first: Observation) -> Iterator[tuple[str, Forge]]:
    random = np.random.default_rng(0)
    yield "the right observation of another case", lambda _: copy.deepcopy(first)
    yield "zeros", lambda real: _mapped(real, lambda numbers: np.zeros_like(numbers))
    yield "ones", lambda real: _mapped(real, lambda numbers: np.ones_like(numbers))
    yield "NaN", lambda real: _mapped(real, lambda numbers: np.full(numbers.shape, np.nan))
    yield "random numbers", lambda real: _mapped(real, lambda numbers: random.normal(size=numbers.shape))
    yield "nothing", lambda _: {"seen": {}}


def _mapped(data: Any, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    if isinstance(data, dict):
        return {key: _mapped(value, change) for key, value in data.items()}
    if isinstance(data, list):
        return [_mapped(value, change) for value in data]
    if isinstance(data, np.ndarray):
        return change(data)
    if isinstance(data, int | float) and not isinstance(data, bool):
        return change(np.asarray(data)).item()
    return data


class ForgedObserver:
    """What a submission without an answer sends that has the public package, Keras and the case.

    `solutions/NAME/forgers.py` defines ``FORGERS``, a dict from the name of a probe to a function of the case.
    """

    def __init__(self, exercise: str) -> None:
        module = load_beside(exercise, "forgers.py")
        self.forgers: dict[str, Callable[[Case], Any]] = module.FORGERS if module else {}

    def start(self, probe: str, case: Case) -> Pending:
        """The forged observation of a probe; an error where nobody wrote a forger."""
        return lambda: self._forged(probe, case)

    def _forged(self, probe: str, case: Case) -> Observation:
        if probe not in self.forgers:
            return {"error": {"type": "NotForged", "message": "", "where": ""}}
        return {"seen": self.forgers[probe](copy.deepcopy(case))}

"""Questions and their checks: what an exercise module declares, and how it is found."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis.strategies import SearchStrategy

Case = dict[str, Any]
Probe = Callable[[Any, Case], Any]
EXERCISES = "keras_checks.exercises"


@dataclass(frozen=True)
class Check:
    """One statement about an answer, tried on drawn cases.

    ``test(case, seen)`` (a public property) or ``test(case, seen, expected)`` (a hidden judge) returns
    nothing, or raises :class:`keras_checks.compare.Failure`. ``features(case, seen)`` reduces an observation to
    what tells mistakes apart when the observation itself holds the student's own noise.
    """

    question: str
    name: str
    statement: str
    test: Callable[..., None]
    probe: Probe
    cases: SearchStrategy[Case]
    points: float
    hidden: bool
    examples: int
    shrinks: int
    hint: str
    lecture: str
    features: Callable[[Case, Any], Any] | None = None


@dataclass
class Question:
    """A graded question.

    Args:
        name: what a student passes to ``grader.check``; unique within the exercise.
        answers: the names that the student defines for it.
        points: what its checks add up to.
        lecture: the part of the lecture that it practises.
    """

    name: str
    answers: tuple[str, ...]
    points: float
    lecture: str
    checks: list[Check] = field(default_factory=list)

    def check(self, **options: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Declare a public property ``(case, seen)``; see :meth:`_declare` for the options."""
        return self._declare(hidden=False, **options)

    def judge(self, **options: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Declare a hidden judge ``(case, seen, expected)``; see :meth:`_declare` for the options."""
        return self._declare(hidden=True, **options)

    def _declare(
        self,
        *,
        hidden: bool,
        probe: Probe,
        cases: SearchStrategy[Case],
        points: float,
        examples: int = 4,
        shrinks: int = 12,
        hint: str = "",
        lecture: str = "",
        features: Callable[[Case, Any], Any] | None = None,
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        def register(test: Callable[..., None]) -> Callable[..., None]:
            statement = " ".join((test.__doc__ or "").split())
            name = test.__name__
            if not statement:
                raise ValueError(f"Check {self.name}.{name} has no docstring: write the sentence that a student reads.")
            if any(name == check.name for check in self.checks):
                raise ValueError(f"Question {self.name} has two checks named {name}: rename one.")
            self.checks.append(
                Check(
                    self.name, name, statement, test, probe, cases, points, hidden,
                    examples, shrinks, hint, lecture or self.lecture, features,
                )
            )  # fmt: skip
            return test

        return register


def exercise_names() -> list[str]:
    """Names of all exercises, found by scanning the package of probes."""
    package = importlib.import_module(EXERCISES)
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__))


def questions(exercise: str) -> list[Question]:
    """The questions of an exercise, in the order in which its module declares them."""
    module = importlib.import_module(f"{EXERCISES}.{exercise}")
    return [value for value in vars(module).values() if isinstance(value, Question)]

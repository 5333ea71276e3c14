"""Questions, their trials and checks: what an exercise module declares, and how it is found."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis.strategies import SearchStrategy

Case = dict[str, Any]
Probe = Callable[[Any, Case], Any]
Features = Callable[[Case, Any], Any]
EXERCISES = "keras_checks.exercises"


@dataclass(eq=False)
class Trial:
    """A probe and the cases that it is tried on. Any number of checks look at what the probe sees.

    Args:
        question: the question that its checks belong to.
        probe: the only code that touches an answer.
        cases: draws the cases.
        examples: how many cases everybody gets.
        shrinks: how many smaller cases are tried after the first that fails.
        features: what tells mistakes apart in an observation that holds the student's own noise; set by the judges.
    """

    question: Question
    probe: Probe
    cases: SearchStrategy[Case]
    examples: int = 4
    shrinks: int = 12
    features: Features | None = None

    def check(
        self, points: float, hint: str = "", lecture: str = ""
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Declare a public property ``(case, seen)``. Its docstring is the sentence that a student reads.

        Args:
            points: what it is worth.
            hint: one hint where a failure has none of its own.
            lecture: the part of the lecture, where it is another than the question's.
        """
        return self._register(False, points, hint, lecture)

    def judge(
        self, points: float, hint: str = "", lecture: str = ""
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Declare a hidden judge: ``(case, seen)``, or ``(case, seen, expected)`` to compare with the reference."""
        return self._register(True, points, hint, lecture)

    def confirms(self, *public: Callable[..., None]) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Let the points of ``public`` checks rest on this judge, too.

        A public check shows worked numbers and laws, which a table or a consistent lie satisfies as well. So where
        points are given, it passes only if this judge, ``(case, seen)`` or ``(case, seen, expected)``, passes on the
        cases of this trial, of which some are drawn for the submission alone.
        """

        def register(test: Callable[..., None]) -> Callable[..., None]:
            for check in self.question.checks:
                if check.test in public:
                    check.confirmations.append(Check(self, test, 0, True, check.hint, check.lecture))
            return test

        return register

    def told(self, case: Case | None) -> Case | None:
        """What a student reads of a case."""
        if case is None or self.question.shows is None:
            return case
        found = {}
        for path, _, label in (name.partition(": ") for name in self.question.shows):
            value = _at(case, path)
            if value is not None:
                found[label or path.rpartition(".")[2]] = value
        return found

    def told_apart_by(self, features: Features) -> Features:
        """Let diagnosis compare ``features(case, seen)`` in place of whole observations."""
        self.features = features
        return features

    def _register(
        self, hidden: bool, points: float, hint: str, lecture: str
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        def register(test: Callable[..., None]) -> Callable[..., None]:
            self.question.add(Check(self, test, points, hidden, hint, lecture or self.question.lecture))
            return test

        return register


def _at(case: Case, path: str) -> Any:
    """The value at a path such as "data.x", or None."""
    value: Any = case
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


@dataclass(frozen=True, eq=False)
class Check:
    """One statement about an answer. ``test`` returns nothing, or raises :class:`keras_checks.compare.Failure`."""

    trial: Trial
    test: Callable[..., None]
    points: float
    hidden: bool
    hint: str
    lecture: str
    confirmations: list[Check] = field(default_factory=list)

    @property
    def question(self) -> str:
        """The name of its question."""
        return self.trial.question.name

    @property
    def name(self) -> str:
        """Its name, unique within the question."""
        return self.test.__name__

    @property
    def statement(self) -> str:
        """The sentence that a student reads."""
        return " ".join((self.test.__doc__ or "").split())

    @property
    def probe(self) -> str:
        """The name of the probe of its trial."""
        return getattr(self.trial.probe, "measure", self.trial.probe).__name__

    @property
    def needs_reference(self) -> bool:
        """Whether it compares with what the reference gave."""
        return self.hidden and len(inspect.signature(self.test).parameters) > 2


@dataclass(eq=False)
class Question:
    """A graded question.

    Args:
        name: what a student passes to ``grader.check``; unique within the exercise.
        answers: the names that the student defines for it.
        points: what its checks add up to.
        lecture: the part of the lecture that it practises.
        shows: the parts of its cases that a student sets or can read, by path, with another name after ": " where the
            student knows them by one; None for all. The rest sets up the checks' own parts.
    """

    name: str
    answers: tuple[str, ...]
    points: float
    lecture: str
    shows: tuple[str, ...] | None = None
    checks: list[Check] = field(default_factory=list)

    def trial(self, probe: Probe, cases: SearchStrategy[Case], *, examples: int = 4, shrinks: int = 12) -> Trial:
        """Try ``probe`` on ``cases``; see :class:`Trial`."""
        return Trial(self, probe, cases, examples, shrinks)

    def add(self, check: Check) -> None:
        """Add a check. Raises ValueError where it has no docstring, or a name that is taken."""
        if not check.statement:
            raise ValueError(
                f"Check {self.name}.{check.name} has no docstring: write the sentence that a student reads."
            )
        if any(check.name == other.name for other in self.checks):
            raise ValueError(f"Question {self.name} has two checks named {check.name}: rename one.")
        self.checks.append(check)


def exercise_names() -> list[str]:
    """Names of all exercises, found by scanning the package of probes."""
    package = importlib.import_module(EXERCISES)
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__))


def questions(exercise: str) -> list[Question]:
    """The questions of an exercise, in the order in which its module declares them."""
    module = importlib.import_module(f"{EXERCISES}.{exercise}")
    return [value for value in vars(module).values() if isinstance(value, Question)]

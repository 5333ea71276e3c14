"""Grading in tests: short limits, and the type of the fixture `grade`."""

from __future__ import annotations

from typing import Protocol

from autograder.results.result import Grading
from autograder.workers.limits import Limits

LIMITS = Limits(cell_seconds=4, probe_seconds=5, total_seconds=60)


class Grade(Protocol):
    """Grades the reference of an exercise with more cells after it, or the given cells alone."""

    def __call__(
        self, exercise: str, *extra: str, cells: list[str] | None = None, only: str | None = None
    ) -> Grading: ...

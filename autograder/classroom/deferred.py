"""Starts what grades submissions when it is first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from autograder.classroom.batch import ClassGrader
from autograder.results.records import PlanRow
from autograder.results.result import Grading
from autograder.submissions.read import Submission


class DeferredGrader:
    """Starts a grader when it is first needed: with nothing left to grade nothing is imported. A context manager."""

    def __init__(self, make: Callable[[], AbstractContextManager[ClassGrader]]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._grader: ClassGrader | None = None

    def __enter__(self) -> DeferredGrader:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def grade(self, submission: Submission, exercise: str, *, only: str | None = None) -> Grading:
        """Grade by the grader."""
        return self._started().grade(submission, exercise, only=only)

    def plan(self, exercise: str) -> list[PlanRow]:
        """The grader's plan."""
        return self._started().plan(exercise)

    def start(self) -> None:
        """Start now: what a grader imports takes seconds, in which the caller can read what was handed in."""
        self._started()

    def _started(self) -> ClassGrader:
        with self._lock:
            if self._grader is None:
                self._grader = self._stack.enter_context(self._make())
            return self._grader

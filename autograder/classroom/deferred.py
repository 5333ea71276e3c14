"""What grades a submission, started when it is first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any, Protocol

from autograder.results.result import Grading
from autograder.submissions.read import Submission


class Grader(Protocol):
    """What grades one submission: a session on this machine, or the workers of a scheduler."""

    def grade(self, submission: Submission, exercise: str) -> Grading: ...

    def plan(self, exercise: str) -> list[dict[str, Any]]: ...


class Lazy:
    """Starts a grader when it is first needed: with nothing left to grade nothing is imported. A context manager."""

    def __init__(self, make: Callable[[], AbstractContextManager[Grader]]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._grader: Grader | None = None

    def __enter__(self) -> Lazy:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def grade(self, submission: Submission, exercise: str) -> Grading:
        """Grade by the grader."""
        return self._started().grade(submission, exercise)

    def plan(self, exercise: str) -> list[dict[str, Any]]:
        """The grader's plan."""
        return self._started().plan(exercise)

    def _started(self) -> Grader:
        with self._lock:
            if self._grader is None:
                self._grader = self._stack.enter_context(self._make())
            return self._grader

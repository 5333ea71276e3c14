"""Grading in an unpacked autograder zip, as all doors do it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

from autograder.grading.session import Progress, Session
from autograder.results.records import PlanRow
from autograder.results.result import Grading
from autograder.submissions.read import Submission

PLAN = "plan.json"


def packed_plan(source: Path) -> list[PlanRow]:
    """What there is to earn, from the zip; empty where it can't be read: then it is worked out again."""
    try:
        return json.loads((source / PLAN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []


class PackedGrader:
    """Grades one submission, in a session that lasts as long as this context manager.

    The plan is in the zip, so nothing need be imported for a submission that can't be read.
    """

    def __init__(
        self,
        plan: Sequence[PlanRow],
        make_session: Callable[[], AbstractContextManager[Session]],
        progress: Progress | None = None,
    ) -> None:
        self._plan = list(plan)
        self._make_session = make_session
        self._progress = progress
        self._stack = ExitStack()
        self._session: Session | None = None

    def __enter__(self) -> PackedGrader:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def start(self) -> Session:
        """The session. It imports TensorFlow while the caller reads what was handed in."""
        if self._session is None:
            self._session = self._stack.enter_context(self._make_session())
        return self._session

    def plan(self, exercise: str) -> list[PlanRow]:
        """One row per check."""
        if not self._plan:
            self._plan = self.start().plan(exercise)
        return self._plan

    def grade(self, submission: Submission, exercise: str) -> Grading:
        """Grade in the session."""
        return self.start().grade(submission, exercise, self._progress)

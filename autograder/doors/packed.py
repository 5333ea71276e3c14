"""Grading in an unpacked autograder zip, as all doors do it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

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
    """Grades one submission. A session starts only for what can be graded: the plan is in the zip."""

    def __init__(
        self,
        plan: Sequence[PlanRow],
        make_session: Callable[[], AbstractContextManager[Session]],
        progress: Progress | None = None,
    ) -> None:
        self._plan = list(plan)
        self._make_session = make_session
        self._progress = progress

    def plan(self, exercise: str) -> list[PlanRow]:
        """One row per check."""
        if not self._plan:
            with self._make_session() as session:
                self._plan = session.plan(exercise)
        return self._plan

    def grade(self, submission: Submission, exercise: str) -> Grading:
        """Grade in a session of its own."""
        with self._make_session() as session:
            return session.grade(submission, exercise, self._progress)

"""The one way in that all doors share: read a submission, choose its exercise, grade it, or say why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from autograder.bank.master import exercise_names
from autograder.bank.settings import settings_of
from autograder.results.records import PlanRow, Status
from autograder.results.result import Grading
from autograder.submissions.read import Submission, Unreadable


class SubmissionGrader(Protocol):
    """What grades one submission: a session on this machine, or the workers of a scheduler."""

    def grade(self, submission: Submission, exercise: str) -> Grading: ...

    def plan(self, exercise: str) -> list[PlanRow]: ...


def grade_read(grader: SubmissionGrader, name: str, read: Callable[[], Submission], exercise: str | None) -> Grading:
    """The grading of what ``read`` gives, or of a submission that can't be read. ``exercise`` is the one asked for."""
    try:
        submission = read()
        chosen = choose_exercise(submission, exercise)
    except Unreadable as problem:
        return unreadable(grader, name, exercise, str(problem))
    return grader.grade(submission, chosen)


def choose_exercise(submission: Submission, exercise: str | None) -> str:
    """The exercise of a submission: the notebook's own, which must be the one that was asked for, if any."""
    own = submission.exercise if submission.exercise in exercise_names() else None
    if exercise is not None and submission.exercise not in (None, exercise):
        raise Unreadable(
            f"This is the notebook of {submission.exercise}, not of {exercise}. Hand in the notebook of {exercise}."
        )
    chosen = exercise or own
    if chosen is None:
        raise Unreadable(
            "The notebook does not say which exercise it is. Start from the notebook that you were given, "
            "or grade it with --exercise."
        )
    return chosen


def unreadable(grader: SubmissionGrader, name: str, exercise: str | None, message: str) -> Grading:
    """The grading of what can't be read: no points, and what to do."""
    plan = grader.plan(exercise) if exercise else []
    show_hidden = settings_of(exercise).show_hidden if exercise else "after_published"
    return Grading(name, exercise or "", plan=plan, ended=Status.UNREADABLE, message=message, show_hidden=show_hidden)

"""Grades many submissions and writes what became of each."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.collect import Source
from autograder.files import write_json, write_text
from autograder.identity import checks_sha256
from autograder.master import exercise_names
from autograder.results import FAULTY, UNREADABLE, Grading, result
from autograder.scores import scores_csv
from autograder.session import Session
from autograder.submission import Submission, Unreadable

Result = dict[str, Any]
Key = tuple[str, str]
"""Submissions with the same code, for the same exercise, have the same result."""


@dataclass
class Class:
    """A class being graded into a folder.

    Args:
        session: grades one submission.
        output: the folder of the results; those that are there and still hold are not graded again.
        exercise: the exercise, where the notebooks do not say it.
    """

    session: Session
    output: Path
    exercise: str | None = None

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._results: dict[Key, Future[Result]] = {}

    def grade(
        self, sources: Sequence[Source], jobs: int, done: Callable[[str, Result], None]
    ) -> list[tuple[str, Result]]:
        """Grade all, ``jobs`` at a time; each result is written as it comes, then scores.csv."""

        def one(source: Source) -> tuple[str, Result]:
            path = self.output / f"{source.name}.json"
            outcome = self._result(source, path)
            write_json(path, outcome)
            done(source.name, outcome)
            return source.name, outcome

        pool = ThreadPoolExecutor(jobs)
        try:
            results = list(pool.map(one, sources))
        finally:
            pool.shutdown(cancel_futures=True)
        write_text(self.output / "scores.csv", scores_csv(results))
        return results

    def _result(self, source: Source, path: Path) -> Result:
        try:
            submission = source.read()
            exercise = choose_exercise(submission, self.exercise)
        except Unreadable as problem:
            return result(unreadable(self.session, source.name, self.exercise, str(problem)))
        return earlier(path, submission, exercise) or self._once(submission, exercise)

    def _once(self, submission: Submission, exercise: str) -> Result:
        """Grade, or wait for the result of the same code."""
        key = (exercise, submission.sha256)
        with self._lock:
            first = key not in self._results
            future = self._results.setdefault(key, Future())
        if first:
            try:
                future.set_result(result(self.session.grade(submission, exercise)))
            except BaseException as error:
                future.set_exception(error)
                raise
        return future.result()


def earlier(path: Path, submission: Submission, exercise: str) -> Result | None:
    """The result of an earlier run, if it is of the same code and nothing that can change the verdict has changed."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        extra = found["extra_data"]
        known = (extra["submission_sha256"], extra["checks_sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    holds = known == (submission.sha256, checks_sha256(exercise)) and extra["status"] != FAULTY
    return found if holds else None


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


def unreadable(session: Session, name: str, exercise: str | None, message: str) -> Grading:
    """The grading of what can't be read: no points, and what to do."""
    plan = session.plan(exercise) if exercise else []
    return Grading(name, exercise or "", plan=plan, status=UNREADABLE, message=message)

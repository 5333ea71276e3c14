"""Grades many submissions and writes what became of each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path

from autograder.classroom.resume import Key, earlier_results, remove_leftovers
from autograder.errors import KitError
from autograder.files import write_json, write_text
from autograder.grading.entry import SubmissionGrader, choose_exercise, unreadable
from autograder.results.records import Result, Status
from autograder.results.result import is_unfinished, read_result, result
from autograder.results.scores import scores_csv
from autograder.submissions.collect import Source
from autograder.submissions.read import Submission, Unreadable


@dataclass(frozen=True)
class Done:
    """A submission that is through. ``before`` is the result that lay in its place, if there was one."""

    name: str
    result: Result
    before: Result | None

    @property
    def kept(self) -> bool:
        """Whether the result is that of an earlier run."""
        return self.before is not None and self.before == self.result


class CannotGrade(KitError):
    """No submission can be graded. One line that says what to do."""


class Stopped(Exception):
    """The run was stopped while a submission was being graded; it has no result."""


@dataclass
class Class:
    """A class being graded into a folder.

    Args:
        grader: grades one submission.
        output: the folder of the results; those that are there and still hold are not graded again.
        exercise: the exercise, where the notebooks do not say it.
    """

    grader: SubmissionGrader
    output: Path
    exercise: str | None = None

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._results: dict[Key, Future[Result]] = {}
        self._earlier: dict[Key, Path] = {}
        self._stopped = False

    def grade(self, sources: Sequence[Source], jobs: int, done: Callable[[Done], None]) -> list[tuple[str, Result]]:
        """Grade all, ``jobs`` at a time; each result is written as it comes, then scores.csv.

        When one takes the fork server down, those that were being graded beside it have no result either: they
        are tried once more, one by one, so that it costs itself only.
        """
        remove_leftovers(self.output)
        self._earlier = earlier_results(self.output)
        results = dict(self._pass(sources, jobs, done, final=False))
        again = [source for source in sources if is_unfinished(results[source.name])]
        self._results = {key: future for key, future in self._results.items() if not is_unfinished(future.result())}
        results |= dict(self._pass(again, 1, done, final=True))
        people = {source.name: astuple(source.person) for source in sources}
        write_text(self.output / "scores.csv", scores_csv(list(results.items()), people))
        return list(results.items())

    def _pass(
        self, sources: Sequence[Source], jobs: int, done: Callable[[Done], None], *, final: bool
    ) -> list[tuple[str, Result]]:
        def one(source: Source) -> tuple[str, Result]:
            outcome = self._result(source)
            if not final and is_unfinished(outcome):
                return source.name, outcome
            kept = self._keep(source.name, outcome)
            done(kept)
            return source.name, kept.result

        pool = ThreadPoolExecutor(jobs)
        try:
            return list(pool.map(one, sources))
        except BaseException:
            self._stopped = True
            raise
        finally:
            pool.shutdown(wait=not self._stopped, cancel_futures=True)

    def _keep(self, name: str, outcome: Result) -> Done:
        """Write a result, unless it is there already."""
        if self._stopped:
            raise Stopped
        path = self.output / f"{name}.json"
        before = read_result(path)
        try:
            if before != outcome:
                write_json(path, outcome)
        except OSError as error:  # costs this submission's file, not the class
            return Done(name, _unwritten(outcome, error), before)
        return Done(name, outcome, before)

    def _result(self, source: Source) -> Result:
        if self._stopped:
            raise Stopped
        try:
            submission = source.read()
            exercise = choose_exercise(submission, self.exercise)
        except Unreadable as problem:
            return result(unreadable(self.grader, source.name, self.exercise, str(problem)))
        return self._once(submission, exercise)

    def _once(self, submission: Submission, exercise: str) -> Result:
        """Grade, or wait for the result of the same code, or take that of an earlier run."""
        key = (exercise, submission.sha256)
        with self._lock:
            first = key not in self._results
            future = self._results.setdefault(key, Future())
        if first:
            try:
                future.set_result(self._known(key) or result(self.grader.grade(submission, exercise)))
            except BaseException as error:
                future.set_exception(error)
                raise
        return future.result()

    def _known(self, key: Key) -> Result | None:
        path = self._earlier.get(key)
        return read_result(path) if path else None


def _unwritten(outcome: Result, error: OSError) -> Result:
    """The result of a submission whose file can't be written."""
    message = f"The result could not be written ({error.strerror}). Fix that and run the same command again."
    return {**outcome, "extra_data": {**outcome["extra_data"], "status": Status.FAULT, "message": message}}

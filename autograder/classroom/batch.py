"""Grades many submissions and writes what became of each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from autograder.bank.settings import settings_of
from autograder.classroom.part import Part, has_question, is_current, results_of_class
from autograder.classroom.people import people_of_class
from autograder.classroom.resume import Key, earlier_results, remove_leftovers, remove_missing
from autograder.errors import KitError
from autograder.files import write_json, write_text
from autograder.grading.entry import SubmissionGrader, choose_exercise, unreadable
from autograder.results.merging import can_merge, merged
from autograder.results.records import Result, Status
from autograder.results.result import Grading, is_unfinished, read_result, result
from autograder.results.scores import scores_csv
from autograder.spans import span
from autograder.submissions.collect import NothingHandedIn, Source
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


@dataclass(frozen=True)
class _HandedIn:
    """A submission that has been read, with its exercise; or why it can't be read. None of these where it is coming."""

    source: Source
    submission: Submission | None = None
    exercise: str = ""
    problem: Unreadable | None = None


class ClassGrader(SubmissionGrader, Protocol):
    """What grades submissions, or one question of each."""

    def grade(self, submission: Submission, exercise: str, *, only: str | None = None) -> Grading: ...


@dataclass
class Class:
    """A class being graded into a folder.

    Args:
        grader: grades one submission.
        output: the folder of the results; those that are there and still hold are not graded again.
        exercise: the exercise, where the notebooks do not say it.
        part: what alone is graded again, whether its results hold or not; the rest stays as it is.
    """

    grader: ClassGrader
    output: Path
    exercise: str | None = None
    part: Part = field(default_factory=Part)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._results: dict[tuple[str, str, str | None], Future[Result]] = {}
        self._earlier: dict[Key, Path] = {}
        self._stopped = False

    def grade(self, sources: Sequence[Source], jobs: int, done: Callable[[Done], None]) -> list[tuple[str, Result]]:
        """Grade all, or the part, ``jobs`` at a time; each result is written as it comes, then scores.csv.

        The results of the whole class are returned. A submission that is still being copied keeps the result that it
        had, or has none yet.

        When one takes the fork server down, those that were being graded beside it have no result either: they
        are tried once more, one by one, so that it costs itself only.
        """
        remove_leftovers(self.output)
        self._earlier = {} if self.part else earlier_results(self.output)
        chosen = self.part.choose(sources, self.output)
        results = dict(self._pass(chosen, jobs, done, final=False))
        again = [source for source in chosen if source.name in results and is_unfinished(results[source.name])]
        self._results = {key: future for key, future in self._results.items() if not is_unfinished(future.result())}
        results |= dict(self._pass(again, 1, done, final=True))
        if self.part:
            results = results_of_class(self.output, results)
        else:
            remove_missing(self.output, results)
        people = people_of_class(self.output, sources, results)
        write_text(self.output / "scores.csv", scores_csv(list(results.items()), people))
        return list(results.items())

    def _pass(
        self, sources: Sequence[Source], jobs: int, done: Callable[[Done], None], *, final: bool
    ) -> list[tuple[str, Result]]:
        """Read all, then grade one exercise after the other: what was learned of its checks serves the next one."""

        def one(read: _HandedIn) -> tuple[str, Result] | None:
            name, outcome = read.source.name, self._result(read)
            if outcome is None:
                return None
            if not final and is_unfinished(outcome):
                return name, outcome
            kept = self._keep(name, outcome)
            done(kept)
            return name, kept.result

        pool = ThreadPoolExecutor(jobs)
        try:
            handed_in = sorted(pool.map(self._read, sources), key=lambda read: read.exercise)
            found = dict(each for each in pool.map(one, handed_in) if each)
            return [(source.name, found[source.name]) for source in sources if source.name in found]
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
                with span(f"write the result of {name}"):
                    write_json(path, outcome)
        except OSError as error:  # costs this submission's file, not the class
            return Done(name, _unwritten(outcome, error), before)
        return Done(name, outcome, before)

    def _read(self, source: Source) -> _HandedIn:
        if self._stopped:
            raise Stopped
        if not source.whole:
            return _HandedIn(source)
        try:
            with span(f"read {source.name}"):
                submission = source.read()
            return _HandedIn(source, submission, choose_exercise(submission, self.exercise))
        except Unreadable as problem:
            return _HandedIn(source, problem=problem)

    def _result(self, read: _HandedIn) -> Result | None:
        """The result of a submission; None where it has none yet, or has nothing to do with the question."""
        if self._stopped:
            raise Stopped
        name = read.source.name
        if read.problem is not None:
            grading = unreadable(self.grader, name, self.exercise, str(read.problem))
            grading.missing = isinstance(read.problem, NothingHandedIn)
            return result(grading)
        if read.submission is None:
            return read_result(self.output / f"{name}.json")
        if self.part.question:
            return self._question_again(name, read.submission, read.exercise, self.part.question)
        return self._once(read.submission, read.exercise)

    def _question_again(self, name: str, submission: Submission, exercise: str, question: str) -> Result | None:
        """The kept result with the question graded again; where there is none of the same code, all is graded."""
        kept = read_result(self.output / f"{name}.json")
        if not has_question(exercise, question):
            return None
        if kept is None or not can_merge(kept, exercise, submission.sha256, question):
            return self._once(submission, exercise)
        if is_current(kept, question) and not self.part.students:
            return kept
        return merged(kept, self._once(submission, exercise, question), settings_of(exercise).show_hidden)

    def _once(self, submission: Submission, exercise: str, only: str | None = None) -> Result:
        """Grade, or wait for the result of the same code, or take that of an earlier run."""
        key = (exercise, submission.sha256, only)
        with self._lock:
            first = key not in self._results
            future = self._results.setdefault(key, Future())
        if first:
            try:
                future.set_result(self._known(exercise, submission) or self._graded(submission, exercise, only))
            except BaseException as error:
                future.set_exception(error)
                raise
        return future.result()

    def _graded(self, submission: Submission, exercise: str, only: str | None) -> Result:
        return result(self.grader.grade(submission, exercise, only=only))

    def _known(self, exercise: str, submission: Submission) -> Result | None:
        path = self._earlier.get((exercise, submission.sha256))
        return read_result(path) if path else None


def _unwritten(outcome: Result, error: OSError) -> Result:
    """The result of a submission whose file can't be written."""
    message = f"The result could not be written ({error.strerror}). Fix that and run the same command again."
    return {**outcome, "extra_data": {**outcome["extra_data"], "status": Status.FAULT, "message": message}}

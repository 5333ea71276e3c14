"""A grading session: one zygote, and judges forked from it, each for a run of submissions of one exercise."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Any

from autograder.bank.master import read_master, read_variants
from autograder.grading.jobs import Job, Mistake
from autograder.grading.verdict import FAULT
from autograder.paths import AUTOGRADER, SOLUTIONS
from autograder.results.result import FAULTY, TIMEOUT, Grading
from autograder.submissions.read import Submission
from autograder.workers.canary import require_seal
from autograder.workers.student import Limits
from autograder.workers.zygote import Process, Zygote, ZygoteError

GRACE_SECONDS = 60.0
"""How long a judge may go on after the submission's own deadline: shrinking ends, the reference answers."""
JUDGE_JOBS = 16
"""Jobs after which a judge is replaced, so that what TensorFlow keeps of each cannot grow over a run."""
JUDGES_WAITING = 2
HIDDEN = (SOLUTIONS, AUTOGRADER / "judges")
"""What no student's code may read; a canary tries it before the first submission."""
Progress = Callable[[Grading], None]


@dataclass(eq=False)
class Judge:
    """A judge's process, and how many jobs it has had. After an error it is not used again."""

    exercise: str
    process: Process
    zygote: Zygote
    jobs: int = 0

    def converse(self, job: Job, take: Callable[[dict[str, Any]], None]) -> bool:
        """Give it a job and take its events; whether it came to the end."""
        self.jobs += 1
        sock = self.process.channel.sock
        sock.settimeout(job.limits.total_seconds + GRACE_SECONDS)
        with sock.makefile("rw", encoding="utf-8") as stream:
            stream.write(job.to_json())
            stream.flush()
            for line in iter(stream.readline, ""):
                event = json.loads(line)
                if event["event"] == "done":
                    return True
                take(event)
        return False

    def end(self) -> None:
        """Stop the process."""
        with contextlib.suppress(ZygoteError):
            self.zygote.end(self.process)


@dataclass
class Session:
    """Grades submissions, any number of them, with one import of TensorFlow. A context manager.

    ``progress`` of :meth:`grade` is called after each check, so that what is known can be written down.
    """

    limits: Limits = field(default_factory=Limits)
    unsealed: bool = False
    _zygote: Zygote | None = None
    _tried: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _answers: dict[str, tuple[list[str], list[Mistake]]] = field(default_factory=dict)
    _plans: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _idle: list[Judge] = field(default_factory=list)

    def __enter__(self) -> Session:
        self._zygote = Zygote()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for judge in self._idle:
            judge.process.channel.close()
        self._idle = []
        zygote, self._zygote = self._zygote, None  # a grading that still runs must not start a fresh one
        if zygote is not None:
            zygote.close()

    def plan(self, exercise: str) -> list[dict[str, Any]]:
        """One row a check of the exercise: what there is to earn."""
        if exercise not in self._plans:
            grading = Grading("", exercise)
            self._converse(self._job(exercise), grading, None)
            self._plans[exercise] = grading.plan
        return self._plans[exercise]

    def grade(
        self, submission: Submission, exercise: str, progress: Progress | None = None, only: str | None = None
    ) -> Grading:
        """Grade a submission. Whatever happens to judge or worker, there is a grading."""
        grading = Grading(submission.name, exercise, submission.sha256)
        self._living_zygote()
        start = time.monotonic()
        cells = [cell.source for cell in submission.cells if "demo" not in cell.tags]
        job = self._job(exercise, cells=cells, salt=submission.sha256, only=only)
        try:
            self._converse(job, grading, progress)
        except (OSError, ValueError, ZygoteError) as error:
            grading.status, grading.message = FAULTY, f"The grader stopped: {error}"
        grading.plan = grading.plan or self.plan(exercise)
        if only:
            grading.plan = [row for row in grading.plan if row["question"] == only]
        grading.seconds = time.monotonic() - start
        if any(record["outcome"] == FAULT for record in grading.records()):
            grading.status = FAULTY
        return grading

    def _job(self, exercise: str, **options: Any) -> Job:
        if exercise not in self._answers:
            reference = [cell.source for cell in read_master(exercise).reference_cells()]
            known = [Mistake(**asdict(variant)) for variant in read_variants(exercise, "misconceptions")]
            self._answers[exercise] = (reference, known)
        reference, misconceptions = self._answers[exercise]
        return Job(exercise, reference, misconceptions, limits=self.limits, unsealed=self.unsealed, **options)

    def _converse(self, job: Job, grading: Grading, progress: Progress | None) -> None:
        def take(event: dict[str, Any]) -> None:
            _take(event, grading)
            if progress is not None:
                progress(grading)

        judge, finished = self._judge(job.exercise), False
        try:
            finished = judge.converse(job, take)
        finally:
            self._keep(judge) if finished else judge.end()
        if not finished:
            raise ZygoteError("A judge ended before it was done.")

    def _judge(self, exercise: str) -> Judge:
        """A judge that has seen the exercise already, or a fresh one."""
        zygote = self._living_zygote()
        with self._lock:
            for judge in self._idle:
                if judge.exercise == exercise and judge.zygote is zygote:
                    self._idle.remove(judge)
                    return judge
        return Judge(exercise, zygote.spawn_judge({}), zygote)

    def _keep(self, judge: Judge) -> None:
        """Let a judge wait for the next submission, unless it has had enough; the one that waited longest goes."""
        with self._lock:
            self._idle.append(judge)
            gone = [it for it in self._idle if it.jobs >= JUDGE_JOBS] or self._idle[:-JUDGES_WAITING]
            self._idle = [it for it in self._idle if it not in gone]
        for old in gone:
            old.end()

    def _living_zygote(self) -> Zygote:
        """The zygote, or a fresh one where the machine has taken the old one away; its seal has been tried."""
        assert self._zygote is not None
        with self._lock:
            try:
                self._zygote.ready()
            except ZygoteError:
                self._zygote.close()
                self._zygote, self._tried = Zygote(), False
                self._zygote.ready()
            if not (self._tried or self.unsealed):
                require_seal(self._zygote, HIDDEN)
                self._tried = True
            return self._zygote


def _take(event: dict[str, Any], grading: Grading) -> None:
    """Enter what a judge said into the grading."""
    kind = event.pop("event")
    if kind == "plan":
        grading.plan = event["checks"]
    elif kind == "cells":
        grading.cells, grading.isolation = event["cells"], event["isolation"]
    elif kind == "check":
        grading.checks.append(event)
    elif kind == "end":
        grading.peak_mb = event["peak_mb"]
        if event["timed_out"]:
            grading.status = TIMEOUT

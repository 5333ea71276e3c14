"""A grading session: one zygote, and a judge forked from it for each submission."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Any

from autograder.canary import require_seal
from autograder.jobs import Job
from autograder.master import read_master, read_variants
from autograder.paths import AUTOGRADER, SOLUTIONS
from autograder.results import FAULTY, TIMEOUT, Grading
from autograder.student import Limits
from autograder.submission import Submission
from autograder.verdict import FAULT
from autograder.zygote import Process, Zygote, ZygoteError

GRACE_SECONDS = 60.0
"""How long a judge may go on after the submission's own deadline: shrinking ends, the reference answers."""
HIDDEN = (SOLUTIONS, AUTOGRADER / "judges")
"""What no student's code may read; a canary tries it before the first submission."""
Progress = Callable[[Grading], None]


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
    _answers: dict[str, tuple[list[str], list[dict[str, str]]]] = field(default_factory=dict)
    _plans: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def __enter__(self) -> Session:
        self._zygote = Zygote()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._zygote is not None:
            self._zygote.close()

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
            known = [asdict(variant) for variant in read_variants(exercise, "misconceptions")]
            self._answers[exercise] = (reference, known)
        reference, misconceptions = self._answers[exercise]
        return Job(exercise, reference, misconceptions, limits=self.limits, unsealed=self.unsealed, **options)

    def _converse(self, job: Job, grading: Grading, progress: Progress | None) -> None:
        with self._judge() as process:
            sock = process.channel.sock
            with sock.makefile("rw", encoding="utf-8") as stream:
                sock.settimeout(job.limits.total_seconds + GRACE_SECONDS)
                stream.write(job.to_json())
                stream.flush()
                for line in stream:
                    _take(json.loads(line), grading)
                    if progress is not None:
                        progress(grading)

    @contextlib.contextmanager
    def _judge(self) -> Iterator[Process]:
        zygote = self._living_zygote()
        process = zygote.spawn_judge({})
        try:
            yield process
        finally:
            with contextlib.suppress(ZygoteError):
                zygote.end(process)

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

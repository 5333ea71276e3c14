"""A grading session: one fork server, and trusted processes forked from it, each for a run of submissions."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any

from autograder import spans
from autograder.bank.master import read_master
from autograder.bank.settings import settings_of
from autograder.bank.variants import Variant, read_variants
from autograder.grading.job import Job
from autograder.paths import AUTOGRADER, SOLUTIONS
from autograder.results.identity import checks_sha256
from autograder.results.key import NO_KEY
from autograder.results.records import PlanRow, Status
from autograder.results.result import Grading
from autograder.submissions.read import Submission
from autograder.workers.canary import require_seal
from autograder.workers.limits import PATIENCE, Limits
from autograder.workers.zygote import Process, Zygote, ZygoteError

TRUSTED = "autograder.grading.trusted_process:main"
GRACE_SECONDS = 60.0
"""How long a trusted process may go on after the submission's own deadline: shrinking ends, the reference answers."""
JOBS = 16
"""Jobs after which a trusted process is replaced, so that what TensorFlow keeps of each cannot grow over a run."""
WAITING = 2
"""Trusted processes that are kept for the next submission: of two exercises, or for two submissions at a time."""
HIDDEN = (SOLUTIONS, AUTOGRADER / "judges")
"""What student code must not be able to read; a canary tries it before the first submission."""
Progress = Callable[[Grading], None]


@dataclass(eq=False)
class TrustedProcess:
    """The trusted process of an exercise, and how many jobs it has had. After an error it is not used again."""

    exercise: str
    process: Process
    zygote: Zygote
    jobs: int = 0

    def run(self, job: Job, take: Callable[[dict[str, Any]], None]) -> bool:
        """Give it a job and take its events; whether it came to the end."""
        self.jobs += 1
        sock = self.process.channel.sock
        sock.settimeout(PATIENCE * job.limits.total_seconds + GRACE_SECONDS)
        with sock.makefile("rw", encoding="utf-8") as stream:
            stream.write(job.to_json())
            stream.flush()
            for line in iter(stream.readline, ""):
                event = json.loads(line)
                if event["event"] == "done":
                    return True
                if event["event"] == "spans":
                    spans.merge(event)
                else:
                    take(event)
        return False

    def end(self) -> None:
        """Stop the process."""
        with contextlib.suppress(ZygoteError):
            self.zygote.end(self.process)


@dataclass
class Session:
    """Grades submissions, any number of them, with one import of TensorFlow. A context manager.

    Args:
        limits: what a submission may use; None: what the settings of its exercise say.
        unsealed: run without the seal.
        key: what only the grader knows; the salted cases of a submission follow from it and the submission's code.
    """

    limits: Limits | None = None
    unsealed: bool = False
    key: bytes = NO_KEY
    _zygote: Zygote | None = None
    _tried: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _answers: dict[str, tuple[list[str], list[Variant]]] = field(default_factory=dict)
    _plans: dict[str, list[PlanRow]] = field(default_factory=dict)
    _idle: list[TrustedProcess] = field(default_factory=list)

    def __enter__(self) -> Session:
        self._zygote = Zygote()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for process in self._idle:
            process.process.channel.close()
        self._idle = []
        zygote, self._zygote = self._zygote, None  # a grading that still runs must not start a fresh one
        if zygote is not None:
            zygote.close()

    def plan(self, exercise: str) -> list[PlanRow]:
        """One row per check of the exercise: what there is to earn."""
        if exercise not in self._plans:
            grading = Grading("", exercise)
            self._run(self._job(exercise), grading, None)
            self._plans[exercise] = grading.plan
        return self._plans[exercise]

    def grade(
        self, submission: Submission, exercise: str, progress: Progress | None = None, only: str | None = None
    ) -> Grading:
        """Grade a submission. Whatever happens to a process, there is a grading.

        ``progress`` is called after each check, so that what is known can be written down.
        """
        show_hidden = settings_of(exercise).show_hidden
        grading = Grading(submission.name, exercise, submission.sha256, show_hidden=show_hidden)
        self._living_zygote()
        start = time.monotonic()
        salt = hmac.new(self.key, submission.sha256.encode(), hashlib.sha256).hexdigest()
        job = self._job(exercise, cells=submission.graded_sources(), files=dict(submission.files), salt=salt, only=only)
        try:
            with spans.span(f"grade {submission.name}"):
                self._run(job, grading, progress)
        except (OSError, ValueError, ZygoteError) as error:
            grading.ended, grading.message = Status.FAULT, f"The grader stopped: {error}"
        with contextlib.suppress(OSError, ValueError, ZygoteError):  # then nothing is known, and it is tried again
            grading.plan = grading.plan or self.plan(exercise)
        if only:
            grading.plan = [row for row in grading.plan if row["question"] == only]
        grading.seconds = time.monotonic() - start
        return grading

    def _job(self, exercise: str, **options: Any) -> Job:
        if exercise not in self._answers:
            reference = [cell.source for cell in read_master(exercise).reference_cells()]
            self._answers[exercise] = (reference, read_variants(exercise, "misconceptions"))
        reference, misconceptions = self._answers[exercise]
        limits = self.limits or replace(Limits(), total_seconds=settings_of(exercise).seconds)
        options |= {"unsealed": self.unsealed, "profile": spans.recording()}
        checks = checks_sha256(exercise)
        return Job(exercise, reference, misconceptions, limits=limits, checks=checks, **options)

    def _run(self, job: Job, grading: Grading, progress: Progress | None) -> None:
        def take(event: dict[str, Any]) -> None:
            _enter(event, grading)
            if progress is not None:
                progress(grading)

        process, finished = self._process(job.exercise), False
        try:
            finished = process.run(job, take)
        finally:
            self._keep(process) if finished else process.end()
        if not finished:
            raise ZygoteError("A trusted process ended before it was done.")

    def _process(self, exercise: str) -> TrustedProcess:
        """A trusted process that has seen the exercise already, or a fresh one."""
        zygote = self._living_zygote()
        with self._lock:
            for process in self._idle:
                if process.exercise == exercise and process.zygote is zygote:
                    self._idle.remove(process)
                    return process
        return TrustedProcess(exercise, zygote.spawn(TRUSTED, {}, control=True), zygote)

    def _keep(self, process: TrustedProcess) -> None:
        """Let a process wait for the next submission, unless it has had enough; the one that waited longest goes."""
        with self._lock:
            self._idle.append(process)
            gone: Sequence[TrustedProcess] = [it for it in self._idle if it.jobs >= JOBS] or self._idle[:-WAITING]
            self._idle = [it for it in self._idle if it not in gone]
        for old in gone:
            old.end()

    def _living_zygote(self) -> Zygote:
        """The fork server, or a fresh one where the machine has taken the old one away; its seal has been tried."""
        assert self._zygote is not None
        with self._lock:
            try:
                with spans.span("wait for the fork server"):
                    self._zygote.ready()
            except ZygoteError:
                self._zygote.close()
                self._zygote, self._tried = Zygote(), False
                self._zygote.ready()
            if not (self._tried or self.unsealed):
                with spans.span("try the seal"):
                    require_seal(self._zygote, HIDDEN)
                self._tried = True
            return self._zygote


def _enter(event: dict[str, Any], grading: Grading) -> None:
    """Enter what a trusted process said into the grading."""
    kind = event.pop("event")
    if kind == "plan":
        grading.plan = event["checks"]
    elif kind == "cells":
        grading.cells, grading.isolation = event["cells"], event["isolation"]
    elif kind == "check":
        grading.checks.append(event)  # type: ignore[arg-type]
    elif kind == "end":
        grading.peak_mb = event["peak_mb"]
        grading.tampering, grading.probed_in_place = event["tampering"], event["probed_in_place"]
        if event["timed_out"]:
            grading.ended = Status.TIMEOUT

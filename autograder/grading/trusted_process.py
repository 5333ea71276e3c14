"""The trusted process: it knows the reference of an exercise and asks the sealed workers of its submissions."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from keras_checks.compare import Failure
from keras_checks.feedback import Misconception, Record, record_of

from autograder import spans
from autograder.bank.variants import Variant
from autograder.grading.archive import Archive
from autograder.grading.diagnosis import Diagnosis
from autograder.grading.grader import Grader, load_questions, run_questions
from autograder.grading.job import Job
from autograder.grading.records import check_record, plan_of
from autograder.grading.reference import Reference
from autograder.grading.verdict import TAMPERED, Verdict
from autograder.grading.worker_observer import WorkerObserver
from autograder.paths import ROOT
from autograder.results.records import Outcome
from autograder.results.texts import QUESTION_TOUCHED
from autograder.spans import span
from autograder.workers.student import Student
from autograder.workers.zygote import ZygoteClient

VOLATILE = re.compile(
    r"(?<=0x)[0-9a-fA-F]{6,}|(?<=kit-work-)\w{8}|(?<=kit-zygote-)\w{8}|" + re.escape(json.dumps(str(ROOT))[1:-1])
)
"""What a text says of this run only: addresses of objects, the worker's folders, where the kit lies."""


def main(channel: socket.socket, control: socket.socket, _settings: dict[str, Any]) -> None:
    """Read jobs of one exercise from ``channel``; write their events there, one JSON object per line."""
    zygote, memory = ZygoteClient(control), None
    with channel.makefile("rw", encoding="utf-8") as stream:
        for line in iter(stream.readline, ""):
            job = Job.from_json(line)
            _profile(job)
            with _student(job, zygote) as student, _student(replace(job, cells=[], files={}), zygote) as clean:
                if job.cells is not None:
                    student.begin()  # it gets ready while the checks are loaded
                with span("load the checks"):
                    memory = memory or Memory(job)
                for event in _events(job, student, clean, memory):
                    stream.write(VOLATILE.sub("...", json.dumps(event)) + "\n")
                    stream.flush()


def _student(job: Job, zygote: ZygoteClient) -> Student:
    more: dict[str, Any] = {"seed": job.seed, "unsealed": job.unsealed, "files": job.files}
    return Student(zygote, job.cells or [], job.exercise, job.limits, **more)


def _profile(job: Job) -> None:
    """Measure where the time of a job goes, if it asks for that."""
    if not job.profile:
        spans.stop()
    elif not spans.recording():
        spans.record(f"trusted process of {job.exercise}")
        spans.watch_keras()


class Memory:
    """What the reference and the misconceptions of an exercise were seen to do: the same for every submission."""

    def __init__(self, job: Job) -> None:
        self.questions = load_questions(job.exercise)
        kept = Archive(job.exercise, job.seed, "reference", job.checks)
        self.reference = Reference(job.exercise, job.reference, job.seed, kept)
        archive = Archive(job.exercise, job.seed, checks=job.checks)
        self.diagnosis = Diagnosis(job.exercise, job.reference, job.misconceptions, job.seed, archive)


def _events(job: Job, student: Student, clean: Student, memory: Memory) -> Iterator[dict[str, Any]]:
    yield {"event": "plan", "checks": plan_of(memory.questions)}
    if job.cells is not None:
        yield from _graded(job, student, clean, memory)
    if job.profile:
        yield {"event": "spans", **spans.exported()}
    yield {"event": "done"}


def _graded(job: Job, student: Student, clean: Student, memory: Memory) -> Iterator[dict[str, Any]]:
    known = {(item.question, item.name): item for item in job.misconceptions}
    wanted = [question for question in memory.questions if job.only in (None, question.name)]
    with span("wait for the cells"):
        cells = student.run_cells(memory.reference.observe_ahead(wanted))
    yield {"event": "cells", "cells": [asdict(cell) for cell in cells], "isolation": student.isolation}
    observer = WorkerObserver(job.exercise, student, clean)
    grader = Grader(job.exercise, observer, memory.reference, job.salt)
    touched = _Touched(student)
    for verdict, name in run_questions(grader, wanted, memory.diagnosis):
        if touched.by(verdict.check.question):
            verdict, name = _tampered(verdict), None
        with span("feedback"):
            said = _said(job.exercise, verdict, known[verdict.check.question, name] if name else None)
        yield {"event": "check", **check_record(verdict, said)}
    student.close()
    with span("write the archive"):
        memory.diagnosis.keep()
        memory.reference.keep(memory.questions)
    timed_out = observer.timed_out or any(cell.status == "timeout" for cell in cells)
    yield {
        "event": "end",
        "peak_mb": student.peak_mb,
        "timed_out": timed_out,
        "tampering": list(dict.fromkeys(student.tripwires)),
        "probed_in_place": sorted(observer.in_place),
    }


class _Touched:
    """Which questions a submission's code reached into the grader for: all, if a cell did it while it ran."""

    def __init__(self, student: Student) -> None:
        self.student = student
        self.everything = bool(student.tripwires)
        self.before = 0
        self.questions: dict[str, bool] = {}

    def by(self, question: str) -> bool:
        """Whether anything was reported while the checks of a question ran; called when they have."""
        if question not in self.questions:
            self.questions[question] = self.everything or len(self.student.tripwires) > self.before
            self.before = len(self.student.tripwires)
        return self.questions[question]


def _tampered(verdict: Verdict) -> Verdict:
    """The verdict on a check of a question that was touched. It says nothing of what the check looks at."""
    seen = {"error": {"type": TAMPERED, "message": QUESTION_TOUCHED, "where": ""}}
    return Verdict(verdict.check, Outcome.FAILED, Failure(QUESTION_TOUCHED, final=True), seen=seen)


def _said(exercise: str, verdict: Verdict, found: Variant | None) -> Record | None:
    """What the student reads of a failure."""
    if verdict.failure is None:
        return None
    named = Misconception(found.name, found.statement, found.hint) if found else None
    case = verdict.judge.trial.told(verdict.counterexample)
    return record_of(
        exercise, verdict.check, verdict.failure, case, verdict.seen, named, confirming=verdict.is_unconfirmed
    )

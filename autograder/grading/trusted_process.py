"""The trusted process: it knows the reference of an exercise and asks the sealed workers of its submissions."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from keras_checks.feedback import Misconception, record_of
from keras_checks.observe import MAX_TEXT
from keras_checks.question import Case

from autograder.bank.variants import Variant
from autograder.grading.archive import Archive
from autograder.grading.diagnosis import Diagnosis
from autograder.grading.grader import Grader, load_questions, run_questions
from autograder.grading.job import Job
from autograder.grading.observer import Observation, Pending, Remembering, Trusted
from autograder.grading.records import check_record, plan_of
from autograder.grading.verdict import PROBE_DIED, Verdict
from autograder.results.markdown import markdown
from autograder.workers.student import ProbeDied, Student
from autograder.workers.zygote import ZygoteClient

VOLATILE = re.compile(r"(?<=0x)[0-9a-fA-F]{6,}|(?<=kit-work-)\w{8}")
"""What a text says of this run only: addresses of objects, the worker's folder."""


def main(channel: socket.socket, control: socket.socket, _settings: dict[str, Any]) -> None:
    """Read jobs of one exercise from ``channel``; write their events there, one JSON object per line."""
    zygote, memory = ZygoteClient(control), None
    with channel.makefile("rw", encoding="utf-8") as stream:
        for line in iter(stream.readline, ""):
            job = Job.from_json(line)
            memory = memory or Memory(job)
            for event in _events(job, zygote, memory):
                stream.write(VOLATILE.sub("...", json.dumps(event)) + "\n")
                stream.flush()


class Memory:
    """What the reference and the misconceptions of an exercise were seen to do: the same for every submission."""

    def __init__(self, job: Job) -> None:
        self.questions = load_questions(job.exercise)
        self.reference = Remembering(Trusted(job.exercise, job.reference, "reference", job.seed))
        archive = Archive(job.exercise, job.seed)
        self.diagnosis = Diagnosis(job.exercise, job.reference, job.misconceptions, job.seed, archive)


class WorkerObserver:
    """A submission's sealed workers as an observer: a probe that died is an observation too."""

    def __init__(self, student: Student) -> None:
        self.student = student
        self.timed_out = False

    def start(self, probe: str, case: Case) -> Pending:
        """Send the probe to the worker."""
        pending = self.student.start(probe, case)

        def finish() -> Observation:
            try:
                return _well_formed(pending())
            except ProbeDied as died:
                self.timed_out |= died.kind in ("timeout", "exhausted")
                return {"error": {"type": PROBE_DIED, "message": str(died), "where": ""}}

        return finish


def _well_formed(found: dict[str, Any]) -> Observation:
    """An observation as :func:`keras_checks.observe.run_probe` gives it, whatever the worker sent."""
    match found:
        case {"error": {"type": str(kind), "message": str(message), "where": str(where)}}:
            return {"error": {"type": kind[:80], "message": message[:MAX_TEXT], "where": where[:MAX_TEXT]}}
        case {"seen": seen}:
            return {"seen": seen}
    return {"error": {"type": "ValueError", "message": "the answer has no known form", "where": ""}}


def _events(job: Job, zygote: ZygoteClient, memory: Memory) -> Iterator[dict[str, Any]]:
    yield {"event": "plan", "checks": plan_of(memory.questions)}
    if job.cells is not None:
        yield from _graded(job, job.cells, zygote, memory)
    yield {"event": "done"}


def _graded(job: Job, sources: list[str], zygote: ZygoteClient, memory: Memory) -> Iterator[dict[str, Any]]:
    known = {(item.question, item.name): item for item in job.misconceptions}
    student = Student(zygote, sources, job.exercise, job.limits, seed=job.seed, unsealed=job.unsealed, files=job.files)
    with student:
        cells = student.run_cells()
        yield {"event": "cells", "cells": [asdict(cell) for cell in cells], "isolation": student.isolation}
        observer = WorkerObserver(student)
        grader = Grader(job.exercise, observer, memory.reference, job.salt)
        wanted = [question for question in memory.questions if job.only in (None, question.name)]
        for verdict, name in run_questions(grader, wanted, memory.diagnosis):
            feedback = _feedback(job.exercise, verdict, known[verdict.check.question, name] if name else None)
            yield {"event": "check", **check_record(verdict, name, feedback)}
        student.close()
        memory.diagnosis.keep()
        timed_out = observer.timed_out or any(cell.status == "timeout" for cell in cells)
        yield {"event": "end", "peak_mb": student.peak_mb, "timed_out": timed_out}


def _feedback(exercise: str, verdict: Verdict, found: Variant | None) -> str | None:
    """What the student reads of a failure, in Gradescope's markdown."""
    if verdict.failure is None:
        return None
    named = Misconception(found.name, found.statement, found.hint) if found else None
    record = record_of(exercise, verdict.check, verdict.failure, verdict.counterexample, verdict.seen, named)
    return markdown(record)

"""A submission's sealed workers as an observer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras_checks.errors import MAX_TEXT
from keras_checks.model_probes import is_model_probe
from keras_checks.question import Case

from autograder.grading.observer import Observation, Pending
from autograder.grading.verdict import PROBE_DIED
from autograder.workers.student import ProbeDied, Student


class WorkerObserver:
    """What the workers of a submission see. A probe that died is an observation too.

    Args:
        student: runs the submission's cells, and its probes.
        clean: has run no student code; models that are plain data are measured there.
    """

    in_another_process = True

    def __init__(self, exercise: str, student: Student, clean: Student) -> None:
        self.exercise = exercise
        self.student = student
        self.clean = clean
        self.timed_out = False
        self.in_place: set[str] = set()
        """Model probes that ran beside the student's code, since the model holds some of it."""

    def start(self, probe: str, case: Case) -> Pending:
        """Send a probe to the workers."""
        if is_model_probe(self.exercise, probe):
            return self._start_model(probe, case)
        return self._waiting(self.student.start(probe, case))

    def _start_model(self, probe: str, case: Case) -> Pending:
        build = self._waiting(self.student.start(probe, case, do="build"))

        def finish() -> Observation:
            built = build()
            if "error" in built:
                return built
            match built["seen"]:
                case {"model": {"config": str(), "weights": list()} as model}:
                    seen = self._waiting(self.clean.start(probe, case, do="measure", model=model))()
                    if "error" not in seen:
                        return seen
            self.in_place.add(probe)
            found = self._waiting(self.student.start(probe, case))()
            if isinstance(found.get("seen"), dict):
                found["seen"]["in_place"] = True  # whatever the worker says of it
            return found

        return finish

    def _waiting(self, pending: Callable[[], dict[str, Any]]) -> Pending:
        def finish() -> Observation:
            try:
                return well_formed(pending())
            except ProbeDied as died:
                self.timed_out |= died.kind in ("timeout", "exhausted")
                return {"error": {"type": PROBE_DIED, "message": str(died), "where": "", "kind": died.kind}}

        return finish


def well_formed(found: dict[str, Any]) -> Observation:
    """An observation as :func:`keras_checks.observe.run_probe` gives it, whatever the worker sent."""
    match found:
        case {"error": {"type": str(kind), "message": str(message), "where": str(where)}}:
            return {"error": {"type": kind[:80], "message": message[:MAX_TEXT], "where": where[:MAX_TEXT]}}
        case {"seen": seen}:
            return {"seen": seen}
    return {"error": {"type": "ValueError", "message": "the answer has no known form", "where": ""}}

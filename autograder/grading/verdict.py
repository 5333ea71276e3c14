"""The verdict on one case, and the three outcomes of a check."""

from __future__ import annotations

from dataclasses import dataclass

from keras_checks.compare import Failure
from keras_checks.question import Case, Check
from keras_checks.verdicts import failure_of

from autograder.grading.observer import Observation

PASSED, FAILED, FAULT = "passed", "failed", "fault"
PROBE_DIED = "ProbeDied"
"""The error type of an observation that never came."""


class GraderFault(Exception):
    """The kit could not judge: never the student's loss."""


@dataclass(frozen=True)
class Outcome:
    """What became of a check.

    ``counterexample`` and ``seen`` are those of the smallest failing case; ``note`` tells an instructor of a fault.
    """

    check: Check
    outcome: str
    failure: Failure | None = None
    counterexample: Case | None = None
    seen: Observation | None = None
    note: str = ""

    @property
    def points(self) -> float:
        """Points earned."""
        return self.check.points if self.outcome == PASSED else 0.0


def verdict(check: Check, case: Case, seen: Observation, expected: Observation) -> Failure | None:
    """How ``seen`` fails ``check`` on ``case``, or None.

    Raises:
        GraderFault: the reference itself can't be observed, or fails the check.
    """
    if "error" in expected:
        error = expected["error"]
        raise GraderFault(f"The reference raised {error['type']}: {error['message']} in {check.probe.__name__}.")
    secrets = (expected["seen"],) if check.hidden else ()
    failure = failure_of(check, case, seen, *secrets)
    if failure is not None:
        own = failure_of(check, case, expected, *secrets)
        if own is not None:
            cause = f" {own.__cause__!r}" if own.__cause__ else ""
            raise GraderFault(f"The reference fails {check.question}.{check.name}: {own.message}{cause}")
    return failure

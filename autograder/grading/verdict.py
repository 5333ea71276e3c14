"""The verdict on one case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from keras_checks.compare import Failure
from keras_checks.question import Case, Check
from keras_checks.runner import fingerprint
from keras_checks.verdicts import failure_of

from autograder.grading.bounds import bounded
from autograder.grading.observer import Observation, Pending
from autograder.results.records import Outcome

PROBE_DIED = "ProbeDied"
"""The error type of an observation that never came."""
TAMPERED = "Tampered"
"""The error type of an observation that is not believed."""


class GraderFault(Exception):
    """The kit could not judge: never the student's loss."""


@dataclass(frozen=True)
class Verdict:
    """What became of a check.

    ``counterexample`` and ``seen`` are those of the smallest failing case; ``note`` tells an instructor of a fault.
    """

    check: Check
    outcome: Outcome
    failure: Failure | None = None
    counterexample: Case | None = None
    seen: Observation | None = None
    note: str = ""
    judging: Check | None = None
    """The judge that found the counter-example, where it is another than the check itself."""

    @property
    def judge(self) -> Check:
        """The check whose trial the counter-example belongs to."""
        return self.judging or self.check

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the check itself passes, and a judge that has to confirm it fails."""
        return self.judge is not self.check

    @property
    def timed_out(self) -> bool:
        """Whether the student's code did not end in time on the counter-example."""
        return (self.seen or {}).get("error", {}).get("kind") == "timeout"

    @property
    def points(self) -> float:
        """Points earned."""
        return self.check.points if self.outcome is Outcome.PASSED else 0.0


Passed = dict[tuple[Check, str], bool]
"""Whether an answer passes a check on a case, by the check and the fingerprint of the case."""


def judge_case(
    check: Check, case: Case, seen: Observation, reference: Pending, sound: Passed | None = None
) -> Failure | None:
    """How ``seen`` fails ``check`` on ``case``, or None. The reference is asked where it is needed.

    ``sound`` remembers where the reference was found to pass, so that a check is tried on it once for each case.

    Raises:
        GraderFault: the reference itself can't be observed, or fails the check.
    """
    secrets = (_observed(check, reference)["seen"],) if check.needs_reference else ()
    failure = bounded(lambda: failure_of(check, case, seen, *secrets))
    if failure is not None:
        _expect_sound(check, case, reference, secrets, {} if sound is None else sound)
    return failure


def _expect_sound(check: Check, case: Case, reference: Pending, secrets: tuple[Any, ...], sound: Passed) -> None:
    key = check, fingerprint(case)
    if key in sound:
        return
    own = failure_of(check, case, _observed(check, reference), *secrets)
    if own is not None:
        cause = f" {own.__cause__!r}" if own.__cause__ else ""
        raise GraderFault(f"The reference fails {check.question}.{check.name}: {own.message}{cause}")
    sound[key] = True


def _observed(check: Check, reference: Callable[[], Observation]) -> Observation:
    expected = reference()
    if "error" in expected:
        error = expected["error"]
        raise GraderFault(f"The reference raised {error['type']}: {error['message']} in {check.probe}.")
    return expected

"""What a check says about one observation."""

from __future__ import annotations

from typing import Any

from keras_checks.causes import cause, tidied
from keras_checks.compare import Failure
from keras_checks.question import Case, Check

PLAIN_ERRORS = ("MissingAnswer", "ProbeDied", "Tampered")
"""Errors whose message says all: they are not raised by the code under test."""


def failure_of(check: Check, case: Case, observation: dict[str, Any], *expected: Any) -> Failure | None:
    """How an observation (see :func:`keras_checks.observe.run_probe`) fails ``check`` on ``case``, or None.

    ``expected`` is what the reference gave, for a hidden judge only.
    """
    if "error" in observation:
        return _raised(observation["error"])
    try:
        check.test(case, observation["seen"], *expected)
    except Failure as failure:
        return failure
    except Exception as error:  # what a student's code gave may have any form
        failure = Failure(f"The answer has a form that the check can't read ({type(error).__name__}).")
        failure.__cause__ = error
        return failure
    return None


def expect_no_error(raised: str | None) -> None:
    """Fail where an observation says that the student's code raised: "type: message"."""
    if raised is not None:
        kind, _, message = raised.partition(": ")
        why = cause({"type": kind, "message": message}) or "Look for the operation that this message is about."
        raise Failure(f"Your code raised {tidied(raised)}", hint=why)


def _raised(error: dict[str, str]) -> Failure:
    if error["type"] in PLAIN_ERRORS:
        return Failure(error["message"], final=True)
    who, where = ("Your code", f" (in {error['where']})") if error.get("where") else ("Using your answer", "")
    said = f": {error['message']}" if error["message"] else ""
    return Failure(f"{who} raised {error['type']}{said}{where}")

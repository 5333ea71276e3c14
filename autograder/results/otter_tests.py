"""Otter test files of the grader: each test case reads a verdict, and fails where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograder.results.records import CheckRecord, Outcome, PlanRow

VERDICTS = "kit_verdicts"
"""The notebook global that holds the verdicts: "question.check" -> {"passed", "message"}."""

_HEAD = """from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = None
"""
_CASE = """

@test_case(name={check!r}, points={points!r}, hidden={hidden!r})
def test_{check}({verdicts}):
    verdict = ({verdicts} or {{}}).get({key!r}) or {{}}
    assert verdict.get("passed") is True, verdict.get("message", "This check was not graded.")
"""


def grader_test(question: str, checks: Sequence[PlanRow]) -> str:
    """The test file of a question, from its rows of the plan."""
    cases = [
        _CASE.format(
            check=row["check"],
            points=row["max_points"],
            hidden=row["hidden"],
            verdicts=VERDICTS,
            key=f"{question}.{row['check']}",
        )
        for row in checks
    ]
    return _HEAD.format(name=question) + "".join(cases)


def verdicts_of(records: Sequence[CheckRecord]) -> dict[str, dict[str, Any]]:
    """What the test files read, from the records of the checks."""
    return {
        f"{record['question']}.{record['check']}": {
            "passed": record["outcome"] == Outcome.PASSED,
            "message": record.get("message") or "",
        }
        for record in records
    }

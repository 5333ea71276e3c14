"""What is shown: within Gradescope's limits, what matters first, and nothing of a student's that looks like ours."""

from __future__ import annotations

import copy

import jsonschema
import pytest
from check_records import check_record
from gradescope_folders import SCHEMA

from autograder.doors.gradescope.faults import add_faults
from autograder.results.records import CellRecord, CellStatus, PlanRow, Status
from autograder.results.result import Grading, result

LIMIT = 100_000
PLAN: list[PlanRow] = [
    {"question": f"q{number}", "check": name, "statement": "It holds.", "hidden": name == "secret", "max_points": 1.0}
    for number in range(5)
    for name in ("open", "secret")
]


def raised(message: str) -> CellRecord:
    return {"index": 3, "status": CellStatus.RAISED, "error_type": "ValueError", "message": message, "line": 1}


@pytest.mark.parametrize("show_hidden", ["never", "after_published", "always"])
def test_long_feedback_is_cut_and_what_matters_stays(show_hidden: str) -> None:
    checks = [check_record(row, feedback="long " * 30_000) for row in PLAN]
    outcome = result(
        Grading("a", "", plan=PLAN, checks=checks, cells=[raised("x" * 9_000)] * 30, show_hidden=show_hidden)
    )
    jsonschema.validate(outcome, SCHEMA)
    assert all(len(text) < LIMIT for text in (outcome["output"], *(test["output"] for test in outcome["tests"])))
    first, *_, last = outcome["output"].split("\n\n")
    assert first.startswith("Code cell 4 raised `ValueError: x")
    assert "Hidden checks decide 5 of 10 points" in outcome["output"][:10_000]
    assert "left out" in last or show_hidden == "always"


def test_faults_fit_too() -> None:
    plan: list[PlanRow] = [{**row, "check": f"{row['check']}{number}"} for row in PLAN for number in range(100)]
    outcome = add_faults(result(Grading("a", "", plan=plan, ended=Status.FAULT, message="m" * 200_000)))
    jsonschema.validate(outcome, SCHEMA)
    assert outcome["output"].startswith("Some checks could not be graded. **This is not your fault**")
    assert "mmm" not in outcome["output"]


def test_a_result_without_a_fault_is_left_as_it_was() -> None:
    outcome = result(Grading("a", "", plan=PLAN, checks=[check_record(row) for row in PLAN]))
    before = copy.deepcopy(outcome)
    assert add_faults(outcome) == {**before, "extra_data": {**before["extra_data"], "regrade": False}}
    assert outcome == before


def test_an_error_message_cannot_look_like_a_verdict() -> None:
    message = "oops\n\n✅ **all hidden checks pass** (10/10) `x`\n# Title <script>"
    outcome = result(Grading("a", "", plan=PLAN, checks=[], cells=[raised(message)]))
    line = next(part for part in outcome["output"].split("\n\n") if "raised" in part)
    assert line == (
        "Code cell 4 raised `ValueError: oops ✅ **all hidden checks pass** (10/10) 'x' # Title <script>` in line 1. "
        "The other cells were run."
    )

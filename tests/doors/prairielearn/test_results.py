"""PrairieLearn's results.json: documented keys, the whole score, nothing hidden, no text that anything obeys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from check_records import check_record
from feedback_records import RECORDS
from prairielearn_folders import LARGEST, SCHEMA
from synthetic import passed, plan_of

from autograder.doors.prairielearn.plain import plain
from autograder.doors.prairielearn.results import to_prairielearn
from autograder.files import write_json
from autograder.results.markdown import markdown
from autograder.results.records import CellRecord, CellStatus, CheckRecord, Outcome, PlanRow, Status
from autograder.results.result import Grading
from autograder.results.texts import NOT_YOURS

PLAN: list[PlanRow] = [
    {
        "question": f"q{number}",
        "check": name,
        "statement": f"{name} holds.",
        "hidden": name == "secret",
        "max_points": points,
    }
    for number in range(5)
    for name, points in (("open_one", 0.5), ("secret", 1.5))
]


def failed(row: PlanRow, feedback: str | None = "**q — open**\n\nIt holds.\n\n- Received: `[1]`") -> CheckRecord:
    return check_record(row, counterexample={"x": 31337}, feedback=feedback)


def raised(error: str, message: str) -> CellRecord:
    return {"index": 3, "status": CellStatus.RAISED, "error_type": error, "message": message, "line": 1}


def outcome_of(checks: list[CheckRecord], **more: Any) -> dict[str, Any]:
    found = to_prairielearn(Grading("a", "", plan=PLAN, checks=checks, **more))
    jsonschema.validate(found, SCHEMA)
    return found


ALL = [passed(row) for row in PLAN]
NONE = [failed(row, "SECRET" if row["hidden"] else "open") for row in PLAN]


@pytest.mark.parametrize("show_hidden", ["never", "after_published", "always"])
@pytest.mark.parametrize(("checks", "score"), [(ALL, 1), (NONE, 0), ([*ALL[:3], *NONE[3:]], 0.25)])
def test_the_tests_add_up_to_the_score(show_hidden: str, checks: list[CheckRecord], score: float) -> None:
    found = outcome_of(checks, show_hidden=show_hidden)
    assert found["gradable"] and found["score"] == score
    assert sum(test["max_points"] for test in found["tests"]) == 10
    assert sum(test["points"] for test in found["tests"]) == 10 * score


@pytest.mark.parametrize("show_hidden", ["never", "after_published"])
def test_nothing_hidden_is_in_the_file(show_hidden: str) -> None:
    found = outcome_of(NONE, show_hidden=show_hidden)
    text = json.dumps(found)
    assert "SECRET" not in text and "secret" not in text and "31337" not in text
    assert [test["name"] for test in found["tests"]] == [
        *(f"q{number}: open one" for number in range(5)),
        "Hidden checks",
    ]
    assert found["message"] == "0 of 5 public checks pass."


def test_hidden_checks_are_listed_where_the_settings_say_so() -> None:
    found = outcome_of(NONE, show_hidden="always")
    assert [test["message"] for test in found["tests"]] == ["open", "SECRET"] * 5


def test_feedback_is_plain_text() -> None:
    found = outcome_of([failed(row) for row in PLAN])
    assert found["tests"][0]["message"] == "q — open\nIt holds.\n- Received: [1]"
    assert found["tests"][0]["description"] == "open_one holds."


def test_what_a_student_writes_is_inert() -> None:
    """PrairieLearn turns the signs of terminals into markup, and where it fails to, it escapes nothing."""
    text = markdown(RECORDS["hostile"])
    cell = raised("ValueError", "\x1b[31m✅\n\x00 a\u202eb")
    found = outcome_of([failed(row, text) for row in PLAN], cells=[cell])
    assert found["message"].startswith("Code cell 4 raised ValueError: \ufffd[31m✅ \ufffd a\ufffdb")
    everything = found["message"] + "".join(test.get("message", "") for test in found["tests"])
    assert all(sign.isprintable() or sign == "\n" for sign in everything)


def test_what_cannot_be_read_costs_no_attempt() -> None:
    found = outcome_of([], ended=Status.UNREADABLE, message="a_b.ipynb is *empty*.\x1b Hand in another.")
    assert found == {
        "gradable": False,
        "score": 0.0,
        "format_errors": ["a_b.ipynb is *empty*.\ufffd Hand in another."],
    }


def test_a_fault_costs_no_attempt_and_says_nothing_of_its_cause() -> None:
    fault = check_record(PLAN[-2], Outcome.FAULT, note="the reference raised")
    found = outcome_of([*ALL[:-2], fault, ALL[-1]], message="out of memory")
    assert not found["gradable"] and found["score"] == 0.95
    assert found["format_errors"] == [plain(NOT_YOURS)]
    assert "not your fault" in found["tests"][-2]["message"]
    assert "memory" not in json.dumps(found) and "reference" not in json.dumps(found)


def test_tampering_is_graded_and_told() -> None:
    found = outcome_of(ALL, tampering=["frames"])
    assert found["gradable"] and "reaches into the process" in found["message"]
    assert "frames" not in json.dumps(found)


def test_long_texts_stay_within_the_limit(tmp_path: Path) -> None:
    plan: list[PlanRow] = [{**row, "check": f"{row['check']}{number}"} for row in PLAN for number in range(10)]
    cells = [raised("E", "🎈" * 9_000)] * 30
    grading = Grading(
        "a", "", plan=plan, checks=[failed(row, "🎈" * 30_000) for row in plan], cells=cells, show_hidden="always"
    )
    found = to_prairielearn(grading)
    jsonschema.validate(found, SCHEMA)
    write_json(tmp_path / "results.json", found)
    assert (tmp_path / "results.json").stat().st_size < LARGEST
    assert found["tests"][0]["message"].endswith("(The rest is left out.)")


def test_a_plan_that_is_not_known_has_a_result() -> None:
    found = to_prairielearn(Grading("a", plan_of.__name__, ended=Status.FAULT))
    assert found["score"] == 0.0 and not found["gradable"]

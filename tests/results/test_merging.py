"""A question that is graded again: the rest of the result stays as it was."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from check_records import check_record
from results_on_disk import MEASURED
from synthetic import failed, passed, plan_of

from autograder.results.merging import can_merge, merged
from autograder.results.records import CellRecord, CellStatus, CheckRecord, Outcome, Result, Status
from autograder.results.result import Grading, result

EXERCISE = "custom_loss"
PLAN = plan_of(EXERCISE)
QUESTIONS = list(dict.fromkeys(row["question"] for row in PLAN))
CELLS: list[CellRecord] = [
    {"index": 2, "status": CellStatus.RAISED, "error_type": "ValueError", "message": "**vae** — no", "line": 1}
]


def records(seed: int, share: float = 0.5) -> list[CheckRecord]:
    """Records of all checks. Where several of a question fail, the student reads one text for all."""
    draw = random.Random(seed)
    failing = [draw.random() < share for _ in PLAN]
    return [
        {**failed(row, draw, EXERCISE), "reason": "the same"} if fails else passed(row)
        for fails, row in zip(failing, PLAN, strict=True)
    ]


def graded(checks: list[CheckRecord], show_hidden: str = "after_published", **more: Any) -> Result:
    only = {check["question"] for check in checks}
    plan = [row for row in PLAN if row["question"] in only]
    given: dict[str, Any] = {"cells": CELLS, "isolation": ["uid"], "seconds": 3.0} | more
    return copy.deepcopy(result(Grading("", EXERCISE, "code", plan, checks, show_hidden=show_hidden, **given)))


def of(question: str, checks: list[CheckRecord]) -> list[CheckRecord]:
    return [check for check in checks if check["question"] == question]


def measured(outcome: Result) -> dict[str, Any]:
    extra = {key: value for key, value in outcome["extra_data"].items() if key not in MEASURED}
    return {**outcome, "extra_data": extra, "execution_time": 0}


@pytest.mark.parametrize("show_hidden", ["after_published", "always", "never"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_merged_is_what_grading_all_would_have_given(question: str, show_hidden: str) -> None:
    before, after = records(1), records(2, 0.3)
    whole = [check for name in QUESTIONS for check in of(name, after if name == question else before)]
    kept, part = graded(before, show_hidden), graded(of(question, after), show_hidden, seconds=9.0)
    assert measured(merged(kept, part, show_hidden)) == measured(graded(whole, show_hidden))
    assert merged(kept, part, show_hidden)["extra_data"]["seconds"] == 3.0
    same = graded(of(question, before), show_hidden)
    assert merged(kept, same, show_hidden) == kept


def test_other_checks_stay_known() -> None:
    kept, part = graded(records(1)), graded(of(QUESTIONS[0], records(2)))
    kept["extra_data"]["checks_sha256"] = "earlier"
    kept["extra_data"]["versions"] = {"keras": "3.5"}
    extra = merged(kept, part, "always")["extra_data"]
    assert (extra["checks_sha256"], extra["versions"]) == ("earlier", {"keras": "3.5"})
    assert extra.get("regraded") == {QUESTIONS[0]: part["extra_data"]["checks_sha256"]}
    again = merged(merged(kept, part, "always"), graded(of(QUESTIONS[1], records(2))), "always")
    assert list(again["extra_data"].get("regraded", {})) == QUESTIONS[:2]


def test_a_fault_a_timeout_or_tampering_in_the_question_is_the_results() -> None:
    kept = graded(records(1, 0))
    again = of(QUESTIONS[0], records(1, 0))
    assert merged(kept, graded(again, ended=Status.TIMEOUT), "always")["extra_data"]["status"] == Status.TIMEOUT
    assert merged(kept, graded(again, tampering=["gc"]), "always")["extra_data"]["status"] == Status.TAMPERED
    faulty = [check_record(check, Outcome.FAULT, note="ValueError") for check in again]
    outcome = merged(kept, graded(faulty), "always")
    assert (outcome["extra_data"]["status"], outcome["score"]) == (Status.FAULT, kept["score"] - len(faulty))


def test_only_a_verdict_on_the_same_code_is_kept() -> None:
    kept = graded(records(1))
    assert can_merge(kept, EXERCISE, "code", QUESTIONS[0])
    assert not can_merge(kept, EXERCISE, "other", QUESTIONS[0])
    assert not can_merge(kept, "vae", "code", QUESTIONS[0])
    assert not can_merge(kept, EXERCISE, "code", "unknown")
    assert not can_merge(graded(records(1), ended=Status.TIMEOUT), EXERCISE, "code", QUESTIONS[0])

"""A result's points are those that Otter's own classes add up; its status follows from what became of the checks."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from check_records import check_record
from keras_checks.feedback import Fold
from otter.run.run_autograder.autograder_config import AutograderConfig
from otter.test_files import GradingResults
from otter.test_files.exception_test import ExceptionTestFile

from autograder.results.otter_tests import VERDICTS, grader_test, verdicts_of
from autograder.results.records import CellRecord, CellStatus, CheckRecord, Outcome, PlanRow, Status
from autograder.results.result import Grading, is_unfinished, max_score, questions_of, result
from autograder.results.texts import question_text

POINTS = (0.25, 0.5, 0.75, 1.25, 0.1, 0.2, 0.3, 1 / 3, 0)


def plan(points: Sequence[float] = POINTS, questions: int = 3) -> list[PlanRow]:
    """Checks worth ``points`` for each of the questions, every other one hidden."""
    return [
        {"question": f"q{q}", "check": f"c{n}", "statement": "It holds.", "hidden": n % 2 == 1, "max_points": worth}
        for q in range(questions)
        for n, worth in enumerate(points)
    ]


def added_by_otter(records: Sequence[CheckRecord], folder: Path) -> dict[str, tuple[float, float]]:
    """(score, maximum) of each question: our test files read the verdicts, Otter runs them and adds up."""
    files = []
    for name in questions_of(records):
        path = folder / f"{name}.py"
        path.write_text(grader_test(name, [r for r in records if r["question"] == name]), encoding="utf-8")
        files.append(ExceptionTestFile.from_file(str(path)))
        files[-1].run({VERDICTS: verdicts_of(records)})
    scored = GradingResults(files).to_gradescope_dict(AutograderConfig({"show_hidden": True}))
    return {test["name"]: (test["score"], test["max_score"]) for test in scored["tests"] if "max_score" in test}


@pytest.mark.parametrize("seed", range(20))
def test_points_are_those_that_otter_adds_up(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    rows = plan()
    records = [check_record(row, draw.choice(list(Outcome))) for row in rows]
    graded = [it for it in records if draw.random() < 0.9]  # the others have not been reached
    outcome = result(Grading("a", "", plan=rows, checks=graded))
    expected = added_by_otter(graded, tmp_path)
    for test in outcome["tests"]:
        assert test["score"] == pytest.approx(expected[test["name"]][0], abs=1e-5)
        assert test["max_score"] == pytest.approx(sum(POINTS), abs=1e-5)
    assert outcome["score"] == pytest.approx(sum(score for score, _ in expected.values()), abs=2e-5)
    assert max_score(outcome) == pytest.approx(3 * sum(POINTS), abs=2e-5)


def test_points_by_hand() -> None:
    rows = plan((0.1, 0.2, 0.3), questions=2)
    outcomes = (Outcome.PASSED, Outcome.PASSED, Outcome.FAILED, Outcome.FAULT, Outcome.PASSED, Outcome.PASSED)
    outcome = result(Grading("a", "", plan=rows, checks=list(map(check_record, rows, outcomes))))
    assert [(test["score"], test["max_score"], test["status"]) for test in outcome["tests"]] == [
        (0.3, 0.6, "failed"),
        (0.5, 0.6, "failed"),
    ]
    assert outcome["score"] == 0.8


def test_a_check_without_a_verdict_is_a_fault_and_unfinished() -> None:
    rows = plan()
    checks = [check_record(row, Outcome.PASSED) for row in rows]
    whole, cut = (result(Grading("a", "", plan=rows, checks=some)) for some in (checks, checks[:-1]))
    assert (whole["extra_data"]["status"], is_unfinished(whole)) == (Status.GRADED, False)
    assert (cut["extra_data"]["status"], is_unfinished(cut)) == (Status.FAULT, True)
    assert "not your fault" in cut["output"]
    assert "not your fault" in cut["tests"][-1]["output"]


def test_a_check_that_could_not_judge_is_a_fault_but_not_unfinished() -> None:
    rows = plan()
    checks = [check_record(row, Outcome.PASSED) for row in rows]
    checks[3] = check_record(rows[3], Outcome.FAULT)
    outcome = result(Grading("a", "", plan=rows, checks=checks))
    assert (outcome["extra_data"]["status"], is_unfinished(outcome)) == (Status.FAULT, False)


def test_what_cannot_be_read_has_no_faults() -> None:
    said = "a.ipynb is empty. Save the notebook again and hand in the new file."
    outcome = result(Grading("a", "", plan=plan(), ended=Status.UNREADABLE, message=said))
    assert outcome["extra_data"]["status"] == Status.UNREADABLE
    assert {check["outcome"] for check in outcome["extra_data"]["checks"]} == {Outcome.FAILED}
    assert outcome["output"] == said


def failed(check: str, reason: str | None, points: float = 0.5) -> CheckRecord:
    """A failed check with its card, and what it failed for."""
    row: PlanRow = {"question": "q", "check": check, "statement": "It holds.", "hidden": False, "max_points": points}
    return check_record(row, feedback=f"The card of {check}.", reason=reason)


def test_checks_that_fail_for_one_reason_share_a_card() -> None:
    records = [failed("a", "TypeError line 3"), failed("b", "other"), failed("c", "TypeError line 3", 0)]
    shown = question_text(records)
    assert "The card of a." in shown
    assert "The card of b." in shown
    assert "The card of c." not in shown
    assert "1 more check fails for the same reason: `c`." in shown
    untried = question_text([records[0], {**records[2], "fold": Fold.UNTRIED}])
    assert "1 more check could not be tried for the same reason: `c`." in untried
    assert "`c` (0/0.25)" in question_text([*records[:2], failed("c", "TypeError line 3", 0.25)])


def test_failures_of_unknown_reason_and_of_other_questions_are_shown_each() -> None:
    records = [failed("a", None), failed("b", None), {**failed("a", "r"), "question": "p"}, failed("c", "r")]
    assert question_text(records).count("The card of") == 4


def test_a_result_keeps_how_a_check_joins_others_but_no_reason() -> None:
    check: CheckRecord = {**failed("a", "r"), "fold": Fold.HOLDS, "voice": 1}
    outcome = result(Grading("a", "", plan=[check], checks=[check]))
    (kept,) = json.loads(json.dumps(outcome))["extra_data"]["checks"]
    assert kept.keys() & {"reason", "feedback", "fold", "voice"} == {"fold"}
    assert Fold(kept["fold"]) is Fold.HOLDS


def test_a_cell_that_raised_has_its_line_and_the_usual_cause() -> None:
    cell: CellRecord = {
        "index": 2,
        "status": CellStatus.RAISED,
        "error_type": "NameError",
        "message": "name 'kears' is not defined",
        "line": 4,
    }
    said = result(Grading("a", "", plan=plan(), cells=[cell]))["output"]
    assert "Code cell 3 raised `NameError: name 'kears' is not defined` in line 4. `kears` has no value" in said


def test_the_check_with_the_best_voice_speaks_for_the_others() -> None:
    shown = question_text([{**failed("penalties", "r"), "voice": 1}, {**failed("means", "r"), "voice": 2}])
    assert "The card of means." in shown
    assert "1 more check fails for the same reason: `penalties`" in shown

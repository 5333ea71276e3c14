"""A question that was touched: one card, which says so, and nothing of what its checks look at."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from keras_checks.question import Case, Question

from autograder.grading.records import check_record
from autograder.grading.verdict import Verdict
from autograder.results.records import Outcome
from autograder.results.texts import QUESTION_TOUCHED, question_text

QUESTION = Question("q", ("q",), 2, "part of the lecture")
TRIAL = QUESTION.trial(lambda _ns, _case: None, st.just({}))


@TRIAL.check(points=1, hint="Weigh both sides.")
def one(case: Case, seen: Any) -> None:
    """One thing is true."""


@TRIAL.check(points=1, hint="Divide by the batch size.")
def another(case: Case, seen: Any) -> None:
    """Another thing is true."""


def test_the_card_of_a_touched_question_has_no_hint_of_a_check() -> None:
    from autograder.grading.trusted_process import _said, _tampered  # it imports TensorFlow

    records = []
    for check in QUESTION.checks:
        verdict = _tampered(Verdict(check, Outcome.PASSED))
        records.append(check_record(verdict, _said("custom_loss", verdict, None)))
    text = question_text(records)
    assert text.count(QUESTION_TOUCHED) == 1 and "`another` (0/1)" in text
    for said in ("Hint", "Lecture", "lecture", "Weigh", "Divide", "thing is true"):
        assert said not in text
    assert all(record["points"] == 0 and record["message"] == QUESTION_TOUCHED for record in records)

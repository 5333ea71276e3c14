"""`scores.csv` opens in a spreadsheet as what it is: names and numbers."""

from __future__ import annotations

import copy
import csv
import io

import pytest
from synthetic import class_results

from autograder.results.result import max_score
from autograder.results.scores import scores_csv

CLASS = class_results(80)
"""Submissions of two exercises."""


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_one_row_per_submission_one_column_per_question() -> None:
    found = rows(scores_csv(CLASS))
    assert [row["submission"] for row in found] == [name for name, _ in CLASS]
    for row, (_, result) in zip(found, CLASS, strict=True):
        exercise = result["extra_data"]["exercise"]
        assert float(row["score"]) == result["score"]
        assert float(row["max_score"]) == max_score(result)
        assert {column: float(value) for column, value in row.items() if "." in column and value} == {
            f"{exercise}.{test['name']}": test["score"] for test in result["tests"]
        }
        assert row["status"] == result["extra_data"]["status"]


def test_of_one_exercise_the_columns_are_the_questions() -> None:
    one = [(name, result) for name, result in CLASS if result["extra_data"]["exercise"] == "custom_loss"]
    assert set(rows(scores_csv(one))[0]) >= {test["name"] for test in one[0][1]["tests"]}


def test_questions_of_the_same_name_have_columns_of_their_own() -> None:
    class_ = []
    for exercise, score in (("training_loop", 1.5), ("wgan_gp", 3.0)):
        result = copy.deepcopy(CLASS[0][1])
        result["extra_data"]["exercise"] = exercise
        result["tests"] = [{**result["tests"][0], "name": "train_step", "score": score}]
        class_.append((exercise, result))
    first, second = rows(scores_csv(class_))
    assert (first["training_loop.train_step"], first["wgan_gp.train_step"]) == ("1.5", "")
    assert (second["training_loop.train_step"], second["wgan_gp.train_step"]) == ("", "3")


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "a\n=1", "\ud800"])
def test_no_name_is_a_formula(name: str) -> None:
    (row,) = rows(scores_csv([(name, CLASS[0][1])]))
    assert not row["submission"].startswith(("=", "+", "-", "@", "\t"))
    assert "\n" not in row["submission"]

"""`scores.csv` opens in a spreadsheet as what it is: names and numbers."""

from __future__ import annotations

import csv
import io

import pytest

from autograder.results.scores import max_score, scores_csv
from tests.report.synthetic import results

CLASS = results(80)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_one_row_a_submission_one_column_a_question() -> None:
    found = rows(scores_csv(CLASS))
    assert [row["submission"] for row in found] == [name for name, _ in CLASS]
    for row, (_, result) in zip(found, CLASS, strict=True):
        assert float(row["score"]) == result["score"]
        assert float(row["max_score"]) == max_score(result)
        assert {test["name"]: float(row[test["name"]]) for test in result["tests"]} == {
            test["name"]: test["score"] for test in result["tests"]
        }
        assert row["status"] == result["extra_data"]["status"]


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "a\n=1", "\ud800"])
def test_no_name_is_a_formula(name: str) -> None:
    (row,) = rows(scores_csv([(name, CLASS[0][1])]))
    assert not row["submission"].startswith(("=", "+", "-", "@", "\t"))
    assert "\n" not in row["submission"]

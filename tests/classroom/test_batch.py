"""What is odd about one submission costs that submission only, and its row says what is wrong."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path

from handed_in import EXERCISE, notebook, put
from results_on_disk import results_in
from synthetic import passed, plan_of

from autograder.classroom.batch import Class, Done
from autograder.results.records import PlanRow, Result, Status
from autograder.results.result import Grading, is_missing
from autograder.submissions.collect import find_submissions
from autograder.submissions.people import Person
from autograder.submissions.read import Submission

LONG = "字" * 80
"""80 letters, 240 bytes: a file system takes 255 for a name."""


class FullMarks:
    """Grades without looking."""

    def plan(self, exercise: str) -> list[PlanRow]:
        return plan_of(exercise)

    def grade(self, submission: Submission, exercise: str, *, only: str | None = None) -> Grading:
        plan = self.plan(exercise)
        return Grading(submission.name, exercise, submission.sha256, plan, [passed(row) for row in plan])


def grade(folder: Path, output: Path) -> list[tuple[str, Result]]:
    told: list[Done] = []
    results = Class(FullMarks(), output).grade(find_submissions([folder]), 2, told.append)
    assert sorted(done.name for done in told) == sorted(name for name, _ in results)
    return results


def rows(output: Path) -> Sequence[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((output / "scores.csv").read_text(encoding="utf-8"))))


def test_a_long_name_in_a_folder_of_its_own(tmp_path: Path) -> None:
    files = {f"{LONG}/{LONG}.ipynb": notebook("x = 1"), "anna/vae.ipynb": notebook("x = 2")}
    results = grade(put(tmp_path / "class", files), tmp_path / "results")
    assert len(results_in(tmp_path / "results")) == len(results) == 2
    assert {row["status"] for row in rows(tmp_path / "results")} == {Status.GRADED}


def test_a_result_that_cannot_be_written_costs_its_own_row_only(tmp_path: Path) -> None:
    files = {f"{name}.ipynb": notebook(f"name = {name!r}") for name in ("anna", "ben", "cem")}
    folder, output = put(tmp_path / "class", files), tmp_path / "results"
    (output / "ben.json").mkdir(parents=True)  # in the way
    results = dict(grade(folder, output))
    status = {name: result["extra_data"]["status"] for name, result in results.items()}
    assert status == {"anna": Status.GRADED, "ben": Status.FAULT, "cem": Status.GRADED}
    assert {path.name for path in output.glob("*.json") if path.is_file()} == {"anna.json", "cem.json"}
    messages = {row["submission"]: row["message"] for row in rows(output)}
    assert "could not be written (Is a directory)" in messages["ben"]
    assert messages["anna"] == messages["cem"] == ""
    assert not list(output.glob(".*.tmp"))
    (output / "ben.json").rmdir()
    assert dict(grade(folder, output))["ben"]["extra_data"]["status"] == Status.GRADED


def test_who_hands_in_after_all_has_one_result(tmp_path: Path) -> None:
    folder, output = put(tmp_path / "class", {"submitted/anna/ps1/vae.ipynb": notebook("x = 1")}), tmp_path / "results"
    roster = [Person("Anna", "anna"), Person("Ben", "ben")]

    def hand_in() -> dict[str, str]:
        Class(FullMarks(), output).grade(find_submissions([folder], roster), 1, lambda _: None)
        return {row["name"]: row["message"] for row in rows(output)}

    assert hand_in() == {"Anna": "", "Ben": "Nothing was handed in."}
    put(folder, {"submitted/ben/ps1/vae.ipynb": notebook("x = 2")})
    assert hand_in() == {"Anna": "", "Ben": ""}
    assert sorted(results_in(output)) == ["submitted__anna__ps1__vae", "submitted__ben__ps1__vae"]


def test_who_handed_nothing_in_is_marked(tmp_path: Path) -> None:
    folder, output = put(tmp_path / "class", {"a.txt": b"", "b.ipynb": notebook("x = 1")}), tmp_path / "results"
    sources = find_submissions([folder], [Person("Ben", "ben")])
    results = dict(Class(FullMarks(), output).grade(sources, 1, lambda _: None))
    assert {name: is_missing(result) for name, result in results.items()} == {"nothing__ben": True, "b": False}
    assert results_in(output)["nothing__ben"]["extra_data"]["missing"] is True


def test_results_are_the_instructors_alone(tmp_path: Path) -> None:
    folder = put(tmp_path / "class", {"a.ipynb": notebook("x = 1")})
    before = os.umask(0)
    try:
        grade(folder, tmp_path / "results")
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "results").iterdir()}
    assert modes == {"a.json": 0o600, "scores.csv": 0o600}


def test_a_notebook_that_says_no_exercise_is_told_how_to_be_graded(tmp_path: Path) -> None:
    ((_, result),) = grade(put(tmp_path / "class", {"a.ipynb": notebook("x = 1", kit={})}), tmp_path / "results")
    assert result["extra_data"]["status"] == Status.UNREADABLE
    assert "grade it with --exercise" in result["output"]
    ((_, result),) = Class(FullMarks(), tmp_path / "named", EXERCISE).grade(
        find_submissions([tmp_path / "class"]), 1, lambda _: None
    )
    assert result["extra_data"]["status"] == Status.GRADED


def test_exercises_come_one_after_the_other_and_results_in_the_order_of_names(tmp_path: Path) -> None:
    """A class that hands in all exercises is graded by one warm process of each."""
    turns = ["vae", "gan"] * 3
    files = {
        f"{letter}.ipynb": notebook(f"x = {letter!r}", kit={"exercise": exercise})
        for letter, exercise in zip("abcdef", turns, strict=True)
    }
    told: list[str] = []
    sources = find_submissions([put(tmp_path / "class", files)])
    results = Class(FullMarks(), tmp_path / "results").grade(
        sources, 1, lambda done: told.append(done.result["extra_data"]["exercise"])
    )
    assert told == sorted(turns)
    assert [name for name, _ in results] == [*"abcdef"]

"""A part of a class is graded again, and the rest of the results is left as it was, byte for byte."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from command_line import kit
from handed_in import answers_to, notebook, put, small_class
from platform_exports import metadata
from results_on_disk import results_in, verdicts_in
from synthetic import failed, passed, plan_of

from autograder.classroom.batch import Class, Done
from autograder.classroom.part import Part
from autograder.classroom.people import every_name_of, labels, named, people_of_class
from autograder.errors import UsageError
from autograder.files import write_json
from autograder.grading.session import Session
from autograder.results.records import PlanRow, Result
from autograder.results.result import Grading
from autograder.results.scores import read_scores
from autograder.submissions.collect import find_submissions
from autograder.submissions.people import METADATA, Person
from autograder.submissions.read import Submission

QUESTION = "pinball_loss"
PEOPLE = [Person("Anna Alt", "a1", "anna@example.org"), Person("Ben Beck", "b2", "ben@example.org")]
LISTED = metadata({"submission_1": PEOPLE[:1], "submission_2": PEOPLE[1:]}).encode()
FILES = {
    METADATA: LISTED,
    "submission_1/loss.ipynb": notebook("x = 1"),
    "submission_2/loss.ipynb": notebook("x = 2"),
    "submission_3/layer.ipynb": notebook("x = 3", kit={"exercise": "threaded_dense"}),
    "submission_4/none.txt": b"",
}
ANNA, BEN, CEM, NONE = "submission_1__loss", "submission_2__loss", "submission_3__layer", "submission_4"


@dataclass
class Grader:
    """Lets every check fail or pass, without looking."""

    passes: bool = True
    graded: list[str | None] = field(default_factory=list)

    def plan(self, exercise: str) -> list[PlanRow]:
        return plan_of(exercise)

    def grade(self, submission: Submission, exercise: str, *, only: str | None = None) -> Grading:
        self.graded.append(only)
        plan = [row for row in self.plan(exercise) if only in (None, row["question"])]
        checks = [passed(row) if self.passes else failed(row, random.Random(1), exercise) for row in plan]
        return Grading(submission.name, exercise, submission.sha256, plan, checks)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return put(tmp_path / "class", FILES)


@pytest.fixture
def output(tmp_path: Path, folder: Path) -> Path:
    """A class of whom nobody has a point."""
    output = tmp_path / "results"
    Class(Grader(passes=False), output).grade(find_submissions([folder]), 2, lambda _: None)
    return output


def again(folder: Path, output: Path, part: Part, grader: Any = None) -> tuple[list[Done], list[tuple[str, Result]]]:
    told: list[Done] = []
    class_ = Class(grader or Grader(), output, part=part)
    return told, class_.grade(find_submissions([folder]), 2, told.append)


def bytes_in(output: Path, but: Sequence[str] = ()) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in output.glob("*.json") if path.stem not in but}


def rows(output: Path) -> dict[str, str]:
    """The lines of the table by submission, the head's too."""
    lines = (output / "scores.csv").read_text(encoding="utf-8").splitlines()
    return {line.partition(",")[0]: line for line in lines}


@pytest.mark.parametrize("student", [ANNA, "anna alt", "Alt, Anna", "A1", "anna@example.org"])
def test_a_student(folder: Path, output: Path, student: str) -> None:
    before, table = bytes_in(output, [ANNA]), rows(output)
    told, results = again(folder, output, Part((student,)))
    assert [done.name for done in told] == [ANNA]
    assert bytes_in(output, [ANNA]) == before
    assert results_in(output)[ANNA]["score"] == dict(results)[ANNA]["score"] == 12
    assert [name for name, _ in results] == [ANNA, BEN, CEM, NONE]
    after = rows(output)
    assert list(after) == list(table)
    assert {name for name in after if after[name] != table[name]} == {ANNA}


def test_from_the_students_file_alone(folder: Path, output: Path) -> None:
    table = rows(output)
    alone = put(folder.parent / "mail", {"submission_2__loss.ipynb": FILES["submission_2/loss.ipynb"]})
    again(alone, output, Part(("Ben Beck",)))
    after = rows(output)
    assert list(after) == list(table)
    assert {name for name in after if after[name] != table[name]} == {BEN}
    (ben,) = (row for row in read_scores(output / "scores.csv") if row["submission"] == BEN)
    assert (ben["score"], ben["name"], ben["email"]) == ("12", "Ben Beck", "ben@example.org")


def test_a_question(folder: Path, output: Path) -> None:
    older(output)
    before, kept = bytes_in(output, [ANNA, BEN]), results_in(output)
    grader = Grader()
    told, results = again(folder, output, Part(question=QUESTION), grader)
    assert grader.graded == [QUESTION, QUESTION]
    assert sorted(done.name for done in told if not done.kept) == [ANNA, BEN]
    assert CEM not in {done.name for done in told}, "it is another exercise"
    assert bytes_in(output, [ANNA, BEN]) == before
    for name in (ANNA, BEN):
        result = results_in(output)[name]
        assert result["score"] == 3 == sum(test["score"] for test in result["tests"])
        changed = [now["name"] for now, then in zip(result["tests"], kept[name]["tests"], strict=True) if now != then]
        assert changed == [QUESTION]
        assert result["extra_data"]["checks_sha256"] == "earlier"
        assert list(result["extra_data"]["regraded"]) == [QUESTION]
    assert dict(results)[CEM] == kept[CEM]


def test_a_question_of_a_student(folder: Path, output: Path) -> None:
    again(folder, output, Part(("Ben Beck",), QUESTION))
    scores = {name: result["score"] for name, result in results_in(output).items()}
    assert scores == {ANNA: 0, BEN: 3, CEM: 0, NONE: 0}


def test_a_stopped_run_goes_on_where_it_was(folder: Path, output: Path) -> None:
    older(output)
    again(folder, output, Part(question=QUESTION))
    once = bytes_in(output)
    grader = Grader(passes=False)
    told, _ = again(folder, output, Part(question=QUESTION), grader)
    assert grader.graded == []
    assert all(done.kept for done in told)
    assert bytes_in(output) == once


def test_other_code_is_graded_as_a_whole(folder: Path, output: Path) -> None:
    older(output)
    put(folder, {"submission_1/loss.ipynb": notebook("x = 100")})
    grader = Grader()
    again(folder, output, Part(question=QUESTION), grader)
    assert sorted(grader.graded, key=str) == [None, QUESTION]
    anna = results_in(output)[ANNA]
    assert anna["score"] == 12
    assert "regraded" not in anna["extra_data"]


def test_all_is_graded_again_after_a_part_was(folder: Path, output: Path) -> None:
    older(output)
    again(folder, output, Part(question=QUESTION))
    grader = Grader()
    again(folder, output, Part(), grader)
    assert grader.graded == [None, None], "Cem's still holds"
    assert {result["score"] for name, result in results_in(output).items() if name in (ANNA, BEN)} == {12}


def test_one_of_a_group(tmp_path: Path) -> None:
    group = metadata({"submission_1": PEOPLE}).encode()
    files = {METADATA: group, "submission_1/loss.ipynb": FILES["submission_1/loss.ipynb"]}
    folder = put(tmp_path / "class", files)
    told, _ = again(folder, tmp_path / "results", Part(("Ben Beck",)))
    assert [done.name for done in told] == [ANNA]


def test_students_of_one_name_are_told_apart() -> None:
    people = {
        "a": ("Jan Schmidt", "", "", "4711"),
        "b": ("Jan Schmidt", "s2", "", "4712"),
        "c": ("Anna Alt", "a1", "", ""),
        "d": ("Anna Alt", "a1", "", ""),
        "e": ("", "zoe", "", ""),
        "f": ("", "", "", ""),
    }
    assert labels(people, [*people, "not there"]) == {
        "a": "Jan Schmidt (4711)",
        "b": "Jan Schmidt (s2)",
        "c": "Anna Alt",
        "d": "Anna Alt",
        "e": "zoe",
    }


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("nguyen thi huong", ["n"]),
        ("Hương, Nguyễn Thị", ["n"]),
        ("Jan Schmidt", ["a", "b"]),
        ("Jan Schmidt (4711)", ["a"]),
    ],
)
def test_a_student_as_an_instructor_types_the_name(typed: str, found: list[str]) -> None:
    people = {
        "a": ("Jan Schmidt", "", "", "4711"),
        "b": ("Jan Schmidt", "", "", "4712"),
        "n": ("Nguyễn Thị Hương", "", "", ""),
    }
    assert named(typed, every_name_of(people, people)) == found
    with pytest.raises(UsageError, match="Did you mean Nguyễn Thị Hương"):
        named("Nguyen", every_name_of(people, people))


def test_a_name_of_the_roster_is_not_lost(tmp_path: Path) -> None:
    (tmp_path / "scores.csv").write_text("submission,name,sid\nloss,Seán O'Brien,s1\n", encoding="utf-8")
    (source,) = find_submissions([put(tmp_path / "in", {"loss.ipynb": FILES["submission_1/loss.ipynb"]})])
    moodles = replace(source, person=Person("Seán OBrien", platform_id="4711"))
    assert people_of_class(tmp_path, [moodles], ["loss"]) == {"loss": ("Seán O'Brien", "s1", "", "4711")}
    full = replace(source, person=Person("Sean O'Brien", "s1", "sean@example.org", "4711"))
    assert people_of_class(tmp_path, [full], ["loss"]) == {"loss": full.person.identity()}


def test_a_run_without_the_roster_keeps_what_it_told(tmp_path: Path) -> None:
    folder = put(tmp_path / "in", {"Seán OBrien_4711_assignsubmission_file_loss.ipynb": notebook("x = 1")})
    listed = Person("Seán O'Brien", "s1", "sean@example.org", "")
    for roster in ([listed], []):
        Class(Grader(), tmp_path).grade(find_submissions([folder], roster), 1, lambda _: None)
        (row,) = read_scores(tmp_path / "scores.csv")
        assert (row["name"], row["email"], row["platform_id"]) == ("Seán O'Brien", "sean@example.org", "4711")


def test_who_is_not_there(folder: Path, output: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no student 'Ana Alt'. .* Did you mean .*Anna Alt"):
        again(folder, output, Part(("Ana Alt",)))


@pytest.mark.slow
def test_a_question_graded_again_by_the_same_checks_gives_the_same(tmp_path: Path, session: Session) -> None:
    folder, output = small_class(tmp_path / "class", 2), tmp_path / "results"
    wrong = "def pinball_loss(tau):\n    return lambda y_true, y_pred: tau * (y_true - y_pred)"
    put(folder, {"wrong.ipynb": notebook(*answers_to(), wrong, "raise ValueError('no')")})
    Class(session, output).grade(find_submissions([folder]), 2, lambda _: None)
    before = verdicts_in(output)
    for question in (QUESTION, "make_quantile_model"):
        told, _ = again(folder, output, Part(tuple(before), question), session)
        assert len(told) == 3
        assert verdicts_in(output) == before


@pytest.mark.slow
def test_command(tmp_path: Path, session: Session) -> None:
    base = answers_to(QUESTION)
    files = {f"student_{number}.ipynb": notebook(*base, f"# the notebook of {number}") for number in range(3)}
    folder, output = put(tmp_path / "class", files), tmp_path / "results"
    Class(session, output).grade(find_submissions([folder]), 2, lambda _: None)
    older(output)
    other = bytes_in(output, ["student_1"])
    assert not (output / "salt.key").exists()
    said = kit("grade", folder, "--output", output, "--student", "student_1", "--question", QUESTION)
    assert "Graded again: 1 of 3 results. The others are as they were." in said
    assert "salt.key is missing" in said
    assert f"since 1 of them were graded: the points of {QUESTION} come from the checks of today" in said
    assert "2 were graded by other checks than those of today" in said
    assert bytes_in(output, ["student_1"]) == other
    assert results_in(output)["student_1"]["score"] == results_in(output)["student_2"]["score"] == 2
    assert "student_2" in (output / "report.html").read_text(encoding="utf-8")


def test_a_question_that_no_exercise_has(tmp_path: Path) -> None:
    folder = put(tmp_path, {"anna.ipynb": notebook("x = 1")})
    kit("grade", folder, "--output", tmp_path / "results", "--question", "no_such_question", status=2)


def older(output: Path) -> None:
    """Make the results of the first exercise those of earlier checks."""
    for path in output.glob("*.json"):
        result = json.loads(path.read_text(encoding="utf-8"))
        if result["extra_data"]["exercise"] == "custom_loss":
            result["extra_data"]["checks_sha256"] = "earlier"
            write_json(path, result)

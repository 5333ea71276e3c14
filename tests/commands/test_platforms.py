"""From what a platform exports to the file that it imports, by the commands of the guide."""

from __future__ import annotations

import csv
import random
import shutil
from pathlib import Path

import pytest
from command_line import kit, kit_here
from handed_in import answers_to, notebook, put, zipped
from platform_exports import EXPORTS, PEOPLE, ROSTER
from synthetic import failed, passed, plan_of

from autograder.classroom.batch import Class
from autograder.results.records import PlanRow
from autograder.results.result import Grading
from autograder.submissions.collect import find_submissions
from autograder.submissions.people import Person
from autograder.submissions.read import Submission

pytestmark = pytest.mark.slow

ONE, TWO = notebook(*answers_to("pinball_loss")), notebook("# nothing yet")
SCORES = ["12", "0", "0"]
"""Of Zoë, Ben and Cleo, who handed in a PDF."""
POINTS = "12"


class Grader:
    """Gives full marks to who has written something."""

    def plan(self, exercise: str) -> list[PlanRow]:
        return plan_of(exercise)

    def grade(self, submission: Submission, exercise: str, *, only: str | None = None) -> Grading:
        plan, right = self.plan(exercise), len(submission.cells) > 1
        checks = [passed(row) if right else failed(row, random.Random(1), exercise) for row in plan]
        return Grading(submission.name, exercise, submission.sha256, plan, checks)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of both notebooks: `kit grade` finds the same code in the exports, and has nothing left to grade."""
    folder = put(tmp_path_factory.mktemp("graded") / "class", {"one.ipynb": ONE, "two.ipynb": TWO})
    Class(Grader(), folder.parent / "results").grade(find_submissions([folder]), 1, lambda _: None)
    return folder.parent / "results"


def run(graded: Path, folder: Path, *options: str | Path) -> Path:
    output = shutil.copytree(graded, folder.parent / "results")
    kit_here("grade", folder, "--output", output, *options)
    return output


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


FORMS = {
    "moodle": "zip in a folder",
    "moodle without folders": "zip in a zip",
    "canvas": "zip in a folder",
    "gradescope": "one level up",
    "nbgrader": "one level up",
}


@pytest.mark.parametrize("platform", EXPORTS)
def test_names_are_in_the_table(tmp_path: Path, graded: Path, platform: str) -> None:
    export = EXPORTS[platform](ONE, TWO)
    files = {
        "zip in a folder": {"in/class.zip": zipped(export)},
        "zip in a zip": {"in/all.zip": zipped({"class.zip": zipped(export)})},
        "one level up": {f"in/below/{name}": data for name, data in export.items()},
    }[FORMS[platform]]
    rows = table(run(graded, put(tmp_path, files) / "in") / "scores.csv")
    found = {Person(row["name"], row["sid"], row["email"], row["platform_id"]): row for row in rows}
    assert [found[person]["score"] for person in PEOPLE[platform]] == SCORES
    assert found[PEOPLE[platform][2]]["message"] == "essay.pdf was handed in, and no notebook."
    assert len(rows) == 3


def test_canvas_from_its_zip_to_its_grade_book(tmp_path: Path, graded: Path) -> None:
    put(tmp_path, {"in/submissions.zip": zipped(EXPORTS["canvas"](ONE, TWO)), "roster.csv": ROSTER.encode()})
    output = run(graded, tmp_path / "in", "--roster", tmp_path / "roster.csv")
    said = kit("export", output, "--to", "canvas", "--column", "vae (81)", "--output", tmp_path / "grades.csv")
    assert "4 students. In Canvas: Grades, Import." in said
    assert "1 handed nothing in: their cells are empty." in said
    possible, *rows = table(tmp_path / "grades.csv")
    assert possible["vae (81)"] == POINTS
    assert list(rows[0]) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "vae (81)"]
    assert {row["ID"]: (row["SIS User ID"], row["SIS Login ID"], row["vae (81)"]) for row in rows} == {
        "4711": ("a1", "zoe@example.org", "12"),
        "4712": ("b2", "ben@example.org", "0"),
        "4713": ("c3", "cleo@example.org", "0"),
        "4714": ("d4", "dora@example.org", ""),
    }


def test_moodle_from_its_zip_to_its_worksheet(tmp_path: Path, graded: Path) -> None:
    output = run(graded, put(tmp_path, {"in/class.zip": zipped(EXPORTS["moodle"](ONE, TWO))}) / "in")
    kit_here("export", output, "--to", "moodle", "--output", tmp_path / "grades.csv")
    rows = {row["Identifier"]: (row["Full name"], row["Grade"]) for row in table(tmp_path / "grades.csv")}
    assert rows == {
        "Participant 4711": ("Zoë Ångström", "12"),
        "Participant 4712": ("Ben Beck", "0"),
        "Participant 4713": ("Cleo Cruz", "0"),
    }


def test_gradescope_from_its_export_to_its_columns(tmp_path: Path, graded: Path) -> None:
    output = run(graded, put(tmp_path / "in", EXPORTS["gradescope"](ONE, TWO)))
    kit_here("export", output, "--to", "gradescope", "--output", tmp_path / "grades.csv")
    rows = {row["Email"]: (row["Total Score"], row["Status"]) for row in table(tmp_path / "grades.csv")}
    assert rows == {
        "zoe@example.org": ("12", "Graded"),
        "ben@example.org": ("0", "Graded"),
        "cleo@example.org": ("0", "Graded"),
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("platform", "names"),
    {
        "moodle": ["Ben Beck_4712_assignsubmission_file_work", "Zoë Ångström_4711_assignsubmission_file_vae"],
        "canvas": ["beckben_LATE_4712_90002_vae-1", "ångströmzoë_4711_90001_vae"],
    }.items(),
)
def test_the_pages_of_all_are_named_as_the_platform_takes_them_back(
    tmp_path: Path, graded: Path, platform: str, names: list[str]
) -> None:
    folder = put(tmp_path, {"in/download.zip": zipped(EXPORTS[platform](ONE, TWO))}) / "in"
    output, pages = run(graded, folder), tmp_path / "pages"
    kit_here("report", output, folder, "--each", "--output", pages)
    found = {path.stem: path.read_text(encoding="utf-8") for path in pages.iterdir()}
    assert sorted(name for name, text in found.items() if "essay.pdf" not in text) == names
    zoe = found[names[1]]
    assert "pinball_loss" in zoe and "12</b> of 12 points" in zoe and "Ben" not in zoe
    kit_here("report", output, folder, "--each", "--student", "Ben Beck", status=2)


@pytest.mark.slow
def test_the_page_of_a_student_with_the_code_that_was_graded(tmp_path: Path, graded: Path) -> None:
    folder = put(tmp_path / "in", EXPORTS["moodle"](ONE, TWO))
    output = run(graded, folder)
    page = tmp_path / "zoe.html"
    kit_here("report", output, folder, "--student", "zoë ångström", "--output", page)
    text = page.read_text(encoding="utf-8")
    assert "Zoë Ångström" in text and "def" in text and "pinball_loss" in text
    assert "Ben Beck" not in text and "Cleo" not in text
    put(folder, {"Zoë Ångström_4711_assignsubmission_file_/vae.ipynb": notebook("# other code")})
    said = kit_here("report", output, folder, "--student", "4711", "--output", page)
    assert "It holds no code: the code that was graded is not there." in said
    assert "other code" not in page.read_text(encoding="utf-8")
    kit("report", output, "--student", "Zoe", status=2)
    before = (output / "report.html").read_text(encoding="utf-8")
    assert "3 submissions" in kit("report", output, folder, "--output", tmp_path / "again.html")
    assert len((tmp_path / "again.html").read_text(encoding="utf-8")) > len(before) / 2

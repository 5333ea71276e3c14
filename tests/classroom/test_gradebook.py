"""The files that platforms' grade books import."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from autograder.classroom.gradebook import Gradebook, gradebook
from autograder.errors import UsageError

HEAD = "submission,exercise,score,max_score,status,seconds,message,name,sid,email,platform_id\n"
ANNA = "a,vae,7.5,10,graded,3.0,,Anna Alt,a1,anna@example.org,4711\n"
CLASS = f"""{HEAD}{ANNA}b,vae,10,10,graded,3.0,,,,,
c,,0,0,unreadable,0.0,essay.pdf was handed in,Cleo Cruz,,,4713
nothing__d4,,0,0,unreadable,0.0,Nothing was handed in.,Dora Diaz,d4,dora@example.org,4714
"""
EXPECTED = {
    "canvas": """Student,ID,SIS User ID,SIS Login ID,Section,vae
    Points Possible,,,,,10
Anna Alt,4711,a1,anna@example.org,,7.5
Cleo Cruz,4713,,,,0
Dora Diaz,4714,d4,dora@example.org,,
""",
    "moodle": """Identifier,Full name,ID number,Email address,Grade,Maximum grade,Last modified (grade)
Participant 4711,Anna Alt,a1,anna@example.org,7.5,10,-
Participant 4713,Cleo Cruz,,,0,10,-
Participant 4714,Dora Diaz,d4,dora@example.org,,10,-
""",
    "gradescope": """Name,SID,Email,Total Score,Max Points,Status,vae (10 pts)
Anna Alt,a1,anna@example.org,7.5,10,Graded,7.5
Cleo Cruz,,,0,10,Graded,0
Dora Diaz,d4,dora@example.org,,10,Missing,
""",
}


def book(folder: Path, scores: str, platform: str = "canvas", column: str | None = None) -> Gradebook:
    (folder / "scores.csv").write_text(scores, encoding="utf-8")
    return gradebook(folder, platform, column)


def lines(found: Gradebook) -> list[dict[str, str]]:
    return list(csv.DictReader(found.text.splitlines()))


@pytest.mark.parametrize("platform", EXPECTED)
def test_columns_of_each_platform(tmp_path: Path, platform: str) -> None:
    found = book(tmp_path, CLASS, platform)
    assert found.text == EXPECTED[platform]
    assert found.count == 3
    assert found.notes == [
        "Left out, since nobody is known to have handed it in: b",
        "1 handed nothing in: their cells are empty.",
    ]


def test_the_column_of_an_assignment_that_is_there(tmp_path: Path) -> None:
    found = book(tmp_path, CLASS, column="Week 3 (8123)")
    assert found.text.startswith("Student,ID,SIS User ID,SIS Login ID,Section,Week 3 (8123)\n")
    with pytest.raises(UsageError, match="there are 2: vae, gan"):
        book(tmp_path, f"{CLASS}e,gan,1,10,graded,3.0,,Anna Alt,a1,,4711\n", column="Week 3")


def test_a_student_has_one_line_however_much_was_handed_in(tmp_path: Path) -> None:
    more = "e,gan,1,8,graded,3.0,,Anna Alt,a1,,4711\nf,vae,9.25,10,graded,3.0,,Anna Alt,a1,,4711\n"
    found = book(tmp_path, HEAD + ANNA + more)
    possible, anna = lines(found)
    assert (possible["vae"], possible["gan"], anna["vae"], anna["gan"]) == ("10", "8", "9.25", "1")
    assert found.notes == ["Several submissions of one exercise, of which the best counts: Anna Alt"]
    (anna,) = lines(book(tmp_path, HEAD + ANNA + more, "gradescope"))
    assert (anna["Total Score"], anna["Max Points"], anna["gan (8 pts)"]) == ("10.25", "18", "1")


def test_each_of_a_group_has_a_line(tmp_path: Path) -> None:
    group = 'g,vae,6,10,graded,3.0,,"Anna Alt, Ben Beck","a1, ","anna@example.org, ben@example.org",\n'
    found = lines(book(tmp_path, HEAD + group, "gradescope"))
    assert [(row["Name"], row["SID"], row["Total Score"]) for row in found] == [
        ("Anna Alt", "a1", "6"),
        ("Ben Beck", "", "6"),
    ]


@pytest.mark.parametrize("platform", EXPECTED)
def test_two_students_of_one_name_have_two_lines(tmp_path: Path, platform: str) -> None:
    jans = "h,vae,4,10,graded,3.0,,Jan Schmidt,,,4711\ni,vae,9,10,graded,3.0,,Jan Schmidt,,,4712\n"
    found = book(tmp_path, HEAD + jans, platform)
    assert (found.count, found.notes) == (2, [])


def test_tampering_is_told(tmp_path: Path) -> None:
    found = book(tmp_path, f"{HEAD}a,vae,0,10,tampered,3.0,,Anna Alt,a1,,4711\n")
    assert found.notes == ["Points are withheld for tampering from Anna Alt: talk to them first."]


def test_a_fault_is_told(tmp_path: Path) -> None:
    found = book(tmp_path, f"{HEAD}a,vae,7,10,fault,3.0,,Anna Alt,a1,,4711\n")
    assert found.notes == ["The grader failed on a: grade again before you import."]


def test_no_results(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="kit grade"):
        gradebook(tmp_path, "canvas")

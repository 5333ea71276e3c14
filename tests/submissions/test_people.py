"""Who handed a submission in, as the exports of platforms tell it, and a roster."""

from __future__ import annotations

from pathlib import Path

import pytest
from handed_in import notebook, put, zipped

from autograder.errors import UsageError
from autograder.submissions.collect import NOTHING, find_submissions
from autograder.submissions.people import Person, read_roster
from autograder.submissions.read import Unreadable

NOTEBOOK = notebook("x = 1")
LISTED = b"""---
submission_7:
  :submitters:
  - :name: Anna Alt
    :sid: 'a1'
    :email: anna@example.org
"""
MOODLE = {
    "Anna Alt_123_assignsubmission_file_/vae.ipynb": NOTEBOOK,
    "Ben_124_assignsubmission_file_/vae.zip": zipped({"vae.ipynb": NOTEBOOK}),
}
CANVAS = {"altanna_11_901_vae.ipynb": NOTEBOOK, "benbeck_LATE_12_902_vae-1.ipynb": NOTEBOOK}
GRADESCOPE = {
    "assignment_3_export/submission_metadata.yml": LISTED,
    "assignment_3_export/submission_7/vae.ipynb": NOTEBOOK,
}
NBGRADER = {"submitted/anna/ps1/vae.ipynb": NOTEBOOK, "submitted/ben/ps1/vae.ipynb": NOTEBOOK}
PEOPLE = {
    "moodle": (MOODLE, [Person("Anna Alt", "123"), Person("Ben", "124")]),
    "canvas": (CANVAS, [Person("altanna", "11"), Person("benbeck", "12")]),
    "gradescope": (GRADESCOPE, [Person("Anna Alt", "a1", "anna@example.org")]),
    "nbgrader": (NBGRADER, [Person(sid="anna"), Person(sid="ben")]),
}


@pytest.mark.parametrize("platform", PEOPLE)
@pytest.mark.parametrize("form", ["zip", "zip in a folder", "folder", "one level up"])
def test_as_a_platform_exports_it(tmp_path: Path, platform: str, form: str) -> None:
    files, people = PEOPLE[platform]
    named = {
        "zip": lambda: put(tmp_path, {"class.zip": zipped(files)}) / "class.zip",
        "zip in a folder": lambda: put(tmp_path / "in", {"class.zip": zipped(files)}),
        "folder": lambda: put(tmp_path / "in", files),
        "one level up": lambda: put(tmp_path / "in" / "below", files).parent,
    }[form]()
    found = find_submissions([named])
    assert sorted(source.person.sid for source in found) == sorted(person.sid for person in people)
    assert {source.person for source in found} == set(people)
    assert all(source.read().cells[0].source == "x = 1" for source in found)


def test_something_else_handed_in_has_a_row(tmp_path: Path) -> None:
    files = {"Anna_1_assignsubmission_file_/essay.pdf": b"%PDF", "Ben_2_assignsubmission_file_/vae.ipynb": NOTEBOOK}
    anna, ben = find_submissions([put(tmp_path, {"class.zip": zipped(files)}) / "class.zip"])
    assert (anna.student, ben.student) == ("Anna", "Ben")
    with pytest.raises(Unreadable, match=r"essay\.pdf was handed in, and no notebook"):
        anna.read()


def test_a_roster_completes_names_and_tells_who_is_missing(tmp_path: Path) -> None:
    head = "Last name,First name,SIS User ID,Email\n"
    table = f"{head}Alt,Anna,11,anna@example.org\nBeck,Ben,,ben@example.org\nCruz,Cleo,13,\n"
    roster = read_roster(put(tmp_path, {"roster.csv": table.encode()}) / "roster.csv")
    found = find_submissions([put(tmp_path / "in", CANVAS)], roster)
    assert [source.person.email for source in found[:2]] == ["anna@example.org", "ben@example.org"]
    assert found[2].person == Person("Cleo Cruz", "13")
    with pytest.raises(Unreadable, match=NOTHING):
        found[2].read()


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00x"])
def test_a_roster_that_can_not_be_used(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UsageError):
        read_roster(put(tmp_path, {"roster.csv": data}) / "roster.csv")

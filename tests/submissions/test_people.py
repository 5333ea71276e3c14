"""Who handed a submission in, as the exports of platforms tell it, and a roster."""

from __future__ import annotations

from pathlib import Path

import pytest
from handed_in import notebook, put, zipped
from platform_exports import EXPORTS, PEOPLE, ROSTER

from autograder.errors import UsageError
from autograder.submissions.collect import NOTHING, find_submissions
from autograder.submissions.people import Person, read_roster
from autograder.submissions.read import Unreadable

ONE, TWO = notebook("x = 1"), notebook("x = 2")
CANVAS = EXPORTS["canvas"](ONE, TWO)
GROUP = b"""---
submission_7:
  :submitters:
  - :name: Anna Alt
    :sid: 'a1'
    :email: anna@example.org
  - :name: Ben Beck
    :sid:
    :email: ben@example.org
"""


def roster(folder: Path, text: str) -> list[Person]:
    return read_roster(put(folder, {"roster.csv": text.encode()}) / "roster.csv")


@pytest.mark.parametrize("platform", EXPORTS)
@pytest.mark.parametrize("form", ["zip", "zip in a folder", "zip in a zip", "folder", "one level up"])
def test_as_a_platform_exports_it(tmp_path: Path, platform: str, form: str) -> None:
    files = EXPORTS[platform](ONE, TWO)
    named = {
        "zip": lambda: put(tmp_path, {"class.zip": zipped(files)}) / "class.zip",
        "zip in a folder": lambda: put(tmp_path / "in", {"class.zip": zipped(files)}),
        "zip in a zip": lambda: put(tmp_path, {"all.zip": zipped({"class.zip": zipped(files)})}) / "all.zip",
        "folder": lambda: put(tmp_path / "in", files),
        "one level up": lambda: put(tmp_path / "in" / "below", files).parent,
    }[form]()
    found = {source.person: source for source in find_submissions([named])}
    zoe, ben, cleo = (found.pop(person) for person in PEOPLE[platform])
    assert not found
    assert [source.read().cells[0].source for source in (zoe, ben)] == ["x = 1", "x = 2"]
    with pytest.raises(Unreadable, match=r"^essay\.pdf was handed in, and no notebook"):
        cleo.read()


@pytest.mark.parametrize("platform", ["moodle", "moodle without folders", "canvas", "gradescope"])
def test_a_roster_completes_what_a_platform_tells(tmp_path: Path, platform: str) -> None:
    found = find_submissions([put(tmp_path / "in", EXPORTS[platform](ONE, TWO))], roster(tmp_path, ROSTER))
    assert sorted(source.person.email for source in found) == [
        f"{name}@example.org" for name in ("ben", "cleo", "dora", "zoe")
    ]
    assert sorted(source.person.sid for source in found) == ["a1", "b2", "c3", "d4"]
    assert found[-1].person == Person("Diaz, Dora", "d4", "dora@example.org", "4714")
    with pytest.raises(Unreadable, match=NOTHING):
        found[-1].read()


def test_a_roster_in_other_words(tmp_path: Path) -> None:
    worksheet = "Identifier;Full name;Email address;Status\nParticipant 4712;Benjamin B.;ben@example.org;Submitted\n"
    (ben,) = (
        source
        for source in find_submissions([put(tmp_path / "in", CANVAS)], roster(tmp_path, worksheet))
        if source.person.email
    )
    assert ben.person == Person("Benjamin B.", "", "ben@example.org", "4712")
    table = "Last name,First name,ID\nAlt,Anna,4711\n"  # this number is the university's, not Canvas's
    assert roster(tmp_path, table) == [Person("Anna Alt", "4711")]
    found = find_submissions([put(tmp_path / "in", CANVAS)], roster(tmp_path, table))
    assert {source.person.name for source in found} == {"ångströmzoë", "beckben", "cruzcleo", "Anna Alt"}


def test_a_group_that_handed_in_together(tmp_path: Path) -> None:
    files = {"submission_metadata.yml": GROUP, "submission_7/vae.ipynb": ONE}
    table = "Name,SID,Email\nAnna Alt,a1,\nBen Beck,b2,ben@example.org\nCleo Cruz,c3,\n"
    both, cleo = find_submissions([put(tmp_path / "in", files)], roster(tmp_path, table))
    assert both.person.members() == [
        Person("Anna Alt", "a1", "anna@example.org"),
        Person("Ben Beck", "", "ben@example.org"),
    ]
    assert cleo.student == "Cleo Cruz"


def test_in_one_folder_a_module_belongs_to_its_student(tmp_path: Path) -> None:
    files = {**CANVAS, "beckben_4712_90005_helper-2.py": b"def double(x):\n    return 2 * x\n"}
    found = find_submissions([put(tmp_path, files)])
    assert {source.name: list(source.read().files) for source in found if source.person.name != "cruzcleo"} == {
        "ångströmzoë_4711_90001_vae": [],
        "beckben_LATE_4712_90002_vae-1": ["helper.py"],
    }


def test_in_a_folder_of_its_own_a_module_keeps_its_name(tmp_path: Path) -> None:
    folder = "Zoë Ångström_4711_assignsubmission_file_"
    files = {f"{folder}/vae.ipynb": ONE, f"{folder}/lab_1_2026_helper.py": b"def double(x):\n    return 2 * x\n"}
    (source,) = find_submissions([put(tmp_path, files)])
    assert list(source.read().files) == ["lab_1_2026_helper.py"]


def test_a_students_zip_is_not_taken_for_a_class(tmp_path: Path) -> None:
    files = {"anna.zip": zipped({"hw_3_2_final.ipynb": ONE, "week_1_2_notes.txt": b""})}
    (source,) = find_submissions([put(tmp_path, files)])
    assert (source.name, source.person) == ("anna", Person())


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00x"])
def test_a_roster_that_can_not_be_used(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UsageError):
        read_roster(put(tmp_path, {"roster.csv": data}) / "roster.csv")

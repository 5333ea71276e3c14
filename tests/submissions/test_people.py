"""Who handed a submission in, as the exports of platforms tell it, and a roster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from handed_in import notebook, put, zipped
from platform_exports import EXPORTS, PDF, PEOPLE, ROSTER, ZOE, Files, HandedIn, canvas, metadata, moodle

from autograder.errors import UsageError
from autograder.submissions.collect import NOTHING, find_submissions, namesakes_in
from autograder.submissions.people import METADATA, Person
from autograder.submissions.read import Unreadable
from autograder.submissions.roster import read_roster

ONE, TWO = notebook("x = 1"), notebook("x = 2")
CANVAS = EXPORTS["canvas"](ONE, TWO)
GROUP = [Person("Anna Alt", "a1", "anna@example.org"), Person("Ben Beck", "", "ben@example.org")]


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
    worksheet = "Identifier;Full name;Email address;Status\nParticipant 4712;Ben Beck;ben@example.org;Submitted\n"
    (ben,) = (
        source
        for source in find_submissions([put(tmp_path / "in", CANVAS)], roster(tmp_path, worksheet))
        if source.person.email
    )
    assert ben.person == Person("Ben Beck", "", "ben@example.org", "4712")
    table = "Last name,First name,ID\nAlt,Anna,4711\n"  # this number is the university's, not Canvas's
    assert roster(tmp_path, table) == [Person("Anna Alt", "4711")]
    found = find_submissions([put(tmp_path / "in", CANVAS)], roster(tmp_path, table))
    assert {source.person.name for source in found} == {"ångströmzoë", "beckben", "cruzcleo", "Anna Alt"}


def test_a_group_that_handed_in_together(tmp_path: Path) -> None:
    files = {METADATA: metadata({"submission_7": GROUP}).encode(), "submission_7/vae.ipynb": ONE}
    table = "Name,SID,Email\nAnna Alt,a1,\nBen Beck,b2,ben@example.org\nCleo Cruz,c3,\n"
    both, cleo = find_submissions([put(tmp_path / "in", files)], roster(tmp_path, table))
    assert both.person.members() == GROUP
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
    files = {"anna.zip": zipped({"hw_3_2_final.ipynb": ONE, "week_1_2_notes.txt": b"", "lab_3_text.html": b""})}
    (source,) = find_submissions([put(tmp_path, files)])
    assert (source.name, source.person) == ("anna", Person())


def test_what_canvas_exports_while_an_assignment_is_anonymous(tmp_path: Path) -> None:
    files = {
        "anon_X7k2p_90001_vae.ipynb": ONE,
        "LATE_anon_qW3rT_90002_vae.ipynb": TWO,
        "anon_b4Bc9_90003_essay.pdf": PDF,
    }
    found = find_submissions([put(tmp_path, {"in/class.zip": zipped(files)}) / "in"])
    assert sorted(source.student for source in found) == ["anon_X7k2p", "anon_b4Bc9", "anon_qW3rT"]


@pytest.mark.parametrize("late", ["", "_LATE"])
def test_what_a_student_typed_into_canvas_is_no_notebook(tmp_path: Path, late: str) -> None:
    (cleo,) = find_submissions([put(tmp_path, {f"cruzcleo{late}_4713_text.html": b"<p>My answer</p>"})])
    assert cleo.person == Person("cruzcleo", platform_id="4713")
    with pytest.raises(Unreadable, match=r"^text\.html was handed in, and no notebook"):
        cleo.read()


JANS = [
    Person("Jan Schmidt", "s1", "jan1@example.org", "4711"),
    Person("Jan Schmidt", "s2", "jan2@example.org", "4712"),
]


@pytest.mark.parametrize("layout", [moodle, canvas])
def test_two_students_of_one_name(tmp_path: Path, layout: Callable[[list[HandedIn]], Files]) -> None:
    files = layout([HandedIn(person, {"vae.ipynb": ONE}) for person in JANS])
    folder = put(tmp_path / "in", files)
    rows = [",".join(person.identity()) for person in JANS]
    numbered = roster(tmp_path, "\n".join(["Name,SID,Email,Identifier", *rows]))
    assert [source.person for source in find_submissions([folder], numbered)] == JANS
    assert not namesakes_in(numbered, find_submissions([folder], numbered))
    named = [Person(*person.identity()[:3]) for person in JANS]
    found = find_submissions([folder], named)
    assert [(source.person.email, source.person.platform_id) for source in found] == [("", "4711"), ("", "4712")]
    assert len(namesakes_in(named, found)) == 1


def test_a_number_of_another_assignment_is_nobodys(tmp_path: Path) -> None:
    worksheet = "Identifier,Full name,Email address\nParticipant 4711,Anna Alt,anna@example.org\n"
    zoe, anna = find_submissions(
        [put(tmp_path / "in", moodle([HandedIn(ZOE, {"vae.ipynb": ONE})]))], roster(tmp_path, worksheet)
    )
    assert zoe.person == Person("Zoë Ångström", platform_id="4711")
    assert anna.person.email == "anna@example.org"


def test_a_roster_lists_others_than_students(tmp_path: Path) -> None:
    gradescope = "Name,SID,Email,Role\nAnna Alt,a1,anna@example.org,Student\nPat Prof,,pat@example.org,Instructor\n"
    assert roster(tmp_path, gradescope) == [Person("Anna Alt", "a1", "anna@example.org")]
    grades = 'Student,ID,SIS Login ID\n    Points Possible,,\n"Alt, Anna",4711,anna\n"Student, Test",99,f00ba4\n'
    assert [person.name for person in roster(tmp_path, grades)] == ["Alt, Anna"]


def test_names_are_in_a_list_that_holds_all_results(tmp_path: Path) -> None:
    said = ":results:\n    output: |-\n" + "      What the grader said.\n" * 400_000
    listed = metadata({"submission_7": GROUP[:1], "submission_8": GROUP[1:]}).replace(":created_at", f"{said}  :at", 1)
    files = {METADATA: listed.encode(), "submission_7/vae.ipynb": ONE, "submission_8/vae.ipynb": TWO}
    assert [source.person for source in find_submissions([put(tmp_path, files)])] == GROUP


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00x"])
def test_a_roster_that_can_not_be_used(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UsageError):
        read_roster(put(tmp_path, {"roster.csv": data}) / "roster.csv")

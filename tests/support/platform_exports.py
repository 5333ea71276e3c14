"""What platforms export of a class, in the layouts that their sources and documentation describe.

A layout is a mapping of paths to bytes, made from what each student handed in. ``EXPORTS`` has those of a class of
three: Zoë, Ben, whose hand-in is late, and Cleo with a PDF. Where the layouts come from:

* Moodle, *View all submissions*, *Download all submissions*, with and without *Download submissions in folders*:
  `mod/assign/classes/downloader.php` in https://github.com/moodle/moodle
* Canvas, *Download submissions*: `lib/content_zipper.rb` in https://github.com/instructure/canvas-lms
* Gradescope, *Export Submissions*: Gradescope publishes no description of it. The keys of its list are those that
  programs of courses read from it, in public.
* nbgrader, the folder of a course:
  https://nbgrader.readthedocs.io/en/stable/user_guide/philosophy.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from handed_in import zipped

from autograder.submissions.people import METADATA, Person

Files = dict[str, bytes]
PDF = b"%PDF-1.7"
DATE = "2026-11-20 10:00:00.000000000 +00:00"
ASSIGNMENT = "ps1"


@dataclass(frozen=True)
class HandedIn:
    """What a student of the class handed in, by the names that the student gave to the files."""

    person: Person
    files: Files
    late: bool = False


def moodle(class_: Sequence[HandedIn]) -> Files:
    """Folders named by student, number and kind of hand-in; who hands in no notebook has written a text, too."""
    found: Files = {}
    for each in class_:
        place = f"{_moodle_name(each.person)}_assignsubmission"
        found |= {f"{place}_file_/{name}": data for name, data in each.files.items()}
        if not any(name.endswith((".ipynb", ".zip", ".py")) for name in each.files):
            found[f"{place}_onlinetext_/onlinetext.html"] = b"<p>See the other file.</p>"
    return found


def moodle_flat(class_: Sequence[HandedIn]) -> Files:
    """The same without folders."""
    return {
        f"{_moodle_name(each.person)}_assignsubmission_file_{name}": data
        for each in class_
        for name, data in each.files.items()
    }


def _moodle_name(person: Person) -> str:
    """Name and participant number, without the signs that Moodle keeps out of file names."""
    name = re.sub(r"[&<>\"`|':\\/]", "", person.name.replace("_", " "))
    return f"{name}_{person.platform_id}"


def canvas(class_: Sequence[HandedIn]) -> Files:
    """Files in one folder: name without spaces, last name first; a mark where it is late; Canvas's numbers."""
    numbered = enumerate(((each, name, data) for each in class_ for name, data in each.files.items()), 90001)
    return {f"{_canvas_name(each)}_{number}_{name}": data for number, (each, name, data) in numbered}


def _canvas_name(each: HandedIn) -> str:
    first, _, last = each.person.name.rpartition(" ")
    name = re.sub(r"\W", "", last + first).lower()
    return "_".join([name, *(["LATE"] if each.late else []), each.person.platform_id])


def gradescope(class_: Sequence[HandedIn]) -> Files:
    """A folder per submission, and the list of who handed them in."""
    below = "assignment_3_export"
    lists = [metadata({f"submission_{number}": [each.person]}) for number, each in enumerate(class_, 101)]
    files = {
        f"{below}/submission_{number}/{name}": data
        for number, each in enumerate(class_, 101)
        for name, data in each.files.items()
    }
    return {f"{below}/{METADATA}": ("---\n" + "".join(lists)).encode(), **files}


def metadata(submissions: dict[str, Sequence[Person]]) -> str:
    """The part of Gradescope's list about some submissions: by folder, the group that handed each in."""
    lines = []
    for folder, group in submissions.items():
        lines += [f"{folder}:", "  :submitters:"]
        for person in group:
            sid = f" {_quoted(person.sid)}" if person.sid else ""
            lines += [f"  - :name: {_quoted(person.name)}", f"    :sid:{sid}", f"    :email: {person.email}"]
        lines += [f"  :created_at: {DATE}"]
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def nbgrader(class_: Sequence[HandedIn]) -> Files:
    """The course's folder of what was handed in: student, assignment, notebook."""
    found: Files = {}
    for each in class_:
        folder = f"submitted/{each.person.sid}/{ASSIGNMENT}"
        found |= {f"{folder}/{name}": data for name, data in each.files.items()}
        found[f"{folder}/timestamp.txt"] = DATE.encode()
    return found


LAYOUTS: dict[str, Callable[[Sequence[HandedIn]], Files]] = {
    "moodle": moodle,
    "moodle without folders": moodle_flat,
    "canvas": canvas,
    "gradescope": gradescope,
    "nbgrader": nbgrader,
}
ZOE = Person("Zoë Ångström", "a1", "zoe@example.org", "4711")
BEN = Person("Ben Beck", "", "ben@example.org", "4712")
CLEO = Person("Cleo Cruz", "c3", "cleo@example.org", "4713")


def three(first: bytes, second: bytes) -> list[HandedIn]:
    """A class of three, from the notebooks of Zoë and Ben."""
    return [
        HandedIn(ZOE, {"vae.ipynb": first}),
        HandedIn(BEN, {"vae.ipynb": second}, late=True),
        HandedIn(CLEO, {"essay.pdf": PDF}),
    ]


def _moodle_of_three(first: bytes, second: bytes) -> Files:
    """In Moodle, where the student may hand in a zip."""
    zoe, ben, cleo = three(first, second)
    return moodle([zoe, replace(ben, files={"work.zip": zipped({"work/vae.ipynb": second})}), cleo])


def _canvas_of_three(first: bytes, second: bytes) -> Files:
    """In Canvas, which names what is handed in again."""
    zoe, ben, cleo = three(first, second)
    return canvas([zoe, replace(ben, files={"vae-1.ipynb": second}), cleo])


def _nbgrader_of_three(first: bytes, second: bytes) -> Files:
    """In nbgrader, which knows students by an id of its own."""
    names = [replace(each, person=who) for each, who in zip(three(first, second), PEOPLE["nbgrader"], strict=True)]
    return nbgrader(names)


EXPORTS: dict[str, Callable[[bytes, bytes], Files]] = {
    "moodle": _moodle_of_three,
    "moodle without folders": lambda first, second: moodle_flat(three(first, second)),
    "canvas": _canvas_of_three,
    "gradescope": lambda first, second: gradescope(three(first, second)),
    "nbgrader": _nbgrader_of_three,
}
MOODLE_PEOPLE = [Person(each.name, platform_id=each.platform_id) for each in (ZOE, BEN, CLEO)]
PEOPLE = {
    "moodle": MOODLE_PEOPLE,
    "moodle without folders": MOODLE_PEOPLE,
    "canvas": [
        Person("ångströmzoë", platform_id="4711"),
        Person("beckben", platform_id="4712"),
        Person("cruzcleo", platform_id="4713"),
    ],
    "gradescope": [replace(each, platform_id="") for each in (ZOE, BEN, CLEO)],
    "nbgrader": [Person(sid="zoe"), Person(sid="ben"), Person(sid="cleo")],
}
"""What an export tells of Zoë, Ben and Cleo."""
ROSTER = """Student,ID,SIS User ID,SIS Login ID,Section,vae (81)
"    Points Possible",,,,,10
"Ångström, Zoë",4711,a1,zoe@example.org,A,
"Beck, Ben",4712,b2,ben@example.org,A,
"Cruz, Cleo",4713,c3,cleo@example.org,B,
"Diaz, Dora",4714,d4,dora@example.org,B,
"""
"""The class of four as Canvas's grade book exports it. Dora has handed nothing in."""

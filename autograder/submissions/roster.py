"""The students of a course, from a list, and which of them a person is."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.errors import UsageError
from autograder.submissions.people import Person

COLUMNS = {
    "name": ("name", "student", "student name", "full name"),
    "first": ("first name", "firstname", "given name"),
    "last": ("last name", "lastname", "surname", "family name"),
    "sid": ("sid", "student id", "id number", "sis user id", "idnumber", "id"),
    "email": ("email", "email address", "e-mail", "login id", "sis login id"),
    "platform_id": ("platform_id", "identifier", "id"),
    "role": ("role",),
}
"""The columns of a roster. Canvas's grade book has its own numbers as "ID", Moodle's worksheet as "Identifier"."""
NOBODY = ("points possible", "student, test")
"""What Canvas's grade book lists beside students: the points of each column, and the teacher's view as a student."""
STAFF = ("instructor", "ta", "reader", "observer", "teacher")
"""Roles in a course of those who hand nothing in. Gradescope's roster lists them, too."""


def read_roster(path: Path) -> list[Person]:
    """The students in a CSV file with columns for names, ids or email addresses. Raises UsageError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError):
        raise UsageError(f"{path} can't be read. Name a CSV file in UTF-8.") from None
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if text.count(";") > text.count(",") else ","))
    places = _places(rows[0]) if rows else {}
    if not places:
        raise UsageError(f"{path} has no column that is known. Call them name, sid and email.")
    role = places.pop("role", None)
    students = [row for row in rows[1:] if role is None or "".join(row[role : role + 1]).strip().lower() not in STAFF]
    people = [_person(row, places) for row in students]
    return [person for person in people if person != Person() and person.name.lower() not in NOBODY]


def _places(header: Sequence[str]) -> dict[str, int]:
    names = [" ".join(cell.lower().split()) for cell in header]
    places = {key: names.index(name) for key, known in COLUMNS.items() for name in known[::-1] if name in names}
    if places.get("platform_id") == places.get("sid"):  # a lone "id" is the university's
        places.pop("platform_id", None)
    return places


def _person(row: Sequence[str], places: Mapping[str, int]) -> Person:
    cells = {key: row[place].strip() for key, place in places.items() if place < len(row)}
    full = " ".join(filter(None, (cells.get("first"), cells.get("last"))))
    number = re.search(r"\d+$", cells.get("platform_id", ""))  # "Participant 123"
    return Person(
        cells.get("name") or full, cells.get("sid", ""), cells.get("email", ""), number.group() if number else ""
    )


def find_in(roster: Sequence[Person], person: Person) -> Person | None:
    """The one student of a roster who is ``person``: by email address, by id, by the platform's number, or by name.

    A number with another name is that of somebody else: Moodle numbers its participants anew for each assignment.
    """
    for key in (_email, _sid, _number, _plain_name):
        same = [each for each in roster if key(each) and key(each) == key(person)]
        if key is _number:
            same = [each for each in same if _plain_name(each) in ("", _plain_name(person))]
        if len(same) == 1:
            return same[0]
    return None


def namesakes(roster: Sequence[Person], person: Person) -> list[Person]:
    """The students of a roster who have the name of ``person``, where nothing tells which of them it is."""
    same = [each for each in roster if _plain_name(person) and _plain_name(each) == _plain_name(person)]
    return same if len(same) > 1 and find_in(roster, person) is None else []


def _email(person: Person) -> str:
    return person.email.casefold()


def _sid(person: Person) -> str:
    return person.sid.casefold()


def _number(person: Person) -> str:
    return person.platform_id


def _plain_name(person: Person) -> str:
    """The letters of a name in alphabetical order: Canvas writes the last name first, without spaces."""
    plain = unicodedata.normalize("NFKD", person.name).casefold()
    return "".join(sorted(letter for letter in plain if letter.isalnum()))

"""Who handed a submission in: from the names that platforms give to what they export, and from a roster."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from autograder.errors import UsageError

METADATA = "submission_metadata.yml"
MAX_METADATA = 8 * 2**20
MOODLE = re.compile(r"^(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+")
"""The folder of a student in a zip of Moodle's: https://docs.moodle.org/en/Assignment_settings#Downloading."""
CANVAS = re.compile(r"^(?P<name>[^_]+)_(?:LATE_)?(?P<id>\d+)_(?P<file>\d+)_(?P<original>.+)$", re.IGNORECASE)
"""A file in a zip of Canvas's: the student's name without spaces, a mark where it is late, two numbers, a name."""
GRADESCOPE = re.compile(r"^submission_\d+$")
SUBMITTED = "submitted"
"""The folder of nbgrader's course below which come student and assignment."""
COLUMNS = {
    "name": ("name", "student", "student name", "full name"),
    "first": ("first name", "firstname", "given name"),
    "last": ("last name", "lastname", "surname", "family name"),
    "sid": ("sid", "student id", "id number", "sis user id", "idnumber", "id"),
    "email": ("email", "email address", "e-mail", "login id", "sis login id"),
}


@dataclass(frozen=True)
class Person:
    """A student, as far as known."""

    name: str = ""
    sid: str = ""
    email: str = ""

    def or_else(self, other: Person) -> Person:
        """This person, with what is not known from ``other``."""
        return Person(self.name or other.name, self.sid or other.sid, self.email or other.email)


def person_of(path: PurePosixPath, known: Mapping[str, Person]) -> Person:
    """Who handed in the file at ``path`` of an export; ``known`` are the persons by folder, where a list tells."""
    for part in path.parts:
        if part in known:
            return known[part]
        if found := MOODLE.match(part):
            return Person(found["name"].replace("_", " "), found["id"])
    if SUBMITTED in path.parts[:-2]:
        return Person(sid=path.parts[path.parts.index(SUBMITTED) + 1])
    if found := CANVAS.match(path.name):
        return Person(found["name"], found["id"])
    return Person()


def student_folder(path: PurePosixPath) -> PurePosixPath | None:
    """The folder that a platform made for the student whose file is at ``path``, or None."""
    for depth, part in enumerate(path.parts[:-1], 1):
        if MOODLE.match(part) or GRADESCOPE.match(part):
            return PurePosixPath(*path.parts[:depth])
    if SUBMITTED in path.parts[:-2]:
        return PurePosixPath(*path.parts[: path.parts.index(SUBMITTED) + 2])
    return None


def is_export(paths: Iterable[PurePosixPath]) -> bool:
    """Whether the files of a zip are those of a class, named by a platform, and not those of one student."""
    return any(
        path.name == METADATA or student_folder(path) is not None or CANVAS.match(path.name) is not None
        for path in paths
    )


def from_metadata(text: str) -> dict[str, Person]:
    """The persons by folder of a Gradescope export; empty where its list can't be read."""
    try:
        data: Any = yaml.safe_load(text[:MAX_METADATA])
        return {str(folder): _submitters(entry[":submitters"]) for folder, entry in data.items()}
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, RecursionError):
        return {}


def _submitters(entries: Sequence[Mapping[str, Any]]) -> Person:
    columns = [[str(each.get(key) or "") for each in entries] for key in (":name", ":sid", ":email")]
    return Person(*(", ".join(filter(None, column)) for column in columns))


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
    return [person for row in rows[1:] if (person := _person(row, places)) != Person()]


def _places(header: Sequence[str]) -> dict[str, int]:
    names = [" ".join(cell.lower().split()) for cell in header]
    return {key: names.index(name) for key, known in COLUMNS.items() for name in known[::-1] if name in names}


def _person(row: Sequence[str], places: Mapping[str, int]) -> Person:
    cells = {key: row[place].strip() for key, place in places.items() if place < len(row)}
    full = " ".join(filter(None, (cells.get("first"), cells.get("last"))))
    return Person(cells.get("name") or full, cells.get("sid", ""), cells.get("email", ""))


def find_in(roster: Sequence[Person], person: Person) -> Person | None:
    """The one student of a roster who is ``person``: by email address, by id, or by name."""
    for key in (_email, _sid, _plain_name):
        same = [each for each in roster if key(each) and key(each) == key(person)]
        if len(same) == 1:
            return same[0]
    return None


def _email(person: Person) -> str:
    return person.email.casefold()


def _sid(person: Person) -> str:
    return person.sid.casefold()


def _plain_name(person: Person) -> str:
    """The letters of a name in alphabetical order of its words: Canvas writes the last name first, without spaces."""
    plain = unicodedata.normalize("NFKD", person.name).encode("ascii", "ignore").decode().casefold()
    return "".join(sorted(letter for letter in plain if letter.isalnum()))

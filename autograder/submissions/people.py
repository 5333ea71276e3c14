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
MOODLE = re.compile(r"^(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+_?(?P<original>.*)$")
"""A student's folder, or file, in a zip of Moodle's: https://docs.moodle.org/en/Assignment_settings#Downloading."""
CANVAS = re.compile(r"^(?P<name>[^_]+)_(?:LATE_)?(?P<id>\d+)_(?P<file>\d{3,})_(?P<original>.+)$", re.IGNORECASE)
"""A file in a zip of Canvas's: the student's name without spaces, a mark where it is late, two numbers, a name.

https://community.canvaslms.com: "How do I download all student submissions for an assignment?"
"""
AGAIN = re.compile(r"-\d+(?=\.[^.]+$)")
"""What Canvas puts behind the name of a file that was handed in again."""
GRADESCOPE = re.compile(r"^submission_\d+$")
SUBMITTED = "submitted"
"""The folder of nbgrader's course below which come student and assignment."""
COLUMNS = {
    "name": ("name", "student", "student name", "full name"),
    "first": ("first name", "firstname", "given name"),
    "last": ("last name", "lastname", "surname", "family name"),
    "sid": ("sid", "student id", "id number", "sis user id", "idnumber", "id"),
    "email": ("email", "email address", "e-mail", "login id", "sis login id"),
    "platform_id": ("platform_id", "identifier", "id"),
}
"""The columns of a roster. Canvas's grade book has its own numbers as "ID", Moodle's worksheet as "Identifier"."""
POSSIBLE = "points possible"
"""What Canvas's grade book has in the place of a student in its second line."""
GROUP = ", "


@dataclass(frozen=True)
class Person:
    """A student, as far as known. ``platform_id`` is the number by which Moodle or Canvas names what it exports."""

    name: str = ""
    sid: str = ""
    email: str = ""
    platform_id: str = ""

    def identity(self) -> tuple[str, str, str, str]:
        """All that is known, "" where something is not."""
        return self.name, self.sid, self.email, self.platform_id

    def or_else(self, other: Person) -> Person:
        """This person, with what is not known from ``other``."""
        return Person(*(one or another for one, another in zip(self.identity(), other.identity(), strict=True)))

    def members(self) -> list[Person]:
        """The students of a group that handed in together; one student is a group of one."""
        columns = [text.split(GROUP) for text in (self.name, self.sid, self.email)]
        count = max(map(len, columns[1:]))
        if count == 1 or any(len(column) not in (count, 1) for column in columns):
            return [self]
        padded = [column if len(column) == count else [""] * count for column in columns]
        return [Person(*cells) for cells in zip(*padded, strict=True)]


def person_of(path: PurePosixPath, known: Mapping[str, Person]) -> Person:
    """Who handed in the file at ``path`` of an export; ``known`` are the persons by folder, where a list tells."""
    for part in path.parts:
        if part in known:
            return known[part]
        if found := MOODLE.match(part):
            return Person(found["name"].replace("_", " "), platform_id=found["id"])
    if SUBMITTED in path.parts[:-2]:
        return Person(sid=path.parts[path.parts.index(SUBMITTED) + 1])
    if found := CANVAS.match(path.name):
        return Person(found["name"], platform_id=found["id"])
    return Person()


def place_of(path: PurePosixPath) -> PurePosixPath | None:
    """What a platform made for the student whose file is at ``path``, or None.

    It is a folder, or, where the files of a class lie in one folder, that folder with the beginning of their names.
    """
    for depth, part in enumerate(path.parts):
        above = PurePosixPath(*path.parts[:depth])
        if found := MOODLE.match(part):
            return above / f"{found['name']}_{found['id']}"
        if GRADESCOPE.match(part) and depth < len(path.parts) - 1:
            return above / part
    if SUBMITTED in path.parts[:-2]:
        return PurePosixPath(*path.parent.parts[: path.parts.index(SUBMITTED) + 3])
    if found := CANVAS.match(path.name):
        return path.parent / f"{found['name']}_{found['id']}"
    return None


def own_name(path: PurePosixPath) -> str:
    """The name of a file as its student knows it, without what a platform has put around it."""
    above = path.parts[:-1]
    if SUBMITTED in above or any(MOODLE.match(part) or GRADESCOPE.match(part) for part in above):
        return path.name  # the platform has named a folder
    if found := MOODLE.match(path.name):
        return found["original"] or path.name
    if found := CANVAS.match(path.name):
        return AGAIN.sub("", found["original"])
    return path.name


def is_export(paths: Iterable[PurePosixPath]) -> bool:
    """Whether the files of a zip are those of a class, named by a platform, and not those of one student."""
    return any(path.name == METADATA or place_of(path) is not None for path in paths)


def from_metadata(text: str) -> dict[str, Person]:
    """The persons by folder of a Gradescope export; empty where its list can't be read."""
    try:
        data: Any = yaml.safe_load(text[:MAX_METADATA])
        return {str(folder): _submitters(entry[":submitters"]) for folder, entry in data.items()}
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, RecursionError):
        return {}


def _submitters(entries: Sequence[Mapping[str, Any]]) -> Person:
    columns = [[str(each.get(key) or "") for each in entries] for key in (":name", ":sid", ":email")]
    return Person(*(GROUP.join(column) if any(column) else "" for column in columns))


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
    people = [_person(row, places) for row in rows[1:]]
    return [person for person in people if person != Person() and person.name.lower() != POSSIBLE]


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
    """The one student of a roster who is ``person``: by email address, by id, by the platform's number, or by name."""
    for key in (_email, _sid, _number, _plain_name):
        same = [each for each in roster if key(each) and key(each) == key(person)]
        if len(same) == 1:
            return same[0]
    return None


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

"""Who handed a submission in: from the names that platforms give to what they export."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import yaml

METADATA = "submission_metadata.yml"
MAX_METADATA = 64 * 2**20
MOODLE = re.compile(r"^(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+_?(?P<original>.*)$")
"""A student's folder, or file, in a zip of Moodle's.

See `mod/assign/classes/downloader.php` in https://github.com/moodle/moodle.
"""
CANVAS = re.compile(
    r"^(?:(?P<name>[^_]+)_(?:LATE_)?(?P<id>\d+)|(?:LATE_)?(?P<anonymous>anon_[0-9A-Za-z]{5}))"
    r"_(?:(?P<file>\d{3,})_(?P<original>.+)|(?<=[0-9A-Za-z]{3}_)(?P<entry>(?:text|link)\.html))$",
    re.IGNORECASE,
)
"""A file in a zip of Canvas's.

The student's name without spaces, a mark where it is late, the student's number; or only what stands for both while
the assignment is anonymous. Then a file's number and name, or what was typed into the page.
See `lib/content_zipper.rb` in https://github.com/instructure/canvas-lms.
"""
AGAIN = re.compile(r"-\d+(?=\.[^.]+$)")
"""What Canvas puts behind the name of a file that was handed in again."""
JOINED_FOLDER = re.compile(r"(_assignsubmission_[a-z]+)_+")
"""Of a path that has become a name. Moodle calls a file that it takes back what follows one "_".

See `mod/assign/feedback/file/importziplib.php` in https://github.com/moodle/moodle.
"""
JOINT = "__"
"""What joins the parts of a path in the name of a submission."""
GRADESCOPE = re.compile(r"^submission_\d+$")
SUBMITTED = "submitted"
"""The folder of nbgrader's course below which come student and assignment."""
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Thirty times as fast: Gradescope's list may hold all that its grading has said to a class."""
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

    def label(self) -> str:
        """What the person is called: the name, else the id or the email address; "" where none is known."""
        return self.name or self.sid or self.email

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


def person_of(path: PurePosixPath, known: Mapping[PurePosixPath, Person]) -> Person:
    """Who handed in the file at ``path`` of an export; ``known`` are the persons by folder, where a list tells."""
    for depth, part in enumerate(path.parts, 1):
        if (folder := PurePosixPath(*path.parts[:depth])) in known:
            return known[folder]
        if found := MOODLE.match(part):
            return Person(found["name"].replace("_", " "), platform_id=found["id"])
    if SUBMITTED in path.parts[:-2]:
        return Person(sid=path.parts[path.parts.index(SUBMITTED) + 1])
    if found := CANVAS.match(path.name):
        return Person(found["name"] or found["anonymous"], platform_id=found["id"] or "")
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
        return path.parent / (found["anonymous"] or f"{found['name']}_{found['id']}")
    return None


def exported_name(submission: str) -> str:
    """The name of a submission without the zip, or the folders, that held what a platform exported."""
    parts = submission.split(JOINT)
    starts = [JOINT.join(parts[place:]) for place in range(len(parts))]
    moodle = [rest for rest in starts if MOODLE.match(rest)][-1:]
    named = moodle or [rest for rest in starts if CANVAS.match(rest)] or [submission]
    return JOINED_FOLDER.sub(r"\1_", named[0])


def own_name(path: PurePosixPath) -> str:
    """The name of a file as its student knows it, without what a platform has put around it."""
    above = path.parts[:-1]
    if SUBMITTED in above or any(MOODLE.match(part) or GRADESCOPE.match(part) for part in above):
        return path.name  # the platform has named a folder
    if found := MOODLE.match(path.name):
        return found["original"] or path.name
    if found := CANVAS.match(path.name):
        return found["entry"] or AGAIN.sub("", found["original"])
    return path.name


def is_export(paths: Iterable[PurePosixPath]) -> bool:
    """Whether the files of a zip are those of a class, named by a platform, and not those of one student."""
    return any(path.name == METADATA or place_of(path) is not None for path in paths)


def from_metadata(text: str) -> dict[str, Person]:
    """The persons by folder of a Gradescope export; empty where its list can't be read."""
    try:
        data: Any = yaml.load(text[:MAX_METADATA], Loader=LOADER)
        return {str(folder): _submitters(entry[":submitters"]) for folder, entry in data.items()}
    except Exception:  # a list may hold anything, and numbers of a length that Python refuses
        return {}


def _submitters(entries: Sequence[Mapping[str, Any]]) -> Person:
    columns = [[_plain(each.get(key)) for each in entries] for key in (":name", ":sid", ":email")]
    return Person(*(GROUP.join(column) if any(column) else "" for column in columns))


def _plain(value: Any) -> str:
    """A text or a number as text: YAML of a few bytes can name a list that would be gigabytes of text."""
    return str(value) if isinstance(value, str | int | float) and value else ""

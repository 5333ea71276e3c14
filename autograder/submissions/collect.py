"""Finds the submissions of a class: files, folders, Gradescope's export, a learning platform's zip of zips."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from autograder.submissions.read import SUFFIXES, Submission, Unreadable, extract, from_bytes, read_file, zip_members

METADATA = "submission_metadata.yml"


@dataclass(frozen=True)
class Source:
    """A submission to be read. ``name`` names its result; ``student`` is who handed it in, where that is known."""

    name: str
    student: str
    file: str
    load: Callable[[], bytes]

    def read(self) -> Submission:
        """The submission. Raises Unreadable."""
        return from_bytes(self.file, self.load())


def find_submissions(paths: Sequence[Path]) -> list[Source]:
    """The submissions below the given files and folders, each with a name of its own.

    A zip that is named itself and holds several notebooks, or zips, is a class; one found in a folder is one student's.
    """
    found: dict[str, Source] = {}
    for path in paths:
        for source in _folder(path) if path.is_dir() else _file(path):
            name = source.name
            while name in found:
                name += "_"
            found[name] = Source(name, source.student, source.file, source.load)
    return sorted(found.values(), key=lambda source: source.name)


def _folder(folder: Path) -> Iterator[Source]:
    students = _students(folder / METADATA)
    for file in sorted(folder.rglob("*")):
        relative = file.relative_to(folder)
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in relative.parts)
        if file.suffix.lower() in SUFFIXES and not hidden and file.is_file():
            name = _name(relative.as_posix())
            yield Source(name, students.get(relative.parts[0], name), file.name, functools.partial(read_file, file))


def _file(path: Path) -> Iterator[Source]:
    if path.suffix.lower() == ".zip":
        members = list(_members(path))
        if len(members) > 1:
            yield from members
            return
    name = _name(path.name)
    yield Source(name, name, path.name, functools.partial(read_file, path))


def _members(path: Path) -> Iterator[Source]:
    """What a class's zip holds; a zip that can't be read holds nothing."""
    try:
        data = read_file(path)
        archive, members = zip_members(path.name, data, SUFFIXES)
    except Unreadable:
        return
    for info in members:
        name = _name(info.filename)
        file = PurePosixPath(info.filename).name
        yield Source(name, name, file, functools.partial(extract, file, archive, info))


def _name(path: str) -> str:
    """A file name for the result of what was found at ``path``, which may be anything that a zip can say."""
    parts = [
        part for part in PurePosixPath(path.replace("\\", "/")).with_suffix("").parts if part not in ("/", "..", ".")
    ]
    name = "__".join(parts).encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    return (name.lstrip(".") or "submission")[:120]


def _students(path: Path) -> dict[str, str]:
    """Who handed in each folder of a Gradescope export; empty where that can't be read."""
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {str(folder): _submitters(entry) for folder, entry in data.items()}
    except (OSError, UnicodeError, yaml.YAMLError, AttributeError, KeyError, TypeError):
        return {}


def _submitters(entry: dict[str, Any]) -> str:
    return ", ".join(str(person[":name"]) for person in entry[":submitters"])

"""Finds the submissions of a class: files, folders, Gradescope's export, a learning platform's zip of zips."""

from __future__ import annotations

import functools
import hashlib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from autograder.submissions.bounded import read_bytes
from autograder.submissions.find import candidates, with_modules
from autograder.submissions.modules import is_module
from autograder.submissions.read import (
    SUFFIXES,
    Submission,
    Unreadable,
    extract,
    read_file,
    read_member,
    zip_members,
)

METADATA = "submission_metadata.yml"
MAX_NAME = 200
"""Bytes; file systems take 255, and `.json`, a temporary file's suffix and a mark of doubles come to it."""


@dataclass(frozen=True)
class Source:
    """A submission to be read. ``name`` names its result; ``student`` is who handed it in, where that is known."""

    name: str
    student: str
    read: Callable[[], Submission]
    """Reads it; raises Unreadable."""


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
            found[name] = replace(source, name=name)
    return sorted(found.values(), key=lambda source: source.name)


def _folder(folder: Path) -> Iterator[Source]:
    students = _students(folder / METADATA)
    files = candidates(folder)
    with_notebook = {file.parent for file in files if file.suffix.lower() == ".ipynb"}
    for file in files:
        if file.parent in with_notebook and _is_module(file):
            continue  # it belongs to the notebook beside it
        relative = file.relative_to(folder)
        name = _name(relative.as_posix())
        yield Source(name, students.get(relative.parts[0], name), functools.partial(with_modules, file, files))


def _is_module(file: Path) -> bool:
    try:
        return file.suffix.lower() == ".py" and is_module(read_file(file))
    except Unreadable:
        return False


def _file(path: Path) -> Iterator[Source]:
    if path.suffix.lower() == ".zip":
        members = list(_members(path))
        if len(members) > 1:
            yield from members
            return
    name = _name(path.name)
    yield Source(name, name, functools.partial(with_modules, path, sorted(path.parent.glob("*.py"))))


def _members(path: Path) -> Iterator[Source]:
    """What a class's zip holds; a zip that can't be read holds nothing."""
    try:
        data = read_file(path)
        archive, members = zip_members(path.name, data, SUFFIXES)
    except Unreadable:
        return
    with_notebook = {_folder_of(info) for info in members if info.filename.lower().endswith(".ipynb")}
    for info in members:
        if _folder_of(info) in with_notebook and _is_module_in(archive, info):
            continue
        name = _name(info.filename)
        file = PurePosixPath(info.filename).name
        yield Source(name, name, functools.partial(read_member, file, archive, info, members, read_bytes))


def _folder_of(info: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(info.filename).parent


def _is_module_in(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    try:
        return info.filename.lower().endswith(".py") and is_module(extract(info.filename, archive, info))
    except Unreadable:
        return False


def _name(path: str) -> str:
    """A file name for the result of what was found at ``path``, which may be anything that a zip can say."""
    parts = [
        part for part in PurePosixPath(path.replace("\\", "/")).with_suffix("").parts if part not in ("/", "..", ".")
    ]
    name = "__".join(parts).encode("utf-8", "replace").decode("utf-8")
    name = "".join(letter if letter.isprintable() else "_" for letter in name)
    return _cut(name.lstrip(".")) or "submission"


def _cut(name: str) -> str:
    """``name`` within what a file system takes, which counts bytes; a hash tells apart what was cut alike."""
    data = name.encode()
    if len(data) <= MAX_NAME:
        return name
    digest = hashlib.sha256(data).hexdigest()[:8]
    return f"{data[: MAX_NAME - len(digest) - 1].decode(errors='ignore')}-{digest}"


def _students(path: Path) -> dict[str, str]:
    """Who handed in each folder of a Gradescope export; empty where that can't be read."""
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {str(folder): _submitters(entry) for folder, entry in data.items()}
    except (OSError, UnicodeError, yaml.YAMLError, AttributeError, KeyError, TypeError):
        return {}


def _submitters(entry: dict[str, Any]) -> str:
    return ", ".join(str(person[":name"]) for person in entry[":submitters"])

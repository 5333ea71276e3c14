"""Finds the submissions of a class: files, folders, and what platforms export, zipped or not, zips in zips."""

from __future__ import annotations

import functools
import hashlib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from autograder.submissions.bounded import read_bytes
from autograder.submissions.find import hidden
from autograder.submissions.modules import MAX_FILE, is_module, modules
from autograder.submissions.people import METADATA, Person, find_in, from_metadata, is_export, person_of, student_folder
from autograder.submissions.read import SUFFIXES, Submission, Unreadable, extract, read_file, zip_members

MAX_NAME = 200
"""Bytes; file systems take 255, and `.json`, a temporary file's suffix and a mark of doubles come to it."""
MAX_DEPTH = 3
"""Zips in zips that are looked into."""
NOTHING = "Nothing was handed in."


@dataclass(frozen=True)
class Source:
    """A submission to be read. ``name`` names its result."""

    name: str
    person: Person
    read: Callable[[], Submission]
    """Reads it; raises Unreadable."""

    @property
    def student(self) -> str:
        """Who handed it in; where that is not known, its name."""
        return self.person.name or self.name


@dataclass(frozen=True)
class Entry:
    """A file of what was handed in, by its path below what was named."""

    path: PurePosixPath
    load: Callable[[], bytes]

    @property
    def suffix(self) -> str:
        """The ending of its name, in small letters."""
        return self.path.suffix.lower()


def find_submissions(paths: Sequence[Path], roster: Sequence[Person] = ()) -> list[Source]:
    """The submissions below the given files and folders, each with a name of its own.

    A zip that is named itself and holds several notebooks, or zips, is a class; one in a folder is a student's, unless
    its files are named as a platform names those of a class. Students of the roster who handed nothing in come last.
    """
    found: dict[str, Source] = {}
    for path in paths:
        for source in _sources_in(path):
            name = source.name
            while name in found:
                name += "_"
            found[name] = replace(source, name=name, person=source.person.or_else(_known(roster, source.person)))
    ordered = sorted(found.values(), key=lambda source: source.name)
    return ordered + list(_missing(roster, ordered))


def _sources_in(path: Path) -> Iterator[Source]:
    if path.is_dir():
        yield from _sources(_of_folder(path))
    elif path.suffix.lower() in SUFFIXES:
        yield from _sources(_of_file(path))
    else:  # what was named is a submission, if only one that can't be read
        own = Entry(PurePosixPath(path.name), functools.partial(read_file, path))
        yield Source(_name(path.name), Person(), functools.partial(_read, own, []))


def _known(roster: Sequence[Person], person: Person) -> Person:
    return find_in(roster, person) or Person()


def _missing(roster: Sequence[Person], found: Sequence[Source]) -> Iterator[Source]:
    """The students of a roster who handed nothing in."""
    for number, person in enumerate(roster, 1):
        if not any(find_in(roster, source.person) is person for source in found):
            name = _name(f"nothing/{person.sid or person.email or person.name or number}.ipynb")
            yield Source(name, person, functools.partial(_refuse, NOTHING))


def _refuse(message: str) -> Submission:
    raise Unreadable(message)


def _of_folder(folder: Path) -> list[Entry]:
    """The files in a folder: nothing hidden, no links; in the place of a class's zip, its files."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    entries = [
        Entry(PurePosixPath(path.relative_to(folder)), functools.partial(read_file, path))
        for path in files
        if not hidden(path, folder)
    ]
    return [inner for entry in entries for inner in _expand(entry, MAX_DEPTH)]


def _of_file(path: Path) -> list[Entry]:
    """A file, with the modules beside it; a zip of several submissions as its files."""
    own = Entry(PurePosixPath(path.name), functools.partial(read_file, path))
    if own.suffix == ".zip":
        members = _members(own)
        several = len([entry for entry in members if entry.suffix in SUFFIXES]) > 1
        if several or is_export(entry.path for entry in members):
            return [inner for entry in members for inner in _expand(entry, MAX_DEPTH)]
        return [own]
    beside = sorted(path.parent.glob("*.py")) if own.suffix == ".ipynb" else []
    scripts = [Entry(PurePosixPath(each.name), functools.partial(read_file, each)) for each in beside]
    return [own, *(entry for entry in scripts if _is_module(entry))]


def _expand(entry: Entry, depth: int) -> list[Entry]:
    """A file; or, for a zip whose files a platform has named, those."""
    if entry.suffix != ".zip" or not depth:
        return [entry]
    members = _members(entry)
    if not is_export(member.path for member in members):
        return [entry]
    below = entry.path.with_suffix("")
    inner = [replace(member, path=below / member.path) for member in members]
    return [each for member in inner for each in _expand(member, depth - 1)]


def _members(entry: Entry) -> list[Entry]:
    """The files in a zip; a zip that can't be read holds nothing."""
    try:
        archive, members = zip_members(entry.path.name, entry.load(), ("",))
    except Unreadable:
        return []
    return [_member(archive, info) for info in members]


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    return Entry(path, functools.partial(extract, path.name, archive, info))


def _sources(entries: Sequence[Entry]) -> Iterator[Source]:
    known = {folder: person for entry in entries if entry.path.name == METADATA for folder, person in _listed(entry)}
    notebooks = {entry.path.parent for entry in entries if entry.suffix == ".ipynb"}
    served = set()
    for entry in entries:
        if entry.suffix not in SUFFIXES or (entry.path.parent in notebooks and _is_module(entry)):
            continue
        served.add(student_folder(entry.path))
        beside = [other for other in entries if other.suffix == ".py" and other.path.parent == entry.path.parent]
        read = functools.partial(_read, entry, beside)
        yield Source(_name(str(entry.path)), person_of(entry.path, known), read)
    yield from _others(entries, known, served)


def _others(entries: Sequence[Entry], known: dict[str, Person], served: set[PurePosixPath | None]) -> Iterator[Source]:
    """Students whose folder holds files, but none that can be graded."""
    folders = dict.fromkeys(folder for entry in entries if (folder := student_folder(entry.path)) not in served)
    for folder in filter(None, folders):
        files = [entry.path for entry in entries if entry.path.is_relative_to(folder)]
        message = f"{files[0].name} was handed in, and no notebook."
        yield Source(_name(f"{folder}.ipynb"), person_of(files[0], known), functools.partial(_refuse, message))


def _listed(entry: Entry) -> list[tuple[str, Person]]:
    try:
        return list(from_metadata(entry.load().decode("utf-8", "replace")).items())
    except Unreadable:
        return []


def _read(entry: Entry, beside: Sequence[Entry]) -> Submission:
    """Read a submission; a notebook with the modules beside it that it can import."""
    submission = read_bytes(entry.path.name, entry.load())
    if entry.suffix != ".ipynb":
        return submission
    files = [(other.path.name, data) for other in beside if len(data := other.load()) <= MAX_FILE]
    return replace(submission, files=dict(submission.files) | modules(files))


def _is_module(entry: Entry) -> bool:
    try:
        return entry.suffix == ".py" and is_module(entry.load())
    except Unreadable:
        return False


def _name(path: str) -> str:
    """A file name for the result of what was found at ``path``, which may be anything that a zip can say."""
    parts = [part for part in PurePosixPath(path).with_suffix("").parts if part not in ("/", "..", ".")]
    name = "__".join(parts).encode("utf-8", "replace").decode("utf-8").replace("\\", "_")
    name = "".join(letter if letter.isprintable() else "_" for letter in name)
    return _cut(name.lstrip(".")) or "submission"


def _cut(name: str) -> str:
    """``name`` within what a file system takes, which counts bytes; a hash tells apart what was cut alike."""
    data = name.encode()
    if len(data) <= MAX_NAME:
        return name
    digest = hashlib.sha256(data).hexdigest()[:8]
    return f"{data[: MAX_NAME - len(digest) - 1].decode(errors='ignore')}-{digest}"

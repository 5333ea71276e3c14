"""Finds the submissions of a class: files, folders, and what platforms export, zipped or not, zips in zips."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from autograder.submissions.find import entries_in, entry_of, read_entry
from autograder.submissions.modules import Entry, is_module, scripts_beside
from autograder.submissions.people import (
    JOINT,
    METADATA,
    Person,
    from_metadata,
    is_export,
    own_name,
    person_of,
    place_of,
)
from autograder.submissions.read import SUFFIXES, Submission, Unreadable, extract, zip_members
from autograder.submissions.roster import find_in, namesakes

MAX_NAME = 200
"""Bytes; file systems take 255, and `.json`, a temporary file's suffix and a mark of doubles come to it."""
MAX_DEPTH = 3
"""Zips in zips that are looked into."""
MAX_NESTED = 2**28
"""Bytes of the zips in a zip that are looked into: a small zip can hold a thousand times its size."""
NOTHING = "Nothing was handed in."


@dataclass
class _Room:
    """How many bytes of the zips in a zip may still be looked into."""

    left: int = MAX_NESTED


class NothingHandedIn(Unreadable):
    """A student of the roster handed nothing in."""


@dataclass(frozen=True)
class Source:
    """A submission to be read. ``name`` names its result."""

    name: str
    person: Person
    read: Callable[[], Submission]
    """Reads it; raises Unreadable."""
    whole: bool = True
    """Whether its files are there to their end; those that are being copied are not."""

    @property
    def student(self) -> str:
        """Who handed it in; where that is not known, its name."""
        return self.person.label() or self.name


def find_submissions(
    paths: Sequence[Path],
    roster: Sequence[Person] = (),
    coming: Callable[[Path], bool] = lambda _path: False,
    output: Path | None = None,
) -> list[Source]:
    """The submissions below the given files and folders, each with a name of its own.

    A zip that is named itself and holds several notebooks, or zips, is a class; one in a folder is a student's, unless
    its files are named as a platform names those of a class. Students of the roster who handed nothing in come last.
    ``coming`` tells the files that are still being copied; ``output`` is where results are written.
    """
    found: dict[str, Source] = {}
    for path in paths:
        for source in _sources_in(path, coming, output):
            name = source.name
            while name in found:
                name += "_"
            found[name] = replace(source, name=name, person=_known(roster, source.person))
    ordered = sorted(found.values(), key=lambda source: source.name)
    return ordered + list(_missing(roster, ordered))


def _sources_in(path: Path, coming: Callable[[Path], bool], output: Path | None) -> Iterator[Source]:
    if path.is_dir():
        entries = entries_in(path, coming, output)
        yield from _sources([inner for entry in entries for inner in _expand(entry)])
    elif path.suffix.lower() in SUFFIXES:
        yield from _sources(_of_file(path))
    else:  # what was named is a submission, if only one that can't be read
        yield Source(_name(path.name), Person(), partial(read_entry, entry_of(path, path.parent), []))


def _known(roster: Sequence[Person], person: Person) -> Person:
    """A person as the roster knows them, completed by what the export tells; a group as the export tells it."""
    return person if len(person.members()) > 1 else (find_in(roster, person) or Person()).or_else(person)


def _missing(roster: Sequence[Person], found: Sequence[Source]) -> Iterator[Source]:
    """The students of a roster who handed nothing in."""
    members = [member for source in found for member in source.person.members()]
    present = {id(find_in(roster, member)) for member in members}
    present |= {id(person) for member in members for person in namesakes(roster, member)}
    for number, person in enumerate(roster, 1):
        if id(person) not in present:
            name = _name(f"nothing/{person.sid or person.email or person.name or number}.ipynb")
            yield Source(name, person, _refuse_nothing)


def namesakes_in(roster: Sequence[Person], found: Sequence[Source]) -> list[str]:
    """The names of submissions that several students of a roster have, and nothing tells whose each is."""
    members = [member for source in found for member in source.person.members()]
    return list(dict.fromkeys(member.name for member in members if namesakes(roster, member)))


def _refuse_nothing() -> Submission:
    raise NothingHandedIn(NOTHING)


def _refuse(message: str) -> Submission:
    raise Unreadable(message)


def _of_file(path: Path) -> list[Entry]:
    """A file, with the modules beside it; a zip of several submissions as its files."""
    own = entry_of(path, path.parent)
    if own.suffix == ".zip":
        members = _members(own)
        several = len([entry for entry in members if entry.suffix in SUFFIXES]) > 1
        if several or is_export(entry.path for entry in members):
            room = _Room()
            return [inner for entry in members for inner in _expand(entry, MAX_DEPTH, room)]
        return _expand(own)
    beside = [entry_of(each, path.parent) for each in sorted(path.parent.glob("*.py")) if each != path]
    return [own, *filter(_is_module, scripts_beside(own, beside))]


def _expand(entry: Entry, depth: int = MAX_DEPTH, room: _Room | None = None) -> list[Entry]:
    """A file; or, for a zip whose files a platform has named, those. A zip that holds only a zip is that zip.

    What a platform lists as a student's is that student's alone, whatever names are in it. ``room`` is that of the zip
    which holds this one.
    """
    if entry.suffix != ".zip" or not depth or not entry.whole or (room is not None and room.left <= 0):
        return [entry]
    below, inside = entry.path.with_suffix(""), room or _Room()
    members = [replace(member, path=below / member.path) for member in _members(entry, room)]
    if place_of(entry.path) is None and is_export(member.path.relative_to(below) for member in members):
        return [each for member in members for each in _expand(member, depth - 1, inside)]
    if len(members) == 1 and (inner := _expand(members[0], depth - 1, inside)) != members:
        return inner
    return [entry]


def _members(entry: Entry, room: _Room | None = None) -> list[Entry]:
    """The files in a zip; a zip that can't be read holds nothing. Its bytes count where it lies in another one."""
    try:
        data = entry.load()
        if room is not None:
            room.left -= len(data)
        archive, members = zip_members(entry.path.name, data, ("",))
    except Unreadable:
        return []
    return [_member(archive, info) for info in members]


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    named = PurePosixPath(info.filename.replace("\\", "/"))
    path = named.relative_to(named.anchor)
    return Entry(path, partial(extract, path.name, archive, info))


def _sources(files: Sequence[Entry]) -> Iterator[Source]:
    entries = [replace(entry, name=own_name(entry.path), owner=place_of(entry.path)) for entry in files]
    # A list among the files of a student is that student's, and says nothing.
    lists = [entry for entry in entries if entry.path.name == METADATA and entry.owner is None]
    known = {entry.path.parent / folder: person for entry in lists for folder, person in _listed(entry)}
    homes = {(entry.path.parent, entry.owner) for entry in entries if entry.suffix == ".ipynb"}
    scripts = [entry for entry in entries if entry.suffix == ".py"]
    served = set()
    for entry in entries:
        if entry.suffix not in SUFFIXES or ((entry.path.parent, entry.owner) in homes and _is_module(entry)):
            continue
        served.add(entry.owner)
        beside = scripts_beside(entry, scripts)
        whole = all(each.whole for each in (entry, *beside))
        yield Source(_name(str(entry.path)), person_of(entry.path, known), partial(read_entry, entry, beside), whole)
    yield from _others(entries, known, served)


def _others(
    entries: Sequence[Entry], known: dict[PurePosixPath, Person], served: set[PurePosixPath | None]
) -> Iterator[Source]:
    """Students of whom a platform exports files, but none that can be graded."""
    for owner in dict.fromkeys(entry.owner for entry in entries if entry.owner not in served):
        files = [entry for entry in entries if entry.owner == owner]
        if owner is not None:
            message = f"{files[0].name} was handed in, and no notebook."
            refuse, whole = partial(_refuse, message), all(entry.whole for entry in files)
            yield Source(_name(f"{owner}.ipynb"), person_of(files[0].path, known), refuse, whole)


def _listed(entry: Entry) -> list[tuple[str, Person]]:
    try:
        return list(from_metadata(entry.load().decode("utf-8", "replace")).items())
    except Unreadable:
        return []


def _is_module(entry: Entry) -> bool:
    try:
        return entry.suffix == ".py" and is_module(entry.load())
    except Unreadable:
        return False


def _name(path: str) -> str:
    """A file name for the result of what was found at ``path``, which may be anything that a zip can say."""
    parts = [part for part in PurePosixPath(path).with_suffix("").parts if part not in ("/", "..", ".")]
    name = JOINT.join(parts).encode("utf-8", "replace").decode("utf-8").replace("\\", "_")
    name = "".join(letter if letter.isprintable() else "_" for letter in name)
    return _cut(name.lstrip(".")) or "submission"


def _cut(name: str) -> str:
    """``name`` within what a file system takes, which counts bytes; a hash tells apart what was cut alike."""
    data = name.encode()
    if len(data) <= MAX_NAME:
        return name
    digest = hashlib.sha256(data).hexdigest()[:8]
    return f"{data[: MAX_NAME - len(digest) - 1].decode(errors='ignore')}-{digest}"

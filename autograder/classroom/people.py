"""Who handed in each submission of a class, and what they are called."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from autograder.errors import UsageError
from autograder.results.scores import Identity, harmless, identity_of, read_scores
from autograder.submissions.collect import Source
from autograder.submissions.people import Person

SHOWN = 5
"""Names that are suggested in the place of one that is not there."""


def people_of_class(folder: Path, sources: Sequence[Source], names: Iterable[str]) -> dict[str, Identity]:
    """Who handed in each of the submissions: from what was found now, else from the class's `scores.csv`."""
    rows = {harmless(row.get("submission", "")): identity_of(row) for row in read_scores(folder / "scores.csv")}
    known = {name: Person(*rows[harmless(name)]) for name in names if harmless(name) in rows}
    found = {source.name: source.person for source in sources}
    both = {name: (found.get(name, Person()), known.get(name, Person())) for name in {**known, **found}}
    return {name: _completed(*pair).identity() for name, pair in both.items()}


def _completed(now: Person, before: Person) -> Person:
    """A person as the submissions tell and as the table does; where only the table had a roster, its name counts."""
    listed = (before.sid or before.email) and not (now.sid or now.email)
    return before.or_else(now) if listed else now.or_else(before)


def every_name_of(people: Mapping[str, Identity], names: Iterable[str]) -> dict[str, list[str]]:
    """What each submission, and each student of the group who handed it in, is called: names, ids, email addresses."""
    shown = labels(people, names := list(names))
    members = {name: Person(*people[name]).members() if name in people else [] for name in names}
    return {
        name: [name, shown.get(name, name), *(text for member in members[name] for text in member.identity())]
        for name in names
    }


def labels(people: Mapping[str, Identity], names: Iterable[str]) -> dict[str, str]:
    """Who is shown as having handed in each submission; students of one name are told apart by what else is known."""
    known = {name: Person(*people[name]) for name in names if name in people and Person(*people[name]).label()}
    same = defaultdict(set)
    for person in known.values():
        same[person.label()].add(person)
    return {
        name: person.label() + (_mark(person) if len(same[person.label()]) > 1 else "")
        for name, person in known.items()
    }


def labels_in(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The same for submissions of a folder of results, from its `scores.csv`."""
    names = list(names)
    return labels(people_of_class(folder, (), names), names)


def labels_of(sources: Sequence[Source]) -> dict[str, str]:
    """The same for submissions as they were found; where nobody is known, the submission's name."""
    people = {source.name: source.person.identity() for source in sources}
    return {name: name for name in people} | labels(people, people)


def _mark(person: Person) -> str:
    said = next(
        (text for text in (person.sid, person.email, person.platform_id) if text and text != person.label()), ""
    )
    return f" ({said})" if said else ""


def named(student: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    """The keys of ``names`` one of whose names is the student's: "Anna Alt" is "alt, anna", too.

    Raises:
        UsageError: there are none. It says whose names are like that.
    """
    for same in (_plain, lambda name: _plain(_typed(name))):
        wanted = same(student)
        if found := [key for key, known in names.items() if wanted and any(same(name) == wanted for name in known)]:
            return found
    every = sorted(
        {name for known in names.values() for name in known if name}, key=lambda name: (name.isdigit(), name)
    )
    plain = {_plain(name): name for name in every}
    near = [plain[name] for name in difflib.get_close_matches(_plain(student), plain, SHOWN)]
    near = near or [name for name in every if _typed(student) in _typed(name)][:SHOWN] or every[:SHOWN]
    said = f" Did you mean {one_of(near)}?" if near else ""
    raise UsageError(f"There is no student {student!r}. Give a name, an id, an email address or a submission.{said}")


def one_of(names: Sequence[str]) -> str:
    """Such as ``a, b or c``."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _plain(name: str) -> str:
    """A name in small letters, its words in alphabetical order; an email address has but one order."""
    return name.casefold() if "@" in name else " ".join(sorted(re.findall(r"\w+", name.casefold())))


def _typed(name: str) -> str:
    """A name as it is typed in a hurry: in small letters, without accents."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if not unicodedata.combining(letter))

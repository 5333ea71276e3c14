"""Who a submission is shown as."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from autograder.classroom.statistics import Named

BIRDS = (
    "Auk", "Bittern", "Crane", "Dipper", "Eider", "Finch", "Goshawk", "Heron", "Ibis", "Jay", "Kite", "Lark", "Magpie",
    "Nuthatch", "Owl", "Plover", "Quail",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Who a submission is shown as: an anchor, a name, a place in the table; ``secret`` where it is a pseudonym."""

    key: str
    name: str
    place: int
    secret: bool = False


def by_name(results: Named, students: Mapping[str, str]) -> dict[str, Person]:
    """Everybody by name, in the order of the results."""
    return {name: Person(_key(name), students.get(name, name), place) for place, (name, _) in enumerate(results)}


def by_bird(results: Named) -> dict[str, Person]:
    """A bird and a number for everybody, in an order that only who has the submissions could work out."""
    order = sorted((_key(result["extra_data"]["submission_sha256"] + name), name) for name, result in results)
    return {
        name: Person(f"s{place}", f"{BIRDS[place % len(BIRDS)]} {place // len(BIRDS) + 1}", place, secret=True)
        for place, (_, name) in enumerate(order)
    }


def birds(results: Named) -> dict[str, str]:
    """The pseudonym of each submission."""
    return {name: person.name for name, person in by_bird(results).items()}


def _key(text: str) -> str:
    return "s" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]

"""Which misconceptions a class has, and which of them come together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from autograder.classroom.statistics import Named

FEWEST = 3
"""Students who have two misconceptions both, before it is said that these come together."""


@dataclass
class MisconceptionCount:
    """A misconception, and who has it."""

    exercise: str
    question: str
    name: str
    who: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Together:
    """Two misconceptions that come together: how many have both, the first, and the second."""

    one: MisconceptionCount
    other: MisconceptionCount
    both: int


def mistakes(results: Named) -> list[MisconceptionCount]:
    """The misconceptions that the class has, the commonest first."""
    found: dict[tuple[str, str], MisconceptionCount] = {}
    for name, result in results:
        exercise = result["extra_data"]["exercise"]
        for check in result["extra_data"]["checks"]:
            if check["misconception"]:
                key = (exercise, check["misconception"])
                mistake = found.setdefault(key, MisconceptionCount(exercise, check["question"], key[1]))
                if name not in mistake.who:
                    mistake.who.append(name)
    return sorted(found.values(), key=lambda mistake: (-len(mistake.who), mistake.exercise, mistake.name))


def together(counts: Sequence[MisconceptionCount], least: int = FEWEST) -> list[Together]:
    """The pairs of misconceptions that at least ``least`` students have both, most students first."""
    sets = {count.name: set(count.who) for count in counts}
    pairs = [Together(one, other, len(sets[one.name] & sets[other.name])) for one, other in combinations(counts, 2)]
    return sorted((pair for pair in pairs if pair.both >= least), key=lambda pair: -pair.both)

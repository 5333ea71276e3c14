"""Two submissions that are alike, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from autograder.classroom.report.code import CodeCell, highlighted
from autograder.classroom.report.exercises import title_of
from autograder.classroom.report.people import Person
from autograder.classroom.similarity import DETAILED, Lines, Pair


@dataclass(frozen=True)
class MarkedCode:
    """A cell of one of the two: its lines as HTML, each with whether the other has it too."""

    title: str
    lines: list[tuple[Markup, bool]]


@dataclass(frozen=True)
class PairPart:
    """A pair on the page: cells of the one and of the other that share lines, or, without code, those lines alone."""

    one: Person
    other: Person
    title: str
    ratio: float
    shared: tuple[str, ...]
    left: list[MarkedCode]
    right: list[MarkedCode]


def pair_parts(
    pairs: Sequence[Pair], people: Mapping[str, Person], code: Mapping[str, Sequence[CodeCell]]
) -> list[PairPart]:
    """The pairs on the page, the most alike first, no more than can be read.

    Where ``code`` is missing it only says how much they are alike.
    """
    return [
        PairPart(
            people[pair.one],
            people[pair.other],
            title_of(pair.exercise),
            pair.ratio,
            () if people[pair.one].secret else pair.shared,
            _marked(code.get(pair.one, ()), pair.lines[0]),
            _marked(code.get(pair.other, ()), pair.lines[1]),
        )
        for pair in pairs[:DETAILED]
    ]


def _marked(cells: Sequence[CodeCell], lines: Lines) -> list[MarkedCode]:
    return [
        MarkedCode(
            cell.title,
            [(line, (cell.index, number) in lines) for number, line in enumerate(highlighted(cell.source), 1)],
        )
        for cell in cells
        if any(index == cell.index for index, _ in lines)
    ]

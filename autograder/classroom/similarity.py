"""Pairs of submissions whose answers are alike beyond what the given code and the known answers explain."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz import fuzz, process

from autograder.bank.master import read_master
from autograder.bank.variants import read_variants
from autograder.building.notebooks import solution_notebook, student_notebook
from autograder.classroom.code_lines import CodeLine, code_lines
from autograder.results.records import Result
from autograder.submissions.collect import Source
from autograder.submissions.read import Unreadable

ALIKE = 85.0
"""Percent, by rapidfuzz's ratio, from which on two texts are worth a question."""
ENOUGH = 120
"""Characters of own code; with less there is nothing to compare."""
COMMON, COMMON_SHARE = 5, 0.1
"""A line that more submissions have than these (a number, a share of the class) is common knowledge."""
SHOWN = 8
LONGEST = 4000
"""Characters of own code that are compared, a hundred lines: the time of a class is bounded, whatever is handed in."""
DETAILED = 50
"""Pairs of an exercise, the most alike, of which it is worked out what they share; no more are shown side by side."""


Lines = frozenset[tuple[int, int]]
"""Lines of a submission: the index of a cell, as grading counts, and a number from 1 within the cell."""


@dataclass(frozen=True)
class Pair:
    """Two submissions to ask about.

    Args:
        ratio: how alike their own code is, 0 to 1.
        shared: a few lines, without layout and chosen names, that both have and only few others.
        lines: where such lines are, in the one and in the other submission.

    ``shared`` and ``lines`` are empty for all but the most alike pairs.
    """

    one: str
    other: str
    exercise: str
    ratio: float
    shared: tuple[str, ...] = ()
    lines: tuple[Lines, Lines] = (frozenset(), frozenset())


def find_similar(sources: Sequence[Source], results: Mapping[str, Result]) -> list[Pair]:
    """The pairs of a class, the most alike first; never a pair of the same student's."""
    classes: dict[str, dict[str, list[CodeLine]]] = defaultdict(dict)
    for source in sources:
        exercise = results[source.name]["extra_data"]["exercise"]
        try:
            classes[exercise][source.name] = code_lines(source.read().graded_sources())
        except Unreadable:
            continue
    student = {source.name: source.person if source.person.label() else source.name for source in sources}
    pairs = [pair for exercise, lines in classes.items() for pair in alike(exercise, lines, known_lines(exercise))]
    pairs = [pair for pair in pairs if student[pair.one] != student[pair.other]]
    return sorted(pairs, key=_most_alike)


def alike(exercise: str, submissions: Mapping[str, list[CodeLine]], known: Container[str]) -> list[Pair]:
    """The pairs among ``submissions``, lines of code by name, whose own lines are alike."""
    counts = Counter(text for lines in submissions.values() for text in {line.text for line in lines})
    common = max(COMMON, COMMON_SHARE * len(submissions))
    own = {
        name: [line for line in lines if line.text not in known and counts[line.text] <= common]
        for name, lines in submissions.items()
    }
    texts = {name: "\n".join(line.text for line in lines) for name, lines in own.items()}
    texts = {name: text[:LONGEST] for name, text in texts.items() if len(text) >= ENOUGH}
    names, compared = list(texts), list(texts.values())
    ratios = process.cdist(compared, compared, scorer=fuzz.ratio, score_cutoff=ALIKE, workers=-1)
    found = zip(*np.nonzero(np.triu(ratios, k=1)), strict=True)
    pairs = [Pair(names[i], names[j], exercise, float(ratios[i, j]) / 100) for i, j in found]
    pairs.sort(key=_most_alike)
    return [_detailed(pair, own) for pair in pairs[:DETAILED]] + pairs[DETAILED:]


def _most_alike(pair: Pair) -> tuple[float, str, str]:
    return -pair.ratio, pair.one, pair.other


def _detailed(pair: Pair, own: Mapping[str, list[CodeLine]]) -> Pair:
    """A pair with what the two share."""
    one, other = own[pair.one], own[pair.other]
    theirs = {line.text for line in other}
    shared = dict.fromkeys(line.text for line in one if line.text in theirs)
    return replace(pair, shared=tuple(shared)[:SHOWN], lines=(_places(one, shared), _places(other, shared)))


def _places(lines: Iterable[CodeLine], texts: Container[str]) -> Lines:
    return frozenset(place for line in lines if line.text in texts for place in line.places())


@functools.cache
def known_lines(exercise: str) -> frozenset[str]:
    """What needs no explanation: the given code, the reference, and every answer that the kit knows, right or wrong."""
    master = read_master(exercise)
    notebooks = (student_notebook(master), solution_notebook(master))
    sources = [cell.source for notebook in notebooks for cell in notebook.cells if cell.cell_type == "code"]
    for kind in ("alternatives", "misconceptions"):
        sources += [variant.source for variant in read_variants(exercise, kind)]
    return frozenset(line.text for line in code_lines(sources))

"""Pairs of submissions whose answers are alike beyond what the given code and the known answers explain."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from autograder.bank.master import read_master
from autograder.bank.variants import read_variants
from autograder.building.notebooks import solution_notebook, student_notebook
from autograder.results.records import Result
from autograder.submissions.collect import Source
from autograder.submissions.read import Submission, Unreadable

ALIKE = 85.0
"""Percent, by rapidfuzz's ratio, from which on two texts are worth a question."""
ENOUGH = 120
"""Characters of own code; with less there is nothing to compare."""
COMMON, COMMON_SHARE = 5, 0.1
"""A line that more submissions have than these (a number, a share of the class) is common knowledge."""
SHOWN = 8
LONGEST = 8000
"""Characters of own code that are compared: the time of a class is bounded, whatever is handed in."""


@dataclass(frozen=True)
class Pair:
    """Two submissions to ask about. ``ratio`` is 0 to 1, ``shared`` a few lines that only few others have."""

    one: str
    other: str
    exercise: str
    ratio: float
    shared: tuple[str, ...]


def find_similar(sources: Sequence[Source], results: Mapping[str, Result]) -> list[Pair]:
    """The pairs of a class, the most alike first; never a pair of the same student's."""
    classes: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for source in sources:
        exercise = results[source.name]["extra_data"]["exercise"]
        try:
            classes[exercise][source.name] = code_lines(cell.source for cell in _answers(source.read()))
        except Unreadable:
            continue
    student = {source.name: source.student for source in sources}
    pairs = [pair for exercise, lines in classes.items() for pair in alike(exercise, lines, known_lines(exercise))]
    pairs = [pair for pair in pairs if student[pair.one] != student[pair.other]]
    return sorted(pairs, key=lambda pair: (-pair.ratio, pair.one, pair.other))


def alike(exercise: str, submissions: Mapping[str, list[str]], known: set[str]) -> list[Pair]:
    """The pairs among ``submissions``, lines of code by name, whose own lines are alike."""
    counts = Counter(line for lines in submissions.values() for line in set(lines))
    common = max(COMMON, COMMON_SHARE * len(submissions))
    own = {
        name: [line for line in lines if line not in known and counts[line] <= common]
        for name, lines in submissions.items()
    }
    texts = {name: "\n".join(lines)[:LONGEST] for name, lines in own.items() if sum(map(len, lines)) >= ENOUGH}
    names = list(texts)
    ratios = process.cdist(list(texts.values()), list(texts.values()), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return [
        Pair(names[i], names[j], exercise, float(ratios[i, j]) / 100, _shared(own[names[i]], own[names[j]]))
        for i, j in zip(*np.nonzero(np.triu(ratios, k=1)), strict=True)
    ]


def known_lines(exercise: str) -> set[str]:
    """What needs no explanation: the given code, the reference, and every answer that the kit knows, right or wrong."""
    master = read_master(exercise)
    notebooks = (student_notebook(master), solution_notebook(master))
    sources = [cell.source for notebook in notebooks for cell in notebook.cells if cell.cell_type == "code"]
    for kind in ("alternatives", "misconceptions"):
        sources += [variant.source for variant in read_variants(exercise, kind)]
    return set(code_lines(sources))


def code_lines(sources: Iterable[str]) -> list[str]:
    """Lines of code without layout, comments, docstrings, and the names that students choose themselves."""
    lines: list[str] = []
    for source in sources:
        try:
            text = ast.unparse(_Plain().visit(ast.parse(source)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            text = source  # magics, half an answer
        lines += [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return lines


class _Plain(ast.NodeTransformer):
    """Drops docstrings; calls what a function takes or assigns ``v``, so that a new name makes no new answer."""

    def __init__(self) -> None:
        self.chosen: list[set[str]] = []

    def visit_FunctionDef(self, node: Any) -> Any:
        if self.chosen:
            node.name = "v"
        self.chosen.append(set(_chosen(node)))
        self.generic_visit(node)
        self.chosen.pop()
        return _without_docstring(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        return _without_docstring(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name("v", node.ctx) if any(node.id in names for names in self.chosen) else node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return node if node.arg == "self" else ast.arg("v")


def _chosen(function: ast.AST) -> Iterator[str]:
    """The names that a function takes, assigns or defines inside."""
    for node in ast.walk(function):
        match node:
            case ast.Name(ctx=ast.Store()):
                yield node.id
            case ast.arg(arg=name) if name != "self":
                yield name
            case ast.FunctionDef() if node is not function:
                yield node.name


def _without_docstring(node: Any) -> Any:
    if ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:] or [ast.Pass()]
    return node


def _answers(submission: Submission) -> list[Any]:
    return [cell for cell in submission.cells if "demo" not in cell.tags]


def _shared(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    return tuple(line for line in dict.fromkeys(one) if line in set(other))[:SHOWN]

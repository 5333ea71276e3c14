"""Reads the bank of an exercise: alternatives (right answers) and misconceptions (wrong ones)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.bank.markers import AuthoringError
from autograder.bank.master import KINDS, Master, check_name, percent_cells, read_master, visible
from autograder.paths import SOLUTIONS, shown

if TYPE_CHECKING:
    from nbformat import NotebookNode

EDGE = "edge"


@dataclass(frozen=True)
class Variant:
    """An answer written differently (right), or a misconception (wrong; with a hint)."""

    question: str
    name: str
    statement: str
    hint: str
    source: str
    edge: bool = False
    """Whether it is wrong at an edge only, so that no public check need show it."""

    @property
    def code(self) -> str:
        """The source without docstring and comments: what decides how it behaves."""
        tree = ast.parse(self.source)
        if ast.get_docstring(tree, clean=False) is not None:
            tree.body = tree.body[1:]
        return ast.unparse(tree)


def read_variants(exercise: str, kind: str, solutions: Path = SOLUTIONS) -> list[Variant]:
    """The alternatives or the misconceptions (``kind``) of an exercise, by question and place in the file."""
    if kind not in KINDS:
        raise ValueError(f"Expected kind to be one of {KINDS} but got kind={kind!r}")
    return read_bank(exercise, solutions)[kind]


def read_bank(exercise: str, solutions: Path = SOLUTIONS) -> dict[str, list[Variant]]:
    """Alternatives and misconceptions of an exercise, by kind."""
    master = read_master(exercise, solutions)
    found = {each: list(_read_kind(solutions / exercise / each, master)) for each in KINDS}
    _check_unique(found)
    return {kind: [variant for variant, _ in variants] for kind, variants in found.items()}


def _read_kind(folder: Path, master: Master) -> Iterator[tuple[Variant, Path]]:
    for path in visible(folder):
        if path.suffix != ".py":
            raise AuthoringError(path, "is a stray file: write a percent file QUESTION.py, or delete it")
        if path.stem not in master.questions():
            known = ", ".join(master.questions())
            raise AuthoringError(path, f"there is no question {path.stem!r}: name the file after one of {known}")
        due = _names_of(master, path.stem)
        for node in percent_cells(path):
            yield _variant(path, folder.name, node, due), path


def _names_of(master: Master, question: str) -> set[str]:
    """The names that the answer cells of a question define."""
    sources = [cell.solved().source for cell in master.cells if cell.question == question]
    return {name for source in sources for name in defined_names(_parse(master.path, question, source))}


def _variant(path: Path, kind: str, node: NotebookNode, due: set[str]) -> Variant:
    name = node.metadata.get("title", "")
    if node.cell_type != "code" or not name:
        raise AuthoringError(path, "a cell has no name: write `# %% cell_name` above each answer, and nothing else")
    check_name(path, "cell", name)
    tree = _parse(path, name, node.source)
    statement, hint = _split(ast.get_docstring(tree) or "")
    if not statement:
        raise AuthoringError(path, f"{name} has no docstring: say in its first line what it is")
    if kind == "misconceptions" and not hint:
        raise AuthoringError(path, f"{name} has no hint: write it below the docstring's first line, after an empty one")
    if not due & set(defined_names(tree)):
        raise AuthoringError(path, f"{name} defines none of {', '.join(sorted(due))}: define what it stands in for")
    return Variant(path.stem, name, statement, hint, node.source, _is_edge(path, name, node))


def _is_edge(path: Path, name: str, node: NotebookNode) -> bool:
    tags = node.metadata.get("tags", [])
    if unknown := [tag for tag in tags if tag != EDGE]:
        raise AuthoringError(path, f"{name} is tagged {unknown[0]!r}: the only tag is {EDGE!r}")
    return EDGE in tags


def _parse(path: Path, name: str, source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise AuthoringError(path, f"{name}, line {error.lineno}: {error.msg}; fix the syntax") from None


def defined_names(tree: ast.Module) -> Iterator[str]:
    """The functions, classes and variables that code defines at its top."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _split(docstring: str) -> tuple[str, str]:
    """First paragraph, and the rest as one line."""
    first, _, rest = docstring.partition("\n\n")
    return " ".join(first.split()), " ".join(rest.split())


def _check_unique(found: dict[str, list[tuple[Variant, Path]]]) -> None:
    seen: dict[str, Path] = {}
    for variant, path in (item for kind in KINDS for item in found[kind]):
        if variant.name in seen:
            raise AuthoringError(path, f"{variant.name} is also in {shown(seen[variant.name])}: rename one of them")
        seen[variant.name] = path

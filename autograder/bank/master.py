"""Reads what an author writes below `solutions/`: the master notebook, alternatives and misconceptions.

Nothing here runs a cell or imports TensorFlow. Whatever cannot be used is an :class:`AuthoringError`: one line with
the file, what is wrong and what to do.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import jupytext
from nbformat import NotebookNode

from autograder.bank.markers import BEGIN, END, AuthoringError, check_markers, solution, stub
from autograder.paths import SOLUTIONS, shown

__all__ = ["AuthoringError", "Cell", "Master", "Variant", "exercise_names", "read_master", "read_variants"]

KINDS = ("alternatives", "misconceptions")
TAGS = ("setup", "given", "demo")
PARTS = ("notebook.py", "exercise.toml", *KINDS)


@dataclass(frozen=True)
class Cell:
    """A cell of a master notebook; ``kind`` is "code" or "markdown", ``question`` is set for an answer cell."""

    kind: str
    source: str
    tags: tuple[str, ...] = ()
    question: str | None = None

    def solved(self) -> Cell:
        """The cell with its answer in and the markers gone."""
        return replace(self, source=solution(self.source)) if self.question else self

    def stubbed(self) -> Cell:
        """The cell as a student gets it: each answer is a line to fill in."""
        return replace(self, source=stub(self.source)) if self.question else self


@dataclass(frozen=True)
class Master:
    """A master notebook."""

    exercise: str
    path: Path
    cells: list[Cell]

    def reference_cells(self) -> list[Cell]:
        """The code that grading runs, answers in: every code cell but the demos."""
        return [cell.solved() for cell in self.cells if cell.kind == "code" and "demo" not in cell.tags]

    def questions(self) -> list[str]:
        """The names of the questions, in order."""
        return list(dict.fromkeys(cell.question for cell in self.cells if cell.question))


@dataclass(frozen=True)
class Variant:
    """An answer written differently (right), or a misconception (wrong; with a hint)."""

    question: str
    name: str
    statement: str
    hint: str
    source: str


def exercise_names(solutions: Path = SOLUTIONS) -> list[str]:
    """The names of all exercises: one folder each."""
    return sorted(path.name for path in _visible(solutions) if path.is_dir())


def read_master(exercise: str, solutions: Path = SOLUTIONS) -> Master:
    """The master notebook of an exercise."""
    folder = solutions / exercise
    path = folder / "notebook.py"
    if not path.is_file():
        known = ", ".join(exercise_names(solutions)) or "none"
        raise AuthoringError(path, f"there is no such notebook: write it, or name one of the exercises ({known})")
    for item in _visible(folder):
        if item.name not in PARTS:
            raise AuthoringError(item, f"is a stray file: an exercise has only {', '.join(PARTS)}; move or delete it")
    cells = [_master_cell(path, cell) for cell in _percent_cells(path)]
    _check_setup(path, cells)
    return Master(exercise, path, cells)


def read_variants(exercise: str, kind: str, solutions: Path = SOLUTIONS) -> list[Variant]:
    """The alternatives or the misconceptions (``kind``) of an exercise, by question and place in the file."""
    if kind not in KINDS:
        raise ValueError(f"Expected kind to be one of {KINDS} but got kind={kind!r}")
    master = read_master(exercise, solutions)
    found = {each: list(_read_kind(solutions / exercise / each, master)) for each in KINDS}
    _check_unique(found)
    return [variant for variant, _ in found[kind]]


def _visible(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__")))


def _percent_cells(path: Path) -> list[NotebookNode]:
    return jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent").cells


def _master_cell(path: Path, node: NotebookNode) -> Cell:
    tags = tuple(node.metadata.get("tags", ()))
    cell = Cell(node.cell_type, node.source, tags, node.metadata.get("question"))
    for tag in tags:
        if cell.kind == "code" and tag not in TAGS:
            raise AuthoringError(path, f"unknown tag {tag!r}: use one of {', '.join(TAGS)}")
    if cell.question is not None and tags:
        raise AuthoringError(path, f"the answer cell of {cell.question} is tagged {', '.join(tags)}: delete the tags")
    if cell.question is not None:
        _check_name(path, "question", cell.question)
        check_markers(path, cell.source, cell.question)
    elif cell.kind == "code" and (BEGIN in cell.source or END in cell.source):
        raise AuthoringError(path, f'"{BEGIN}" outside of an answer cell: write `# %% question="NAME"` above the cell')
    return cell


def _check_setup(path: Path, cells: list[Cell]) -> None:
    count = sum("setup" in cell.tags for cell in cells)
    if count != 1:
        raise AuthoringError(
            path, f'has {count} setup cells: tag the cell of imports, `# %% tags=["setup"]`, and only it'
        )
    if not any(cell.question for cell in cells):
        raise AuthoringError(path, 'has no answer cell: write `# %% question="NAME"` above each answer')


def _read_kind(folder: Path, master: Master) -> Iterator[tuple[Variant, Path]]:
    for path in _visible(folder):
        if path.suffix != ".py":
            raise AuthoringError(path, "is a stray file: write a percent file QUESTION.py, or delete it")
        if path.stem not in master.questions():
            known = ", ".join(master.questions())
            raise AuthoringError(path, f"there is no question {path.stem!r}: name the file after one of {known}")
        due = _names_of(master, path.stem)
        for node in _percent_cells(path):
            yield _variant(path, folder.name, node, due), path


def _names_of(master: Master, question: str) -> set[str]:
    """The names that the answer cells of a question define."""
    sources = [cell.solved().source for cell in master.cells if cell.question == question]
    return {name for source in sources for name in _defined(_parse(master.path, question, source))}


def _variant(path: Path, kind: str, node: NotebookNode, due: set[str]) -> Variant:
    name = node.metadata.get("title", "")
    if node.cell_type != "code" or not name:
        raise AuthoringError(path, "a cell has no name: write `# %% cell_name` above each answer, and nothing else")
    _check_name(path, "cell", name)
    tree = _parse(path, name, node.source)
    statement, hint = _split(ast.get_docstring(tree) or "")
    if not statement:
        raise AuthoringError(path, f"{name} has no docstring: say in its first line what it is")
    if kind == "misconceptions" and not hint:
        raise AuthoringError(path, f"{name} has no hint: write it below the docstring's first line, after an empty one")
    if not due & set(_defined(tree)):
        raise AuthoringError(path, f"{name} defines none of {', '.join(sorted(due))}: define what it stands in for")
    return Variant(path.stem, name, statement, hint, node.source)


def _check_name(path: Path, what: str, name: str) -> None:
    if not name.isidentifier():
        raise AuthoringError(path, f"{name!r} is no name for a {what}: use letters, digits and underscores")


def _parse(path: Path, name: str, source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise AuthoringError(path, f"{name}, line {error.lineno}: {error.msg}; mend the syntax") from None


def _defined(tree: ast.Module) -> Iterator[str]:
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

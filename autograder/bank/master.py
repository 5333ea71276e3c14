"""Reads the master notebooks that authors write below `solutions/`.

Nothing here runs a cell or imports TensorFlow. Whatever cannot be used is an :class:`AuthoringError`: one line with
the file, what is wrong and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.bank.markers import BEGIN, END, AuthoringError, check_markers, solution, stub
from autograder.paths import SOLUTIONS
from autograder.submissions.read import DEMO

if TYPE_CHECKING:
    from nbformat import NotebookNode

KINDS = ("alternatives", "misconceptions")
SETUP_TAG = "setup"
"""The tag of the cell of imports."""
TAGS = (SETUP_TAG, "given", DEMO)
"""The tags of code cells."""
SOLUTION_ONLY = "solution"
"""The tag of text that only the solution has."""
QUESTION_TAG = "question:"
"""What the tag of an answer cell begins with in the notebooks that are made from a master; the question follows."""
PARTS = ("notebook.py", "exercise.toml", "generated.py", "forgers.py", "survivors.toml", "failures.json", *KINDS)


@dataclass(frozen=True)
class MasterCell:
    """A cell of a master notebook; ``kind`` is "code" or "markdown", ``question`` is set for an answer cell."""

    kind: str
    source: str
    tags: tuple[str, ...] = ()
    question: str | None = None

    def solved(self) -> MasterCell:
        """The cell with its answer in and the markers gone."""
        return replace(self, source=solution(self.source)) if self.question else self

    def stubbed(self) -> MasterCell:
        """The cell as a student gets it: each answer is a line to fill in."""
        return replace(self, source=stub(self.source)) if self.question else self


@dataclass(frozen=True)
class Master:
    """A master notebook."""

    exercise: str
    path: Path
    cells: list[MasterCell]

    def reference_cells(self) -> list[MasterCell]:
        """The code that grading runs, answers in: every code cell but the demos."""
        return [cell.solved() for cell in self._graded()]

    def stub_cells(self) -> list[MasterCell]:
        """The same code as a student gets it, with stubs in place of answers."""
        return [cell.stubbed() for cell in self._graded()]

    def _graded(self) -> list[MasterCell]:
        return [cell for cell in self.cells if cell.kind == "code" and DEMO not in cell.tags]

    @property
    def title(self) -> str:
        """The first heading, such as "1. Custom loss: the pinball loss"; the exercise's name where there is none."""
        lines = (line for cell in self.cells if cell.kind == "markdown" for line in cell.source.splitlines())
        return next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), self.exercise)

    def questions(self) -> list[str]:
        """The names of the questions, in order."""
        return list(dict.fromkeys(cell.question for cell in self.cells if cell.question))


def exercise_names(solutions: Path = SOLUTIONS) -> list[str]:
    """The names of all exercises: one folder each."""
    return sorted(path.name for path in visible(solutions) if path.is_dir())


def read_master(exercise: str, solutions: Path = SOLUTIONS) -> Master:
    """The master notebook of an exercise."""
    folder = solutions / exercise
    path = folder / "notebook.py"
    if not path.is_file():
        known = ", ".join(exercise_names(solutions)) or "none"
        raise AuthoringError(path, f"there is no such notebook: write it, or name one of the exercises ({known})")
    for item in visible(folder):
        if item.name not in PARTS:
            raise AuthoringError(item, f"is a stray file: an exercise has only {', '.join(PARTS)}; move or delete it")
    cells = [_master_cell(path, cell) for cell in percent_cells(path)]
    _check_setup(path, cells)
    return Master(exercise, path, cells)


def visible(folder: Path) -> list[Path]:
    """The entries of a folder that an author sees."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__")))


def percent_cells(path: Path) -> list[NotebookNode]:
    """The cells of a percent file."""
    import jupytext  # here, since it takes a second that most processes of the kit need not wait

    return jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent").cells


def _master_cell(path: Path, node: NotebookNode) -> MasterCell:
    tags = tuple(node.metadata.get("tags", ()))
    cell = MasterCell(node.cell_type, node.source, tags, node.metadata.get("question"))
    for tag in tags:
        if cell.kind == "code" and tag not in TAGS:
            raise AuthoringError(path, f"unknown tag {tag!r}: use one of {', '.join(TAGS)}")
    if cell.question is not None and tags:
        raise AuthoringError(path, f"the answer cell of {cell.question} is tagged {', '.join(tags)}: delete the tags")
    if cell.question is not None:
        check_name(path, "question", cell.question)
        check_markers(path, cell.source, cell.question)
    elif cell.kind == "code" and (BEGIN in cell.source or END in cell.source):
        raise AuthoringError(path, f'"{BEGIN}" outside of an answer cell: write `# %% question="NAME"` above the cell')
    return cell


def _check_setup(path: Path, cells: list[MasterCell]) -> None:
    count = sum(SETUP_TAG in cell.tags for cell in cells)
    if count != 1:
        raise AuthoringError(
            path, f'has {count} setup cells: tag the cell of imports, `# %% tags=["setup"]`, and only it'
        )
    if not any(cell.question for cell in cells):
        raise AuthoringError(path, 'has no answer cell: write `# %% question="NAME"` above each answer')


def check_name(path: Path, what: str, name: str) -> None:
    """Raise unless a name of an author's is an identifier."""
    if not name.isidentifier():
        raise AuthoringError(path, f"{name!r} is not a valid name for a {what}: use letters, digits and underscores")

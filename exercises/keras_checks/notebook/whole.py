"""A whole notebook without Jupyter: its cells from the top, then the public checks of every question."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbformat import NotebookNode

from keras_checks.notebook.grader import Notebook
from keras_checks.notebook.panel import CheckResult
from keras_checks.question import exercise_names, questions
from keras_checks.show import one_line

LEFT_OUT = {"demo", "check", "export", "install"}
"""Tags of cells that are not run: slow pictures, and what works in Jupyter only."""


class NoExercise(Exception):
    """A file that is not the notebook of an exercise."""


@dataclass(frozen=True)
class Checked:
    """What became of a notebook: a result per question, and the cells that raised an error."""

    notebook: Path
    results: list[CheckResult]
    raised: list[str]

    @property
    def passed(self) -> int:
        """How many public checks pass."""
        return sum(result.passed_checks for result in self.results)

    @property
    def total(self) -> int:
        """How many public checks there are."""
        return sum(len(result.test_case_results) for result in self.results)


def check_notebook(path: Path) -> Checked:
    """Run a notebook in its own folder, and check all its questions. Raises NoExercise."""
    notebook, exercise = read(path)
    with _in_folder(path.resolve().parent):
        names, raised = run_cells(notebook)
        grader = Notebook(exercise)
        with capture_output():
            results = [grader.check(question.name, names) for question in questions(exercise)]
    return Checked(path, results, raised)


def read(path: Path) -> tuple[NotebookNode, str]:
    """The notebook in a file, and the name of its exercise. Raises NoExercise."""
    notebook = _parse(path)
    exercise = _exercise_of(notebook)
    if exercise is None:
        raise NoExercise(f"{path} does not say which exercise it is. Start from the notebook that you were given.")
    return notebook, exercise


def notebooks_in(folder: Path) -> list[Path]:
    """The notebooks of exercises in a folder. Raises NoExercise where there is none, and for one that is damaged."""
    found = [path for path in sorted(folder.glob("*.ipynb")) if _exercise_of(_parse(path)) is not None]
    if not found:
        raise NoExercise(f"There is no notebook of an exercise in {folder.resolve()}. Name the file.")
    return found


def _parse(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises whatever its parsers raise
        raise NoExercise(f"{path} is not a notebook that can be read: {one_line(str(error))[:200]}") from None


def _exercise_of(notebook: NotebookNode) -> str | None:
    name = notebook.metadata.get("kit", {}).get("exercise")
    return name if name in exercise_names() else None


def run_cells(notebook: NotebookNode) -> tuple[dict[str, Any], list[str]]:
    """Run the code cells, one after the other; the names they define, and a sentence per cell that raised."""
    shell = InteractiveShell.instance()
    shell.reset()
    raised = []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, 1):
        if LEFT_OUT & set(cell.metadata.get("tags", ())):
            continue
        with capture_output():
            done = shell.run_cell(cell.source, store_history=False)
        if error := done.error_before_exec or done.error_in_exec:
            said = one_line(f"{type(error).__name__}: {error}")[:400]
            raised.append(f"Code cell {number} raised {said}. The other cells were run.")
    return shell.user_ns, raised


@contextlib.contextmanager
def _in_folder(folder: Path) -> Iterator[None]:
    """Be in a notebook's folder, where it may import modules and open files; nothing opens a window."""
    os.environ.setdefault("MPLBACKEND", "Agg")
    before = Path.cwd()
    sys.path.insert(0, str(folder))
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        sys.path.remove(str(folder))

"""From an author's master to notebooks: an ordered list of small steps, each from cells to cells."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

import nbformat
from keras_checks import __version__
from keras_checks.notebook.export import HAND_IN
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.bank.master import QUESTION_TAG, SETUP_TAG, SOLUTION_ONLY, Master, MasterCell

Transform = Callable[[Master, list[MasterCell]], list[MasterCell]]

BACKEND = """\
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

"""
SETUP = """\
try:
    import otter
    import keras_checks
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        f"{{missing.name}} is missing. {missing_help}"
    ) from None

grader = keras_checks.Notebook("{exercise}")  # an otter.Notebook

"""

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
LOCAL_HELP = "Run %pip install -r requirements.txt in a cell, then restart the kernel."
COLAB_HELP = "Run the first cell of this notebook, which installs it."
COLAB_PACKAGES = "otter-grader hypothesis sortedcontainers python-frontmatter fica ipylab"
"""What the checks import and Colab lacks. Nothing that Colab pins is touched: their dependencies are there already."""
GUIDE = """\
*How to work here.* Run the cells from the top. Write each answer into its cell, run it, then run the check below: it
says what must be true, and shows the smallest input that breaks your answer. **Stuck?** There are three hints below
each check. Open them one by one, as late as you can. You may add cells anywhere. Your instructor's grader runs the
notebook from the top, too, with further cases and hidden checks.
"""

EXPORT = f"""\
## Hand in

Save the notebook (Ctrl+S), then run the next cell. It writes a zip. {HAND_IN}
"""


def stub_answers(_: Master, cells: list[MasterCell]) -> list[MasterCell]:
    """Leave a line to fill in where an answer stood."""
    return [cell.stubbed() for cell in cells]


def drop_answers_to_come(_: Master, cells: list[MasterCell]) -> list[MasterCell]:
    """Leave out what is told with the solution only: markdown cells tagged "solution"."""
    return [cell for cell in cells if SOLUTION_ONLY not in cell.tags]


def solve_answers(_: Master, cells: list[MasterCell]) -> list[MasterCell]:
    """Keep the answers, without their markers."""
    return [cell.solved() for cell in cells]


def add_grader(master: Master, cells: list[MasterCell]) -> list[MasterCell]:
    """Make the grader in front of the author's imports."""
    head = BACKEND + SETUP.format(exercise=master.exercise, missing_help=LOCAL_HELP)
    return [replace(cell, source=head + cell.source) if SETUP_TAG in cell.tags else cell for cell in cells]


def add_guide(_: Master, cells: list[MasterCell]) -> list[MasterCell]:
    """Say how to work, in front of the first code cell."""
    first = next(index for index, cell in enumerate(cells) if cell.kind == "code")
    return [*cells[:first], MasterCell("markdown", GUIDE.rstrip()), *cells[first:]]


def add_checks(_: Master, cells: list[MasterCell]) -> list[MasterCell]:
    """Put a check behind the last answer cell of each question."""
    last = {cell.question: index for index, cell in enumerate(cells) if cell.question}
    found = []
    for index, cell in enumerate(cells):
        found.append(cell)
        if cell.question and last[cell.question] == index:
            found.append(MasterCell("code", f'grader.check("{cell.question}")', ("check",)))
    return found


def tag_questions(_: Master, cells: list[MasterCell]) -> list[MasterCell]:
    """Tag answer cells with their question, in the way that notebook editors show."""
    return [
        replace(cell, tags=(*cell.tags, f"{QUESTION_TAG}{cell.question}")) if cell.question else cell for cell in cells
    ]


def add_export(_: Master, cells: list[MasterCell]) -> list[MasterCell]:
    """End with the cell that writes the zip."""
    return [*cells, MasterCell("markdown", EXPORT.rstrip()), MasterCell("code", "grader.export()", ("export",))]


def install(url: str) -> Transform:
    """The step that starts a notebook with the installation of the checks from ``url``, for Colab."""

    def add_install(_: Master, cells: list[MasterCell]) -> list[MasterCell]:
        source = f"%pip install -q --no-deps {url} {COLAB_PACKAGES}"
        told = [replace(cell, source=cell.source.replace(LOCAL_HELP, COLAB_HELP)) for cell in cells]
        return [MasterCell("code", source, ("install",)), *told]

    return add_install


STUDENT: tuple[Transform, ...] = (
    drop_answers_to_come,
    stub_answers,
    add_guide,
    add_checks,
    tag_questions,
    add_grader,
    add_export,
)
SOLUTION: tuple[Transform, ...] = (solve_answers, add_checks, tag_questions, add_grader)


def student_notebook(master: Master, wheel_url: str | None = None) -> nbformat.NotebookNode:
    """What a student opens; with ``wheel_url`` for where no files lie beside the notebook."""
    return _notebook(master, (*STUDENT, install(wheel_url)) if wheel_url else STUDENT)


def solution_notebook(master: Master) -> nbformat.NotebookNode:
    """The same with the answers in, not executed."""
    return _notebook(master, SOLUTION)


def notebook_text(notebook: nbformat.NotebookNode) -> str:
    """The notebook's file: the same bytes for the same master."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


def _notebook(master: Master, steps: Sequence[Transform]) -> nbformat.NotebookNode:
    cells = list(master.cells)
    for step in steps:
        cells = step(master, cells)
    nodes = [_node(master, index, cell) for index, cell in enumerate(cells)]
    notebook = new_notebook(cells=nodes, metadata=_metadata(master.exercise))
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return notebook


def _metadata(exercise: str) -> dict[str, object]:
    return {
        **KERNEL,
        "kit": {"exercise": exercise, "version": __version__},
        "otter": {"assignment_name": exercise},
    }


def _node(master: Master, index: int, cell: MasterCell) -> nbformat.NotebookNode:
    identity = hashlib.sha256(f"{master.exercise}/{index}/{cell.source}".encode()).hexdigest()[:12]
    make = new_code_cell if cell.kind == "code" else new_markdown_cell
    node = make(cell.source, id=identity)
    if cell.tags:
        node.metadata["tags"] = list(cell.tags)
    if cell.tags in (("check",), ("export",)):
        node.metadata["deletable"] = False
    return node

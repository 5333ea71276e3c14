"""The student's notebook in a real kernel: stubs fail every check, the reference's answers pass every check.

All notebooks run one after the other in one kernel, which imports TensorFlow once; names of one are gone in the next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from student_machine import MakeRun, unpacked

from autograder.bank.master import Master, exercise_names, read_master


def outputs(cell: nbformat.NotebookNode) -> str:
    """All that a cell shows, as text."""
    texts = []
    for output in cell.outputs:
        texts.append(output.get("text", "") or output.get("data", {}).get("text/plain", "") or output.get("evalue", ""))
    return "\n".join(texts)


def in_red(cell: nbformat.NotebookNode) -> str:
    """What a cell writes to stderr, which Jupyter shows on red ground."""
    return "".join(output["text"] for output in cell.outputs if output.get("name") == "stderr")


def answered(master: Master) -> list[nbformat.NotebookNode]:
    """The reference's answers, each question followed by its check."""
    cells = []
    for question in master.questions():
        cells += [new_code_cell(cell.solved().source) for cell in master.cells if cell.question == question]
        cells.append(new_code_cell(f'grader.check("{question}")'))
    return cells


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student's folder."""
    return unpacked(tmp_path_factory.mktemp("student"))


@pytest.fixture(scope="module")
def done(folder: Path, runs_in: MakeRun, request: pytest.FixtureRequest) -> dict[str, list[nbformat.NotebookNode]]:
    """By exercise, the cells of its notebook, then its answers, as they have run; of the exercises that are tested."""
    tested = {item.callspec.params.get("exercise") for item in request.session.items if hasattr(item, "callspec")}
    cells = {
        name: [*handed_out(folder, name), *answered(read_master(name)), new_code_cell(AGAIN)]
        for name in exercise_names()
        if name in tested
    }
    together = new_notebook(cells=[cell for each in cells.values() for cell in each])
    for number, cell in enumerate(together.cells):
        cell.id = f"cell-{number}"  # each once, as in a notebook
    has_run = iter(runs_in(folder)(together).cells)
    return {name: [next(has_run) for _ in each] for name, each in cells.items()}


AGAIN = "%reset -f"
"""As if the kernel had just started, but for what is imported."""


def handed_out(folder: Path, exercise: str) -> Sequence[nbformat.NotebookNode]:
    """The cells that a student gets."""
    return nbformat.read(folder / f"{exercise}.ipynb", as_version=4).cells


@pytest.mark.slow
@pytest.mark.parametrize("exercise", exercise_names())
def test_stubs_fail_and_answers_pass(exercise: str, folder: Path, done: dict[str, list[nbformat.NotebookNode]]) -> None:
    master, cells, stubs = read_master(exercise), done[exercise], len(handed_out(folder, exercise))
    setup = next(cell for cell in cells if "setup" in cell.metadata.get("tags", ()))
    assert not any(output.output_type == "error" for output in setup.outputs), outputs(setup)
    checks = [(index, outputs(cell)) for index, cell in enumerate(cells) if cell.source.startswith("grader.check(")]
    assert not "".join(in_red(cell) for cell in (setup, *(cells[index] for index, _ in checks)))
    on_stubs = [text for index, text in checks if index < stubs]
    on_answers = [text for index, text in checks if index >= stubs]
    assert len(on_stubs) == len(on_answers) == len(master.questions())
    for text in on_stubs:
        assert re.search(r": 0 of \d+ checks pass\.", text), text
    for text in on_answers:
        assert re.search(r": (the check passes|all \d+ checks pass)\.", text), text
        assert "Checking" not in text, "progress is still shown"
    export = next(cell for cell in cells if "export" in cell.metadata.get("tags", ()))
    assert f"{exercise}.ipynb" in outputs(export)
    assert len(list(folder.glob(f"{exercise}_*.zip"))) == 1

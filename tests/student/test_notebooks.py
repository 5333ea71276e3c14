"""The student's notebook in a real kernel: stubs fail every check, the reference's answers pass every check."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

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


@pytest.mark.slow
@pytest.mark.parametrize("exercise", exercise_names())
def test_stubs_fail_and_answers_pass(exercise: str, student_folder: Path, run_notebook) -> None:
    master = read_master(exercise)
    handed_out = nbformat.read(student_folder / f"{exercise}.ipynb", as_version=4)
    stubs = len(handed_out.cells)
    handed_out.cells += answered(master)
    done = run_notebook(handed_out)

    setup = next(cell for cell in done.cells if "setup" in cell.metadata.get("tags", ()))
    assert not any(output.output_type == "error" for output in setup.outputs), outputs(setup)
    checks = [
        (index, outputs(cell)) for index, cell in enumerate(done.cells) if cell.source.startswith("grader.check(")
    ]
    assert not "".join(in_red(cell) for cell in (setup, *(done.cells[index] for index, _ in checks)))
    on_stubs = [text for index, text in checks if index < stubs]
    on_answers = [text for index, text in checks if index >= stubs]
    assert len(on_stubs) == len(on_answers) == len(master.questions())
    for text in on_stubs:
        assert re.search(r": 0 of \d+ checks pass\.", text), text
    for text in on_answers:
        assert re.search(r": (the check passes|all \d+ checks pass)\.", text), text
        assert "Checking" not in text, "progress is still shown"
    export = next(cell for cell in done.cells if "export" in cell.metadata.get("tags", ()))
    assert f"{exercise}.ipynb" in outputs(export)
    assert len(list(student_folder.glob(f"{exercise}_*.zip"))) == 1

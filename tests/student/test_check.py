"""`grader.check` and `grader.export` in a real kernel, on answers that are wrong in different ways."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from student_machine import Run

from autograder.bank.master import read_master
from autograder.building.notebooks import student_notebook
from autograder.building.package import build_wheel

SILENT = """
def pinball_loss(tau):
    return lambda y_true, y_pred: tf.zeros_like(y_true)
"""
RAISING = """
def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        raise RuntimeError("<b>no</b>")

    return loss_fn
"""
LEAVING = RAISING.replace('RuntimeError("<b>no</b>")', "SystemExit")
STOCK = """
import keras_checks.notebook.grader
otter.Notebook(tests_dir=str(keras_checks.notebook.grader.TESTS / "custom_loss")).check("pinball_loss")
"""
CELLS = {
    "missing": 'grader.check("pinball_loss")',
    "silent": SILENT + 'grader.check("pinball_loss")',
    "kept": 'result = grader.check("pinball_loss")\nprint(result.passed_all)',
    "again": "result",
    "raising": RAISING + 'grader.check("pinball_loss")',
    "leaving": LEAVING + 'grader.check("pinball_loss")',
    "stock": STOCK,
    "unknown": 'grader.check("pinball")',
    "no exercise": 'keras_checks.Notebook("custom")',
    "export": "grader.export()",
}


@pytest.fixture
def shown(run_notebook: Run, student_folder: Path) -> dict[str, list[nbformat.NotebookNode]]:
    """The outputs of each of `CELLS`, run after the setup of `custom_loss`."""
    notebook = nbformat.read(student_folder / "custom_loss.ipynb", as_version=4)
    setup = [cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", ())]
    notebook.cells = setup + [new_code_cell(source) for source in CELLS.values()]
    done = run_notebook(notebook)
    assert done.cells[0].outputs == [], "the setup cell shows something"
    return dict(zip(CELLS, (cell.outputs for cell in done.cells[1:]), strict=True))


@pytest.mark.slow
def test_what_a_student_sees(shown: dict[str, list[nbformat.NotebookNode]], student_folder: Path) -> None:
    def text(name: str) -> str:
        (output,) = shown[name]
        return output["data"]["text/plain"]

    def page(name: str) -> str:
        (output,) = shown[name]
        return output["data"]["text/html"]

    assert "`pinball_loss` is not defined in the notebook." in text("missing")
    assert "Received:" in text("silent")
    assert "Received:" in page("silent")
    assert "Lecture:" in text("silent")
    assert "Your code raised RuntimeError: <b>no</b>\n" in text("raising")
    assert re.search(r"\nYour line: cell \[\d+\], line 3, in loss_fn: raise RuntimeError", text("raising"))
    assert "1 more check could not be tried for the same reason: `gradient_in_fit`." in text("raising")
    assert "Hint:" not in text("raising")
    assert "&lt;b&gt;no&lt;/b&gt;" in page("raising")
    assert "<b>" not in page("raising")
    assert "Your code raised SystemExit\n" in text("leaving")
    for name in ("missing", "silent", "raising", "leaving"):
        assert "Traceback" not in text(name)
        assert "Error at line" not in text(name)
        assert "Checking" not in text(name)

    assert [output.output_type for output in shown["kept"]] == ["display_data", "stream"]
    assert shown["kept"][1].text == "False\n"
    assert "Received:" in text("again")
    assert "Your code raised SystemExit" in text("stock")
    assert "has no question 'pinball': use one of pinball_loss" in shown["unknown"][0].evalue
    assert "There is no exercise 'custom': use one of attention" in shown["no exercise"][0].evalue

    assert not (student_folder / ".hypothesis").exists()
    (written,) = student_folder.glob("*.zip")
    assert written.name in text("export")
    assert "does not hold what you ran last" in text("export")


@pytest.mark.slow
def test_works_without_files_beside_the_notebook(run_notebook: Run, tmp_path: Path) -> None:
    package, empty = tmp_path / "site-packages", tmp_path / "empty"
    zipfile.ZipFile(build_wheel(tmp_path)).extractall(package)
    empty.mkdir()
    notebook = student_notebook(read_master("custom_loss"), wheel_url="https://example.org/checks.whl")
    tags = ("setup", "check")
    notebook.cells = [cell for cell in notebook.cells if set(tags) & set(cell.metadata.get("tags", ()))]
    done = run_notebook(notebook, folder=empty, package=package)
    for cell in done.cells[1:]:
        (output,) = cell.outputs
        assert "is not defined in the notebook" in output["data"]["text/plain"]

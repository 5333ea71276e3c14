"""`python -m keras_checks`, and the workflow that runs it in a student's repository on GitHub."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from handed_in import EXERCISE, misconception_of, notebook, reference_cells
from student_machine import plain_environment

from autograder.building.package import student_files
from autograder.paths import EXERCISES

WORKFLOW = EXERCISES / ".github" / "workflows" / "checks.yml"
WRONG = misconception_of("pinball_loss")
RAISES = "import helper\nraise RuntimeError('<b>no</b>')"


def job() -> dict[str, Any]:
    """The only job of the workflow."""
    (found,) = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"].values()
    return found


def steps() -> list[str]:
    """What its steps run, the last one last."""
    return [step["run"] for step in job()["steps"] if "run" in step]


def last_step(folder: Path, python: Path) -> tuple[int, str, str]:
    """The last step's exit status, what it prints, and the job's summary."""
    summary = folder / "summary.md"
    path = os.pathsep.join([str(python.parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-e", "-c", steps()[-1]],
        cwd=folder,
        env=plain_environment() | {"PATH": path, "GITHUB_STEP_SUMMARY": str(summary)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr, summary.read_text() if summary.exists() else ""


def test_the_workflow_may_read_and_nothing_else() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets" not in WORKFLOW.read_text()
    assert job()["timeout-minutes"] <= 30
    uses = [step["uses"] for step in job()["steps"] if "uses" in step]
    assert all(name.startswith("actions/") for name in uses), "only GitHub's own actions"


def test_the_workflow_is_at_the_root_of_what_students_get() -> None:
    files = student_files(EXERCISE)
    assert "exercises/.github/workflows/checks.yml" in files
    installed = steps()[0].split()[-1]
    assert f"exercises/{installed}" in files


@pytest.fixture
def repository(student_folder: Path) -> Path:
    """A student's repository: what is in the zip of one exercise, at its root."""
    for other in student_folder.glob("*.ipynb"):
        if other.stem != EXERCISE:
            other.unlink()
    return student_folder


@pytest.mark.slow
def test_unsolved_is_red(repository: Path, student_python: Path) -> None:
    status, said, summary = last_step(repository, student_python)
    assert status == 1, said
    assert "0 of 11 public checks pass" in said
    assert summary.startswith("## custom_loss: 0 of 11 public checks pass")
    assert not list(repository.glob("*.zip")), "the export has run"
    assert "Traceback" not in said


@pytest.mark.slow
def test_solved_is_green_and_a_mistake_is_red(repository: Path, student_python: Path) -> None:
    (repository / "helper.py").write_text("")
    right, cells = repository / f"{EXERCISE}.ipynb", reference_cells()
    right.write_bytes(notebook(*cells, "exit()", "await_me = 1"))
    status, said, summary = last_step(repository, student_python)
    assert status == 0, said
    assert "11 of 11 public checks pass" in said and "❌" not in summary

    right.write_bytes(notebook(*cells, WRONG.source, RAISES))
    status, said, summary = last_step(repository, student_python)
    assert status == 1
    assert "✗ pinball_loss: " in said and "✓ pinball_loss_class: 4 of 4" in said
    assert f"Code cell {len(cells) + 2} raised RuntimeError: <b>no</b>. The other cells were run." in said
    assert "<b>" not in summary and "&lt;b&gt;no&lt;/b&gt;" in summary


@pytest.mark.slow
def test_what_cannot_be_checked_is_said_in_one_line(repository: Path, student_python: Path) -> None:
    right = repository / f"{EXERCISE}.ipynb"
    for data, said in (
        (b"{", "is not a notebook that can be read"),
        (nbformat.writes(nbformat.v4.new_notebook()).encode(), "There is no notebook of an exercise in"),
        (None, "There is no notebook of an exercise in"),
    ):
        right.unlink() if data is None else right.write_bytes(data)
        status, output, _ = last_step(repository, student_python)
        assert status == 2
        assert said in output and output.count("\n") == 1, output

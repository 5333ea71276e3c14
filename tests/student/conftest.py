"""Notebooks run on a student's machine."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from student_machine import MakeRun, Run, plain_environment, student_folder, student_python

__all__ = ["runs_in", "student_folder", "student_python"]


@pytest.fixture(scope="session")
def runs_in(student_python: Path, tmp_path_factory: pytest.TempPathFactory) -> MakeRun:
    """Runs notebooks with Jupyter kernels of the student's environment."""
    home = tmp_path_factory.mktemp("jupyter")
    spec = home / "kernels" / "student"
    spec.mkdir(parents=True)
    command = [str(student_python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "student", "language": "python"}))

    def make(student_folder: Path) -> Run:
        def run(
            notebook: nbformat.NotebookNode, folder: Path | None = None, package: Path | None = None
        ) -> nbformat.NotebookNode:
            place = {"metadata": {"path": str(folder or student_folder)}}
            client = NotebookClient(notebook, kernel_name="student", timeout=300, allow_errors=True, resources=place)
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("JUPYTER_PATH", str(home))
                return client.execute(env=plain_environment() | ({"PYTHONPATH": str(package)} if package else {}))

        return run

    return make


@pytest.fixture
def run_notebook(runs_in: MakeRun, student_folder: Path) -> Run:
    """Runs a notebook in the student's folder."""
    return runs_in(student_folder)

"""Notebooks run on a student's machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

import nbformat
import pytest
from nbclient import NotebookClient
from student_machine import plain_environment, student_folder, student_python

__all__ = ["Run", "run_notebook", "student_folder", "student_python"]


class Run(Protocol):
    """Runs a notebook in ``folder`` (default: the student's); ``package``: where `keras_checks` is installed."""

    def __call__(
        self, notebook: nbformat.NotebookNode, folder: Path | None = None, package: Path | None = None
    ) -> nbformat.NotebookNode: ...


@pytest.fixture
def run_notebook(student_python: Path, student_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a notebook with a Jupyter kernel of the student's environment, in the student's folder."""
    spec = tmp_path / "kernels" / "student"
    spec.mkdir(parents=True)
    command = [str(student_python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "student", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))

    def run(
        notebook: nbformat.NotebookNode, folder: Path | None = None, package: Path | None = None
    ) -> nbformat.NotebookNode:
        place = {"metadata": {"path": str(folder or student_folder)}}
        client = NotebookClient(notebook, kernel_name="student", timeout=300, allow_errors=True, resources=place)
        return client.execute(env=plain_environment() | ({"PYTHONPATH": str(package)} if package else {}))

    return run

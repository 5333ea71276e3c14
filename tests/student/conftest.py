"""A student's machine: an environment with a student's packages only, and the unpacked zip."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Protocol

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.building.package import student_files, zip_bytes
from autograder.paths import ROOT


class Run(Protocol):
    """Runs a notebook in ``folder`` (default: the student's); ``package``: where `keras_checks` is installed."""

    def __call__(
        self, notebook: nbformat.NotebookNode, folder: Path | None = None, package: Path | None = None
    ) -> nbformat.NotebookNode: ...


def _uv(*arguments: str) -> str:
    return subprocess.run(["uv", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="session")
def student_python(pytestconfig: pytest.Config) -> Path:
    """The Python of an environment with what `exercises/pyproject.toml` asks for, at the locked versions."""
    if shutil.which("uv") is None:
        pytest.skip("needs uv")
    wanted = _uv("export", "--frozen", "--package", "keras-checks", "--no-emit-workspace", "--no-hashes", "--quiet")
    key = hashlib.sha256(f"{sys.version}{wanted}".encode()).hexdigest()[:12]
    folder = pytestconfig.cache.mkdir("student") / key
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
        requirements = folder / "requirements.txt"
        requirements.write_text(wanted, encoding="utf-8")
        _uv("pip", "install", "--quiet", "--python", str(python), "--requirement", str(requirements))
        (folder / "complete").touch()
    return python


@pytest.fixture
def student_folder(tmp_path: Path) -> Path:
    """An empty folder with the student's zip unpacked."""
    zipfile.ZipFile(io.BytesIO(zip_bytes(student_files()))).extractall(tmp_path)
    return tmp_path / "exercises"


@pytest.fixture
def run_notebook(student_python: Path, student_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a notebook with a Jupyter kernel of the student's environment, in the student's folder."""
    spec = tmp_path / "kernels" / "student"
    spec.mkdir(parents=True)
    command = [str(student_python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "KERAS"))}
    (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "student", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))

    def run(
        notebook: nbformat.NotebookNode, folder: Path | None = None, package: Path | None = None
    ) -> nbformat.NotebookNode:
        place = {"metadata": {"path": str(folder or student_folder)}}
        client = NotebookClient(notebook, kernel_name="student", timeout=300, allow_errors=True, resources=place)
        return client.execute(env=environment | ({"PYTHONPATH": str(package)} if package else {}))

    return run

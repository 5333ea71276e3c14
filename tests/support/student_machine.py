"""A student's machine: an environment with a student's packages only, and the unpacked zip."""

from __future__ import annotations

import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.building.package import student_files, zip_bytes
from autograder.paths import ROOT
from autograder.results.identity import version_of


def uv(*arguments: str | Path) -> str:
    """What `uv` prints."""
    return subprocess.run(["uv", *map(str, arguments)], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def plain_environment() -> dict[str, str]:
    """The environment without what is set for the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "KERAS"))}


def kernel_and_tensorflow() -> str:
    """What a student has already: Jupyter's kernel, and TensorFlow, here in its build for CPUs where there is one."""
    has_build = sys.platform == "linux" and platform.machine() == "x86_64"
    name = "tensorflow-cpu" if has_build else "tensorflow"
    return f"\n{name}=={version_of('tensorflow')}\nipykernel=={version_of('ipykernel')}\n"


@pytest.fixture(scope="session")
def student_python(pytestconfig: pytest.Config) -> Path:
    """The Python of an environment with what `exercises/pyproject.toml` asks for, at the locked versions."""
    if shutil.which("uv") is None:
        pytest.skip("needs uv")
    wanted = uv("export", "--frozen", "--package", "keras-checks", "--no-emit-workspace", "--no-hashes", "--quiet")
    wanted += kernel_and_tensorflow()
    key = hashlib.sha256(f"{sys.version}{wanted}".encode()).hexdigest()[:12]
    folder = pytestconfig.cache.mkdir("student") / key
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        uv("venv", "--quiet", "--clear", "--python", sys.executable, folder)
        requirements = folder / "requirements.txt"
        requirements.write_text(wanted, encoding="utf-8")
        uv("pip", "install", "--quiet", "--python", python, "--requirement", requirements)
        (folder / "complete").touch()
    return python


@pytest.fixture
def student_folder(tmp_path: Path) -> Path:
    """An empty folder with the student's zip unpacked."""
    zipfile.ZipFile(io.BytesIO(zip_bytes(student_files()))).extractall(tmp_path)
    return tmp_path / "exercises"

"""A student's machine: an environment with a student's packages only, and the unpacked zip.

`KIT_STUDENT` says which one: the versions of the lock (nothing said), or one of :data:`MACHINES`.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import nbformat
import pytest

from autograder.building.notebooks import COLAB_PACKAGES
from autograder.building.package import build_wheel, student_files, zip_bytes
from autograder.paths import ROOT
from autograder.results.identity import version_of

TENSORFLOW = "tensorflow-cpu" if sys.platform == "linux" and platform.machine() == "x86_64" else "tensorflow"


@dataclass(frozen=True)
class Machine:
    """What a student has: a Python, packages, and what is installed afterwards without its dependencies."""

    python: str
    packages: tuple[str, ...]
    alone: tuple[str, ...] = ()
    given: bool = True
    """Whether what `exercises/pyproject.toml` asks for is installed too."""


MACHINES = {
    "oldest": Machine(
        "3.11", ("tensorflow==2.17.0", "keras==3.5.0", "otter-grader==6.0.2", "hypothesis==6.100.0", "ipykernel")
    ),
    "colab": Machine(
        "3.13",
        (
            "tensorflow==2.20.0", "keras==3.13.2", "ipython==7.34.0", "ipykernel==6.17.1", "numpy==2.1.3",
            "matplotlib==3.10.0", "scikit-learn==1.6.1", "nbformat", "nbconvert", "jupytext", "pandas", "requests",
            "ipywidgets", "dill", "wrapt", "click", "pyyaml", "setuptools<81", "jinja2",
        ),
        alone=("WHEEL", *COLAB_PACKAGES.split()),
        given=False,
    ),
    "newest": Machine("3.13", ("ipykernel",)),
}  # fmt: skip
"""`colab`: the versions that Colab's own list of packages gives, of those that matter here."""


class Run(Protocol):
    """Runs a notebook in ``folder`` (default: the student's); ``package``: where `keras_checks` is installed."""

    def __call__(
        self, notebook: nbformat.NotebookNode, folder: Path | None = None, package: Path | None = None
    ) -> nbformat.NotebookNode: ...


class MakeRun(Protocol):
    """How notebooks are run in a student's folder."""

    def __call__(self, student_folder: Path) -> Run: ...


def uv(*arguments: str | Path) -> str:
    """What `uv` prints."""
    return subprocess.run(["uv", *map(str, arguments)], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def plain_environment() -> dict[str, str]:
    """The environment without what is set for the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "KERAS"))}


def kernel_and_tensorflow() -> str:
    """What a student has already: Jupyter's kernel, and TensorFlow, here in its build for CPUs where there is one."""
    return f"\n{TENSORFLOW}=={version_of('tensorflow')}\nipykernel=={version_of('ipykernel')}\n"


@pytest.fixture(scope="session")
def student_python(pytestconfig: pytest.Config) -> Path:
    """The Python of an environment with what `exercises/pyproject.toml` asks for, at the locked versions."""
    if shutil.which("uv") is None:
        pytest.skip("needs uv")
    name = os.environ.get("KIT_STUDENT", "")
    return _python_of(MACHINES[name], pytestconfig.cache.mkdir("student") / name) if name else _locked(pytestconfig)


def _python_of(machine: Machine, folder: Path) -> Path:
    """The Python of one of the :data:`MACHINES`, made anew when what it holds has changed."""
    python, done = folder / "bin" / "python", folder / "complete"
    if done.exists() and done.read_text(encoding="utf-8") == repr(machine):
        return python
    uv("venv", "--quiet", "--clear", "--python", machine.python, folder)
    packages = [package.replace("tensorflow", TENSORFLOW, 1) for package in machine.packages]
    if machine.given:
        packages += ["--requirements", "exercises/pyproject.toml", "--overrides", _no_tensorflow(folder), TENSORFLOW]
    uv("pip", "install", "--quiet", "--python", python, *packages)
    if machine.alone:
        wheel = build_wheel(folder)
        names = [str(wheel) if name == "WHEEL" else name for name in machine.alone]
        uv("pip", "install", "--quiet", "--python", python, "--no-deps", *names)
    done.write_text(repr(machine), encoding="utf-8")
    return python


def _no_tensorflow(folder: Path) -> Path:
    """An override that leaves TensorFlow out: its build for CPUs stands in."""
    path = folder / "overrides.txt"
    path.write_text("" if TENSORFLOW == "tensorflow" else "tensorflow; sys_platform == 'never'\n", encoding="utf-8")
    return path


def _locked(pytestconfig: pytest.Config) -> Path:
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
        _take_bytecode(Path(sysconfig.get_path("purelib")), folder / "lib")
        (folder / "complete").touch()
    return python


def _take_bytecode(ours: Path, theirs: Path) -> None:
    """Use the bytecode of our packages for the same files of theirs: compiling TensorFlow takes 10 s.

    Python uses it where it states the time and the size of the source, and compiles again elsewhere.
    """
    (packages,) = theirs.glob("python3*/site-packages")
    for folder in ours.rglob("__pycache__"):
        sources = packages / folder.parent.relative_to(ours)
        if sources.is_dir():
            with contextlib.suppress(OSError):  # on another disk: it is compiled again
                shutil.copytree(folder, sources / "__pycache__", copy_function=os.link)


@pytest.fixture
def student_folder(tmp_path: Path) -> Path:
    """An empty folder with the student's zip unpacked."""
    return unpacked(tmp_path)


def unpacked(folder: Path) -> Path:
    """The student's folder, where the student's zip is unpacked."""
    zipfile.ZipFile(io.BytesIO(zip_bytes(student_files()))).extractall(folder)
    return folder / "exercises"

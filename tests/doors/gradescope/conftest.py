"""The autograder zip, unpacked where a test may not change it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from broken_grader import start_with, to_break
from gradescope_folders import unpack, worker_can_reach


@pytest.fixture(scope="session")
def source(package: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked zip, for any number of runs."""
    root = tmp_path_factory.mktemp("autograder")
    worker_can_reach(root)
    source = unpack(package, root)
    command = [source / ".venv/bin/python", "-P", "-m", "autograder.doors.gradescope.door", "--prepare", root]
    subprocess.run(command, check=True, timeout=200)
    return source


@pytest.fixture
def root(source: Path, tmp_path: Path) -> Path:
    """A folder for one run."""
    worker_can_reach(tmp_path)
    (tmp_path / "source").symlink_to(source)
    return tmp_path


@pytest.fixture(scope="session")
def hung(package: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """A run whose judge hangs: it takes a minute of waiting, in which the tests of other files go on."""
    root = to_break(package, tmp_path_factory.mktemp("hung"))
    process = start_with(root, "import time; time.sleep(1000)")
    yield root, process
    process.kill()

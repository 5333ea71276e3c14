"""The autograder zip, unpacked where a test may not change it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
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

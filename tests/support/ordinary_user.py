"""Runs tests once more as a user without rights: most instructors are not root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.paths import ROOT
from autograder.seal.readable import closed_to_others

NOBODY = 65534
_CLOSED = closed_to_others([sys.executable, sys.prefix, str(ROOT)])


def as_ordinary_user(test: Callable[[], None]) -> Callable[[], None]:
    """Marks a test that becomes somebody else."""
    root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
    python = pytest.mark.skipif(bool(_CLOSED), reason=f"needs a Python that others can read; {_CLOSED} is closed")
    return root(python(test))


@contextmanager
def home_of_nobody() -> Iterator[Path]:
    """A folder that is the other user's."""
    home = Path("/tmp") / f"kit-nobody-{os.getpid()}"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    try:
        yield home
    finally:
        shutil.rmtree(home)


def run_tests(home: Path, *arguments: str | Path, **environment: str) -> None:
    """Run pytest as nobody, who lives in ``home``. All tests must pass."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *map(str, arguments)],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TMPDIR": str(home),
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]

"""Runs tests once more as a user without rights: most instructors are not root."""

from __future__ import annotations

import os
import re
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
SETGID_AND_SETUID = 0b11000000
_CLOSED = closed_to_others([sys.executable, sys.prefix, str(ROOT)])


def _may_change_users() -> bool:
    """Whether this process has the capabilities; a container may have taken them from root."""
    status = Path("/proc/self/status")
    found = re.search(r"CapEff:\s*(\w+)", status.read_text()) if status.exists() else None
    held = int(found[1], 16) if found else SETGID_AND_SETUID * (os.geteuid() == 0)
    return held & SETGID_AND_SETUID == SETGID_AND_SETUID


def as_ordinary_user(test: Callable[[], None]) -> Callable[[], None]:
    """Marks a test that becomes somebody else."""
    root = pytest.mark.skipif(not _may_change_users(), reason="needs root with the right to change users")
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

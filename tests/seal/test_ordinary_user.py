"""The tests of the seal once more, as a user without rights: most instructors are not root."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.seal.readable import closed_to_others

HERE = Path(__file__).parent
NOBODY = 65534
AGAIN = ("test_isolation.py", "test_crashing_cells.py", "test_zygote.py", "test_workdir.py")
CLOSED = closed_to_others([sys.executable, sys.prefix, str(HERE)])


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
@pytest.mark.skipif(bool(CLOSED), reason=f"other users cannot read {CLOSED}")
def test_the_seal_holds_for_an_ordinary_user(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = Path("/tmp") / f"kit-nobody-{os.getpid()}"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(str(HERE / name) for name in AGAIN)],
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            env={"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=HERE.parent.parent,
            capture_output=True,
            text=True,
        )
    finally:
        subprocess.run(["rm", "-rf", str(home)], check=True)
    assert done.returncode == 0, done.stdout[-3000:]

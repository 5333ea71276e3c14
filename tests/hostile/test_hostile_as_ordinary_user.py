"""The attack notebooks once more where the kit runs as a user without rights: most instructors are not root."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.seal.readable import closed_to_others

HERE = Path(__file__).parent
NOBODY = 65534
CLOSED = closed_to_others([sys.executable, sys.prefix, str(HERE)])


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
@pytest.mark.skipif(bool(CLOSED), reason=f"other users cannot read {CLOSED}")
def test_attacks_on_an_ordinary_user(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = Path("/tmp") / f"kit-nobody-{os.getpid()}"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    table = os.environ.get("KIT_HOSTILE_TABLE", "")
    which = [] if table else ["-k", "not forging"]  # what is forged is judged elsewhere, whoever runs the kit
    own = {"HOME": str(home), "TMPDIR": str(home), "KIT_HOSTILE": "all", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE / "test_hostile.py"), *which],
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            env={"PATH": os.environ["PATH"], **own, "KIT_HOSTILE_TABLE": str(home / "table") if table else ""},
            cwd=HERE.parent.parent,
            capture_output=True,
            text=True,
        )
        if table:
            with Path(table).open("a") as file:
                file.write((home / "table").read_text())
    finally:
        subprocess.run(["rm", "-rf", str(home)], check=True)
    assert done.returncode == 0, done.stdout[-3000:]

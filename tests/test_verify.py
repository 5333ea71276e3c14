"""The bank of each exercise: no right answer loses a point, no wrong one keeps all points of its question."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.master import exercise_names

KIT = Path(sys.executable).with_name("kit")


@pytest.mark.slow
@pytest.mark.parametrize("exercise", exercise_names())
def test_no_wrong_verdict(exercise: str) -> None:
    done = subprocess.run([KIT, "verify", exercise], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout

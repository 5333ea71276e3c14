"""The linter, the formatter, the type checker and the order of the rooms have nothing to say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.paths import ROOT

COMMANDS = {
    "lint": ("ruff", "check", "--quiet", "."),
    "format": ("ruff", "format", "--check", "--quiet", "."),
    "types": ("pyright", "--level", "error"),
    "order of the rooms": ("lint-imports", "--no-cache"),
}


@pytest.mark.parametrize("name", [pytest.param(it, marks=pytest.mark.slow if it == "types" else ()) for it in COMMANDS])
def test_clean(name: str) -> None:
    tool, *arguments = COMMANDS[name]
    command = [str(Path(sys.executable).with_name(tool)), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

"""Runs `kit` as an instructor does, and other commands with its code."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from typer.main import get_command

from autograder.cli import app
from autograder.errors import KitError
from autograder.paths import ROOT

QUICK = Path(__file__).parent / "quick"
"""Stands in for what costs each process time and is not used."""


def kit(
    *arguments: str | Path, status: int = 0, timeout: float = 300, root: Path = ROOT, cwd: Path | None = None
) -> str:
    """Run `kit` to its end; what it printed. ``root`` has the code: the repository, or an unpacked autograder zip."""
    return run(*_command(arguments), status=status, timeout=timeout, root=root, cwd=cwd)


def kit_here(*arguments: str | Path, status: int = 0) -> str:
    """Run a command of `kit` in this process, which has its imports: what it printed. It grades nothing."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            found = get_command(app).main([*map(str, arguments)], standalone_mode=False) or 0
        except KitError as error:
            found = error.exit_status
    assert found == status, said.getvalue()
    return said.getvalue()


def run(*command: str | Path, status: int = 0, timeout: float = 300, root: Path = ROOT, cwd: Path | None = None) -> str:
    """Run a command to its end, with the code of ``root``; what it printed."""
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=environment(root),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == status, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def start_kit(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start `kit`; its output and its errors come through ``stdout``."""
    return subprocess.Popen(
        _command(arguments), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def environment(root: Path = ROOT) -> dict[str, str]:
    """The environment in which Python takes the packages of ``root``, installed or not."""
    paths = [root, root / "exercises", QUICK]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "COLUMNS": "200"}


def write_python(folder: Path, root: Path) -> None:
    """A virtual environment whose Python is that of the tests, with the code of ``root``."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nPYTHONPATH={root}:{root}/exercises exec {sys.executable} "$@"\n')
    python.chmod(0o755)


def _command(arguments: Sequence[str | Path]) -> list[str]:
    return [sys.executable, "-P", "-m", "autograder", *map(str, arguments)]

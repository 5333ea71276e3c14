"""Where things lie: the rooms of the repository, which an autograder zip lays out alike."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXERCISES = ROOT / "exercises"
SOLUTIONS = ROOT / "solutions"
AUTOGRADER = ROOT / "autograder"
CHECKS = EXERCISES / "keras_checks"
"""The package of probes and public properties."""


def shown(path: Path) -> str:
    """``path`` as an error message names it: from the root of the repository where it lies below it."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)

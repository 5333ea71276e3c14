"""Where things lie: the rooms of the repository, which an autograder zip lays out alike."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

ROOT = Path(__file__).resolve().parent.parent
EXERCISES = ROOT / "exercises"
SOLUTIONS = ROOT / "solutions"
AUTOGRADER = ROOT / "autograder"
CHECKS = EXERCISES / "keras_checks"
"""The package of probes and public properties."""


PACKED_ARCHIVES = ROOT / "archives"
"""Where an autograder zip keeps what was observed while it was set up."""


def archives() -> Path:
    """The folder of observations that are kept between runs: the zip's own, or one in the user's cache.

    ``KIT_CACHE`` names another one: the processes of a session have a home of their own.
    """
    if PACKED_ARCHIVES.is_dir():
        return PACKED_ARCHIVES
    return Path(os.environ.get("KIT_CACHE") or platformdirs.user_cache_dir("keras-exercise-kit")) / "archives"


def shown(path: Path) -> str:
    """``path`` as an error message names it: from the root of the repository where it lies below it."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)

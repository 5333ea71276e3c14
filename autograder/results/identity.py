"""What a verdict depends on: the checks, the answers, the kit and the versions of what they use."""

from __future__ import annotations

import functools
import hashlib
import platform
from importlib import metadata

from autograder.paths import AUTOGRADER, CHECKS, ROOT, SOLUTIONS

PACKAGES = ("tensorflow", "keras", "numpy", "hypothesis", "otter-grader")


@functools.cache
def kit_version() -> str:
    """The version of the kit."""
    try:
        return metadata.version("keras-exercise-kit")
    except metadata.PackageNotFoundError:
        return "unknown"


@functools.cache
def versions() -> dict[str, str]:
    """Versions of Python and of the packages that can change a verdict."""
    return {"python": platform.python_version()} | {name: metadata.version(name) for name in PACKAGES}


@functools.cache
def checks_sha256(exercise: str) -> str:
    """A hash of every file of ours and every version that can change a verdict on ``exercise``."""
    if not exercise:
        return ""
    files = [
        *CHECKS.glob("*.py"),
        *AUTOGRADER.glob("*.py"),
        CHECKS / "exercises" / f"{exercise}.py",
        AUTOGRADER / "judges" / f"{exercise}.py",
        *(SOLUTIONS / exercise).rglob("*.py"),
    ]
    digest = hashlib.sha256(repr(sorted(versions().items())).encode())
    for path in sorted(files):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()

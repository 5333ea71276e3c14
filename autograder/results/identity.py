"""What a verdict depends on, and only that: the checks, the answers, the grading, the worker, and versions."""

from __future__ import annotations

import functools
import hashlib
import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from keras_checks import __version__

from autograder.bank.master import read_master
from autograder.bank.variants import read_bank
from autograder.paths import AUTOGRADER, CHECKS, ROOT

PACKAGES = ("tensorflow", "keras", "numpy", "hypothesis", "ipython")
ENGINE = (
    "question.py",
    "configurations.py",
    "defaults.py",
    "errors.py",
    "observe.py",
    "model_probes.py",
    "models.py",
    "seeds.py",
    "runner.py",
    "compare.py",
    "strategies.py",
    "verdicts.py",
)
"""The modules of the students' package that decide a verdict; the others render it."""
ROOMS = ("grading", "workers", "seal")
"""The rooms of the grader whose code decides a verdict."""
ALONE = (Path("bank/markers.py"), Path("bank/master.py"), Path("submissions/modules.py"), Path("submissions/read.py"))
"""What decides which code is run."""


def kit_version() -> str:
    """The version of the kit, installed or run from its files."""
    return __version__


@functools.cache
def versions() -> dict[str, str]:
    """Versions of Python and of the packages that can change a verdict."""
    return {"python": platform.python_version()} | {name: version_of(name) for name in PACKAGES}


def version_of(package: str) -> str:
    """The version of an installed package, or of its build for CPUs; "" where it is not installed."""
    for name in (package, f"{package}-cpu"):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return ""


@functools.cache
def checks_sha256(exercise: str) -> str:
    """A hash of everything of ours, and of every version, that can change a verdict on ``exercise``."""
    if not exercise:
        return ""
    digest = hashlib.sha256(repr(sorted(versions().items())).encode())
    for path in sorted(deciding_files(exercise)):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    for text in _answers(exercise):
        digest.update(text.encode())
    return digest.hexdigest()


def deciding_files(exercise: str) -> Iterator[Path]:
    """The files of ours whose code decides a verdict on ``exercise``."""
    yield from public_files(exercise)
    for room in ROOMS:
        yield from (AUTOGRADER / room).glob("*.py")
    yield from (AUTOGRADER / path for path in ALONE)
    yield from (AUTOGRADER / "judges").glob("_*.py")
    yield AUTOGRADER / "judges" / f"{exercise}.py"


def public_files(exercise: str) -> Iterator[Path]:
    """Those of them that students have: the engine of the checks, the probes and what probes use."""
    yield from (CHECKS / name for name in ENGINE)
    yield from (CHECKS / "testbeds").glob("*.py")
    yield CHECKS / "exercises" / f"{exercise}.py"


def _answers(exercise: str) -> Iterator[str]:
    """The code of the reference and of the bank, without the prose around it."""
    yield from (cell.source for cell in read_master(exercise).reference_cells())
    for variants in read_bank(exercise).values():
        yield from (f"{variant.question}.{variant.name}\n{variant.code}" for variant in variants)

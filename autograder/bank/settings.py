"""The settings of an exercise: `solutions/NAME/exercise.toml`, and the same file at the root of its autograder zip."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from autograder.bank.markers import AuthoringError
from autograder.paths import ROOT, SOLUTIONS

FILE = "exercise.toml"
SHOW_HIDDEN = ("never", "after_published", "always")
FEWEST_SECONDS, MOST_SECONDS = 30, 2280
"""Less is taken for a slip. Gradescope's longest limit is 40 minutes, of which 2 are for starting and ending."""


@dataclass(frozen=True)
class Settings:
    """What an instructor may set.

    Args:
        show_hidden: when a student sees the outcome of the hidden checks on Gradescope: "never",
            "after_published" (with the grades) or "always" (at once).
        release_after: the day from which on `kit release` gives the solution out; None: any day.
        seconds: how long the grading of a submission may take; Gradescope ends it after its own limit, 600 by default.
    """

    show_hidden: str = "after_published"
    release_after: datetime.date | None = None
    seconds: int = 420
    """Platforms end a run after 600 s unless told otherwise: this leaves time for starting and ending."""


def settings_of(exercise: str) -> Settings:
    """The settings of an exercise: at the root of its zip, else beside its notebook, else the defaults."""
    packed = ROOT / FILE
    return read_settings(packed if packed.is_file() else SOLUTIONS / exercise / FILE)


def read_settings(path: Path) -> Settings:
    """The settings in a file. Raises AuthoringError with the key that is wrong and what may stand there."""
    if not path.is_file():
        return Settings()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeError) as error:
        raise AuthoringError(path, f"is not TOML ({error}): fix it, or delete it for the defaults") from None
    known = [field.name for field in fields(Settings)]
    for key, value in data.items():
        if key not in known:
            raise AuthoringError(path, f"unknown key {key!r}: use {', '.join(known)}")
        _check(path, key, value)
    return Settings(**data)


def _check(path: Path, key: str, value: Any) -> None:
    if key == "show_hidden" and value not in SHOW_HIDDEN:
        raise AuthoringError(path, f"show_hidden = {value!r}: use one of {', '.join(SHOW_HIDDEN)}")
    if key == "release_after" and not (isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)):
        raise AuthoringError(path, f"release_after = {value!r}: write a day without quotes, such as 2026-12-24")
    if key == "seconds" and not (isinstance(value, int) and FEWEST_SECONDS <= value <= MOST_SECONDS):
        raise AuthoringError(
            path,
            f"seconds = {value!r}: use a whole number from {FEWEST_SECONDS} to {MOST_SECONDS} "
            "(Gradescope's limit is 40 min)",
        )

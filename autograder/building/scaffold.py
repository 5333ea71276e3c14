"""`kit new`: an exercise from a template that passes `kit verify` with its example answer."""

from __future__ import annotations

import keyword
from pathlib import Path
from string import Template

from autograder.bank.markers import AuthoringError
from autograder.bank.master import exercise_names
from autograder.files import PUBLIC, write_text
from autograder.paths import AUTOGRADER, CHECKS, SOLUTIONS, shown

TEMPLATE = AUTOGRADER / "building" / "template"
EXAMPLE = "soft_clip"


def places(name: str) -> dict[str, Path]:
    """Template and target of each file of an exercise."""
    folder = SOLUTIONS / name
    return {
        "notebook": folder / "notebook.py",
        "alternatives": folder / "alternatives" / f"{EXAMPLE}.py",
        "misconceptions": folder / "misconceptions" / f"{EXAMPLE}.py",
        "probes": CHECKS / "exercises" / f"{name}.py",
        "judges": AUTOGRADER / "judges" / f"{name}.py",
    }


def scaffold(name: str) -> list[Path]:
    """Write the files of a new exercise; the paths written."""
    if not name.isidentifier() or keyword.iskeyword(name) or name != name.lower():
        raise AuthoringError(
            SOLUTIONS / name, "is not a valid name for an exercise: use small letters, digits and underscores"
        )
    written = [path for path in places(name).values() if path.exists()]
    if written or name in exercise_names():
        raise AuthoringError((written or [SOLUTIONS / name])[0], "exists already: choose another name")
    names = {"name": name, "title": name.replace("_", " ").capitalize()}
    for part, path in places(name).items():
        template = Template((TEMPLATE / f"{part}.py.template").read_text(encoding="utf-8"))
        write_text(path, template.substitute(names), PUBLIC)
    return list(places(name).values())


def describe(paths: list[Path]) -> str:
    """What to do with the new files."""
    return "\n".join(f"  {shown(path)}" for path in paths)

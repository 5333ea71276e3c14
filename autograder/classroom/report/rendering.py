"""Renders the templates: everything that is put into them is escaped, unless it was made as HTML by us."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from autograder.building.templates import templates
from autograder.classroom.report import prose
from autograder.paths import AUTOGRADER
from autograder.results.scores import number

FOLDER = AUTOGRADER / "classroom" / "report" / "templates"


def render(template: str, **values: Any) -> str:
    """A page from a template."""
    return _environment().get_template(template).render(values)


@functools.cache
def _environment() -> Environment:
    environment = templates(FOLDER)
    script = _file("report.js")
    environment.globals |= {"style": _file("report.css"), "script": script, "script_hash": _hash(script)}
    environment.filters |= {
        "points": number,
        "percent": _percent,
        "duration": _duration,
        "words": _words,
        "marked": _marked,
        "prose": prose.line,
    }
    return environment


def _file(name: str) -> Markup:
    return Markup((FOLDER / name).read_text(encoding="utf-8"))


def _hash(script: str) -> str:
    """The one script that a page's policy allows to run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _duration(seconds: float) -> str:
    """Such as "4 min 12 s"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest if not hours else 0, "s")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"


def _words(name: str) -> str:
    """The name of a check as words."""
    return name.replace("_", " ")


def _marked(marks: str) -> Markup:
    """Marks of checks, those that are not passed set apart."""
    return Markup(re.sub("[✗?]+", r"<b>\g<0></b>", marks))

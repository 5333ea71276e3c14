"""The Python files beside a notebook that it may import."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from autograder.errors import KitError

MAX_FILES, MAX_FILE = 20, 2**18
"""How many modules a notebook may have, and bytes of each; others are left out."""
PLATFORM_FILES = ("__init__.py",)
"""What Otter puts beside a notebook."""
CELLS = re.compile(r"(?m)^# (?:In\[[\d ]*\]:|%%)")
EXERCISE = re.compile(r"keras_checks\.Notebook\(\s*['\"](\w+)['\"]")


@dataclass(frozen=True)
class Entry:
    """A file of what was handed in, on disk or in a zip.

    Args:
        path: where it lies, below what was named.
        load: gives its bytes; raises Unreadable.
        name: what its student calls it; "" where that is the name in ``path``.
        owner: what tells apart the students whose files lie in one folder.
        whole: whether it is there to its end; a file that is being copied is not.
    """

    path: PurePosixPath
    load: Callable[[], bytes]
    name: str = ""
    owner: PurePosixPath | None = None
    whole: bool = True

    @property
    def suffix(self) -> str:
        """The ending of its name, in small letters."""
        return self.path.suffix.lower()


def scripts_beside(notebook: Entry, entries: Iterable[Entry]) -> list[Entry]:
    """The Python files that were handed in beside a notebook, by the same student; beside a script there are none."""
    if notebook.suffix != ".ipynb":
        return []
    home = (notebook.path.parent, notebook.owner)
    return [entry for entry in entries if entry.suffix == ".py" and (entry.path.parent, entry.owner) == home]


def modules_beside(notebook: Entry, entries: Iterable[Entry]) -> dict[str, str]:
    """The text of the modules that a notebook can import, by file name."""
    found: dict[str, str] = {}
    for entry in scripts_beside(notebook, entries):
        name = entry.name or entry.path.name
        if name not in PLATFORM_FILES and len(found) < MAX_FILES:
            with contextlib.suppress(KitError):  # what can't be read can't be imported either
                data = entry.load()
                if len(data) <= MAX_FILE and is_module(data):
                    found[name] = data.decode("utf-8", "replace")
    return found


def is_module(data: bytes) -> bool:
    """Whether a Python file is one that a notebook imports, and not a script exported from a notebook."""
    text = data.decode("utf-8", "replace")
    return not (CELLS.search(text) or EXERCISE.search(text))

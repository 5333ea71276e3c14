"""The Python files beside a notebook that it may import."""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_FILES, MAX_FILE = 20, 2**18
"""How many modules a notebook may have, and bytes of each; others are left out."""
PLATFORM_FILES = ("__init__.py",)
"""What Otter puts beside a notebook."""
CELLS = re.compile(r"(?m)^# (?:In\[[\d ]*\]:|%%)")
EXERCISE = re.compile(r"keras_checks\.Notebook\(\s*['\"](\w+)['\"]")


def is_module(data: bytes) -> bool:
    """Whether a Python file is one that a notebook imports, and not a script exported from a notebook."""
    text = data.decode("utf-8", "replace")
    return not (CELLS.search(text) or EXERCISE.search(text))


def modules(files: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """Those of the Python files, by name, that a notebook beside them can import."""
    small = [(name, data) for name, data in files if name not in PLATFORM_FILES and len(data) <= MAX_FILE]
    found = [(name, data.decode("utf-8", "replace")) for name, data in small if is_module(data)]
    return dict(found[:MAX_FILES])

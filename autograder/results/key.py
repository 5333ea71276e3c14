"""The key to the salted cases: made once, kept beside the results or in the zip, known to no student."""

from __future__ import annotations

import secrets
from pathlib import Path

from autograder.files import write_bytes
from autograder.paths import ROOT

FILE = "salt.key"
SIZE = 32
NO_KEY = b"no key"


def key_in(folder: Path) -> bytes:
    """The key in a folder of results or of packages; made where there is none."""
    path = folder / FILE
    if not path.is_file() or path.stat().st_size != SIZE:
        write_bytes(path, secrets.token_bytes(SIZE))
    return path.read_bytes()


def key_of_zip() -> bytes:
    """The key that was packed into the zip that this code runs from."""
    path = ROOT / FILE
    return path.read_bytes() if path.is_file() else NO_KEY

"""Files that are written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

PRIVATE = 0o600
"""The mode of what tells about students, or is secret: names, points, code, keys."""
PUBLIC = 0o644
"""The mode of what is made to be handed out."""


def write_text(path: Path, text: str, mode: int = PRIVATE) -> None:
    """Write ``text`` to a temporary file beside ``path``, then rename it."""
    write_bytes(path, text.encode("utf-8", "replace"), mode)


def write_bytes(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Write ``data`` to a temporary file beside ``path``, then rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_json(path: Path, data: Any, mode: int = PRIVATE) -> None:
    """Write ``data`` as indented JSON."""
    write_text(path, json.dumps(data, indent=1, ensure_ascii=False) + "\n", mode)

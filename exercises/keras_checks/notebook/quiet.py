"""TensorFlow without the lines that look like errors to a student."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def import_tensorflow() -> None:
    """Import TensorFlow without the lines that it writes past Python's streams."""
    if "tensorflow" in sys.modules:
        return
    kept = os.dup(2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            importlib.import_module("tensorflow")
        finally:
            os.dup2(kept, 2)
            os.close(kept)


@contextmanager
def no_warnings_of_tensorflow() -> Iterator[None]:
    """Probes trace many small functions, which TensorFlow warns of; a student did not write them."""
    logger = logging.getLogger("tensorflow")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)

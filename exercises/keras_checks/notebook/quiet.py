"""TensorFlow without the lines that look like errors to a student."""

from __future__ import annotations

import importlib
import logging
import os
import sys
import warnings
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
def no_library_warnings() -> Iterator[None]:
    """Probes trace many small functions and pass unusual inputs, of which TensorFlow and Keras warn; a student did not
    write them."""
    logger = logging.getLogger("tensorflow")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=UserWarning, module=r"keras\.")
            yield
    finally:
        logger.setLevel(before)

"""One clean root for the images of all platforms, so that the environment is installed once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from clean_root import bootstrap, remove


@pytest.fixture(scope="session")
def clean_root(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Path]:
    """A fresh Debian: Gradescope's zip is set up in it, and what that installed is in PrairieLearn's image then."""
    root = tmp_path_factory.mktemp("clean") / "root"
    try:
        bootstrap(root, pytestconfig.cache.mkdir("debian"))
        yield root
    finally:
        remove(root)

"""Files that cost much to read cost themselves only, and not much."""

from __future__ import annotations

import json
import time

import pytest

from autograder.submissions.bounded import read_bytes
from autograder.submissions.read import Unreadable

CELL = {"cell_type": "code", "source": "x = 1", "metadata": {}, "outputs": [], "execution_count": None}
GOOD = json.dumps({"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()
ALIASES = "".join(f"# a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 8)}]\n" for i in range(1, 12))
FILES = {
    "empty objects.ipynb": b'{"cells":[' + b"{}," * 3_000_000 + b"{}]}",
    "many cells.ipynb": json.dumps({"cells": [CELL] * 50_000, "metadata": {}, "nbformat": 4}).encode(),
    "deep.ipynb": b"[" * 100_000,
    "long script.py": b"# %%\nx = 1\n" * 50_000,
    "large script.py": b"x = 1\n" * 300_000,
}
SECONDS = 90
"""Far beyond what the limits allow on an idle machine."""


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_in_time(name: str) -> None:
    start = time.monotonic()
    with pytest.raises(Unreadable):
        read_bytes(name, FILES[name])
    assert time.monotonic() - start < SECONDS
    assert [cell.source for cell in read_bytes("good.ipynb", GOOD).cells] == ["x = 1"]


def test_aliases_in_a_scripts_header_cost_nothing() -> None:
    script = f"# ---\n# a0: &a0 [x, x]\n{ALIASES}# ---\n# %%\nx = 1\n"
    assert [cell.source for cell in read_bytes("a.py", script.encode()).cells] == ["x = 1"]

"""The attack notebooks once more where the kit runs as a user without rights."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ordinary_user import as_ordinary_user, home_of_nobody, run_tests

TESTS = Path(__file__).with_name("test_hostile.py")


@pytest.mark.slow
@pytest.mark.timeout(1500)
@as_ordinary_user
def test_attacks_on_an_ordinary_user() -> None:
    table = os.environ.get("KIT_HOSTILE_TABLE", "")
    which = [] if table else ["-k", "not forging"]  # what is forged is judged elsewhere, whoever runs the kit
    with home_of_nobody() as home:
        rows = home / "table"
        run_tests(home, TESTS, *which, KIT_HOSTILE="all", KIT_HOSTILE_TABLE=str(rows) if table else "")
        if table:
            with Path(table).open("a") as file:
                file.write(rows.read_text())

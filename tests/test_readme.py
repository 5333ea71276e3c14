"""The repository's own documents: counts are those of the bank, and every file that they name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from counts import sentence

from autograder.paths import ROOT

DOCUMENTS = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "autograder").rglob("*.md"), ROOT / "solutions" / "README.md")
    if path.is_file()
)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
FILE = re.compile(r"`((?:autograder|exercises|solutions|tests)/[\w./]+)`")
PLACEHOLDERS = ("NAME", "QUESTION", "EXERCISE")


def test_readme_counts_what_the_bank_holds() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert sentence() in readme, "run tests/support/counts.py and paste what it prints"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_that_are_named_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    linked = [path.parent / name for name in LINK.findall(text)]
    named = [ROOT / name for name in FILE.findall(text) if not any(word in name for word in PLACEHOLDERS)]
    assert [found for found in (*linked, *named) if not found.exists()] == []

"""`kit report` with pseudonyms: no page, and no name of a file, tells who a student is."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import kit, kit_here
from synthetic import class_results, students

from autograder.classroom.report import birds
from autograder.files import write_json, write_text
from autograder.results.result import is_missing
from autograder.results.scores import scores_csv

CLASS = class_results(40)
"""One of each kind is among them; what can't be read tells the name of its file."""
NAMES = students(40)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    for name, result in CLASS:
        write_json(folder / f"{name}.json", result)
    people = {name: (student, "", "", "") for name, student in NAMES.items()}
    write_text(folder / "scores.csv", scores_csv(CLASS, people))
    return folder


def test_the_pages_of_all(results: Path, tmp_path: Path) -> None:
    kit_here("report", results, "--each", "--pseudonyms", "--output", tmp_path / "pages")
    pages = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "pages").iterdir()}
    known = birds(CLASS)
    assert set(pages) == {known[name] for name, result in CLASS if not is_missing(result)}
    for bird, text in pages.items():
        assert f'<h1 tabindex="-1">{bird}</h1>' in text
        assert not [name for pair in NAMES.items() for name in pair if name in text]


def test_the_page_of_one(results: Path, tmp_path: Path) -> None:
    name = CLASS[3][0]
    said = kit("report", results, "--student", NAMES[name], "--pseudonyms", cwd=tmp_path)
    (page,) = tmp_path.iterdir()
    assert page.name == f"{birds(CLASS)[name]}.html"
    assert said == f"{page.name} written.\n"
    text = page.read_text(encoding="utf-8")
    assert name not in text and NAMES[name] not in text
    assert "with pseudonyms, a name in a comment would tell" in text

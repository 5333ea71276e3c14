"""Solutions are given out when the day has come, executed, with pictures and with the common mistakes."""

from __future__ import annotations

import datetime
import html
from pathlib import Path

import nbformat
import pytest
from command_line import kit
from handed_in import EXERCISE

from autograder.bank.master import read_master
from autograder.bank.variants import read_variants
from autograder.building.release import MISTAKES, TooEarly, release

DAY = datetime.date(2026, 12, 24)


@pytest.fixture
def dated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings that allow the release from a day on; returns where the solutions would go."""
    settings = tmp_path / "solutions" / EXERCISE / "exercise.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"release_after = {DAY}\n")
    monkeypatch.setattr("autograder.bank.settings.SOLUTIONS", tmp_path / "solutions")
    return tmp_path / "out"


def test_refused_before_the_day(dated: Path) -> None:
    with pytest.raises(TooEarly, match=f"not to be released before {DAY}.*--early"):
        release(EXERCISE, dated, today=DAY - datetime.timedelta(days=1))
    assert not dated.exists()


@pytest.mark.slow
def test_released_on_the_day(dated: Path) -> None:
    """What is given out: every cell run, a picture, each misconception by its statement, no hidden judge."""
    notebook_path, page_path = release(EXERCISE, dated, today=DAY)
    notebook = nbformat.read(notebook_path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    outputs = [output for cell in code for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert MISTAKES in notebook.cells[-1].source
    page = page_path.read_text(encoding="utf-8")
    assert "data:image/png;base64," in page
    for mistake in read_variants(EXERCISE, "misconceptions"):
        assert mistake.statement in notebook.cells[-1].source
    for question in read_master(EXERCISE).questions():
        assert html.escape(question) in page
    for text in (page, notebook_path.read_text(encoding="utf-8")):
        assert "BEGIN SOLUTION" not in text
        assert "autograder" not in text


def test_unknown_exercise() -> None:
    kit("release", "nothing", status=2)

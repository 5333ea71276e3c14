"""Solutions are given out when the day has come: executed, with pictures and the mistakes of the class, as one page."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from command_line import kit
from handed_in import EXERCISE, SMALL, put
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pages import SIZES, opened, resize
from playwright.sync_api import Browser
from synthetic import class_results

from autograder.bank.master import exercise_names, read_master
from autograder.bank.variants import read_variants
from autograder.building.common_mistakes import CommonMistake, as_markdown, common_mistakes
from autograder.building.common_mistakes import class_results as graded
from autograder.building.formulas import UnknownFormula, mathml
from autograder.building.notebooks import solution_notebook
from autograder.building.page import page
from autograder.building.release import TooEarly, release
from autograder.errors import UsageError
from autograder.files import write_json

DAY = datetime.date(2026, 12, 24)
COUNT = 60
ONE_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture
def dated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings that allow the release from a day on; returns where the solutions would go."""
    settings = tmp_path / "solutions" / SMALL / "exercise.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"release_after = {DAY}\n")
    monkeypatch.setattr("autograder.bank.settings.SOLUTIONS", tmp_path / "solutions")
    return tmp_path / "out"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of results: half of the class did this exercise, half another."""
    folder = tmp_path_factory.mktemp("results")
    for name, result in class_results(COUNT):
        write_json(folder / f"{name}.json", result)
    put(folder, {"scores.csv": b"", "other.json": b"[]"})
    return folder


def test_refused_before_the_day(dated: Path) -> None:
    with pytest.raises(TooEarly, match=f"not to be released before {DAY}.*--early"):
        release(SMALL, dated, today=DAY - datetime.timedelta(days=1))
    assert not dated.exists()


@pytest.mark.slow
def test_released_on_the_day(dated: Path, results: Path) -> None:
    """What is given out: every cell run, a picture, each misconception by its statement, no hidden judge."""
    page_path, notebook_path = release(SMALL, dated, results=results, today=DAY)
    notebook = nbformat.read(notebook_path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    outputs = [output for cell in code for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    text = page_path.read_text(encoding="utf-8")
    assert 'src="data:image/png;base64,' in text
    assert text.count('class="answer"') == 1, "the closing question has its answer"
    for mistake in read_variants(SMALL, "misconceptions"):
        assert mistake.statement in notebook.cells[-1].source
    for written in (text, notebook_path.read_text(encoding="utf-8")):
        assert "in this class (" in written
        assert "BEGIN SOLUTION" not in written
        assert "autograder" not in written
        assert "submission_0" not in written, "nobody is named"


def test_unknown_exercise() -> None:
    kit("release", "nothing", status=2)


@pytest.mark.slow
def test_shares_are_those_of_the_class(results: Path) -> None:
    own = graded(results, EXERCISE)
    assert 20 < len(own) < COUNT / 2 + 1
    mistakes = common_mistakes(read_master(EXERCISE), results)
    assert {mistake.students for mistake in mistakes} == {len(own)}
    known = read_variants(EXERCISE, "misconceptions")
    for mistake in mistakes:
        (name,) = [it.name for it in known if it.statement == mistake.statement]
        made = [it for it in own if name in {check["misconception"] for check in it["extra_data"]["checks"]}]
        assert mistake.count == len(made)
    counts = [mistake.count or 0 for mistake in mistakes if mistake.question == "pinball_loss"]
    assert counts == sorted(counts, reverse=True) and counts[0] > 0


def test_share_in_words() -> None:
    assert CommonMistake("q", "It is.", "Look.", 3, 12).share == "3 of 12 in this class (25%)"
    assert CommonMistake("q", "It is.", "Look.", 0, 12).share == "nobody in this class"
    assert as_markdown([CommonMistake("q", "It is.", "Look.")]).endswith("- **It is.** Look.")


def test_results_of_another_exercise_are_refused(results: Path, tmp_path: Path) -> None:
    for folder in (results, tmp_path):
        with pytest.raises(UsageError, match="holds no result of vae"):
            common_mistakes(read_master("vae"), folder)


@pytest.mark.parametrize("exercise", exercise_names())
def test_each_page_loads_nothing_and_shows_every_formula(exercise: str) -> None:
    master = read_master(exercise)
    notebook = solution_notebook(master)
    text = page(notebook, common_mistakes(master))
    assert re.findall(r"<(?:script|link|img|iframe|source)[^>]*(?:src|href)=\"(?!data:)", text) == []
    assert not re.search(r"@import|url\(", text)
    prose = re.sub(r"<(math|pre|code|style|script)\b.*?</\1>", "", text, flags=re.DOTALL)
    assert "$" not in prose, "a formula is left as it was written"
    written = sum(cell.source.count("$$") // 2 for cell in notebook.cells if cell.cell_type == "markdown")
    assert text.count('display="block"') == written
    assert text.count('class="answer"') == 1


def test_a_formula_that_cannot_be_shown_is_refused() -> None:
    with pytest.raises(UnknownFormula, match=r"The formula \\foo x can't be shown"):
        mathml(r"\foo x")


FORMULAS = {
    r"\text{a\_b}": "<mtext>a_b</mtext>",
    r"\big\lVert x \big\rVert": "<mo>‖</mo><mi>x</mi><mo>‖</mo>",
    r"\overline{xy}": 'style="border-top: 1px solid',
    r"x = -4": '<mo form="prefix">−</mo><mn>4</mn>',
    r"x - 4": "<mo>−</mo><mn>4</mn>",
    r"|x| - 4": "<mo>−</mo><mn>4</mn>",
}


@pytest.mark.parametrize("latex", FORMULAS)
def test_formulas(latex: str) -> None:
    assert FORMULAS[latex] in mathml(latex)


def made_notebook() -> nbformat.NotebookNode:
    """An executed notebook with each kind of cell and of output."""
    printed = "\x1b[1mEpoch 1\x1b[0m <b>\nstep 1\rstep 2\n"
    picture = {"image/png": ONE_PIXEL, "text/plain": "<Figure size 1x1>"}
    card = {"text/html": '<div style="border-left:4px solid #3c9d5a">all pass</div>', "text/plain": "all pass"}
    table = {"text/html": "<table><tr><td>no</td></tr></table>", "text/plain": "   a\n0  1"}
    cells = [
        new_markdown_cell("# A title\n\n| | $\\mu$ |\n|---|---|\n| 1 | $\\frac12$ |"),
        new_markdown_cell("## A section with `code`\n\n$$ \\sum_i x_i " + "+ x_{long} " * 40 + "$$"),
        new_code_cell(
            "import os  # a comment\nx = 'text'",
            outputs=[
                new_output("stream", name="stdout", text=printed),
                new_output("stream", name="stderr", text="a warning"),
                new_output("display_data", picture),
                new_output("execute_result", table),
            ],
        ),
        new_code_cell(
            "grader.check('q')",
            outputs=[new_output("display_data", card), new_output("stream", name="stdout", text="WARNING: it logs")],
            metadata={"tags": ["check"]},
        ),
        new_markdown_cell("**An answer.** It is so.", metadata={"tags": ["solution"]}),
    ]
    return new_notebook(cells=cells)


MISTAKES = [
    CommonMistake("first", "The loss is `0`.", "Look at $x$.", 5, 20),
    CommonMistake("first", "It is <b>bold</b>.", "No.", 0, 20),
]


def test_outputs_as_a_reader_needs_them() -> None:
    text = page(made_notebook(), MISTAKES)
    assert "Epoch 1 &lt;b&gt;\nstep 2" in text, "no codes of terminals, no markup, the last of what was overwritten"
    assert "a warning" not in text and "WARNING" not in text and "<td>no</td>" not in text
    assert "border-left:4px solid #3c9d5a" in text
    assert f'<img alt="Picture 1: A section with code" src="data:image/png;base64,{ONE_PIXEL}">' in text
    assert "5 of 20 in this class (25%)" in text and "1 more that nobody in this class made" in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_page_in_a_browser_without_network(size: str, scheme: str, browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(page(made_notebook(), MISTAKES), encoding="utf-8")
    with opened(browser, file, offline=True, color_scheme=scheme) as shown:
        width = resize(shown, size)
        found = Axe().run(shown).response["violations"]
        assert found == [], [(each["id"], each["nodes"][0]["html"]) for each in found]
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert shown.locator("details:not([open])").count() == 0, "paper can't be unfolded"

"""The page of what changed, as an instructor reads it before and after a regrade, in Chromium."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from command_line import kit_here
from pages import SIZES, Scheme, opened, resize
from playwright.sync_api import Browser, Page, expect
from synthetic import class_results, students

from autograder.classroom.report import report
from autograder.files import write_json, write_text
from autograder.results.scores import scores_csv

pytestmark = pytest.mark.slow

COUNT = 60
QUESTION = "pinball_loss"
Results = dict[str, dict[str, Any]]


def mended(results: Results, check: str) -> list[str]:
    """Let all pass who failed a check; returns who they are."""
    found = []
    for name, result in results.items():
        for record in result["extra_data"]["checks"]:
            if (record["question"], record["check"], record["outcome"]) == (QUESTION, check, "failed"):
                record |= {"outcome": "passed", "points": record["max_points"], "misconception": None}
                result["score"] += record["max_points"]
                found.append(name)
    return found


@pytest.fixture(scope="module")
def gradings(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A folder with two gradings of a class, the page of what changed between them, and whose points have changed."""
    folder = tmp_path_factory.mktemp("gradings")
    old: Results = dict(class_results(COUNT))  # type: ignore[arg-type]
    new = copy.deepcopy(old)
    unreadable = [name for name, result in old.items() if result["extra_data"]["status"] == "unreadable"]
    moved = mended({name: result for name, result in new.items() if name not in unreadable}, "loss_value")
    names = students(COUNT)
    for part, results in (("before", old), ("after", new)):
        for name, result in results.items():
            write_json(folder / part / f"{name}.json", result)
        people = {name: (names[name], "", "", "") for name in results}
        write_text(folder / part / "scores.csv", scores_csv(list(results.items()), people))  # type: ignore[arg-type]
        write_text(folder / part / "report.html", report(list(results.items()), names))  # type: ignore[arg-type]
    said = kit_here("diff", folder / "before", folder / "after", "--html", folder / "changes.html")
    assert f"{len(moved)} gain points, 0 lose points" in said
    return folder, [names[name] for name in moved]


@pytest.fixture
def page(browser: Browser, gradings: tuple[Path, list[str]]) -> Iterator[Page]:
    """The page, open on a desktop; any request for something else, and any error of a script, fails the test."""
    with opened(browser, gradings[0] / "changes.html") as page:
        yield page


def test_who_moves_by_how_much_and_by_which_check(page: Page, gradings: tuple[Path, list[str]]) -> None:
    _, moved = gradings
    assert moved
    rows = page.get_by_role("region", name="Table of students").locator("tbody tr")
    expect(rows).to_have_count(len(moved))
    for name in moved:
        row = rows.filter(has_text=name)
        expect(row).to_contain_text("+1")
        expect(row).to_contain_text(f"{QUESTION}: loss value: failed → passed (+1)")
    (check,) = page.get_by_role("region", name="Table of checks").locator("tbody tr").all()
    expect(check).to_contain_text(f"+{len(moved)}")
    expect(page.locator(".figures")).to_contain_text(f"Gain points{len(moved)}", use_inner_text=False)


def test_its_links_lead_to_the_students_pages(browser: Browser, gradings: tuple[Path, list[str]]) -> None:
    folder, moved = gradings
    with browser.new_context() as context:
        page = context.new_page()
        for link in ("before", "after"):
            page.goto((folder / "changes.html").as_uri())
            page.get_by_role("row").filter(has_text=moved[-1]).get_by_role("link", name=link).click()
            expect(page).to_have_url((folder / link / "report.html").as_uri() + "#" + page.url.partition("#")[2])
            expect(page.get_by_role("heading", name=moved[-1])).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_accessible(page: Page, scheme: Scheme, size: str) -> None:
    page.emulate_media(color_scheme=scheme)
    width = resize(page, size)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_print_shows_what_is_folded(page: Page) -> None:
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    assert page.pdf().startswith(b"%PDF")
    assert page.evaluate("document.querySelector('details').getBoundingClientRect().height") > 30


def test_the_same_twice_says_so(tmp_path: Path, gradings: tuple[Path, list[str]]) -> None:
    folder, _ = gradings
    kit_here("diff", folder / "after", folder / "after", "--html", tmp_path / "same.html")
    assert "No score and no verdict has changed." in (tmp_path / "same.html").read_text(encoding="utf-8")

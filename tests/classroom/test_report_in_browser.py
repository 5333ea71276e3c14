"""The report as an instructor uses it, in Chromium."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from synthetic import COUNT, NAMES

SECONDS = 2.0
SIZES = {"desktop": (1280, 900), "phone": (375, 740)}
ROWS = "#table tbody tr:not([hidden])"


def cells(page: Page, column: int) -> list[str]:
    return page.locator(f"{ROWS} td:nth-child({column})").all_inner_texts()


def test_300_submissions_open_in_two_seconds(browser: Browser, page_file: Path) -> None:
    took = []
    for _ in range(3):  # the machine may be busy with something else
        with browser.new_context() as context:
            page = context.new_page()
            start = time.monotonic()
            page.goto(page_file.as_uri())
            page.locator("#shown", has_text=f"{COUNT} of {COUNT}").wait_for()
            took.append(time.monotonic() - start)
    assert min(took) < SECONDS


def test_sorts_by_score_and_back(page: Page) -> None:
    head = page.get_by_role("columnheader", name="Score")
    head.get_by_role("button").click()
    shares = [
        float(value)
        for value in page.locator(f"{ROWS} td:nth-child(3)").evaluate_all("c => c.map(x => x.dataset.value)")
    ]
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.get_by_role("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert page.locator(f"{ROWS} td:nth-child(3)").first.get_attribute("data-value") == str(shares[-1])


def test_filters_and_searches(page: Page) -> None:
    page.get_by_label("Status").select_option("timeout")
    assert set(cells(page, 4)) == {"timeout"}
    expect(page.get_by_role("status")).to_have_text(f"4 of {COUNT} shown")
    page.get_by_label("Status").select_option("")
    page.get_by_label("Exercise").select_option("threaded_dense")
    assert len(cells(page, 1)) == COUNT // 2
    page.get_by_label("Search").fill("ångström")
    expect(page.get_by_role("status")).to_have_text(f"0 of {COUNT} shown")
    page.get_by_label("Exercise").select_option("")
    assert cells(page, 1) == ["Zoë Ångström"]


def test_a_students_page_by_keyboard(page: Page) -> None:
    link = page.locator("#table").get_by_role("link", name="Student 001")
    link.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("public checks pass")
    expect(dialog.get_by_role("heading", level=3)).to_have_count(3)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()


def test_from_a_misconception_to_who_has_it_and_to_its_hint(page: Page) -> None:
    section = page.get_by_role("region", name="Misconceptions of the class")
    first = section.locator("details").first
    first.locator("summary").click()
    expect(first.locator("p").first).to_be_visible()
    statement = first.locator("summary").inner_text().split("×")[1].rsplit("\n")[0].strip().rpartition(" ")[0][:40]
    who = first.get_by_role("link")
    assert who.count() == int(first.locator(".count").inner_text())
    who.first.click()
    expect(page.get_by_role("dialog")).to_contain_text(statement.split("`")[0][:20])


def test_a_link_to_a_students_page(page: Page, page_file: Path) -> None:
    target = page.locator("#table").get_by_role("link", name="Student 002").get_attribute("href")
    page.goto("about:blank")
    page.goto(f"{page_file.as_uri()}{target}")
    expect(page.get_by_role("dialog")).to_contain_text("Student 002")


def test_names_that_are_html_are_text(page: Page) -> None:
    assert page.title() == "Class report"
    for name in NAMES:
        expect(page.locator("#table").get_by_role("link", name=name, exact=True)).to_have_count(1)


def test_alike_answers_are_a_question(page: Page) -> None:
    section = page.get_by_role("region", name="Answers that are alike")
    expect(section).to_contain_text("a question to ask, never a verdict")
    section.locator("summary").click(position={"x": 4, "y": 4})
    expect(section.locator("pre")).to_contain_text("return v < 3")


@pytest.mark.parametrize("size", SIZES)
def test_accessible(page: Page, scheme: str, size: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.locator("#table").get_by_role("link", name="Student 001").click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_phone_needs_no_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_print_shows_what_is_folded_and_no_tools(page: Page) -> None:
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.get_by_label("Search")).to_be_hidden()
    expect(page.locator("details p").first).to_be_visible()
    assert page.pdf().startswith(b"%PDF")


def test_print_of_a_students_page_is_that_page(page: Page) -> None:
    page.locator("#table").get_by_role("link", name="Student 001").click()
    page.emulate_media(media="print")
    expect(page.locator("#page-body h3").first).to_be_visible()
    expect(page.locator("#table")).to_be_hidden()

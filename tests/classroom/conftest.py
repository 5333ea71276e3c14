"""The report of 300 submissions, and a browser to open it in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from synthetic import COUNT, class_results, students

from autograder.classroom.report import report
from autograder.classroom.similarity import Pair

PAIRS = [Pair("submission_006", "submission_008", "custom_loss", 0.93, ("v = keras.ops.abs(v - v)", "return v < 3"))]


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report(class_results(COUNT), students(COUNT), similar=PAIRS), encoding="utf-8")
    return path


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def page(browser: Browser, page_file: Path) -> Iterator[Page]:
    """The report, open on a desktop; any request for something else, and any error of a script, fails the test."""
    wrong: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.on(
        "request", lambda request: None if request.url.startswith(page_file.as_uri()) else wrong.append(request.url)
    )
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.goto(page_file.as_uri())
    yield opened
    context.close()
    assert not wrong

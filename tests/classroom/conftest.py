"""The reports of 300 submissions and of 40, and a browser to open them in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import Scheme, opened
from playwright.sync_api import Browser, Page
from synthetic import COUNT, class_code, class_results, students

from autograder.classroom.report import report, student_page
from autograder.classroom.similarity import Pair

SHARED = (frozenset({(1, 2), (1, 3)}), frozenset({(1, 1)}))
"""Lines of the second code cell of each of the two who are alike."""
FEW = 40
"""The first submissions: one of each kind is among them."""
PAIRS = [Pair("submission_006", "submission_008", "custom_loss", 0.93, ("return v < 3",), SHARED)]


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report_of(COUNT, tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="session")
def short_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report_of(FEW, tmp_path_factory.mktemp("short"))


def report_of(count: int, folder: Path) -> Path:
    """The report of so many submissions."""
    path = folder / "report.html"
    text = report(class_results(count), students(count), code=class_code(count), similar=PAIRS)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def alone_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the first student alone, whose name and code try to break it."""
    path = tmp_path_factory.mktemp("student") / "student.html"
    name, result = class_results(COUNT)[0]
    text = student_page(result, class_code(COUNT)[name], name=students(COUNT)[name])
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Scheme:
    return request.param


@pytest.fixture
def page(browser: Browser, page_file: Path) -> Iterator[Page]:
    """The report, open on a desktop; any request for something else, and any error of a script, fails the test."""
    with opened(browser, page_file) as page:
        yield page


@pytest.fixture
def short(browser: Browser, short_file: Path) -> Iterator[Page]:
    """The report of the first submissions, under the same conditions: axe looks at each row of a table."""
    with opened(browser, short_file) as page:
        yield page


@pytest.fixture
def alone(browser: Browser, alone_file: Path) -> Iterator[Page]:
    """The page of one student, open on a desktop, under the same conditions."""
    with opened(browser, alone_file) as page:
        yield page

"""One grading session, so one import of TensorFlow, for all tests that grade."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, sync_playwright
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from autograder.bank.master import read_master
from autograder.grading.session import Session
from autograder.results.result import Grading, result
from autograder.submissions.read import Cell, Submission
from autograder.workers.student import Limits

TESTS = Path(__file__).parent
ALONE = "test_verify.py"
"""Its tests share nothing, so any worker may take any of them."""
TOGETHER = {"browser": "student"}
"""Folders that share an environment which is made on disk."""
Grade = Callable[..., Grading]
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LIMITS = Limits(cell_seconds=4, probe_seconds=10, total_seconds=90)


class ByFolder(LoadScopeScheduling):
    """Keeps the tests of a folder in one worker of pytest-xdist: what they share is made once."""

    def _split_scope(self, nodeid: str) -> str:
        folder = nodeid.split("::")[0].split("/")[1]
        return nodeid if folder == ALONE else TOGETHER.get(folder, folder)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """How tests are handed to workers. (The option `loadgroup` of pytest-xdist 3.8 has no effect with pytest 9.)"""
    return ByFolder(config, log)


@pytest.fixture(scope="session")
def session() -> Iterator[Session]:
    with Session(limits=LIMITS) as running:
        yield running


@pytest.fixture(scope="session")
def grade(session: Session) -> Grade:
    """Grades the reference of an exercise with more cells behind it, or the given cells alone."""

    def run(exercise: str, *extra: str, cells: list[str] | None = None, only: str | None = None) -> Grading:
        base = [cell.source for cell in read_master(exercise).reference_cells()] if cells is None else cells
        sources = [*base, *extra]
        submission = Submission("a", tuple(map(Cell, sources)), exercise, "0" * 64)
        return session.grade(submission, exercise, only=only)

    return run


def scores(grading: Grading) -> dict[str, float]:
    """Points by question."""
    return {test["name"]: test["score"] for test in result(grading)["tests"]}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, as it runs where there is no screen; where it is missing, the tests of pages say so and are skipped."""
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM))
        except Error as error:
            pytest.skip(f"no Chromium here: {error}")
        yield started
        started.close()

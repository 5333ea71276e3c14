"""One grading session, so one import of TensorFlow, for all tests that grade; one browser for all pages."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest
from handed_in import EXERCISE, reference_cells, submission
from playwright.sync_api import Browser, Error, sync_playwright
from sessions import LIMITS, Grade
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from autograder.bank.master import read_master
from autograder.building.build import grader_zip
from autograder.grading.session import Session
from autograder.results.result import Grading
from autograder.workers.zygote import ENVIRONMENT

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # processes that import TensorFlow take four times as long without
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a shell; so would what tests start
    signal.signal(signal.SIGINT, signal.default_int_handler)
ALONE = ("tests/test_style.py", "tests/verifying/test_bank.py", "tests/mutants/test_mutants.py")
"""Files whose parameters share nothing: any worker may take any of them. They come last, the shortest at the end."""
CLEAN_ROOT = "a clean root"
FIRST = (
    "tests/hostile",
    CLEAN_ROOT,
    "tests/doors/gradescope",
    "tests/classroom",
    "tests/student",
    "tests/doors/prairielearn",
    "tests/doors",
    "tests/grading",
    "tests/workers",
)
"""Folders that take minutes, the longest first, so that all workers end at about the same time."""
TOGETHER = {
    "tests/browser": "tests/student",
    "tests/doors/gradescope/test_clean_root.py": CLEAN_ROOT,
    "tests/doors/prairielearn/test_prairielearn_root.py": CLEAN_ROOT,
}
"""Folders and files that share an environment which is made on disk."""
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class ByFolder(LoadScopeScheduling):
    """Keeps the tests of a folder in one worker of pytest-xdist: what they share is made once."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scope_of(nodeid: str) -> str:
    """What a test shares with others: its folder, or its exercise."""
    file = nodeid.partition("::")[0]
    folder = file.rpartition("/")[0]
    if file in ALONE:
        return f"{file} {nodeid.partition('[')[2]}"
    return TOGETHER.get(file) or TOGETHER.get(folder, folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first, and last what any worker may take."""

    def rank(item: pytest.Item) -> int:
        scope, file = scope_of(item.nodeid), item.nodeid.partition("::")[0]
        if file in ALONE:
            return len(FIRST) + 1 + ALONE.index(file)
        return FIRST.index(scope) if scope in FIRST else len(FIRST)

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """Each worker collects all tests: to import TensorFlow for it takes seconds, and many where nothing is compiled."""
    if "tensorflow" in sys.modules:
        raise pytest.UsageError("Collecting the tests imports TensorFlow: import it in the tests that need it.")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """How tests are handed to workers. (The option `loadgroup` of pytest-xdist 3.8 has no effect with pytest 9.)"""
    config.option.loadscopereorder = False  # else by the number of their tests
    return ByFolder(config, log)


@pytest.fixture(scope="session")
def session() -> Iterator[Session]:
    with Session(limits=LIMITS) as running:
        yield running


@pytest.fixture(scope="session")
def grade(session: Session) -> Grade:
    """Grades the reference of an exercise with more cells after it, or the given cells alone."""

    def run(exercise: str, *extra: str, cells: list[str] | None = None, only: str | None = None) -> Grading:
        base = reference_cells(exercise) if cells is None else cells
        return session.grade(submission([*base, *extra], exercise), exercise, only=only)

    return run


@pytest.fixture(scope="session")
def package() -> bytes:
    """The autograder zip of `EXERCISE`, built once: its plan comes from checks that import TensorFlow."""
    return grader_zip(read_master(EXERCISE))


@pytest.fixture(scope="session")
def process() -> Iterator[ProcessPoolExecutor]:
    """One process that imports TensorFlow, for all banks and mutants that this worker of pytest tries."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in ENVIRONMENT.items():
                patch.setenv(name, value)
            pool.submit(int).result()
        yield pool


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

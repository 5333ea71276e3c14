"""Files that attack: refused with one line or graded for what they hold, in time, with nothing of theirs run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks import EXERCISE
from packages import MARK, PACKAGES

from autograder.classroom.batch import choose_exercise
from autograder.grading.session import Session
from autograder.results.result import result
from autograder.submissions.read import Unreadable, from_bytes
from autograder.workers.student import Limits

LIMITS = Limits(cell_seconds=4, probe_seconds=4, total_seconds=40)
REFUSED = [name for name, package in PACKAGES.items() if package.score is None]
GRADED = [name for name, package in PACKAGES.items() if package.score is not None]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(limits=LIMITS) as running:
        yield running


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    package = PACKAGES[name]
    data = package.make()
    begin = time.monotonic()
    with pytest.raises(Unreadable, match=package.says):
        choose_exercise(from_bytes(package.file, data), EXERCISE)
    assert time.monotonic() - begin < 20
    assert not Path(MARK).exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", GRADED)
def test_graded_for_what_it_holds(name: str, session: Session) -> None:
    package = PACKAGES[name]
    submission = from_bytes(package.file, package.make())
    grading = session.grade(submission, choose_exercise(submission, EXERCISE), only="pinball_loss")
    assert result(grading)["score"] == package.score
    assert not Path(MARK).exists()

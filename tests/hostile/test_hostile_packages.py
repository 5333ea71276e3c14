"""Files that attack: refused with one line or graded for what they hold, in time, with nothing of theirs run."""

from __future__ import annotations

import pickle
import time
from pathlib import Path

import pytest
from handed_in import EXERCISE
from packages import MARK, PACKAGES, PICKLE, SHADOWS

from autograder.grading.entry import choose_exercise
from autograder.grading.session import Session
from autograder.results.records import Status
from autograder.results.result import result
from autograder.submissions.read import Unreadable, from_bytes

REFUSED = [name for name, package in PACKAGES.items() if package.score is None]
GRADED = [name for name, package in PACKAGES.items() if package.score is not None]


def test_the_mark_would_be_made() -> None:
    """Else it says nothing that no attack has made it."""
    attacks = [lambda: pickle.loads(PICKLE), lambda: exec(next(iter(SHADOWS.values())))]
    for run in attacks:
        run()
        assert Path(MARK).exists()
        Path(MARK).unlink()


@pytest.mark.slow
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
    assert grading.status == Status.GRADED, grading.tampering
    assert not Path(MARK).exists()

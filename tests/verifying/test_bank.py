"""The bank of each exercise: no right answer loses a point, no wrong one keeps all points of its question.

A sixteenth of the answers, told apart from one another: another sixteenth whenever the checks change. `kit verify`
tries the whole bank, and tells each misconception apart from all others.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

import pytest

from autograder.bank.master import exercise_names
from autograder.commands.verify import complaints, verified
from autograder.paths import SOLUTIONS
from autograder.verifying.verify import Scope


def size(exercise: str) -> int:
    """How large a bank is: to read all of them takes seconds."""
    return sum(path.stat().st_size for path in (SOLUTIONS / exercise / "misconceptions").glob("*.py"))


LARGEST_FIRST = sorted(exercise_names(), key=size, reverse=True)
"""So that two workers end at about the same time."""


@pytest.mark.slow
@pytest.mark.timeout(2700)  # a bank takes a minute, and more beside others
@pytest.mark.parametrize("exercise", LARGEST_FIRST)
def test_no_wrong_verdict(exercise: str, process: ProcessPoolExecutor) -> None:
    report = process.submit(verified, exercise, Scope(parts=16)).result(2600)
    assert report.clean, "\n".join(complaints(report))

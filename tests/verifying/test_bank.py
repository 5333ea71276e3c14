"""The bank of each exercise: no right answer loses a point, no wrong one keeps all points of its question.

All right answers, and half of the wrong ones: another half whenever the exercise changes. `kit verify` tries all.
"""

from __future__ import annotations

import pytest
from command_line import kit

from autograder.bank.master import exercise_names
from autograder.bank.variants import read_variants

LARGEST_FIRST = sorted(exercise_names(), key=lambda name: -len(read_variants(name, "misconceptions")))
"""So that two workers end at about the same time."""


@pytest.mark.slow
@pytest.mark.timeout(2700)  # a bank takes minutes, and more beside others
@pytest.mark.parametrize("exercise", LARGEST_FIRST)
def test_no_wrong_verdict(exercise: str) -> None:
    kit("verify", "--half", exercise, timeout=2600)

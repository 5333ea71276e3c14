"""Every mutant of a reference loses points, or is listed in `survivors.toml` with the reason why it is right.

A sixteenth of them: another sixteenth whenever the checks change. `tests/mutants/mutants.py` tries all.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

import pytest
from mutants import Jury, mutants, survivors

from autograder.bank.master import exercise_names
from autograder.verifying.verify import part_of

PARTS = 16


def kept(exercise: str) -> list[str]:
    """The changes that cost no points and are not listed."""
    from autograder.verifying.in_process import without_noise

    listed = {(it.question, it.change) for it in survivors(exercise)}
    tried = [it for it in mutants(exercise) if (it.question, it.change) not in listed]
    with without_noise():
        jury = Jury(exercise)
        part = part_of(exercise, tried, PARTS)
        return [f"{it.question}: {it.change}" for it in part if not jury.loses(it)]


@pytest.mark.slow
@pytest.mark.parametrize("exercise", exercise_names())
def test_no_mutant_survives_unread(exercise: str, process: ProcessPoolExecutor) -> None:
    assert process.submit(kept, exercise).result(800) == []


def gone(exercise: str) -> list[str]:
    """The listed changes that are no mutants any more."""
    made = {(it.question, it.change) for it in mutants(exercise)}
    return [it.change for it in survivors(exercise) if (it.question, it.change) not in made]


@pytest.mark.slow
@pytest.mark.parametrize("exercise", exercise_names())
def test_listed_survivors_are_mutants(exercise: str, process: ProcessPoolExecutor) -> None:
    if survivors(exercise):
        assert process.submit(gone, exercise).result(800) == []
    assert all(survivor.reason.endswith(".") for survivor in survivors(exercise))

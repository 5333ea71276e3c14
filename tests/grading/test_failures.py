"""What is known of the bank's mistakes rules them out unobserved, and only where it is up to date."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from handed_in import variants

from autograder.grading import failures
from autograder.grading.failures import Failures

EXERCISE = "training_loop"
ROWS = {"last_batch_dropped": {"every_example_once": "01x"}, "harmless": {}}


def observed(name: str) -> tuple[set[str | None], set[str], int]:
    """What a mistake of the bank is taken for where nothing is known yet, who was run for that, and of how many."""
    from autograder.verifying.in_process import Bank, without_noise

    (mistake,) = (it for it in variants(EXERCISE)["misconceptions"] if it.name == name)
    with without_noise():
        bank = Bank(EXERCISE)
        outcomes = bank.grade([*bank.cells, mistake.source, "written_otherwise = True"], mistake.question)
    suspects = bank.diagnosis.suspects[mistake.question]
    return {it.misconception for it in outcomes}, {it.name for it in suspects if it.observer.known}, len(suspects)


@pytest.mark.slow
def test_few_are_run_to_name_a_mistake(process: ProcessPoolExecutor) -> None:
    named, run, suspects = process.submit(observed, "last_batch_dropped").result()
    assert "last_batch_dropped" in named
    assert "last_batch_dropped" in run
    assert len(run) < suspects / 2, run


def behind(known: Failures, mistake: str, case: int, raises: bool = False) -> bool:
    return known.may_be_behind(mistake, "every_example_once", case, raises=raises)


def test_who_raises_an_error_is_not_behind_a_failure_without_one() -> None:
    known = Failures(ROWS)
    assert behind(known, "last_batch_dropped", 1)
    assert not behind(known, "last_batch_dropped", 2)
    assert behind(known, "last_batch_dropped", 2, raises=True)
    assert not behind(known, "last_batch_dropped", 1, raises=True)


def test_a_check_that_is_left_out_is_passed() -> None:
    known = Failures(ROWS)
    assert not behind(known, "harmless", 0)
    assert not known.fails("harmless", "every_example_once", 3)
    assert not known.fails("last_batch_dropped", "every_example_once", 1)
    assert known.fails("last_batch_dropped", "every_example_once", 2)


def test_of_a_mistake_that_is_not_listed_nothing_is_known() -> None:
    known = Failures(ROWS)
    assert behind(known, "new", 0) and behind(known, "new", 0, raises=True)
    assert not known.fails("new", "every_example_once", 3)


def test_an_old_file_says_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / EXERCISE).mkdir()
    monkeypatch.setattr(failures, "SOLUTIONS", tmp_path)
    assert behind(Failures.read(EXERCISE), "harmless", 0), "there is no file"
    failures.write(EXERCISE, ROWS)
    assert not behind(Failures.read(EXERCISE), "harmless", 0)
    monkeypatch.setattr(failures, "made_of", lambda exercise: "other")
    assert not failures.is_current(EXERCISE)
    assert behind(Failures.read(EXERCISE), "harmless", 0)

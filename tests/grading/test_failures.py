"""What is known of the bank's mistakes rules them out unobserved, and only where it is up to date."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from handed_in import variants

from autograder.grading import failures
from autograder.grading.failures import Failures

EXERCISE = "training_loop"
ROWS = {"last_batch_dropped": {"every_example_once": "011"}, "harmless": {}}


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


def test_a_check_that_is_left_out_is_passed() -> None:
    known = Failures(ROWS)
    assert known.may_fail("last_batch_dropped", "every_example_once")
    assert not known.may_fail("last_batch_dropped", "every_example_once", [0])
    assert not known.may_fail("harmless", "every_example_once")
    assert known.fails("last_batch_dropped", "every_example_once", [1])


def test_of_a_mistake_that_is_not_listed_nothing_is_known() -> None:
    known = Failures(ROWS)
    assert known.may_fail("new", "every_example_once")
    assert not known.fails("new", "every_example_once", [0, 1, 2])


def test_an_old_file_says_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / EXERCISE).mkdir()
    monkeypatch.setattr(failures, "SOLUTIONS", tmp_path)
    assert Failures.read(EXERCISE).may_fail("harmless", "every_example_once"), "there is no file"
    failures.write(EXERCISE, ROWS)
    assert not Failures.read(EXERCISE).may_fail("harmless", "every_example_once")
    monkeypatch.setattr(failures, "made_of", lambda exercise: "other")
    assert not failures.is_current(EXERCISE)
    assert Failures.read(EXERCISE).may_fail("harmless", "every_example_once")

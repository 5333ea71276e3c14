"""The notebook names a mistake of the bank that is written otherwise, and nothing that is not in the bank."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest
from handed_in import reference_cells, variants

from autograder.bank.master import exercise_names
from autograder.paths import EXERCISES
from autograder.results import identity

EXERCISE, QUESTION = "custom_loss", "pinball_loss"
SWAPPED = """
def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        too_low = tf.cast(y_true > y_pred, tf.float32)
        return tf.reduce_mean(tf.abs(y_true - y_pred) * (too_low * (1 - tau) + (1 - too_low) * tau), axis=1)

    return loss_fn
"""
"""The slope of an exact prediction differs from that of the bank's answer."""
EDITED = ("runner.py", "strategies.py", "seeds.py", "compare.py", "testbeds/tiny.py", f"exercises/{EXERCISE}.py")
"""Some of the files that a table depends on."""
IN_NO_BANK = """
def pinball_loss(tau):
    return lambda y_true, y_pred: tf.reduce_mean(tau * tf.abs(y_true - y_pred) + 0.37, axis=1)
"""
RAISING = """
def pinball_loss(tau):
    return lambda y_true, y_pred: y_true - no_such_name
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The table of that question alone, in the place of the committed one."""
    from keras_checks.notebook import mistakes
    from keras_checks.question import questions

    from autograder.building.mistakes import mistakes_of

    (question,) = (each for each in questions(EXERCISE) if each.name == QUESTION)
    folder = tmp_path_factory.mktemp("mistakes")
    found = {"mistakes": {QUESTION: mistakes_of(EXERCISE, question)[0]}}
    (folder / f"{EXERCISE}.json").write_text(json.dumps(found), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(mistakes, "TABLES", folder)
        mistakes._table.cache_clear()
        yield folder
    mistakes._table.cache_clear()


def named(answer: str) -> set[str | None]:
    """What a notebook says of the failed checks of an answer."""
    from keras_checks.notebook.grader import _RUN, CheckFailed, CheckRun, run
    from keras_checks.question import questions

    env: dict[str, Any] = {"__name__": "__main__"}
    for source in [*reference_cells(EXERCISE), answer]:
        exec(source, env)
    (question,) = (each for each in questions(EXERCISE) if each.name == QUESTION)
    this_run = CheckRun()
    token = _RUN.set(this_run)
    for check in question.checks:
        if not check.hidden:
            with contextlib.suppress(CheckFailed):
                run(env, EXERCISE, QUESTION, check.name)
    _RUN.reset(token)
    return {it.misconception and it.misconception.name for it in this_run.explained(EXERCISE, QUESTION, env)}


@pytest.mark.slow
def test_a_mistake_is_named_however_it_is_written(table: Path) -> None:
    assert named(SWAPPED) == {"tau_swapped"}


@pytest.mark.slow
@pytest.mark.parametrize("answer", [IN_NO_BANK, RAISING])
def test_another_mistake_is_not_named(answer: str, table: Path) -> None:
    assert named(answer) == {None}


@pytest.mark.slow
def test_a_right_answer_is_not_named(table: Path) -> None:
    assert named("") == set()


@pytest.mark.parametrize("exercise", exercise_names())
def test_a_table_is_that_of_the_bank_as_it_is(exercise: str) -> None:
    from autograder.building.mistakes import is_current

    assert is_current(exercise), f"run `kit build {exercise} --mistakes` and commit the table"


def test_an_edit_makes_a_table_stale(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from autograder.building import mistakes

    before = mistakes.made_of(EXERCISE)
    assert mistakes.made_of(EXERCISE) == before != mistakes.made_of("vae")
    edited = copytree(mistakes.CHECKS, tmp_path / "keras_checks", ignore=ignore_patterns("__pycache__", "*.ipynb"))
    monkeypatch.setattr(identity, "CHECKS", edited)
    monkeypatch.setattr(mistakes, "CHECKS", edited)
    assert mistakes.made_of(EXERCISE) == before
    for name in EDITED:
        text = (edited / name).read_text(encoding="utf-8")
        (edited / name).write_text(f"{text}edited = True\n", encoding="utf-8")
        assert mistakes.made_of(EXERCISE) != before, name
        (edited / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("exercise", exercise_names())
def test_a_table_can_be_read_with_its_keys_only(exercise: str) -> None:
    """Neither as it stands nor decoded does it show what a mistake is called, or its hint."""
    written = (EXERCISES / "keras_checks" / "mistakes" / f"{exercise}.json").read_bytes()
    entries = [entry for question in json.loads(written)["mistakes"].values() for entry in question]
    coded = [entry["text"] for entry in entries] + [lock["secret"] for entry in entries for lock in entry["locks"]]
    readable = b"\n".join([written, *map(base64.b64decode, coded)])
    assert entries
    for item in variants(exercise)["misconceptions"]:
        for text in (item.statement, item.hint):
            assert text and json.dumps(text)[1:-1].encode() not in readable

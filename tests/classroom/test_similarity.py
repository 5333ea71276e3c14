"""Answers that are alike beyond what the given code and the known answers explain."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from handed_in import EXERCISE, answers_to, misconception_of, notebook, put

from autograder.bank.master import read_master
from autograder.bank.variants import read_variants
from autograder.building.notebooks import notebook_text, solution_notebook, student_notebook
from autograder.classroom.similarity import COMMON, Pair, code_lines, find_similar
from autograder.submissions.collect import find_submissions

ODD = '''
def pinball_loss(tau):
    """My own way."""
    def inner(truth, guess):
        gap = truth - guess
        # split into halves
        above = keras.ops.where(gap > 0, gap * tau * 2, keras.ops.zeros_like(gap))
        below = keras.ops.where(gap <= 0, gap * (tau - 1) * 2, keras.ops.zeros_like(gap))
        halves = keras.ops.stack([above / 2, below / 2], axis=0)
        return keras.ops.mean(keras.ops.sum(halves, axis=0), axis=-1)
    return inner
'''
RENAMED = """
def pinball_loss(tau):
    def f(a, b):
        e = a-b
        up = keras.ops.where(e>0, e*tau*2,
                             keras.ops.zeros_like(e))
        down = keras.ops.where(e <= 0, e*(tau-1)*2, keras.ops.zeros_like(e))

        both = keras.ops.stack([up/2, down/2], axis=0)
        return keras.ops.mean(keras.ops.sum(both, axis=0), axis=-1)
    return f
"""
OTHER = """
def pinball_loss(tau):
    def price(y_true, y_pred):
        low = keras.ops.cast(y_pred < y_true, "float32")
        factor = tau * low + (1 - tau) * (1 - low)
        distance = keras.ops.sqrt(keras.ops.square(y_true - y_pred))
        total = keras.ops.sum(factor * distance, axis=1)
        return total / keras.ops.cast(keras.ops.shape(y_true)[1], "float32")
    return price
"""


def pairs(folder: Path, cells: dict[str, list[str]], student: dict[str, str] | None = None) -> list[Pair]:
    put(folder, {f"{name}.ipynb": notebook(*answers_to(), *sources) for name, sources in cells.items()})
    sources = [
        replace(source, student=(student or {}).get(source.name, source.name)) for source in find_submissions([folder])
    ]
    graded: dict[str, Any] = {source.name: {"extra_data": {"exercise": EXERCISE}} for source in sources}
    return find_similar(sources, graded)


def test_renamed_and_laid_out_anew_is_alike(tmp_path: Path) -> None:
    (pair,) = pairs(tmp_path, {"anna": [ODD], "ben": [RENAMED], "cem": [OTHER]})
    assert (pair.one, pair.other, pair.exercise) == ("anna", "ben", EXERCISE)
    assert pair.ratio > 0.95
    assert any("keras.ops.stack" in line for line in pair.shared)


def test_the_reference_and_the_stub_are_nobodys_own(tmp_path: Path) -> None:
    assert not pairs(tmp_path, {name: answers_to("pinball_loss", "pinball_loss_class") for name in "abcd"})


def test_the_notebook_that_was_given_out_is_nobodys_own(tmp_path: Path) -> None:
    master = read_master(EXERCISE)
    for name, given in {
        "a": student_notebook(master),
        "b": solution_notebook(master),
        "c": solution_notebook(master),
    }.items():
        given.cells.append(nbformat.v4.new_code_cell(f"# {name}", id="own"))
        (tmp_path / f"{name}.ipynb").write_text(notebook_text(given))
    assert not pairs(tmp_path, {})


@pytest.mark.parametrize("kind", ["alternatives", "misconceptions"])
def test_answers_that_the_kit_knows_are_nobodys_own(tmp_path: Path, kind: str) -> None:
    sources = [variant.source for variant in read_variants(EXERCISE, kind)]
    assert not pairs(tmp_path, dict.fromkeys("ab", sources))


def test_what_many_have_is_common_knowledge(tmp_path: Path) -> None:
    assert not pairs(tmp_path, {f"student_{index}": [ODD] for index in range(COMMON + 1)})


def test_little_code_says_little(tmp_path: Path) -> None:
    assert not pairs(tmp_path, {name: ["x = 1\ny = keras.ops.abs(x - 2)"] for name in "ab"})


def test_two_attempts_of_one_student(tmp_path: Path) -> None:
    assert not pairs(tmp_path, {"a_1": [ODD], "a_2": [RENAMED]}, {"a_1": "Anna", "a_2": "Anna"})


def test_half_an_answer_and_magics_are_no_error(tmp_path: Path) -> None:
    broken = "%matplotlib inline\ndef pinball_loss(tau:\n" + "\n".join(
        f"    my own thought number {i}" for i in range(9)
    )
    (pair,) = pairs(tmp_path, {"a": [broken], "b": [broken], "c": [misconception_of("pinball_loss").source]})
    assert pair.ratio == 1


def test_names_docstrings_comments_and_layout_make_no_difference() -> None:
    assert code_lines([ODD]) == code_lines([RENAMED])
    assert code_lines([ODD]) != code_lines([OTHER])
    assert code_lines(["x = keras.ops.relu(y)"]) != code_lines(["x = keras.ops.abs(y)"])

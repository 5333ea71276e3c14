"""Answers that are alike beyond what the given code and the known answers explain."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import nbformat
import pytest
from handed_in import EXERCISE, answers_to, misconception_of, notebook, put

from autograder.bank.master import read_master
from autograder.bank.variants import read_variants
from autograder.building.notebooks import notebook_text, solution_notebook, student_notebook
from autograder.classroom.code_lines import code_lines
from autograder.classroom.similarity import COMMON, DETAILED, Pair, alike, find_similar
from autograder.submissions.collect import find_submissions
from autograder.submissions.people import Person

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


def pairs(folder: Path, cells: dict[str, list[str]], *people: Person) -> list[Pair]:
    """The pairs among notebooks of these cells; ``people`` are who handed them in, where somebody is known."""
    put(folder, {f"{name}.ipynb": notebook(*answers_to(), *sources) for name, sources in cells.items()})
    found = zip(find_submissions([folder]), chain(people, repeat(Person())), strict=False)
    sources = [replace(source, person=person) for source, person in found]
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
    assert not pairs(tmp_path, {"a_1": [ODD], "a_2": [RENAMED]}, Person("Anna"), Person("Anna"))


def test_two_students_of_one_name(tmp_path: Path) -> None:
    people = [Person("Jan Schmidt", platform_id=number) for number in ("4711", "4712")]
    assert len(pairs(tmp_path, {"a": [ODD], "b": [RENAMED]}, *people)) == 1


def test_half_an_answer_and_magics_are_no_error(tmp_path: Path) -> None:
    broken = "%matplotlib inline\ndef pinball_loss(tau:\n" + "\n".join(
        f"    my own thought number {i}" for i in range(9)
    )
    (pair,) = pairs(tmp_path, {"a": [broken], "b": [broken], "c": [misconception_of("pinball_loss").source]})
    assert pair.ratio == 1


def texts(source: str) -> list[str]:
    return [line.text for line in code_lines([source])]


def test_names_docstrings_comments_and_layout_make_no_difference() -> None:
    assert texts(ODD) == texts(RENAMED)
    assert texts(ODD) != texts(OTHER)
    assert texts("x = keras.ops.relu(y)") != texts("x = keras.ops.abs(y)")


def test_what_both_have_is_marked_where_it_is(tmp_path: Path) -> None:
    (pair,) = pairs(tmp_path, {"anna": [ODD], "ben": [f"import keras\n{RENAMED}\nnobody_else = 1"]})
    cell = len(answers_to())
    for source, lines in zip((ODD, f"import keras\n{RENAMED}\nnobody_else = 1"), pair.lines, strict=True):
        marked = [source.splitlines()[number - 1].strip() for at, number in sorted(lines) if at == cell]
        assert len(marked) == len(lines)
        assert marked[-1].startswith("return keras.ops.mean")
        assert not any("nobody_else" in line or '"""' in line or "#" in line for line in marked)
    assert [len(lines) for lines in pair.lines] == [4, 5]  # one statement takes two lines; the rest is in the reference


EVERY_KIND = """
@keras.saving.register_keras_serializable()
def f(a,
      b=3):
    if a > b:
        for i in range(3): print(i)
    elif a:
        with open(a) as file:
            return (a +
                    b)
    else:
        try:
            pass
        except ValueError:
            raise
        finally:
            a = 1
    match a:
        case 1:
            return b
async def g():
    await f
"""


def test_every_statement_is_on_its_own_lines() -> None:
    found = [(line.text, line.first, line.last) for line in code_lines([EVERY_KIND])]
    assert found[0] == ("@keras.saving.register_keras_serializable() def f(v, v=3):", 2, 4)
    assert [(first, last) for _, first, last in found[1:]] == [
        (5, 5), (6, 6), (6, 6), (7, 7), (8, 8), (9, 10), (12, 12), (13, 13), (14, 14), (15, 15), (17, 17), (18, 18),
        (20, 20), (21, 21), (22, 22),
    ]  # fmt: skip


def own_answer(number: int) -> list[str]:
    """More code than is compared; two students each, who sit beside each other, have nearly the same."""
    draw = random.Random(number // 2)
    names = ["add", "multiply", "maximum", "minimum", "subtract"]
    lines = [f"    x{draw.randrange(99)} = keras.ops.{draw.choice(names)}(t, {draw.random()})" for _ in range(120)]
    return ["\n".join([f"def f_{number}(t):", *lines, f"    return {number}"])]


@pytest.mark.slow
def test_a_class_of_300_takes_seconds() -> None:
    class_ = {f"student_{number:03}": code_lines(own_answer(number)) for number in range(300)}
    started = time.process_time()
    found = alike(EXERCISE, class_, set())
    assert time.process_time() - started < 60  # of both cores together, which may be busy with something else
    friends = [pair for pair in found if int(pair.one[-3:]) // 2 == int(pair.other[-3:]) // 2]
    assert friends == found[:150]
    assert all(pair.lines[0] for pair in found[:DETAILED])

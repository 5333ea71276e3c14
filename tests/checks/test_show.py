"""Plain data in one line."""

from __future__ import annotations

import numpy as np
import pytest
from keras_checks.show import LONGEST, assignments, brief, number, pair


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (np.float32(0.731), "0.731"),
        (0.1 + 0.2, "0.3"),
        (-0.0, "0"),
        (1e-7, "1e-07"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (np.int64(3), "3"),
        (np.True_, "True"),
    ],
)
def test_number(value: object, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (np.zeros((1, 2)), "zeros (1, 2)"),
        (np.ones(3, int), "ones (3,)"),
        (np.full((2, 2), 0.5), "all 0.5 (2, 2)"),
        (np.full((2, 2), np.nan), "all nan (2, 2)"),
        (np.array([[1.5, 2]], "f"), "[[1.5, 2]]"),
        (np.array(0.25), "0.25"),
        (np.zeros((0, 3)), "empty (0, 3)"),
        (np.arange(20).reshape(4, 5), "[0, 1, 2, …, 19] of shape (4, 5)"),
        ((2, 3), "(2, 3)"),
        ((2,), "(2,)"),
        (["relu", None, True], "['relu', None, True]"),
        ({"a": 1, "b": [0.5]}, "{a: 1, b: [0.5]}"),
        ("shape (3,)", "shape (3,)"),
        (list(range(100)), "[0, 1, 2, …, 99]"),
    ],
)
def test_brief(value: object, shown: str) -> None:
    assert brief(value) == shown


@pytest.mark.parametrize(
    ("received", "expected", "shown"),
    [
        (0.5, 0.25, ("0.5", "0.25")),
        (0.7310001, 0.731, ("0.7310001", "0.731")),
        (
            np.arange(12.0),
            np.arange(12.0) + np.eye(1, 12, 3)[0],
            ("3 at [3] of shape (12,)", "4 at [3] of shape (12,)"),
        ),
        (np.r_[np.nan, np.arange(11.0)], np.arange(12.0), ("nan at [0] of shape (12,)", "0 at [0] of shape (12,)")),
        (np.zeros((3, 4)), np.ones((3, 4)), ("zeros (3, 4)", "ones (3, 4)")),
    ],
)
def test_pair(received: object, expected: object, shown: tuple[str, str]) -> None:
    assert pair(received, expected) == shown


@pytest.mark.parametrize(
    ("case", "shown"),
    [
        ({"tau": 0.1, "worked": "one target", "seed": 7, "noise_seed": 3, "_net": [1]}, "tau = 0.1"),
        ({"data": {"x": 1, "y": 2}}, "x = 1, y = 2"),
        ({"a": {"w": 1}, "b": {"w": 2}}, "a.w = 1, b.w = 2"),
        ({"image_shape": [8, 8, 1], "mask": None}, "image_shape = (8, 8, 1), mask = None"),
        ({"_private": {"x": 1}}, ""),
        ({}, ""),
    ],
)
def test_assignments(case: dict[str, object], shown: str) -> None:
    assert assignments(case) == shown


def test_a_line_has_an_end() -> None:
    assert len(brief("x" * 1000)) == LONGEST
    assert brief("two\nlines\x1b[0m") == "two lines�[0m"


def test_nothing_below_a_secret_is_shown() -> None:
    assert assignments({"w": 2, "secret_due": {"w": 1.3}, "_own": {"w": 4}}) == "w = 2"

"""`kit build` as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.bank.master import exercise_names
from autograder.building.build import build, check_parts


def test_exercises_are_up_to_date() -> None:
    assert build(check=True).changed == [], "run `kit build` and commit what changes in exercises/"


def test_each_exercise_has_its_three_parts() -> None:
    check_parts(exercise_names())


@pytest.mark.slow
def test_packages_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    first, second = (build(output=tmp_path / name).packages for name in ("first", "second"))
    assert len(first) == len(second) == len(exercise_names()) + 2
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name

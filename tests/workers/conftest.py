"""One zygote for all tests of the seal, and a submission made of a few cells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sealing import MakeStudent

from autograder.workers.student import Limits, Student
from autograder.workers.zygote import Zygote

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    with Zygote() as started:
        started.ready()
        yield started


@pytest.fixture(scope="session")
def bare() -> Iterator[Zygote]:
    """A zygote without TensorFlow."""
    with Zygote(bare=True, roots=[HERE]) as started:
        yield started


@pytest.fixture
def student(zygote: Zygote) -> Iterator[MakeStudent]:
    made: list[Student] = []

    def make(*cells: str, exercise: str = "own", unsealed: bool = False, **limits: Any) -> Student:
        made.append(Student(zygote, list(cells), exercise, Limits(**limits), seed=1, unsealed=unsealed))
        return made[-1]

    yield make
    for one in made:
        one.close()

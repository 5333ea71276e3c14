"""Fixtures of the tests that start workers; each conftest that wants them imports them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sealing import OWN_PROBES, SUPPORT, MakeStudent

from autograder.seal.enter import SealError
from autograder.workers.canary import SealReport, check_seal
from autograder.workers.limits import Limits
from autograder.workers.student import Student
from autograder.workers.zygote import Zygote


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """A fork server."""
    with Zygote(roots=[SUPPORT]) as started:
        started.ready()
        yield started


@pytest.fixture(scope="session")
def bare() -> Iterator[Zygote]:
    """A fork server without TensorFlow."""
    with Zygote(bare=True, roots=[SUPPORT]) as started:
        yield started


@pytest.fixture(scope="session")
def seal(bare: Zygote) -> SealReport:
    """What a sealed process of ours could do on this machine. Where nothing can be sealed, tests are skipped."""
    try:
        return check_seal(bare, [])
    except SealError as error:
        pytest.skip(str(error))


@pytest.fixture
def student(zygote: Zygote, seal: SealReport) -> Iterator[MakeStudent]:
    """Makes submissions of a few cells; their workers end with the test."""
    made: list[Student] = []

    def make(*cells: str, exercise: str = OWN_PROBES, unsealed: bool = False, **options: Any) -> Student:
        files = options.pop("files", None)
        limits = Limits(**options)
        made.append(Student(zygote, list(cells), exercise, limits, seed=1, unsealed=unsealed, files=files))
        return made[-1]

    yield make
    for one in made:
        one.close()

"""One grading session, so one import of TensorFlow, for all tests that grade."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from autograder.master import read_master
from autograder.results import Grading, result
from autograder.session import Session
from autograder.student import Limits
from autograder.submission import Cell, Submission

Grade = Callable[..., Grading]
LIMITS = Limits(cell_seconds=4, probe_seconds=10, total_seconds=90)


@pytest.fixture(scope="session")
def session() -> Iterator[Session]:
    with Session(limits=LIMITS) as running:
        yield running


@pytest.fixture(scope="session")
def grade(session: Session) -> Grade:
    """Grades the reference of an exercise with more cells behind it, or the given cells alone."""

    def run(exercise: str, *extra: str, cells: list[str] | None = None, only: str | None = None) -> Grading:
        base = [cell.source for cell in read_master(exercise).reference_cells()] if cells is None else cells
        sources = [*base, *extra]
        submission = Submission("a", tuple(map(Cell, sources)), exercise, "0" * 64)
        return session.grade(submission, exercise, only=only)

    return run


def scores(grading: Grading) -> dict[str, float]:
    """Points by question."""
    return {test["name"]: test["score"] for test in result(grading)["tests"]}

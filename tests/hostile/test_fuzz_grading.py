"""Mutated notebooks graded from end to end: always a result, never a fault, never a point that was not earned."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from attacks import honest_cells
from handed_in import EXERCISE
from handed_in import submission as as_submission
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import NOTEBOOK, broken_bytes, notebooks

from autograder.grading.session import Session
from autograder.results.records import Status
from autograder.results.result import result
from autograder.submissions.read import Submission, Unreadable, from_bytes

pytestmark = pytest.mark.slow
FUZZ = settings(
    deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck), max_examples=60
)


@st.composite
def damaged_answers(draw: Any) -> bytes:
    """A right notebook with cells left out, doubled, reordered, or damaged in their text."""
    sources = [copy.copy(source) for source in honest_cells()]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(sources) - 1))
        match draw(st.sampled_from(["drop", "double", "move", "damage"])):
            case "drop" if len(sources) > 1:
                del sources[at]
            case "double":
                sources.insert(at, sources[at])
            case "move":
                sources.insert(0, sources.pop(at))
            case _:
                sources[at] = draw(broken_bytes(sources[at].encode())).decode("utf-8", "replace")
    cells = [{**NOTEBOOK["cells"][1], "id": f"c{number}", "source": source} for number, source in enumerate(sources)]
    return json.dumps({**NOTEBOOK, "cells": cells}).encode()


@FUZZ
@given(data=st.one_of(damaged_answers(), notebooks))
def test_a_mutated_notebook_has_a_result(session: Session, data: bytes) -> None:
    try:
        submission = from_bytes("a.ipynb", data)
    except Unreadable:
        return
    grading = session.grade(submission, EXERCISE, only="pinball_loss")
    outcome = result(grading)
    assert grading.status != Status.FAULT, [row["note"] for row in grading.records()]
    assert 0 <= outcome["score"] <= 2
    assert outcome["score"] == 0 or defines_answer(submission)
    json.dumps(outcome).encode()
    assert "Traceback" not in outcome["output"]


def defines_answer(submission: Submission) -> bool:
    return any("def pinball_loss" in cell.source for cell in submission.cells)


def test_the_honest_submission_afterwards(session: Session) -> None:
    grading = session.grade(as_submission(honest_cells()), EXERCISE, only="pinball_loss")
    assert result(grading)["score"] == 2

"""The types of a result, from one check to the whole results.json.

In a result that was read from a file, members of the enums are plain text: compare them with ``==``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NotRequired, TypedDict


class Outcome(StrEnum):
    """What became of a check."""

    PASSED = "passed"
    FAILED = "failed"
    FAULT = "fault"


class Status(StrEnum):
    """How the grading of a submission ended."""

    GRADED = "graded"
    UNREADABLE = "unreadable"
    TIMEOUT = "timeout"
    FAULT = "fault"
    TAMPERED = "tampered"


class CellStatus(StrEnum):
    """How a cell of a submission ended."""

    OK = "ok"
    RAISED = "raised"
    DIED = "died"
    TIMEOUT = "timeout"
    SKIPPED = "skipped"


class PlanRow(TypedDict):
    """A check before it has run: what there is to earn."""

    question: str
    check: str
    statement: str
    hidden: bool
    max_points: float


class CheckRecord(PlanRow):
    """A check that has run. ``fold`` is how a failed one joins the card of another; see `keras_checks.feedback.Fold`.

    Kept until the result is rendered: ``feedback``, which is markdown; ``reason``, what a failure comes from; and
    ``voice``, how well it can speak for others of the same reason.
    """

    points: float
    outcome: Outcome
    misconception: str | None
    counterexample: Any
    message: str | None
    note: str | None
    not_run: NotRequired[bool]
    """That the grading ended before this check: its outcome is a fault."""
    timed_out: NotRequired[bool]
    """That the student's code did not end in time."""
    feedback: NotRequired[str | None]
    reason: NotRequired[str | None]
    fold: NotRequired[str | None]
    voice: NotRequired[int | None]


class CellRecord(TypedDict):
    """How a cell of the submission ended. ``line`` counts from 1 within the cell; 0 where it is not known."""

    index: int
    status: CellStatus
    error_type: str
    message: str
    line: int


class NoteEntry(TypedDict):
    """An entry of Gradescope's ``tests`` without points."""

    name: str
    status: str
    output: str
    output_format: str
    visibility: str


class TestEntry(NoteEntry):
    """An entry of Gradescope's ``tests``: one question."""

    number: str
    score: float
    max_score: float


class ExtraData(TypedDict):
    """What a result says beyond Gradescope's keys."""

    exercise: str
    kit: str
    checks_sha256: str
    submission_sha256: str
    versions: dict[str, str]
    isolation: list[str]
    status: Status
    message: str
    seconds: float
    peak_mb: float
    cells: list[CellRecord]
    checks: list[CheckRecord]
    tampering: list[str]
    probed_in_place: list[str]
    missing: NotRequired[bool]
    """That nothing was handed in."""
    regrade: NotRequired[bool]
    regraded: NotRequired[dict[str, str]]
    """Questions that were graded again alone, by other checks than the rest: the hash of theirs."""


class Result(TypedDict):
    """Gradescope's results.json."""

    score: float
    execution_time: float
    output: str
    output_format: str
    test_output_format: str
    visibility: str
    stdout_visibility: str
    tests: list[TestEntry]
    extra_data: ExtraData

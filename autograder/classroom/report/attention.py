"""What an instructor looks at before anything else: everything that a score alone does not tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from keras_checks.show import one_line

from autograder.classroom.statistics import Named
from autograder.results.records import CellStatus, ExtraData, Outcome, Result, Status
from autograder.results.result import is_missing, reason

MAX_SAID = 300


@dataclass(frozen=True)
class Concern:
    """Submissions to look at for one reason: (name, what happened) each, which may be ""."""

    key: str
    title: str
    advice: str
    found: list[tuple[str, str]]


def concerns(results: Named, *, secret: bool = False) -> list[Concern]:
    """The reasons to look at submissions, the weightiest first; ``secret`` leaves out words that may name a student."""
    found = [Concern(key, title, advice, _found(results, said)) for key, title, advice, said in _KINDS]
    if secret:
        found = [replace(concern, found=[(name, "") for name, _ in concern.found]) for concern in found]
    return [concern for concern in found if concern.found]


def _found(results: Named, said: Callable[[Result], str | None]) -> list[tuple[str, str]]:
    return [(name, text) for name, result in results if (text := said(result)) is not None]


def evidence(extra: ExtraData) -> list[str]:
    """What was seen of tampering, as plain text."""
    return [seen.replace("`", "") for seen in extra.get("tampering", [])]


def _tampering(result: Result) -> str | None:
    extra = result["extra_data"]
    seen = evidence(extra)
    return _text("; ".join(seen)) if seen or extra["status"] == Status.TAMPERED else None


def _fault(result: Result) -> str | None:
    checks = result["extra_data"]["checks"]
    faulty = result["extra_data"]["status"] == Status.FAULT or any(c["outcome"] == Outcome.FAULT for c in checks)
    return _text(reason(result)) if faulty and result["extra_data"]["status"] != Status.UNREADABLE else None


def _timeout(result: Result) -> str | None:
    late = [cell for cell in result["extra_data"]["cells"] if cell["status"] == CellStatus.TIMEOUT]
    return _text(reason(result)) if late or result["extra_data"]["status"] == Status.TIMEOUT else None


def _unreadable(result: Result) -> str | None:
    extra = result["extra_data"]
    there = extra["status"] == Status.UNREADABLE and not is_missing(result)
    return _text(extra["message"]) if there else None


def _missing(result: Result) -> str | None:
    return "" if is_missing(result) else None


def _raised(result: Result) -> str | None:
    cells = [cell for cell in result["extra_data"]["cells"] if cell["status"] in (CellStatus.RAISED, CellStatus.DIED)]
    said = [f"code cell {cell['index'] + 1}: {_error(cell['error_type'], cell['message'])}" for cell in cells]
    return _text("; ".join(said)) if said else None


def _error(kind: str, message: str) -> str:
    return ": ".join(part for part in (kind, message) if part) or "it ended the process"


def _text(said: str) -> str:
    said = one_line(said)
    return said if len(said) <= MAX_SAID else f"{said[:MAX_SAID]} …"


_KINDS: tuple[tuple[str, str, str, Callable[[Result], str | None]], ...] = (
    (
        "tampering",
        "Tampering",
        "Code that reaches into the process that grades it. The questions it touched have no points. Talk to the "
        "student before you conclude anything.",
        _tampering,
    ),
    (
        "faults",
        "Faults of the grader",
        "Checks without a verdict. They cost points and are not the student's mistake: fix the cause and run the same "
        "command again.",
        _fault,
    ),
    (
        "timeouts",
        "Timeouts",
        "Code that did not end in time. What it did not reach counts as failed.",
        _timeout,
    ),
    (
        "unreadable",
        "Not graded",
        "The file can't be read, or it is no notebook. These are left out of all figures below.",
        _unreadable,
    ),
    (
        "raised",
        "Cells that raised an error",
        "The other cells were run. An answer below such a cell may be right and lack only what the cell defines.",
        _raised,
    ),
    (
        "missing",
        "Nothing handed in",
        "Students on the list without a submission. These are left out of all figures below.",
        _missing,
    ),
)

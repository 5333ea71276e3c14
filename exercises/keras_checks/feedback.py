"""What a student reads about a failed check: one record, its lines, and its text for a terminal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from keras_checks.compare import Failure
from keras_checks.question import Case, Check
from keras_checks.show import assignments, brief, one_line, pair
from keras_checks.verdicts import PLAIN_ERRORS


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer that behaves like the student's."""

    name: str
    statement: str
    hint: str


@dataclass(frozen=True)
class Record:
    """A failed check, as data. ``error`` is what the student's code raised: type, message, where."""

    exercise: str
    question: str
    check: str
    statement: str
    hidden: bool
    counterexample: Case | None
    message: str
    received: Any
    expected: Any
    error: dict[str, str] | None
    misconception: Misconception | None
    hint: str
    lecture: str


def record_of(
    exercise: str,
    check: Check,
    failure: Failure,
    case: Case | None = None,
    observation: dict[str, Any] | None = None,
    misconception: Misconception | None = None,
    *,
    confirming: bool = False,
) -> Record:
    """The record of a failure on ``case``, where ``observation`` was seen.

    A hidden check's, and that of a judge ``confirming`` a public one, keeps no expected value.
    """
    return Record(
        exercise=exercise,
        question=check.question,
        check=check.name,
        statement=check.statement,
        hidden=check.hidden,
        counterexample=case,
        message=failure.message,
        received=failure.received,
        expected=None if check.hidden or confirming else failure.expected,
        error=(observation or {}).get("error"),
        misconception=misconception,
        hint=failure.hint or check.hint,
        lecture=check.lecture,
    )


@dataclass(frozen=True)
class Line:
    """One line of feedback: prose, where `…` is code, or data, which is code altogether."""

    label: str
    prose: str = ""
    data: str = ""


def title(record: Record) -> str:
    """The question, and what the check is about."""
    return f"{record.question} — {record.check.replace('_', ' ')}"


def lines(record: Record) -> list[Line]:
    """All that is said below the title, in order; at most eight lines."""
    misconception = record.misconception
    hint = misconception.hint if misconception else "" if _unwritten(record) else record.hint
    found = [
        Line("", record.statement),
        Line("With", record.message, _case(record)) if _case(record) else Line("", record.message),
        *_values(record),
        Line("Looks like", misconception.statement if misconception else ""),
        Line("Hint", hint),
        Line("Lecture", record.lecture),
    ]
    return [line for line in found if line.prose or line.data]


def _case(record: Record) -> str:
    return "" if _unwritten(record) else assignments(record.counterexample or {})


def _unwritten(record: Record) -> bool:
    """Whether there is no answer yet that a case or a hint could tell something about."""
    return record.error is not None and record.error["type"] in PLAIN_ERRORS


def _values(record: Record) -> list[Line]:
    received, expected = record.received, None if record.hidden else record.expected
    if received is not None and expected is not None:
        texts = pair(received, expected)
    else:
        texts = tuple("" if value is None else brief(value) for value in (received, expected))
    return [Line("Received", data=texts[0]), Line("Expected", data=texts[1])]


def text(record: Record) -> str:
    """The record for a terminal."""
    return "\n".join([title(record), *(_text_line(line) for line in lines(record))])


def _text_line(line: Line) -> str:
    if line.label == "With":
        return f"With {line.data}: {one_line(line.prose)}"
    body = one_line(line.prose) or line.data
    return f"{line.label}: {body}" if line.label else body


def spans(prose: str) -> list[tuple[bool, str]]:
    """Prose cut at its `code` spans: (is code, text)."""
    parts = re.split(r"`([^`]+)`", one_line(prose))
    return [(index % 2 == 1, part) for index, part in enumerate(parts) if part]

"""What a student reads about a failed check: one record, its lines, and its text for a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from keras_checks.causes import cause, said
from keras_checks.compare import Failure
from keras_checks.hints import hint_of
from keras_checks.question import Case, Check
from keras_checks.show import assignments, brief, one_line, pair
from keras_checks.verdicts import PLAIN_ERRORS

T = TypeVar("T")
NUMBERS = re.compile(r"\d+")


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
        hint=hint_of(failure, check, told=not (check.hidden or confirming)),
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
    found = _of_error(record) if record.error else _of_value(record)
    if misconception:
        found += [Line("Looks like", misconception.statement), Line("Hint", misconception.hint)]
    elif not record.error:
        found.append(Line("Hint", record.hint))
    if not record.error:
        found.append(Line("Lecture", record.lecture))
    return [line for line in found if line.prose or line.data]


def _of_value(record: Record) -> list[Line]:
    """What must be true, and what was seen."""
    case = assignments(record.counterexample or {})
    seen = Line("With", record.message, case) if case else Line("", record.message)
    return [Line("", record.statement), seen, *_values(record)]


def _of_error(record: Record) -> list[Line]:
    """What was raised, where, and why: the check itself has seen nothing that it could explain."""
    error = record.error or {}
    if _unwritten(record):
        return [Line("", record.message)]
    return [
        Line("", raised(error)),
        Line("Your line", data=error["where"]),
        Line("Usual cause", cause(error)),
        Line("Tried with", data=assignments(record.counterexample or {})),
    ]


def raised(error: dict[str, str]) -> str:
    """The error in one sentence, without its place."""
    who = "Your code" if error["where"] else "Using your answer"
    message = said(error)
    return f"{who} raised {error['type']}{': ' if message else ''}{message}"


def _unwritten(record: Record) -> bool:
    """Whether there is no answer yet that a case or a hint could tell something about."""
    return record.error is not None and record.error["type"] in PLAIN_ERRORS


def reason(record: Record) -> str:
    """What a failure comes from, as far as it is known: records of one question with the same reason are one card."""
    error = record.error
    if record.misconception:
        return f"looks like {record.misconception.name}"
    if error is None or _unwritten(record):
        return record.message
    return f"{error['type']} {error['where'] or NUMBERS.sub('', error['message'])}"


def speaker(records: Sequence[T], message: Callable[[T], str], statement: Callable[[T], str]) -> T:
    """Of failures for one reason, the one whose check is about what was found: it shares most words with it."""
    return max(records, key=lambda it: len(_words(message(it)) & _words(statement(it))))


def _words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in re.findall(r"\w{4,}", text.lower())}


def same_reason(names: Sequence[str]) -> str:
    """One line for the checks that fail for the reason of the card above, as code with what belongs to each."""
    more = "1 more check fails" if len(names) == 1 else f"{len(names)} more checks fail"
    return f"{more} for the same reason: {', '.join(names)}."


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

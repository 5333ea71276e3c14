"""What a student reads about a failed check: one record, its lines, and its text for a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from keras_checks.causes import cause, said
from keras_checks.compare import Failure
from keras_checks.hints import hint_of
from keras_checks.question import Case, Check
from keras_checks.show import assignments, brief, one_line, pair
from keras_checks.verdicts import PLAIN_ERRORS

NUMBERS = re.compile(r"\d+")
IN_A_GRAPH = {"InvalidArgumentError": "ValueError"}
"""Errors that the same line raises while a graph is traced."""
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])")
NOT_SHOWN = "not shown for a hidden case; what must hold is said at the top"
HOLDS_ALONE = "What is said above holds. Its points also need a right answer in other cases, and this one is wrong:"


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer that behaves like the student's."""

    name: str
    statement: str
    hint: str


@dataclass(frozen=True)
class Record:
    """A failed check, as data.

    Args:
        error: what the student's code raised: type, message, where.
        withheld: whether a value was expected that a student must not see.
        confirming: whether the check itself passes, and only a judge that has to confirm it fails.
        untried: whether what the check is about could not be tried.
    """

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
    withheld: bool = False
    confirming: bool = False
    untried: bool = False


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
    told = not (check.hidden or confirming)
    return Record(
        exercise=exercise,
        question=check.question,
        check=check.name,
        statement=check.statement,
        hidden=check.hidden,
        counterexample=case,
        message=failure.message,
        received=failure.received,
        expected=failure.expected if told else None,
        error=(observation or {}).get("error"),
        misconception=misconception,
        hint=hint_of(failure, check, told=told),
        lecture=check.lecture,
        withheld=not told and failure.expected is not None,
        confirming=confirming,
        untried=failure.untried,
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
    alone = [Line("", HOLDS_ALONE)] if record.confirming else []
    return [Line("", record.statement), *alone, seen, *_values(record)]


def _of_error(record: Record) -> list[Line]:
    """What was tried and raised, where, and why: the check itself has seen nothing that it could explain."""
    error = record.error or {}
    if _unwritten(record):
        return [Line("", record.message)]
    return [
        Line("", SENTENCE_END.split(record.statement)[0]),
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
    kind = IN_A_GRAPH.get(error["type"], error["type"])
    return f"{kind} {error['where'] or NUMBERS.sub('', error['message'])}"


def voice(record: Record) -> int:
    """How well a record can speak for others of the same reason.

    Best is one whose own property fails, then one that may show what was expected, then one whose check is about what
    was found: it shares most words with it. An error is about no check.
    """
    common = 0 if record.error else common_words(record.message, record.statement)
    return 1000 * (not (record.confirming or record.untried)) + 100 * (not record.withheld) + common


def common_words(one: str, other: str) -> int:
    """How many words two texts share."""
    return len(_words(one) & _words(other))


def _words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in re.findall(r"\w{4,}", text.lower())}


class Fold(StrEnum):
    """How a check joins the card of another with the same reason."""

    FAILS = "fails"
    UNTRIED = "untried"
    HOLDS = "holds"


JOINED = {
    Fold.FAILS: ("1 more check fails", "{count} more checks fail"),
    Fold.UNTRIED: ("1 more check could not be tried", "{count} more checks could not be tried"),
    Fold.HOLDS: (
        "1 more check holds for its own cases, but gets no points",
        "{count} more checks hold for their own cases, but get no points",
    ),
}
"""The words for one check that joins a card, and for more."""


def fold_of(record: Record) -> Fold:
    """How the check of a record joins the card of another."""
    if record.error is not None or record.untried:
        return Fold.UNTRIED
    return Fold.HOLDS if record.confirming else Fold.FAILS


def same_reason(others: Sequence[tuple[str, str]]) -> str:
    """One line for the checks with the reason of the card above: the name of each, as code, and its :class:`Fold`."""
    names = {fold: [name for name, how in others if how == fold] for fold in Fold}
    return " ".join(f"{_more(fold, len(of))} for the same reason: {', '.join(of)}." for fold, of in names.items() if of)


def _more(fold: Fold, count: int) -> str:
    return JOINED[fold][count > 1].format(count=count)


def _values(record: Record) -> list[Line]:
    received, expected = record.received, None if record.hidden else record.expected
    if received is not None and expected is not None:
        texts = pair(received, expected)
    else:
        texts = tuple("" if value is None else brief(value) for value in (received, expected))
    hidden = NOT_SHOWN if record.withheld and texts[0] else ""
    return [Line("Received", data=texts[0]), Line("Expected", hidden, texts[1])]


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

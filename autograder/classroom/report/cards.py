"""The checks of a question as cards: mark, points, and what the student read about a failure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keras_checks.feedback import Fold
from markupsafe import Markup

from autograder.classroom.report import prose
from autograder.results.markdown import escape_markdown
from autograder.results.records import CheckRecord, Outcome
from autograder.results.texts import MARKS as SIGNS
from autograder.results.texts import check_text

MARKS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.FAULT: "?"}
Key = tuple[str, str]
"""Question and check."""
CROSS = SIGNS[Outcome.FAILED]
FOLDED = {
    Fold.FAILS: "Fails",
    Fold.UNTRIED: "Could not be tried",
    Fold.HOLDS: "Holds for its own cases, but gets no points,",
}
"""How a check joins the card of another."""
WORDS = {Outcome.PASSED: "passed", Outcome.FAILED: "failed", Outcome.FAULT: "not judged"}


@dataclass(frozen=True)
class Card:
    """A check of a student's.

    Args:
        outcome: "passed", "failed" or "fault", with its ``mark`` and in a ``word``.
        note: what only an instructor reads.
    """

    name: str
    outcome: str
    mark: str
    word: str
    points: float
    max_points: float
    hidden: bool
    statement: Markup
    told: Markup
    note: str = ""


def cards(records: Sequence[CheckRecord], output: str, *, notes: bool) -> list[Card]:
    """The cards of a question's checks, in their order; ``output`` is all that the student read about them."""
    return [_card(record, told, notes=notes) for record, told in zip(records, split(output, records), strict=True)]


def _card(record: CheckRecord, told: str, *, notes: bool) -> Card:
    outcome = Outcome(record["outcome"])
    return Card(
        record["check"].replace("_", " "),
        outcome,
        MARKS[outcome],
        WORDS[outcome],
        record["points"],
        record["max_points"],
        record["hidden"],
        prose.line(record["statement"]),
        prose.block(told),
        record["note"] or "" if notes else "",
    )


def split(output: str, records: Sequence[CheckRecord]) -> list[str]:
    """What ``output`` says about each of ``records`` beyond its statement.

    A check begins with a paragraph of ours, and what a student's code says never begins a paragraph. Of the checks of a
    question that fail for the same reason only the first has a text, which ends with the names of the others.
    """
    texts = _texts(output, records)
    told = []
    for record in records:
        if (own := texts.get(_key(record))) is not None:
            told.append("\n\n".join(part for part in own if not _is_fold(part)))
        else:
            told.append(_folded(record, texts) or escape_markdown(record["message"] or ""))
    return told


def intro(output: str, records: Sequence[CheckRecord]) -> str:
    """What ``output`` says before the first of the checks."""
    parts = prose.paragraphs(output)
    heads = {head for record in records for head in _heads(record)}
    first = next((place for place, part in enumerate(parts) if part in heads), len(parts))
    return "\n\n".join(parts[:first])


def _key(record: CheckRecord) -> Key:
    return record["question"], record["check"]


def _texts(output: str, records: Sequence[CheckRecord]) -> dict[Key, list[str]]:
    """The paragraphs about each check, without its title and its statement."""
    heads = {head: _key(record) for record in records for head in _heads(record)}
    texts: dict[Key, list[str]] = {}
    current: list[str] = []
    statement = False  # whether the next paragraph is a statement, which follows where a title stands alone
    for part in prose.paragraphs(output):
        if part in heads:
            current = texts.setdefault(heads[part], [])
            statement = part.startswith("**")
        elif statement:
            statement = False
        else:
            current.append(part)
    return texts


def _is_fold(part: str) -> bool:
    """Whether a paragraph names checks that fail for the same reason."""
    return part.startswith(f"{CROSS} ")


def _folded(record: CheckRecord, texts: dict[Key, list[str]]) -> str:
    """Which check of its question has failed before for the same reason; "" where none is named."""
    question, named = record["question"], f"`{record['check']}`"
    for (asked, check), parts in texts.items():
        for sentence in (each for part in parts if _is_fold(part) for each in part.split(". ")):
            if asked == question and named in sentence:
                how = FOLDED[Fold(record.get("fold") or Fold.FAILS)]
                return f"{how} for the same reason as *{check.replace('_', ' ')}*."
    return ""


def _heads(record: CheckRecord) -> tuple[str, ...]:
    """The first paragraph of what a student reads about a check, passed or not."""
    title = escape_markdown(f"{record['question']} — {record['check'].replace('_', ' ')}")
    return f"**{title}**", prose.paragraphs(check_text({**record, "feedback": None}))[0]

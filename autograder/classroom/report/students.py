"""The page of one student: each question's code beside its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from autograder.classroom.report import prose
from autograder.classroom.report.attention import evidence
from autograder.classroom.report.cards import Card, cards, intro
from autograder.classroom.report.code import CodeCell, highlighted
from autograder.classroom.report.exercises import title_of
from autograder.classroom.report.rendering import render
from autograder.results.records import CellRecord, CellStatus, CheckRecord, Result, Status, TestEntry
from autograder.results.result import max_score
from autograder.results.texts import ENDED, WHEN

NOT_READ = "There is no code that could be read."
TALK = "Talk to the student before you conclude anything."
NOT_HERE = "The code is not on this page: the submission that was graded is not at hand."
SECRET_CODE = "The code is left out: with pseudonyms, a name in a comment would tell whose it is."


@dataclass(frozen=True)
class Code:
    """A cell on the page: its lines as HTML, and how it ended, if not well."""

    title: str
    lines: list[Markup]
    untouched: bool
    ended: str
    bad_line: int


@dataclass(frozen=True)
class QuestionPart:
    """A question on the page; ``score`` is None where the student does not see it."""

    name: str
    score: float | None
    max_score: float
    cards: list[Card]
    told: Markup
    code: list[Code]


@dataclass(frozen=True, kw_only=True)
class StudentPart:
    """All that the page of a student shows.

    Args:
        score: None where the student does not see it.
        status: how grading ended, where it did not end well.
        no_code: why there is no code, if there is none.
        file: what the submission is called, where that is not the student's name.
    """

    title: str
    exercise: str
    score: float | None
    max_score: float
    status: str
    intro: Markup
    notes: list[str]
    questions: list[QuestionPart]
    other: list[Code]
    no_code: str
    file: str = ""


def student_page(
    result: Result,
    code: Sequence[CodeCell] | None = None,
    *,
    name: str = "",
    published: bool = True,
    secret: bool = False,
) -> str:
    """One student's result as a complete HTML page, to answer an appeal: light, dark, printable, without scripts.

    It holds what that student was shown and the code they handed in; nothing of other students, and nothing that
    only an instructor reads (notes on faults, what was seen of tampering, names of misconceptions).

    Args:
        result: the student's result, as `kit grade` writes it.
        code: what the student wrote, from ``code_of(source.read(), exercise)``; None where the submission is not at
            hand, and the page says so.
        name: the student's name, for the heading.
        published: whether grades are published; if not, hidden checks that are "after_published" are left out too,
            and the scores, which depend on them. Hidden checks that are "never" shown are always left out.
        secret: whether ``name`` is a pseudonym; then the page has no code, and no words that may name the student.
    """
    visible = {"visible", "after_published"} if published else {"visible"}
    if secret:
        part = student_part(result, None, name, visible=visible, notes=False, no_code=SECRET_CODE)
        part = without_names(part, result)
    else:
        part = student_part(result, code, name, visible=visible, notes=False)
    extra = result["extra_data"]
    return render("alone.html.j2", part=part, versions=extra["versions"], kit=extra["kit"])


def without_names(part: StudentPart, result: Result) -> StudentPart:
    """A page without what was said about the whole submission, which may name its file, and so its student."""
    if result["extra_data"]["status"] == Status.UNREADABLE:
        return replace(part, intro=Markup("<p>It could not be read.</p>"), questions=[])
    return replace(part, intro=Markup())


def student_part(
    result: Result,
    code: Sequence[CodeCell] | None,
    name: str,
    *,
    visible: set[str] | None = None,
    notes: bool = True,
    no_code: str = "",
) -> StudentPart:
    """What a student's page shows.

    Args:
        visible: the visibilities of questions whose hidden checks are shown; None shows all.
        notes: whether to show what only an instructor reads.
        no_code: why there is no code, where ``code`` is None.
    """
    extra = result["extra_data"]
    ended = {cell["index"]: cell for cell in extra["cells"]}
    shown = [_code(cell, ended.get(cell.index)) for cell in code or ()]
    by_question: dict[str, list[Code]] = {}
    for cell, each in zip(code or (), shown, strict=True):
        by_question.setdefault(cell.question, []).append(each)
    checks = _by_question(extra["checks"])
    questions = [
        _question(result, test, checks.get(test["name"], []), by_question.pop(test["name"], []), visible, notes=notes)
        for test in result["tests"]
    ]
    whole = all(question.score is not None for question in questions)
    return StudentPart(
        title=name,
        exercise=title_of(extra["exercise"]),
        score=result["score"] if visible is None or "after_published" in visible or whole else None,
        max_score=max_score(result),
        status="" if extra["status"] == Status.GRADED or not notes else extra["status"],
        intro=prose.block(_intro(result, visible)),
        notes=_notes(result) if notes else [],
        questions=questions,
        other=[each for rest in by_question.values() for each in rest],
        no_code="" if code is not None else no_code or (NOT_READ if extra["status"] == Status.UNREADABLE else NOT_HERE),
    )


def _intro(result: Result, visible: set[str] | None) -> str:
    """What the student read first, but not that hidden checks come later where they are on the page."""
    said = intro(result["output"], result["extra_data"]["checks"])
    later = f"; {WHEN['after_published']}"
    return said.replace(later, "") if visible is None or "after_published" in visible else said


def _notes(result: Result) -> list[str]:
    """What only an instructor reads about the whole submission."""
    extra = result["extra_data"]
    message = extra["message"] if extra["status"] in (Status.FAULT, Status.TAMPERED) else ""
    seen = [f"Tampering: {each}" for each in evidence(extra)]
    return [*([message] if message else []), *seen, *([TALK] if seen else [])]


def _by_question(checks: Sequence[CheckRecord]) -> Mapping[str, list[CheckRecord]]:
    found: dict[str, list[CheckRecord]] = {}
    for check in checks:
        found.setdefault(check["question"], []).append(check)
    return found


def _question(
    result: Result,
    test: TestEntry,
    records: Sequence[CheckRecord],
    code: list[Code],
    visible: set[str] | None,
    *,
    notes: bool,
) -> QuestionPart:
    """A question; where its own text is not shown, what the result says at once about its public checks."""
    if visible is None or test["visibility"] in visible:
        told = "" if records else test["output"]
        found = cards(records, test["output"], notes=notes)
        return QuestionPart(test["name"], test["score"], test["max_score"], found, prose.block(told), code)
    public = [record for record in result["extra_data"]["checks"] if not record["hidden"]]
    shown = zip(public, cards(public, result["output"], notes=notes), strict=True)
    found = [card for record, card in shown if record["question"] == test["name"]]
    return QuestionPart(test["name"], None, test["max_score"], found, prose.block(""), code)


def _code(cell: CodeCell, record: CellRecord | None) -> Code:
    ended, line = "", 0
    if record is not None:
        ended, line = _ended(record), record["line"]
    return Code(cell.title, highlighted(cell.source), cell.untouched, ended, line)


def _ended(record: CellRecord) -> str:
    """Such as "raised NameError: name 'x' is not defined"."""
    said = ": ".join(part for part in (record["error_type"], record["message"]) if part)
    ended = ENDED.get(record["status"], record["status"])
    return f"{ended} {said}" if record["status"] == CellStatus.RAISED else ended

"""What a student wrote, question by question, as highlighted HTML that cannot run."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from pygments import highlight
from pygments.filter import Filter
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, String, Token

from autograder.bank.master import QUESTION_TAG, exercise_names, read_master
from autograder.bank.variants import defined_names
from autograder.building.notebooks import student_notebook
from autograder.results.records import Result
from autograder.submissions.collect import Source
from autograder.submissions.read import DEMO, Submission, Unreadable

LONGEST = 20_000
"""Characters of a cell that are shown: whatever is handed in, the page stays small."""
MOST = 60_000
"""Characters of a submission that are shown."""
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
"""Control and format characters, and separators of lines: what is not seen."""


@dataclass(frozen=True)
class CodeCell:
    """A cell, or a module, that a student wrote.

    Args:
        title: such as "Code cell 4", as the messages of a result count, or the name of a module.
        source: its code.
        question: the question that it answers, or "".
        index: its place among the cells that grading runs; -1 for a module.
        untouched: whether it is an answer cell that is still as it was handed out.
    """

    title: str
    source: str
    question: str = ""
    index: int = -1
    untouched: bool = False


def read_code(sources: Sequence[Source], results: Mapping[str, Result]) -> dict[str, tuple[CodeCell, ...]]:
    """The code behind each result, by the submission's name; :func:`report` shows it beside the cards.

    A submission that can't be read, or has changed since it was graded, has none.
    """
    found = {}
    for source in sources:
        extra = results[source.name]["extra_data"]
        try:
            submission = source.read()
        except Unreadable:
            continue
        if submission.sha256 == extra["submission_sha256"]:
            found[source.name] = code_of(submission, extra["exercise"])
    return found


def code_of(submission: Submission, exercise: str) -> tuple[CodeCell, ...]:
    """The cells of a submission that its student wrote, and its modules; what was handed out is left out."""
    given = _given(exercise)
    cells = []
    graded = [cell for cell in submission.cells if DEMO not in cell.tags]
    for index, cell in enumerate(graded):
        plain = cell.source.strip()
        question = _question(cell.source, cell.tags, exercise)
        if plain and (question or plain not in given):
            cells.append(CodeCell(f"Code cell {index + 1}", cell.source, question, index, plain in given))
    cells += [CodeCell(name, source) for name, source in sorted(submission.files.items())]
    return tuple(_bounded(cells))


def _bounded(cells: Sequence[CodeCell]) -> Iterator[CodeCell]:
    left = MOST
    for cell in cells:
        yield CodeCell(cell.title, _clip(cell.source, min(left, LONGEST)), cell.question, cell.index, cell.untouched)
        left = max(0, left - len(cell.source))


def _clip(source: str, most: int) -> str:
    return source if len(source) <= most else f"{source[:most]}\n# … {len(source) - most} more characters"


def _question(source: str, tags: Sequence[str], exercise: str) -> str:
    """The question that a cell answers: by its tag, or, in a script or a new cell, by what it defines."""
    names = _names(exercise)
    for tag in tags:
        if tag.startswith(QUESTION_TAG) and tag.removeprefix(QUESTION_TAG) in names.values():
            return tag.removeprefix(QUESTION_TAG)
    return next((names[name] for name in _defined(source) if name in names), "")


@functools.cache
def _names(exercise: str) -> dict[str, str]:
    """The question of each name that an answer cell defines."""
    if exercise not in exercise_names():
        return {}
    cells = [cell for cell in read_master(exercise).cells if cell.question]
    return {name: str(cell.question) for cell in cells for name in _defined(cell.solved().source)}


@functools.cache
def _given(exercise: str) -> frozenset[str]:
    """The code cells that were handed out, without the space around them."""
    if exercise not in exercise_names():
        return frozenset()
    cells = student_notebook(read_master(exercise)).cells
    return frozenset(cell.source.strip() for cell in cells if cell.cell_type == "code")


def _defined(source: str) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from defined_names(tree)


class _Few(Filter):
    """Keeps the kinds of token that the page colours; the rest is plain text, which halves the page."""

    KINDS = (Comment, String, Number, Keyword, Name.Function, Name.Class, Name.Decorator, Name.Builtin)

    def filter(self, lexer: Any, stream: Any) -> Iterator[tuple[Any, str]]:  # noqa: ARG002
        for kind, text in stream:
            yield next((known for known in self.KINDS if kind in known), Token.Text), text


def highlighted(source: str) -> list[Markup]:
    """The lines of some code as HTML: each complete in itself, all that the student wrote escaped and visible."""
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    lexer.add_filter(_Few())
    html = highlight(_visible(source).rstrip(), lexer, HtmlFormatter(nowrap=True))
    return [Markup(line) for line in html.rstrip("\n").split("\n")]  # Pygments escapes what it does not write itself


def _visible(source: str) -> str:
    """Code in which no sign is invisible or turns the direction of others: it is read as it runs."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n")
    return UNSEEN.sub(lambda sign: f"⟨U+{ord(sign[0]):04X}⟩", lines)

"""What a student reads in a result, as Gradescope's markdown."""

from __future__ import annotations

from collections.abc import Sequence

from keras_checks.causes import cause
from keras_checks.feedback import Fold, same_reason
from keras_checks.show import one_line

from autograder.results.markdown import escape_markdown, markdown_prose
from autograder.results.records import CellRecord, CellStatus, CheckRecord, Outcome, Status

MAX_TEXT = 90_000
MAX_ERROR = 400
MAX_CELLS = 10
NOT_YOURS = "Some checks could not be graded. **This is not your fault**; your instructor has been told."
NOT_RUN = "The grader stopped before this check. This is not your fault; it will be graded again."
TAMPERED = (
    "Code in this notebook reaches into the process that grades it. The questions that it touched get no points. "
    "If you do not know why, show this message to your instructor."
)
QUESTION_TOUCHED = "Code in this notebook reached into the process that grades it. So this question gets no points."
MARKS = {Outcome.PASSED: "✅", Outcome.FAILED: "❌", Outcome.FAULT: "⚠️"}
WHEN = {
    "always": "their outcome is shown below",
    "after_published": "their outcome is shown when the grades are published",
    "never": "their outcome is not shown",
}
ENDED = {
    CellStatus.RAISED: "raised",
    CellStatus.DIED: "ended the notebook's process",
    CellStatus.TIMEOUT: "did not end in time",
}


def summary(
    records: Sequence[CheckRecord], cells: Sequence[CellRecord], status: Status, message: str, *, show_hidden: str
) -> str:
    """What the student sees at once, the most important first."""
    own = {Status.FAULT: NOT_YOURS, Status.TAMPERED: TAMPERED}  # their messages are for the instructor
    parts = [own[status] if status in own else escape_markdown(one_line(message))]
    parts += cell_texts(cells)
    if status is not Status.UNREADABLE:
        public = [record for record in records if not record["hidden"]]
        passed = sum(record["outcome"] == Outcome.PASSED for record in public)
        parts.append(f"{passed} of {len(public)} public checks pass.")
        parts.append(_hidden_text(records, show_hidden))
        if show_hidden != "always":
            parts += check_texts(public)
    return "\n\n".join(part for part in parts if part)


def question_text(records: Sequence[CheckRecord]) -> str:
    """All checks of a question, hidden ones too."""
    return "\n\n".join(check_texts(records))


def check_texts(records: Sequence[CheckRecord]) -> list[str]:
    """A text for each check; of those that fail for the same reason in one question, one speaks for all."""
    groups: dict[tuple[str, ...], list[CheckRecord]] = {}
    for record in records:
        groups.setdefault((record["question"], record.get("reason") or record["check"]), []).append(record)
    return [_group_text(group) for group in groups.values()]


def _group_text(group: Sequence[CheckRecord]) -> str:
    one = max(group, key=lambda it: it.get("voice") or 0)
    rest = [(f"`{it['check']}`{_points(it)}", it.get("fold") or Fold.FAILS) for it in group if it is not one]
    return "\n\n".join([check_text(one), *([f"{MARKS[Outcome.FAILED]} {same_reason(rest)}"] if rest else [])])


def _points(record: CheckRecord) -> str:
    return f" ({record['points']:g}/{record['max_points']:g})" if record["max_points"] else ""


def check_text(record: CheckRecord) -> str:
    """A check: its mark, points and statement, and what went wrong."""
    head = f"{MARKS[Outcome(record['outcome'])]} **{record['question']}**{_points(record)} {record['statement']}"
    if record["outcome"] == Outcome.FAILED:
        return record.get("feedback") or f"{head}\n\n{escape_markdown(one_line(record['message'] or ''))}"
    if record["outcome"] == Outcome.FAULT:
        return f"{head}\n\nThis check could not be graded. This is not your fault; your instructor has been told."
    return head


def clip(text: str) -> str:
    """``text`` within what Gradescope shows in full."""
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "\n\n(The rest is left out.)"


def _hidden_text(records: Sequence[CheckRecord], show_hidden: str) -> str:
    points = sum(record["max_points"] for record in records if record["hidden"])
    total = sum(record["max_points"] for record in records)
    return f"Hidden checks decide {points:g} of {total:g} points; {WHEN[show_hidden]}."


def cell_texts(cells: Sequence[CellRecord]) -> list[str]:
    texts = []
    for cell in cells:
        if cell["status"] in ENDED:
            error = _error(cell) if cell["status"] == CellStatus.RAISED else "."
            texts.append(f"Code cell {cell['index'] + 1} {ENDED[cell['status']]}{error} The other cells were run.")
    return texts[:MAX_CELLS]


def _error(cell: CellRecord) -> str:
    """What a cell raised, in which of its lines, and why."""
    line = f" in line {cell['line']}" if cell["line"] else ""
    why = cause({"type": cell["error_type"], "message": cell["message"]})
    return f" {_code(cell)}{line}.{' ' if why else ''}{markdown_prose(why)}"


def _code(cell: CellRecord) -> str:
    """A cell's error as code: a student wrote it, and it must not look like ours."""
    said = ": ".join(part for part in (cell["error_type"], cell["message"]) if part)
    return f"`{one_line(said)[:MAX_ERROR].replace('`', chr(39))}`"

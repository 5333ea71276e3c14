"""What a check shows below its cell: progress while it works, then the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from IPython.core.getipython import get_ipython
from IPython.display import display
from otter.test_files.exception_test import ExceptionTestFile

from keras_checks.feedback import Record, fold_of, reason, same_reason, text, voice
from keras_checks.notebook.cards import html, html_prose

_HEAD = "border-left:4px solid {colour};padding:.3em .9em;margin:.4em 0"
GOOD, BAD, NEUTRAL = "#3c9d5a", "#d9534f", "#888888"
MORE = "Your instructor's grader tries further cases and hidden checks."


class Panel:
    """An output of a cell whose content can be replaced; shows nothing where there is no notebook."""

    def __init__(self) -> None:
        shell = get_ipython()
        self.live = getattr(shell, "kernel", None) is not None
        self.cell = getattr(shell, "execution_count", None)
        self._handle: Any = None

    def show(self, page: str, plain: str) -> None:
        """Put HTML, and its text for front ends without, in the place of what was shown before."""
        if not self.live:
            return
        bundle = {"text/html": page, "text/plain": plain}
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)

    def say(self, prose: str, colour: str = NEUTRAL) -> None:
        """Show one line of prose, where `…` is code."""
        self.show(head_html(prose, colour), prose)


def head_html(prose: str, colour: str) -> str:
    """A line with a coloured edge."""
    return f'<div style="{_HEAD.format(colour=colour)}">{html_prose(prose)}</div>'


class CheckResult(ExceptionTestFile):
    """Otter's result of a question, shown as one line and a card a failure."""

    records: Sequence[Record] = ()
    progress: str = ""
    """How far the notebook as a whole is."""
    shown_in: int | None = None
    """The number of the cell that shows the result already."""

    @classmethod
    def of(cls, result: Any, records: Sequence[Record], broken: Mapping[str, str]) -> CheckResult:
        """Otter's ``result`` with the records of failed checks, and what to say of checks that could not run."""
        found = cls(result.name, result.path, result.test_cases, all_or_nothing=result.all_or_nothing)
        found.records = records
        by_check = {**broken, **{record.check: text(record) for record in records}}
        found.test_case_results = result.test_case_results
        for case in found.test_case_results:
            case.message = "passed" if case.passed else by_check.get(case.test_case.name, case.message)
        return found

    @property
    def passed_checks(self) -> int:
        """How many checks pass."""
        return sum(case.passed for case in self.test_case_results)

    def headline(self) -> str:
        """How many checks pass, here and in the whole notebook."""
        total, passed = len(self.test_case_results), self.passed_checks
        said = f"{passed} of {total} checks pass."
        if passed == total:
            said = f"{'the check passes' if total == 1 else f'all {total} checks pass'}. {MORE}"
        return f"`{self.name}`: {said} {self.progress}".rstrip()

    def summary(self, public_only: bool = False) -> str:  # noqa: ARG002 - Otter's; all checks here are public
        """The result as text."""
        return "\n\n".join([self.headline(), *self.failures()])

    def failures(self) -> list[str]:
        """What each check that fails says, as text."""
        return [*(_with_rest(text(record), rest) for record, rest in group(self.records)), *self._unexplained()]

    def _repr_html_(self) -> str:
        colour = GOOD if self.passed_all else BAD
        cards = [html(record) + (head_html(_rest(rest), BAD) if rest else "") for record, rest in group(self.records)]
        return "".join(
            [head_html(self.headline(), colour), *cards, *(head_html(it, BAD) for it in self._unexplained())]
        )

    def _ipython_display_(self) -> None:
        """Shown by the check itself: the cell of the check does not show it again."""
        panel = Panel()
        if not panel.live:
            print(self.summary())  # noqa: T201 - a terminal has no panel
        elif self.shown_in != panel.cell:
            panel.show(self._repr_html_(), self.summary())

    def _unexplained(self) -> list[str]:
        known = {record.check for record in self.records}
        cases = self.test_case_results
        return [case.message or "" for case in cases if not case.passed and case.test_case.name not in known]


def group(records: Sequence[Record]) -> list[tuple[Record, list[Record]]]:
    """One record for each reason, and the others that fail for it."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(reason(record), []).append(record)
    speakers = [max(group, key=voice) for group in groups.values()]
    return [(one, [it for it in group if it is not one]) for one, group in zip(speakers, groups.values(), strict=True)]


def _rest(others: Sequence[Record]) -> str:
    return same_reason([(f"`{record.check}`", fold_of(record)) for record in others])


def _with_rest(body: str, others: Sequence[Record]) -> str:
    return f"{body}\n{_rest(others)}" if others else body

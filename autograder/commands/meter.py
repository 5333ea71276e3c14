"""The progress of a class: a bar with rate and time left, or, where no terminal shows it, a line now and then."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from autograder.classroom.batch import Done
from autograder.results.comparison import Change, change_of
from autograder.results.records import Status
from autograder.results.result import reason

LINES = 10
"""How often a long run speaks where there is no terminal."""
ESTIMATE_SECONDS = 600
LOUD: dict[str, str] = {
    Status.TAMPERED: "[red]tampered[/]",
    Status.FAULT: "[red]fault[/]",
    Status.TIMEOUT: "[yellow]timeout[/]",
}


class Rate(ProgressColumn):
    """Submissions a minute."""

    def render(self, task: Task) -> Text:
        """The rate of the last minutes."""
        return Text(f"{(task.speed or 0) * 60:.1f} a minute")


class Meter:
    """Counts what is done. A context manager.

    What an earlier run has graded is not counted, so that the rate is that of this run. ``changes`` are the
    submissions whose old result was replaced by another. ``who`` is what its lines call a submission, if not its name.
    """

    def __init__(self, console: Console, total: int, who: Mapping[str, str] | None = None) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
        self.progress = Progress(*columns, console=console, transient=True, speed_estimate_period=ESTIMATE_SECONDS)
        self.task = self.progress.add_task("Grading", total=total)
        self.total, self.count, self.kept = total, 0, 0
        self.who = who or {}
        self.changes: list[Change] = []
        self._start = time.monotonic()

    def __enter__(self) -> Meter:
        self.progress.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def done(self, done: Done) -> None:
        """Count one; say what needs a look."""
        if done.kept:
            self.kept += 1
            self.progress.update(self.task, total=self.total - self.kept)
            return
        self.count += 1
        self.progress.advance(self.task)
        self._note(done)
        if not self.progress.console.is_terminal and self.count % max(1, self.total // LINES) == 0:
            self.progress.console.print(self.line(), highlight=False)

    def line(self) -> str:
        """Such as ``30 of 300, 24.1 a minute, 11 min left``."""
        rate = self.count / (time.monotonic() - self._start)
        todo = self.total - self.kept - self.count
        return f"{self.count} of {self.total - self.kept}, {rate * 60:.1f} a minute, {todo / rate / 60:.0f} min left"

    def _note(self, done: Done) -> None:
        status = done.result["extra_data"]["status"]
        if status in LOUD:
            said = reason(done.result) or "see its result"
            line = f"{LOUD[status]} {escape(self.who.get(done.name, done.name))}: {escape(said)}"
            self.progress.console.print(line, highlight=False)
        if done.before is not None and (change := change_of(done.name, done.before, done.result)):
            self.changes.append(change)

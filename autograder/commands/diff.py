"""`kit diff`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.classroom.changes import Side, changes_page
from autograder.classroom.people import labels_in
from autograder.commands.words import counted, doing
from autograder.files import write_text
from autograder.results.comparison import Change, compare, of_other_checks, read_results
from autograder.results.records import Result
from autograder.results.scores import number


def run(old: Path, new: Path, page: Path | None, console: Console) -> None:
    """Show whose score changes and why, then what else is not the same; ``page`` is a file for the same."""
    before, after = read_results(old), read_results(new)
    changes = compare(before, after)
    if changes:
        console.print(change_table(changes, labels_in(old, before) | labels_in(new, after)))
    lines = [*summary(before, after, changes), *due(after, new)]
    for line in lines:
        console.print(line, highlight=False, markup=False)
    if page is not None:
        one, other = (
            Side(path if path.is_dir() else path.parent, found) for path, found in ((old, before), (new, after))
        )
        write_text(page, changes_page(one, other, changes, lines, page))
        console.print(f"{page} written.", highlight=False, markup=False)


def due(results: dict[str, Result], folder: Path) -> list[str]:
    """Whether results are those of other checks than the current ones."""
    earlier = of_other_checks(results)
    if not earlier:
        return []
    return [
        f"Graded by other checks than the current ones: {counted(len(earlier), 'submission')} in {folder}. "
        "Grade them again into another folder, and compare the two folders."
    ]


def change_table(changes: Sequence[Change], who: Mapping[str, str]) -> Table:
    """One row per submission that has changed, under the student's name where it is known."""
    table = Table("Submission", "Before", "After", "Change", "Because of")
    for change in changes:
        numbers = ("–" if score is None else number(score) for score in (change.before, change.after))
        points = f"{change.points:+g}" if change.points else "0"
        table.add_row(escape(who.get(change.name, change.name)), *numbers, points, escape("\n".join(change.reasons())))
    return table


def summary(old: dict[str, Result], new: dict[str, Result], changes: Sequence[Change]) -> list[str]:
    """What to know beside the table."""
    both = old.keys() & new.keys()
    scores = [change for change in changes if change.name in both and change.points]
    up = sum(change.points > 0 for change in scores)
    moves = f"{doing(up, 'gain', 'points')}, {doing(len(scores) - up, 'lose', 'points')}"
    lines = [f"{counted(len(both), 'submission')} in both: {moves}."]
    other = len([change for change in changes if change.name in both]) - len(scores)
    if other:
        lines.append(f"{other} more with the same score, but not the same verdicts or words.")
    same = all(_checks(old[name]) == _checks(new[name]) for name in both)
    lines.append("Both were graded by the same checks." if same else "They were not graded by the same checks.")
    return lines


def _checks(result: Result) -> tuple[str, dict[str, str]]:
    extra = result["extra_data"]
    return extra["checks_sha256"], extra.get("regraded", {})

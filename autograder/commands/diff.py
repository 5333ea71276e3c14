"""`kit diff`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.bank.master import exercise_names
from autograder.results.comparison import Change, compare, other_checks, read_results
from autograder.results.identity import checks_sha256
from autograder.results.records import Result


def run(old: Path, new: Path, console: Console) -> None:
    """Show whose score changes and why, then what else is not the same."""
    before, after = read_results(old), read_results(new)
    changes = compare(before, after)
    if changes:
        console.print(change_table(changes))
    for line in summary(before, after, changes):
        console.print(escape(line), highlight=False)
    graded = {result["extra_data"]["exercise"] for result in after.values()}
    due = other_checks(after, {exercise: checks_sha256(exercise) for exercise in graded & set(exercise_names())})
    if due:
        console.print(
            f"{len(due)} of {new} were graded by other checks than those that are here now: "
            f"a regrade is due. Grade them again into another folder, and compare.",
            highlight=False,
            markup=False,
        )


def change_table(changes: Sequence[Change]) -> Table:
    """One row a submission that has changed."""
    table = Table("Submission", "Before", "After", "Change", "Because of")
    for change in changes:
        numbers = ("–" if score is None else f"{score:g}" for score in (change.before, change.after))
        points = f"{change.points:+g}" if change.points else "0"
        table.add_row(escape(change.name), *numbers, points, escape("\n".join(change.reasons())))
    return table


def summary(old: dict[str, Result], new: dict[str, Result], changes: Sequence[Change]) -> list[str]:
    """What to know beside the table."""
    both = old.keys() & new.keys()
    scores = [change for change in changes if change.name in both and change.points]
    up = sum(change.points > 0 for change in scores)
    lines = [f"{len(both)} submissions in both: {up} gain points, {len(scores) - up} lose points."]
    other = len([change for change in changes if change.name in both]) - len(scores)
    if other:
        lines.append(f"{other} more keep their score, but not every verdict or every word.")
    same = all(_checks(old[name]) == _checks(new[name]) for name in both)
    lines.append("Both were graded by the same checks." if same else "They were not graded by the same checks.")
    return lines


def _checks(result: Result) -> str:
    return result["extra_data"]["checks_sha256"]

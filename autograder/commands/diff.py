"""`kit diff`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.bank.master import exercise_names
from autograder.classroom.changes import Side, changes_page
from autograder.classroom.people import labels_in
from autograder.files import write_text
from autograder.results.comparison import Change, compare, other_checks, read_results
from autograder.results.identity import checks_sha256
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
    graded = {result["extra_data"]["exercise"] for result in results.values()}
    late = other_checks(results, {exercise: checks_sha256(exercise) for exercise in graded & set(exercise_names())})
    if not late:
        return []
    return [
        f"{len(late)} of {folder} were graded by other checks than those that are here now: a regrade is due. "
        "Grade them again into another folder, and compare."
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
    lines = [f"{len(both)} submissions in both: {up} gain points, {len(scores) - up} lose points."]
    other = len([change for change in changes if change.name in both]) - len(scores)
    if other:
        lines.append(f"{other} more keep their score, but not every verdict or every word.")
    same = all(_checks(old[name]) == _checks(new[name]) for name in both)
    lines.append("Both were graded by the same checks." if same else "They were not graded by the same checks.")
    return lines


def _checks(result: Result) -> tuple[str, dict[str, str]]:
    extra = result["extra_data"]
    return extra["checks_sha256"], extra.get("regraded", {})

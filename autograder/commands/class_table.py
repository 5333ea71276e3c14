"""The table that `kit grade` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.markup import escape
from rich.table import Table

from autograder.results.records import Result, Status
from autograder.results.result import max_score, reason
from autograder.results.scores import number

SHOWN = 40
"""Submissions that are all in the table; of more, those that need a look."""


def needs_a_look(result: Result) -> bool:
    """Whether its score alone does not tell what became of a submission."""
    return result["extra_data"]["status"] != Status.GRADED


def class_table(results: Sequence[tuple[str, Result]], who: Mapping[str, str]) -> Table:
    """One row per submission, under the student's name where it is known."""
    table = Table("Submission", "Exercise", "Score", "Status", "Seconds", "Looks like", "Message")
    for name, result in results:
        extra = result["extra_data"]
        named = dict.fromkeys(check["misconception"] for check in extra["checks"] if check["misconception"])
        score = f"{number(result['score'])} / {number(max_score(result))}"
        table.add_row(
            *map(escape, (who.get(name, name), extra["exercise"], score, extra["status"])),
            f"{extra['seconds']:.1f}",
            escape(", ".join(named)),
            escape(reason(result)),
        )
    return table

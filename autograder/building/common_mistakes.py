"""The common mistakes of an exercise as a released solution tells them, with how many of a class made each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.bank.master import Master
from autograder.bank.variants import read_variants
from autograder.errors import UsageError
from autograder.results.records import Result, Status
from autograder.results.result import read_result

TITLE = "Common mistakes"


@dataclass(frozen=True)
class CommonMistake:
    """A misconception; ``count`` of ``students`` made it, None where no class is known."""

    question: str
    statement: str
    hint: str
    count: int | None = None
    students: int = 0

    @property
    def is_made(self) -> bool:
        """Whether somebody made it, as far as is known."""
        return self.count != 0

    @property
    def share(self) -> str:
        """How many of the class made it, in words; "" where no class is known."""
        if self.count is None:
            return ""
        if not self.count:
            return "nobody in this class"
        return f"{self.count} of {self.students} in this class ({self.count / self.students:.0%})"


def common_mistakes(master: Master, results: Path | None = None) -> list[CommonMistake]:
    """The misconceptions of an exercise by question; with a folder of results, the commonest of each first.

    Raises:
        UsageError: the folder holds no result of this exercise.
    """
    class_of = None if results is None else class_results(results, master.exercise)
    found = []
    for variant in read_variants(master.exercise, "misconceptions"):
        count = None if class_of is None else _count(class_of, variant.question, variant.name)
        found.append(CommonMistake(variant.question, variant.statement, variant.hint, count, len(class_of or ())))
    order = {question: index for index, question in enumerate(master.questions())}
    return sorted(found, key=lambda mistake: (order[mistake.question], -(mistake.count or 0)))


def class_results(folder: Path, exercise: str) -> list[Result]:
    """What a class handed in for an exercise, as far as it could be read."""
    read = (read_result(path) for path in sorted(folder.glob("*.json")))
    own = [result for result in read if result and result["extra_data"]["exercise"] == exercise]
    graded = [result for result in own if result["extra_data"]["status"] != Status.UNREADABLE]
    if not graded:
        raise UsageError(f"{folder} holds no result of {exercise}. Name a folder that `kit grade` has written.")
    return graded


def _count(results: Sequence[Result], question: str, name: str) -> int:
    return sum(
        any((row["question"], row["misconception"]) == (question, name) for row in result["extra_data"]["checks"])
        for result in results
    )


def as_markdown(mistakes: Sequence[CommonMistake]) -> str:
    """The mistakes as the last cell of a notebook."""
    parts = [f"## {TITLE}"]
    for question in dict.fromkeys(mistake.question for mistake in mistakes):
        parts.append(f"### `{question}`")
        parts += [_item(mistake) for mistake in mistakes if mistake.question == question]
    return "\n\n".join(parts)


def _item(mistake: CommonMistake) -> str:
    share = f" *({mistake.share}.)*" if mistake.share else ""
    return f"- **{mistake.statement}** {mistake.hint}{share}"

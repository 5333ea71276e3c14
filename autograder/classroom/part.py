"""A part of a class that is graded again, while the rest of its results stays as it is."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.bank.master import exercise_names, read_master
from autograder.classroom.people import every_name_of, named, one_of, people_of_class
from autograder.errors import UsageError
from autograder.results.identity import checks_sha256
from autograder.results.records import Outcome, Result
from autograder.results.result import read_result
from autograder.results.scores import harmless, read_scores
from autograder.submissions.collect import Source

SHOWN = 5


@dataclass(frozen=True)
class Part:
    """What is graded again: the submissions of some students, one question, or both."""

    students: tuple[str, ...] = ()
    question: str | None = None

    def __bool__(self) -> bool:
        return bool(self.students or self.question)

    def choose(self, sources: Sequence[Source], output: Path) -> list[Source]:
        """The submissions of the students, or all. Raises UsageError for a student who is not there.

        ``output`` is the folder of the results: its `scores.csv` may know names that the submissions do not tell.
        """
        if not self.students:
            return list(sources)
        people = people_of_class(output, sources, [source.name for source in sources])
        names = every_name_of(people, [source.name for source in sources])
        chosen = {name for student in self.students for name in named(student, names)}
        return [source for source in sources if source.name in chosen]


def has_question(exercise: str, question: str) -> bool:
    """Whether an exercise has a question."""
    return exercise in exercise_names() and question in read_master(exercise).questions()


def known_question(question: str) -> None:
    """Raise UsageError where no exercise has the question."""
    every = sorted({name for exercise in exercise_names() for name in read_master(exercise).questions()})
    if question not in every:
        near = difflib.get_close_matches(question, every, SHOWN) or every[:SHOWN]
        raise UsageError(f"There is no question {question!r}. Did you mean {one_of(near)}?")


def is_current(kept: Result, question: str) -> bool:
    """Whether the checks of today have judged a question of a result, and none of them had a fault."""
    extra = kept["extra_data"]
    judged = extra.get("regraded", {}).get(question, extra["checks_sha256"])
    faulty = any(check["question"] == question and check["outcome"] == Outcome.FAULT for check in extra["checks"])
    return judged == checks_sha256(extra["exercise"]) and not faulty


def results_of_class(folder: Path, graded: Mapping[str, Result]) -> dict[str, Result]:
    """The results of a class in the order of its `scores.csv`: those just graded, and those that were kept."""
    rows = [harmless(row.get("submission", "")) for row in read_scores(folder / "scores.csv")]
    place = {cell: index for index, cell in enumerate(rows)}
    kept = {path.stem: path for path in sorted(folder.glob("*.json")) if harmless(path.stem) in place}
    names = sorted([*kept, *(name for name in graded if name not in kept)])
    names.sort(key=lambda name: place.get(harmless(name), len(place)))
    found = {name: graded.get(name) or read_result(kept[name]) for name in names}
    return {name: result for name, result in found.items() if result is not None}

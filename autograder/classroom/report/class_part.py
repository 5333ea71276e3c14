"""What the report says about the class in one exercise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from autograder.classroom.mistakes import MisconceptionCount, Together, mistakes, together
from autograder.classroom.report.exercises import Belief, beliefs, title_of
from autograder.classroom.report.people import Person
from autograder.classroom.report.rows import pick
from autograder.classroom.statistics import (
    ENOUGH,
    CheckStatistics,
    Named,
    QuestionStatistics,
    Summary,
    distribution,
    items,
    summary,
)

FEW = 5
"""Below so many submissions there are no charts: the figures and the table say all of them."""
CHARTED = 12
"""Misconceptions in the chart of those that come together: more are rare, and their numbers too small to read."""
PAIRS = 6
"""Pairs of misconceptions that are put into words."""
COMMON = 10
"""Misconceptions that are listed at once; the rarer ones are folded."""


@dataclass(frozen=True)
class Believed:
    """A misconception of the class: its number, its words, who has it; ``pick`` is its key in the table's filter."""

    number: int
    question: str
    belief: Belief
    who: list[Person]
    pick: str


@dataclass(frozen=True)
class BothBelieved:
    """Two misconceptions that come together: of how many with ``one`` how many have ``other``, and in the class."""

    one: Believed
    other: Believed
    both: int


@dataclass(frozen=True, kw_only=True)
class ClassPart:
    """An exercise of the class."""

    key: str
    name: str
    title: str
    summary: Summary
    distribution: Markup | None
    difficulty: Markup | None
    enough: int
    questions: list[tuple[QuestionStatistics, list[tuple[CheckStatistics, str]]]]
    believed: list[Believed]
    common: int
    pairs: list[BothBelieved]
    together: Markup | None


def class_part(exercise: str, results: Named, people: Mapping[str, Person]) -> ClassPart:
    """What the report says about the results of one exercise."""
    key = f"exercise-{exercise}"
    questions = items(results)
    counts = mistakes(results)
    said = believed(exercise, counts, people)
    pairs = together(counts)
    end = summary(results)
    charts = _charts(key, results, questions, end, said, pairs) if end.count >= FEW else (None, None, None)
    return ClassPart(
        key=key,
        name=exercise,
        title=title_of(exercise),
        summary=end,
        distribution=charts[0],
        difficulty=charts[1],
        enough=ENOUGH,
        questions=[
            (item, [(check, pick(exercise, item.question, check.check)) for check in item.checks]) for item in questions
        ],
        believed=list(said.values()),
        common=COMMON,
        pairs=[BothBelieved(said[pair.one.name], said[pair.other.name], pair.both) for pair in pairs[:PAIRS]],
        together=charts[2],
    )


def believed(exercise: str, counts: Sequence[MisconceptionCount], people: Mapping[str, Person]) -> dict[str, Believed]:
    """The misconceptions of a class in words, by name, the commonest first."""
    known = beliefs(exercise)
    return {
        count.name: Believed(
            number,
            count.question,
            known.get(count.name) or Belief(in_words(count.name), ""),
            [people[name] for name in count.who],
            pick(exercise, count.name),
        )
        for number, count in enumerate(counts, 1)
    }


def in_words(name: str) -> str:
    """A misconception that is not in the bank any more, as well as its name says it."""
    return f"{name.replace('_', ' ').capitalize()} (no longer in the bank)."


def _charts(
    key: str,
    results: Named,
    questions: Sequence[QuestionStatistics],
    end: Summary,
    said: Mapping[str, Believed],
    pairs: Sequence[Together],
) -> tuple[Markup | None, Markup | None, Markup | None]:
    """The scores, the questions, and the commonest of the misconceptions that come together."""
    from autograder.classroom.report import charts  # Matplotlib, for which a small class need not wait

    names = dict.fromkeys(name for pair in pairs for name in (pair.one.name, pair.other.name))
    numbers = {name: said[name].number for name in sorted(names, key=lambda name: said[name].number)[:CHARTED]}
    charted = [pair for pair in pairs if pair.one.name in numbers and pair.other.name in numbers]
    return (
        charts.distribution_chart(key, distribution(results), end),
        charts.difficulty_chart(key, questions),
        charts.together_chart(key, numbers, charted) if charted else None,
    )

"""`kit verify`: the bank of right and wrong answers against the checks of an exercise."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

from autograder.bank.master import Master, read_master
from autograder.bank.variants import Variant, read_variants
from autograder.results.identity import checks_sha256
from autograder.results.records import Outcome

KEEPS = "keeps all points of its question"
UNSTABLE = "loses other checks under salt"
GREEN = "no public check shows it: add one, or tag it as an edge case"
SALT = "verify"
T = TypeVar("T")


@dataclass(frozen=True)
class CheckOutcome:
    """The outcome of one check on one answer."""

    question: str
    check: str
    points: float
    max_points: float
    outcome: str
    misconception: str | None
    message: str
    red: bool = False
    """Whether the student's own notebook shows it, too."""


class GradeCells(Protocol):
    """Grades notebook cells, on all questions or on one, with the cases of a salt; names mistakes where asked to."""

    def __call__(self, cells: Sequence[str], only: str | None, salt: str, *, diagnose: bool) -> list[CheckOutcome]: ...


RIGHT = ("reference", "alternative", "generated")
EDGE_SHARE = 0.05
"""Of the misconceptions of an exercise, at most this share may be edge cases that no public check shows."""


@dataclass
class VerifiedAnswer:
    """One answer of the bank: what it earned, where it lost points, what it was taken for."""

    kind: str
    variant: Variant
    earned: float
    possible: float
    seconds: float
    results: list[CheckOutcome]
    problems: list[str] = field(default_factory=list)

    @property
    def red(self) -> bool:
        """Whether a public check of its question fails in the student's notebook."""
        return any(result.red for result in self.results if result.question == self.variant.question)


@dataclass(frozen=True)
class Scope:
    """How much of a bank is tried.

    Args:
        only: one question, or None for all.
        across: grade each answer on all questions, to see that it changes nothing elsewhere; else on its own.
        parts: divide the bank into so many parts and try one of them; which one changes with the checks. A
            misconception is then told apart from those of its part only.
        salts: under how many salts each answer is graded; it must lose the same checks under each.
        generated: how many right answers to generate beside the bank.
    """

    only: str | None = None
    across: bool = False
    parts: int = 1
    salts: int = 1
    generated: int = 0


def verify(exercise: str, grade: GradeCells, scope: Scope) -> list[VerifiedAnswer]:
    """Grade the bank of an exercise; a row with problems is a wrong verdict."""
    master, only = read_master(exercise), scope.only
    rows = []
    for kind, variant, cells in [*_bank(master, only, scope.parts), *_generated(master, scope)]:
        start = time.monotonic()
        wanted = only if scope.across else variant.question or only
        results = grade(cells, wanted, SALT, diagnose=kind == "misconception")
        row = VerifiedAnswer(
            kind,
            variant,
            sum(result.points for result in results),
            sum(result.max_points for result in results),
            time.monotonic() - start,
            results,
        )
        again = partial(grade, cells, wanted, diagnose=False)
        row.problems = _problems(row) + _unstable(row, scope, again)
        rows.append(row)
    return rows


def _bank(master: Master, only: str | None, parts: int = 1) -> list[tuple[str, Variant, list[str]]]:
    reference = [cell.source for cell in master.reference_cells()]
    stub = [cell.source for cell in master.stub_cells()]
    bank = [
        ("stub", Variant("", "stub", "", "", ""), stub),
        ("reference", Variant("", "reference", "", "", ""), reference),
    ]
    for kind in ("alternative", "misconception"):
        variants = read_variants(master.exercise, f"{kind}s")
        tried = part_of(master.exercise, variants, parts)
        bank += [(kind, it, [*reference, it.source]) for it in tried if only in (None, it.question)]
    return bank


def part_of(exercise: str, all_of: Sequence[T], parts: int) -> Sequence[T]:
    """One of so many equal parts; which one changes with the checks of the exercise."""
    return all_of[int(checks_sha256(exercise), 16) % parts :: parts]


def _generated(master: Master, scope: Scope) -> list[tuple[str, Variant, list[str]]]:
    if not scope.generated:
        return []
    from autograder.verifying.generated import generated_answers

    reference = [cell.source for cell in master.reference_cells()]
    answers = generated_answers(master.exercise, scope.generated, scope.only)
    return [("generated", answer, [*reference, answer.source]) for answer in answers]


def _unstable(row: VerifiedAnswer, scope: Scope, grade: Callable[[str], list[CheckOutcome]]) -> list[str]:
    """The salts under which an answer loses other checks."""
    lost = _lost(row.results)
    others = {salt: _lost(grade(salt)) for salt in map(str, range(1, scope.salts))}
    return [f"{UNSTABLE} {salt}: {', '.join(sorted(lost ^ other))}" for salt, other in others.items() if other != lost]


def _lost(results: Sequence[CheckOutcome]) -> set[str]:
    return {f"{result.question}.{result.check}" for result in results if result.outcome != Outcome.PASSED}


def _problems(row: VerifiedAnswer) -> list[str]:
    faults = [f"{r.question}.{r.check}: grader fault: {r.message}" for r in row.results if r.outcome == Outcome.FAULT]
    if row.kind == "stub":
        return faults + [f"{r.question}.{r.check} gives the stub points" for r in row.results if r.points]
    if row.kind in RIGHT:
        return faults + [
            f"{r.question}.{r.check} rejects it: {r.message}" for r in row.results if r.outcome == Outcome.FAILED
        ]
    return faults + _misconception_problems(row)


def _misconception_problems(row: VerifiedAnswer) -> list[str]:
    failed = [result for result in row.results if result.outcome == Outcome.FAILED]
    own = [result for result in failed if result.question == row.variant.question]
    problems = [
        f"loses points on another question: {r.question}.{r.check}: {r.message}"
        for r in failed
        if r not in own and r.max_points
    ]
    if not any(result.max_points for result in own):
        problems.append(KEEPS)
    named = {result.misconception for result in own}
    if own and row.variant.name not in named:
        problems.append(f"is diagnosed as {', '.join(sorted(map(str, named)))}")
    if not row.red and not row.variant.edge:
        problems.append(GREEN)
    if others := named - {row.variant.name, None}:
        problems.append(f"is diagnosed as {', '.join(sorted(map(str, others)))} too")
    return problems


def _without(row: VerifiedAnswer, *kinds: str) -> list[str]:
    return [problem for problem in row.problems if not problem.startswith(kinds)]


@dataclass(frozen=True)
class Report:
    """The verdicts on the whole bank of an exercise. All counts must be 0."""

    exercise: str
    rows: list[VerifiedAnswer]
    forgeries: list[str]
    points: list[str]

    def of(self, *kinds: str) -> list[VerifiedAnswer]:
        """The rows of these kinds."""
        return [row for row in self.rows if row.kind in kinds]

    @property
    def false_rejects(self) -> list[VerifiedAnswer]:
        """Right answers that lost points."""
        return [row for row in self.of(*RIGHT) if _without(row, UNSTABLE)]

    @property
    def false_accepts(self) -> list[VerifiedAnswer]:
        """Wrong answers that kept the points of their question."""
        return [row for row in self.of("stub") if row.problems] + [
            row for row in self.of("misconception") if KEEPS in row.problems
        ]

    @property
    def misjudged(self) -> list[VerifiedAnswer]:
        """Misconceptions that lost points elsewhere, or were taken for another."""
        return [row for row in self.of("misconception") if KEEPS not in row.problems and _without(row, UNSTABLE, GREEN)]

    @property
    def green(self) -> list[VerifiedAnswer]:
        """Misconceptions that no public check shows."""
        return [row for row in self.of("misconception") if not row.red]

    @property
    def unstable(self) -> list[VerifiedAnswer]:
        """Answers that lose other checks under another salt."""
        return [row for row in self.rows if any(problem.startswith(UNSTABLE) for problem in row.problems)]

    @property
    def edge_problem(self) -> str:
        """That there are too many edge cases in the whole bank, or ""."""
        all_wrong = read_variants(self.exercise, "misconceptions")
        edge = [variant for variant in all_wrong if variant.edge]
        if len(edge) <= EDGE_SHARE * len(all_wrong):
            return ""
        return f"{len(edge)} of {len(all_wrong)} misconceptions are edge cases, more than {EDGE_SHARE:.0%}"

    @property
    def named(self) -> list[VerifiedAnswer]:
        """Misconceptions that were diagnosed as themselves, and as nothing else."""
        return [
            row
            for row in self.of("misconception")
            if {r.misconception for r in row.results} - {None} == {row.variant.name}
        ]

    @property
    def clean(self) -> bool:
        """Nothing is wrong."""
        return not (self.forgeries or self.points or self.edge_problem or any(row.problems for row in self.rows))

"""`kit verify`: the bank of right and wrong answers against the checks of an exercise."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from autograder.bank.master import Master, read_master
from autograder.bank.variants import Variant, read_variants
from autograder.results.identity import checks_sha256
from autograder.results.records import Outcome

KEEPS = "keeps all points of its question"


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


GradeCells = Callable[[Sequence[str], str | None], list[CheckOutcome]]
"""Grades notebook cells, on all questions or on one."""


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


@dataclass(frozen=True)
class Scope:
    """How much of a bank is tried.

    Args:
        only: one question, or None for all.
        across: grade each answer on all questions, to see that it changes nothing elsewhere; else on its own.
        half: leave every other misconception out; which half it is changes with the exercise.
    """

    only: str | None = None
    across: bool = False
    half: bool = False


def verify(exercise: str, grade: GradeCells, scope: Scope) -> list[VerifiedAnswer]:
    """Grade the bank of an exercise; a row with problems is a wrong verdict."""
    master, only = read_master(exercise), scope.only
    rows = []
    for kind, variant, cells in _bank(master, only, scope.half):
        start = time.monotonic()
        results = grade(cells, only if scope.across else variant.question or only)
        row = VerifiedAnswer(
            kind,
            variant,
            sum(result.points for result in results),
            sum(result.max_points for result in results),
            time.monotonic() - start,
            results,
        )
        row.problems = _problems(row)
        rows.append(row)
    return rows


def _bank(master: Master, only: str | None, half: bool = False) -> list[tuple[str, Variant, list[str]]]:
    reference = [cell.source for cell in master.reference_cells()]
    stub = [cell.stubbed().source for cell in master.cells if cell.kind == "code" and "demo" not in cell.tags]
    bank = [
        ("stub", Variant("", "stub", "", "", ""), stub),
        ("reference", Variant("", "reference", "", "", ""), reference),
    ]
    for kind in ("alternative", "misconception"):
        variants = read_variants(master.exercise, f"{kind}s")
        if half and kind == "misconception":
            variants = variants[int(checks_sha256(master.exercise), 16) % 2 :: 2]
        bank += [(kind, it, [*reference, it.source]) for it in variants if only in (None, it.question)]
    return bank


def _problems(row: VerifiedAnswer) -> list[str]:
    faults = [f"{r.question}.{r.check}: grader fault: {r.message}" for r in row.results if r.outcome == Outcome.FAULT]
    if row.kind == "stub":
        return faults + [f"{r.question}.{r.check} gives the stub points" for r in row.results if r.points]
    if row.kind in ("reference", "alternative"):
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
    elif others := named - {row.variant.name, None}:
        problems.append(f"is diagnosed as {', '.join(sorted(map(str, others)))} too")
    return problems


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
        return [row for row in self.of("reference", "alternative") if row.problems]

    @property
    def false_accepts(self) -> list[VerifiedAnswer]:
        """Wrong answers that kept the points of their question."""
        return [row for row in self.of("stub") if row.problems] + [
            row for row in self.of("misconception") if KEEPS in row.problems
        ]

    @property
    def misjudged(self) -> list[VerifiedAnswer]:
        """Misconceptions that lost points elsewhere, or were taken for another."""
        return [row for row in self.of("misconception") if row.problems and KEEPS not in row.problems]

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
        return not (self.forgeries or self.points or any(row.problems for row in self.rows))

"""Mutants of right answers: each must lose points, or be listed as right after all in `solutions/NAME/survivors.toml`.

    uv run --group test python tests/mutants/mutants.py [EXERCISE...] [--alternatives 3] [--sample 10] [--named]
        [--evidence solutions/EVIDENCE.md]

tries every mutant that Cosmic Ray's operators make of the reference's answers, prints those that keep all points and
are not listed, and exits with 1 if there are any.
"""

from __future__ import annotations

import argparse
import ast
import datetime
import difflib
import inspect
import os
import random
import sys
import tomllib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from autograder.bank.master import exercise_names, read_master
from autograder.bank.variants import read_variants
from autograder.paths import SOLUTIONS
from autograder.verifying.evidence import add_mutants
from autograder.workers.zygote import ENVIRONMENT

if TYPE_CHECKING:
    from autograder.verifying.in_process import Bank

MOST = 100
"""Places in one answer where an operator is tried."""


@dataclass(frozen=True)
class Mutant:
    """An answer cell with one change; ``of`` is "reference" or the name of an alternative."""

    question: str
    of: str
    source: str
    change: str


@dataclass(frozen=True)
class Survivor:
    """A mutant that is right: the change that is listed, and why."""

    question: str
    change: str
    reason: str


@cache
def mutants(exercise: str, alternatives: int = 0) -> list[Mutant]:
    """All mutants of the reference's answers and of the first ``alternatives`` of each question, each source once."""
    answers = [
        (cell.question or "", "reference", cell.solved().source)
        for cell in read_master(exercise).cells
        if cell.question
    ]
    taken: dict[str, int] = {}
    for variant in read_variants(exercise, "alternatives"):
        taken[variant.question] = taken.get(variant.question, 0) + 1
        if taken[variant.question] <= alternatives:
            answers.append((variant.question, variant.name, variant.source))
    found: dict[str, Mutant] = {}
    for question, of, source in answers:
        for change, changed in _changed(source):
            found.setdefault(changed, Mutant(question, of, changed, change))
    return list(found.values())


def _changed(source: str) -> Iterator[tuple[str, str]]:
    for name in operator_names():
        operator = get_operator(name)
        if inspect.signature(operator).parameters:
            continue  # it has to be told a name of a variable
        for occurrence in range(MOST):
            changed = mutate_code(source, operator(), occurrence)
            if changed is None:
                break
            if changed != source and _compiles(changed) and _powers(changed) <= _powers(source):
                yield _difference(source, changed), changed


def _compiles(source: str) -> bool:
    with warnings.catch_warnings(action="ignore"):
        try:
            compile(source, "mutant", "exec")
        except (SyntaxError, ValueError):
            return False
    return True


def _powers(source: str) -> int:
    """How many exponents are no plain numbers: a whole number to the power of another one may take days."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.BinOp)]
    exponents = [node.right for node in nodes if isinstance(node.op, ast.Pow)]
    return sum(any(isinstance(each, ast.Name | ast.Call | ast.BinOp) for each in ast.walk(it)) for it in exponents)


def _difference(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return "  ->  ".join(line[1:].strip() for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---"))


def survivors(exercise: str) -> list[Survivor]:
    """The mutants of an exercise that were read and found right."""
    path = SOLUTIONS / exercise / "survivors.toml"
    if not path.is_file():
        return []
    return [Survivor(**entry) for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", [])]


class Jury:
    """Says of mutants of one exercise whether they lose points, on the cases that everybody gets."""

    def __init__(self, exercise: str) -> None:
        self.exercise = exercise

    @cached_property
    def bank(self) -> Bank:
        """The exercise's answers and checks."""
        from autograder.verifying.in_process import Bank

        return Bank(self.exercise)

    def loses(self, mutant: Mutant) -> bool:
        """Whether a check with points fails; the first one decides."""
        from keras_checks.runner import fixed_cases

        from autograder.grading.grader import Grader
        from autograder.grading.job import SEED
        from autograder.grading.observer import Trusted

        answer = Trusted(self.exercise, [*self.bank.cells, mutant.source], "answer", SEED)
        grader = Grader(self.exercise, answer, self.bank.reference, "mutants")
        checks = [check for question in self.bank.wanted(mutant.question) for check in question.checks if check.points]
        judging = [judge for check in checks for judge in (check, *check.confirmations)]
        return any(grader.evaluate(judge, case) for judge in judging for case in fixed_cases(self.exercise, judge))

    def named(self, mutant: Mutant) -> list[str]:
        """The misconceptions that a mutant is taken for."""
        results = self.bank.grade([*self.bank.cells, mutant.source], mutant.question)
        return list(dict.fromkeys(result.misconception for result in results if result.misconception))


def drawn(exercise: str, every: Sequence[Mutant], count: int | None) -> list[Mutant]:
    """``count`` of the mutants, the same each time; all when None."""
    return list(every) if count is None else random.Random(exercise).sample(every, min(count, len(every)))


def main() -> int:
    """Print the mutants that somebody should read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exercises", nargs="*")
    parser.add_argument("--alternatives", type=int, default=0, help="of each question, try so many alternatives too")
    parser.add_argument("--sample", type=int, help="try so many mutants of each exercise only")
    parser.add_argument("--named", action="store_true", help="print also which mutants are taken for a misconception")
    parser.add_argument("--evidence", type=Path, help="write the counts to this page")
    options = parser.parse_args()
    os.environ.update(ENVIRONMENT)
    counts: dict[str, tuple[int, int, int]] = {}
    for exercise in options.exercises or exercise_names():
        jury, listed = Jury(exercise), {(it.question, it.change) for it in survivors(exercise)}
        tried = drawn(exercise, mutants(exercise, options.alternatives), options.sample)
        kept = unlisted = 0
        for mutant in tried:
            if not jury.loses(mutant):
                kept += 1
                if (mutant.question, mutant.change) not in listed:
                    unlisted += 1
                    print(f"{exercise}.{mutant.question} ({mutant.of}) survives: {mutant.change}", flush=True)
            elif options.named and (names := jury.named(mutant)):
                print(f"{exercise}.{mutant.question} ({mutant.of}) is {', '.join(names)}: {mutant.change}", flush=True)
        print(f"{exercise}: {len(tried)} mutants, {len(tried) - kept} lose points, {kept} are right", flush=True)
        counts[exercise] = len(tried), kept, unlisted
    if options.evidence is not None:
        add_mutants(options.evidence, counts, datetime.date.today())
    return int(any(unlisted for *_, unlisted in counts.values()))


if __name__ == "__main__":
    sys.exit(main())

"""Random breaks of the reference: does each lose points, and is none taken for a misconception that it is not?

    uv run python tests/mutants/mutants.py [EXERCISE...] [--count 30]

prints what survived and what was named, with the line that was changed: read each.
"""

from __future__ import annotations

import argparse
import difflib
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from autograder.bank.master import MasterCell, exercise_names, read_master
from autograder.workers.zygote import ENVIRONMENT

OPERATORS = ("Binary", "Comparison", "Number", "Unary", "Boolean", "AddNot", "AndWith", "OrWith", "Decorator")
UNLIKELY = ("Shift", "Bit", "FloorDiv", "Mod")


@dataclass(frozen=True)
class Mutant:
    """An answer cell with one change."""

    question: str
    source: str
    change: str


def mutants(exercise: str, count: int) -> list[Mutant]:
    """``count`` mutants of the answers of an exercise, drawn from all, the same each time."""
    cells = [cell.solved() for cell in read_master(exercise).cells if cell.question]
    found = {mutant.source: mutant for cell in cells for mutant in _mutants(cell)}
    drawn = list(found.values())
    random.Random(exercise).shuffle(drawn)
    return drawn[:count]


def _mutants(cell: MasterCell) -> Iterator[Mutant]:
    for name in operator_names():
        if not any(part in name for part in OPERATORS) or any(part in name for part in UNLIKELY):
            continue
        operator = get_operator(name)
        for occurrence in range(100):
            source = mutate_code(cell.source, operator(), occurrence)
            if source is None:
                break
            if source != cell.source and _compiles(source):
                yield Mutant(cell.question or "", source, _change(cell.source, source))


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _change(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return "  ->  ".join(line[1:].strip() for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---"))


@dataclass(frozen=True)
class Verdict:
    """What the checks said of a mutant."""

    mutant: Mutant
    lost: float
    named: tuple[str, ...]
    fault: bool


def judge(exercise: str, drawn: Sequence[Mutant]) -> Iterator[Verdict]:
    """Grade mutants on their own questions."""
    from autograder.verifying.in_process import Bank

    bank = Bank(exercise)
    for mutant in drawn:
        results = bank.grade([*bank.cells, mutant.source], mutant.question)
        lost = sum(result.max_points - result.points for result in results)
        named = tuple(dict.fromkeys(result.misconception for result in results if result.misconception))
        yield Verdict(mutant, lost, named, any(result.outcome == "fault" for result in results))


def main() -> None:
    """Print the verdicts that somebody should read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exercises", nargs="*")
    parser.add_argument("--count", type=int, default=30)
    options = parser.parse_args()
    os.environ.update(ENVIRONMENT)
    for exercise in options.exercises or exercise_names():
        verdicts = list(judge(exercise, mutants(exercise, options.count)))
        for verdict in verdicts:
            if not verdict.lost or verdict.named or verdict.fault:
                fate = "FAULT" if verdict.fault else ", ".join(verdict.named) or "survives"
                print(f"{exercise}.{verdict.mutant.question}: {fate}: {verdict.mutant.change}")
        lost, named = (sum(map(bool, column)) for column in ([v.lost for v in verdicts], [v.named for v in verdicts]))
        print(f"{exercise}: {len(verdicts)} mutants, {lost} lose points, {named} named", flush=True)


if __name__ == "__main__":
    main()

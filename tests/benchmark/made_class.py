"""A class of different submissions, made from the alternatives and misconceptions of some exercises."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.bank.master import Master, read_master
from autograder.bank.variants import Variant, read_variants
from autograder.files import write_bytes

sys.path.append(str(Path(__file__).parents[1] / "support"))
from handed_in import notebook, reference_cells

EXERCISE = "custom_loss"
"""What the class hands in, unless it is told."""
RIGHT = 0.5
"""How many of the answers are right ones, written in one way or another."""


@dataclass(frozen=True)
class Answers:
    """What the bank of an exercise has."""

    master: Master
    right: list[Variant]
    wrong: list[Variant]


def make_class(folder: Path, count: int, exercises: Sequence[str] = (EXERCISE,), seed: int = 7) -> None:
    """Write ``count`` different submissions, the exercises in turn."""
    draw = random.Random(seed)
    banks = [
        Answers(read_master(name), read_variants(name, "alternatives"), read_variants(name, "misconceptions"))
        for name in exercises
    ]
    for index in range(count):
        bank = banks[index % len(banks)]
        cells = submission(bank, draw)
        cells[0] += f"\n# the notebook of student {index}"
        write_notebook(folder / f"student_{index:03}.ipynb", cells, bank.master.exercise)


def submission(bank: Answers, draw: random.Random) -> list[str]:
    """The cells of a submission: the reference, then for each question an answer of the bank in its place, or not."""
    cells = reference_cells(bank.master.exercise)
    for question in bank.master.questions():
        known = bank.right if draw.random() < RIGHT else bank.wrong
        own = [variant.source for variant in known if variant.question == question]
        if own and draw.random() < 0.8:  # else the reference's own
            cells.append(draw.choice(own))
    return cells


def write_notebook(path: Path, sources: Sequence[str], exercise: str = EXERCISE) -> None:
    """Write cells as a notebook of an exercise."""
    write_bytes(path, notebook(*sources, **metadata(exercise)))


def metadata(exercise: str = EXERCISE) -> dict[str, Any]:
    """A notebook's metadata."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"kernelspec": kernel, "kit": {"exercise": exercise}}

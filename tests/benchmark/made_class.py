"""A class of different submissions, made from the alternatives and misconceptions of one exercise."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.bank.master import Master, read_master
from autograder.bank.variants import Variant, read_variants
from autograder.files import write_bytes

sys.path.append(str(Path(__file__).parents[1] / "support"))
from handed_in import notebook, reference_cells

EXERCISE = "custom_loss"
RIGHT = 0.5
"""How many of the answers are right ones, written in one way or another."""


def make_class(folder: Path, count: int, seed: int = 7) -> None:
    """Write ``count`` different submissions."""
    draw, master = random.Random(seed), read_master(EXERCISE)
    bank = {kind: read_variants(EXERCISE, kind) for kind in ("alternatives", "misconceptions")}
    for index in range(count):
        cells = submission(master, bank, draw)
        cells[0] += f"\n# the notebook of student {index}"
        write_notebook(folder / f"student_{index:03}.ipynb", cells)


def submission(master: Master, bank: dict[str, list[Variant]], draw: random.Random) -> list[str]:
    """The cells of a submission: the reference, then for each question an answer of the bank in its place, or not."""
    cells = reference_cells(EXERCISE)
    for question in master.questions():
        kind = "alternatives" if draw.random() < RIGHT else "misconceptions"
        known = [variant.source for variant in bank[kind] if variant.question == question]
        if draw.random() < 0.8:  # else the reference's own
            cells.append(draw.choice(known))
    return cells


def write_notebook(path: Path, sources: Sequence[str]) -> None:
    """Write cells as a notebook of the exercise."""
    write_bytes(path, notebook(*sources, **metadata()))


def metadata() -> dict[str, Any]:
    """A notebook's metadata."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"kernelspec": kernel, "kit": {"exercise": EXERCISE}}

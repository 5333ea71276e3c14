"""Attack notebooks: percent scripts in `attacks/CATEGORY/NAME.py`, whose first lines say what is expected of them.

# tries: what the attack tries
# answers: honest (the cells follow a right notebook) or none (they are alone)
# question: the question that is graded, or all
# score: the points that it must get; or `at least` and `at most`
# blocked: yes, where the last cell must not get through
# says: what the result must hold, where the attack tells what it found
# quiet: yes, where no cell may raise
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

import jupytext

from autograder.bank.master import read_master
from autograder.submissions.read import Cell, Submission

HERE = Path(__file__).parent / "attacks"
EXERCISE = "custom_loss"
POINTS = {"pinball_loss": 2.0, "pinball_loss_class": 3.0, "all": 10.0}
_LINE = re.compile(r"# ([a-z ]+): (.+)")


@dataclass(frozen=True)
class Attack:
    """An attack notebook, and what must come of it."""

    category: str
    name: str
    cells: tuple[str, ...]
    header: dict[str, str]

    @property
    def question(self) -> str | None:
        """The question to grade, None for all."""
        return None if self.header["question"] == "all" else self.header["question"]

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the most that it may score."""
        score = self.header["score"]
        return float(self.header.get("at least", score)), float(self.header.get("at most", score))

    @property
    def expectation(self) -> str:
        """What must come of it, for a table."""
        low, high = self.bounds
        points = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        notes = [f"says “{self.header['says']}”"] if "says" in self.header else []
        notes += ["blocked"] if "blocked" in self.header else []
        return ", ".join([f"{points} of {POINTS[self.header['question']]:g} points", *notes])

    def submission(self) -> Submission:
        """The notebook that is handed in."""
        base = honest_cells() if self.header["answers"] == "honest" else ()
        return as_submission((*base, *self.cells))

    def text(self) -> str:
        """All that the submission itself holds."""
        return "\n".join(cell.source for cell in self.submission().cells)


@functools.cache
def honest_cells() -> tuple[str, ...]:
    """A right notebook."""
    return tuple(cell.source for cell in read_master(EXERCISE).reference_cells())


def as_submission(sources: tuple[str, ...]) -> Submission:
    """Cells as a submission."""
    return Submission("attack", tuple(map(Cell, sources)), EXERCISE, "5" * 64)


def _read(path: Path) -> Attack:
    text = path.read_text(encoding="utf-8")
    header = dict(match.groups() for line in text.splitlines() if (match := _LINE.fullmatch(line)))
    cells = [cell.source for cell in jupytext.reads(text, fmt="py:percent").cells if cell.cell_type == "code"]
    body = tuple(source for source in cells if not source.startswith("# tries:"))
    return Attack(path.parent.name, path.stem, body, header)


ATTACKS = [_read(path) for path in sorted(HERE.glob("*/*.py"))]

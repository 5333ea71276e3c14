"""Attack notebooks: percent scripts in `hostile/attacks/CATEGORY/NAME.py`, which start with what must come of them.

# tries: what the attack tries
# answers: honest (the cells follow a right notebook) or none (they are alone)
# question: the question that is graded, or all
# score: the points that it must get; or `at least` and `at most`
# blocked: the type of the error in the last cell, where it must not get through
# says: what the result must hold, where the attack tells what it found
# unsealed: what becomes of `blocked` and `says` without the seal: `works` (or `works for root`) where the attack then
#   gets through, which a test confirms; else why it does not, or is not tried
# quiet: yes, where no cell may raise
# tripwire: yes, where it is reported as tampering
"""

from __future__ import annotations

import functools
import os
import re
from dataclasses import dataclass
from pathlib import Path

import jupytext
from handed_in import reference_cells, submission

from autograder.submissions.read import Submission
from autograder.workers.limits import Limits

ATTACK_FILES = Path(__file__).parents[1] / "hostile" / "attacks"
POINTS = {"pinball_loss": 2.0, "pinball_loss_class": 3.0, "all": 10.0}
LIMITS = Limits(cell_seconds=1, probe_seconds=1, total_seconds=30, wall_seconds=120, replays=4)
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
    def works_unsealed(self) -> bool:
        """Whether it gets through without the seal, for whoever runs the tests."""
        how = self.header.get("unsealed")
        return how == "works" or (how == "works for root" and os.geteuid() == 0)

    @property
    def expectation(self) -> str:
        """What must come of it, for a table."""
        low, high = self.bounds
        points = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        notes = [f"says “{self.header['says']}”"] if "says" in self.header else []
        notes += [f"blocked by {self.header['blocked']}"] if "blocked" in self.header else []
        notes += ["reported"] if "tripwire" in self.header else []
        return ", ".join([f"{points} of {POINTS[self.header['question']]:g} points", *notes])

    def submission(self) -> Submission:
        """The notebook that is handed in."""
        base = honest_cells() if self.header["answers"] == "honest" else ()
        return submission([*base, *self.cells])

    def text(self) -> str:
        """All that the submission itself holds."""
        return "\n".join(cell.source for cell in self.submission().cells)


@functools.cache
def honest_cells() -> tuple[str, ...]:
    """A right notebook."""
    return tuple(reference_cells())


def _read(path: Path) -> Attack:
    text = path.read_text(encoding="utf-8")
    header = {match[1]: match[2] for line in text.splitlines() if (match := _LINE.fullmatch(line))}
    cells = [cell.source for cell in jupytext.reads(text, fmt="py:percent").cells if cell.cell_type == "code"]
    body = tuple(source for source in cells if not source.startswith("# tries:"))
    return Attack(path.parent.name, path.stem, body, header)


ATTACKS = [_read(path) for path in sorted(ATTACK_FILES.glob("*/*.py"))]

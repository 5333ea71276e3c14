"""Which checks each known mistake fails on the cases that everybody gets.

`solutions/NAME/failures.json` holds it, written by `kit build NAME --mistakes`. Who is known to pass where a student
fails need not be run to rule it out: on a machine that has observed nothing yet, running takes most of the time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.bank.master import read_master
from autograder.bank.variants import read_variants
from autograder.files import write_bytes
from autograder.paths import AUTOGRADER, SOLUTIONS
from autograder.results.identity import public_files

FILE = "failures.json"
CASES = 3
"""So many of the cases that everybody gets are looked at, for each check."""
PASSES, FAILS, RAISES = "0", "1", "x"
Row = Mapping[str, str]
"""For a check, a letter for each case: whether the mistake passes, fails, or raises an error there. A check that it
passes on all of them is left out."""


class Failures:
    """What is known of the mistakes of an exercise: nothing, where answers or checks have changed since."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = rows

    @classmethod
    def read(cls, exercise: str) -> Failures:
        """Those of the exercise's file, if it is up to date."""
        written = _read(exercise)
        return cls(written["failures"] if written.get("made_of") == made_of(exercise) else {})

    def may_be_behind(self, mistake: str, check: str, case: int, *, raises: bool) -> bool:
        """Whether a mistake may do the same as an answer that fails a check on a case, or raises an error there."""
        row = self._rows.get(mistake)
        if row is None:
            return True
        letters = row.get(check, "")
        return letters != "" and (letters[case : case + 1] == RAISES) == raises

    def fails(self, mistake: str, check: str, cases: int) -> bool:
        """Whether a mistake is known to fail a check on one of the first cases."""
        letters = self._rows.get(mistake, {}).get(check, "")
        return any(letter != PASSES for letter in letters[:cases])


def write(exercise: str, rows: Mapping[str, Row]) -> None:
    """Replace the exercise's file."""
    data = {"made_of": made_of(exercise), "failures": {name: dict(row) for name, row in sorted(rows.items())}}
    write_bytes(SOLUTIONS / exercise / FILE, (json.dumps(data, indent=1) + "\n").encode())


def is_current(exercise: str) -> bool:
    """Whether the file was made from the answers and the checks as they are."""
    return _read(exercise).get("made_of") == made_of(exercise)


def made_of(exercise: str) -> str:
    """A hash of what decides who fails what: the probes, the judges and the answers."""
    digest = hashlib.sha256()
    judges = AUTOGRADER / "judges"
    paths = [Path(__file__), *public_files(exercise), *judges.glob("_*.py"), judges / f"{exercise}.py"]
    for path in sorted(paths):
        digest.update(path.name.encode() + path.read_bytes())
    for cell in read_master(exercise).reference_cells():
        digest.update(cell.source.encode())
    for variant in read_variants(exercise, "misconceptions"):
        digest.update(f"{variant.question}.{variant.name}\n{variant.code}".encode())
    return digest.hexdigest()[:16]


def _read(exercise: str) -> dict[str, Any]:
    try:
        return json.loads((SOLUTIONS / exercise / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}

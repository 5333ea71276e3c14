"""What an earlier run has left in the folder of the results: what still holds, and what was being written."""

from __future__ import annotations

import time
from collections.abc import Container
from pathlib import Path

from autograder.bank.master import exercise_names
from autograder.results.identity import checks_sha256
from autograder.results.records import ExtraData, Status
from autograder.results.result import is_missing, read_result

Key = tuple[str, str]
"""Exercise and hash of the code: submissions with the same key have the same result."""
LEFTOVER_SECONDS = 60.0


def earlier_results(folder: Path) -> dict[Key, Path]:
    """The results in a folder that still hold: nothing that can change the verdict has changed, and it was no fault."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        outcome = read_result(path)
        if outcome is not None and holds(outcome["extra_data"]):
            found[outcome["extra_data"]["exercise"], outcome["extra_data"]["submission_sha256"]] = path
    return found


def holds(extra: ExtraData) -> bool:
    """Whether grading the same code again would give the same."""
    exercise = extra.get("exercise")
    graded = bool(extra.get("submission_sha256")) and exercise in exercise_names() and extra["status"] != Status.FAULT
    return graded and extra.get("checks_sha256") == checks_sha256(exercise)


def remove_missing(folder: Path, names: Container[str]) -> None:
    """Remove the results that say that nothing was handed in, of all but ``names``: since then, something was."""
    for path in folder.glob("nothing__*.json"):
        outcome = read_result(path)
        if path.stem not in names and outcome is not None and is_missing(outcome):
            path.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Remove what a run that was killed while it wrote has left; a younger file may be another run's."""
    for path in folder.glob(".*.tmp"):
        if time.time() - path.stat().st_mtime > LEFTOVER_SECONDS:
            path.unlink(missing_ok=True)

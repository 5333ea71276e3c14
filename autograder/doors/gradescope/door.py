"""Grades the one submission in a folder that is laid out as Gradescope's `/autograder`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from autograder.bank.settings import settings_of
from autograder.doors.gradescope.faults import ADVICE, add_faults
from autograder.doors.single import SingleRun
from autograder.errors import KitError
from autograder.files import write_json
from autograder.results.result import result

FIRST = "started.json"


class Door(SingleRun):
    """The folder of one run. ``results/results.json`` there holds what is known, at every moment.

    Args:
        root: the folder with ``source`` (the unpacked zip), ``submission`` and ``results``.
    """

    advice: ClassVar[str] = ADVICE

    def __init__(self, root: Path) -> None:
        super().__init__(root / "source", root / "submission", root / "results" / "results.json")

    def prepare(self) -> None:
        """Read the settings, and write the first result of every run. Raises AuthoringError."""
        self.grading.show_hidden = settings_of(self.exercise).show_hidden
        write_json(self.source / FIRST, self.outcome())

    def outcome(self) -> dict[str, Any]:
        """The results.json of what is known."""
        return add_faults(result(self.grading))


def main(arguments: Sequence[str]) -> None:
    """``[--prepare] FOLDER``: set up, or grade what lies in ``FOLDER/submission``."""
    *options, folder = arguments
    door = Door(Path(folder).resolve())
    if options == ["--prepare"]:
        door.prepare()
    else:
        door.run()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KitError as error:
        raise SystemExit(f"kit: {error}") from None

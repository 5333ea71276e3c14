"""Grades the one submission in a folder that is laid out as the `/grade` of PrairieLearn's external graders.

The contract: https://docs.prairielearn.com/externalGrading/#the-grading-process
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, ClassVar

from autograder.doors.prairielearn.results import to_prairielearn
from autograder.doors.single import SingleRun
from autograder.paths import ROOT


class Door(SingleRun):
    """The folder of one job.

    Args:
        grade: the folder with ``student`` and ``results``.
        source: the unpacked grader.
    """

    advice: ClassVar[str] = (
        "PrairieLearn marks this submission as not gradable: the student loses no attempt and no points. "
        "Fix the cause, then regrade the submission."
    )

    def __init__(self, grade: Path, source: Path = ROOT) -> None:
        super().__init__(source, grade / "student", grade / "results" / "results.json")

    def outcome(self) -> dict[str, Any]:
        """The results.json of what is known."""
        return to_prairielearn(self.grading)


if __name__ == "__main__":
    Door(Path(sys.argv[1]).resolve()).run()

"""The door of stock Otter: the sealed worker grades, Otter's own kernel only reads the verdicts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
from otter.plugins import AbstractOtterPlugin

from autograder.classroom.batch import choose_exercise, unreadable
from autograder.grading.session import Session
from autograder.results.otter_tests import VERDICTS, verdicts_of
from autograder.results.result import Grading, result
from autograder.submissions.read import Unreadable, read_submission

KEPT = ("tests",)


class SealedGrading(AbstractOtterPlugin):
    """Replaces the submission by a notebook that holds nothing but the verdicts on it.

    Configured in otter_config.json with ``{"exercise": NAME}``.
    """

    grading: Grading | None = None

    def before_grading(self, config: Any) -> None:
        """Remove all that came with the submission, and switch off what would run or unpickle it."""
        submission = Path(self.submission_path)
        for item in submission.parent.iterdir():
            if item.name not in (*KEPT, submission.name):
                shutil.rmtree(item, ignore_errors=True) if item.is_dir() and not item.is_symlink() else item.unlink()
        config.pdf = False
        config.token = None
        config.grade_from_log = False
        config.seed = config.seed_variable = config.serialized_variables = None

    def before_execution(self, _submission: Any) -> nbformat.NotebookNode:
        """Grade in the sealed worker; the notebook of verdicts that Otter runs instead. Never raises."""
        verdicts: dict[str, Any] = {}
        try:
            self.grading = self._grade(Path(self.submission_path), self.plugin_config["exercise"])
            verdicts = verdicts_of(self.grading.records())
        except Exception as error:
            print(f"The submission could not be graded: {error}")  # noqa: T201 - Otter's log
        cell = nbformat.v4.new_code_cell(
            f"import json\n{VERDICTS} = json.loads({json.dumps(verdicts)!r})", id="verdicts"
        )
        return nbformat.v4.new_notebook(cells=[cell])

    def _grade(self, path: Path, exercise: str) -> Grading:
        with Session() as session:
            try:
                submission = read_submission(path)
                return session.grade(submission, choose_exercise(submission, exercise))
            except Unreadable as problem:
                return unreadable(session, path.stem, exercise, str(problem))

    def after_grading(self, results: Any) -> None:
        """Replace Otter's messages, which quote test source, by ours."""
        results.notebook = None
        if self.grading is None:
            return
        outcome = result(self.grading)
        results.set_output(outcome["output"])
        texts = {test["name"]: test["output"] for test in outcome["tests"]}
        records = {(r["question"], r["check"]): r for r in self.grading.records()}
        for name in results.test_files:
            file = results.get_result(name)
            for case in file.test_case_results:
                record = records.get((file.name, case.test_case.name), {})
                case.message = record.get("feedback") or record.get("message") or texts.get(file.name, "")

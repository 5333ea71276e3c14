"""The door of stock Otter: the sealed worker grades, Otter's own kernel only reads the verdicts."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import nbformat
from otter.plugins import AbstractOtterPlugin

from autograder.doors.faults import fault_report
from autograder.doors.packed import PackedGrader, packed_plan
from autograder.grading.entry import grade_read
from autograder.grading.session import Session
from autograder.paths import ROOT
from autograder.results.key import key_of_zip
from autograder.results.otter_tests import VERDICTS, verdicts_of
from autograder.results.records import Status
from autograder.results.result import Grading, result
from autograder.results.texts import NOT_RUN, check_text
from autograder.submissions.find import only_submission
from autograder.submissions.read import Submission, Unreadable

KEPT = ("tests",)


class SealedGrading(AbstractOtterPlugin):
    """Replaces the submission by a notebook that holds nothing but the verdicts on it.

    Configured in otter_config.json with ``{"exercise": NAME}``. Otter's kernel starts in the submission's folder, and
    imports what lies there: so everything of the student's is read first, and gone before the kernel starts.
    """

    _submission: Submission | Exception = Unreadable("There is no notebook in what you handed in.")
    _config: Any = None
    grading: Grading | None = None

    @property
    def exercise(self) -> str:
        """The exercise that this zip grades."""
        return self.plugin_config["exercise"]

    # Otter's hooks raise where they are not overridden, and so seem to return nothing.
    def before_grading(self, config: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Read the submission, remove all that came with it, and switch off what would run or unpickle it."""
        path = Path(self.submission_path)
        try:
            self._submission = only_submission(path.parent, self.exercise, but=KEPT)
        except Exception as problem:  # raised again when it is to be graded: then a result says so
            self._submission = problem
        for item in path.parent.iterdir():
            if item.name not in (*KEPT, path.name):
                shutil.rmtree(item, ignore_errors=True) if item.is_dir() and not item.is_symlink() else item.unlink()
        empty = nbformat.writes(nbformat.v4.new_notebook()) if path.suffix == ".ipynb" else ""
        path.write_text(empty, encoding="utf-8")  # Otter reads it once more
        self._config = config
        config.force_public_test_summary = False  # the result's own output says more
        config.pdf = False
        config.token = None
        config.grade_from_log = False
        config.seed = config.seed_variable = config.serialized_variables = None

    def before_execution(self, submission: Any) -> nbformat.NotebookNode:  # noqa: ARG002 # pyright: ignore[reportIncompatibleMethodOverride]
        """Grade in the sealed worker; the notebook of verdicts that Otter runs instead. Never raises."""
        try:
            Path(self.submission_path).unlink(missing_ok=True)
            self.grading = self._grade()
        except Exception as error:  # whatever it is costs the student nothing: it is a fault
            sys.stderr.write(f"The submission could not be graded: {error}\n")
            self.grading = self._fault(error)
        verdicts = json.dumps(verdicts_of(self.grading.records()))
        cell = nbformat.v4.new_code_cell(f"import json\n{VERDICTS} = json.loads({verdicts!r})", id="verdicts")
        return nbformat.v4.new_notebook(cells=[cell])

    def _grade(self) -> Grading:
        with PackedGrader(packed_plan(ROOT), lambda: Session(key=key_of_zip())) as grader:
            return grade_read(grader, Path(self.submission_path).stem, self._read, self.exercise)

    def _read(self) -> Submission:
        if isinstance(self._submission, Submission):
            return self._submission
        raise self._submission

    def _fault(self, error: Exception) -> Grading:
        said = f"The grader stopped: {type(error).__name__}: {error}"
        return Grading("submission", self.exercise, plan=packed_plan(ROOT), ended=Status.FAULT, message=said)

    def after_grading(self, results: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Replace Otter's scores by ours, and its messages, which quote test source, by what a student should read."""
        results.notebook = None
        if self.grading is None:
            return
        outcome = result(self.grading)
        results.set_output(outcome["output"])
        tests = {test["name"]: test for test in outcome["tests"]}
        records = {(record["question"], record["check"]): record for record in self.grading.records()}
        for name in results.test_files:
            file = results.get_result(name)
            test = tests.get(file.name)
            results.update_score(name, test.get("score", 0.0) if test else 0.0)
            for case in file.test_case_results:
                record = records.get((file.name, case.test_case.name))
                case.message = check_text(record) if record else NOT_RUN
        self._show(results, self.grading.show_hidden)
        sys.stdout.write(fault_report(outcome))  # Gradescope shows it to instructors only

    def _show(self, results: Any, show_hidden: str) -> None:
        """Let Otter show the questions as the settings say; it shows them with the published grades by itself."""
        if show_hidden == "never":
            results.hide_everything()
        elif show_hidden == "always":
            self._config.show_all_public = True
            for name in results.test_files:
                for case in results.get_result(name).test_case_results:
                    case.test_case.hidden = False

"""The grader of a student's notebook: an Otter notebook whose tests are the public checks of this package."""

from __future__ import annotations

import importlib
import sys
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import otter
from hypothesis.configuration import set_hypothesis_home_dir

from keras_checks.errors import describe_error
from keras_checks.feedback import Record, record_of, text
from keras_checks.notebook import export as exporting
from keras_checks.notebook.mistakes import with_mistake
from keras_checks.notebook.panel import NEUTRAL, CheckResult, Panel
from keras_checks.notebook.quiet import import_tensorflow, no_library_warnings
from keras_checks.observe import run_probe
from keras_checks.question import Case, Check, exercise_names, questions
from keras_checks.runner import fingerprint, fixed_seed, search
from keras_checks.verdicts import failure_of

TESTS = Path(__file__).parents[1] / "tests"
SEED = 0
"""Set before each probe, so that an answer that draws noise gives the same verdict twice."""


class CheckFailed(AssertionError):
    """A public check failed; the message is the feedback."""

    def __init__(self, record: Record) -> None:
        super().__init__("\n" + text(record))


class CheckBroken(Exception):
    """A check could not judge; that is not the answer's fault."""


class CheckRun:
    """One call of ``grader.check``: its progress, what was observed and what failed."""

    def __init__(self, panel: Panel | None = None) -> None:
        self.panel = panel
        self.started = 0
        self.records: list[Record] = []
        self.broken: dict[str, str] = {}
        self._seen: dict[tuple[str, str], dict[str, Any]] = {}

    def progress(self, exercise: str, check: Check) -> None:
        """Say which check is at work."""
        self.started += 1
        if self.panel:
            total = sum(not each.hidden for each in _question(exercise, check.question).checks)
            self.panel.say(f"Checking `{check.question}` … {self.started} of {total}")

    def explained(self, exercise: str, question: str, env: dict[str, Any]) -> list[Record]:
        """What failed, with the mistake behind it where the public cases tell."""
        public = [check for check in _question(exercise, question).checks if not check.hidden]
        try:
            return with_mistake(self.records, public, lambda check, case: self.observe(exercise, check, env, case))
        except Exception:  # a name is worth no verdict
            return self.records

    def observe(self, exercise: str, check: Check, env: dict[str, Any], case: Case) -> dict[str, Any]:
        """What the probe of a check sees on a case; each case is tried once, however many checks want to know."""
        key = (check.probe, fingerprint(case))
        if key not in self._seen:
            self._seen[key] = _observe(exercise, check, env, case)
        return self._seen[key]


_RUN: ContextVar[CheckRun | None] = ContextVar("keras_checks_run", default=None)


def run(env: dict[str, Any], exercise: str, question: str, check: str) -> None:
    """Run one public check on the names ``env`` of a notebook.

    Raises:
        CheckFailed: with the smallest counter-example that was found.
        CheckBroken: the check itself could not run.
    """
    found = _check(exercise, question, check)
    this_run = _RUN.get() or CheckRun()
    this_run.progress(exercise, found)

    def evaluate(case: Case) -> Any:
        return failure_of(found, case, this_run.observe(exercise, found, env, case))

    try:
        counter = search(found, evaluate, fixed_seed(exercise, found))
    except Exception as error:
        this_run.broken[check] = (
            f"`{check}` could not run ({error}). Your answer is not at fault: tell your instructor."
        )
        raise CheckBroken(this_run.broken[check]) from error
    if counter is not None:
        seen = this_run.observe(exercise, found, env, counter.case)
        record = record_of(exercise, found, counter.failure, found.trial.told(counter.case), seen)
        this_run.records.append(record)
        raise CheckFailed(record)


def _observe(exercise: str, check: Check, env: dict[str, Any], case: Case) -> dict[str, Any]:
    importlib.import_module("keras_checks.seeds").set_seeds(SEED)  # Keras is imported with the first check
    try:
        return run_probe(exercise, check.probe, env, case)
    except SystemExit as error:
        return {"error": describe_error(error)}


def _question(exercise: str, name: str) -> Any:
    for question in questions(exercise):
        if question.name == name:
            return question
    known = ", ".join(question.name for question in questions(exercise))
    raise ValueError(f"{exercise} has no question {name!r}: use one of {known}")


def _check(exercise: str, question: str, name: str) -> Check:
    for check in _question(exercise, question).checks:
        if check.name == name:
            return check
    raise ValueError(f"{question} has no check {name!r}: build the notebooks again")


class Notebook(otter.Notebook):
    """Checks the answers of an exercise's notebook, wherever that notebook lies.

    Args:
        exercise: its name, as in the file name of the notebook.
        nb_path: the notebook's file, where it can't be found.
    """

    def __init__(self, exercise: str, nb_path: str | None = None) -> None:
        if exercise not in exercise_names():
            raise ValueError(f"There is no exercise {exercise!r}: use one of {', '.join(exercise_names())}")
        self.exercise = exercise
        self._passed: dict[str, int] = {}
        # Hypothesis would write a folder of its own beside the notebook.
        set_hypothesis_home_dir(Path.home() / ".cache" / "keras_checks")
        import_tensorflow()
        super().__init__(nb_path, tests_dir=str(TESTS / exercise))

    def check(self, question: str, global_env: dict[str, Any] | None = None) -> CheckResult:
        """Run the public checks of a question on the names of the calling notebook, and show what they find."""
        env = sys._getframe(1).f_globals if global_env is None else global_env
        _question(self.exercise, question)
        panel = Panel()
        panel.say(f"Checking `{question}` …")
        this_run = CheckRun(panel)
        token = _RUN.set(this_run)
        try:
            with no_library_warnings():
                plain = super().check(question, env)
                records = this_run.explained(self.exercise, question, env)
            result = CheckResult.of(plain, records, this_run.broken)
        except BaseException:
            panel.say(f"`{question}`: the check was stopped.")
            raise
        finally:
            _RUN.reset(token)
        self._passed[question] = result.passed_checks
        result.progress = self._progress()
        panel.show(result._repr_html_(), result.summary())
        result.shown_in = panel.cell
        return result

    def _progress(self) -> str:
        checks = [check for question in questions(self.exercise) for check in question.checks if not check.hidden]
        return f"Notebook so far: {sum(self._passed.values())} of {len(checks)} checks."

    def export(
        self, nb_path: str | None = None, export_path: str | None = None, pdf: bool = False, **options: Any
    ) -> None:
        """Write the zip to hand in, next to the notebook; without a PDF, so that nothing else need be installed."""
        if exporting.in_colab():
            return self._say(exporting.COLAB)
        path = nb_path or exporting.find_notebook(self.exercise)
        target = export_path or exporting.zip_name(path)
        super().export(path, target, pdf=pdf, **{"display_link": False, **options})
        self._say(exporting.message(path, target, self.exercise))

    def _say(self, prose: str) -> None:
        panel = Panel()
        panel.say(prose, NEUTRAL)
        if not panel.live:
            print(prose)  # noqa: T201 - a terminal has no panel

    def _log_event(self, *args: Any, **kwargs: Any) -> None:
        """Write no log: it is a pickle, which the grader does not read."""

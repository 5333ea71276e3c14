"""Stock Otter's door: what goes wrong in it is a fault of the grader, and told as one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from handed_in import EXERCISE, put, right_notebook
from otter.run.run_autograder.autograder_config import AutograderConfig
from otter.test_files import GradingResults
from otter.test_files.exception_test import ExceptionTestFile
from synthetic import plan_of

from autograder.doors import otter_plugin
from autograder.doors.faults import NAME
from autograder.doors.otter_plugin import SealedGrading
from autograder.grading.session import Session
from autograder.results.markdown import escape_markdown
from autograder.results.otter_tests import VERDICTS, grader_test
from autograder.results.records import Status
from autograder.results.result import Grading
from autograder.results.texts import NOT_YOURS

PLAN = plan_of(EXERCISE)


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SealedGrading:
    """The plugin of an unpacked zip, before a right notebook."""
    put(tmp_path / "zip", {"plan.json": json.dumps(PLAN).encode()})
    monkeypatch.setattr(otter_plugin, "ROOT", tmp_path / "zip")
    monkeypatch.setattr(Session, "__enter__", lambda self: self)  # nothing here gets as far as a fork server
    folder = put(tmp_path / "submission", {"custom_loss.ipynb": right_notebook()})
    return SealedGrading(str(folder / "custom_loss.ipynb"), {}, {"exercise": EXERCISE})


def outcome_of(plugin: SealedGrading, folder: Path) -> dict[str, Any]:
    """What stock Otter writes for Gradescope."""
    config = AutograderConfig({"show_hidden": True})
    plugin.before_grading(config)
    (cell,) = plugin.before_execution(None).cells
    names: dict[str, Any] = {}
    exec(cell.source, names)  # as Otter's kernel does
    files = []
    for question in dict.fromkeys(row["question"] for row in PLAN):
        checks = [row for row in PLAN if row["question"] == question]
        put(folder, {f"{question}.py": grader_test(question, checks).encode()})
        files.append(ExceptionTestFile.from_file(str(folder / f"{question}.py")))
        files[-1].run({VERDICTS: names[VERDICTS]})
    results = GradingResults(files)
    plugin.after_grading(results)
    return results.to_gradescope_dict(config)


def fails(*_: Any, **__: Any) -> NoReturn:
    raise RuntimeError("no processes left")


BROKEN: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "reading": lambda patch: patch.setattr(otter_plugin, "only_submission", fails),
    "starting": lambda patch: patch.setattr(Session, "__enter__", fails),
    "grading": lambda patch: patch.setattr(otter_plugin, "grade_read", fails),
    "the key": lambda patch: patch.setattr(otter_plugin, "key_of_zip", fails),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_exception_is_a_fault(
    name: str,
    plugin: SealedGrading,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    BROKEN[name](monkeypatch)
    outcome = outcome_of(plugin, tmp_path / "tests")
    assert plugin.grading is not None
    assert plugin.grading.status is Status.FAULT
    assert outcome["output"].startswith(NOT_YOURS)
    assert sum(test["max_score"] for test in outcome["tests"]) == len(PLAN)
    for test in outcome["tests"]:
        assert test["score"] == 0
        assert test["output"].count("⚠️") == test["output"].count("could not be graded") == 3
    printed = capsys.readouterr().out
    assert NAME in printed
    assert "RuntimeError: no processes left" in printed
    assert "no processes left" not in json.dumps(outcome, ensure_ascii=False)


def test_a_fault_without_a_plan_says_so_too(
    plugin: SealedGrading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(otter_plugin, "ROOT", tmp_path / "nothing")
    monkeypatch.setattr(otter_plugin, "grade_read", fails)
    outcome = outcome_of(plugin, tmp_path / "tests")
    assert outcome["output"].startswith(NOT_YOURS)


def test_what_cannot_be_read_starts_no_session(
    plugin: SealedGrading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "submission", {"custom_loss.ipynb": b"{"})
    monkeypatch.setattr(Session, "__enter__", fails)
    outcome = outcome_of(plugin, tmp_path / "tests")
    assert escape_markdown("custom_loss.ipynb is not a notebook that can be read") in outcome["output"]
    assert [test["max_score"] for test in outcome["tests"]] == [3] * 4


def test_nothing_that_was_handed_in_is_left_for_otters_kernel(plugin: SealedGrading, tmp_path: Path) -> None:
    folder = put(
        tmp_path / "submission", {"helper.py": b"x = 1", ".OTTER_LOG": b"", "data/pandas.py": b"", "tests/q.py": b""}
    )
    (folder / "link").symlink_to("/etc")
    config = SimpleNamespace(pdf=True, token="t", grade_from_log=True)
    plugin.before_grading(config)
    assert {path.name for path in folder.iterdir()} == {"custom_loss.ipynb", "tests"}
    assert (config.pdf, config.token, config.grade_from_log) == (False, None, False)
    assert json.loads((folder / "custom_loss.ipynb").read_text())["cells"] == []
    assert Path("/etc/passwd").is_file()


SHOWN = {"never": "hidden", "after_published": "after_published", "always": "visible"}


@pytest.mark.parametrize("show_hidden", SHOWN)
def test_questions_are_shown_as_the_settings_say(
    show_hidden: str, plugin: SealedGrading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graded = Grading("a", EXERCISE, plan=PLAN, ended=Status.UNREADABLE, message="It is empty.", show_hidden=show_hidden)
    monkeypatch.setattr(otter_plugin, "grade_read", lambda *_: graded)
    outcome = outcome_of(plugin, tmp_path / "tests")
    assert outcome["output"] == "It is empty."
    assert [(test["score"], test["visibility"]) for test in outcome["tests"]] == [(0, SHOWN[show_hidden])] * 4


def test_points_are_those_of_the_result_whatever_otters_kernel_said(
    plugin: SealedGrading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graded = Grading("a", EXERCISE, plan=PLAN, ended=Status.UNREADABLE)
    passed = {f"{row['question']}.{row['check']}": {"passed": True} for row in PLAN}
    monkeypatch.setattr(otter_plugin, "grade_read", lambda *_: graded)
    monkeypatch.setattr(otter_plugin, "verdicts_of", lambda _: passed)
    assert [test["score"] for test in outcome_of(plugin, tmp_path / "tests")["tests"]] == [0] * 4

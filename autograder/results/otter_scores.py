"""Scoring by Otter: its test files read the verdicts, its results add them up."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from otter.run.run_autograder.autograder_config import AutograderConfig
from otter.test_files import GradingResults
from otter.test_files.exception_test import ExceptionTestFile

from autograder.results.otter_tests import VERDICTS, grader_test, verdicts_of


def score_questions(records: Sequence[dict[str, Any]]) -> list[tuple[str, float, float]]:
    """(question, score, max score) in the order of the records."""
    names = list(dict.fromkeys(record["question"] for record in records))
    environment = {VERDICTS: verdicts_of(records)}
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name in names:
            path = Path(folder, f"{name}.py")
            path.write_text(grader_test(name, [r for r in records if r["question"] == name]), encoding="utf-8")
            files.append(ExceptionTestFile.from_file(str(path)))
    for file in files:
        file.run(environment)
    scored = GradingResults(files).to_gradescope_dict(AutograderConfig({"show_hidden": True}))
    by_name = {test["name"]: test for test in scored["tests"]}
    return [(name, by_name[name]["score"], by_name[name]["max_score"]) for name in names]

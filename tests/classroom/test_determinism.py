"""The same submission, the same kit: the same result, byte for byte except what was measured."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.classroom.batch import Class
from autograder.grading.session import Session
from autograder.submissions.collect import find_submissions
from tests.class_run.helpers import answers, light_class, mistake, notebook, verdicts

RUNS = 20
QUESTIONS = ("pinball_loss", "pinball_loss_class", "weighted_binary_crossentropy", "make_quantile_model")
PASSING = (
    "print(object())\nraise ValueError(f'{object()} in {__import__(\"os\").getcwd()}')",
    "import numpy as np, random, time\nnp.random.rand(), random.random(), time.time()",
)
"""What differs from run to run: addresses, folders, numbers without a seed."""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_20_runs_give_the_same_bytes(tmp_path: Path) -> None:
    mistakes = [
        mistake(name) for name in ("base_not_initialised", "clipped_too_far", "other_quantile", "squared_sides")
    ]
    one = notebook(tmp_path / "one" / "one.ipynb", [*answers(*QUESTIONS), *mistakes, *PASSING])
    seen = []
    for sessions in range(2):  # a judge that has just started, and one that remembers other submissions
        with Session() as session:
            for run in range(RUNS // 2):
                folder, output = tmp_path / f"class_{sessions}_{run}", tmp_path / f"results_{sessions}_{run}"
                light_class(folder, run % 3)
                shutil.copy(one, folder / "one.ipynb") if folder.is_dir() else shutil.copytree(one.parent, folder)
                Class(session, output).grade(find_submissions([folder]), 2, lambda _: None)
                seen.append(verdicts(output)["one"])
    assert len(seen) == RUNS
    assert set(seen) == {seen[0]}
    assert "base_not_initialised" in seen[0]

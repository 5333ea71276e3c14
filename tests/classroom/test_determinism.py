"""The same submission, the same kit: the same result, byte for byte except what was measured."""

from __future__ import annotations

from pathlib import Path

import pytest
from handed_in import answers_to, misconception_of, notebook, put, small_class
from results_on_disk import verdicts_in
from sessions import LIMITS

from autograder.classroom.batch import Class
from autograder.grading.session import Session
from autograder.submissions.collect import find_submissions

RUNS = 6
QUESTIONS = ("pinball_loss", "pinball_loss_class", "weighted_binary_crossentropy", "make_quantile_model")
MISTAKES = [misconception_of(question) for question in QUESTIONS]
PASSING = (
    "print(object())\nraise ValueError(f'{object()} in {__import__(\"os\").getcwd()}')",
    "import numpy as np, random, time\nnp.random.rand(), random.random(), time.time()",
)
"""What differs from run to run: addresses, folders, numbers without a seed."""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_each_run_gives_the_same_bytes(tmp_path: Path, session: Session) -> None:
    one = {"one.ipynb": notebook(*answers_to(*QUESTIONS), *(it.source for it in MISTAKES), *PASSING)}
    seen = []
    with Session(limits=LIMITS) as fresh:  # a judge that has just started, and one that remembers other submissions
        for run in range(RUNS):
            folder, output = tmp_path / f"class_{run}", tmp_path / f"results_{run}"
            put(small_class(folder, run % 3), one)
            Class((fresh, session)[run % 2], output).grade(find_submissions([folder]), 2, lambda _: None)
            seen.append(verdicts_in(output)["one"])
    assert len(seen) == RUNS
    assert set(seen) == {seen[0]}
    assert all(f'"{mistake.name}"' in seen[0] for mistake in MISTAKES)

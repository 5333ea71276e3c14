"""A whole job: what PrairieLearn puts into `/grade`, the entrypoint, the result."""

from __future__ import annotations

from pathlib import Path

import pytest
from gradescope_folders import worker_can_reach
from handed_in import EXERCISE, right_notebook
from prairielearn_folders import environment, job, read_results, run

WRONG = "def pinball_loss(tau):\n    return lambda t, p: t - p"
PRIVATE = ("data", "results", "student", "tests")


@pytest.mark.slow
def test_a_job_is_graded(package: bytes, tmp_path: Path) -> None:
    worker_can_reach(tmp_path)
    folder = job(tmp_path / "grade", package, {f"{EXERCISE}.ipynb": right_notebook(WRONG)})
    said = run(folder, environment(tmp_path / "kit"))
    outcome = read_results(folder)
    assert outcome["gradable"] and outcome["score"] == 0.8
    assert said == ""
    for name in PRIVATE:
        assert not (folder / name).stat().st_mode & 0o077, "the worker could read it"
    source = tmp_path / "kit" / "source"
    open_to_all = {path.name for path in source.iterdir() if path.stat().st_mode & 0o007}
    assert open_to_all == {"exercises"}


def test_a_grader_that_cannot_start_says_so(tmp_path: Path) -> None:
    folder = job(tmp_path / "grade", None, {})
    run(folder, environment(tmp_path / "kit"))
    outcome = read_results(folder)
    assert not outcome["gradable"]
    assert "not your fault" in outcome["format_errors"][0]

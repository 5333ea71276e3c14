"""What a submission is, and the settings of its exercise, are the same by whichever door it comes."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from doors import DOORS
from handed_in import EXERCISE, answers_to, notebook, put, right_notebook
from results_on_disk import points
from synthetic import plan_of

from autograder.bank import settings
from autograder.grading.job import Job
from autograder.grading.session import Session
from autograder.results.result import Grading
from autograder.submissions.read import from_bytes

SESSIONS = ("doors.Session", "autograder.doors.single.Session", "autograder.doors.otter_plugin.Session")
HELPER = """
import keras


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum(tau * error, (tau - 1) * error), axis=-1)

    return loss_fn
"""
IMPORTS = "from helper import pinball_loss"


@pytest.fixture(autouse=True)
def one_exercise(monkeypatch: pytest.MonkeyPatch) -> None:
    """An autograder zip holds one exercise."""
    monkeypatch.setattr("autograder.doors.single.exercise_names", lambda: [EXERCISE])


@pytest.fixture
def alarms(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The seconds after which the doors of containers would give up."""
    found: list[int] = []
    monkeypatch.setattr("autograder.doors.single._raise_after", found.append)
    return found


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs that sessions give to trusted processes, which do not run."""
    found: list[Job] = []

    def run(self: Session, job: Job, grading: Grading, progress: Any) -> None:
        found.append(job)
        grading.plan = plan_of(EXERCISE)

    monkeypatch.setattr(Session, "__enter__", lambda self: self)
    monkeypatch.setattr(Session, "__exit__", lambda self, *error: None)
    monkeypatch.setattr(Session, "_living_zygote", lambda self: None)
    monkeypatch.setattr(Session, "_run", run)
    return found


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("place", ["the zip's root", "beside the notebook"])
@pytest.mark.parametrize(
    ("show_hidden", "visibility"), [("always", "visible"), ("never", "hidden"), ("after_published", "after_published")]
)
def test_settings_hold(
    door: str,
    place: str,
    show_hidden: str,
    visibility: str,
    jobs: list[Job],
    alarms: list[int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = put(tmp_path / "root", {})
    file = "exercise.toml" if place == "the zip's root" else f"solutions/{EXERCISE}/exercise.toml"
    put(root, {file: f'seconds = 33\nshow_hidden = "{show_hidden}"\n'.encode()})
    monkeypatch.setattr(settings, "ROOT", root)
    monkeypatch.setattr(settings, "SOLUTIONS", root / "solutions")
    outcome = DOORS[door](put(tmp_path / "in", {"custom_loss.ipynb": right_notebook()}), put(tmp_path / "work", {}))
    assert {job.limits.total_seconds for job in jobs if job.cells is not None} == {33}
    assert {test["visibility"] for test in outcome["tests"] if "score" in test} == {visibility}
    assert all(33 < seconds < 200 for seconds in alarms)
    assert len(alarms) == (door in ("Gradescope", "PrairieLearn"))


@pytest.mark.parametrize("door", DOORS)
def test_the_notebook_of_another_exercise_is_refused_or_graded_as_its_own(
    door: str, jobs: list[Job], alarms: list[int], tmp_path: Path
) -> None:
    """A zip grades one exercise; `kit grade` takes that of the notebook."""
    other = put(tmp_path / "in", {"other.ipynb": notebook("x = 1", kit={"exercise": "threaded_dense"})})
    outcome = DOORS[door](other, put(tmp_path / "work", {}))
    graded = [job.exercise for job in jobs if job.cells is not None]
    if door == "kit grade":
        assert set(graded) == {"threaded_dense"}
    else:
        assert not graded
        assert outcome["extra_data"]["message"].startswith(
            "This is the notebook of threaded_dense, not of custom_loss."
        )


@pytest.fixture
def shared(session: Session, alarms: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """One session for all doors."""
    for place in SESSIONS:
        monkeypatch.setattr(place, lambda **_: nullcontext(session))


@pytest.mark.parametrize("door", DOORS)
def test_a_notebook_with_a_module_is_one_submission_that_can_import_it(door: str, shared: None, tmp_path: Path) -> None:
    data = notebook(*answers_to(), IMPORTS)
    files = {"custom_loss.ipynb": data, "helper.py": HELPER.encode()}
    outcome = DOORS[door](put(tmp_path / "in", files), put(tmp_path / "work", {}))
    assert outcome["extra_data"]["cells"] == []
    assert points(outcome)["pinball_loss"] == outcome["score"] == 2, outcome["output"]
    handed_in = replace(from_bytes("custom_loss.ipynb", data), files={"helper.py": HELPER})
    assert outcome["extra_data"]["submission_sha256"] == handed_in.sha256, "other cases than by the other doors"

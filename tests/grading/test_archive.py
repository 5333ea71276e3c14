"""What misconceptions were seen to do is kept between sessions: it saves time, and changes nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from autograder.grading.jobs import SEED

from autograder import archive
from autograder.bank.master import read_master
from autograder.bank.variants import read_variants
from autograder.grading.archive import Archive
from autograder.grading.session import Session
from autograder.submissions.read import Cell, Submission
from tests.conftest import LIMITS

KNOWN = {
    "question.mistake": {
        ("probe", "00ff"): {"seen": {"y": np.array([[1.5, np.nan]], "float32"), "names": ["a"], "none": None}},
        ("other", "00ff"): {"error": {"type": "ValueError", "message": "no", "where": ""}},
    },
    "question.second": {("probe", "00ff"): {"seen": -np.inf}},
}
EXERCISE, MISTAKE = "transformer_encoder", "counted_before_the_call"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(archive, "FOLDER", tmp_path / "observed")
    return tmp_path / "observed"


def test_what_was_written_is_read(folder: Path) -> None:
    Archive("vae", 1).write(KNOWN)
    assert repr(Archive("vae", 1).read()) == repr(KNOWN)
    assert Archive("vae", 2).read() == {}
    assert folder.stat().st_mode & 0o077 == 0


def test_archive_of_other_checks_goes(folder: Path) -> None:
    folder.mkdir()
    old, of_another = folder / "vae-1-0123456789abcdef.frames", folder / "gan-1-0123456789abcdef.frames"
    old.touch(), of_another.touch()
    Archive("vae", 1).write(KNOWN)
    assert sorted(folder.iterdir()) == sorted([of_another, Archive("vae", 1).path])


@pytest.mark.parametrize("cut", [1, 7, 50])
def test_damaged_archive_is_no_archive(folder: Path, cut: int) -> None:
    Archive("vae", 1).write(KNOWN)
    path = Archive("vae", 1).path
    path.write_bytes(path.read_bytes()[:-cut])
    assert set(Archive("vae", 1).read()) <= set(KNOWN)


def test_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(archive, "FOLDER", tmp_path / "file")
    Archive("vae", 1).write(KNOWN)
    assert Archive("vae", 1).read() == {}


def test_second_session_says_the_same() -> None:
    kept = Archive(EXERCISE, SEED).path
    kept.unlink(missing_ok=True)
    wrong = next(each for each in read_variants(EXERCISE, "misconceptions") if each.name == MISTAKE)
    cells = [*(cell.source for cell in read_master(EXERCISE).reference_cells()), wrong.source]
    submission = Submission("a", tuple(map(Cell, cells)), EXERCISE, "0" * 64)
    said = []
    for _ in range(2):
        with Session(limits=LIMITS) as session:
            said.append(session.grade(submission, EXERCISE, only=wrong.question).records())
        assert kept.exists()
    assert said[0] == said[1]
    assert MISTAKE in {record["misconception"] for record in said[0]}

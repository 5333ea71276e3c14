"""What misconceptions were seen to do is kept between sessions: it saves time, and changes nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from handed_in import SMALL, misconception_of, reference_cells, submission
from sessions import LIMITS

from autograder.grading.archive import Archive
from autograder.grading.session import Session

KNOWN = {
    "question.mistake": {
        ("probe", "00ff"): {"seen": {"y": np.array([[1.5, np.nan]], "float32"), "names": ["a"], "none": None}},
        ("other", "00ff"): {"error": {"type": "ValueError", "message": "no", "where": ""}},
    },
    "question.second": {("probe", "00ff"): {"seen": -np.inf}},
}
QUESTION = "count_weights"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where archives are kept while a test runs."""
    monkeypatch.setenv("KIT_CACHE", str(tmp_path))
    return tmp_path / "archives"


def test_what_was_written_is_read(folder: Path) -> None:
    Archive("vae", 1).write(KNOWN)
    assert repr(Archive("vae", 1).read()) == repr(KNOWN)
    assert Archive("vae", 2).read() == {}
    assert folder.stat().st_mode & 0o077 == 0


def test_archive_of_other_checks_goes(folder: Path) -> None:
    folder.mkdir()
    old, of_another = (folder / f"{name}-1-reference-0123456789abcdef.frames" for name in ("vae", "gan"))
    old.touch(), of_another.touch()
    parts = Archive("vae", 1), Archive("vae", 1, "reference")
    for part in parts:
        part.write(KNOWN)
    assert sorted(folder.iterdir()) == sorted([of_another, *(part.path for part in parts)])


@pytest.mark.parametrize("cut", [1, 7, 50])
def test_of_an_archive_that_was_cut_off_the_rest_is_read(folder: Path, cut: int) -> None:
    Archive("vae", 1).write(KNOWN)
    path = Archive("vae", 1).path
    path.write_bytes(path.read_bytes()[:-cut])
    whole = {name: KNOWN[name] for name in list(KNOWN)[:-1]}
    assert repr(Archive("vae", 1).read()) == repr(whole)


@pytest.mark.parametrize("data", [b"\0", b"\xff" * 40, b"PK\3\4 no archive"])
def test_a_file_that_is_no_archive_holds_nothing(folder: Path, data: bytes) -> None:
    Archive("vae", 1).write(KNOWN)
    Archive("vae", 1).path.write_bytes(data)
    assert Archive("vae", 1).read() == {}
    Archive("vae", 1).write(KNOWN)
    assert repr(Archive("vae", 1).read()) == repr(KNOWN)


def test_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("KIT_CACHE", str(tmp_path / "file"))
    Archive("vae", 1).write(KNOWN)
    assert Archive("vae", 1).read() == {}


@pytest.mark.slow
def test_a_second_session_says_the_same_and_learns_nothing_new_of_misconceptions(folder: Path) -> None:
    wrong = misconception_of(QUESTION, SMALL)
    handed_in = submission([*reference_cells(SMALL), wrong.source], SMALL)
    said, written = [], []
    for _ in range(2):
        with Session(limits=LIMITS) as session:
            said.append(session.grade(handed_in, SMALL, only=wrong.question).records())
        written.append({path.name.split("-")[2]: path.stat().st_mtime_ns for path in folder.iterdir()})
    assert said[0] == said[1]
    assert written[0].keys() == written[1].keys() == {"misconceptions", "reference"}
    assert written[0]["misconceptions"] == written[1]["misconceptions"]
    assert wrong.name in {record["misconception"] for record in said[0]}

"""The work folder: its limits, and its end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.workers.workdir import TooMuch, check_size, make_workdir, remove_tree, remove_workdir


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    top = tmp_path / "top"
    (top / "a" / "b").mkdir(parents=True)
    (top / "a" / "file").write_text("x")
    (top / "link").symlink_to(tmp_path)
    (top / "a" / "b" / "broken").symlink_to("nowhere")
    os.mkfifo(top / "a" / "fifo")
    (top / "a" / "b").chmod(0)
    (top / "a").chmod(0)
    return top


def test_removes_closed_folders_links_and_fifos(messy: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("behind the link")
    remove_tree(messy)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


@pytest.mark.slow
def test_removes_folders_deeper_than_any_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top = tmp_path / "top"
    top.mkdir()
    monkeypatch.chdir(top)
    for _ in range(3000):
        Path("some-longer-name").mkdir()
        os.chdir("some-longer-name")
    os.chdir(tmp_path)
    remove_tree(top)
    assert not top.exists()


def test_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    remove_tree(tmp_path / "nothing")


def test_limits() -> None:
    work = make_workdir()
    try:
        check_size(work, 0, 0)
        (work / "file").write_bytes(bytes(2**20))
        (work / "folder").mkdir()
        check_size(work, 2**21, 2)
        with pytest.raises(TooMuch, match="MB"):
            check_size(work, 2**19, 10)
        with pytest.raises(TooMuch, match="1 files"):
            check_size(work, 2**30, 1)
    finally:
        remove_workdir(work)
    assert not work.parent.exists()

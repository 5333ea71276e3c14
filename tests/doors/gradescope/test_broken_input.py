"""What students hand in that is not a notebook to be graded: always a result, with what to do instead."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from gradescope_folders import hand_in, read_results, run_many, worker_can_reach
from handed_in import notebook, right_notebook, zipped

from autograder.results.markdown import escape_markdown

pytestmark = pytest.mark.slow
RIGHT = right_notebook()
MARKS = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
ONE_CELL = b'{"cells": [%s], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'

BROKEN: dict[str, tuple[dict[str, bytes], str]] = {
    "nothing": ({}, "no notebook"),
    "no notebook": ({"essay.pdf": b"%PDF-1.4", "data.csv": b"1,2"}, "no notebook"),
    "empty": ({"custom_loss.ipynb": b""}, "is empty"),
    "blank": ({"custom_loss.ipynb": b" \n \n"}, "is empty"),
    "not JSON": ({"custom_loss.ipynb": b"{'cells': []}"}, "not a notebook"),
    "cut off": ({"custom_loss.ipynb": RIGHT[:2000]}, "not a notebook"),
    "a list": ({"custom_loss.ipynb": b"[]"}, "not a notebook"),
    "a number": ({"custom_loss.ipynb": b"3"}, "not a notebook"),
    "no cells": ({"custom_loss.ipynb": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}'}, "custom_loss.ipynb"),
    "cells that are no list": ({"custom_loss.ipynb": MARKS.replace(b"[]", b"7")}, "not a notebook"),
    "no code": ({"custom_loss.ipynb": MARKS}, "no code cells"),
    "a cell that is a number": ({"custom_loss.ipynb": ONE_CELL % b"1"}, "no code cells"),
    "a source that is a number": (
        {"custom_loss.ipynb": ONE_CELL % b'{"cell_type": "code", "source": 7}'},
        "not a notebook",
    ),
    "deep JSON": ({"custom_loss.ipynb": b"[" * 200_000}, "not a notebook"),
    "a number without end": ({"custom_loss.ipynb": b'{"nbformat": 1' + b"0" * 10_000 + b"}"}, "not a notebook"),
    "bytes": ({"custom_loss.ipynb": bytes(range(256))}, "not a"),
    "an HTML page": ({"custom_loss.ipynb": b"<html><body>Sign in</body></html>"}, "not a notebook"),
    "two notebooks": ({"a.ipynb": RIGHT, "b.ipynb": RIGHT}, "2 notebooks (a.ipynb, b.ipynb)"),
    "another exercise": ({"vae.ipynb": notebook("1", kit={"exercise": "vae"})}, "notebook of vae, not of custom_loss"),
    "not a zip": ({"all.zip": b"PK\3\4garbage"}, "damaged zip"),
    "an empty zip": ({"all.zip": zipped({})}, "holds no notebook"),
    "a zip of two": ({"all.zip": zipped({"a.ipynb": RIGHT, "b/c.ipynb": RIGHT})}, "holds 2 notebooks"),
    "a zip that is cut off": ({"all.zip": zipped({"a.ipynb": RIGHT})[:-30]}, "damaged zip"),
    "a notebook in a zip that is none": ({"all.zip": zipped({"a.ipynb": b"{"})}, "not a notebook"),
    "a script with a null": ({"custom_loss.py": b"x = 1\0"}, "null bytes"),
    "an odd name": ({"=cmd|' /C calc'!A0.ipynb": b""}, "is empty"),
}


@pytest.fixture(scope="module")
def graded(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of all broken submissions, graded by one process."""
    roots = {name: tmp_path_factory.mktemp("run") for name in BROKEN}
    for name, root in roots.items():
        worker_can_reach(root)
        (root / "source").symlink_to(source)
        hand_in(root, BROKEN[name][0])
    said = run_many(source, list(roots.values()))
    assert "Traceback" not in said
    return roots


@pytest.mark.parametrize("name", BROKEN)
def test_broken_submission_has_a_result(name: str, graded: dict[str, Path]) -> None:
    outcome = read_results(graded[name])
    extra = outcome["extra_data"]
    assert escape_markdown(BROKEN[name][1]) in outcome["output"], outcome["output"][:300]
    assert outcome["score"] == 0
    assert extra["status"] in ("unreadable", "graded")
    assert not extra["regrade"]
    assert sum(test["max_score"] for test in outcome["tests"]) == 10


def test_what_is_no_file_is_passed_over(source: Path, tmp_path: Path) -> None:
    (tmp_path / "source").symlink_to(source)
    hand_in(tmp_path, {"deep/er/answers.txt": b""})
    submission = tmp_path / "submission"
    (submission / "folder.ipynb").mkdir()
    (submission / "link.ipynb").symlink_to("/etc/passwd")
    (submission / "loop").symlink_to(submission)
    os.mkfifo(submission / "fifo.ipynb")
    with zipfile.ZipFile(submission / "links.zip", "w") as archive:
        link = zipfile.ZipInfo("link.ipynb")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    run_many(source, [tmp_path])
    assert "holds no notebook" in read_results(tmp_path)["output"]

"""The files that platforms' grade books import."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.classroom.gradebook import gradebook
from autograder.errors import UsageError

SCORES = """submission,exercise,score,max_score,status,seconds,message,name,sid,email
a,vae,7.5,10,graded,3,,Anna Alt,11,anna@example.org
b,vae,10,10,graded,3,,,,
c,vae,0,10,unreadable,0,Nothing was handed in.,Cleo Cruz,13,
"""
EXPECTED = {
    "canvas": "Student,ID,SIS User ID,SIS Login ID,Section,vae\n"
    "Anna Alt,11,11,anna@example.org,,7.5\nCleo Cruz,13,13,,,0\n",
    "moodle": "ID number,Email address,vae\n11,anna@example.org,7.5\n13,,0\n",
    "gradescope": "Name,SID,Email,Total Score,Max Points,Status\n"
    "Anna Alt,11,anna@example.org,7.5,10,Graded\nCleo Cruz,13,,0,10,Graded\n",
}


@pytest.mark.parametrize("platform", EXPECTED)
def test_columns_of_each_platform(tmp_path: Path, platform: str) -> None:
    (tmp_path / "scores.csv").write_text(SCORES, encoding="utf-8")
    book = gradebook(tmp_path, platform)
    assert book.text == EXPECTED[platform]
    assert (book.count, book.unknown) == (2, ["b"])


def test_no_results(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="kit grade"):
        gradebook(tmp_path, "canvas")

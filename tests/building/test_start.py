"""The start notebook, and what the first lines of each exercise promise."""

from __future__ import annotations

import re

import pytest

from autograder.bank.master import Master, exercise_names, read_master
from autograder.building.notebooks import notebook_text
from autograder.building.start import NAME, place_of, start_notebook
from autograder.paths import EXERCISES

MASTERS = [read_master(name) for name in exercise_names()]
HEADING = re.compile(r"^## (\d+)\. (.+) \(([\d.]+) points?, (\d+) minutes\)$", re.MULTILINE)
ROW = re.compile(r"^\| (\d+)\. (.+) \| (\d+) \| ([\d.]+) \|$", re.MULTILINE)
SECTIONS = (
    "**After this notebook you can**",
    "**To read:**",
    "**What you should see.**",
    "**If you don't:**",
    "## Recap",
    "## Stretch task, no points",
    "## One question to think about",
)


def test_it_is_up_to_date_and_has_each_exercise_once() -> None:
    text = notebook_text(start_notebook(MASTERS))
    assert text == (EXERCISES / NAME).read_text(encoding="utf-8")
    assert all(text.count(f"]({master.exercise}.ipynb)") == 1 for master in MASTERS)


def test_what_an_exercise_builds_on_comes_before_it() -> None:
    places = [place_of(master) for master in MASTERS]
    assert sorted(place.number for place in places) == list(range(1, len(places) + 1))
    assert all(before < place.number for place in places for before in place.builds_on)
    assert all(place.builds_on for place in places if place.number > 1)


@pytest.mark.parametrize("master", MASTERS, ids=lambda master: master.exercise)
def test_minutes_and_points_are_those_of_the_questions(master: Master) -> None:
    text = "\n".join(cell.source for cell in master.cells if cell.kind == "markdown")
    questions = [
        (number, title, float(points), int(minutes)) for number, title, points, minutes in HEADING.findall(text)
    ]
    table = [(number, title, float(points), int(minutes)) for number, title, minutes, points in ROW.findall(text)]
    assert table == questions
    assert len(questions) == len(master.questions())
    assert sum(points for _, _, points, _ in questions) == 10
    reading = place_of(master).minutes - sum(minutes for *_, minutes in questions)
    assert 0 <= reading <= 10


@pytest.mark.parametrize("master", MASTERS, ids=lambda master: master.exercise)
def test_every_notebook_has_what_good_courses_have(master: Master) -> None:
    text = "\n".join(cell.source for cell in master.cells if cell.kind == "markdown")
    assert [section for section in SECTIONS if text.count(section) != 1] == []
    assert any("solution" in cell.tags for cell in master.cells), "the answer to the closing question"
    assert 3 <= len(re.findall(r"\]\(https://", text.partition("## 1. ")[0])) <= 8

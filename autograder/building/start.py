"""`start.ipynb`: where a student begins. The map of the exercises comes from the first lines of their notebooks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import nbformat
from keras_checks import __version__
from keras_checks.notebook.export import HAND_IN
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.bank.master import Master
from autograder.building.notebooks import BACKEND, KERNEL, LOCAL_HELP

NAME = "start.ipynb"
_NUMBERED = re.compile(r"(\d+)\. (.+)")
_FACTS = re.compile(r"\*About (\d+) minutes, .*?\. It builds on (.+?)\.\*", re.DOTALL)
_NUMBER = re.compile(r"exercise (\d+)")
LAST = 1000
"""The place of an exercise without a number."""

WELCOME = """\
# Start here

These {count} notebooks are exercises. In each, you customize a part of Keras: losses, train steps, layers, models. The
notebook explains, you write the part that matters, and checks tell you at once whether it is right. If it is wrong,
they show the smallest input that breaks it.

## Is everything installed?

Run the next cell (Shift+Enter). The first time it takes about ten seconds."""
READY = f"""\
{BACKEND}try:
    import keras, keras_checks, otter, tensorflow
except ModuleNotFoundError as missing:
    print(f"{{missing.name}} is missing. {LOCAL_HELP}")
else:
    print(f"Ready: Keras {{keras.__version__}}, TensorFlow {{tensorflow.__version__}}.")"""
WORK = f"""\
## How to work

1. Read the question. It contains a small example that you can work out on paper.
2. Replace the `...` below `# YOUR CODE HERE`, and run the cell.
3. Run the check below it. While it is red, it shows an example that breaks your answer.
4. Stuck? Under each check are three hints. Open them one by one, as late as you can.
5. At the end of the notebook, save and run `grader.export()`, which writes a zip. {HAND_IN}

Each exercise is worth 10 points. The public checks are the ones that you run. Hidden checks try harder cases of the
same questions: other sizes, edges, graph mode, a second call. An answer that does what the question says passes both.

Every notebook ends with a picture made by your own code, a recap, and a task without points for those who want more."""
MAP = """\
## The map

The order is that of the lecture. Each exercise is complete in itself: "builds on" names what you should know, not code
that it needs. All exercises together take about {hours}.

| | exercise | about | builds on | leads to | minutes |
|---|---|---|---|---|---|
{rows}"""


@dataclass(frozen=True)
class Place:
    """Where an exercise stands among the others; ``minutes`` is 0 and ``number`` :data:`LAST` where none is given."""

    exercise: str
    number: int
    title: str
    minutes: int
    builds_on: tuple[int, ...]


def place_of(master: Master) -> Place:
    """What the first cell of a notebook says: `# 3. Title`, `*About 75 minutes, … It builds on exercise 2 ….*`."""
    text = next(cell.source for cell in master.cells if cell.kind == "markdown")
    numbered, facts = _NUMBERED.match(master.title), _FACTS.search(text)
    return Place(
        master.exercise,
        int(numbered[1]) if numbered else LAST,
        numbered[2] if numbered else master.title,
        int(facts[1]) if facts else 0,
        tuple(int(number) for number in _NUMBER.findall(facts[2])) if facts else (),
    )


def start_notebook(masters: Sequence[Master]) -> nbformat.NotebookNode:
    """The notebook of a course that has these exercises."""
    places = sorted((place_of(master) for master in masters), key=lambda place: (place.number, place.exercise))
    hours = f"{sum(place.minutes for place in places) / 60:.0f} hours"
    table = MAP.format(hours=hours, rows="\n".join(_row(place, places) for place in places))
    cells = [
        new_markdown_cell(WELCOME.format(count=len(places)), id="welcome"),
        new_code_cell(READY, id="ready"),
        new_markdown_cell(table, id="map"),
        new_markdown_cell(WORK, id="work"),
    ]
    notebook = new_notebook(cells=cells, metadata={**KERNEL, "kit": {"version": __version__}})
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return notebook


def _row(place: Place, places: Sequence[Place]) -> str:
    number = str(place.number) if place.number < LAST else ""
    before = ", ".join(map(str, place.builds_on))
    after = ", ".join(str(other.number) for other in places if place.number in other.builds_on)
    link = f"[{place.exercise}]({place.exercise}.ipynb)"
    return f"| {number} | {link} | {place.title} | {before} | {after} | {place.minutes or ''} |"

"""Writes the small class in `tests/class`. Run it again after a notebook or a misconception has changed.

For each exercise one notebook with full marks and one with the first misconception of each of two questions; beside
them one that crashes halfway, one that never ends, and one that is not JSON.
"""

from __future__ import annotations

import nbformat

from autograder.bank.master import Master, exercise_names, read_master
from autograder.bank.variants import read_variants
from autograder.building.notebooks import notebook_text, solution_notebook
from autograder.files import write_text
from autograder.paths import ROOT

CLASS = ROOT / "tests" / "class"
CRASH = "raise RuntimeError('I thought that this cell was fine')"
ENDLESS = "while True:\n    pass"


def mistakes(master: Master) -> list[str]:
    """The first misconception of the first and of the last question."""
    known = read_variants(master.exercise, "misconceptions")
    questions = (master.questions()[0], master.questions()[-1])
    return [next(v.source for v in known if v.question == question) for question in dict.fromkeys(questions)]


def notebook(master: Master, extra: list[str], position: int | None = None) -> str:
    """The solved notebook with more cells, at the end or at a position."""
    node = solution_notebook(master)
    at = len(node.cells) if position is None else position
    node.cells[at:at] = [nbformat.v4.new_code_cell(source, id=f"own-{index}") for index, source in enumerate(extra)]
    return notebook_text(node)


def class_files() -> dict[str, str]:
    """The files of the class by name."""
    files = {}
    for name in exercise_names():
        master = read_master(name)
        files[f"{name}_full.ipynb"] = notebook(master, [])
        files[f"{name}_mistakes.ipynb"] = notebook(master, mistakes(master))
    first = read_master("custom_loss")
    middle = len(solution_notebook(first).cells) // 2
    files["custom_loss_crash.ipynb"] = notebook(first, [CRASH], middle)
    files["custom_loss_endless.ipynb"] = notebook(first, [ENDLESS])
    files["custom_loss_not_json.ipynb"] = '{"cells": [{"cell_type": "code", "source": ["import keras'
    return files


if __name__ == "__main__":
    for path in CLASS.glob("*"):
        path.unlink()
    for file, text in class_files().items():
        write_text(CLASS / file, text)

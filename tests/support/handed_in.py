"""What students hand in: notebooks, zips, and a class of them."""

from __future__ import annotations

import functools
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

from autograder.bank.master import Master, read_master
from autograder.bank.variants import Variant, read_bank
from autograder.files import write_bytes
from autograder.submissions.read import Cell, Submission

EXERCISE = "custom_loss"
"""Where any exercise will do."""
SMALL = "threaded_dense"
"""An exercise whose misconceptions are observed in less time."""


@functools.cache
def master(exercise: str = EXERCISE) -> Master:
    """The master notebook of an exercise, read once."""
    return read_master(exercise)


@functools.cache
def variants(exercise: str = EXERCISE) -> dict[str, list[Variant]]:
    """The bank of an exercise, read once."""
    return read_bank(exercise)


def reference_cells(exercise: str = EXERCISE) -> list[str]:
    """The cells of a right notebook."""
    return [cell.source for cell in master(exercise).reference_cells()]


def answers_to(*questions: str) -> list[str]:
    """The imports of a notebook, and right answers to these questions only."""
    return [cell.source for cell in master().reference_cells() if cell.question in (None, "", *questions)]


def misconception_of(question: str, exercise: str = EXERCISE) -> Variant:
    """The first misconception of a question."""
    return next(each for each in variants(exercise)["misconceptions"] if each.question == question)


def notebook(*sources: str, tags: Sequence[str] = (), **metadata: Any) -> bytes:
    """A notebook of these code cells; its metadata name `EXERCISE`, unless they are given."""
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{index}") for index, source in enumerate(sources)]
    for cell in cells:
        cell.metadata["tags"] = list(tags)
    node = nbformat.v4.new_notebook(cells=cells, metadata={"kit": {"exercise": EXERCISE}, **metadata})
    return nbformat.writes(node).encode()


def right_notebook(*more: str, exercise: str = EXERCISE) -> bytes:
    """A right notebook, with more cells after its own."""
    return notebook(*reference_cells(exercise), *more, kit={"exercise": exercise})


def submission(sources: Sequence[str], exercise: str = EXERCISE) -> Submission:
    """Cells as a submission that has been read."""
    return Submission("submission", tuple(map(Cell, sources)), exercise)


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of files by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def put(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below a folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        write_bytes(folder / name, data)
    return folder


def small_class(folder: Path, count: int) -> Path:
    """``count`` different submissions, each with the first question answered: they are graded quickly."""
    base = answers_to("pinball_loss")
    names = [f"student_{index:02}" for index in range(count)]
    return put(folder, {f"{name}.ipynb": notebook(*base, f"# the notebook of {name}") for name in names})

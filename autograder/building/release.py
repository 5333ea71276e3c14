"""`kit release`: solution notebooks, executed, with the common mistakes, as a notebook and as a page."""

from __future__ import annotations

import datetime
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_markdown_cell

from autograder.bank.markers import AuthoringError
from autograder.bank.master import Master, read_master
from autograder.bank.settings import settings_of
from autograder.building.common_mistakes import as_markdown, common_mistakes
from autograder.building.notebooks import notebook_text, solution_notebook
from autograder.building.page import page
from autograder.errors import KitError
from autograder.files import PUBLIC, write_text
from autograder.paths import EXERCISES
from autograder.workers.zygote import ENVIRONMENT

CELL_SECONDS = 300


class TooEarly(KitError):
    """The day from which on an exercise may be released has not come."""


def release(
    exercise: str,
    output: Path,
    *,
    early: bool = False,
    results: Path | None = None,
    today: datetime.date | None = None,
) -> list[Path]:
    """Write the executed solution of an exercise to ``output`` as a notebook and as a page.

    With ``results``, a folder that `kit grade` has written, each common mistake says how many of that class made it.

    Raises:
        TooEarly: it is before the exercise's ``release_after``, and ``early`` is not set.
    """
    day = settings_of(exercise).release_after
    if day is not None and (today or datetime.date.today()) < day and not early:
        raise TooEarly(f"{exercise} is not to be released before {day}. Wait, or release it with --early.")
    master = read_master(exercise)
    mistakes = common_mistakes(master, results)
    notebook = solution_notebook(master)
    execute(notebook, master)
    written = {output / f"{exercise}.html": page(notebook, mistakes)}
    notebook.cells.append(new_markdown_cell(as_markdown(mistakes), id="common-mistakes"))
    written[output / f"{exercise}.ipynb"] = notebook_text(notebook)
    for path, text in written.items():
        write_text(path, text, PUBLIC)
    return list(written)


def execute(notebook: nbformat.NotebookNode, master: Master) -> None:
    """Run all cells in place, with the checks importable and nothing written beside the exercises."""
    kept = dict(os.environ)
    path = os.pathsep.join(filter(None, (str(EXERCISES), kept.get("PYTHONPATH"))))
    with tempfile.TemporaryDirectory() as folder:
        own = {"PYTHONPATH": path, "TMPDIR": folder, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
        os.environ.update(ENVIRONMENT | own)
        try:
            resources = {"metadata": {"path": folder}}
            quiet = ["--log-level=ERROR"]  # the kernel warns of its own network
            NotebookClient(notebook, timeout=CELL_SECONDS, resources=resources, extra_arguments=quiet).execute()
        except CellExecutionError as error:
            raise AuthoringError(master.path, f"does not run: {_last_line(str(error))}; fix the cell") from None
        finally:
            os.environ.clear()
            os.environ.update(kept)


def _last_line(text: str) -> str:
    lines: Sequence[str] = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "it raised an error"

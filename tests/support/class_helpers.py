"""Submissions of a class, and how to run `kit` on them as an instructor does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nbformat
import psutil

from autograder.bank.master import read_master
from autograder.bank.variants import read_variants
from autograder.files import write_text

ROOT = Path(__file__).parents[2]
EXERCISE = "custom_loss"
MEASURED = ("execution_time", "seconds", "peak_mb")
"""What a result says of the run, not of the submission."""


def answers(*questions: str) -> list[str]:
    """The reference's imports and its answers to these questions."""
    return [cell.source for cell in read_master(EXERCISE).reference_cells() if cell.question in (None, "", *questions)]


def mistake(name: str) -> str:
    """The source of a misconception."""
    return next(variant.source for variant in read_variants(EXERCISE, "misconceptions") if variant.name == name)


def notebook(path: Path, cells: Sequence[str]) -> Path:
    """Write a submission of the exercise with these cells."""
    nodes = [nbformat.v4.new_code_cell(source, id=f"cell-{index}") for index, source in enumerate(cells)]
    write_text(path, nbformat.writes(nbformat.v4.new_notebook(cells=nodes, metadata={"kit": {"exercise": EXERCISE}})))
    return path


def light_class(folder: Path, count: int) -> Path:
    """``count`` submissions that differ, each with the first question answered, which is soon graded."""
    base = answers("pinball_loss")
    for index in range(count):
        notebook(folder / f"student_{index:02}.ipynb", [*base, f"# the notebook of student {index}"])
    return folder


def command(*arguments: str | Path) -> list[str]:
    """`kit` with these arguments."""
    return [sys.executable, "-m", "autograder", *map(str, arguments)]


def environment() -> dict[str, str]:
    """Where `kit` finds its packages, installed or not."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "exercises")])
    return {**os.environ, "PYTHONPATH": paths, "COLUMNS": "200"}


def kit(*arguments: str | Path, status: int = 0) -> str:
    """Run `kit` to its end; what it printed."""
    done = subprocess.run(
        command(*arguments), env=environment(), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == status, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start `kit`."""
    return subprocess.Popen(
        command(*arguments), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def wait_for(what: Callable[[], bool], seconds: float = 240) -> None:
    """Wait until it is so; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def family(pid: int) -> list[psutil.Process]:
    """All processes that a process has started, and those that these have."""
    return psutil.Process(pid).children(recursive=True)


def gone(processes: Sequence[psutil.Process], seconds: float = 15) -> bool:
    """Whether all of them end in time."""
    return not psutil.wait_procs(processes, timeout=seconds)[1]


def results(folder: Path) -> dict[str, dict[str, Any]]:
    """The results in a folder by submission."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def verdicts(folder: Path) -> dict[str, str]:
    """The bytes of each result without what was measured."""
    return {name: json.dumps(_without(result, MEASURED)) for name, result in results(folder).items()}


def _without(data: Any, keys: Sequence[str]) -> Any:
    if isinstance(data, dict):
        return {key: _without(value, keys) for key, value in data.items() if key not in keys}
    return [_without(value, keys) for value in data] if isinstance(data, list) else data

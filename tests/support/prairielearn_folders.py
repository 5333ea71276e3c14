"""Folders laid out as the `/grade` of PrairieLearn's external graders, and jobs in them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
from command_line import write_python
from handed_in import put

from autograder.building.prairielearn import RUN

SCHEMA = json.loads(Path(__file__).with_name("prairielearn.schema.json").read_text())
LARGEST = 1_000_000
"""Bytes that PrairieLearn takes."""


def job(folder: Path, grader: bytes | None, files: Mapping[str, bytes]) -> Path:
    """A job's folder, with files of the student's, as PrairieLearn makes it."""
    tests = {"tests/run": RUN.read_bytes()} | ({} if grader is None else {"tests/grader.zip": grader})
    put(folder, {"data/data.json": b'{"params": {}, "correct_answers": {}}', **tests})
    put(folder / "student", files)
    (folder / "tests" / "run").chmod(0o755)
    return folder


def environment(folder: Path) -> Path:
    """What the image holds: the locked environment, here that of the tests. PrairieLearn's is in `/opt/kit`."""
    write_python(folder / "venv", folder / "source")
    return folder


def run(folder: Path, kit: Path, timeout: float = 280) -> str:
    """What a job prints; it ends with status 0."""
    done = subprocess.run(
        [folder / "tests" / "run", folder],
        env={**os.environ, "KIT": str(kit)},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


def read_results(folder: Path) -> dict[str, Any]:
    """The results.json of a job, as PrairieLearn takes it."""
    path = folder / "results" / "results.json"
    assert path.stat().st_size < LARGEST
    outcome = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(outcome, SCHEMA)
    return outcome

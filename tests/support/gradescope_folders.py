"""Folders laid out as Gradescope's `/autograder`, and runs in them."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
from command_line import write_python
from handed_in import put

SCHEMA = json.loads(Path(__file__).with_name("results.schema.json").read_text())
MANY = """
import sys
from autograder.doors import single
from autograder.doors.gradescope import door
single.GRACE_SECONDS = {grace}
for folder in sys.argv[1:]:
    door.main([folder])
"""


def unpack(package: bytes, root: Path) -> Path:
    """``root/source`` as Gradescope unpacks the zip; Python is that of the tests."""
    source = root / "source"
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        archive.extractall(source)
    for name in ("setup.sh", "run_autograder"):
        (source / name).chmod(0o755)
    write_python(source / ".venv", source)
    return source


def hand_in(root: Path, files: dict[str, bytes]) -> Path:
    """``root/submission`` with these files, and the rest of the layout."""
    put(root / "submission", files)
    (root / "results").mkdir(exist_ok=True)
    (root / "submission_metadata.json").write_text('{"id": 1, "users": [{"name": "A. Student"}]}')
    return root


def run(root: Path, timeout: float = 280) -> str:
    """What `run_autograder` prints; it ends with status 0."""
    script = root / "source" / "run_autograder"
    done = subprocess.run([script, root], capture_output=True, text=True, timeout=timeout, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


def start_many(source: Path, roots: list[Path], grace: int = 75) -> subprocess.Popen[str]:
    """Starts the door for several folders in one process."""
    code = MANY.format(grace=grace)
    command = [source / ".venv" / "bin" / "python", "-P", "-c", code, *roots]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run_many(source: Path, roots: list[Path], grace: int = 75) -> str:
    """What the door prints, called for several folders by one process."""
    return said_by(start_many(source, roots, grace))


def said_by(process: subprocess.Popen[str]) -> str:
    """What a process prints until it ends; it ends with status 0."""
    try:
        said, errors = process.communicate(timeout=280)
    finally:
        process.kill()
    assert process.returncode == 0, errors[-2000:]
    return said + errors


def read_results(root: Path) -> dict[str, Any]:
    """The results.json of a folder, which is what Gradescope takes."""
    outcome = json.loads((root / "results" / "results.json").read_text())
    jsonschema.validate(outcome, SCHEMA)
    return outcome


def worker_can_reach(folder: Path) -> None:
    """Let other users pass a temporary folder of pytest's, as they can pass `/autograder`."""
    for step in (folder, *folder.parents):
        if step.owner() == Path.home().owner() and step.is_relative_to("/tmp") and step != Path("/tmp"):
            step.chmod(step.stat().st_mode | 0o711)

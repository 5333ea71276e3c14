"""What is packed, and for whom: the student's zip and wheel, the autograder's zip. Same files, same bytes."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from autograder.bank.markers import AuthoringError
from autograder.files import PUBLIC, write_bytes
from autograder.paths import AUTOGRADER, EXERCISES, ROOT, SOLUTIONS
from autograder.results.key import FILE as KEY
from autograder.results.key import NO_KEY
from autograder.results.records import PlanRow

Files = dict[str, bytes]

CACHES = {
    "__pycache__",
    ".ipynb_checkpoints",
    ".hypothesis",
    ".ruff_cache",
    ".pytest_cache",
    ".venv",
    ".OTTER_LOG",
}
EPOCH = (1980, 1, 1, 0, 0, 0)
AT_ROOT = ("setup.sh", "run_autograder")
"""What Gradescope looks for at the root of the zip, and runs."""
SETTINGS = "exercise.toml"
"""The instructor's settings at the root of the zip: the exercise's own, or the defaults, each with what it means."""
LOCKED = ("pyproject.toml", "uv.lock", "README.md")
PLUGIN = "autograder.doors.otter_plugin.SealedGrading"


def student_files(exercise: str | None = None) -> Files:
    """All that a student receives: `exercises/`, without caches; or what one exercise needs of it."""
    files = files_below(EXERCISES)
    return files if exercise is None else {name: data for name, data in files.items() if _serves(name, exercise)}


def _serves(name: str, exercise: str) -> bool:
    """Whether a file below `exercises/` is of use for an exercise: it is not another one's."""
    path = PurePosixPath(name)
    is_module = len(path.parts) > 2 and path.parent.name in ("exercises", "mistakes")
    owner = path.stem if path.suffix == ".ipynb" or is_module else None
    if len(path.parts) > 3 and path.parts[:3] == ("exercises", "keras_checks", "tests"):
        owner = path.parts[3]
    return owner in (None, "__init__", exercise)


def autograder_files(exercise: str, tests: Files, plan: Sequence[PlanRow] = (), key: bytes = NO_KEY) -> Files:
    """All that grading an exercise needs, the answers and judges of the others left out.

    ``plan`` has a row per check: a result can be written before anything has run.
    """
    others = {path.stem for path in (EXERCISES / "keras_checks" / "exercises").glob("*.py")} - {exercise, "__init__"}
    grader = files_below(AUTOGRADER)
    for name in others:
        grader.pop(f"autograder/judges/{name}.py", None)
    solution = files_below(SOLUTIONS / exercise)
    at_root = {name: grader.pop(f"autograder/doors/gradescope/{name}", None) for name in (*AT_ROOT, SETTINGS)}
    at_root[SETTINGS] = solution.pop(f"solutions/{exercise}/{SETTINGS}", at_root[SETTINGS])
    return {
        "otter_config.json": otter_config(exercise),
        KEY: key,
        "plan.json": (json.dumps(list(plan), indent=1, ensure_ascii=False) + "\n").encode(),
        **{f"tests/{name}": data for name, data in tests.items()},
        **{name: data for name, data in at_root.items() if data is not None},
        **{name: (ROOT / name).read_bytes() for name in LOCKED if (ROOT / name).is_file()},
        **grader,
        **solution,
        **student_files(),
    }


def otter_config(exercise: str) -> bytes:
    """The configuration that makes stock Otter grade by our plugin, and by nothing of the submission's."""
    config = {
        "plugins": [{PLUGIN: {"exercise": exercise}}],
        "show_hidden": True,
        "pdf": False,
        "logo": False,
    }
    return (json.dumps(config, indent=1) + "\n").encode()


def files_below(folder: Path) -> Files:
    """The files of a folder by their path from the root, caches left out."""
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in _walk(folder)}


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in CACHES or path.suffix == ".pyc":
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def zip_bytes(files: Files) -> bytes:
    """A zip of ``files``: sorted, fixed times and modes; stored, because compressors differ from machine to machine."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = (0o100755 if name in AT_ROOT else 0o100644) << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def build_wheel(output: Path) -> Path:
    """Build the student's package as a wheel in ``output``, for notebooks that no files lie beside."""
    uv = shutil.which("uv")
    if uv is None:
        raise AuthoringError(EXERCISES / "pyproject.toml", "building the wheel needs `uv`: put it on the PATH")
    with tempfile.TemporaryDirectory() as folder:
        command = [uv, "build", "--quiet", "--wheel", str(EXERCISES), "--out-dir", folder]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "315532800"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AuthoringError(
                EXERCISES / "pyproject.toml", f"the wheel can't be built: {done.stderr.strip()[-300:]}"
            )
        (wheel,) = Path(folder).glob("*.whl")
        write_bytes(output / wheel.name, wheel.read_bytes(), PUBLIC)
    return output / wheel.name

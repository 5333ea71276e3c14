"""One grading, three doors: `kit grade`, Gradescope and stock Otter give the same scores."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLASS = ROOT / "tests" / "class"
EXERCISE = "custom_loss"
SUBMISSIONS = sorted(path.stem for path in CLASS.glob(f"{EXERCISE}_*.ipynb"))
READABLE = [name for name in SUBMISSIONS if "endless" not in name]

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, path: list[Path] | None = None) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path or [ROOT, ROOT / "exercises"]))}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The autograder zip, built by the command line."""
    output = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "autograder", "build", EXERCISE, "--output", output, cwd=ROOT)
    return output / "autograder" / f"{EXERCISE}.zip"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, float]]:
    """Points of each question of each submission, by `kit grade`."""
    output = tmp_path_factory.mktemp("results")
    files = [CLASS / f"{name}.ipynb" for name in READABLE]
    run(
        sys.executable,
        "-m",
        "autograder",
        "grade",
        *files,
        "--exercise",
        EXERCISE,
        "--output",
        output,
        "--jobs",
        "2",
        cwd=ROOT,
    )
    return {name: points(json.loads((output / f"{name}.json").read_text())) for name in READABLE}


def points(result: dict) -> dict[str, float]:
    return {test["name"]: test["score"] for test in result["tests"] if "score" in test}


@pytest.mark.parametrize("name", READABLE)
def test_gradescope_gives_the_same(name: str, package: Path, graded: dict, tmp_path: Path) -> None:
    source = tmp_path / "source"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(source)
    (tmp_path / "submission").mkdir()
    shutil.copy(CLASS / f"{name}.ipynb", tmp_path / "submission")
    command = (sys.executable, "-P", "-m", "autograder.doors.gradescope.door", tmp_path)
    run(*command, cwd=source, path=[source, source / "exercises"])
    assert points(json.loads((tmp_path / "results" / "results.json").read_text())) == graded[name]


@pytest.mark.parametrize("name", [name for name in READABLE if "not_json" not in name])
def test_stock_otter_gives_the_same(name: str, package: Path, graded: dict, tmp_path: Path) -> None:
    """Of what Otter itself can open: at a file that is no notebook it stops before any plugin is asked."""
    command = (Path(sys.executable).with_name("otter"), "run", "-a", package, "-o", tmp_path, CLASS / f"{name}.ipynb")
    run(*command, cwd=tmp_path)
    assert points(json.loads((tmp_path / "results.json").read_text())) == graded[name]

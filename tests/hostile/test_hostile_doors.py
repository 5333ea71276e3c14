"""A sample of the attacks through each door: `kit grade`, Gradescope's zip, and stock Otter give the same points.

Attacks that start from the same notebook are cells of one: each runs, as the next one shows. Beside it is Otter's log.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import one_session
import pytest
from attacks import ATTACKS, POINTS, Attack, honest_cells
from handed_in import EXERCISE, notebook, put, zipped
from hidden_lines import leaked
from packages import MARK, PACKAGES, PICKLE
from sealing import need

from autograder.paths import ROOT
from autograder.workers.canary import SealReport

SAMPLE = ("solution_file", "results_file", "os_exit", "equal_to_everything")
SHADOWING = "module shadowing"
DOOR = "autograder.doors.gradescope.door"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
Points = dict[str, dict[str, float]]


@pytest.fixture(autouse=True, scope="module")
def sealed(seal: SealReport) -> None:
    """To a worker with only a user of its own, the files of this repository are open."""
    need(seal, "landlock", "seccomp")


def run(*command: str | Path, cwd: Path, path: tuple[Path, ...] = (ROOT, ROOT / "exercises")) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def points(path: Path) -> dict[str, float]:
    text = path.read_text()
    assert not leaked(EXERCISE, text, "".join(attack.text() for attack in chosen()))
    return {test["name"]: test["score"] for test in json.loads(text)["tests"] if "score" in test}


def chosen() -> list[Attack]:
    return sorted((attack for attack in ATTACKS if attack.name in SAMPLE), key=lambda attack: SAMPLE.index(attack.name))


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sample as files."""
    attacks = [source for attack in chosen() for source in attack.cells]
    files = {
        "attacks": zipped({"a.ipynb": notebook(*honest_cells(), *attacks), ".OTTER_LOG": PICKLE}),
        SHADOWING: PACKAGES[SHADOWING].make(),
    }
    folder = put(tmp_path_factory.mktemp("attacks"), {f"{name}.zip": data for name, data in files.items()})
    return {name: folder / f"{name}.zip" for name in files}


@pytest.fixture(scope="module")
def package(package: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / f"{EXERCISE}.zip"
    path.write_bytes(package)
    return path


@pytest.fixture(scope="module")
def by_kit(handed_in: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Points:
    output = tmp_path_factory.mktemp("kit")
    folder = next(iter(handed_in.values())).parent  # a zip in a folder is one student's
    run(sys.executable, "-m", "autograder", "grade", folder, "--output", output, cwd=ROOT)
    return {name: points(output / f"{path.stem}.json") for name, path in handed_in.items()}


def test_points_are_those_that_were_earned(by_kit: Points) -> None:
    """The last attack takes the place of the first answer; the others cost nothing, and earn nothing."""
    assert by_kit["attacks"]["pinball_loss"] == 0
    assert sum(by_kit["attacks"].values()) == POINTS["all"] - POINTS["pinball_loss"]
    assert sum(by_kit[SHADOWING].values()) == POINTS["all"]
    assert not Path(MARK).exists()


def test_gradescope(package: Path, handed_in: dict[str, Path], by_kit: Points, tmp_path: Path) -> None:
    source = tmp_path / "source"
    with zipfile.ZipFile(io.BytesIO(package.read_bytes())) as archive:
        archive.extractall(source)
    roots = {name: tmp_path / str(number) for number, name in enumerate(handed_in)}
    for name, root in roots.items():
        (root / "submission").mkdir(parents=True)
        (root / "submission" / handed_in[name].name).write_bytes(handed_in[name].read_bytes())
        (root / "source").symlink_to(source)
    runs = [argument for root in roots.values() for argument in (DOOR, root)]
    run(sys.executable, "-P", one_session.__file__, *runs, cwd=source, path=(source, source / "exercises"))
    assert {name: points(root / "results" / "results.json") for name, root in roots.items()} == by_kit
    assert not Path(MARK).exists()


def test_stock_otter(package: Path, handed_in: dict[str, Path], by_kit: Points, tmp_path: Path) -> None:
    path = handed_in["attacks"]
    run(sys.executable, "-m", "otter", "run", "-a", package, "-o", tmp_path, path, cwd=tmp_path)
    assert points(tmp_path / "results.json") == by_kit["attacks"]
    assert not Path(MARK).exists()

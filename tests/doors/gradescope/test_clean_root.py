"""The zip in a fresh Debian, laid out as Gradescope does it: set up, then graded in each of its small containers.

Needs root, mmdebstrap or debootstrap, and package registries. Where one is missing the tests are skipped and say what;
`KIT_CLEAN_ROOT=must` makes that a failure. `KIT_FIGURES=FILE` keeps what was measured.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import resource
import shutil
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import no_landlock
import pytest
from clean_root import SUITE, missing, run_in, size_mb
from container import container
from gradescope_folders import hand_in, read_results
from handed_in import SMALL, right_notebook

from autograder.bank.master import read_master
from autograder.building.build import grader_zip

SETUP_SECONDS = 180
CONTAINERS = {"1 CPU, 1.5 GB": (1, 1536), "0.5 CPU, 0.75 GB": (0.5, 768)}
HOG = "hog = []\nwhile True:\n    hog.append(b'x' * 2**26)"
LOOK = """cd /autograder/source
cat solutions/*/notebook.py autograder/judges/*.py solutions/*/misconceptions/* 2>/dev/null | wc -c
cat plan.json started.json salt.key archives/* 2>/dev/null | wc -c"""
HIDDEN = (
    "autograder",
    "solutions",
    "tests",
    "archives",
    "salt.key",
    "plan.json",
    "started.json",
    "exercise.toml",
    "otter_config.json",
)
CANNOT = missing()

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]
if CANNOT and os.environ.get("KIT_CLEAN_ROOT") != "must":
    pytestmark.append(pytest.mark.skip(reason=f"NOT TESTED, the zip in a clean root: {CANNOT}"))


@pytest.fixture(scope="module")
def figures() -> Iterator[dict[str, Any]]:
    found: dict[str, Any] = {"suite": SUITE}
    yield found
    if path := os.environ.get("KIT_FIGURES"):
        Path(path).write_text(json.dumps(found, indent=1))


@pytest.fixture(scope="module")
def package() -> bytes:
    """The zip of an exercise that is set up in little time."""
    return grader_zip(read_master(SMALL))


@pytest.fixture(scope="module")
def machine(package: bytes, clean_root: Path, figures: dict[str, Any]) -> Path:
    """A fresh system with the zip set up in it; its root folder."""
    autograder = clean_root / "autograder"
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        archive.extractall(autograder / "source")
    for name in ("setup.sh", "run_autograder"):
        (autograder / "source" / name).chmod(0o755)
    shutil.copy(autograder / "source" / "run_autograder", autograder)
    figures |= _set_up(clean_root)
    return clean_root


def _set_up(root: Path) -> dict[str, Any]:
    size, python = size_mb(root), system_python(root)
    begin, used = time.monotonic(), _cpu_seconds()
    said = run_in(root, "/autograder/source/setup.sh", timeout=1200)
    assert f"The grader of {SMALL} is set up." in said
    assert system_python(root) == python, "the system's own Python is not ours to change"
    return {
        "setup_seconds": round(time.monotonic() - begin, 1),
        "setup_cpu_seconds": round(_cpu_seconds() - used, 1),
        "setup_load": round(os.getloadavg()[0] / (os.cpu_count() or 1), 1),
        "grown_mb": size_mb(root) - size,
    }


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def system_python(root: Path) -> str:
    """A fingerprint of the system's Python: the program and its own packages."""
    version = (root / "usr/bin/python3").readlink()
    packages = sorted(path.name for path in (root / "usr/lib/python3/dist-packages").glob("*"))
    program = (root / "usr/bin" / version).read_bytes()
    return hashlib.sha256(program).hexdigest() + str(version) + str(packages)


def grade(root: Path, files: dict[str, bytes], inside: tuple[str, ...] = ()) -> dict[str, Any]:
    """Hand in, run, read: in a container if ``inside`` says which."""
    autograder = root / "autograder"
    for name in ("submission", "results"):
        shutil.rmtree(autograder / name, ignore_errors=True)
    hand_in(autograder, files)
    run_in(root, "/autograder/run_autograder", inside=inside)
    return read_results(autograder)


def test_setting_up_is_quick_and_small(machine: Path, figures: dict[str, Any]) -> None:
    busy = max(1.0, figures["setup_load"])  # others work on this machine too
    assert figures["setup_seconds"] < SETUP_SECONDS * busy, figures
    assert figures["grown_mb"] < 3000, figures


def test_what_is_hidden_is_roots_alone(machine: Path) -> None:
    source = machine / "autograder" / "source"
    for name in HIDDEN:
        status = (source / name).stat()
        assert (status.st_uid, status.st_mode & 0o077) == (0, 0), name
    said = run_in(machine, "setpriv", "--reuid=12345", "--clear-groups", "bash", "-c", LOOK)
    assert said.split() == ["0", "0"], "an ordinary user reads hidden files"


@pytest.mark.parametrize("size", CONTAINERS)
def test_a_right_submission_in_a_small_container(machine: Path, size: str, figures: dict[str, Any]) -> None:
    cpus, memory = CONTAINERS[size]
    try:
        limits = container(cpus, memory)
        with limits as held:
            begin = time.monotonic()
            outcome = grade(machine, {f"{SMALL}.ipynb": right_notebook(exercise=SMALL)}, held.inside)
            seconds = time.monotonic() - begin
    except OSError as error:
        pytest.skip(f"NOT TESTED, the container of {size}: control groups can't be made here ({error})")
    figures[size] = {
        "seconds": round(seconds, 1),
        "peak_mb": round(held.peak_mb),
        "killed": held.killed,
        "worker_mb": outcome["extra_data"]["peak_mb"],
    }
    assert outcome["score"] == 10, outcome["output"][:500]
    assert held.peak_mb > 100, "nothing was measured"
    assert not outcome["extra_data"]["regrade"]
    assert "uid" in outcome["extra_data"]["isolation"]


def test_a_submission_that_takes_all_memory_costs_itself_only(machine: Path, figures: dict[str, Any]) -> None:
    try:
        with container(1, 1536) as held:
            outcome = grade(machine, {f"{SMALL}.ipynb": right_notebook(HOG, exercise=SMALL)}, held.inside)
    except OSError as error:
        pytest.skip(f"NOT TESTED, out of memory in a container: control groups can't be made here ({error})")
    figures["hog"] = {"score": outcome["score"], "killed": held.killed, "peak_mb": round(held.peak_mb)}
    assert outcome["score"] == 10, outcome["output"][:500]


READER = """import keras_checks, os
root = os.path.dirname(os.path.dirname(os.path.dirname(keras_checks.__file__)))
for folder in ("solutions/threaded_dense", "autograder/judges", "tests", "archives"):
    try:
        assert not os.listdir(os.path.join(root, folder)), "listed"
    except PermissionError:
        pass
for name in ("autograder/judges/threaded_dense.py", "plan.json", "started.json", "salt.key"):
    try:
        raise AssertionError(open(os.path.join(root, name)).read())
    except PermissionError:
        pass
raise RuntimeError("nothing was read")"""


def test_without_landlock_the_hidden_files_are_still_roots(machine: Path) -> None:
    inside = (sys.executable, no_landlock.__file__)
    outcome = grade(machine, {f"{SMALL}.ipynb": right_notebook(READER, exercise=SMALL)}, inside)
    assert outcome["score"] == 10, outcome["output"][:500]
    assert outcome["extra_data"]["isolation"] == ["uid", "seccomp", "rlimits", "no_new_privs"]
    assert [cell["message"] for cell in outcome["extra_data"]["cells"]] == ["nothing was read"]


def test_what_is_not_a_notebook_has_a_result_too(machine: Path) -> None:
    assert "is empty" in grade(machine, {"notes.ipynb": b""})["output"]
    assert "no notebook" in grade(machine, {})["output"]

"""One grading, four doors: `kit grade`, Gradescope, PrairieLearn and stock Otter give the same scores, from one zip."""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from command_line import kit, run
from gradescope_folders import hand_in, read_results
from handed_in import EXERCISE, put, zipped
from make_class import CLASS
from prairielearn_folders import read_results as read_prairielearn
from results_on_disk import points, results_in

from autograder.doors.prairielearn.plain import plain
from autograder.results.result import max_score

NOTEBOOKS = [CLASS / f"{EXERCISE}_{name}.ipynb" for name in ("crash", "mistakes", "not_json")]
SETTINGS = b'show_hidden = "always"\n'

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The autograder zip, built by the command line, with settings of its own."""
    output = tmp_path_factory.mktemp("dist")
    kit("build", EXERCISE, "--output", output)
    built = zipfile.ZipFile(output / "autograder" / f"{EXERCISE}.zip")
    files = {name: built.read(name) for name in built.namelist()} | {"exercise.toml": SETTINGS}
    return put(output / "changed", {"autograder.zip": zipped(files)}) / "autograder.zip"


@pytest.fixture(scope="module")
def source(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked zip."""
    folder = tmp_path_factory.mktemp("autograder") / "source"
    zipfile.ZipFile(package).extractall(folder)
    return folder


@pytest.fixture(scope="module")
def graded(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The results of `kit grade`, by submission."""
    output = tmp_path_factory.mktemp("results")
    kit("grade", *NOTEBOOKS, "--exercise", EXERCISE, "--output", output, "--jobs", "2", root=source)
    return results_in(output)


def shown(result: Any) -> set[str]:
    """The visibility of the questions."""
    return {test["visibility"] for test in result["tests"] if "score" in test}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_gradescope_gives_the_same(notebook: Path, source: Path, graded: dict[str, Any], tmp_path: Path) -> None:
    hand_in(tmp_path, {notebook.name: notebook.read_bytes()})
    (tmp_path / "source").symlink_to(source)
    run(sys.executable, "-P", "-m", "autograder.doors.gradescope.door", tmp_path, root=source, cwd=source)
    found, expected = read_results(tmp_path), graded[notebook.stem]
    assert points(found) == points(expected)
    assert found["output"] == expected["output"]
    assert shown(found) == shown(expected) == {"visible"}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_prairielearn_gives_the_same(notebook: Path, source: Path, graded: dict[str, Any], tmp_path: Path) -> None:
    put(tmp_path / "student", {notebook.name: notebook.read_bytes()})
    run(sys.executable, "-P", "-m", "autograder.doors.prairielearn.door", tmp_path, root=source, cwd=source)
    found, expected = read_prairielearn(tmp_path), graded[notebook.stem]
    assert found["score"] == pytest.approx(expected["score"] / max_score(expected))
    if found["gradable"]:
        by_question: dict[str, float] = {}
        for test in found["tests"]:
            question = test["name"].partition(":")[0]
            by_question[question] = by_question.get(question, 0) + test["points"]
        assert by_question == pytest.approx(points(expected))
    else:
        assert plain(expected["output"]) == found["format_errors"][0]


@pytest.mark.parametrize("notebook", [it for it in NOTEBOOKS if "not_json" not in it.stem], ids=lambda path: path.stem)
def test_stock_otter_gives_the_same(
    notebook: Path, package: Path, source: Path, graded: dict[str, Any], tmp_path: Path
) -> None:
    """Of what Otter itself can open: at a file that is no notebook it stops before any plugin is asked."""
    otter = shutil.which("otter", path=str(Path(sys.executable).parent))
    assert otter is not None
    run(otter, "run", "-a", package, "-o", tmp_path, notebook, root=source, cwd=tmp_path)
    found, expected = json.loads((tmp_path / "results.json").read_text()), graded[notebook.stem]
    assert points(found) == points(expected)
    assert found["output"] == expected["output"]
    assert shown(found) == shown(expected) == {"visible"}

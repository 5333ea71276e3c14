"""One grading, four doors: `kit grade`, Gradescope, PrairieLearn and stock Otter give the same scores, from one zip."""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import one_session
import pytest
from command_line import kit, run
from gradescope_folders import hand_in, read_results
from handed_in import EXERCISE, put, zipped
from make_class import CLASS, CRASH
from nbformat.v4 import new_code_cell
from prairielearn_folders import read_results as read_prairielearn
from results_on_disk import points, results_in

from autograder.doors.prairielearn.plain import plain
from autograder.results.result import max_score

MISTAKES, NOT_JSON = (CLASS / f"{EXERCISE}_{name}.ipynb" for name in ("mistakes", "not_json"))
NAMES = ("crash_and_mistakes", "not_json")
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
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A notebook whose middle raises an error and whose end has two wrong answers, and a file that is no notebook."""
    node = nbformat.read(MISTAKES, as_version=4)
    node.cells.insert(len(node.cells) // 2, new_code_cell(CRASH, id="crash"))
    files = (nbformat.writes(node).encode(), NOT_JSON.read_bytes())
    folder = put(
        tmp_path_factory.mktemp("in"), {f"{name}.ipynb": data for name, data in zip(NAMES, files, strict=True)}
    )
    return [folder / f"{name}.ipynb" for name in NAMES]


@pytest.fixture(scope="module")
def graded(notebooks: list[Path], source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The results of `kit grade`, by submission."""
    output = tmp_path_factory.mktemp("results")
    kit("grade", *notebooks, "--exercise", EXERCISE, "--output", output, "--jobs", "2", root=source)
    return results_in(output)


def shown(result: Any) -> set[str]:
    """The visibility of the questions."""
    return {test["visibility"] for test in result["tests"] if "score" in test}


@pytest.fixture(scope="module")
def by_doors(notebooks: list[Path], source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """The folders of two doors, each with a folder per submission. How a door starts is tested in its own folder."""
    gradescope = [hand_in(tmp_path_factory.mktemp("root"), one_file(notebook)) for notebook in notebooks]
    for folder in gradescope:
        (folder / "source").symlink_to(source)
    prairielearn = [tmp_path_factory.mktemp("grade") for _ in notebooks]
    for folder, notebook in zip(prairielearn, notebooks, strict=True):
        put(folder / "student", one_file(notebook))
    folders = {"gradescope": gradescope, "prairielearn": prairielearn}
    runs = [part for door, its in folders.items() for each in its for part in (f"autograder.doors.{door}.door", each)]
    run(sys.executable, "-P", one_session.__file__, *runs, root=source, cwd=source)
    return folders


@pytest.fixture(scope="module")
def by_gradescope(by_doors: dict[str, list[Path]]) -> dict[str, Any]:
    """The results of Gradescope's door, by submission."""
    return {name: read_results(folder) for name, folder in zip(NAMES, by_doors["gradescope"], strict=True)}


@pytest.fixture(scope="module")
def by_prairielearn(by_doors: dict[str, list[Path]]) -> dict[str, Any]:
    """The results of PrairieLearn's door, by submission."""
    return {name: read_prairielearn(folder) for name, folder in zip(NAMES, by_doors["prairielearn"], strict=True)}


def one_file(notebook: Path) -> dict[str, bytes]:
    """A submission of this file."""
    return {notebook.name: notebook.read_bytes()}


@pytest.mark.parametrize("name", NAMES)
def test_gradescope_gives_the_same(name: str, by_gradescope: dict[str, Any], graded: dict[str, Any]) -> None:
    found, expected = by_gradescope[name], graded[name]
    assert points(found) == points(expected)
    assert found["output"] == expected["output"]
    assert shown(found) == shown(expected) == {"visible"}


@pytest.mark.parametrize("name", NAMES)
def test_prairielearn_gives_the_same(name: str, by_prairielearn: dict[str, Any], graded: dict[str, Any]) -> None:
    found, expected = by_prairielearn[name], graded[name]
    assert found["score"] == pytest.approx(expected["score"] / max_score(expected))
    if found["gradable"]:
        by_question: dict[str, float] = {}
        for test in found["tests"]:
            question = test["name"].partition(":")[0]
            by_question[question] = by_question.get(question, 0) + test["points"]
        assert by_question == pytest.approx(points(expected))
    else:
        assert plain(expected["output"]) == found["format_errors"][0]


def test_stock_otter_gives_the_same(
    notebooks: list[Path], package: Path, source: Path, graded: dict[str, Any], tmp_path: Path
) -> None:
    """Of what Otter itself can open: at a file that is no notebook it stops before any plugin is asked."""
    notebook = notebooks[0]
    otter = shutil.which("otter", path=str(Path(sys.executable).parent))
    assert otter is not None
    run(otter, "run", "-a", package, "-o", tmp_path, notebook, root=source, cwd=tmp_path)
    found, expected = json.loads((tmp_path / "results.json").read_text()), graded[notebook.stem]
    assert points(found) == points(expected)
    assert found["output"] == expected["output"]
    assert shown(found) == shown(expected) == {"visible"}

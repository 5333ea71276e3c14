"""PrairieLearn's image from the Containerfile's steps in a fresh Debian, jobs in it, and the image of `kit` itself.

Needs root, mmdebstrap or debootstrap, and package registries. Where one is missing the tests are skipped and say what;
`KIT_CLEAN_ROOT=must` makes that a failure.
"""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from clean_root import missing, run_in
from containerfile import Image, stages
from handed_in import SMALL, misconception_of, right_notebook, zipped
from make_class import CLASS
from prairielearn_folders import job, read_results

from autograder.bank.master import read_master
from autograder.building.build import grader_zip

READER = """import os
for path in ("/grade/tests/grader.zip", "/grade/data/data.json", "/opt/kit/source/plan.json"):
    try:
        raise AssertionError(open(path).read())
    except PermissionError:
        pass
for folder in ("/grade/tests", "/opt/kit/source/solutions", "/opt/kit/source/autograder"):
    try:
        raise AssertionError(os.listdir(folder))
    except PermissionError:
        pass
raise RuntimeError("nothing was read")"""
QUESTION = "count_weights"
CANNOT = missing()

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]
if CANNOT and os.environ.get("KIT_CLEAN_ROOT") != "must":
    pytestmark.append(pytest.mark.skip(reason=f"NOT TESTED, PrairieLearn's image in a clean root: {CANNOT}"))


@pytest.fixture(scope="module")
def image(clean_root: Path) -> Image:
    """PrairieLearn's image. The environment of Gradescope's is where its own will be, if that one was tested before.

    Both are installed by the same script from the same lock: it then has to find that nothing is missing.
    """
    installed = clean_root / "autograder" / "source" / ".venv"
    if installed.is_dir():
        (clean_root / "opt" / "kit").mkdir(exist_ok=True)
        installed.rename(clean_root / "opt" / "kit" / "venv")
    made = Image(clean_root)
    made.add(stages()[0])
    return made


@pytest.fixture(scope="module")
def grader() -> bytes:
    """The grader, with the mistakes of one question: those of the others are observed in the same way."""
    whole = zipfile.ZipFile(io.BytesIO(grader_zip(read_master(SMALL))))
    left_out = [name for name in whole.namelist() if "/misconceptions/" in name and Path(name).stem != QUESTION]
    assert left_out
    return zipped({name: whole.read(name) for name in whole.namelist() if name not in left_out})


def graded(image: Image, grader: bytes, files: dict[str, bytes], *, prepare: bool = False) -> dict[str, Any]:
    """The result of a job in the image."""
    folder = image.root / "grade"
    shutil.rmtree(folder, ignore_errors=True)
    job(folder, grader, files)
    if prepare:
        run_in(image.root, "sh", "/grade/tests/run", "--prepare")
        assert not (folder / "results").exists()
        assert zipfile.ZipFile(folder / "tests" / "archives.zip").namelist()
    run_in(image.root, "/grade/tests/run")
    return read_results(folder)


def test_a_right_submission_reads_nothing_and_has_all_points(image: Image, grader: bytes) -> None:
    found = graded(image, grader, {f"{SMALL}.ipynb": right_notebook(READER, exercise=SMALL)})
    assert found["gradable"] and found["score"] == 1, found
    assert "nothing was read" in found["message"]


def test_a_wrong_submission_after_mistakes_were_observed_ahead(image: Image, grader: bytes) -> None:
    wrong = misconception_of(QUESTION, SMALL).source
    found = graded(image, grader, {f"{SMALL}.ipynb": right_notebook(wrong, exercise=SMALL)}, prepare=True)
    assert found["gradable"] and 0 < found["score"] < 1, found
    assert any("Looks like" in test.get("message", "") for test in found["tests"])
    kept = list((image.root / "opt/kit/source/archives").glob("*.frames"))
    assert kept and not any(path.stat().st_mode & 0o077 for path in kept)


@pytest.mark.parametrize("files", [{}, {f"{SMALL}.ipynb": b""}, {f"{SMALL}.ipynb": b"[" * 200_000}])
def test_what_is_not_a_notebook_has_a_result_too(files: dict[str, bytes], image: Image, grader: bytes) -> None:
    found = graded(image, grader, files)
    assert not found["gradable"] and found["format_errors"]


def test_kit_in_its_own_image(image: Image) -> None:
    """The last test: the root becomes the image of `kit`."""
    image.add(stages()[1])
    submissions = image.root / "submissions"
    submissions.mkdir()
    shutil.copy(CLASS / f"{SMALL}_full.ipynb", submissions)
    said = image.run(*image.entrypoint, "grade", "/submissions", "--output", "/results")
    assert "10 / 10" in said
    assert (image.root / "results" / "report.html").is_file()
    private = [image.root / "opt/kit/source" / name for name in ("autograder", "solutions", "tests")]
    assert not any(Path(folder).stat().st_mode & 0o077 for folder in private)

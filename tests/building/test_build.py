"""`kit build` as a whole."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from handed_in import EXERCISE, put

from autograder.bank.master import exercise_names
from autograder.building.build import build, check_parts
from autograder.building.package import student_files
from autograder.results.key import FILE as KEY


def test_exercises_are_up_to_date() -> None:
    assert build(check=True).changed == [], "run `kit build` and commit what changes in exercises/"


def test_the_zip_of_an_exercise_holds_what_that_exercise_needs() -> None:
    whole, one = student_files(), student_files(EXERCISE)
    others = [name for name in exercise_names() if name != EXERCISE]
    left_out = {name for name in whole if name not in one}
    assert f"exercises/{EXERCISE}.ipynb" in one and "exercises/requirements.txt" in one
    assert {Path(name).suffix for name in left_out} <= {".ipynb", ".py", ".json"}
    assert not [name for name in one if {Path(name).stem, Path(name).parent.name} & set(others)]


def test_each_exercise_has_its_three_parts() -> None:
    check_parts(exercise_names())


@pytest.mark.slow
def test_packages_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    first = build(output=tmp_path / "first").packages
    put(tmp_path / "second", {KEY: (tmp_path / "first" / KEY).read_bytes()})
    second = build(output=tmp_path / "second").packages
    assert len(first) == len(second) == 2 * len(exercise_names()) + 2
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name
        assert one.stat().st_mode & 0o777 == 0o644, "what is handed out is not private"


@pytest.mark.slow
def test_zips_of_two_builds_differ_in_the_key_only(tmp_path: Path) -> None:
    one, other = (packed(build([EXERCISE], tmp_path / name).packages) for name in ("one", "other"))
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == [KEY]


def packed(packages: list[Path]) -> dict[str, bytes]:
    """The files of the autograder zip."""
    (path,) = (path for path in packages if path.parent.name == "autograder")
    archive = zipfile.ZipFile(path)
    return {name: archive.read(name) for name in archive.namelist()}

"""What is handed in, broken at random: read, or refused with one line; never anything else."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import notebooks, zips

from autograder.submissions.collect import find_submissions
from autograder.submissions.read import MAX_CELLS, Submission, Unreadable, from_bytes

pytestmark = pytest.mark.slow
FUZZ = settings(
    deadline=5000,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    max_examples=800,
)


def read(name: str, data: bytes) -> Submission | Unreadable:
    """What becomes of a file; any other error is the kit's."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbformat's, of notebooks that it mends
            return from_bytes(name, data)
    except Unreadable as problem:
        return problem


def is_in_order(found: Submission | Unreadable) -> None:
    """A submission that can be sent to the judge, or one line for the student."""
    if isinstance(found, Unreadable):
        assert str(found).strip() and "\n" not in str(found) and "Traceback" not in str(found)
        return
    assert 0 < len(found.cells) <= MAX_CELLS
    assert all(
        isinstance(cell.source, str) and isinstance(tag, str) for cell in found.cells for tag in ["", *cell.tags]
    )
    assert found.exercise is None or isinstance(found.exercise, str)
    assert json.loads(json.dumps([cell.source for cell in found.cells]).encode()) is not None
    "".join(cell.source for cell in found.cells).encode()


@FUZZ
@given(notebooks)
def test_notebooks(data: bytes) -> None:
    is_in_order(read("a.ipynb", data))


@FUZZ
@given(zips())
def test_zips(data: bytes) -> None:
    is_in_order(read("a.zip", data))


@FUZZ
@given(st.one_of(notebooks, st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_scripts(data: bytes) -> None:
    is_in_order(read("a.py", data))


@settings(FUZZ, max_examples=400)
@given(zips(), st.sampled_from(["class.zip", "one.ipynb", "=x.zip", "ünï.py"]))
def test_classes(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    folder = tmp_path_factory.mktemp("class", numbered=True)
    (folder / name).write_bytes(data)
    for path in (folder, folder / name):
        sources = find_submissions([path])
        names = [source.name for source in sources]
        assert len(set(names)) == len(names)
        for source in sources:
            assert source.name and "/" not in source.name and "\0" not in source.name and source.name != ".."
            Path(folder, f"{source.name}.json").touch()
            try:
                found: Submission | Unreadable = source.read()
            except Unreadable as problem:
                found = problem
            is_in_order(found)

"""What is handed in, broken at random: read, or refused with one line; never anything else."""

from __future__ import annotations

import json
import logging
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import NOTEBOOK, notebooks, zips

from autograder.submissions.collect import find_submissions
from autograder.submissions.read import MAX_CELLS, MAX_MESSAGE, Submission, Unreadable, from_bytes

pytestmark = pytest.mark.slow
FUZZ = settings(
    deadline=60_000,  # of wall clock: also where the first one imports the reader of notebooks, on a busy machine
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    max_examples=800,
)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Nothing is logged: what nbformat says of broken notebooks may hold a lone surrogate, and pytest-xdist can't send
    that."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def read(name: str, data: bytes) -> Submission | Unreadable:
    """What becomes of a file; any other error is the kit's."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbformat's, of notebooks that it mends
            return from_bytes(name, data)
    except Unreadable as problem:
        return problem


def is_in_order(found: Submission | Unreadable) -> None:
    """A submission that can be sent to the trusted process, or one line for the student."""
    if isinstance(found, Unreadable):
        said = str(found)
        assert said.strip() and said.isprintable() and len(said) <= MAX_MESSAGE + 1
        assert "Traceback" not in said
        return
    sources = [cell.source for cell in found.cells]
    assert 0 < len(sources) <= MAX_CELLS
    assert any(source.strip() for source in sources)
    for text in (*sources, *(tag for cell in found.cells for tag in cell.tags), found.exercise or ""):
        assert type(text) is str
    for source in (*sources, *found.files.values()):
        source.encode()  # a lone surrogate can't be sent
    assert len(found.sha256) == 64


def all_are_in_order(name: str, data: st.SearchStrategy[bytes], examples: int = 800) -> None:
    """Each is read or refused, and enough of both."""
    became: Counter[str] = Counter()

    @settings(FUZZ, max_examples=examples)
    @given(data)
    def is_read(data: bytes) -> None:
        found = read(name, data)
        became[type(found).__name__] += 1
        is_in_order(found)

    is_read()
    assert min(became["Submission"], became["Unreadable"]) > examples / 100, became


def test_notebooks() -> None:
    all_are_in_order("a.ipynb", notebooks)


def test_zips() -> None:
    all_are_in_order("a.zip", zips())


def test_scripts() -> None:
    anything = st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
    all_are_in_order("a.py", st.one_of(notebooks, anything))


def test_an_unbroken_notebook_is_read_as_it_is() -> None:
    found = read("a.ipynb", json.dumps(NOTEBOOK).encode())
    assert isinstance(found, Submission)
    cells = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]
    assert [cell.source for cell in found.cells] == ["".join(cell["source"]) for cell in cells]
    assert [list(cell.tags) for cell in found.cells] == [cell["metadata"].get("tags", []) for cell in cells]
    assert found.exercise == "custom_loss"


@settings(FUZZ, max_examples=100, deadline=None)  # the process that reads has limits of its own
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

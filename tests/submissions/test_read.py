"""What is handed in: read, or refused with one line that says what to do."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from handed_in import notebook, put, zipped

from autograder.submissions.bounded import read_submission
from autograder.submissions.read import Cell, Submission, Unreadable, parse


def read(folder: Path, name: str, data: bytes) -> Submission:
    return read_submission(put(folder, {name: data}) / name)


def test_notebook_says_its_exercise() -> None:
    found = parse("a.ipynb", ".ipynb", notebook("x = 1", kit={"exercise": "vae"}))
    assert (found.exercise, [cell.source for cell in found.cells]) == ("vae", ["x = 1"])


def test_exercise_is_found_in_the_setup_cell_when_metadata_are_lost() -> None:
    data = notebook('grader = keras_checks.Notebook("vae")', kit={})
    assert parse("a.ipynb", ".ipynb", data).exercise == "vae"


def test_version_3_notebook() -> None:
    cell = {"cell_type": "code", "input": ["x = 1"], "language": "python", "metadata": {}, "outputs": []}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [cell], "metadata": {}}]}
    assert parse("a.ipynb", ".ipynb", json.dumps(old).encode()).cells[0].source == "x = 1"


@pytest.mark.parametrize(
    ("script", "sources"),
    [
        ("# In[1]:\n\nx = 1\n\n# In[ ]:\n\ny = 2\n", ["", "x = 1", "y = 2"]),
        ("# %%\nx = 1\n\n# %% [markdown]\n# text\n\n# %%\ny = 2\n", ["x = 1", "y = 2"]),
        ("x = 1\ny = 2\n", ["x = 1\ny = 2"]),
    ],
)
def test_scripts(script: str, sources: list[str]) -> None:
    assert [cell.source for cell in parse("a.py", ".py", script.encode()).cells] == sources


@pytest.mark.parametrize("inside", ["a.ipynb", "folder/a.ipynb"])
def test_zip_of_one(tmp_path: Path, inside: str) -> None:
    data = zipped({inside: notebook("x = 1"), "__MACOSX/._a.ipynb": b"junk"})
    assert read(tmp_path, "a.zip", data).cells[0].source == "x = 1"


def test_utf16_and_byte_order_mark() -> None:
    text = notebook("x = 1").decode()
    for encoding in ("utf-8-sig", "utf-16"):
        assert parse("a.ipynb", ".ipynb", text.encode(encoding)).cells[0].source == "x = 1"


def test_same_code_has_the_same_hash_whatever_the_outputs() -> None:
    one = parse("a.ipynb", ".ipynb", notebook("x = 1"))
    other = parse("b.ipynb", ".ipynb", notebook("x = 1", kernelspec={"name": "x", "display_name": "x"}))
    assert one.sha256 == other.sha256 != parse("a.ipynb", ".ipynb", notebook("x = 2")).sha256


def test_hash_is_that_of_the_code_that_runs() -> None:
    """The demos do not run: which cells are demos decides, what is in them does not. The modules beside it do run."""
    cells = (Cell("x = 1"), Cell("x = 2"))
    plain = Submission("a", cells, None)
    demo = replace(plain, cells=(cells[0], replace(cells[1], tags=("demo",))))
    other_demo = replace(plain, cells=(cells[0], Cell("plot(x)", ("demo",))))
    tagged = replace(plain, cells=(cells[0], replace(cells[1], tags=("setup",))))
    module = replace(plain, files={"helper.py": "y = 1"})
    assert demo.sha256 == other_demo.sha256 == replace(plain, cells=cells[:1]).sha256 != plain.sha256
    assert tagged.sha256 == plain.sha256 != module.sha256
    assert module.sha256 != replace(module, files={"helper.py": "y = 2"}).sha256


BROKEN = {
    "empty.ipynb": (b"", "is empty"),
    "blank.ipynb": (b" \n", "is empty"),
    "text.ipynb": (b"hello", "not a notebook that can be read"),
    "list.ipynb": (b"[]", "not a notebook that can be read"),
    "half.ipynb": (notebook("x = 1")[:40], "not a notebook that can be read"),
    "deep.ipynb": (b"[" * 100_000, "not a notebook that can be read"),
    "no_cells.ipynb": (notebook(), "no code cells"),
    "bad_cell.ipynb": (b'{"cells": [3], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "no code cells"),
    "bad_source.ipynb": (notebook("x = 1").replace(b'"x = 1"', b"3"), "not a notebook that can be read"),
    "binary.ipynb": (bytes(range(128, 256)) + b"\x00", "not a text file"),
    "word.docx": (b"PK", "not a notebook"),
    "damaged.zip": (b"PK\x03\x04 broken", "damaged zip"),
    "nothing.zip": (zipped({"readme.txt": b"hi"}), "holds no notebook"),
    "two.zip": (zipped({"a.ipynb": notebook("1"), "b.ipynb": notebook("2")}), "holds 2 notebooks"),
    "bomb.zip": (zipped({"a.ipynb": b"0" * (65 * 2**20)}), "larger than 64 MB"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_graded_says_why_in_one_line(tmp_path: Path, name: str) -> None:
    data, reason = BROKEN[name]
    with pytest.raises(Unreadable, match=reason) as caught:
        read(tmp_path, name, data)
    assert "\n" not in str(caught.value)


ODD = {
    "outputs": [7, None, {"output_type": ["x"]}, {"output_type": "error", "traceback": "no list"}],
    "id": None,
    "attachments": {"n": None},
    "execution_count": "many",
    "metadata": 3,
}


def test_what_is_not_looked_at_need_not_be_in_order(tmp_path: Path) -> None:
    node = json.loads(notebook("x = 1", "y = 2"))
    for cell in node["cells"]:
        cell |= ODD
    node["cells"] += [None, 3]
    node["metadata"] = [1]
    found = read(tmp_path, "odd.ipynb", json.dumps(node).encode())
    assert [cell.source for cell in found.cells] == ["x = 1", "y = 2"]


def nameless() -> bytes:
    """A zip of two files, of which the first has no name in the list of them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("a.ipynb", "vae.ipynb"):
            archive.writestr(name, notebook("x = 1"))
        archive.filelist[0].filename = ""
    return buffer.getvalue()


def test_a_file_without_a_name_hides_no_other(tmp_path: Path) -> None:
    assert read(tmp_path, "nameless.zip", nameless()).cells[0].source == "x = 1"


def test_link_in_a_zip_is_not_followed(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("a.ipynb")
    info.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(Unreadable, match="holds no notebook"):
        read(tmp_path, "link.zip", buffer.getvalue())


def test_refusal_is_one_line_whatever_the_file_is_called() -> None:
    with pytest.raises(Unreadable) as caught:
        parse("a\n\u202e" + "b" * 9000 + ".ipynb", ".ipynb", notebook())
    said = str(caught.value)
    assert said.isprintable() and len(said) < 500 and said.endswith("Hand in the notebook with your answers.")

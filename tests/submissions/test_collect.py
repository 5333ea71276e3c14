"""Where the submissions of a class are found, and what they are called."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import nbformat
import pytest

from autograder.submissions.collect import find_submissions
from autograder.submissions.read import Unreadable

NOTEBOOK = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1", id="a")])).encode()
METADATA = """\
---
submission_101:
  :submitters:
  - :name: Zoë Ångström
    :sid: '1'
    :email: zoe@example.org
  :created_at: 2026-11-20 10:00:00.000000000 +00:00
submission_102:
  :submitters:
  - :name: Anna
  - :name: Ben
"""


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def test_gradescopes_export(tmp_path: Path) -> None:
    files = {
        "submission_metadata.yml": METADATA.encode(),
        "submission_101/vae.ipynb": NOTEBOOK,
        "submission_102/nested/vae.zip": zipped({"vae.ipynb": NOTEBOOK}),
        "submission_102/.ipynb_checkpoints/vae-checkpoint.ipynb": NOTEBOOK,
    }
    found = find_submissions([put(tmp_path / "export", files)])
    assert {source.name: source.student for source in found} == {
        "submission_101__vae": "Zoë Ångström",
        "submission_102__nested__vae": "Anna, Ben",
    }
    assert [source.read().cells[0].source for source in found] == ["x = 1", "x = 1"]


@pytest.mark.parametrize("metadata", [b"", b"[1]", b"a: [", b"submission_101: 3", b"\xff\xfe\x00"])
def test_metadata_that_cannot_be_read_cost_the_names_only(tmp_path: Path, metadata: bytes) -> None:
    files = {"submission_metadata.yml": metadata, "submission_101/vae.ipynb": NOTEBOOK}
    (source,) = find_submissions([put(tmp_path / "export", files)])
    assert source.student == "submission_101__vae"


def test_a_learning_platforms_zip_of_zips(tmp_path: Path) -> None:
    inner = zipped({"work/vae.ipynb": NOTEBOOK, "__MACOSX/work/._vae.ipynb": b"junk"})
    class_ = zipped({"Anna_1_file/vae.ipynb": NOTEBOOK, "Ben_2_file/vae.zip": inner, "read me.txt": b"hello"})
    found = find_submissions([put(tmp_path, {"class.zip": class_}) / "class.zip"])
    assert [source.name for source in found] == ["Anna_1_file__vae", "Ben_2_file__vae"]
    assert all(source.read().cells for source in found)


def test_a_students_zip_with_two_notebooks_is_one_submission(tmp_path: Path) -> None:
    put(tmp_path / "class", {"anna.zip": zipped({"a.ipynb": NOTEBOOK, "b.ipynb": NOTEBOOK})})
    (source,) = find_submissions([tmp_path / "class"])
    with pytest.raises(Unreadable, match="holds 2 notebooks"):
        source.read()


def test_names_that_lead_out_of_the_folder_do_not(tmp_path: Path) -> None:
    names = ["../../etc/cron.d/x.ipynb", "/root/x.ipynb", "..\\..\\x.ipynb", ".hidden.ipynb", f"{'y' * 300}.ipynb"]
    class_ = zipped(dict.fromkeys(names, NOTEBOOK))
    found = find_submissions([put(tmp_path, {"class.zip": class_}) / "class.zip"])
    assert len(found) == len(names)
    for source in found:
        assert (tmp_path / "results" / f"{source.name}.json").resolve().parent == tmp_path / "results"
        assert not source.name.startswith(".")
        assert len(source.name) <= 121


def test_the_same_name_twice_gives_two_results(tmp_path: Path) -> None:
    folders = [put(tmp_path / name, {"vae.ipynb": NOTEBOOK}) for name in "ab"]
    names = [source.name for source in find_submissions(folders)]
    assert len(set(names)) == 2


def test_nothing_there(tmp_path: Path) -> None:
    assert find_submissions([put(tmp_path, {"readme.txt": b"hi", "damaged.zip": b"PK\x03\x04 broken"}) / "readme.txt"])
    assert find_submissions([tmp_path / "damaged.zip"])

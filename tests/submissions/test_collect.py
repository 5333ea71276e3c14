"""Where the submissions of a class are found, and what they are called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from handed_in import notebook, put, zipped
from platform_exports import ZOE, metadata

from autograder.submissions.collect import find_submissions
from autograder.submissions.people import METADATA, Person
from autograder.submissions.read import Unreadable

NOTEBOOK = notebook("x = 1")
LISTED = metadata({"submission_101": [ZOE], "submission_102": [Person("Anna"), Person("Ben")]})


def test_gradescopes_export(tmp_path: Path) -> None:
    files = {
        METADATA: LISTED.encode(),
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


LONG_NUMBER = b"submission_101: {:submitters: [{:name: %s}]}" % (b"9" * 5000)


@pytest.mark.parametrize("listed", [b"", b"[1]", b"a: [", b"submission_101: 3", b"\xff\xfe\x00", LONG_NUMBER])
def test_metadata_that_cannot_be_read_cost_the_names_only(tmp_path: Path, listed: bytes) -> None:
    files = {METADATA: listed, "submission_101/vae.ipynb": NOTEBOOK}
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


def test_what_is_named_like_a_notebook_and_is_no_file_gets_a_row(tmp_path: Path) -> None:
    folder = put(tmp_path / "class", {"anna.ipynb": NOTEBOOK, "old.ipynb/ben.ipynb": NOTEBOOK})
    (folder / "link.ipynb").symlink_to(folder / "anna.ipynb")
    (folder / "helper.py").symlink_to(tmp_path)
    (folder / "empty.ipynb").mkdir()
    os.mkfifo(folder / "pipe.ipynb")
    found = {source.name: source for source in find_submissions([folder])}
    assert set(found) == {"anna", "empty", "link", "old.ipynb__ben", "pipe"}
    for name in ("empty", "link", "pipe"):
        with pytest.raises(Unreadable, match=f"{name}.ipynb is not a file of its own"):
            found[name].read()


def test_names_that_lead_out_of_the_folder_do_not(tmp_path: Path) -> None:
    names = ["../../etc/cron.d/x.ipynb", "/root/x.ipynb", "..\\..\\x.ipynb", f"{'y' * 300}.ipynb"]
    class_ = zipped(dict.fromkeys(names, NOTEBOOK))
    found = find_submissions([put(tmp_path, {"class.zip": class_}) / "class.zip"])
    assert len(found) == len(names)
    for source in found:
        assert (tmp_path / "results" / f"{source.name}.json").resolve().parent == tmp_path / "results"
        assert not source.name.startswith(".")
        assert len(f"{source.name}.json".encode()) <= 255 - len("_")


def test_long_names_that_begin_alike_stay_apart(tmp_path: Path) -> None:
    files = {f"{'字' * 80}/{'名' * 80}{number}.ipynb": NOTEBOOK for number in range(2)}
    names = [source.name for source in find_submissions([put(tmp_path, files)])]
    assert len(set(names)) == 2
    assert all(len(name.encode()) <= 200 for name in names)


HELPER = b"def double(x):\n    return 2 * x\n"
SCRIPT = b"# In[1]:\n\nx = 1\n"
WITH_HELPER = {"anna/vae.ipynb": NOTEBOOK, "anna/helper.py": HELPER}
WAYS = {
    "a folder of folders": WITH_HELPER,
    "a folder of zips": {"anna.zip": zipped({"vae.ipynb": NOTEBOOK, "helper.py": HELPER})},
    "a zip of folders": {"class.zip": zipped({**WITH_HELPER, "ben/vae.ipynb": NOTEBOOK})},
    "a zip of zips": {
        "class.zip": zipped({"anna.zip": zipped({"vae.ipynb": NOTEBOOK, "helper.py": HELPER}), "b.ipynb": NOTEBOOK})
    },
    "a file": WITH_HELPER,
    "a student's zip": {"anna.zip": zipped({"vae.ipynb": NOTEBOOK, "helper.py": HELPER})},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_notebook_and_its_module_are_one_submission(way: str, tmp_path: Path) -> None:
    folder = put(tmp_path, WAYS[way])
    named = {"a file": "anna/vae.ipynb", "a student's zip": "anna.zip"}
    path = folder / named.get(way, "class.zip" if "class.zip" in WAYS[way] else "")
    anna, *others = find_submissions([path])
    assert len(others) == ("class.zip" in WAYS[way])
    assert anna.read().files == {"helper.py": HELPER.decode()}
    assert [other.read().files for other in others] == [{}] * len(others)


def test_a_script_beside_a_notebook_is_a_submission(tmp_path: Path) -> None:
    files = {"vae.ipynb": NOTEBOOK, "exported.py": SCRIPT, "called.py": b"keras_checks.Notebook('vae')\nx = 1"}
    for path in (put(tmp_path / "folder", files), put(tmp_path, {"class.zip": zipped(files)}) / "class.zip"):
        found = {source.name: source.read() for source in find_submissions([path])}
        assert set(found) == {"vae", "exported", "called"}
        assert not any(submission.files for submission in found.values())


def test_the_same_name_twice_gives_two_results(tmp_path: Path) -> None:
    folders = [put(tmp_path / name, {"vae.ipynb": NOTEBOOK}) for name in "ab"]
    names = [source.name for source in find_submissions(folders)]
    assert len(set(names)) == 2


def test_a_folder_without_submissions(tmp_path: Path) -> None:
    assert find_submissions([put(tmp_path, {"readme.txt": b"hi", "data/table.csv": b"1,2"})]) == []


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("readme.txt", b"hi", "readme.txt is not a notebook"),
        ("damaged.zip", b"PK\x03\x04 broken", "damaged.zip is a damaged zip"),
    ],
)
def test_what_is_named_itself_is_a_submission(name: str, data: bytes, message: str, tmp_path: Path) -> None:
    """If only one that can't be read: it has a row that says why."""
    (source,) = find_submissions([put(tmp_path, {name: data}) / name])
    assert source.name == Path(name).stem
    with pytest.raises(Unreadable, match=message):
        source.read()

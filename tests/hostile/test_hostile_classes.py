"""What one student hands in changes nothing for the others of a class: neither their names nor whether they are found.

A class is listed in the kit's own process, so what it takes to list it is bounded, too.
"""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from handed_in import notebook, put, zipped
from platform_exports import metadata

from autograder.submissions.collect import MAX_NESTED, find_submissions
from autograder.submissions.people import METADATA, Person, from_metadata
from autograder.submissions.read import MAX_MEMBERS, Unreadable

NOTEBOOK = notebook("x = 1")
ANNA, BEN = Person("Anna Arnold", "1", "anna@uni.edu"), Person("Ben Berg", "2", "ben@uni.edu")
TRUE = metadata({"submission_101": [ANNA], "submission_102": [BEN]}).encode()
FALSE = metadata({"submission_101": [BEN], "submission_102": [ANNA]}).encode()
CLASS = {METADATA: TRUE, "submission_101/vae.ipynb": NOTEBOOK, "submission_102/vae.ipynb": NOTEBOOK}


def students(path: Path) -> dict[str, str]:
    return {source.name[-len("submission_101__vae") :]: source.student for source in find_submissions([path])}


@pytest.mark.parametrize("name", [f"submission_102/{METADATA}", f"submission_102/deep/{METADATA}"])
@pytest.mark.parametrize("form", ["folder", "zip", "zip with the true list first"])
def test_a_list_of_names_among_a_students_files_names_nobody(tmp_path: Path, form: str, name: str) -> None:
    files = CLASS | {name: FALSE}
    if form == "folder":
        path = put(tmp_path / "class", files)
    else:
        ordered = dict(sorted(files.items())) if form == "zip" else files
        path = put(tmp_path, {"class.zip": zipped(ordered)}) / "class.zip"
    assert students(path) == {"submission_101__vae": ANNA.name, "submission_102__vae": BEN.name}


def test_a_list_of_names_in_a_students_zip_names_nobody_else(tmp_path: Path) -> None:
    files = CLASS | {"submission_102/more.zip": zipped({METADATA: FALSE, "submission_101/vae.ipynb": NOTEBOOK})}
    found = {source.name: source.student for source in find_submissions([put(tmp_path / "class", files)])}
    assert set(found.values()) == {ANNA.name, BEN.name}
    assert [name for name, student in found.items() if student == ANNA.name] == ["submission_101__vae"]


def test_a_students_zip_that_looks_like_a_class_is_one_submission(tmp_path: Path) -> None:
    """Else whoever hands in many answers has many results."""
    inner = zipped({f"Anna A_{n}_assignsubmission_file_/vae.ipynb": NOTEBOOK for n in range(3)})
    class_ = put(tmp_path / "class", {"Ben B_7_assignsubmission_file_/mine.zip": inner})
    (source,) = find_submissions([class_])
    assert source.student == "Ben B"
    with pytest.raises(Unreadable, match="holds 3 notebooks"):
        source.read()


def test_a_name_that_would_be_gigabytes_of_text_is_none() -> None:
    lists = "".join(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20))
    text = f"submission_1:\n  a0: &a0 [x, x]\n{lists}  :submitters:\n  - :name: *a19\n    :sid: 12\n"
    assert from_metadata(text) == {"submission_1": Person("", "12", "")}


def test_zips_in_zips_are_looked_into_as_far_as_memory_goes(tmp_path: Path) -> None:
    size, count = 32 * 2**20, 20
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("Anna A_1_assignsubmission_file_/x.ipynb", bytes(size))
    bomb = zipped(
        {"Ben B_2_assignsubmission_file_/x.ipynb": NOTEBOOK} | {f"{n}.zip": buffer.getvalue() for n in range(count)}
    )
    assert len(bomb) < size / 10
    class_ = put(tmp_path / "class", {"bomb.zip": bomb, "other.ipynb": NOTEBOOK})
    tracemalloc.start()
    found = find_submissions([class_])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "other" in [source.name for source in found]
    assert peak < MAX_NESTED + 3 * size < count * size


def test_a_zip_of_too_many_files_is_refused_at_once(tmp_path: Path) -> None:
    one = b"PK\1\2" + struct.pack("<6H3I5H2I", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    names, count = one * (MAX_MEMBERS + 1), MAX_MEMBERS + 1
    ends = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(names), 0)
    ends += struct.pack("<4sIQI", b"PK\6\7", 0, len(names), 1)
    ends += struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert len(zipfile.ZipFile(io.BytesIO(names + ends)).infolist()) == count
    (source,) = find_submissions([put(tmp_path, {"many.zip": names + ends}) / "many.zip"])
    with pytest.raises(Unreadable, match=f"more than {MAX_MEMBERS} files"):
        source.read()

"""Reads what a student handed in: a notebook, a script exported from one, or a zip of one."""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from autograder.errors import KitError
from autograder.submissions.modules import CELLS, EXERCISE, MAX_FILE, Entry, modules_beside

MAX_BYTES = 64 * 2**20
MAX_SCRIPT = 2**20
MAX_CELLS = 2000
MAX_MEMBERS = 100_000
"""Files in a zip: to list a million takes a minute and gigabytes."""
MANY = 5
"""Cells of any kind that are looked at for each that may hold code."""
MAX_MESSAGE = 400
BEFORE_IDS = 4
"""The last minor version of the format in which cells have no ids."""
DEMO = "demo"
"""The tag of cells that are given, slow and only draw: grading leaves them out."""
SUFFIXES = (".ipynb", ".py", ".zip")


class Unreadable(KitError):
    """Nothing can be graded; the message, one line, tells the student what to do."""

    def __init__(self, message: str) -> None:
        # The names in it are the student's: a file name may hold line breaks, bytes that are no text, and a whole page.
        shown = "".join(letter if letter.isprintable() else "?" for letter in message)
        super().__init__(shown if len(shown) <= MAX_MESSAGE else f"…{shown[-MAX_MESSAGE:]}")


@dataclass(frozen=True)
class Cell:
    """A code cell of a submission."""

    source: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Submission:
    """A notebook to be graded, and the modules that were handed in beside it, by file name.

    ``sha256`` is that of the code that runs: submissions with the same code get the same cases and the same verdict.
    """

    name: str
    cells: tuple[Cell, ...]
    exercise: str | None
    files: Mapping[str, str] = field(default_factory=dict)

    def graded_sources(self) -> list[str]:
        """The cells that grading runs: all but the demos."""
        return [cell.source for cell in self.cells if DEMO not in cell.tags]

    @property
    def sha256(self) -> str:
        """A hash of the code that grading runs."""
        code = [self.graded_sources(), sorted(self.files.items())]
        return hashlib.sha256(json.dumps(code).encode()).hexdigest()


def from_bytes(name: str, data: bytes) -> Submission:
    """A submission from the name and the bytes of a file.

    Raises:
        Unreadable: the file is no notebook, no script and no zip of one.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise Unreadable(f"{name} is not a notebook. Hand in the .ipynb file that you worked in.")
    if suffix == ".zip":
        archive, members = zip_members(name, data, (".ipynb", ".py"))
        return read_member(name, archive, _only_notebook(name, members), members)
    return parse(name, suffix, data)


def read_member(
    name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, members: Sequence[zipfile.ZipInfo]
) -> Submission:
    """A submission from a member of a zip, with the modules beside it. Nothing is written to disk."""
    small = [other for other in members if other.file_size <= MAX_FILE]
    entries = [Entry(PurePosixPath(other.filename), partial(extract, name, archive, other)) for other in small]
    notebook = Entry(PurePosixPath(info.filename), partial(extract, name, archive, info))
    submission = from_bytes(notebook.path.name, notebook.load())
    return replace(submission, files=modules_beside(notebook, entries))


def zip_members(name: str, data: bytes, suffixes: tuple[str, ...]) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """A zip and its members with one of ``suffixes``: no folders, links, or files that systems leave behind."""
    if data.count(b"PK\1\2") > MAX_MEMBERS:
        raise Unreadable(f"{name} holds more than {MAX_MEMBERS} files. Pack only the notebook.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        return archive, [info for info in archive.infolist() if _is_candidate(info, suffixes)]
    except Exception:  # zipfile trusts the numbers in the file, and raises whatever comes of them
        raise Unreadable(f"{name} is a damaged zip. Pack the notebook again.") from None


def parse(name: str, suffix: str, data: bytes) -> Submission:
    """A submission from the bytes of a notebook (``.ipynb``) or of a script (``.py``)."""
    if suffix == ".py" and len(data) > MAX_SCRIPT:
        raise Unreadable(f"{name} is larger than 1 MB. Hand in the .ipynb file instead.")
    text = _decode(name, data)
    _check_count(name, max(text.count('"cell_type"') // MANY, len(CELLS.findall(text))))
    cells, exercise = _script(name, text) if suffix == ".py" else _notebook(name, text)
    if not any(cell.source.strip() for cell in cells):
        raise Unreadable(f"{name} has no code cells. Hand in the notebook with your answers.")
    _check_count(name, len(cells))
    return Submission(name, tuple(cells), exercise)


def _check_count(name: str, count: int) -> None:
    if count > MAX_CELLS:
        raise Unreadable(f"{name} has more than {MAX_CELLS} code cells. Delete those that you do not need.")


def read_file(path: Path) -> bytes:
    """The bytes of a file that was handed in."""
    try:
        if path.is_symlink() or not path.is_file():
            raise Unreadable(f"{path.name} is not a file of its own. Hand in the .ipynb file itself.")
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable(f"{path.name} is larger than 64 MB. Clear the outputs (Edit, Clear all outputs) and save.")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name} can't be opened ({error.strerror}).") from None


def _decode(name: str, data: bytes) -> str:
    if not data.strip():
        raise Unreadable(f"{name} is empty. Save the notebook again and hand in the new file.")
    for encoding in ("utf-8-sig", "utf-16"):
        try:
            return data.decode(encoding)
        except UnicodeError:
            continue
    raise Unreadable(f"{name} is not a text file. Hand in the .ipynb file itself.")


def _only_notebook(name: str, members: Sequence[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """The one notebook in a zip, or the one script."""
    notebooks = [info for info in members if info.filename.lower().endswith(".ipynb")]
    candidates = notebooks or members
    if not candidates:
        raise Unreadable(f"{name} holds no notebook. Pack the .ipynb file that you worked in.")
    if len(candidates) > 1:
        raise Unreadable(f"{name} holds {len(candidates)} notebooks. Pack only the one to be graded.")
    return candidates[0]


def _is_candidate(info: zipfile.ZipInfo, suffixes: tuple[str, ...]) -> bool:
    if not info.filename:
        return False
    hidden = is_left_behind(PurePosixPath(info.filename.replace("\\", "/")))
    link = stat.S_ISLNK(info.external_attr >> 16)
    return not (info.is_dir() or hidden or link) and info.filename.lower().endswith(suffixes)


def is_left_behind(path: PurePath) -> bool:
    """Whether a path, in a zip or on disk, is what systems and editors leave behind, or below it."""
    return any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in path.parts)


def extract(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The bytes of a member, of which there are at most 64 MB whatever it says of itself."""
    try:
        with archive.open(info) as file:
            data = file.read(MAX_BYTES + 1)
    except Exception as error:
        if type(error) is RuntimeError:
            raise Unreadable(f"{name} is protected by a password. Pack it without one.") from None
        raise Unreadable(f"{name} is a damaged zip. Pack the notebook again.") from None
    if len(data) > MAX_BYTES:
        raise Unreadable(f"The notebook in {name} is larger than 64 MB. Clear its outputs and save.")
    return data


def _notebook(name: str, text: str) -> tuple[list[Cell], str | None]:
    import nbformat  # here, for only the process that reads needs it

    try:
        node = nbformat.reads(_without_outputs(text), as_version=4)
        cells = [_cell(cell) for cell in node.cells if cell.get("cell_type") == "code"]
    except Exception:
        raise Unreadable(
            f"{name} is not a notebook that can be read. Open it in Jupyter, save it, and hand it in again."
        ) from None
    return cells, _exercise(node.get("metadata"), cells)


def _without_outputs(text: str) -> str:
    """A notebook of version 4 without what grading does not look at, which need not be in order; others as they are."""
    node = json.loads(text)
    if node["nbformat"] != 4:
        return text
    node |= {"nbformat_minor": BEFORE_IDS, "metadata": _metadata(node)}
    node["cells"] = [_bare(cell) for cell in node["cells"] if isinstance(cell, dict)]
    return json.dumps(node)


def _bare(cell: dict[str, Any]) -> dict[str, Any]:
    kept = {key: cell[key] for key in ("cell_type", "source") if key in cell}
    return {"metadata": _metadata(cell), "outputs": [], "execution_count": None} | kept


def _metadata(node: dict[str, Any]) -> dict[str, Any]:
    found = node.get("metadata")
    return found if isinstance(found, dict) else {}


def _cell(node: Any) -> Cell:
    source = node.get("source", "")
    source = "".join(source) if isinstance(source, list) else source
    if not isinstance(source, str):
        raise TypeError("a cell's source is not text")
    metadata = node.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return Cell(
        _printable(source), tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()
    )


def _printable(text: str) -> str:
    """``text`` without lone surrogates, which JSON allows and nothing else does."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _exercise(metadata: Any, cells: list[Cell]) -> str | None:
    kit = metadata.get("kit") if isinstance(metadata, dict) else None
    name = kit.get("exercise") if isinstance(kit, dict) else None
    if isinstance(name, str):
        return name
    found = EXERCISE.search("\n".join(cell.source for cell in cells))
    return found.group(1) if found else None


def _script(name: str, text: str) -> tuple[list[Cell], str | None]:
    """The cells of a script: at `# In[…]:` (nbconvert) or `# %%` (percent) lines; else one cell."""
    import jupytext

    try:
        if re.search(r"(?m)^# In\[[\d ]*\]:", text):
            parts = re.split(r"(?m)^# In\[[\d ]*\]:\s*$", text)
            cells = [Cell(part.strip()) for part in parts]
        else:
            node = jupytext.reads(text, fmt="py:percent")
            cells = [_cell(cell) for cell in node.cells if cell.cell_type == "code"]
    except Exception:
        raise Unreadable(f"{name} is not a script that can be read. Hand in the .ipynb file instead.") from None
    return cells, _exercise(None, cells)

"""Finds the one notebook in what a student handed in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from autograder.submissions.bounded import read_bytes
from autograder.submissions.modules import Entry, modules_beside
from autograder.submissions.read import SUFFIXES, Submission, Unreadable, is_left_behind, read_file

HANDED_IN = (".ipynb", ".zip")
"""What is named like this is a submission, though it may be no file."""
RESULT_SUFFIXES = (".json", ".csv", ".html", ".key")
REMEMBERED = 1024
"""Files that were read and are kept parsed."""
_remembered: dict[tuple[str, bytes], Submission] = {}


def only_submission(folder: Path, exercise: str, but: Sequence[str] = ()) -> Submission:
    """The one notebook in a folder, wherever it lies, with the modules beside it. Raises Unreadable.

    ``but`` names folders in it that are not the student's.
    """
    files = [entry for entry in entries_in(folder) if entry.suffix in SUFFIXES and entry.path.parts[0] not in but]
    files = [entry for entry in files if _is_file(folder / entry.path)] or files
    notebooks = [entry for entry in files if entry.suffix != ".py"] or files
    if not notebooks:
        raise Unreadable(f"There is no notebook in what you handed in. Hand in {exercise}.ipynb.")
    if len(notebooks) > 1:
        names = ", ".join(entry.path.name for entry in notebooks[:5])
        raise Unreadable(f"You handed in {len(notebooks)} notebooks ({names}). Hand in only {exercise}.ipynb.")
    return read_entry(notebooks[0], files)


def read_entry(entry: Entry, entries: Sequence[Entry]) -> Submission:
    """A submission, read; a notebook with those of ``entries`` beside it that it can import. Raises Unreadable."""
    submission = _read(entry.path.name, entry.load())
    return replace(submission, files=dict(submission.files) | modules_beside(entry, entries))


def _read(name: str, data: bytes) -> Submission:
    """A file, read; one that was read before is not parsed again."""
    key = (name, hashlib.sha256(data).digest())
    submission = _remembered.get(key)
    if submission is None:
        submission = read_bytes(name, data)
        if len(_remembered) >= REMEMBERED:
            _remembered.clear()
        _remembered[key] = submission
    return submission


def entries_in(
    folder: Path, coming: Callable[[Path], bool] = lambda _path: False, output: Path | None = None
) -> list[Entry]:
    """The files in a folder: nothing hidden, and no results. A link, a pipe or an empty folder counts where it is named
    like a submission; reading it raises Unreadable.

    Args:
        coming: tells the files that are still being copied.
        output: where results are written, which may lie in the folder.
    """
    return [entry_of(path, folder, whole=not coming(path)) for path in files_in(folder, output)]


def files_in(folder: Path, output: Path | None = None) -> list[Path]:
    """The files that :func:`entries_in` takes."""
    written = results_test(folder, output)
    return [
        path
        for path in sorted(folder.rglob("*"))
        if not (is_left_behind(path.relative_to(folder)) or written(path)) and (_is_file(path) or _is_none(path))
    ]


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _is_none(path: Path) -> bool:
    """Whether something that is no file is named like a submission; a folder with something in it is a folder."""
    if path.suffix.lower() not in HANDED_IN:
        return False
    return path.is_symlink() or not path.is_dir() or not any(path.iterdir())


def results_test(folder: Path, output: Path | None) -> Callable[[Path], bool]:
    """What tells the files below ``folder`` that grading into ``output`` has written."""
    if output is None:
        return lambda _path: False
    top, results = folder.resolve(), output.resolve()
    inside = results != top and results.is_relative_to(top)

    def written(path: Path) -> bool:
        own = top / path.relative_to(folder)
        return (own.parent == results and own.suffix in RESULT_SUFFIXES) or (inside and own.is_relative_to(results))

    return written


def entry_of(path: Path, folder: Path, *, whole: bool = True) -> Entry:
    """A file on disk; its path is that below ``folder``."""
    return Entry(PurePosixPath(path.relative_to(folder)), partial(read_file, path), whole=whole)

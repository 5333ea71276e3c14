"""Finds the one notebook in what a student handed in, and the modules beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from autograder.submissions.bounded import read_submission
from autograder.submissions.modules import MAX_FILE, modules
from autograder.submissions.read import SUFFIXES, Submission, Unreadable, read_file


def only_submission(folder: Path, exercise: str, but: Sequence[str] = ()) -> Submission:
    """The one notebook in a folder, wherever it lies, with the modules beside it. Raises Unreadable.

    ``but`` names folders in it that are not the student's.
    """
    files = [path for path in candidates(folder) if path.relative_to(folder).parts[0] not in but]
    notebooks = [path for path in files if path.suffix.lower() != ".py"] or files
    if not notebooks:
        raise Unreadable(f"There is no notebook in what you handed in. Hand in {exercise}.ipynb.")
    if len(notebooks) > 1:
        names = ", ".join(path.name for path in notebooks[:5])
        raise Unreadable(f"You handed in {len(notebooks)} notebooks ({names}). Hand in only {exercise}.ipynb.")
    return with_modules(notebooks[0], files)


def candidates(folder: Path) -> list[Path]:
    """The files in a folder that may be submissions; nothing hidden, no links."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.is_symlink() and not hidden(path, folder)
    ]


def hidden(path: Path, folder: Path) -> bool:
    """Whether a path is what systems and editors leave behind, or below it."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.relative_to(folder).parts)


def with_modules(notebook: Path, files: Sequence[Path]) -> Submission:
    """A submission, read; a notebook with those of ``files`` beside it that it can import."""
    submission = read_submission(notebook)
    if notebook.suffix.lower() != ".ipynb":
        return submission
    beside = [path for path in files if path.parent == notebook.parent and path.suffix.lower() == ".py"]
    small = [path for path in beside if path.stat().st_size <= MAX_FILE]
    return replace(submission, files=modules((path.name, read_file(path)) for path in small))

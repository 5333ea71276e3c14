"""Finds the one notebook in what a student handed in, and the modules beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from autograder.submissions.read import SUFFIXES, Submission, Unreadable, is_module, read_file, read_submission

MAX_FILES, MAX_FILE = 20, 2**18
"""Modules beside a notebook, and bytes of each; others are left out."""


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
    """A notebook, read, with those of ``files`` beside it that it can import."""
    submission = read_submission(notebook)
    return replace(submission, files=dict(list(submission.files.items()) + modules_beside(notebook, files)))


def modules_beside(notebook: Path, files: Sequence[Path]) -> list[tuple[str, str]]:
    """Name and text of the modules in the folder of a notebook."""
    if notebook.suffix.lower() == ".py":
        return []
    beside = [path for path in files if path.parent == notebook.parent and path.suffix.lower() == ".py"]
    small = [path for path in beside if path.stat().st_size <= MAX_FILE]
    texts = [(path.name, read_file(path).decode("utf-8", "replace")) for path in small]
    return [(name, text) for name, text in texts if is_module(text)][:MAX_FILES]

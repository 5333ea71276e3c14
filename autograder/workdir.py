"""The one folder that a worker may write: made, watched, and removed whatever was left in it."""

from __future__ import annotations

import itertools
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path


class TooMuch(Exception):
    """The folder holds more than it may."""


def make_workdir() -> Path:
    """A new empty folder, 0700, inside one that its worker can pass but not list or change."""
    parent = Path(tempfile.mkdtemp(prefix="kit-work-"))
    parent.chmod(0o711)
    folder = parent / "work"
    folder.mkdir(0o700)
    return folder


def remove_workdir(folder: Path) -> None:
    """Remove what :func:`make_workdir` made."""
    remove_tree(str(folder.parent))


def check_size(folder: Path, max_bytes: int, max_files: int) -> None:
    """Raise TooMuch when the folder has grown beyond its limits. Stops counting there."""
    size = 0
    for count, entry in enumerate(_walk(str(folder)), 1):
        size += entry.stat(follow_symlinks=False).st_blocks * 512
        if count > max_files:
            raise TooMuch(f"More than {max_files} files were written.")
        if size > max_bytes:
            raise TooMuch(f"More than {max_bytes >> 20} MB were written.")


def _walk(folder: str) -> Iterator[os.DirEntry[str]]:
    """All entries under ``folder``. What vanishes or cannot be listed is passed over."""
    pending = [folder]
    while pending:
        try:
            entries = list(os.scandir(pending.pop()))
        except OSError:
            continue
        for entry in entries:
            try:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                entry.stat(follow_symlinks=False)
            except OSError:
                continue
            yield entry


def remove_tree(top: str) -> None:
    """Remove a folder, however deep, with folders of mode 0 and FIFOs in it. No error if it cannot be.

    Each folder is emptied by moving its own folders up beside it, so that no path grows longer than two names.
    """
    fresh = (f"{os.urandom(4).hex()}-{number}" for number in itertools.count())
    try:
        pending = [top]
        while pending:
            folder = pending[-1]
            inner = _empty(folder, top, fresh)
            if not inner:
                os.rmdir(folder)
                pending.pop()
            pending += inner
    except OSError:
        return


def _empty(folder: str, top: str, fresh: Iterator[str]) -> list[str]:
    """Unlink the files of ``folder``, move its folders up into ``top``; returns where they are now."""
    os.chmod(folder, stat.S_IRWXU)
    moved = []
    for entry in list(os.scandir(folder)):
        if not entry.is_dir(follow_symlinks=False):
            os.unlink(entry.path)
            continue
        os.chmod(entry.path, stat.S_IRWXU)
        place = os.path.join(top, next(fresh))
        os.rename(entry.path, place)
        moved.append(place)
    return moved

"""The one folder that a worker may write: made, watched, and removed whatever was left in it."""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
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


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write what was handed in beside the notebook, by names without a folder in them."""
    for name, text in files.items():
        path = folder / Path(name).name
        path.write_text(text, encoding="utf-8", errors="replace")
        path.chmod(0o644)


def remove_workdir(folder: Path) -> None:
    """Remove what :func:`make_workdir` made."""
    remove_tree(folder.parent)


def check_size(folder: Path, max_bytes: int, max_files: int, pid: int | None = None) -> None:
    """Raise TooMuch when the folder has grown beyond its limits. Stops counting there.

    ``pid``: the process that writes there, whose files count as well when they have no name any more.
    """
    size = _unlinked_bytes(pid) if pid is not None else 0
    if size > max_bytes:
        raise TooMuch(f"More than {max_bytes >> 20} MB were written.")
    for count, entry in enumerate(_walk(str(folder)), 1):
        size += entry.stat(follow_symlinks=False).st_blocks * 512
        if count > max_files:
            raise TooMuch(f"More than {max_files} files were written.")
        if size > max_bytes:
            raise TooMuch(f"More than {max_bytes >> 20} MB were written.")


def _unlinked_bytes(pid: int) -> int:
    """Bytes on the disk of files that a process holds open and has removed; 0 where the system does not tell."""
    size = 0
    with contextlib.suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if str(entry.readlink()).endswith(" (deleted)"):
                    size += entry.stat().st_blocks * 512
    return size


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


def remove_tree(top: Path) -> None:
    """Remove a folder, however deep, with folders of mode 0 and FIFOs in it. No error if it cannot be.

    Each folder is emptied by moving its own folders up into ``top``, so that no path grows longer than two names.
    """
    fresh = (top / f"{os.urandom(4).hex()}-{number}" for number in itertools.count())
    pending = [top]
    with contextlib.suppress(OSError):
        while pending:
            inner = _empty(pending[-1], fresh)
            if not inner:
                pending.pop().rmdir()
            pending += inner


def _empty(folder: Path, fresh: Iterator[Path]) -> list[Path]:
    """Unlink the files of ``folder`` and move its folders away; returns where they are now."""
    folder.chmod(stat.S_IRWXU)
    moved = []
    for entry in list(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            entry.chmod(stat.S_IRWXU)
            moved.append(entry.rename(next(fresh)))
        else:
            entry.unlink()
    return moved

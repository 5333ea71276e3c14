"""Sees what arrives in a folder: which files are new or changed, and which of them are there to their end."""

from __future__ import annotations

import contextlib
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from watchfiles import watch

from autograder.submissions.find import files_in, results_test
from autograder.submissions.people import METADATA

QUIET_SECONDS = 2.0
"""How long a file must not have changed before it is read."""
HALF_SECONDS = 60.0
"""The same for a file that ends in the middle: its copying may have stalled."""
LOOK_SECONDS = 1.0
"""How often the folder is looked at, even where the system does not tell of changes, as on network folders."""
END_BYTES = 64

Signature = tuple[int, int, int]
"""Size, time of the last change, and number of a file."""


def arrivals(folder: Path, output: Path) -> Iterator[Callable[[Path], bool]]:
    """Waits, without end, for something to grade; yields what tells the files that are still being copied.

    ``output`` may lie in the folder: what is written there is no arrival.
    """
    seen = Arrivals(folder, output)
    for _ in chain([()], _ticks(folder.absolute(), output)):
        if seen.look():
            yield seen.is_coming


def _ticks(folder: Path, output: Path) -> Iterator[object]:
    """Yields when something changes in the folder, and every second; that alone, where the system tells nothing."""
    written = results_test(folder, output)
    with contextlib.suppress(OSError, RuntimeError):  # such as too many watches
        yield from watch(
            folder,
            watch_filter=lambda _change, path: not (Path(path).is_relative_to(folder) and written(Path(path))),
            rust_timeout=int(1000 * LOOK_SECONDS),
            yield_on_timeout=True,
            ignore_permission_denied=True,
        )
    while True:
        time.sleep(LOOK_SECONDS)
        yield ()


@dataclass
class Arrivals:
    """The files of a folder as they were when it was last looked at."""

    folder: Path
    output: Path
    clock: Callable[[], float] = time.monotonic
    _now: float = 0.0
    _files: dict[Path, tuple[Signature, float]] = field(default_factory=dict)
    _told: dict[Path, Signature] = field(default_factory=dict)

    def look(self) -> bool:
        """Whether a file that is there to its end is new or changed since this last said so, or one has gone."""
        self._now = self.clock()
        found = self._found()
        if found is None:
            return False
        before = self._files
        self._files = {
            path: before[path] if path in before and before[path][0] == signature else (signature, self._now)
            for path, signature in found.items()
        }
        coming = {path for path in found if self.is_coming(path)}
        if any(path.suffix.lower() == ".zip" or path.name == METADATA for path in coming):
            return False  # nobody knows yet whose submissions it tells of
        now = {path: self._told.get(path) if path in coming else signature for path, signature in found.items()}
        told = {path: signature for path, signature in now.items() if signature is not None}
        changed, self._told = told != self._told, told
        return changed

    def is_coming(self, path: Path) -> bool:
        """Whether a file may still be being copied."""
        if path not in self._files:
            return True
        quiet = self._now - self._files[path][1]
        return quiet < QUIET_SECONDS or (quiet < HALF_SECONDS and _is_half(path))

    def _found(self) -> dict[Path, Signature] | None:
        """The files that are there; None where the folder can't be looked at: it may be on a network that is away."""
        found = {}
        try:
            for path in files_in(self.folder, self.output):
                with contextlib.suppress(FileNotFoundError):
                    status = path.stat()
                    found[path] = (status.st_size, status.st_mtime_ns, status.st_ino)
        except OSError:
            return None
        return found if self.folder.is_dir() else None


def _is_half(path: Path) -> bool:
    """Whether a notebook or a zip ends in the middle."""
    try:
        if path.suffix.lower() == ".zip":
            return not zipfile.is_zipfile(path)
        if path.suffix.lower() == ".ipynb":
            with path.open("rb") as file:
                file.seek(max(0, path.stat().st_size - END_BYTES))
                return not file.read().rstrip().endswith(b"}")
    except OSError:
        return True
    return False

"""What the misconceptions and the reference of an exercise did on the cases that everybody gets.

It is kept between runs of the kit. To observe forty misconceptions takes seconds: with the archive only the first
failure on a machine waits for them.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.files import write_bytes
from autograder.paths import archives
from autograder.results.identity import checks_sha256
from autograder.workers.frames import LENGTHS, WireError, decode, encode

if TYPE_CHECKING:  # it imports TensorFlow, which a file of observations does not need
    from autograder.grading.observer import Known


class Archive:
    """A file of observations, by whose they are. It holds for one version of the checks and of what they import.

    ``part`` names one file of several: a submission that passes reads no misconceptions. ``checks`` is the hash of the
    checks, for who knows it already: to work it out, the whole bank is read.
    """

    def __init__(self, exercise: str, seed: int, part: str = "misconceptions", checks: str = "") -> None:
        self.exercise = exercise
        self.seed = seed
        self.part = part
        self.checks = checks or checks_sha256(exercise)

    @property
    def path(self) -> Path:
        """The file."""
        return archives() / f"{self.exercise}-{self.seed}-{self.part}-{self.checks[:16]}.frames"

    def read(self) -> dict[str, Known]:
        """All that is known; nothing where the file is missing or damaged."""
        found: dict[str, Known] = {}
        with contextlib.suppress(OSError, WireError, struct.error, KeyError, TypeError):
            for entry in _entries(self.path.read_bytes()):
                found.setdefault(entry["who"], {})[entry["probe"], entry["case"]] = entry["observation"]
        return found

    def write(self, known: Mapping[str, Known]) -> None:
        """Replace the file, where it can be written."""
        entries = (
            {"who": who, "probe": probe, "case": case, "observation": observation}
            for who, observations in known.items()
            for (probe, case), observation in observations.items()
        )
        with contextlib.suppress(OSError):
            archives().mkdir(mode=0o700, parents=True, exist_ok=True)
            write_bytes(self.path, b"".join(_frames(entries)))
            current = self.path.name.rpartition("-")[2]
            for file in archives().glob(f"{self.exercise}-*.frames"):
                if file.name.rpartition("-")[2] != current:
                    file.unlink(missing_ok=True)


def _frames(entries: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    for entry in entries:
        with contextlib.suppress(WireError):  # what can't be kept is observed again
            yield encode(entry)


def _entries(data: bytes) -> Iterator[dict[str, Any]]:
    position = 0
    while position < len(data):
        end = position + 4 + LENGTHS.unpack_from(data, position)[0]
        yield decode(data[position:end])
        position = end

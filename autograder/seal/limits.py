"""Limits on a worker that the kernel keeps."""

from __future__ import annotations

import contextlib
import os
import resource
from dataclasses import dataclass
from pathlib import Path

ROOM = 4
"""Times the threads of a worker that a user who runs other things, too, is left."""


@dataclass(frozen=True)
class Bounds:
    """Limits that the kernel keeps.

    ``threads`` are those of a worker with a user of its own; else of all that its user runs, with room to spare.
    """

    data_gb: float = 2
    address_gb: float = 6
    file_mb: int = 100
    open_files: int = 256
    threads: int = 256


def limit(bounds: Bounds, *, own_user: bool) -> dict[str, str]:
    """Limit this process; for each limit that could not be set, why."""
    limits = {
        "RLIMIT_DATA": int(bounds.data_gb * 2**30),
        "RLIMIT_AS": int(bounds.address_gb * 2**30),  # mmap passes the first
        "RLIMIT_FSIZE": bounds.file_mb * 2**20,
        "RLIMIT_NOFILE": bounds.open_files,
        "RLIMIT_CORE": 0,
    }
    # It is counted for the whole user.
    limits["RLIMIT_NPROC"] = bounds.threads if own_user else _threads_of_user() + ROOM * bounds.threads
    reasons = {}
    for name, wanted in limits.items():
        try:
            _lower(getattr(resource, name), wanted)
        except (OSError, ValueError, AttributeError) as error:
            reasons[name] = str(error)
    return reasons


def _threads_of_user() -> int:
    """How many threads the user of this process runs."""
    count = 0
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if entry.stat().st_uid == os.getuid():
                count += len(list((entry / "task").iterdir()))
    return count


def _lower(kind: int, wanted: int) -> None:
    hard = resource.getrlimit(kind)[1]
    wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (wanted, wanted))

"""A user of its own for each worker, and the capabilities that it gives up."""

from __future__ import annotations

import contextlib
import os
import struct
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from autograder.seal.errors import LayerMissing, SealError
from autograder.seal.process import (
    PR_CAPBSET_DROP,
    PR_SET_KEEPCAPS,
    process_option,
    set_capabilities,
    set_process_option,
)
from autograder.seal.readable import closed_to_others, libraries

CAP_CHOWN, CAP_DAC_READ_SEARCH, CAP_SETGID, CAP_SETUID = 0, 2, 6, 7


@dataclass(frozen=True)
class User:
    """A user id that no other process has.

    ``reads_all``: root's Python is closed to other users, so the worker keeps the right to read past file modes.
    Landlock then decides alone what it reads.
    """

    uid: int
    reads_all: bool = False


def own_user(work: Path, *, confined: bool) -> User:
    """A user for this process. ``confined``: Landlock will restrict what it may open. Raises LayerMissing."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise LayerMissing("not root")
    if not _has(CAP_CHOWN, CAP_SETGID, CAP_SETUID):
        raise LayerMissing("root without the right to change users")
    highest = _highest_user()
    if highest < 20_000:
        raise LayerMissing("no user ids to give in this container")
    closed = closed_to_others([sys.executable, sysconfig.get_path("stdlib"), *libraries()], passed=[work.parent])
    reads_all = bool(closed) and confined and _has(CAP_DAC_READ_SEARCH)
    if closed and not reads_all:
        raise LayerMissing(f"other users cannot read {closed}, where Python, its packages or the worker's folder are")
    first = 2**28 if highest > 2**29 else 10_000  # far from the users that a machine has, where there is room
    return User(first + os.getpid() % (highest - first), reads_all)


def become(user: User, work: Path) -> None:
    """Change to a user, who owns ``work``."""
    os.chown(work, user.uid, user.uid)
    if user.reads_all:
        set_process_option(PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(user.uid, user.uid, user.uid)
    os.setresuid(user.uid, user.uid, user.uid)


def drop_capabilities(*, keep_reading: bool) -> None:
    """Give up every capability, also where root could not become another user; but for reading, if asked to.

    Raises SealError where the kernel refuses.
    """
    if sys.platform != "linux":
        return
    for capability in range(64):
        # Refused where there is no capability of that number, and to ordinary users; no_new_privs binds those.
        with contextlib.suppress(OSError):
            process_option(PR_CAPBSET_DROP, capability)
    kept = 1 << CAP_DAC_READ_SEARCH if keep_reading else 0
    header, sets = struct.pack("=Ii", 0x20080522, 0), struct.pack("=6I", kept, kept, 0, 0, 0, 0)
    try:
        set_capabilities(header, sets)
    except OSError as error:
        raise SealError(f"The seal does not hold here: capabilities can't be given up: {error.strerror}.") from None


def _has(*capabilities: int) -> bool:
    """Whether this process has these capabilities: a container may take them from its root."""
    needed = sum(1 << capability for capability in capabilities)
    status = Path("/proc/self/status").read_text().splitlines()
    return any(int(line.split()[1], 16) & needed == needed for line in status if line.startswith("CapEff:"))


def _highest_user() -> int:
    """The largest user id that can be taken: a container may have few. Beyond 2**31 some programs count wrong."""
    rows = [[int(number) for number in line.split()] for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return min(2**31, max((first + count - 1 for first, _, count in rows if first == 0), default=0))

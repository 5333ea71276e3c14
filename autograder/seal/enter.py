"""A worker gives up its rights, step by step, before it runs a line of a student's code."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
import sys
import sysconfig
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import KitError
from autograder.seal.landlock import LandlockError, Ruleset
from autograder.seal.process import PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_SET_PDEATHSIG, set_process_option
from autograder.seal.readable import closed_to_others, libraries, ruleset
from autograder.seal.seccomp import SeccompError, install

LAYERS = ("uid", "landlock", "seccomp", "rlimits", "no_new_privs")


class SealError(KitError):
    """The seal does not hold here. One line that says what to do."""


@dataclass(frozen=True)
class Bounds:
    """Limits that the kernel keeps. ``threads`` counts only where each worker has a user of its own."""

    data_gb: float = 2
    address_gb: float = 6
    file_mb: int = 100
    open_files: int = 256
    threads: int = 256


@dataclass
class Sealed:
    """The layers that are active, and for each other one why it is not."""

    layers: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)


def enter(work: Path, bounds: Bounds, *, parent: int, without: Collection[str] = (), unsealed: bool = False) -> Sealed:
    """Seal this process for good into the folder ``work``.

    It has a single thread, is the leader of its own session, and holds no file descriptor but its own
    (:func:`autograder.workers.forkserver.run_child`).
    ``without`` leaves layers out, which tests and measurements need. Raises SealError when what is left does not
    keep hidden files from being read, unless ``unsealed``.
    """
    sealed = Sealed()
    off = {*without, *(set(LAYERS) - {"rlimits"} if unsealed else ())}
    os.chdir(work)
    _volunteer_for_out_of_memory()
    user = None if "uid" in off else _own_user(work, sealed)
    rules = None if "landlock" in off else _rules(work, sealed)
    if not unsealed and user is None and rules is None:
        raise SealError(_refusal(sealed))
    if "rlimits" not in off:
        _limit(bounds, user, sealed)
    if user is not None:
        _change_user(user, work)
        sealed.layers.append("uid")
    _die_with(parent)
    if "no_new_privs" not in off:
        set_process_option(PR_SET_NO_NEW_PRIVS, 1)
        sealed.layers.append("no_new_privs")
    if not unsealed:
        _drop_capabilities()
    if rules is not None:
        rules.enter()
        sealed.layers.append("landlock")
    if "seccomp" not in off:
        _filter(sealed)
    sealed.layers.sort(key=LAYERS.index)
    return sealed


def _refusal(sealed: Sealed) -> str:
    found = "; ".join(f"{layer}: {reason}" for layer, reason in sealed.reasons.items()) or "switched off"
    return f"The seal does not hold here ({found}). Run as root, use a container, or grade with --unsealed."


def _change_user(user: int, work: Path) -> None:
    os.chown(work, user, user)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def _die_with(parent: int) -> None:
    """End with the parent. After setuid, which clears it; the parent may have ended before."""
    set_process_option(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _volunteer_for_out_of_memory() -> None:
    """When memory runs out, the kernel should end this process and no other."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _own_user(work: Path, sealed: Sealed) -> int | None:
    """A user id that no other process has, or None and the reason."""
    reason = _no_user(work)
    if reason:
        sealed.reasons["uid"] = reason
        return None
    highest = _highest_user()
    first = 2**28 if highest > 2**29 else 10_000  # far from the users that a machine has, where there is room
    return first + os.getpid() % (highest - first)


def _no_user(work: Path) -> str:
    """Why this process cannot become a user of its own, or ""."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "not root"
    if not _has_capabilities():
        return "root without the right to change users"
    if _highest_user() < 20_000:
        return "no user ids to give in this container"
    closed = closed_to_others([sys.executable, sysconfig.get_path("stdlib"), *libraries(), str(work.parent.parent)])
    return f"other users cannot read {closed}, where Python, its packages or the worker's folder are" if closed else ""


def _has_capabilities() -> bool:
    """CAP_CHOWN, CAP_SETGID and CAP_SETUID: a container may take them from its root."""
    needed = 1 << 0 | 1 << 6 | 1 << 7
    status = Path("/proc/self/status").read_text().splitlines()
    return any(int(line.split()[1], 16) & needed == needed for line in status if line.startswith("CapEff:"))


def _highest_user() -> int:
    """The largest user id that can be taken: a container may have few. Beyond 2**31 some programs count wrong."""
    rows = [[int(number) for number in line.split()] for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return min(2**31, max((first + count - 1 for first, _, count in rows if first == 0), default=0))


def _rules(work: Path, sealed: Sealed) -> Ruleset | None:
    try:
        return ruleset(work)
    except LandlockError as error:
        sealed.reasons["landlock"] = str(error)
        return None


def _limit(bounds: Bounds, user: int | None, sealed: Sealed) -> None:
    limits = {
        "RLIMIT_DATA": int(bounds.data_gb * 2**30),
        "RLIMIT_AS": int(bounds.address_gb * 2**30),  # mmap passes the first
        "RLIMIT_FSIZE": bounds.file_mb * 2**20,
        "RLIMIT_NOFILE": bounds.open_files,
        "RLIMIT_CORE": 0,
    }
    if user is not None:
        limits["RLIMIT_NPROC"] = bounds.threads  # counted for the whole user
    for name, limit in limits.items():
        try:
            _lower(getattr(resource, name), limit)
        except (OSError, ValueError, AttributeError) as error:
            sealed.reasons[name] = str(error)
    sealed.layers.append("rlimits")


def _lower(kind: int, limit: int) -> None:
    hard = resource.getrlimit(kind)[1]
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(kind, (limit, limit))


def _drop_capabilities() -> None:
    """No capability is left, also where root could not become another user."""
    if sys.platform != "linux":
        return
    for capability in range(64):
        set_process_option(PR_CAPBSET_DROP, capability)
    header, none = struct.pack("=Ii", 0x20080522, 0), bytes(24)
    ctypes.CDLL(None).capset(header, none)


def _filter(sealed: Sealed) -> None:
    try:
        install()
    except SeccompError as error:
        sealed.reasons["seccomp"] = str(error)
        return
    sealed.layers.append("seccomp")

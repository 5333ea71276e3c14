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
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.forkserver import PR_SET_PDEATHSIG, set_process_option
from autograder.landlock import READ, READ_DIR, READ_FILE, WRITE_FILE, LandlockError, Ruleset
from autograder.seccomp import SeccompError, install

PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP = 38, 24
LAYERS = ("uid", "landlock", "seccomp", "rlimits", "no_new_privs")
SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types")
MACHINE = ("/dev/urandom", "/dev/random", "/dev/zero", "/sys/devices/system/cpu", "/sys/devices/system/node")
PROCESS = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems")
# The folder of the worker's own code; installed or not, the student's code has no business there.
OWN = Path(__file__).resolve().parent


class SealError(Exception):
    """The seal does not hold here. One line that says what to do."""


@dataclass(frozen=True)
class Bounds:
    """Limits that the kernel keeps. ``threads`` counts only where each worker has a user of its own."""

    data_gb: float = 2
    address_gb: float = 6
    file_mb: int = 200
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
    (:func:`autograder.forkserver.run_child`).
    ``without`` leaves layers out, which tests and measurements need. Raises SealError when what is left does not
    keep hidden files from being read, unless ``unsealed``.
    """
    sealed = Sealed()
    off = {*without, *(set(LAYERS) - {"rlimits"} if unsealed else ())}
    os.chdir(work)
    _volunteer_for_out_of_memory()
    user = None if "uid" in off else _own_user(sealed)
    ruleset = None if "landlock" in off else _ruleset(work, sealed)
    if not unsealed and user is None and ruleset is None:
        raise SealError(_refusal(sealed))
    if "rlimits" not in off:
        _limit(bounds, user, sealed)
    if user is not None:
        os.chown(work, user, user)
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        sealed.layers.append("uid")
    _die_with(parent)
    if "no_new_privs" not in off:
        set_process_option(PR_SET_NO_NEW_PRIVS, 1)
        sealed.layers.append("no_new_privs")
    if not unsealed:
        _drop_capabilities()
    if ruleset is not None:
        ruleset.enter()
        sealed.layers.append("landlock")
    if "seccomp" not in off:
        _filter(sealed)
    sealed.layers.sort(key=LAYERS.index)
    return sealed


def _refusal(sealed: Sealed) -> str:
    found = "; ".join(f"{layer}: {reason}" for layer, reason in sealed.reasons.items()) or "switched off"
    return f"The seal does not hold here ({found}). Run as root, use a container, or grade with --unsealed."


def _die_with(parent: int) -> None:
    """End with the parent. After setuid, which clears it; the parent may have ended before."""
    set_process_option(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _volunteer_for_out_of_memory() -> None:
    """When memory runs out, the kernel should end this process and no other."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _own_user(sealed: Sealed) -> int | None:
    """A user id that no other process has, or None and the reason."""
    if sys.platform != "linux" or os.geteuid() != 0:
        sealed.reasons["uid"] = "not root"
        return None
    if not _has_capabilities():
        sealed.reasons["uid"] = "root without the right to change users"
        return None
    closed = closed_to_others([sys.executable, sysconfig.get_path("stdlib"), *_libraries()])
    if closed:
        sealed.reasons["uid"] = f"other users cannot read {closed}, where this Python or its packages are"
        return None
    highest = _highest_user()
    if highest < 20_000:
        sealed.reasons["uid"] = "no user ids to give in this container"
        return None
    return 0x10000000 + os.getpid() if highest > 0x20000000 else 10_000 + os.getpid() % (highest - 10_000)


def _has_capabilities() -> bool:
    """CAP_CHOWN, CAP_SETGID and CAP_SETUID: a container may take them from its root."""
    needed = 1 << 0 | 1 << 6 | 1 << 7
    status = Path("/proc/self/status").read_text().splitlines()
    return any(int(line.split()[1], 16) & needed == needed for line in status if line.startswith("CapEff:"))


def _highest_user() -> int:
    """The largest user id of this user namespace that can be taken, counted from 0."""
    rows = [[int(number) for number in line.split()] for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return max((first + count - 1 for first, _, count in rows if first == 0), default=0)


def closed_to_others(paths: Iterable[str]) -> str:
    """The first folder or file on the way to one of ``paths`` that an ordinary user cannot pass or read, or ""."""
    for path in paths:
        for step in reversed([Path(path).resolve(), *Path(path).resolve().parents]):
            needed = 0o5 if step == Path(path).resolve() and step.is_dir() else 0o1 if step.is_dir() else 0o4
            if step.exists() and step.stat().st_mode & needed != needed:
                return str(step)
    return ""


def _libraries() -> list[str]:
    """The folders of sys.path that a student's code may read: not the one that holds this package."""
    return [entry for entry in sys.path if Path(entry).is_dir() and not Path(entry, OWN.name).is_dir()]


def forget_own_code() -> None:
    """Make this package impossible to import. What runs already goes on."""
    allowed = set(_libraries())
    sys.path[:] = [entry for entry in sys.path if entry in allowed or _is_packages(entry) or not Path(entry).is_dir()]
    for name in [name for name in sys.modules if name.partition(".")[0] == OWN.name]:
        del sys.modules[name]
    sys.path_importer_cache.clear()


def _is_packages(entry: str) -> bool:
    return Path(entry, "numpy").is_dir()


def _ruleset(work: Path, sealed: Sealed) -> Ruleset | None:
    try:
        rules = Ruleset()
    except LandlockError as error:
        sealed.reasons["landlock"] = str(error)
        return None
    standard = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
    rules.allow([*SYSTEM, *MACHINE, *PROCESS, *standard, sys.executable, *_libraries()], READ)
    for entry in sys.path:
        if _is_packages(entry) and Path(entry, OWN.name).is_dir():
            rules.allow([entry], READ_DIR)  # imports list the folder; the names in it are no secret
            rules.allow((str(child) for child in Path(entry).iterdir() if child.name != OWN.name), READ)
    rules.allow(["/dev/null"], READ_FILE | WRITE_FILE)
    rules.allow_all(str(work))
    return rules


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

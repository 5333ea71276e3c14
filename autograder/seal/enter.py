"""A worker gives up its rights, step by step, before it runs a line of a student's code."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from autograder.seal.errors import LayerMissing, SealError
from autograder.seal.landlock import Ruleset
from autograder.seal.limits import Bounds, limit
from autograder.seal.process import (
    PR_GET_NO_NEW_PRIVS,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    process_option,
    set_process_option,
)
from autograder.seal.readable import ruleset
from autograder.seal.seccomp import install
from autograder.seal.users import User, become, drop_capabilities, own_user

LAYERS = ("uid", "landlock", "seccomp", "rlimits", "no_new_privs")


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
    keep hidden files from being read, unless ``unsealed``, and when the kernel refuses what every Linux has.
    """
    sealed = Sealed()
    off = {*without, *(set(LAYERS) - {"rlimits"} if unsealed else ())}
    os.chdir(work)
    _volunteer_for_out_of_memory()
    rules = None if "landlock" in off else _rules(work, sealed)
    user = None if "uid" in off else _own_user(work, rules is not None, sealed)
    if not unsealed and user is None and rules is None:
        raise SealError(_refusal(sealed))
    if "rlimits" not in off:
        _limit(bounds, user is not None, sealed)
    if user is not None:
        become(user, work)
        sealed.layers.append("uid")
    _die_with(parent)
    if "no_new_privs" not in off:
        _forbid_new_rights(sealed)
    if not unsealed:
        drop_capabilities(keep_reading=user is not None and user.reads_all)
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


def _limit(bounds: Bounds, own_user: bool, sealed: Sealed) -> None:
    """Set the limits; the layer is active where all of them are."""
    failed = limit(bounds, own_user=own_user)
    if failed:
        sealed.reasons["rlimits"] = "; ".join(f"{name}: {reason}" for name, reason in failed.items())
    else:
        sealed.layers.append("rlimits")


def _forbid_new_rights(sealed: Sealed) -> None:
    """No program that this process starts has more rights; the kernel is asked whether that holds."""
    set_process_option(PR_SET_NO_NEW_PRIVS, 1)
    if process_option(PR_GET_NO_NEW_PRIVS) != 1:
        raise SealError("The seal does not hold here: the kernel does not keep no_new_privs. Use another kernel.")
    sealed.layers.append("no_new_privs")


def _die_with(parent: int) -> None:
    """End with the parent. After setuid, which clears it; the parent may have ended before."""
    set_process_option(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _volunteer_for_out_of_memory() -> None:
    """When memory runs out, the kernel should end this process and no other."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _own_user(work: Path, confined: bool, sealed: Sealed) -> User | None:
    try:
        return own_user(work, confined=confined)
    except LayerMissing as reason:
        sealed.reasons["uid"] = str(reason)
        return None


def _rules(work: Path, sealed: Sealed) -> Ruleset | None:
    try:
        return ruleset(work)
    except LayerMissing as reason:
        sealed.reasons["landlock"] = str(reason)
        return None


def _filter(sealed: Sealed) -> None:
    try:
        install()
    except LayerMissing as reason:
        sealed.reasons["seccomp"] = str(reason)
        return
    sealed.layers.append("seccomp")

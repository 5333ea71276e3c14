"""Landlock (Linux 5.13 and later): this thread, and what it starts, may open only the paths that are named."""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

from autograder.seal.errors import LayerMissing, SealError
from autograder.seal.process import system_call

# The same numbers on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
RULE_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
MAKE_CHAR, MAKE_SOCK, MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 11
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
READ = READ_FILE | READ_DIR
# All rights known to the first version, and what later versions added.
FIRST_RIGHTS = (1 << 13) - 1
LATER_RIGHTS = {2: 1 << 13, 3: TRUNCATE, 5: IOCTL_DEV}
NET_BIND_AND_CONNECT = 0b11
SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11


def version() -> int:
    """The kernel's Landlock version, 0 where there is none."""
    if sys.platform != "linux":
        return 0
    with contextlib.suppress(OSError):
        return system_call(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    return 0


class Ruleset:
    """Everything is forbidden but what :meth:`allow` names. It takes effect, for good, with :meth:`enter`."""

    def __init__(self) -> None:
        self.abi = version()
        if self.abi < 1:
            raise LayerMissing("not in this kernel, or forbidden in this container")
        self.rights = FIRST_RIGHTS
        for since, right in LATER_RIGHTS.items():
            self.rights |= right if self.abi >= since else 0
        fields = [self.rights]
        if self.abi >= 4:
            fields.append(NET_BIND_AND_CONNECT)
        if self.abi >= 6:
            fields.append(SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS)
        attributes = struct.pack(f"={len(fields)}Q", *fields)
        try:
            self.fd = system_call(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
        except OSError as error:
            raise LayerMissing(error.strerror) from None

    def allow(self, paths: Iterable[str], rights: int) -> None:
        """Allow ``rights`` on the paths and all that lies beneath them. A path that is not there is passed over."""
        for path in paths:
            with contextlib.suppress(OSError):
                self._allow(path, rights)

    def _allow(self, path: str, rights: int) -> None:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            granted = rights & self.rights & (~0 if Path(path).is_dir() else FILE_RIGHTS)
            rule = struct.pack("=Qi", granted, fd)
            system_call(ADD_RULE, ctypes.c_int(self.fd), ctypes.c_int(RULE_PATH_BENEATH), rule, ctypes.c_uint32(0))
        finally:
            os.close(fd)

    def allow_all(self, path: str) -> None:
        """Everything within a folder but running programs and making device files."""
        self.allow([path], self.rights & ~(EXECUTE | MAKE_CHAR | MAKE_BLOCK | MAKE_SOCK | IOCTL_DEV))

    def enter(self) -> None:
        """Restrict the calling thread; ``no_new_privs`` must be set. Raises SealError where the kernel refuses."""
        try:
            system_call(RESTRICT_SELF, ctypes.c_int(self.fd), ctypes.c_uint32(0))
        except OSError as error:
            raise SealError(f"The seal does not hold here: Landlock refuses its rules: {error.strerror}.") from None
        os.close(self.fd)

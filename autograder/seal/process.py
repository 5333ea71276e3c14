"""Calls to the kernel that Python has no function for, and options of this process that it keeps (``prctl``)."""

from __future__ import annotations

import ctypes
import os
import sys

from autograder.seal.errors import SealError

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_CAPBSET_DROP = 1, 4, 8, 24
PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS = 38, 39


def set_process_option(option: int, value: int) -> None:
    """``prctl(option, value)`` where there is one: Linux. Raises SealError where the kernel refuses."""
    try:
        process_option(option, value)
    except OSError as error:
        raise SealError(f"The seal does not hold here: the kernel refuses prctl({option}): {error.strerror}.") from None


def process_option(option: int, value: int = 0) -> int:
    """What ``prctl(option, value)`` returns. Raises OSError where the kernel refuses."""
    return _checked(_libc().prctl(option, value, 0, 0, 0)) if sys.platform == "linux" else 0


def system_call(number: int, *arguments: object) -> int:
    """What a system call returns. Raises OSError where the kernel refuses."""
    return _checked(_libc().syscall(ctypes.c_long(number), *arguments))


def set_capabilities(header: bytes, sets: bytes) -> None:
    """Linux's ``capset``. Raises OSError where the kernel refuses."""
    _checked(_libc().capset(header, sets))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result

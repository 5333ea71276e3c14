"""A seccomp filter: system calls that a notebook has no use for fail, in every thread of the process."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

from autograder.seal.errors import LayerMissing
from autograder.seal.process import PR_SET_PDEATHSIG, system_call

SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC = 1, 1
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT, SECOND_ARGUMENT = (
    0,
    4,
    16,
    24,
)  # offsets in struct seccomp_data; both machines are little-endian
CLONE_THREAD = 0x10000
X32_BIT = 0x40000000
NEWEST = 470  # system calls after this one are not known here

AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
COLUMN = {"x86_64": 0, "aarch64": 1}

# name, number on x86_64, number on aarch64 (-1: it has none)
DENIED = """
socket 41 198, socketpair 53 199, connect 42 203, bind 49 200, listen 50 201, accept 43 202, accept4 288 242,
execve 59 221, execveat 322 281, fork 57 -1, vfork 58 -1, ptrace 101 117, process_vm_readv 310 270,
process_vm_writev 311 271, process_madvise 440 440, kcmp 312 272, tkill 200 130, pidfd_open 434 434,
pidfd_send_signal 424 424, pidfd_getfd 438 438, setsid 112 157, setpgid 109 154, setpriority 141 140,
ioprio_set 251 30, migrate_pages 256 238, move_pages 279 239, io_uring_setup 425 425, io_uring_enter 426 426,
io_uring_register 427 427, unshare 272 97, setns 308 268, mount 165 40, umount2 166 39, pivot_root 155 41,
chroot 161 51, move_mount 429 429, open_tree 428 428, open_tree_attr 467 467, fsopen 430 430,
fsconfig 431 431, fsmount 432 432, fspick 433 433, mount_setattr 442 442, bpf 321 280, keyctl 250 219,
add_key 248 217, request_key 249 218, open_by_handle_at 304 265, name_to_handle_at 303 264,
perf_event_open 298 241, userfaultfd 323 282, init_module 175 105, finit_module 313 273,
delete_module 176 106, kexec_load 246 104, kexec_file_load 320 294, reboot 169 142, swapon 167 224,
swapoff 168 225, acct 163 89, quotactl 179 60, syslog 103 116, personality 135 92, fanotify_init 300 262,
inotify_init 253 -1, inotify_init1 294 26, memfd_create 319 279, memfd_secret 447 447, shmget 29 194,
msgget 68 186, semget 64 190, mq_open 240 180, truncate 76 45, fallocate 285 47, setxattr 188 5, lsetxattr 189 6,
fsetxattr 190 7, setxattrat 463 463, removexattr 197 14, lremovexattr 198 15, fremovexattr 199 16,
removexattrat 466 466, file_setattr 469 469, settimeofday 164 170, clock_settime 227 112, adjtimex 159 171,
clock_adjtime 305 266, iopl 172 -1, ioperm 173 -1
"""
# Memory files and System V shared memory are not counted by any limit, and what fallocate takes is on the disk at once;
# the path of truncate is not seen by early Landlock.

# Libraries call these and would give up: they do nothing, and say that it worked.
PRETENDED = """
chmod 90 -1, fchmod 91 52, fchmodat 268 53, fchmodat2 452 452, chown 92 -1, fchown 93 55, lchown 94 -1,
fchownat 260 54, utime 132 -1, utimes 235 -1, utimensat 280 88, futimesat 261 -1
"""
# Their first argument is a process, which must be this one.
ON_ITSELF = """
kill 62 129, tgkill 234 131, rt_sigqueueinfo 129 138, rt_tgsigqueueinfo 297 240, prlimit64 302 261,
sched_setaffinity 203 122, sched_setscheduler 144 119, sched_setparam 142 118, sched_setattr 314 274
"""
CLONE, CLONE3, PRCTL, SECCOMP = (56, 220), (435, 435), (157, 167), (317, 277)
FCNTL, IOCTL = (72, 25), (16, 29)
# F_SETOWN, F_SETSIG and F_SETOWN_EX; FIOSETOWN, SIOCSPGRP and FIOASYNC: a file that is ready then sends a signal to any
# process of the same user.
SIGNALLING = {FCNTL: (8, 10, 15), IOCTL: (0x8901, 0x8902, 0x5452)}


def install() -> None:
    """Filter the system calls of all threads from here on; ``no_new_privs`` must be set. Raises LayerMissing."""
    machine = platform.machine()
    if machine not in AUDIT:
        raise LayerMissing(f"no filter for {machine}")
    code = b"".join(_program(machine, os.getpid()))
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    try:
        done = system_call(SECCOMP[COLUMN[machine]], SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, program)
    except OSError as error:
        raise LayerMissing(error.strerror) from None
    if done:
        raise LayerMissing(f"thread {done} can't be filtered")


def _numbers(table: str, machine: str) -> list[int]:
    rows = [entry.split() for entry in table.split(",")]
    return [number for row in rows if (number := int(row[1 + COLUMN[machine]])) >= 0]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _program(machine: str, pid: int) -> list[bytes]:
    """The filter, one instruction an entry. Each rule jumps over itself when it does not apply."""
    column = COLUMN[machine]
    steps = [
        _step(LOAD, ARCHITECTURE),
        _step(JUMP_EQUAL, AUDIT[machine], 1, 0),
        _step(RETURN, KILL),
        _step(LOAD, NUMBER),
    ]
    if machine == "x86_64":
        steps += _return_if(JUMP_AT_LEAST, X32_BIT, KILL)
    steps += _return_if(JUMP_AT_LEAST, NEWEST + 1, ERRNO | errno.ENOSYS)
    # ENOSYS: the C library then falls back to clone, whose flags can be looked at.
    steps += _return_if(JUMP_EQUAL, CLONE3[column], ERRNO | errno.ENOSYS)
    for number in _numbers(DENIED, machine):
        steps += _return_if(JUMP_EQUAL, number, ERRNO | errno.EPERM)
    for number in _numbers(PRETENDED, machine):
        steps += _return_if(JUMP_EQUAL, number, ERRNO)
    for number in _numbers(ON_ITSELF, machine):
        steps += _argument_rule(number, [_step(JUMP_EQUAL, 0, 2, 0), _step(JUMP_EQUAL, pid, 1, 0)])
    steps += _argument_rule(CLONE[column], [_step(JUMP_BITS, CLONE_THREAD, 1, 0)])
    # A worker must die with the process that forked it.
    steps += _argument_rule(PRCTL[column], [_step(JUMP_EQUAL, PR_SET_PDEATHSIG, 0, 1)])
    for call, commands in SIGNALLING.items():
        tests = [_step(JUMP_EQUAL, command, len(commands) - place, 0) for place, command in enumerate(commands)]
        steps += _second_argument_rule(call[column], tests)
    return [*steps, _step(RETURN, ALLOW)]


def _return_if(jump: int, value: int, result: int) -> list[bytes]:
    return [_step(jump, value, 0, 1), _step(RETURN, result)]


def _argument_rule(number: int, tests: list[bytes]) -> list[bytes]:
    """EPERM, unless the tests on the first argument's low half jump over it to ALLOW."""
    body = [_step(LOAD, FIRST_ARGUMENT), *tests, _step(RETURN, ERRNO | errno.EPERM), _step(RETURN, ALLOW)]
    return [_step(JUMP_EQUAL, number, 0, len(body)), *body]


def _second_argument_rule(number: int, tests: list[bytes]) -> list[bytes]:
    """EPERM, if one of the tests on the second argument's low half jumps over ALLOW to it."""
    body = [_step(LOAD, SECOND_ARGUMENT), *tests, _step(RETURN, ALLOW), _step(RETURN, ERRNO | errno.EPERM)]
    return [_step(JUMP_EQUAL, number, 0, len(body)), *body]

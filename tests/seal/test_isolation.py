"""What a submission tries on the machine. Each attack really runs, in a worker or in a sealed process of our own."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import pytest
from sealing import MakeStudent

import autograder
from autograder.seal.enter import LAYERS, SealError
from autograder.workers.canary import check_seal, require_seal
from autograder.workers.zygote import Zygote

KIT = Path(autograder.__file__).parent / "seal" / "enter.py"
ROOT = os.geteuid() == 0
root_only = pytest.mark.skipif(not ROOT, reason="needs root")

PREPARE = f"""
import ctypes, os, signal, socket, subprocess, sys
KIT = {str(KIT)!r}
PARENT = os.getppid()
libc = ctypes.CDLL(None, use_errno=True)

def call(*arguments):
    if libc.syscall(*map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
"""
NUMBERS = {
    "x86_64": {"ptrace": 101, "process_vm_readv": 310, "shmget": 29, "setresuid": 117, "tkill": 200},
    "aarch64": {"ptrace": 117, "process_vm_readv": 270, "shmget": 194, "setresuid": 147, "tkill": 130},
}[platform.machine()]

ATTACKS = {
    "read the kit": "open(KIT).read()",
    "list the kit": "os.listdir(os.path.dirname(KIT))",
    "import the kit": "import autograder.seal.enter",
    "import the kit by its path": "sys.path.insert(0, os.path.dirname(os.path.dirname(KIT))); import autograder.seal",
    "read the users": "open('/etc/passwd').read()",
    "read by a symbolic link": "os.symlink(KIT, 'link'); open('link').read()",
    "read by a hard link": "os.link(KIT, 'hard'); open('hard').read()",
    "read by way of the root of /proc": "open(f'/proc/self/root{KIT}').read()",
    "list the temporary folder": "os.listdir('/tmp')",
    "write to the temporary folder": "open('/tmp/kit-attack', 'w')",
    "write to shared memory": "open('/dev/shm/kit-attack', 'w')",
    "write to a library": "open(os.__file__, 'a')",
    "make a device file": "os.mknod('device', 0o20666, os.makedev(1, 1))",
    "TCP": "socket.socket().connect(('127.0.0.1', 9))",
    "UDP": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
    "raw socket": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    "abstract socket": "socket.socket(socket.AF_UNIX).bind('\\0kit')",
    "socket pair": "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "look up a name": "socket.getaddrinfo('example.org', 80)",
    "download": "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
    "fork": "os.fork()",
    "run a program": "subprocess.run(['/bin/true'])",
    "spawn a program": "os.posix_spawn('/bin/true', ['true'], {})",
    "become a program": "os.execv('/bin/true', ['true'])",
    "signal the parent": "os.kill(PARENT, 0)",
    "signal everybody": "os.kill(-1, 0)",
    "signal a thread of the parent": "call({tkill}, PARENT, 0)".format(
        tkill={"x86_64": 200, "aarch64": 130}[platform.machine()]
    ),
    "hold the parent": "call(434, PARENT, 0)",
    "limit the parent": "import resource; resource.prlimit(PARENT, resource.RLIMIT_CPU, (1, 1))",
    "trace the parent": f"call({NUMBERS['ptrace']}, 16, PARENT, 0, 0)",
    "read the parent's memory by a call": f"call({NUMBERS['process_vm_readv']}, PARENT, 0, 0, 0, 0, 0)",
    "read the parent's memory": "open(f'/proc/{PARENT}/mem', 'rb').read(0)",
    "read the parent's environment": "open(f'/proc/{PARENT}/environ').read()",
    "read the parent's command": "open(f'/proc/{PARENT}/cmdline').read()",
    "list the parent's files": "os.listdir(f'/proc/{PARENT}/fd')",
    "list processes": "os.listdir('/proc')",
    "io_uring": "call(425, 8, 0)",
    "user namespace": "os.unshare(os.CLONE_NEWUSER) if hasattr(os, 'unshare') else 1 / 0",
    "memory file": "os.memfd_create('kit')",
    "shared memory": f"call({NUMBERS['shmget']}, 0, 4096, 0o1600)",
    "become root": f"call({NUMBERS['setresuid']}, 0, 0, 0); open('/etc/shadow')",
    "change the root": "os.chroot('.')",
    "outlive the parent": "assert libc.prctl(1, 0, 0, 0, 0) == 0",
    "raise the limits": "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "a system call of the future": "call(600)",
}

DEADLY = {
    "a system call of x32": "call(0x40000000 + 39)",
    "a system call of i386": (
        "import mmap\n"
        "page = mmap.mmap(-1, 4096, prot=7)\n"
        "page.write(bytes.fromhex('b814000000cd80c3'))  # getpid by int 0x80\n"
        "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()"
    ),
}


def test_no_attack_works(student: MakeStudent) -> None:
    submission = student(PREPARE, *ATTACKS.values())
    prepared, *outcomes = submission.run_cells()
    assert prepared.status == "ok"
    worked = [name for name, outcome in zip(ATTACKS, outcomes, strict=True) if outcome.status == "ok"]
    assert not worked
    died = [name for name, outcome in zip(ATTACKS, outcomes, strict=True) if outcome.status != "raised"]
    assert not died, "an attack that ends the worker hides whether it is refused"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="other doors into the same kernel are of x86")
@pytest.mark.parametrize("name", DEADLY)
def test_other_doors_into_the_kernel_are_deadly(student: MakeStudent, name: str) -> None:
    outcomes = student(PREPARE, DEADLY[name], "1").run_cells()
    assert [outcome.status for outcome in outcomes] == ["ok", "died", "ok"]


def test_all_layers_are_active(student: MakeStudent) -> None:
    submission = student("1")
    submission.run_cells()
    expected = [layer for layer in LAYERS if ROOT or layer != "uid"]
    assert submission.isolation == expected
    assert set(submission.reasons) == (set() if ROOT else {"uid"})


def test_the_environment_is_small(student: MakeStudent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "secret")
    with Zygote(bare=True, roots=[Path(__file__).parent]) as zygote:
        process = zygote.spawn("roles:environment", {})
        assert "TOKEN" not in process.channel.receive()
        zygote.end(process)


@pytest.fixture
def hidden(tmp_path: Path) -> Path:
    """A file that only its owner may read."""
    path = tmp_path / "solutions" / "answer.py"
    path.parent.mkdir(0o700)
    path.write_text("42")
    path.chmod(0o600)
    return path


# What Landlock alone keeps from a process that is another user: `kit doctor` says "needs landlock" of these.
ONLY_LANDLOCK = ["list the temporary folder", "write outside its folder"]
NETWORK = ["open a TCP connection", "send a UDP packet"]
PROGRAMS = ["fork", "run a program"]

# What a sealed process could do without some of its layers: the rest must hold up on its own.
AS_ROOT = {
    (): [],
    ("uid",): [],
    ("seccomp",): ["send a UDP packet", "fork"],
    ("landlock",): ONLY_LANDLOCK,
    ("uid", "seccomp"): ["send a UDP packet", "fork"],
    ("landlock", "seccomp"): [*NETWORK, *PROGRAMS, *ONLY_LANDLOCK],
}


@root_only
@pytest.mark.parametrize("without", AS_ROOT, ids="+".join)
def test_each_layer_holds_without_the_others(bare: Zygote, hidden: Path, without: tuple[str, ...]) -> None:
    report = check_seal(bare, [hidden.parent], without=without)
    assert report.layers == [layer for layer in LAYERS if layer not in without]
    assert report.read == report.listed == []
    assert report.could == AS_ROOT[without]


@pytest.mark.skipif(ROOT, reason="needs an ordinary user")
@pytest.mark.parametrize("without", [(), ("seccomp",)], ids="+".join)
def test_an_ordinary_user_is_sealed_by_landlock(bare: Zygote, hidden: Path, without: tuple[str, ...]) -> None:
    report = check_seal(bare, [hidden.parent], without=without)
    assert report.read == report.listed == []
    assert report.could == AS_ROOT[without]
    assert report.reasons == {"uid": "not root"}


@pytest.mark.parametrize("without", [("uid", "landlock"), ("uid", "landlock", "seccomp")], ids="+".join)
def test_without_a_user_and_without_landlock_nothing_runs(bare: Zygote, without: tuple[str, ...]) -> None:
    with pytest.raises(SealError, match="--unsealed"):
        check_seal(bare, [], without=without)


def test_unsealed_says_so(bare: Zygote, hidden: Path) -> None:
    report = check_seal(bare, [hidden], unsealed=True)
    assert report.layers == ["rlimits"]
    assert report.read == [str(hidden)]
    assert not report.holds


@root_only
def test_a_readable_secret_is_found_where_landlock_is_missing(bare: Zygote) -> None:
    report = check_seal(bare, [KIT], without=["landlock"])
    assert report.read == [str(KIT)]


def test_the_seal_is_required_to_hold(bare: Zygote, hidden: Path) -> None:
    assert require_seal(bare, [hidden, KIT.parent]).holds
    with pytest.raises(SealError, match="could read"):
        require_seal(bare, [os.__file__])


def test_a_sealed_process_has_no_files_of_its_parents(bare: Zygote) -> None:
    process = bare.spawn("roles:open_files", {})
    files = process.channel.receive()
    bare.end(process)
    assert files[0] == "/dev/null"
    assert [file.partition(":")[0] for file in files[3:]] == ["socket"]

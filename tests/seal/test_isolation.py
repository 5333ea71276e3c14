"""What a submission tries on the machine. Each attack really runs, in a worker or in a sealed process of our own."""

from __future__ import annotations

import itertools
import os
import platform
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sealing import SUPPORT, MakeStudent, need

import autograder
from autograder.seal import landlock
from autograder.seal.enter import LAYERS, SealError
from autograder.seal.readable import closed_to_others, libraries
from autograder.seal.users import CAP_DAC_READ_SEARCH
from autograder.workers.canary import ATTACKS as CANARYS
from autograder.workers.canary import SealReport, check_seal, require_seal
from autograder.workers.zygote import ENVIRONMENT, KEPT, Zygote

KIT = Path(autograder.__file__).parent / "seal" / "enter.py"
ROOT = os.geteuid() == 0
CLOSED = closed_to_others([sys.executable, *libraries(), tempfile.gettempdir()])
"""What a worker with a user of its own must be allowed to read past; then only Landlock confines what it reads."""
NUMBERS = {
    "x86_64": {
        "ptrace": 101,
        "process_vm_readv": 310,
        "shmget": 29,
        "shmctl": 31,
        "setresuid": 117,
        "tkill": 200,
        "unshare": 272,
        "prctl": 157,
    },
    "aarch64": {
        "ptrace": 117,
        "process_vm_readv": 270,
        "shmget": 194,
        "shmctl": 195,
        "setresuid": 147,
        "tkill": 130,
        "unshare": 97,
        "prctl": 167,
    },
}
PREPARE = f"""
import ctypes, fcntl, os, resource, signal, socket, stat, subprocess, sys, urllib.error, urllib.request
KIT = {str(KIT)!r}
PARENT = os.getppid()
NUMBERS = {NUMBERS.get(platform.machine())}
"""
HELPERS = """
FILES = [int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")]
CHANNEL = next(fd for fd in FILES if stat.S_ISSOCK(os.fstat(fd).st_mode))
libc = ctypes.CDLL(None, use_errno=True)

def call(number, *arguments):
    result = libc.syscall(*map(ctypes.c_long, (NUMBERS.get(number, number), *arguments)))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result

def connect(reach):
    "A peer that refuses has been reached."
    try:
        reach()
    except ConnectionRefusedError:
        pass
    except urllib.error.URLError as error:
        if not isinstance(error.reason, ConnectionRefusedError):
            raise

def in_a_process(code):
    "Run an attack where it can ruin nothing else, and see that it works."
    pid = os.fork()
    if pid == 0:
        try:
            exec(code, globals())
        except BaseException:
            os._exit(1)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
"""

# What anybody can do without the seal. An attack repairs what it does when it works.
BY_ANYBODY = {
    "read the kit": "open(KIT).read()",
    "list the kit": "os.listdir(os.path.dirname(KIT))",
    "read the users": "open('/etc/passwd').read()",
    "read by a symbolic link": "os.symlink(KIT, 'link'); open('link').read()",
    "read by a hard link": "os.link(SECRET, 'hard'); open('hard').read()",
    "read by way of the root of /proc": "open(f'/proc/self/root{KIT}').read()",
    "list the temporary folder": "os.listdir('/tmp')",
    "write to the temporary folder": "open('/tmp/kit-attack', 'w').close(); os.remove('/tmp/kit-attack')",
    "write to shared memory": "open('/dev/shm/kit-attack', 'w').close(); os.remove('/dev/shm/kit-attack')",
    "TCP": "connect(lambda: socket.socket().connect(('127.0.0.1', 9)))",
    "UDP": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
    "abstract socket": "socket.socket(socket.AF_UNIX).bind('\\0kit')",
    "socket pair": "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "download": "connect(lambda: urllib.request.urlopen('http://127.0.0.1:9/'))",
    "fork": "os.fork()",
    "run a program": "subprocess.run(['/bin/true'])",
    "spawn a program": "os.posix_spawn('/bin/true', ['true'], {})",
    "become a program": "os.execv('/bin/true', ['true'])",
    "signal the parent": "os.kill(PARENT, 0)",
    "signal everybody": "os.kill(-1, 0)",
    "signal a thread of the parent": "call('tkill', PARENT, 0)",
    "hold the parent": "call(434, PARENT, 0)",
    "limit the parent": "resource.prlimit(PARENT, resource.RLIMIT_CORE, (0, 0))",
    "read the parent's memory by a call": "call('process_vm_readv', PARENT, 0, 0, 0, 0, 0)",
    "read the parent's command": "open(f'/proc/{PARENT}/cmdline').read()",
    "list processes": "os.listdir('/proc')",
    "io_uring": "call(425, 8, ctypes.addressof(ctypes.create_string_buffer(256)))",
    "user namespace": "call('unshare', 0x10000000)",
    "memory file": "os.memfd_create('kit')",
    "shared memory": "call('shmctl', call('shmget', 0, 4096, 0o1600), 0, 0)",
    "outlive the parent": "call('prctl', 1, 0, 0, 0, 0)",
    "reserve disk space": "os.posix_fallocate(os.open('big', os.O_CREAT | os.O_RDWR), 0, 4096)",
    "have a file signal the parent": "fcntl.fcntl(CHANNEL, fcntl.F_SETOWN, PARENT)",
    "have a file signal the parent, the other way": (
        "fcntl.fcntl(CHANNEL, 15, PARENT.to_bytes(8, sys.byteorder)[4:] + PARENT.to_bytes(4, sys.byteorder))"
    ),
    "choose a file's signal": "fcntl.fcntl(CHANNEL, fcntl.F_SETSIG, 9)",
    "have a socket signal the parent": "fcntl.ioctl(CHANNEL, 0x8901, PARENT.to_bytes(4, sys.byteorder))",
    "have a socket signal at all": "fcntl.ioctl(CHANNEL, 0x5452, bytes(4))",
    "import the kit by its path": (
        "sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(KIT)))); import autograder.seal.enter"
    ),
}
# What root can do without the seal.
BY_ROOT = {
    "write to a library": "open(os.__file__, 'a')",
    "make a device file": "os.mknod('device', 0o20666, os.makedev(1, 1))",
    "raw socket": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    "trace the parent": "call('ptrace', 0x4206, PARENT, 0, 0)  # PTRACE_SEIZE, which does not stop it",
    "read the parent's memory": "open(f'/proc/{PARENT}/mem', 'rb').read(0)",
    "read the parent's environment": "open(f'/proc/{PARENT}/environ').read()",
    "list the parent's files": "os.listdir(f'/proc/{PARENT}/fd')",
    "become root": "call('setresuid', 0, 0, 0); open('/etc/shadow')",
    "change the root": "os.chroot('.')",
    "raise the limits": "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
}
# What does not work without the seal either: `forget_own_code` stops it, or there is no network.
BY_NOBODY = {
    "import the kit": "import autograder.seal.enter",
    "look up a name": "socket.getaddrinfo('example.org', 80)",
}
ATTACKS = {**BY_ANYBODY, **BY_ROOT, **BY_NOBODY}
REFUSED = {
    "read by a hard link": r"OSError: \[Errno 18\]|PermissionError: ",  # the first is Landlock's for a link out
    "download": r"URLError: .*Operation not permitted",
    "raise the limits": "ValueError: not allowed to raise maximum limit",
    "import the kit by its path": "ModuleNotFoundError: No module named 'autograder",
    "import the kit": "ModuleNotFoundError: No module named 'autograder",
    "look up a name": "gaierror: ",
}
"""The error that shows that an attack was refused, where it is not a PermissionError."""
NOT_ON_EVERY_MACHINE = {
    "io_uring",
    "user namespace",
    "make a device file",
    "raw socket",
    "trace the parent",
    "raise the limits",
}
"""What a container, or a setting of the kernel, may refuse to everybody, root included."""
DEADLY = {
    "a system call of x32": "call(0x40000000 + 39)",
    "a system call of i386": (
        "import mmap\n"
        "page = mmap.mmap(-1, 4096, prot=7)\n"
        "page.write(bytes.fromhex('b814000000cd80c3'))  # getpid by int 0x80\n"
        "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()"
    ),
}


@pytest.fixture
def prepare() -> Iterator[str]:
    """The first cell of an attack. ``SECRET`` in it is a file on the disk where workers have their folders."""
    with tempfile.NamedTemporaryFile("w", prefix="kit-secret-") as file:
        file.write("42")
        yield f"SECRET = {file.name!r}\n{PREPARE}{HELPERS}"


def test_no_attack_works_in_a_sealed_worker(student: MakeStudent, seal: SealReport, prepare: str) -> None:
    need(seal, "landlock", "seccomp")
    prepared, *outcomes = student(prepare, *ATTACKS.values()).run_cells()
    assert prepared.status == "ok"
    said = {name: f"{it.error_type}: {it.message}" for name, it in zip(ATTACKS, outcomes, strict=True)}
    died = [name for name, it in zip(ATTACKS, outcomes, strict=True) if it.status not in ("ok", "raised")]
    assert not died, "an attack that ends the worker hides whether it is refused"
    worked = {name: text for name, text in said.items() if not re.match(REFUSED.get(name, "PermissionError: "), text)}
    assert not worked


def test_each_attack_works_without_the_seal(student: MakeStudent, prepare: str) -> None:
    """Else its failure in a sealed worker says nothing."""
    attacks = {**BY_ANYBODY, **(BY_ROOT if ROOT else {})}
    cells = [f"in_a_process({code!r})" for code in attacks.values()]
    prepared, *outcomes = student(prepare, *cells, unsealed=True).run_cells()
    assert prepared.status == "ok"
    failed = {name for name, outcome in zip(attacks, outcomes, strict=True) if outcome.status != "ok"}
    assert failed <= NOT_ON_EVERY_MACHINE


@pytest.mark.skipif(platform.machine() != "x86_64", reason="other doors into the same kernel are of x86")
@pytest.mark.parametrize("name", DEADLY)
def test_other_doors_into_the_kernel_are_deadly(
    student: MakeStudent, seal: SealReport, prepare: str, name: str
) -> None:
    need(seal, "seccomp")
    unsealed = student(prepare, DEADLY[name], unsealed=True).run_cells()
    if unsealed[1].status == "died":
        pytest.skip("this kernel does not know such calls")
    outcomes = student(prepare, DEADLY[name], "1").run_cells()
    assert [outcome.status for outcome in outcomes] == ["ok", "died", "ok"]


def test_active_layers_are_those_that_the_kernel_knows_of(student: MakeStudent, seal: SealReport) -> None:
    submission = student("1")
    submission.run_cells()
    assert submission._worker is not None
    status = Path(f"/proc/{submission._worker.process.pid}/status").read_text()
    fields = {line.partition(":")[0]: line.partition(":")[2].split() for line in status.splitlines()}
    user = int(fields["Uid"][0])
    assert ("uid" in submission.isolation) == (user != os.getuid())
    assert ("landlock" in submission.isolation) == (landlock.version() > 0)
    assert ("seccomp" in submission.isolation) == (fields["Seccomp"] == ["2"])
    assert fields["NoNewPrivs"] == ["1"]
    rights = 1 << CAP_DAC_READ_SEARCH if CLOSED and "uid" in submission.isolation else 0
    assert [int(fields[name][0], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")] == [rights, rights, 0, 0]
    assert (submission.isolation, submission.reasons) == (seal.layers, seal.reasons)
    assert set(submission.reasons) == set(LAYERS) - set(submission.isolation)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")
@pytest.mark.skipif(platform.machine() not in NUMBERS, reason="there is no filter for this machine")
def test_layers_that_need_no_rights_are_always_active(seal: SealReport) -> None:
    assert {"seccomp", "rlimits", "no_new_privs"} <= set(seal.layers)


def test_workers_do_not_share_a_user(student: MakeStudent, seal: SealReport) -> None:
    need(seal, "uid")
    submissions = [student("def answer():\n  import os\n  return os.getresuid()") for _ in range(2)]
    for submission in submissions:
        submission.run_cells()
    users = {user for submission in submissions for user in submission.observe("call", {})["seen"]}
    assert len(users) == 2 and 0 not in users


def test_the_environment_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "secret")
    with Zygote(bare=True, roots=[SUPPORT]) as zygote:
        process = zygote.spawn("roles:environment", {})
        found = process.channel.receive()
        zygote.end(process)
    assert "secret" not in found.values()
    own = {
        "KIT_CACHE",
        "TMPDIR",
        "HOME",
        "KERAS_HOME",
        "MPLCONFIGDIR",
        "IPYTHONDIR",
        "LC_CTYPE",
    }  # the last is Python's
    assert set(found) <= {*KEPT, *ENVIRONMENT, *own}


@pytest.fixture
def hidden(tmp_path: Path) -> Path:
    """A file that only its owner may read."""
    path = tmp_path / "solutions" / "answer.py"
    path.parent.mkdir(0o700)
    path.write_text("42")
    path.chmod(0o600)
    return path


STOPPED_BY = {
    "open a TCP connection": {"seccomp", "landlock" if landlock.version() >= 4 else ""},
    "send a UDP packet": {"seccomp"},
    "fork": {"seccomp"},
    "run a program": {"seccomp", "landlock"},
    "signal its parent": {"seccomp", "uid", "landlock" if landlock.version() >= 6 else ""},
    # The fork server cannot be looked into by processes of the same user either, root without capabilities among them.
    "read its parent's environment": {*LAYERS},
    "read its parent's memory": {*LAYERS},
    "list the temporary folder": {"landlock"},
    "write outside its folder": {"landlock"},
}
"""What holds up on its own against each attack of the canary."""
CHOSEN = ("uid", "landlock", "seccomp")


def left(seal: SealReport, *without: str) -> list[str]:
    """The layers that are active on this machine without some."""
    needs_landlock = {"uid"} if CLOSED and "landlock" in without else set()
    return [layer for layer in seal.layers if layer not in {*without, *needs_landlock}]


@pytest.mark.parametrize(
    "without", [left for count in range(3) for left in itertools.combinations(CHOSEN, count)], ids="+".join
)
def test_each_layer_holds_without_the_others(
    bare: Zygote, seal: SealReport, hidden: Path, without: tuple[str, ...]
) -> None:
    layers = left(seal, *without)
    if not {"uid", "landlock"} & {*layers}:
        with pytest.raises(SealError, match="--unsealed"):
            check_seal(bare, [hidden.parent], without=without)
        return
    report = check_seal(bare, [hidden.parent], without=without)
    assert report.layers == layers
    assert report.read == report.listed == []
    assert report.could == [attack for attack, by in STOPPED_BY.items() if not by & {*layers}]


def test_each_attack_of_the_canary_works_without_the_seal(bare: Zygote) -> None:
    works = set(check_seal(bare, [], unsealed=True).could)
    assert works == set(CANARYS) - (set() if ROOT else {"read its parent's environment", "read its parent's memory"})
    assert works <= set(STOPPED_BY) == set(CANARYS)


@pytest.mark.parametrize("without", [("uid", "landlock"), ("uid", "landlock", "seccomp")], ids="+".join)
def test_without_a_user_and_without_landlock_nothing_runs(bare: Zygote, without: tuple[str, ...]) -> None:
    with pytest.raises(SealError, match="--unsealed"):
        check_seal(bare, [], without=without)


def test_unsealed_says_so(bare: Zygote, hidden: Path) -> None:
    report = check_seal(bare, [hidden], unsealed=True)
    assert report.layers == ["rlimits"]
    assert report.read == [str(hidden)]
    assert not report.holds


def test_a_readable_secret_is_found_where_landlock_is_missing(bare: Zygote, seal: SealReport) -> None:
    need(seal, "uid")
    if "uid" not in left(seal, "landlock"):
        pytest.skip(f"needs a Python that others can read; {CLOSED} is closed")
    report = check_seal(bare, [KIT], without=["landlock"])
    assert report.read == [str(KIT)]


def test_the_seal_is_required_to_hold(bare: Zygote, seal: SealReport, hidden: Path) -> None:
    need(seal, "landlock")  # the kit's own files can be read by others
    assert require_seal(bare, [hidden, KIT.parent]).holds
    with pytest.raises(SealError, match="could read"):
        require_seal(bare, [os.__file__])


def test_a_sealed_process_has_no_files_of_its_parents(bare: Zygote) -> None:
    process = bare.spawn("roles:open_files", {})
    files = process.channel.receive()
    bare.end(process)
    assert files[0] == "/dev/null"
    assert [file.partition(":")[0] for file in files[3:]] == ["socket"]

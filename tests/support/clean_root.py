"""A stock Debian in a folder, and commands in it, as in a fresh container of Gradescope's."""

from __future__ import annotations

import datetime
import fcntl
import os
import re
import shutil
import subprocess
from pathlib import Path

SUITE = os.environ.get("KIT_SUITE", "bookworm")
UBUNTU = ("jammy", "noble")
MIRROR = "http://deb.debian.org/debian"
REGISTRY_FILES = (
    "/etc/pip.conf",
    "/etc/xdg/pip",
    "/etc/uv",
    "/etc/resolv.conf",
    "/etc/hosts",
    "/usr/local/share/ca-certificates",
)
REGISTRY_NAMES = re.compile(r"(PIP|UV|SSL|REQUESTS|CURL)_\w+|(https?|no|all)_proxy", re.IGNORECASE)
OURS = ("UV_PYTHON", "UV_PROJECT_ENVIRONMENT", "UV_CACHE_DIR")
"""What says how this machine builds its own environment, and nothing of how to reach a registry."""
PYTHON = "apt-get update -qq && apt-get install -y -qq --no-install-recommends python3 >/dev/null"
TOOLS = ("mmdebstrap", "debootstrap")
"""Either makes a root. The first takes half the time; where Debian's keys are missing it stops, the second does not."""
ENTER = """
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
mount --rbind /sys "$0/sys"
exec chroot "$0" "$@"
"""


def missing() -> str:
    """Why no clean root can be made here, or ""."""
    if os.geteuid() != 0:
        return "needs root"
    tools = [tool for tool in ("unshare", "chroot") if not shutil.which(tool)]
    if not any(map(shutil.which, TOOLS)):
        tools.append(" or ".join(TOOLS))
    if tools:
        return f"needs {', '.join(tools)}"
    alone = subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], check=False, capture_output=True)
    return "" if alone.returncode == 0 else "this container may not make namespaces"


def bootstrap(folder: Path, kept: Path) -> None:
    """A minimal system with the Python that the suite has: a copy of this week's, made in ``kept`` if it is missing."""
    year, week, _ = datetime.date.today().isocalendar()
    base = kept / f"{SUITE}-{year}-{week:02}"
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another run of pytest may make it now
        if not base.is_dir():
            for old in kept.glob(f"{SUITE}-*"):  # of another week, or of a run that was stopped
                shutil.rmtree(old)
            unfinished = base.with_name(f"{base.name}.unfinished")
            if not _mmdebstrap(unfinished):
                _debootstrap(unfinished)
            unfinished.rename(base)
    subprocess.run(["cp", "-a", "--reflink=auto", base, folder], check=True, timeout=300)
    _copy_registry_settings(folder)


def remove(folder: Path) -> None:
    """Delete gigabytes, and do not wait for it."""
    subprocess.run(["sh", "-c", 'rm -rf "$0" >/dev/null 2>&1 &', folder], check=True)


def _mmdebstrap(folder: Path) -> bool:
    """What Debian calls essential, apt, and Python, in one run of apt. Whether that could be done."""
    if SUITE in UBUNTU or not shutil.which("mmdebstrap"):
        return False
    command = ["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", "--include=python3"]
    command += [f"--aptopt={path}" for path in _apt_settings()]
    done = subprocess.run([*command, SUITE, folder, MIRROR], capture_output=True, timeout=600, check=False)
    if done.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        return False
    _finish(folder)
    return True


def _debootstrap(folder: Path) -> None:
    """The same, package by package. `KIT_SUITE` may name Ubuntu's."""
    parts = ["--components=main,universe"] if SUITE in UBUNTU else []
    command = ["debootstrap", "--variant=minbase", *parts, SUITE, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-500:]
    _finish(folder)
    run_in(folder, "bash", "-c", PYTHON)


def _finish(folder: Path) -> None:
    folder.chmod(0o755)
    sources = folder / "etc/apt/sources.list"
    sources.write_text(sources.read_text() + sources.read_text().replace(SUITE, f"{SUITE}-updates"))
    _copy_registry_settings(folder)


def environment() -> dict[str, str]:
    """How this machine reaches its registries, and nothing else of its environment."""
    named = {name: value for name, value in os.environ.items() if REGISTRY_NAMES.fullmatch(name) and name not in OURS}
    kept = {name: value for name, value in named.items() if not Path(value).is_absolute() or Path(value).is_file()}
    return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", **kept}


def _copy_registry_settings(folder: Path) -> None:
    named = [value for value in environment().values() if value.startswith("/") and Path(value).is_file()]
    for name in {*REGISTRY_FILES, *named, *_apt_settings()}:
        source, target = Path(name), folder / name.lstrip("/")
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        elif source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def _apt_settings() -> list[str]:
    """The files that say how this machine's apt reaches its registry."""
    return [str(path) for path in Path("/etc/apt/apt.conf.d").glob("*") if "Acquire" in path.read_text()]


def enter(root: Path, *command: str) -> list[str]:
    """The command that runs ``command`` in the clean root, with processes and mounts of its own."""
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-ec", ENTER, str(root), *command]


def run_in(root: Path, *command: str, timeout: float = 600, inside: tuple[str, ...] = ()) -> str:
    """What a command in the clean root prints. ``inside`` comes before it: what puts it into a container's limits."""
    done = subprocess.run(
        [*inside, *enter(root, *command)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


def size_mb(folder: Path) -> int:
    """What a folder takes on the disk."""
    return int(subprocess.check_output(["du", "-smx", str(folder)], text=True).split()[0])

"""What a sealed process may read: Python, its packages and the system's libraries, and none of the kit's own code."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from autograder.paths import AUTOGRADER as OWN
from autograder.seal.landlock import READ, READ_DIR, READ_FILE, WRITE_FILE, Ruleset

SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types")
MACHINE = ("/dev/urandom", "/dev/random", "/dev/zero", "/sys/devices/system/cpu", "/sys/devices/system/node")
PROCESS = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems")


def ruleset(work: Path) -> Ruleset:
    """Landlock's rules for a process that may write only in ``work``. Raises LayerMissing where there is none."""
    rules = Ruleset()
    standard = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
    rules.allow([*SYSTEM, *MACHINE, *PROCESS, *standard, sys.executable, *libraries()], READ)
    for entry in sys.path:
        if _is_packages(entry) and Path(entry, OWN.name).is_dir():
            rules.allow([entry], READ_DIR)  # imports list the folder; the names in it are no secret
            rules.allow((str(child) for child in Path(entry).iterdir() if child.name != OWN.name), READ)
    rules.allow(["/dev/null"], READ_FILE | WRITE_FILE)
    rules.allow_all(str(work))
    return rules


def libraries() -> list[str]:
    """The folders of sys.path that a student's code may read: not the one that holds this package."""
    return [entry for entry in sys.path if Path(entry).is_dir() and not Path(entry, OWN.name).is_dir()]


def forget_own_code() -> None:
    """Make this package impossible to import. What runs already goes on."""
    allowed = set(libraries())
    sys.path[:] = [entry for entry in sys.path if entry in allowed or _is_packages(entry) or not Path(entry).is_dir()]
    for name in [name for name in sys.modules if name.partition(".")[0] == OWN.name]:
        del sys.modules[name]
    sys.path_importer_cache.clear()


def _is_packages(entry: str) -> bool:
    return Path(entry, "numpy").is_dir()


def closed_to_others(read: Iterable[str], passed: Iterable[Path] = ()) -> str:
    """The first folder or file that an ordinary user cannot pass on the way to others, or cannot read; or "".

    ``read``: folders and files that they must be able to read. ``passed``: folders that they need only pass.
    """
    for path in [Path(each).resolve() for each in read]:
        for step in reversed([path, *path.parents]):
            needed = 0o5 if step == path and step.is_dir() else 0o1 if step.is_dir() else 0o4
            if step.exists() and step.stat().st_mode & needed != needed:
                return str(step)
    for step in [each for folder in passed for each in (folder.resolve(), *folder.resolve().parents)]:
        if not step.stat().st_mode & 0o1:
            return str(step)
    return ""

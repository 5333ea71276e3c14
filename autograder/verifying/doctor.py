"""What works on this machine: isolation, by measurement; versions; memory. As data, for the command line to show."""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.results.identity import version_of
from autograder.seal.enter import LAYERS, SealError
from autograder.workers.canary import ATTACKS, SealReport, check_seal
from autograder.workers.zygote import Zygote

PACKAGES = ("tensorflow", "keras", "numpy", "otter-grader", "hypothesis", "ipython")
NO_LIMIT = 2**60  # what cgroups of the first version say when there is none
GROUPS = Path("/sys/fs/cgroup")
HOLDS = "hidden files cannot be read"
"""The one row that decides whether the seal holds."""


@dataclass(frozen=True)
class LayerState:
    """A layer, or an attack that must fail; whether it works here; and why not."""

    layer: str
    works: bool
    why: str = ""


def isolation_table(hidden: Iterable[str | Path] = ()) -> list[LayerState]:
    """Seal a process here, let it try to break out, and say what held. Takes under a second.

    ``hidden`` are files and folders that it must not be able to read.
    """
    with tempfile.TemporaryDirectory(prefix="kit-doctor-") as folder, Zygote(bare=True) as zygote:
        secret = Path(folder, "secret")
        secret.write_text("secret")
        secret.chmod(0o600)
        try:
            report = check_seal(zygote, [secret, *hidden])
        except SealError as error:
            return [LayerState("the seal", False, str(error))]
    return [*_layers(report), _reading(report), *_attacks(report)]


def versions() -> dict[str, str]:
    """Versions of what can change a verdict, without importing any of it. "" where it is not installed."""
    found = {"python": platform.python_version(), "system": f"{platform.system()} {platform.release()}"}
    return found | {name: version_of(name) for name in PACKAGES}


def memory_available_mb() -> int:
    """Memory that is free for use, as far as the machine and its container's limits allow; 0 if not known."""
    known = [number for number in (_machine_memory(), *_group_memory()) if number is not None]
    return min(known) >> 20 if known else 0


def _layers(report: SealReport) -> Iterator[LayerState]:
    for layer in LAYERS:
        yield LayerState(layer, layer in report.layers, report.reasons.get(layer, ""))


def _reading(report: SealReport) -> LayerState:
    return LayerState(HOLDS, report.holds, ", ".join(report.read[:3]))


def _attacks(report: SealReport) -> Iterator[LayerState]:
    for attack in ATTACKS:
        worked = attack in report.could
        yield LayerState(f"cannot {attack}", not worked, f"needs {ATTACKS[attack].layer}" if worked else "")


def _machine_memory() -> int | None:
    if sys.platform != "linux":
        return None
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) << 10
    return None


def _group_memory() -> Iterator[int | None]:
    """What each control group above this process leaves, in both versions of cgroups."""
    for folder in _groups("", GROUPS):
        yield _left(folder / "memory.max", folder / "memory.current")
    for folder in _groups("memory", GROUPS / "memory"):
        yield _left(folder / "memory.limit_in_bytes", folder / "memory.usage_in_bytes")


def _groups(controller: str, root: Path) -> list[Path]:
    """The folders of this process's groups, from its own up to the root. In a container often only the root."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return [root]
    names = [line.split(":", 2)[2] for line in lines if controller in line.split(":", 2)[1].split(",")]
    own = [root / name.lstrip("/") for name in names]
    return [root, *(folder for path in own for folder in (path, *path.parents) if root in folder.parents)]


def _left(limit: Path, usage: Path) -> int | None:
    try:
        most = int(limit.read_text())
        return max(0, most - int(usage.read_text())) if most < NO_LIMIT else None
    except (OSError, ValueError):  # no such group, or "max"
        return None

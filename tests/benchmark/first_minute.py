"""What a newcomer waits for: a fresh clone, then the README's first command, twice.

    uv run --group test python tests/benchmark/first_minute.py

Packages come from uv's cache, so downloads count only where the cache lacks them. Prints a row for the README.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
SET_BY_US = ("VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE", "UV_PYTHON", "KIT_CACHE")


def first_command() -> str:
    """The first command of the README's first block."""
    block = re.search(r"^```sh\n(.+?)\n", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    if block is None:
        raise RuntimeError("README.md has no block of commands")
    return block[1]


def seconds(command: str, folder: Path, cache: Path) -> float:
    """Wall time of a command in the clone, with an empty cache of observations."""
    environment = {name: value for name, value in os.environ.items() if name not in SET_BY_US}
    begin = time.perf_counter()
    subprocess.run(
        command, shell=True, cwd=folder, env=environment | {"KIT_CACHE": str(cache)}, check=True, capture_output=True
    )
    return time.perf_counter() - begin


def gigabytes(folder: Path) -> float:
    """What the files of a folder take on disk; a file with several names counts once."""
    found = {(status.st_dev, status.st_ino): status.st_blocks * 512 for status in map(Path.lstat, folder.rglob("*"))}
    return sum(found.values()) / 1e9


def main() -> None:
    """Print one row."""
    command = first_command()
    with tempfile.TemporaryDirectory() as work:
        clone, cache = Path(work, "kit"), Path(work, "cache")
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        first, again = (seconds(command, clone, cache) for _ in range(2))
        size = gigabytes(clone / ".venv")
    print("| first command | again | environment |\n|---|---|---|")
    print(f"| {first:.0f} s | {again:.0f} s | {size:.1f} GB |")


if __name__ == "__main__":
    main()

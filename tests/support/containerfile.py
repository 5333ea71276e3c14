"""The steps of a Containerfile, done in a clean root: for machines where no container engine is at hand."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from clean_root import run_in

from autograder.paths import ROOT

FILE = ROOT / "Containerfile"


@dataclass
class Stage:
    """A stage: the base that it starts from, and its instructions in order."""

    base: str
    steps: list[tuple[str, str]] = field(default_factory=list)


def stages() -> list[Stage]:
    """The stages of our Containerfile."""
    found: list[Stage] = []
    for line in _lines(FILE.read_text()):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append(Stage(rest.partition(" AS ")[0]))
        else:
            found[-1].steps.append((word, rest))
    return found


def _lines(text: str) -> Iterator[str]:
    joined = text.replace("\\\n", " ")
    yield from (line.strip() for line in joined.splitlines() if line.strip() and not line.startswith("#"))


class Image:
    """A clean root that stages are added to; it stands for the image that the first stage is based on."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = "/"
        self.environment: list[str] = []
        self.entrypoint: list[str] = []

    def add(self, stage: Stage) -> None:
        """Do the steps of a stage."""
        for word, rest in stage.steps:
            getattr(self, f"_{word.lower()}")(rest)

    def run(self, *command: str, timeout: float = 600) -> str:
        """What a command in the image prints."""
        line = f"cd {shlex.quote(self.folder)} && exec {shlex.join(command)}"
        return run_in(self.root, "env", *self.environment, "sh", "-c", line, timeout=timeout)

    def _env(self, rest: str) -> None:
        self.environment += shlex.split(rest)

    def _workdir(self, rest: str) -> None:
        self.folder = rest
        self._inside(rest).mkdir(parents=True, exist_ok=True)

    def _copy(self, rest: str) -> None:
        *sources, target = rest.split()
        folder = self._inside(self.folder) / target
        for name in sources:
            if name == ".":
                shutil.copytree(ROOT, folder, dirs_exist_ok=True, ignore=_ignored)
            else:
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, folder)

    def _run(self, rest: str) -> None:
        self.run("sh", "-c", rest, timeout=1200)

    def _entrypoint(self, rest: str) -> None:
        self.entrypoint = json.loads(rest)

    def _cmd(self, rest: str) -> None:
        assert json.loads(rest) == ["--help"]

    def _inside(self, path: str) -> Path:
        return self.root / path.lstrip("/")


def _ignored(folder: str, names: list[str]) -> set[str]:
    """What `.dockerignore` leaves out: names at the root, and after `**/` everywhere."""
    patterns = (ROOT / ".dockerignore").read_text().split()
    everywhere = {pattern.removeprefix("**/") for pattern in patterns if pattern.startswith("**/")}
    at_root = set(patterns) if Path(folder) == ROOT else set()
    return {name for name in names if name in everywhere | at_root}

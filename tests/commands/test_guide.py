"""The guide for instructors names commands and options that there are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from autograder.bank.settings import read_settings
from autograder.cli import app
from autograder.paths import ROOT

GUIDE = (ROOT / "autograder" / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"uv run (?:--no-sync )?kit ([^`\n]+)", GUIDE)))


def test_each_command_of_the_kit_that_is_used_by_instructors_is_in_the_guide() -> None:
    assert {command.split()[0] for command in COMMANDS} >= {
        *("doctor", "build", "grade", "watch", "export", "report", "diff", "verify", "release")
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_understood(command: str) -> None:
    name, *arguments = shlex.split(command)
    found = get_command(app).commands[name]  # type: ignore[attr-defined]
    with found.make_context(name, arguments):
        pass


def test_settings_are_known(tmp_path: Path) -> None:
    block = re.search(r"```\n(show_hidden = .*?)```", GUIDE, re.DOTALL)
    assert block is not None
    path = tmp_path / "exercise.toml"
    path.write_text(block.group(1), encoding="utf-8")
    assert read_settings(path).release_after is not None

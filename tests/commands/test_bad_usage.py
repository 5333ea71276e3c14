"""What a command cannot do together is refused; no option is dropped in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.main import get_command

from autograder.cli import app
from autograder.errors import UsageError

CLASS = "tests/class"
BAD = [
    ("report results --each --student Anna", "not both"),
    (f"report results {CLASS} --each --similar", "--similar is for the report of a class"),
    (f"report results {CLASS} --student Anna --similar", "--similar is for the report of a class"),
    ("report results --similar", "Name the submissions"),
    ("report results --unpublished", "--unpublished is for students' pages"),
    ("build --check --mistakes", "--mistakes has no effect"),
    ("build --check --wheel-url https://example.org/checks.whl", "--wheel-url has no effect"),
    ("build --check --prairielearn image", "--prairielearn has no effect"),
    ("grade {empty} --output {empty}/results", "There is no notebook, script or zip in"),
]


@pytest.mark.parametrize(("command", "said"), BAD, ids=[command for command, _ in BAD])
def test_is_refused(command: str, said: str, tmp_path: Path) -> None:
    arguments = command.format(empty=tmp_path).split()
    with pytest.raises(UsageError, match=said):
        get_command(app).main(arguments, standalone_mode=False)
    assert not list(tmp_path.iterdir()), "something was written"

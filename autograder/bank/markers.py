"""The markers around an answer in a master notebook, and what a student gets instead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder.errors import KitError
from autograder.paths import shown

BEGIN = "# BEGIN SOLUTION"
END = "# END SOLUTION"
STUB = ("# YOUR CODE HERE", "...")


class AuthoringError(KitError):
    """What an author wrote cannot be used; the message is one line that says where and what to do."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{shown(path)}: {problem}.")


def check_markers(path: Path, source: str, question: str) -> None:
    """Raise unless the markers of an answer cell come in pairs, alone on their lines, equally indented."""
    open_line: str | None = None
    pairs = 0
    for line in source.splitlines():
        marker = line.strip()
        if (BEGIN in line or END in line) and marker not in (BEGIN, END):
            raise AuthoringError(
                path, f"{question}: {marker!r} is not alone on its line: put the marker on one of its own"
            )
        if marker == BEGIN:
            if open_line is not None:
                raise AuthoringError(path, f'{question}: "{BEGIN}" twice: close the first with "{END}"')
            open_line = line
        elif marker == END:
            if open_line is None:
                raise AuthoringError(path, f'{question}: "{END}" without "{BEGIN}": add it above the answer')
            if _indent(open_line) != _indent(line):
                raise AuthoringError(path, f'{question}: "{BEGIN}" and "{END}" are not indented alike: align them')
            open_line, pairs = None, pairs + 1
    if open_line is not None:
        raise AuthoringError(path, f'{question}: "{BEGIN}" without "{END}": add it below the answer')
    if not pairs:
        raise AuthoringError(path, f'{question}: the answer cell has no "{BEGIN}": mark what a student has to write')


def solution(source: str) -> str:
    """The cell without its markers."""
    return "\n".join(line for line in source.splitlines() if line.strip() not in (BEGIN, END))


def stub(source: str) -> str:
    """The cell with a line to fill in for each answer."""
    return "\n".join(_stub_lines(source))


def answers(source: str) -> list[str]:
    """The lines between the markers."""
    lines, inside = [], False
    for line in source.splitlines():
        marker = line.strip()
        if marker in (BEGIN, END):
            inside = marker == BEGIN
        elif inside:
            lines.append(line)
    return lines


def _stub_lines(source: str) -> Iterator[str]:
    inside = False
    for line in source.splitlines():
        marker = line.strip()
        if marker == BEGIN:
            inside = True
            yield from (_indent(line) + part for part in STUB)
        elif marker == END:
            inside = False
        elif not inside:
            yield line


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]

"""The lines that no submission may ever read: answers and judges, without what feedback may quote."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

from autograder.paths import AUTOGRADER, EXERCISES, SOLUTIONS

LEAST = 25


@functools.cache
def hidden_lines(exercise: str) -> frozenset[str]:
    """Lines of code of the exercise's answers and judges that stand nowhere in what students have."""
    hidden = [AUTOGRADER / "judges" / f"{exercise}.py", *(SOLUTIONS / exercise).rglob("*.py")]
    public = {line for path in EXERCISES.rglob("*.py") for line in _lines(path)}
    public |= {line for path in EXERCISES.glob("*.ipynb") for line in _notebook_lines(path)}
    return frozenset({line for path in hidden for line in _code_lines(path)} - public)


def leaked(exercise: str, text: str, own: str = "") -> list[str]:
    """The hidden lines that ``text`` quotes and the submission itself does not hold."""
    return [line for line in hidden_lines(exercise) if line in text and line not in own]


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if len(line.strip()) >= LEAST:
            yield line.strip()


def _notebook_lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield line.strip().rstrip(",").strip('"').removesuffix("\\n").strip().replace('\\"', '"')


def _code_lines(path: Path) -> Iterator[str]:
    """Lines that no text literal or comment spans: docstrings and hints are shown to students on purpose."""
    source = path.read_text(encoding="utf-8")
    texts = {
        number
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > LEAST
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    for number, line in enumerate(source.splitlines(), 1):
        if number not in texts and len(line.strip()) >= LEAST and not line.strip().startswith("#"):
            yield line.strip()

"""Proof that no line of an answer, of a misconception or of a judge reaches a student."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.markers import answers
from autograder.master import exercise_names, read_master, read_variants
from autograder.package import Files
from autograder.paths import AUTOGRADER

SHORTEST = 24
"""A line with fewer signs than this is written by anybody who writes Keras."""
COMMON = ("import ", "from ", "def ", "class ", "@", "#", "super().__init__(", "return super()")


def leaks(files: Files) -> list[str]:
    """Lines of answers, alternatives, misconceptions and judges found in ``files``: "file: line"."""
    secret = secret_lines()
    return [f"{name}: {line}" for name, data in files.items() for line in _student_lines(name, data) if line in secret]


def secret_lines() -> set[str]:
    """The lines that must not be handed out, normalized; those that a stub or given code shows too are not secret."""
    found: set[str] = set()
    for exercise in exercise_names():
        found |= _of_exercise(exercise)
        found |= set(_telling(_code_lines(AUTOGRADER / "judges" / f"{exercise}.py")))
    return found


def _of_exercise(exercise: str) -> set[str]:
    master = read_master(exercise)
    answered = [line for cell in master.cells if cell.question for line in answers(cell.source)]
    given = {_normal(line) for cell in master.cells for line in cell.stubbed().source.splitlines()}
    variants = [*read_variants(exercise, "alternatives"), *read_variants(exercise, "misconceptions")]
    lines = [line for variant in variants for line in variant.source.splitlines()]
    return set(_telling(answered)) | (set(_telling(lines)) - given)


def _code_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def _student_lines(name: str, data: bytes) -> Iterator[str]:
    text = data.decode("utf-8", "replace")
    if name.endswith(".ipynb"):
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    yield from map(_normal, text.splitlines())


def _telling(lines: Iterable[str]) -> Iterator[str]:
    for line in map(_normal, lines):
        if len(line) >= SHORTEST and not line.startswith(COMMON) and not _is_call_of_names(line):
            yield line


def _is_call_of_names(line: str) -> bool:
    """Whether a line only unpacks or passes on names, as ``y_true, y_pred = case`` does."""
    try:
        tree = ast.parse(line)
    except SyntaxError:
        return False
    return all(
        isinstance(node, ast.Module | ast.Assign | ast.Tuple | ast.Name | ast.expr_context) for node in ast.walk(tree)
    )


def _normal(line: str) -> str:
    return " ".join(line.split())

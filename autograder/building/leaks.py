"""Proof that no line of an answer, of a misconception or of a judge reaches a student."""

from __future__ import annotations

import ast
import functools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.bank.markers import answers
from autograder.bank.master import exercise_names, read_master
from autograder.bank.variants import read_variants
from autograder.building.package import Files
from autograder.paths import AUTOGRADER

ANSWER, JUDGE = 24, 32
"""Shorter lines are written by anybody who writes Keras, or checks it."""
COMMON = (
    "import ",
    "from ",
    "def ",
    "class ",
    "@",
    "#",
    "points=",
    "super()",
    "return super()",
    "with tf.GradientTape",
)
_NAMING = (ast.Module, ast.Assign, ast.Tuple, ast.Name, ast.Attribute, ast.Constant, ast.expr_context)
_COMPUTING = (ast.BinOp, ast.UnaryOp)


def leaks(files: Files) -> list[str]:
    """Lines of answers, alternatives, misconceptions and judges found in ``files``: "file: line"."""
    secret = secret_lines()
    return [f"{name}: {line}" for name, data in files.items() for line in _student_lines(name, data) if line in secret]


@functools.cache
def secret_lines() -> frozenset[str]:
    """The lines that must not be handed out, normalized; those that a stub or given code shows too are not secret."""
    found: set[str] = set()
    for exercise in exercise_names():
        found |= _of_exercise(exercise)
        judges = _code_lines(AUTOGRADER / "judges" / f"{exercise}.py")
        found |= {line for line in _telling(judges, JUDGE) if not _only_passes_on(line)}
    return frozenset(found)


def _of_exercise(exercise: str) -> set[str]:
    master = read_master(exercise)
    answered = [line for cell in master.cells if cell.question for line in answers(cell.source)]
    given = {_normal(line) for cell in master.cells for line in cell.stubbed().source.splitlines()}
    variants = [*read_variants(exercise, "alternatives"), *read_variants(exercise, "misconceptions")]
    lines = [line for variant in variants for line in variant.source.splitlines()]
    return set(_telling(answered, ANSWER)) | (set(_telling(lines, ANSWER)) - given)


def _code_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def _student_lines(name: str, data: bytes) -> Iterator[str]:
    text = data.decode("utf-8", "replace")
    if name.endswith(".ipynb"):
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    yield from map(_normal, text.splitlines())


def _telling(lines: Iterable[str], shortest: int) -> Iterator[str]:
    for line in map(_normal, lines):
        if len(line) >= shortest and not line.startswith(COMMON) and not _only_names(line):
            yield line


def _only_names(line: str) -> bool:
    """Whether a line only names or sets what is there, as ``weights = model.trainable_weights`` does."""
    tree = _parsed(line)
    return tree is not None and all(isinstance(node, _NAMING) for node in ast.walk(tree))


def _only_passes_on(line: str) -> bool:
    """Whether a line of a judge only hands values to what others have written: it computes and says nothing."""
    tree = _parsed(line)
    return tree is not None and not any(isinstance(node, _COMPUTING) or _is_sentence(node) for node in ast.walk(tree))


def _is_sentence(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _parsed(line: str) -> ast.Module | None:
    try:
        return ast.parse(line)
    except SyntaxError:
        return None


def _normal(line: str) -> str:
    return " ".join(line.split())

"""The code of a student in a form in which layout, comments and chosen names make no difference."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

INNER = ("body", "handlers", "cases", "orelse", "finalbody")
"""Where a statement holds others."""


@dataclass(frozen=True)
class CodeLine:
    """A statement, or the head of one that holds others, without layout and chosen names, and where it is."""

    text: str
    cell: int
    first: int
    last: int

    def places(self) -> Iterator[tuple[int, int]]:
        """The lines of the submission that it takes."""
        return ((self.cell, number) for number in range(self.first, self.last + 1))


def code_lines(sources: Iterable[str]) -> list[CodeLine]:
    """The code of cells without layout, comments, docstrings, and the names that students choose themselves."""
    return [line for cell, source in enumerate(sources) for line in _lines_of(cell, source)]


def _lines_of(cell: int, source: str) -> list[CodeLine]:
    try:
        statements = _Plain().visit(ast.parse(source)).body
        return [line for statement in statements for line in _statement(cell, statement)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # magics, half an answer
        lines = [(number, " ".join(line.split())) for number, line in enumerate(source.splitlines(), 1)]
        return [CodeLine(text, cell, number, number) for number, text in lines if text]


def _statement(cell: int, node: Any) -> Iterator[CodeLine]:
    """A statement; of one that holds others its head, then those."""
    head = copy.copy(node)
    inner: list[Any] = []
    for name in INNER:
        if each := getattr(node, name, None):
            inner += each
            setattr(head, name, [])
    if not isinstance(node, ast.match_case):  # it has no place of its own
        yield CodeLine(" ".join(ast.unparse(head).split()), cell, *_place(head))
    for each in inner:
        yield from _statement(cell, each)


def _place(head: Any) -> tuple[int, int]:
    """The first and the last line of a statement without those that it holds."""
    nodes: list[Any] = [node for node in ast.walk(head) if node is not head and hasattr(node, "lineno")]
    simple = not any(hasattr(head, name) for name in INNER)
    last = head.end_lineno if simple else max((node.end_lineno for node in nodes), default=head.lineno)
    return min([head.lineno, *(node.lineno for node in nodes)]), last


class _Plain(ast.NodeTransformer):
    """Drops docstrings; calls what a function takes or assigns ``v``, so that a new name makes no new answer."""

    def __init__(self) -> None:
        self.chosen: list[set[str]] = []

    def visit_FunctionDef(self, node: Any) -> Any:
        if self.chosen:
            node.name = "v"
        self.chosen.append(set(_chosen(node)))
        self.generic_visit(node)
        self.chosen.pop()
        return _without_docstring(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        return _without_docstring(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        chosen = any(node.id in names for names in self.chosen)
        return ast.copy_location(ast.Name("v", node.ctx), node) if chosen else node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return node if node.arg == "self" else ast.copy_location(ast.arg("v"), node)


def _chosen(function: ast.AST) -> Iterator[str]:
    """The names that a function takes, assigns or defines inside."""
    for node in ast.walk(function):
        match node:
            case ast.Name(ctx=ast.Store()):
                yield node.id
            case ast.arg(arg=name) if name != "self":
                yield name
            case ast.FunctionDef() if node is not function:
                yield node.name


def _without_docstring(node: Any) -> Any:
    if ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:] or [ast.copy_location(ast.Pass(), node)]
    return node

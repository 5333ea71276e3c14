"""Our markdown as plain text, for a platform that shows text as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark", {"html": False})
_ITEM = "- "


def plain(markdown: str) -> str:
    """The text that the markdown shows, a block per line, without any sign that a terminal or a page could obey."""
    return "\n".join(inert(line) for line in _blocks(_PARSER.parse(markdown)))


def inert(line: str) -> str:
    """One line in which every sign that is not printed is replaced."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in " ".join(line.split()))


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    """The lines of all blocks; items of lists begin with a dash."""
    depth = 0
    for token in tokens:
        depth += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        if token.type == "inline":
            yield _ITEM * bool(depth) + "".join(_spans(token.children or ()))
        elif token.type in ("fence", "code_block"):
            yield from token.content.splitlines()


def _spans(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        yield " " if token.type in ("softbreak", "hardbreak") else token.content

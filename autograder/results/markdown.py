"""A failed check for Gradescope (``output_format`` "md")."""

from __future__ import annotations

import re

from keras_checks.feedback import Line, Record, lines, spans, title


def markdown(record: Record) -> str:
    """The record as markdown, in which nothing of a student's is markup."""
    statement, *rest = lines(record)
    head = f"**{escape_markdown(title(record))}**\n\n{markdown_prose(statement.prose)}\n"
    return "\n".join([head, *(f"- {_markdown_line(line)}" for line in rest)])


def _markdown_line(line: Line) -> str:
    if line.label == "With":
        return f"With {_markdown_code(line.data)}: {markdown_prose(line.prose)}"
    body = markdown_prose(line.prose) if line.prose else _markdown_code(line.data)
    return f"{line.label}: {body}" if line.label else body


def markdown_prose(prose: str) -> str:
    """Prose with its `code` spans as code, and nothing else that is markup."""
    return "".join(_markdown_code(part) if code else escape_markdown(part) for code, part in spans(prose))


def escape_markdown(part: str) -> str:
    """Text of anybody's, in which no sign is markup."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$!&])", r"\\\1", part)


def _markdown_code(data: str) -> str:
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", data)), default=0))
    pad = " " if data.startswith("`") or data.endswith("`") else ""
    return f"{fence}{pad}{data}{pad}{fence}"

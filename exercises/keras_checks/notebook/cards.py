"""A failed check as a card in a notebook."""

from __future__ import annotations

import html as escaping

from keras_checks.feedback import Line, Record, lines, spans, title

# Greys that are see-through and the page's own text colour read well on light and on dark pages.
_CARD = (
    "border-left:4px solid #d9534f;background:rgba(128,128,128,.1);border-radius:3px;"
    "padding:.5em .9em;margin:.4em 0;line-height:1.5"
)
_CODE = "color:inherit;background:rgba(128,128,128,.18);border-radius:3px;padding:0 .25em;white-space:pre-wrap"
_LABEL = "opacity:.75"


def html(record: Record) -> str:
    """The record for a notebook: escaped, no scripts, readable on light and on dark pages."""
    head = f'<div style="font-weight:600">{escaping.escape(title(record))}</div>'
    return f'<div style="{_CARD}">{head}{"".join(_html_line(line) for line in lines(record))}</div>'


def _html_line(line: Line) -> str:
    if line.label == "With":
        return f"<div>{_html_label('With')} {_html_code(line.data)}: {html_prose(line.prose)}</div>"
    body = html_prose(line.prose) if line.prose else _html_code(line.data)
    return f"<div>{_html_label(line.label + ':')} {body}</div>" if line.label else f"<div>{body}</div>"


def html_prose(prose: str) -> str:
    """Escaped prose with its `code` spans as code."""
    return "".join(_html_code(part) if code else escaping.escape(part) for code, part in spans(prose))


def _html_code(data: str) -> str:
    return f'<code style="{_CODE}">{escaping.escape(data)}</code>'


def _html_label(label: str) -> str:
    return f'<span style="{_LABEL}">{label}</span>'

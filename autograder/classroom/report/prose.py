"""Markdown of results as HTML in which no tag comes from a submission."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markupsafe import Markup

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(
    ["image", "link", "autolink", "html_inline", "html_block", "heading", "lheading", "hr", "reference"]
)


def line(text: str) -> Markup:
    """A line of markdown as safe HTML."""
    return Markup(_MARKDOWN.renderInline(text))  # made without any HTML of its own


def block(text: str) -> Markup:
    """Paragraphs and lists of markdown as safe HTML."""
    return Markup(_MARKDOWN.render(text))


def paragraphs(text: str) -> list[str]:
    """The paragraphs of some markdown."""
    return [part.strip() for part in text.split("\n\n")]

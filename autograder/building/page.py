"""An executed notebook as one HTML page that loads nothing: formulas as MathML, pictures inlined."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.bank.master import SOLUTION_ONLY
from autograder.building.common_mistakes import TITLE, CommonMistake
from autograder.building.formulas import mathml
from autograder.building.templates import templates

CHECK = "check"
MEANT = {
    "<th></th>": "<td></td>",
    "<table>": '<table tabindex="0">',
    '<div class="math block">': '<div class="math block" tabindex="0">',
}
"""What the Markdown renderer writes, and what keyboards and screen readers need: what scrolls can be focused."""
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_HEAD = re.compile(r'(<th><span class="math inline"><math )([^>]*>(.*?)</math>)', re.DOTALL)
_FORMATTER = HtmlFormatter(nowrap=True)


def page(notebook: NotebookNode, mistakes: Sequence[CommonMistake]) -> str:
    """The page of an executed notebook, with the common mistakes at its end."""
    writer = _Writer()
    blocks = [writer.block(cell) for cell in notebook.cells]
    questions = dict.fromkeys(mistake.question for mistake in mistakes)
    template = templates(Path(__file__).parent).get_template("page.html.j2")
    return template.render(
        title=writer.headings[0].text,
        sections=[heading for heading in writer.headings if heading.level == 2],
        blocks=blocks,
        mistakes_title=TITLE,
        mistakes={name: [mistake for mistake in mistakes if mistake.question == name] for name in questions},
        inline=writer.inline,
    )


@dataclass(frozen=True)
class Heading:
    """A heading of the page, and where a link finds it."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Block:
    """A cell as the page shows it. ``kind``: "text", "answer" (text that only the solution has) or "code"."""

    kind: str
    body: Markup
    outputs: Sequence[Markup] = ()


@dataclass
class _Writer:
    """Turns cells into HTML, one after the other. What it is given, authors of exercises have written."""

    headings: list[Heading] = field(default_factory=list)
    pictures: int = 0

    def __post_init__(self) -> None:
        self._markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
        self._markdown.use(dollarmath_plugin, double_inline=True, allow_labels=False, renderer=_formula)

    def block(self, cell: NotebookNode) -> Block:
        """A cell of an executed notebook."""
        tags = cell.metadata.get("tags", ())
        if cell.cell_type == "markdown":
            return Block("answer" if SOLUTION_ONLY in tags else "text", self._text(cell.source))
        code = Markup(highlight(cell.source, PythonLexer(), _FORMATTER))
        outputs = (self._output(output, CHECK in tags) for output in cell.outputs)
        return Block("code", code, [output for output in outputs if output])

    def inline(self, text: str) -> Markup:
        """One paragraph of Markdown."""
        return Markup(self._markdown.renderInline(text))

    def _text(self, source: str) -> Markup:
        tokens = self._markdown.parse(source)
        for opening, content in itertools.pairwise(tokens):
            if opening.type == "heading_open":
                heading = Heading(int(opening.tag[1:]), _words(content), f"section-{len(self.headings) + 1}")
                opening.attrSet("id", heading.anchor)
                self.headings.append(heading)
        text = self._markdown.renderer.render(tokens, self._markdown.options, {})
        for written, meant in MEANT.items():
            text = text.replace(written, meant)
        return Markup(_HEAD.sub(_labelled, text))

    def _output(self, output: NotebookNode, is_check: bool) -> Markup | None:
        data = output.get("data", {})
        if is_check:  # its card; what TensorFlow logs meanwhile is of no use here
            return Markup(data["text/html"]) if "text/html" in data else None
        if output.output_type == "stream":
            return _pre(output.text) if output.name == "stdout" else None
        if "image/png" in data:
            return self._picture(data["image/png"])
        return _pre(data["text/plain"]) if "text/plain" in data else None

    def _picture(self, data: str) -> Markup:
        self.pictures += 1
        about = self.headings[-1].text if self.headings else ""
        source = "".join(data.split())
        return Markup('<img alt="Picture {}: {}" src="data:image/png;base64,{}">').format(self.pictures, about, source)


def _labelled(head: re.Match[str]) -> str:
    """The head of a column that is a formula, with its signs as a name: not every screen reader finds text in it."""
    name = html.escape(re.sub(r"<[^>]+>", "", head[3]))
    return f'{head[1]}aria-label="{name}" {head[2]}'


def _pre(text: str) -> Markup | None:
    """Text that a cell printed, as a terminal would show it in the end."""
    lines = [line.rstrip().rsplit("\r", 1)[-1] for line in _ANSI.sub("", text).replace("\r\n", "\n").split("\n")]
    shown = "\n".join(lines).strip("\n")
    return Markup("<pre>{}</pre>").format(shown) if shown else None


def _words(token: Any) -> str:
    """The words of a heading, without markup."""
    return html.unescape("".join(child.content for child in token.children or ()))


def _formula(latex: str, options: dict[str, Any]) -> str:
    return mathml(latex, block=options["display_mode"])

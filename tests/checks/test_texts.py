"""The texts that students read, compared with those in `golden/`.

After a wanted change of the texts, write them again with `KIT_GOLDEN=write uv run pytest tests/checks`, and read them.
"""

from __future__ import annotations

import os
from html.parser import HTMLParser
from pathlib import Path

import pytest
from feedback_records import RECORDS
from keras_checks.feedback import text
from keras_checks.notebook.cards import html

from autograder.results.markdown import markdown

GOLDEN = Path(__file__).parent / "golden"
RENDERINGS = {"txt": text, "md": markdown, "html": html}
VOID = {"br", "img"}


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("kind", RENDERINGS)
def test_text_is_the_golden_one(name: str, kind: str) -> None:
    path = GOLDEN / f"{name}.{kind}"
    rendered = RENDERINGS[kind](RECORDS[name]) + "\n"
    if os.environ.get("KIT_GOLDEN") == "write":
        path.write_text(rendered, encoding="utf-8")
    assert rendered == path.read_text(encoding="utf-8")


def test_every_golden_text_has_its_record() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(RECORDS)


@pytest.mark.parametrize("name", RECORDS)
def test_text_is_short(name: str) -> None:
    rendered = text(RECORDS[name]).splitlines()
    assert len(rendered) <= 10
    assert all(len(line) <= 240 for line in rendered)


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("kind", RENDERINGS)
def test_hidden_check_shows_no_expected_value(name: str, kind: str) -> None:
    rendered = RENDERINGS[kind](RECORDS[name])
    assert not (RECORDS[name].hidden and "Expected" in rendered)


class Tags(HTMLParser):
    """Collects the tags of a page, and whether they are balanced."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", RECORDS)
def test_html_is_balanced_and_holds_only_tags_of_ours(name: str) -> None:
    tags = Tags()
    tags.feed(html(RECORDS[name]))
    assert tags.open == []
    assert tags.seen <= {"div", "span", "code"}

"""The texts that students read, compared with those in `golden/`.

After a wanted change of the texts, write them again with `KIT_GOLDEN=write uv run pytest tests/checks`, and read them.
"""

from __future__ import annotations

import os
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from feedback_records import RECORDS, record
from hypothesis import strategies as st
from keras_checks.compare import Failure
from keras_checks.feedback import record_of, text
from keras_checks.notebook.cards import html
from keras_checks.question import Case, Question

from autograder.results.markdown import markdown

GOLDEN = Path(__file__).parent / "golden"
RENDERINGS = {"txt": text, "md": markdown, "html": html}


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


@pytest.mark.parametrize("kind", RENDERINGS)
@pytest.mark.parametrize("hidden", [False, True])
def test_the_expected_value_is_shown_of_a_public_check_only(hidden: bool, kind: str) -> None:
    rendered = RENDERINGS[kind](record(hidden=hidden, received=0.125, expected=0.4321))
    assert "0.125" in rendered
    assert [text in rendered for text in ("Expected", "0.4321")] == [not hidden] * 2


def test_the_record_of_a_hidden_check_holds_no_expected_value() -> None:
    question = Question("q", ("q",), 2, "lecture")
    trial = question.trial(lambda _ns, _case: None, st.just({}))

    @trial.check(points=1)
    def shown(case: Case, seen: Any) -> None:
        """It holds."""

    @trial.judge(points=1)
    def judged(case: Case, seen: Any) -> None:
        """It holds too."""

    failure = Failure("It is wrong.", received=1, expected=2)
    public, hidden = question.checks
    for found, value in (
        (record_of("vae", public, failure, {}), 2),
        (record_of("vae", hidden, failure, {}), None),
        (record_of("vae", public, failure, {}, confirming=True), None),
    ):
        assert (found.expected, found.withheld) == (value, value is None)


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

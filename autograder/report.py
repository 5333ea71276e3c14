"""`report.html`: one page, complete in itself, that shows a class at a glance."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, StrictUndefined
from markdown_it import MarkdownIt

from autograder.master import exercise_names, read_variants
from autograder.paths import AUTOGRADER
from autograder.scores import max_score
from autograder.statistics import Named, Result, distribution, items, mistakes, readable, share, to_look_at

TEMPLATE = AUTOGRADER / "report.html.j2"
BIRDS = [
    "Auk",
    "Bittern",
    "Crane",
    "Dipper",
    "Eider",
    "Finch",
    "Goshawk",
    "Heron",
    "Ibis",
    "Jay",
    "Kite",
    "Lark",
    "Magpie",
    "Nuthatch",
    "Owl",
    "Plover",
    "Quail",
]


@dataclass(frozen=True)
class Row:
    """One submission in the table, and on its own page."""

    key: str
    name: str
    exercise: str
    score: float
    max_score: float
    share: float
    status: str
    seconds: float
    named: list[str]
    message: str
    page: str


def report(
    results: Named, students: dict[str, str] | None = None, *, pseudonyms: bool = False, similar: Sequence[Any] = ()
) -> str:
    """The page of (submission, results.json) pairs.

    Args:
        students: who handed in each submission, where that is known.
        pseudonyms: show birds instead of names, the same bird for the same submission.
        similar: pairs of submissions that are alike, from :mod:`autograder.similarity`.
    """
    names = {name: (students or {}).get(name, name) for name, _ in results}
    if pseudonyms:
        names = dict(zip(names, _birds(list(names)), strict=True))
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    graded = readable(results)
    counts = distribution(graded)
    return template.render(
        rows=[_row(name, names[name], result) for name, result in results],
        exercises=sorted({result["extra_data"]["exercise"] for _, result in graded}),
        counts=counts,
        tallest=max([*counts, 1]),
        mean=_mean([share(result) for _, result in graded]),
        full=sum(share(result) == 1 for _, result in graded),
        graded=len(graded),
        items=items(results),
        mistakes=[
            (mistake, [(_key(who), names[who]) for who in mistake.who])
            for mistake in mistakes(results, _known(results))
        ],
        trouble=[_row(name, names[name], result) for name, result in to_look_at(results)],
        similar=[(_key(pair.one), names[pair.one], _key(pair.other), names[pair.other], pair) for pair in similar],
    )


def _row(name: str, shown: str, result: Result) -> Row:
    extra = result["extra_data"]
    named = list(dict.fromkeys(check["misconception"] for check in extra["checks"] if check["misconception"]))
    return Row(
        _key(name), shown, extra["exercise"], result["score"], max_score(result), share(result),
        extra["status"], extra["seconds"], named, extra["message"], _page(result),
    )  # fmt: skip


def _page(result: Result) -> str:
    """What the student saw, as safe HTML: no tag that came from a submission survives."""
    markdown = MarkdownIt("commonmark", {"html": False}).disable(
        ["image", "link", "autolink", "html_inline", "html_block"]
    )
    parts = [markdown.render(result["output"])] if result["extra_data"]["message"] else []
    for test in result["tests"]:
        title = markdown.renderInline(f"`{test['name']}` — {test['score']:g} of {test['max_score']:g}")
        parts.append(f"<h3>{title}</h3>{markdown.render(test['output'])}")
    return "".join(parts)


def _key(name: str) -> str:
    return "s" + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:12]


def _birds(names: list[str]) -> list[str]:
    """A bird and a number for each name, in an order that says nothing of the names."""
    order = sorted(names, key=_key)
    return [f"{BIRDS[order.index(name) % len(BIRDS)]} {order.index(name) // len(BIRDS) + 1}" for name in names]


def _known(results: Named) -> dict[tuple[str, str], dict[str, str]]:
    return {
        (exercise, variant.name): {"statement": variant.statement, "hint": variant.hint}
        for exercise in {result["extra_data"]["exercise"] for _, result in results} & set(exercise_names())
        for variant in read_variants(exercise, "misconceptions")
    }


def _mean(shares: Sequence[float]) -> float:
    return sum(shares) / len(shares) if shares else 0.0

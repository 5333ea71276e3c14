"""`report.html`: one page, complete in itself, that shows a class at a glance."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from autograder.bank.master import exercise_names
from autograder.bank.variants import read_variants
from autograder.classroom.statistics import Named, distribution, items, mistakes, readable, share, to_look_at
from autograder.paths import AUTOGRADER
from autograder.results.records import Result, Status
from autograder.results.result import max_score, reason

if TYPE_CHECKING:
    from autograder.classroom.similarity import Pair

TEMPLATE = AUTOGRADER / "classroom" / "report.html.j2"
MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["image", "link", "autolink", "html_inline", "html_block"])
BIRDS = (
    "Auk", "Bittern", "Crane", "Dipper", "Eider", "Finch", "Goshawk", "Heron", "Ibis", "Jay", "Kite", "Lark", "Magpie",
    "Nuthatch", "Owl", "Plover", "Quail",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Who a submission is shown as: an anchor, a name, a place in the table; ``secret`` where it is a pseudonym."""

    key: str
    name: str
    place: int
    secret: bool = False


@dataclass(frozen=True)
class ReportRow:
    """One submission in the table, and on its own page."""

    person: Person
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
    results: Named, students: dict[str, str] | None = None, *, pseudonyms: bool = False, similar: Sequence[Pair] = ()
) -> str:
    """The page of (submission, results.json) pairs.

    Args:
        students: who handed in each submission, where that is known.
        pseudonyms: show birds instead of names, the same bird for the same submission.
        similar: pairs of submissions that are alike.
    """
    people = _birds(results) if pseudonyms else _names(results, students or {})
    results = sorted(results, key=lambda named: people[named[0]].place)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    graded = readable(results)
    counts = distribution(graded)
    return template.render(
        rows=[_row(people[name], result) for name, result in results],
        exercises=sorted({result["extra_data"]["exercise"] for _, result in graded}),
        counts=counts,
        tallest=max([*counts, 1]),
        mean=_mean([share(result) for _, result in graded]),
        full=sum(share(result) == 1 for _, result in graded),
        graded=len(graded),
        items=items(results),
        mistakes=[(mistake, [people[who] for who in mistake.who]) for mistake in mistakes(results, _known(results))],
        trouble=[_row(people[name], result) for name, result in to_look_at(results)],
        similar=[(people[pair.one], people[pair.other], pair) for pair in similar],
        prose=_prose,
    )


def _row(person: Person, result: Result) -> ReportRow:
    extra = result["extra_data"]
    named = list(dict.fromkeys(check["misconception"] for check in extra["checks"] if check["misconception"]))
    secret = (
        person.secret and extra["status"] == Status.UNREADABLE
    )  # the message names the file, and files are named by people
    message = "could not be read" if secret else extra["message"] or reason(result)
    return ReportRow(
        person, extra["exercise"], result["score"], max_score(result), share(result),
        extra["status"], extra["seconds"], named, message, "" if secret else _page(result),
    )  # fmt: skip


def _page(result: Result) -> str:
    """What the student saw, as safe HTML: no tag that came from a submission survives."""
    told = {part for test in result["tests"] for part in _parts(test["output"])}
    page = [MARKDOWN.render("\n\n".join(part for part in _parts(result["output"]) if part not in told))]
    for test in result["tests"]:
        title = _prose(f"`{test['name']}` — {test['score']:g} of {test['max_score']:g}")
        page.append(f"<h3>{title}</h3>{MARKDOWN.render(test['output'])}")
    return "".join(page)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n")]


def _prose(text: str) -> Markup:
    """A line of markdown as safe HTML."""
    return Markup(MARKDOWN.renderInline(text))  # made without any HTML of its own


def _names(results: Named, students: dict[str, str]) -> dict[str, Person]:
    """Everybody by name, in the order of the results."""
    return {name: Person(_key(name), students.get(name, name), place) for place, (name, _) in enumerate(results)}


def _birds(results: Named) -> dict[str, Person]:
    """A bird and a number for everybody, in an order that only who has the submissions could work out."""
    order = sorted((_key(result["extra_data"]["submission_sha256"] + name), name) for name, result in results)
    return {
        name: Person(f"s{place}", f"{BIRDS[place % len(BIRDS)]} {place // len(BIRDS) + 1}", place, secret=True)
        for place, (_, name) in enumerate(order)
    }


def _key(text: str) -> str:
    return "s" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def _known(results: Named) -> dict[tuple[str, str], dict[str, str]]:
    return {
        (exercise, variant.name): {"statement": variant.statement, "hint": variant.hint}
        for exercise in {result["extra_data"]["exercise"] for _, result in results} & set(exercise_names())
        for variant in read_variants(exercise, "misconceptions")
    }


def _mean(shares: Sequence[float]) -> float:
    return sum(shares) / len(shares) if shares else 0.0

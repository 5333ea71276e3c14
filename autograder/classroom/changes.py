"""The page of what changed between two gradings: who moves, by how much, why, and by which check."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from autograder.classroom.people import labels_in
from autograder.classroom.report.cards import WORDS
from autograder.classroom.report.exercises import beliefs, title_of
from autograder.classroom.report.people import by_name
from autograder.classroom.report.rendering import render
from autograder.classroom.statistics import share
from autograder.results.comparison import Change, CheckChange, changed_status
from autograder.results.records import CheckRecord, Outcome, Result
from autograder.results.scores import number

TEMPLATE = "changes.html.j2"
NO_CHECK = "no such check"
NONE = "–"


@dataclass(frozen=True)
class Side:
    """One of the two gradings: its folder, its results by submission."""

    folder: Path
    results: Mapping[str, Result]

    def report(self) -> str:
        """The text of its report; "" where there is none."""
        path = self.folder / "report.html"
        try:
            return path.read_text(encoding="utf-8")
        except OSError:
            return ""


@dataclass(frozen=True)
class Reason:
    """A check that came out differently for a student, in words. ``believed`` is what the answer looks like now."""

    question: str
    check: str
    statement: str
    before: str
    after: str
    points: float
    believed: str


@dataclass(frozen=True)
class Moved:
    """A student whose result is not what it was. ``before`` and ``after`` are scores, "–" where there is none."""

    name: str
    submission: str
    exercise: str
    before: str
    after: str
    points: float
    said: list[str]
    reasons: list[Reason]
    old_link: str = ""
    new_link: str = ""


@dataclass
class CheckMoves:
    """A check, and whose points it changed."""

    exercise: str
    question: str
    check: str
    statement: str
    gain: list[str] = field(default_factory=list)
    lose: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    points: float = 0.0


def changes_page(
    old: Side,
    new: Side,
    changes: Sequence[Change],
    notes: Sequence[str],
    target: Path,
    today: datetime.date | None = None,
) -> str:
    """The page, complete in itself; its links lead to the students' pages in the reports of the two folders.

    Args:
        changes: what differs, from :func:`~autograder.results.comparison.compare`.
        notes: what to know beside the table.
        target: the file that the page will be written to.
        today: the date on the page; that of the day where it is left out.
    """
    people = labels_in(old.folder, old.results) | labels_in(new.folder, new.results)
    before, after = _links(old, target), _links(new, target)
    moved = [
        replace(each, old_link=before.get(each.submission, ""), new_link=after.get(each.submission, ""))
        for each in (_moved(change, old, new, people) for change in changes)
    ]
    both = old.results.keys() & new.results.keys()
    return render(
        TEMPLATE,
        old=str(old.folder),
        new=str(new.folder),
        date=today or datetime.date.today(),
        count=len(both),
        gain=sum(each.points > 0 and each.submission in both for each in moved),
        lose=sum(each.points < 0 and each.submission in both for each in moved),
        means=[_mean([side.results[name] for name in both]) for side in (old, new)],
        moved=[each for each in moved if each.said or each.reasons],
        words=[each.name for each in moved if not (each.said or each.reasons)],
        checks=_by_check(moved),
        notes=notes,
        number=number,
    )


def _moved(change: Change, old: Side, new: Side, people: Mapping[str, str]) -> Moved:
    result = new.results.get(change.name) or old.results[change.name]
    exercise = result["extra_data"]["exercise"]
    before, after = (NONE if score is None else number(score) for score in (change.before, change.after))
    reasons = [_reason(exercise, each) for each in sorted(change.checks, key=lambda each: -abs(each.points))]
    name = people.get(change.name, change.name)
    return Moved(name, change.name, title_of(exercise), before, after, change.points, _said(change), reasons)


def _said(change: Change) -> list[str]:
    """What has changed beside the checks."""
    if change.before is None or change.after is None:
        return ["Not in the first grading" if change.before is None else "Not in the second grading"]
    said = ["Other code was handed in"] if change.code else []
    return said + ([changed_status(change)] if change.status[0] != change.status[1] else [])


def _reason(exercise: str, change: CheckChange) -> Reason:
    record = change.after or change.before
    assert record is not None
    slug = change.after["misconception"] if change.after else None
    belief = beliefs(exercise).get(slug) if slug else None
    return Reason(
        change.question,
        change.check.replace("_", " "),
        record["statement"],
        _outcome(change.before, change.after),
        _outcome(change.after, change.before),
        change.points,
        belief.statement if belief else "",
    )


def _outcome(record: CheckRecord | None, other: CheckRecord | None) -> str:
    """Such as "failed"; with its points where the check is worth others than it was."""
    if record is None:
        return NO_CHECK
    word = WORDS[Outcome(record["outcome"])]
    if other is None or record["max_points"] == other["max_points"]:
        return word
    return f"{word}, {number(record['points'])} of {number(record['max_points'])}"


def _by_check(moved: Sequence[Moved]) -> list[CheckMoves]:
    """The checks behind the changes, those that move most points first."""
    found: dict[tuple[str, str, str], CheckMoves] = {}
    for each in moved:
        for reason in each.reasons:
            key = (each.exercise, reason.question, reason.check)
            check = found.setdefault(key, CheckMoves(*key, reason.statement))
            side = check.gain if reason.points > 0 else check.lose if reason.points < 0 else check.same
            side.append(each.name)
            check.points += reason.points
    return sorted(found.values(), key=lambda check: -len(check.gain) - len(check.lose))


def _links(side: Side, target: Path) -> dict[str, str]:
    """Where the report of a grading shows a student's page, by submission; with pseudonyms it tells of nobody."""
    page = side.report()
    keys = {name: person.key for name, person in by_name(list(side.results.items()), {}).items()} if page else {}
    path = quote(os.path.relpath(side.folder / "report.html", target.parent))
    return {name: f"{path}#{key}" for name, key in keys.items() if f'id="{key}"' in page}


def _mean(results: Sequence[Result]) -> float:
    return sum(map(share, results)) / len(results) if results else 0.0

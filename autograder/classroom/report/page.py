"""`report.html`: one page, complete in itself, in which an instructor works through a class."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.classroom.report.attention import concerns
from autograder.classroom.report.class_part import class_part
from autograder.classroom.report.code import CodeCell
from autograder.classroom.report.exercises import place_of, title_of
from autograder.classroom.report.pairs import pair_parts
from autograder.classroom.report.people import Person, by_bird, by_name
from autograder.classroom.report.rendering import render
from autograder.classroom.report.rows import row
from autograder.classroom.report.students import SECRET_CODE, StudentPart, student_part, without_names
from autograder.classroom.similarity import Pair
from autograder.classroom.statistics import Named, by_exercise
from autograder.results.records import Result

CodeByName = Mapping[str, Sequence[CodeCell]]
NAMED = 2
"""Exercises that are named in the title; of more it says how many."""
NO_CODE = "There is no code here: the report was made from results alone. `kit report RESULTS SUBMISSIONS` adds it."


@dataclass(frozen=True)
class Versions:
    """What the results were made with; ``mixed`` where an exercise was graded by several versions of the checks."""

    kit: str
    packages: str
    mixed: bool


def report(
    results: Named,
    students: Mapping[str, str] | None = None,
    *,
    code: CodeByName | None = None,
    pseudonyms: bool = False,
    similar: Sequence[Pair] = (),
    today: datetime.date | None = None,
) -> str:
    """The page of (submission, results.json) pairs.

    Args:
        students: who handed in each submission, where that is known.
        code: what each submission holds, from :func:`read_code`; where it is left out, the page says so.
        pseudonyms: show birds instead of names, the same bird for the same submission; code is left out.
        similar: pairs of submissions that are alike.
        today: the date on the page; that of the day where it is left out.
    """
    people = by_bird(results) if pseudonyms else by_name(results, students or {})
    results = sorted(results, key=lambda named: people[named[0]].place)
    shown = {} if pseudonyms or code is None else code
    no_code = SECRET_CODE if pseudonyms else NO_CODE if code is None else ""
    graded = by_exercise(results)
    exercises = {exercise: graded[exercise] for exercise in sorted(graded, key=place_of)}
    return render(
        "report.html.j2",
        title=_title(list(exercises)),
        date=today or datetime.date.today(),
        versions=_versions(results),
        count=len(results),
        concerns=[
            (concern, [(people[name], said) for name, said in concern.found])
            for concern in concerns(results, secret=pseudonyms)
        ],
        parts=[class_part(exercise, found, people) for exercise, found in exercises.items()],
        similar=pair_parts(similar, people, shown),
        alike=len(similar),
        statuses=sorted({str(result["extra_data"]["status"]) for _, result in results}),
        rows=[row(people[name], result) for name, result in results],
        students=[
            (people[name], _student(name, people[name], result, shown.get(name), no_code)) for name, result in results
        ],
        no_code=no_code,
    )


def _student(name: str, person: Person, result: Result, code: Sequence[CodeCell] | None, no_code: str) -> StudentPart:
    """A student's page; with a pseudonym without the words that may name who it is."""
    part = student_part(result, code, person.name, no_code=no_code, notes=not person.secret)
    if not person.secret:
        return replace(part, file="" if name == person.name else name)
    return without_names(part, result)


def _title(exercises: Sequence[str]) -> str:
    if len(exercises) > NAMED:
        return f"{len(exercises)} exercises"
    return " and ".join(map(title_of, exercises)) or "No results"


def _versions(results: Named) -> Versions:
    extras = [result["extra_data"] for _, result in results]
    packages = [f"{name} {version}" for extra in extras for name, version in extra["versions"].items() if version]
    checks = {(extra["exercise"], extra["checks_sha256"]) for extra in extras if extra["checks_sha256"]}
    return Versions(
        ", ".join(dict.fromkeys(extra["kit"] for extra in extras)),
        ", ".join(dict.fromkeys(packages)),
        len(checks) > len({exercise for exercise, _ in checks}),
    )

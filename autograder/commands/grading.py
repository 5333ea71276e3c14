"""What `kit grade` and `kit watch` share: their options, what grades, and the report that they write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from autograder.classroom.batch import ClassGrader
from autograder.classroom.part import Part
from autograder.classroom.people import labels, people_of_class
from autograder.classroom.report import read_code, report
from autograder.files import write_text
from autograder.grading.session import Session
from autograder.results.key import key_in
from autograder.results.records import Result
from autograder.submissions.collect import Source
from autograder.submissions.people import Person
from autograder.submissions.roster import read_roster

INTERRUPTED = 130
"""The exit status of a command that Ctrl-C has ended."""
MANY = 256
"""Submissions under way on a scheduler: enough to keep workers busy that join later."""


@dataclass(frozen=True)
class Options:
    """What was asked for, beside the submissions."""

    exercise: str | None
    output: Path
    jobs: int
    unsealed: bool = False
    pseudonyms: bool = False
    similar: bool = False
    scheduler: str | None = None
    roster: Path | None = None
    part: Part = field(default_factory=Part)

    def people(self) -> Sequence[Person]:
        """The students of the roster, if there is one. Raises UsageError."""
        return read_roster(self.roster) if self.roster else ()

    @property
    def at_a_time(self) -> int:
        """Submissions that are under way at the same time."""
        return MANY if self.scheduler else self.jobs


def grader_for(options: Options) -> AbstractContextManager[ClassGrader]:
    """What grades: a session on this machine, or the workers of a scheduler."""
    if options.scheduler is None:
        return Session(unsealed=options.unsealed, key=key_in(options.output))
    from autograder.classroom.cluster import Cluster

    return Cluster(options.scheduler, unsealed=options.unsealed, key=key_in(options.output))


def write_report(
    results: Sequence[tuple[str, Result]], sources: Sequence[Source], options: Options
) -> Mapping[str, str]:
    """Write `report.html` of a class; returns who handed in each submission, where that is known."""
    known = dict(results)
    graded = [source for source in sources if source.name in known and source.whole]
    pairs = []
    if options.similar:
        from autograder.classroom.similarity import find_similar

        pairs = find_similar(graded, known)
    people = people_of_class(options.output, sources, known)
    students = labels(people, known)
    code = None if options.pseudonyms else read_code(graded, known)
    page = report(results, students, code=code, pseudonyms=options.pseudonyms, similar=pairs)
    write_text(options.output / "report.html", page)
    return students

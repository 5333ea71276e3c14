"""The scores of a class as the file that a platform's grade book imports."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import UsageError
from autograder.results.records import Status
from autograder.results.scores import harmless, identity_of, number, read_scores
from autograder.submissions.collect import NOTHING
from autograder.submissions.people import Person

TELLING = ("sid", "email", "platform_id", "name")
"""What tells students apart, the surest first: a class may have two students of one name."""


@dataclass
class Student:
    """A student of the class. ``points`` are by exercise, the most where there are several submissions."""

    person: Person
    points: dict[str, float] = field(default_factory=dict)
    several: bool = False


@dataclass(frozen=True)
class Line:
    """A student's line: the points of each column, "" where nothing was handed in, their sum, and its maximum."""

    person: Person
    scores: list[str]
    total: str
    most: str


@dataclass(frozen=True)
class Layout:
    """A platform's file.

    Args:
        head: its first lines, from the titles of the columns and the points that each gives at most.
        cells: the cells of a student.
        needs: what a student must be known by, one of them at least.
        advice: where to import it.
    """

    head: Callable[[Sequence[str], Sequence[str]], list[list[str]]]
    cells: Callable[[Line], list[str]]
    needs: tuple[str, ...]
    advice: str


@dataclass(frozen=True)
class Gradebook:
    """A file to import, and what the person who imports it must know."""

    text: str
    count: int
    notes: list[str]
    advice: str


def _canvas_head(titles: Sequence[str], most: Sequence[str]) -> list[list[str]]:
    who = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    return [[*who, *titles], ["    Points Possible", "", "", "", "", *most]]


def _canvas(line: Line) -> list[str]:
    person = line.person
    return [person.name, person.platform_id, person.sid, person.email, "", *line.scores]


def _moodle_head(titles: Sequence[str], _most: Sequence[str]) -> list[list[str]]:
    grades = ["Grade", "Maximum grade"] if len(titles) == 1 else list(titles)
    return [["Identifier", "Full name", "ID number", "Email address", *grades, "Last modified (grade)"]]


def _moodle(line: Line) -> list[str]:
    person = line.person
    participant = f"Participant {person.platform_id}" if person.platform_id else ""
    grades = [*line.scores, line.most] if len(line.scores) == 1 else line.scores
    return [participant, person.name, person.sid, person.email, *grades, "-"]


def _gradescope_head(titles: Sequence[str], most: Sequence[str]) -> list[list[str]]:
    questions = [f"{title} ({points} pts)" for title, points in zip(titles, most, strict=True)]
    return [["Name", "SID", "Email", "Total Score", "Max Points", "Status", *questions]]


def _gradescope(line: Line) -> list[str]:
    person, status = line.person, "Graded" if line.total else "Missing"
    return [person.name, person.sid, person.email, line.total, line.most, status, *line.scores]


LAYOUTS = {
    # What Canvas reads: lib/gradebook_importer.rb in github.com/instructure/canvas-lms. It finds a student by its own
    # number, else by SIS id or login, else by name.
    "canvas": Layout(_canvas_head, _canvas, ("platform_id", "sid", "email", "name"), "In Canvas: Grades, Import."),
    # Moodle imports it in two places. The grading worksheet of an assignment knows its participants by number, and
    # needs the column of when a grade was changed: mod/assign/feedback/offline in github.com/moodle/moodle.
    # The grade book maps id number or email address: https://docs.moodle.org/en/Grade_import.
    "moodle": Layout(
        _moodle_head,
        _moodle,
        ("platform_id", "sid", "email"),
        "In Moodle: Upload grading worksheet in the assignment; or Grades, Import, mapped by ID number or email.",
    ),
    # The columns of Download Grades in Gradescope.
    "gradescope": Layout(
        _gradescope_head, _gradescope, ("sid", "email", "name"), "It has the columns of Gradescope's Download Grades."
    ),
}


def gradebook(results: Path, platform: str, column: str | None = None) -> Gradebook:
    """The grade book of a folder of results: a line per student, a column per exercise.

    Args:
        column: the title of the column where there is one exercise; that exercise's name where it is left out.

    Raises:
        UsageError: there are no scores, or several exercises for one title.
    """
    layout, rows = LAYOUTS[platform], read_scores(results / "scores.csv")
    if not rows:
        raise UsageError(f"There is no {results / 'scores.csv'}. Name a folder that `kit grade` has written.")
    exercises = list(dict.fromkeys(row["exercise"] for row in rows if row["exercise"])) or ["score"]
    if column and len(exercises) > 1:
        raise UsageError(f"--column names one column, and there are {len(exercises)}: {', '.join(exercises)}.")
    students, unknown = _students(rows, layout.needs, exercises)
    most = {exercise: _most(rows, exercise) for exercise in exercises}
    lines = [_line(student, exercises, number(sum(most.values()))) for student in students]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows(layout.head([column] if column else exercises, [number(points) for points in most.values()]))
    writer.writerows(map(layout.cells, lines))
    return Gradebook(buffer.getvalue(), len(lines), _notes(rows, students, unknown), layout.advice)


def _students(
    rows: Sequence[Mapping[str, str]], needs: Sequence[str], exercises: Sequence[str]
) -> tuple[list[Student], list[str]]:
    """The students of the class, each once, and the submissions of whom nobody is known well enough."""
    students: dict[tuple[str, str], Student] = {}
    unknown = []
    for row in rows:
        for person in Person(*identity_of(row)).members():
            known = {key: getattr(person, key).casefold() for key in TELLING if getattr(person, key)}
            if known.keys() & set(needs):
                _enter(students.setdefault(next(iter(known.items())), Student(person)), row, exercises)
            else:
                unknown.append(row["submission"])
    return list(students.values()), unknown


def _enter(student: Student, row: Mapping[str, str], exercises: Sequence[str]) -> None:
    """Enter a submission. What can't be read says no exercise: it is of the only one, if there is only one."""
    exercise = row["exercise"] or (exercises[0] if len(exercises) == 1 else "")
    if not exercise or row["message"] == NOTHING:
        return
    student.several |= exercise in student.points
    student.points[exercise] = max(float(row["score"]), student.points.get(exercise, 0.0))


def _line(student: Student, exercises: Sequence[str], most: str) -> Line:
    scores = [number(student.points[name]) if name in student.points else "" for name in exercises]
    total = number(sum(student.points.values())) if student.points else ""
    return Line(Person(*map(harmless, student.person.identity())), scores, total, most)


def _most(rows: Sequence[Mapping[str, str]], exercise: str) -> float:
    return max((float(row["max_score"]) for row in rows if row["exercise"] == exercise), default=0.0)


def _notes(rows: Sequence[Mapping[str, str]], students: Sequence[Student], unknown: Sequence[str]) -> list[str]:
    notes = [f"Left out, since nobody is known to have handed it in: {name}" for name in unknown]
    if faults := [row["submission"] for row in rows if row["status"] == Status.FAULT]:
        notes.append(f"The grader failed on {', '.join(faults)}: grade again before you import.")
    tampered = [Person(*identity_of(row)).label() for row in rows if row["status"] == Status.TAMPERED]
    if tampered := [name for name in tampered if name]:  # those of nobody are left out above
        notes.append(f"Points are withheld for tampering from {'; '.join(tampered)}: talk to them first.")
    if several := [student.person.label() for student in students if student.several]:
        notes.append(f"Several submissions of one exercise, of which the best counts: {'; '.join(several)}")
    if empty := sum(not student.points for student in students):
        notes.append(f"{empty} handed nothing in: their cells are empty.")
    return notes

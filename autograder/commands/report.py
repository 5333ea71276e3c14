"""`kit report`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from autograder.classroom.part import every_name, named, people_of_class, results_of_class
from autograder.classroom.report import code_of, read_code, report, student_page
from autograder.classroom.report.code import CodeCell
from autograder.errors import UsageError
from autograder.files import write_text
from autograder.results.comparison import read_results
from autograder.results.records import Result
from autograder.submissions.collect import Source, find_submissions
from autograder.submissions.read import Unreadable


def write_class(results: Path, submissions: Sequence[Path], output: Path, pseudonyms: bool, console: Console) -> None:
    """Write the report of a class again, from its results."""
    known = results_of_class(results, {}) or read_results(results)
    sources = [source for source in find_submissions(submissions, output=results) if source.name in known]
    people = people_of_class(results, sources, known)
    students = {name: people[name][0] or name for name in known if name in people}
    code = read_code(sources, known) if submissions and not pseudonyms else None
    write_text(output, report(list(known.items()), students, code=code, pseudonyms=pseudonyms))
    console.print(f"{output} written: {len(known)} submissions.", highlight=False, markup=False)


def write_student(
    results: Path, student: str, submissions: Sequence[Path], output: Path | None, published: bool, console: Console
) -> None:
    """Write the page of one student alone, which holds nothing of others."""
    known = results_of_class(results, {}) or read_results(results)
    sources = find_submissions(submissions, output=results)
    people = people_of_class(results, sources, known)
    names = {name: [name, *(every_name(people[name]) if name in people else [])] for name in known}
    found = named(student, names)
    if len(found) > 1:
        raise UsageError(f"{student} has {len(found)} submissions. Name one of them: {', '.join(found)}.")
    (name,) = found
    code = graded_code(known[name], name, sources)
    who = people[name][0] if name in people else ""
    target = output or Path(f"{name}.html")
    write_text(target, student_page(known[name], code, name=who or name, published=published))
    console.print(f"{target} written.", highlight=False, markup=False)
    if code is None:
        missing = "the code that was graded is not there" if submissions else "name the submissions to have it"
        console.print(f"It holds no code: {missing}.", highlight=False, markup=False)


def graded_code(result: Result, name: str, sources: Sequence[Source]) -> tuple[CodeCell, ...] | None:
    """The code behind a result, and no other; None where it is not there."""
    for source in sorted(sources, key=lambda source: source.name != name):
        try:
            submission = source.read()
        except Unreadable:
            continue
        if submission.sha256 == result["extra_data"]["submission_sha256"]:
            return code_of(submission, result["extra_data"]["exercise"])
    return None

"""`kit report`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from autograder.classroom.part import results_of_class
from autograder.classroom.people import every_name_of, labels, named, people_of_class
from autograder.classroom.report import code_of, read_code, report, student_page
from autograder.classroom.report.code import CodeCell
from autograder.errors import UsageError
from autograder.files import write_text
from autograder.results.comparison import read_results
from autograder.results.records import Result
from autograder.submissions.collect import NOTHING, Source, find_submissions
from autograder.submissions.people import exported_name
from autograder.submissions.read import Unreadable


def write_class(
    results: Path, submissions: Sequence[Path], output: Path, console: Console, *, pseudonyms: bool, similar: bool
) -> None:
    """Write the report of a class again, from its results."""
    known = results_of_class(results, {}) or read_results(results)
    sources = [source for source in find_submissions(submissions, output=results) if source.name in known]
    people = people_of_class(results, sources, known)
    students = labels(people, known)
    code = read_code(sources, known) if submissions and not pseudonyms else None
    pairs = []
    if similar:
        from autograder.classroom.similarity import find_similar  # it imports NumPy

        pairs = find_similar(sources, known)
    write_text(output, report(list(known.items()), students, code=code, pseudonyms=pseudonyms, similar=pairs))
    console.print(f"{output} written: {len(known)} submissions.", highlight=False, markup=False)


def write_student(
    results: Path, student: str, submissions: Sequence[Path], output: Path | None, published: bool, console: Console
) -> None:
    """Write the page of one student alone, which holds nothing of others."""
    known = results_of_class(results, {}) or read_results(results)
    sources = find_submissions(submissions, output=results)
    people = people_of_class(results, sources, known)
    who = labels(people, known)
    found = named(student, every_name_of(people, known))
    if len(found) > 1:
        called = [who.get(name, name) for name in found]
        called = called if len(set(called)) == len(called) else found
        raise UsageError(f"{student} has {len(found)} submissions. Name one of them: {', '.join(called)}.")
    (name,) = found
    code = graded_code(known[name], name, sources)
    target = output or Path(f"{name}.html")
    write_text(target, student_page(known[name], code, name=who.get(name, name), published=published))
    console.print(f"{target} written.", highlight=False, markup=False)
    if code is None:
        missing = "the code that was graded is not there" if submissions else "name the submissions to have it"
        console.print(f"It holds no code: {missing}.", highlight=False, markup=False)


def write_each(results: Path, submissions: Sequence[Path], folder: Path, published: bool, console: Console) -> None:
    """Write each student's page to a file of its own, named as the platform that exported it takes it back."""
    known = results_of_class(results, {}) or read_results(results)
    sources = [source for source in find_submissions(submissions, output=results) if source.name in known]
    people = people_of_class(results, sources, known)
    who, code = labels(people, known), read_code(sources, known)
    there = {name: result for name, result in known.items() if result["extra_data"]["message"] != NOTHING}
    for name, result in there.items():
        page = student_page(result, code.get(name), name=who.get(name, name), published=published)
        write_text(folder / f"{exported_name(name)}.html", page)
    console.print(f"{len(there)} pages written to {folder}.", highlight=False, markup=False)
    if missing := [name for name, result in there.items() if name not in code and result["extra_data"]["checks"]]:
        reason = "is not there" if submissions else "is not on them: name the submissions to have it"
        console.print(f"The code of {len(missing)} {reason}.", highlight=False, markup=False)


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

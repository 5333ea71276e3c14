"""`kit report`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from autograder.classroom.part import results_of_class
from autograder.classroom.people import every_name_of, labels, named, people_of_class
from autograder.classroom.report import birds, code_of, read_code, report, student_page
from autograder.classroom.report.code import CodeCell
from autograder.commands.words import counted
from autograder.errors import UsageError
from autograder.files import write_text
from autograder.results.comparison import read_results
from autograder.results.records import Result
from autograder.results.result import is_missing
from autograder.results.scores import Identity
from autograder.submissions.collect import Source, find_submissions
from autograder.submissions.people import exported_name
from autograder.submissions.read import Unreadable


@dataclass(frozen=True)
class GradedClass:
    """A class that was graded before. ``sources`` are the submissions that were named, if any."""

    results: dict[str, Result]
    sources: Sequence[Source]
    people: Mapping[str, Identity]

    @property
    def graded_sources(self) -> list[Source]:
        """The submissions that have a result."""
        return [source for source in self.sources if source.name in self.results]

    def code(self) -> dict[str, tuple[CodeCell, ...]]:
        """The code behind each result, where it is there."""
        return read_code(self.graded_sources, self.results)

    def called(self, *, pseudonyms: bool) -> dict[str, str]:
        """What each submission is shown as: its student's name, where that is known, or a bird."""
        shown = birds(list(self.results.items())) if pseudonyms else labels(self.people, self.results)
        return {name: shown.get(name, name) for name in self.results}


@dataclass(frozen=True)
class PageOptions:
    """How a student's page is written: with a bird in the place of the name, and as before grades are published."""

    pseudonyms: bool = False
    published: bool = True


def read_class(results: Path, submissions: Sequence[Path]) -> GradedClass:
    """The results in a folder with their submissions. Raises NoResults."""
    known = results_of_class(results, {}) or read_results(results)
    sources = find_submissions(submissions, output=results)
    return GradedClass(known, sources, people_of_class(results, sources, known))


def write_class(
    results: Path, submissions: Sequence[Path], output: Path, console: Console, *, pseudonyms: bool, similar: bool
) -> None:
    """Write the report of a class again, from its results."""
    graded = read_class(results, submissions)
    code = graded.code() if submissions and not pseudonyms else None
    pairs = []
    if similar:
        from autograder.classroom.similarity import find_similar  # it imports NumPy

        pairs = find_similar(graded.graded_sources, graded.results)
    students = labels(graded.people, graded.results)
    page = report(list(graded.results.items()), students, code=code, pseudonyms=pseudonyms, similar=pairs)
    write_text(output, page)
    console.print(f"{output} written: {counted(len(graded.results), 'submission')}.", highlight=False, markup=False)


def write_student(
    results: Path,
    student: str,
    submissions: Sequence[Path],
    output: Path | None,
    options: PageOptions,
    console: Console,
) -> None:
    """Write the page of one student alone, which holds nothing of others."""
    graded = read_class(results, submissions)
    name = _only(student, graded)
    called = graded.called(pseudonyms=options.pseudonyms)[name]
    code = None if options.pseudonyms else graded_code(graded.results[name], name, graded.sources)
    target = output or Path(f"{called if options.pseudonyms else name}.html")
    _write_page(target, graded.results[name], code, called, options)
    console.print(f"{target} written.", highlight=False, markup=False)
    if code is None and not options.pseudonyms:
        missing = "the code that was graded is not there" if submissions else "name the submissions to have it"
        console.print(f"It holds no code: {missing}.", highlight=False, markup=False)


def write_each(
    results: Path, submissions: Sequence[Path], folder: Path, options: PageOptions, console: Console
) -> None:
    """Write each student's page to a file of its own, named as the platform that exported it takes it back."""
    graded = read_class(results, submissions)
    called = graded.called(pseudonyms=options.pseudonyms)
    code = {} if options.pseudonyms else graded.code()
    there = {name: result for name, result in graded.results.items() if not is_missing(result)}
    for name, result in there.items():
        file = called[name] if options.pseudonyms else exported_name(name)
        _write_page(folder / f"{file}.html", result, code.get(name), called[name], options)
    console.print(f"{counted(len(there), 'page')} written to {folder}.", highlight=False, markup=False)
    missing = [name for name, result in there.items() if name not in code and result["extra_data"]["checks"]]
    if missing and not options.pseudonyms:
        reason = "is not there" if submissions else "is not on them: name the submissions to have it"
        console.print(f"The code of {len(missing)} {reason}.", highlight=False, markup=False)


def _only(student: str, graded: GradedClass) -> str:
    """The one submission of a student. Raises UsageError."""
    found = named(student, every_name_of(graded.people, graded.results))
    if len(found) > 1:
        names = graded.called(pseudonyms=False)
        called = [names[name] for name in found]
        called = called if len(set(called)) == len(called) else found
        raise UsageError(f"{student} has {len(found)} submissions. Name one of them: {', '.join(called)}.")
    return found[0]


def _write_page(target: Path, result: Result, code: Sequence[CodeCell] | None, name: str, options: PageOptions) -> None:
    page = student_page(result, code, name=name, published=options.published, secret=options.pseudonyms)
    write_text(target, page)


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

"""`kit grade`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import typer
from rich.console import Console

from autograder.bank.master import exercise_names
from autograder.classroom.batch import Class, ClassGrader
from autograder.classroom.deferred import DeferredGrader
from autograder.classroom.part import Part, known_question
from autograder.classroom.people import labels, labels_of, people_of_class
from autograder.classroom.report import read_code, report
from autograder.commands.class_table import SHOWN, class_table, needs_a_look
from autograder.commands.diff import change_table
from autograder.commands.meter import Meter
from autograder.files import write_text
from autograder.grading.session import Session
from autograder.paths import ROOT, shown
from autograder.results.comparison import other_checks
from autograder.results.identity import checks_sha256
from autograder.results.key import FILE, key_in
from autograder.results.records import Result, Status
from autograder.submissions.collect import Source, find_submissions, namesakes_in
from autograder.submissions.people import Person
from autograder.submissions.roster import read_roster

INTERRUPTED = 130
SAMPLES = ROOT / "tests" / "class"
MANY = 256
"""Submissions under way on a scheduler: enough to keep workers busy that join later."""


@dataclass(frozen=True)
class Options:
    """What `kit grade` was asked for, beside the submissions."""

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


def run(paths: Sequence[Path], options: Options, console: Console) -> None:
    """Grade, show a table, and exit with 1 where something could not be graded."""
    if options.part.question:
        known_question(options.part.question)
    roster = options.people()
    sources = find_submissions(paths, roster, output=options.output)
    chosen = options.part.choose(sources, options.output)
    if not sources:
        console.print("No notebook, script or zip there: name a file, or a folder that holds some.")
        raise typer.Exit(2)
    _tell_of_key(options, console)
    for name in namesakes_in(roster, sources):
        console.print(
            f"Several students of {options.roster} are called {name}, and nothing tells whose submission is whose. Use "
            "a list that has the platform's numbers: Canvas's grade book, or Moodle's grading worksheet.",
            highlight=False,
            markup=False,
        )
    meter = Meter(console, len(chosen), labels_of(chosen))
    try:
        with DeferredGrader(lambda: grader_for(options)) as grader, meter:
            if any(not (options.output / f"{source.name}.json").exists() for source in chosen):
                grader.start()
            class_ = Class(grader, options.output, options.exercise, options.part)
            results = class_.grade(sources, options.at_a_time, meter.done)
    except KeyboardInterrupt:
        console.print(f"Stopped after {meter.count + meter.kept} of {len(chosen)}. Run the same command to resume.")
        raise typer.Exit(INTERRUPTED) from None
    who = write_report(results, sources, options)
    own = {source.name for source in chosen}
    shown_here = [(name, result) for name, result in results if name in own]
    _tell(shown_here, who, meter, paths, options.output, console)
    if options.part:
        _tell_of_rest(dict(results), meter, options, console)
    if any(result["extra_data"]["status"] == Status.FAULT for name, result in results if name in own):
        raise typer.Exit(1)


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


def _tell_of_key(options: Options, console: Console) -> None:
    """Say where the cases of what is graded now are drawn by another key than those of the kept results."""
    if options.part and any(options.output.glob("*.json")) and not (options.output / FILE).is_file():
        console.print(
            f"{options.output / FILE} is missing, so a new one is made: what is graded again gets other additional "
            "cases than before. Put the old file back, if you have it, and run the same command again.",
            highlight=False,
            markup=False,
        )


def _tell(
    results: Sequence[tuple[str, Result]],
    who: Mapping[str, str],
    meter: Meter,
    paths: Sequence[Path],
    output: Path,
    console: Console,
) -> None:
    few = results if len(results) <= SHOWN else [each for each in results if needs_a_look(each[1])]
    if few:
        console.print(class_table(few, who))
    if len(few) < len(results):
        console.print(f"{len(results) - len(few)} more were graded.", highlight=False)
    if meter.kept:
        console.print(f"{meter.kept} were graded before, by the same checks.")
    if meter.changes:
        console.print("What was there before, and is not the same any more:")
        console.print(change_table(meter.changes, who))
    console.print(
        f"Results are in {output}: a JSON file each, scores.csv and report.html.", highlight=False, markup=False
    )
    if SAMPLES in paths[0].resolve().parents:
        console.print(
            f"Next: open {output / 'report.html'} in a browser, or grade the whole sample class:", markup=False
        )
        console.print(f"    uv run kit grade {shown(SAMPLES)} --output {output}", highlight=False, markup=False)


def _tell_of_rest(results: dict[str, Result], meter: Meter, options: Options, console: Console) -> None:
    """What an instructor must know of a class of which only a part was graded again."""
    console.print(f"Graded again: {meter.count} of {len(results)} results. The others are as they were.")
    exercises = {result["extra_data"]["exercise"] for result in results.values()} & set(exercise_names())
    earlier = other_checks(results, {exercise: checks_sha256(exercise) for exercise in exercises})
    if not earlier:
        return
    question = options.part.question
    mixed = [name for name in earlier if question and question in results[name]["extra_data"].get("regraded", {})]
    if mixed:
        console.print(
            f"The checks have changed since {len(mixed)} of them were graded: the points of {question} come from the "
            "checks of today, those of the other questions from the earlier ones.",
            highlight=False,
            markup=False,
        )
    if rest := len(earlier) - len(mixed):
        console.print(
            f"{rest} were graded by other checks than those of today, so the class is not judged alike.",
            highlight=False,
            markup=False,
        )
    console.print("To judge all by the checks of today, run the command without --question and --student.")

"""`kit grade`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer
from rich.console import Console

from autograder.classroom.batch import Class
from autograder.classroom.deferred import DeferredGrader
from autograder.classroom.part import known_question
from autograder.classroom.people import labels_of
from autograder.commands.class_table import SHOWN, class_table, needs_a_look
from autograder.commands.diff import change_table
from autograder.commands.grading import INTERRUPTED, Options, grader_for, write_report
from autograder.commands.meter import Meter
from autograder.errors import UsageError
from autograder.paths import ROOT, shown
from autograder.results.comparison import of_other_checks
from autograder.results.key import FILE
from autograder.results.records import Result, Status
from autograder.submissions.collect import find_submissions, namesakes_in

SAMPLES = ROOT / "tests" / "class"


def run(paths: Sequence[Path], options: Options, console: Console) -> None:
    """Grade, show a table, and exit with 1 where something could not be graded."""
    if options.part.question:
        known_question(options.part.question)
    roster = options.people()
    sources = find_submissions(paths, roster, output=options.output)
    if not sources:
        where = ", ".join(map(str, paths))
        raise UsageError(f"There is no notebook, script or zip in {where}. Name a file, or a folder that holds some.")
    chosen = options.part.choose(sources, options.output)
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
    earlier = of_other_checks(results)
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

"""`kit watch`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape

from autograder.classroom.arrivals import arrivals
from autograder.classroom.batch import Class, ClassGrader, Done
from autograder.classroom.deferred import DeferredGrader
from autograder.classroom.people import labels_of
from autograder.commands.grading import INTERRUPTED, Options, grader_for, write_report
from autograder.results.records import Result, Status
from autograder.results.result import is_missing, max_score, reason
from autograder.results.scores import number
from autograder.submissions.collect import Source, find_submissions


def run(folder: Path, options: Options, console: Console) -> None:
    """Grade what arrives in a folder, until Ctrl-C."""
    console.print(
        f"Watching {folder}. Results go to {options.output}. Ctrl-C ends this.", highlight=False, markup=False
    )
    roster = options.people()
    try:
        with DeferredGrader(lambda: grader_for(options)) as grader:
            for coming in arrivals(folder, options.output):
                _refresh(find_submissions([folder], roster, coming, options.output), grader, options, console)
    except KeyboardInterrupt:
        console.print("Stopped. Run the same command to go on.")
        raise typer.Exit(INTERRUPTED) from None


def _refresh(sources: Sequence[Source], grader: ClassGrader, options: Options, console: Console) -> None:
    """Grade what is new or changed, and write scores and report again."""
    if not sources:
        return  # an empty folder takes no report away

    who = labels_of(sources)

    def told(done: Done) -> None:
        if not done.kept and not is_missing(done.result):
            console.print(_line(who[done.name], done.result), highlight=False)

    try:
        results = Class(grader, options.output, options.exercise).grade(sources, options.at_a_time, told)
        write_report(results, sources, options)
    except OSError as error:  # such as a full disk: what was written before stays, and the next arrival tries again
        console.print(f"{_now()} The results could not be written: {error}", highlight=False, markup=False)
        return
    late = sum(not source.whole for source in sources)
    missing = sum(is_missing(result) for _, result in results)
    rest = f"; {missing} have handed in nothing yet" if missing else ""
    rest += f"; {late} still being copied" if late else ""
    console.print(f"{_now()} {len(results) - missing} in report.html and scores.csv{rest}", highlight=False)


def _line(student: str, result: Result) -> str:
    extra = result["extra_data"]
    said = f": {reason(result)}" if extra["status"] != Status.GRADED and reason(result) else ""
    score = f"{number(result['score'])} / {number(max_score(result))}"
    return escape(f"{_now()} {student}: {score}, {extra['status']}{said}")


def _now() -> str:
    return time.strftime("%H:%M:%S")

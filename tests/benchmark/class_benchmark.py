"""How long a class takes, and how much memory: `kit grade`, a loop of stock `otter run`, nbgrader's autograde.

    uv run python tests/benchmark/class_benchmark.py [--sizes 10 30 100 300] [--sample 4] [--jobs 2] [--mixed]

The class is made from the alternatives and misconceptions of one exercise, or with `--mixed` of all, in turn; no two
submissions are alike. All three grade the same notebooks, answers only, with the same checks. `kit grade` grades all;
the other two a sample, from which the time of the class is extrapolated. Wall time suffers from what else the machine
does; CPU time does not. nbgrader is put into a throw-away environment by `uv run --with`; it grades no mixed class.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from made_class import EXERCISE, make_class, reference_cells, write_notebook
from other_graders import grade_with_nbgrader, grade_with_otter
from rich.console import Console
from rich.table import Table
from watched import Run, run_watched

from autograder.bank.master import exercise_names
from autograder.grading.session import Session
from autograder.results.result import Grading
from autograder.submissions.collect import find_submissions


def grade_with_kit(
    folder: Path, work: Path, sizes: Sequence[int], jobs: int
) -> tuple[Run, list[tuple[int, float, float]]]:
    """Grade all with `kit grade`; the run, and (count, wall, peak) on the way."""
    output = work / "results"
    command = [sys.executable, "-m", "autograder", "grade", folder, "--output", output, "--jobs", str(jobs)]
    run, watch = run_watched(command, work, output)
    found = {path.stem: json.loads(path.read_text()) for path in output.glob("*.json")}
    run.scores = {name: result["score"] for name, result in found.items()}
    run.count = len(found)
    bad = {name for name, result in found.items() if result["extra_data"]["status"] != "graded"}
    if bad:
        raise SystemExit(f"not graded: {', '.join(sorted(bad))}")
    steps = [(size, *watch.until(size)) for size in sizes if size < run.count] + [(run.count, run.wall, run.peak_mb)]
    return run, steps


def beyond_its_own_cells(work: Path) -> tuple[float, float]:
    """Seconds that the reference takes in a warm session: its own cells, and all."""
    write_notebook(work / "reference.ipynb", reference_cells(EXERCISE))
    (source,) = find_submissions([work / "reference.ipynb"])
    with Session() as session:
        session.grade(source.read(), EXERCISE)
        cells: list[float] = []
        start = time.monotonic()

        def progress(grading: Grading) -> None:
            if grading.cells and not cells:
                cells.append(time.monotonic() - start)

        session.grade(source.read(), EXERCISE, progress)
        return cells[0], time.monotonic() - start


def checks_of(scored: Path) -> dict[str, list[dict[str, Any]]]:
    """The checks of each exercise, one row each, from the results."""
    found = (json.loads(path.read_text())["extra_data"] for path in scored.glob("*.json"))
    return {extra["exercise"]: extra["checks"] for extra in found}


def table(runs: dict[str, Run], size: int, jobs: int) -> Table:
    """Throughput of the graders, and what a class of ``size`` takes."""
    found = Table(
        "Grader", "Graded", "s each, wall", "s each, CPU", f"class of {size}, min", "Peak MB", "Throughput, wall", "CPU"
    )
    kit = next(iter(runs.values()))
    for name, run in runs.items():
        wall, cpu = run.wall / run.count, run.cpu / run.count
        ratios = (f"1 / {wall * kit.count / kit.wall:.1f}", f"1 / {cpu * kit.count / kit.cpu:.1f}")
        found.add_row(
            name, str(run.count), f"{wall:.2f}", f"{cpu:.2f}", f"{wall * size / 60:.1f}", f"{run.peak_mb:.0f}", *ratios
        )
    found.caption = f"kit grade with {jobs} jobs; the others one after another, extrapolated from their sample"
    return found


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 30, 100])
    parser.add_argument(
        "--sample", type=int, default=4, help="submissions for the other two graders; 0 leaves them out"
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--mixed", action="store_true", help="a class that hands in all exercises")
    options = parser.parse_args()
    console = Console(width=140)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name in ("class", "kit", "otter"):
            (work / name).mkdir()
        make_class(work / "class", max(options.sizes), exercise_names() if options.mixed else [EXERCISE])
        run, steps = grade_with_kit(work / "class", work / "kit", options.sizes, options.jobs)
        growth = Table("Submissions", "Wall s", "a minute", "Peak MB", title="kit grade, one run")
        for count, wall, peak in steps:
            growth.add_row(str(count), f"{wall:.0f}", f"{count / wall * 60:.1f}", f"{peak:.0f}")
        console.print(growth)
        cells, total = beyond_its_own_cells(work)
        console.print(
            f"The reference: its own cells {cells:.2f} s, all {total:.2f} s, so {total - cells:.2f} s beyond them."
        )
        runs = {"kit grade": run}
        if options.sample:
            checks = checks_of(work / "kit" / "results")
            files = sorted((work / "class").glob("*.ipynb"))[: options.sample]
            runs["otter run, a loop"] = grade_with_otter(files, work / "otter", checks)
            if not options.mixed:
                runs["nbgrader autograde"] = grade_with_nbgrader(files, work, checks[EXERCISE])
        console.print(table(runs, 100, options.jobs))
        for name, other in runs.items():
            differ = {key: (score, run.scores[key]) for key, score in other.scores.items() if score != run.scores[key]}
            console.print(
                f"{name}: {len(other.scores) - len(differ)} of {len(other.scores)} scores as the kit's {differ or ''}"
            )


if __name__ == "__main__":
    main()

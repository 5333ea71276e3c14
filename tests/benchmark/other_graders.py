"""The same notebooks and the same checks in stock Otter and in nbgrader."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from in_process import stock_zip
from made_class import EXERCISE, metadata
from watched import ROOT, Run, Watch, run_watched

from autograder.files import write_text

OTTER = Path(sys.executable).with_name("otter")
NBGRADER = "nbgrader==0.9.6"


def grade_with_otter(files: Sequence[Path], work: Path, checks: Mapping[str, Sequence[dict[str, Any]]]) -> Run:
    """One stock `otter run` a submission; its test files are the same checks. ``checks`` are those of each exercise."""
    archives = {
        exercise: stock_zip(
            work / f"{exercise}.zip", exercise, [(row["question"], row["check"], row["max_points"]) for row in rows]
        )
        for exercise, rows in checks.items()
    }
    total = Run(0, 0.0, 0.0, 0.0)
    for file in files:
        archive = archives[nbformat.read(file, as_version=4).metadata["kit"]["exercise"]]
        output = work / file.stem
        output.mkdir()
        command = [OTTER, "run", "-a", archive, "-o", output, file]
        run, _ = run_watched(command, work, output)
        result = json.loads((output / "results.json").read_text())
        _add(total, run, file.stem, sum(test.get("score", 0) for test in result["tests"]))
    return total


def _add(total: Run, run: Run, name: str, score: float) -> None:
    total.count += 1
    total.wall += run.wall
    total.cpu += run.cpu
    total.peak_mb = max(total.peak_mb, run.peak_mb)
    total.scores[name] = round(score, 5)


def grade_with_nbgrader(files: Sequence[Path], work: Path, checks: Sequence[dict[str, Any]]) -> Run:
    """One `nbgrader autograde` for all ``files``: the same checks in a test cell each."""
    course = work / "course"
    write_text(
        course / "nbgrader_config.py",
        "c = get_config()\nc.CourseDirectory.course_id = 'course'\nc.ExecutePreprocessor.timeout = 300\n",
    )
    write_text(course / "source" / "exercise" / "answers.ipynb", nbgrader_notebook([], checks))
    _nbgrader(course, "generate_assignment", "exercise", "--force")
    for file in files:
        sources = [cell.source for cell in nbformat.read(file, as_version=4).cells]
        write_text(course / "submitted" / file.stem / "exercise" / "answers.ipynb", nbgrader_notebook(sources, checks))
    run, _ = _nbgrader(course, "autograde", "exercise", "--force")
    _nbgrader(course, "export", "--to", "grades.csv")
    rows = [line.split(",") for line in (course / "grades.csv").read_text().splitlines()]
    student, score = rows[0].index("student_id"), rows[0].index("score")
    run.scores = {row[student]: float(row[score]) for row in rows[1:]}
    run.count = len(files)
    return run


def _nbgrader(course: Path, *arguments: str) -> tuple[Run, Watch]:
    # The project's environment below, nbgrader in a layer of its own above it.
    command = ["uv", "run", "--project", str(ROOT), "--no-sync", "--with", NBGRADER, "nbgrader", *arguments]
    return run_watched(command, course, course / "none")


def nbgrader_notebook(sources: Sequence[str], checks: Sequence[dict[str, Any]]) -> str:
    """A notebook with an answer cell and a locked test cell for each check."""
    cells = [_nbgrader_cell("\n\n\n".join(sources) or "# answers", "answers", solution=True)]
    cells[0].metadata["nbgrader"] |= {"grade": False}
    for row in checks:
        source = (
            f"from in_process import passes\npasses(globals(), {EXERCISE!r}, {row['question']!r}, {row['check']!r})"
        )
        cell = _nbgrader_cell(source, f"{row['question']}.{row['check']}")
        cell.metadata["nbgrader"] |= {"grade": True, "locked": True, "points": row["max_points"]}
        cells.append(cell)
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=metadata()))


def _nbgrader_cell(source: str, name: str, *, solution: bool = False) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell(source, id=f"cell-{abs(hash(name)) % 10**8}")
    cell.metadata["nbgrader"] = {
        "grade_id": name.replace(".", "-"),
        "schema_version": 3,
        "solution": solution,
        "locked": False,
        "task": False,
    }
    return cell

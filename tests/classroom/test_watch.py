"""`kit watch` as an instructor runs it: graded as it comes, stopped, started again."""

from __future__ import annotations

import csv
import signal
from pathlib import Path

import pytest
from command_line import kit, start_kit
from handed_in import answers_to, notebook, put, small_class
from processes import descendants, have_ended, wait_for
from results_on_disk import results_in

NAMES = ["ben", "student_00", "student_01"]


def rows(output: Path) -> list[str]:
    """The submissions in the table, once the report has them, too."""
    try:
        report = (output / "report.html").read_text(encoding="utf-8")
        with (output / "scores.csv").open(encoding="utf-8") as file:
            names = sorted(row["submission"] for row in csv.DictReader(file))
    except OSError:
        return []
    return names if all(name in report for name in names) else []


@pytest.mark.slow
def test_grades_as_it_comes_and_goes_on_after_a_stop(tmp_path: Path) -> None:
    folder = small_class(tmp_path / "class", 2)
    output = folder / "results"
    run = start_kit("watch", folder, "--output", output)
    wait_for(lambda: rows(output) == ["student_00", "student_01"])
    whole = notebook(*answers_to("pinball_loss"), "# Ben's")
    put(folder, {"ben.ipynb": whole[:200]})
    before = (output / "scores.csv").stat().st_mtime_ns
    put(folder, {"ben.ipynb": whole})
    wait_for(lambda: rows(output) == NAMES)
    processes = descendants(run.pid)
    run.send_signal(signal.SIGINT)
    said = run.communicate(timeout=90)[0]
    assert run.returncode == 130
    assert "Stopped. Run the same command to go on." in said
    assert "Traceback" not in said
    assert said.count(" ben: 2 / ") == 1
    assert have_ended(processes), "processes are left"
    assert (output / "scores.csv").stat().st_mtime_ns > before
    assert {result["extra_data"]["status"] for result in results_in(output).values()} == {"graded"}
    assert not list(output.glob(".*.tmp"))

    graded = {path.name: path.stat().st_mtime_ns for path in output.glob("*.json")}
    put(folder, {"late.ipynb": notebook("# nothing yet")})
    run = start_kit("watch", folder, "--output", output)
    wait_for(lambda: rows(output) == sorted([*NAMES, "late"]))
    run.send_signal(signal.SIGINT)
    said = run.communicate(timeout=90)[0]
    assert " late: 0 / " in said and " ben: " not in said
    assert {path.name: path.stat().st_mtime_ns for path in output.glob("*.json") if path.name in graded} == graded


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    kit("watch", put(tmp_path, {"a.ipynb": b""}) / "a.ipynb", status=2)
    kit("watch", tmp_path / "missing", status=2)

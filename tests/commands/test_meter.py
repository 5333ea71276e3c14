"""What an instructor sees while a class is graded."""

from __future__ import annotations

import copy
import io
import re

from rich.console import Console
from synthetic import class_results

from autograder.classroom.batch import Done
from autograder.commands.meter import Meter

CLASS = class_results(100)


def watch(done: list[Done], *, terminal: bool) -> tuple[Meter, str]:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=200)
    with Meter(console, len(done)) as meter:
        for one in done:
            meter.done(one)
        if terminal:
            meter.progress.refresh()
    return meter, console.file.getvalue()  # type: ignore[attr-defined]


def test_a_line_for_each_fault_and_timeout_that_says_why() -> None:
    _, said = watch([Done(name, result, None) for name, result in CLASS], terminal=False)
    bad = [name for name, result in CLASS if result["extra_data"]["status"] in ("fault", "timeout")]
    lines = [line for line in said.splitlines() if line.startswith(("fault", "timeout"))]
    assert [line.split()[1].rstrip(":") for line in lines] == bad
    assert any("The reference raised ValueError." in line for line in lines)


def test_without_a_terminal_a_line_after_each_tenth() -> None:
    _, said = watch([Done(name, result, None) for name, result in CLASS], terminal=False)
    assert len(re.findall(r"^\d+ of 100, [\d.]+ a minute, \d+ min left$", said, re.MULTILINE)) == 10


def test_in_a_terminal_a_bar_with_rate_and_time_left() -> None:
    _, said = watch([Done(name, result, None) for name, result in CLASS[:40]], terminal=True)
    assert re.search(r"\d+/40", said)
    assert "a minute" in said
    assert re.search(r"\d:\d\d:\d\d|-:--:--", said)


def test_what_was_graded_before_is_not_in_the_rate() -> None:
    done = [Done(name, result, result if index < 60 else None) for index, (name, result) in enumerate(CLASS)]
    meter, _ = watch(done, terminal=False)
    assert (meter.kept, meter.count) == (60, 40)
    assert meter.line().startswith("40 of 40")


def test_a_result_that_replaces_another_is_told() -> None:
    name, result = next((name, result) for name, result in CLASS if result["extra_data"]["status"] == "graded")
    before = copy.deepcopy(result)
    before["score"] -= 1
    meter, _ = watch([Done(name, result, before)], terminal=False)
    assert [(change.name, change.points) for change in meter.changes] == [(name, 1)]

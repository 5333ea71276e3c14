"""`kit grade --profile` shows what each process did, and when."""

from __future__ import annotations

import json
from pathlib import Path

from handed_in import EXERCISE
from sessions import Grade

from autograder import spans

QUESTION = "pinball_loss"


def test_trace_holds_the_spans_of_all_processes(grade: Grade, tmp_path: Path) -> None:
    with spans.profiled(tmp_path / "trace.json"):
        grade(EXERCISE, only=QUESTION)
    events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    processes = {event["pid"]: event["args"]["name"] for event in events if event["ph"] == "M"}
    assert sorted(processes.values()) == ["kit", "sealed worker", f"trusted process of {EXERCISE}"]
    found = [event for event in events if event["ph"] == "X"]
    names = {(processes[event["pid"]], event["name"]) for event in found}
    assert ("sealed worker", "cell 1") in names
    assert ("sealed worker", "probe pinball") in names
    assert {"load the checks", "wait for the cells", "start a worker"} <= {name for _, name in names}
    assert any(name.startswith(f"check {QUESTION}.") for _, name in names)
    whole = next(event for event in found if event["name"] == "kit grade")
    for event in found:
        assert whole["ts"] <= event["ts"] + 1
        assert event["ts"] + event["dur"] <= whole["ts"] + whole["dur"] + 2, event


def test_nothing_is_kept_unless_it_is_asked_for(grade: Grade) -> None:
    grade(EXERCISE, only=QUESTION)
    assert not spans.recording()
    assert spans.take() == []


def test_what_a_worker_says_of_its_time_is_kept_only_where_it_is_a_span() -> None:
    spans.record("kit")
    try:
        good = [1, 1, "x" * 500, 1.0, 0.5, 0.5]
        spans.merge_untrusted([good, "no span", [1, 1, 2, 1.0, 0.5, 0.5], [1, 1, "y", "0", 0.5, 0.5]], 7, "worker")
        spans.merge_untrusted({"spans": 1}, 7, "worker")
        ((pid, thread, name, *times),) = spans.take()
        assert (pid, thread, name, times) == (7, 7, "x" * spans.MAX_NAME, [1.0, 0.5, 0.5])
    finally:
        spans.stop()

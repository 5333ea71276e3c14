"""Attack notebooks through the real session: no point that was not earned, no hidden line read, a result in time.

After each, an honest submission of the same run gets its full marks. `KIT_HOSTILE_TABLE=FILE` writes what happened.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attacks import ATTACKS, LIMITS, POINTS, Attack, honest_cells
from handed_in import EXERCISE, submission
from hidden_lines import hidden_lines, leaked

from autograder.grading.session import Session
from autograder.results.records import Status
from autograder.results.result import Grading, Result, result

IN_TIME = LIMITS.wall_seconds + 30
TABLE = os.environ.get("KIT_HOSTILE_TABLE")
QUICK = {"judge_file", "garbage_collector", "equal_to_everything", "patched_probes", "os_exit", "temporary_files"}
"""One of each kind runs without `-m slow` too."""
LEFT_BEHIND = ("/tmp/kit-escaped", "/tmp/kit-left-behind", "/dev/shm/kit-left-behind", "/tmp/results.json")


@pytest.fixture(scope="module")
def table() -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    yield rows
    if TABLE:
        with Path(TABLE).open("a") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def params(attacks: list[Attack]) -> list[Any]:
    slow = [] if os.environ.get("KIT_HOSTILE") == "all" else [pytest.mark.slow]
    return [
        pytest.param(attack, id=f"{attack.category}-{attack.name}", marks=[] if attack.name in QUICK else slow)
        for attack in attacks
    ]


def points(grading: Grading) -> float:
    return result(grading)["score"]


@pytest.mark.parametrize("attack", params(ATTACKS))
def test_attack(attack: Attack, session: Session, table: list[dict[str, Any]]) -> None:
    begin = time.monotonic()
    grading = session.grade(attack.submission(), EXERCISE, only=attack.question)
    seconds = time.monotonic() - begin
    honest = session.grade(submission(honest_cells()), EXERCISE, only="pinball_loss")
    outcome = result(grading)
    table.append(happened(attack, grading, outcome, seconds, points(honest)))

    low, high = attack.bounds
    assert low <= outcome["score"] <= high, outcome["output"]
    assert seconds < IN_TIME
    assert points(honest) == POINTS["pinball_loss"], "the next submission pays for it"
    assert grading.status != Status.FAULT, [record["note"] for record in grading.records()]
    assert bool(grading.tampering) == ("tripwire" in attack.header), grading.tampering
    assert not leaked(EXERCISE, texts(outcome), attack.text())
    assert not got_through(attack, grading)
    assert not [path for path in LEFT_BEHIND if Path(path).exists()]
    if "quiet" in attack.header:
        assert all(cell["status"] == "ok" for cell in grading.cells), grading.cells


@pytest.mark.parametrize("attack", params([attack for attack in ATTACKS if attack.works_unsealed]))
def test_attack_works_without_the_seal(attack: Attack, unsealed: Session) -> None:
    """Else it says nothing that it is stopped in a sealed worker."""
    grading = unsealed.grade(attack.submission(), EXERCISE, only=attack.question)
    assert grading.cells, grading.message
    assert got_through(attack, grading)


def got_through(attack: Attack, grading: Grading) -> str:
    """What shows that nothing stopped an attack, or ""."""
    last, told = grading.cells[-1], said(grading)
    if attack.header.get("blocked", last["error_type"]) != last["error_type"]:
        return f"The last cell {last['status']}: {last['error_type']}: {last['message']}"
    if attack.header.get("says", "") not in told:
        return told[-1500:] or "It says nothing."
    return ""


def texts(data: Any) -> str:
    """All texts of a result, whole."""
    if isinstance(data, dict | list):
        return "\n".join(texts(value) for value in (data.values() if isinstance(data, dict) else data))
    return str(data)


def said(grading: Grading) -> str:
    """All that the attack could make the result say."""
    cells = [f"{cell['error_type']}: {cell['message']}" for cell in grading.cells]
    return "\n".join([*cells, *(str(record["message"]) for record in grading.records())])


def happened(attack: Attack, grading: Grading, outcome: Result, seconds: float, honest: float) -> dict[str, Any]:
    """A row of the table."""
    cells = [cell for cell in grading.cells if cell["status"] != "ok"]
    last = f"{cells[-1]['status']} {cells[-1]['error_type']}".strip() if cells else "cells ran"
    return {
        "category": attack.category,
        "attack": attack.name,
        "tries": attack.header["tries"],
        "expected": attack.expectation,
        "happened": f"{outcome['score']:g} points, {last}",
        "status": grading.status,
        "reported": "; ".join(grading.tampering),
        "seconds": round(seconds, 1),
        "honest after": honest,
        "user": "root" if os.geteuid() == 0 else "ordinary",
    }


def test_the_honest_submission_gets_full_marks_after_all_of_them(session: Session) -> None:
    grading = session.grade(submission(honest_cells()), EXERCISE)
    assert points(grading) == POINTS["all"], result(grading)["output"]
    assert grading.status == Status.GRADED, grading.tampering


def test_there_are_enough_attacks_of_each_kind() -> None:
    count = {category: sum(a.category == category for a in ATTACKS) for category in {a.category for a in ATTACKS}}
    assert len(ATTACKS) >= 40
    assert set(count) == {"reading", "forging", "killing", "escaping", "persisting"}
    assert min(count.values()) >= 5


def test_headers_are_complete() -> None:
    known = {"tries", "answers", "question", "score", "at least", "at most"}
    known |= {"blocked", "says", "unsealed", "quiet", "tripwire"}
    for attack in ATTACKS:
        assert {"tries", "answers", "question", "score"} <= set(attack.header) <= known, attack.name
        stopped = {"blocked", "says"} & set(attack.header)
        assert bool(stopped) == ("unsealed" in attack.header), f"{attack.name}: what if nothing stopped it?"


def test_hidden_lines_would_be_noticed() -> None:
    lines = sorted(hidden_lines(EXERCISE))
    assert len(lines) > 50
    assert leaked(EXERCISE, f"AssertionError: {lines[0]} and more") == [lines[0]]

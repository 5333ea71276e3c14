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
from attacks import ATTACKS, EXERCISE, POINTS, Attack, as_submission, honest_cells
from hidden_lines import hidden_lines, leaked

from autograder.grading.session import Session
from autograder.results.result import Grading, result
from autograder.workers.student import Limits

LIMITS = Limits(cell_seconds=4, probe_seconds=4, total_seconds=40, replays=4)
IN_TIME = LIMITS.total_seconds + 30
TABLE = os.environ.get("KIT_HOSTILE_TABLE")
QUICK = {"judge_file", "garbage_collector", "equal_to_everything", "patched_probes", "os_exit", "temporary_files"}
"""One of each kind runs without `-m slow` too."""


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(limits=LIMITS) as running:
        yield running


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
    honest = session.grade(as_submission(honest_cells()), EXERCISE, only="pinball_loss")
    outcome = result(grading)
    table.append(happened(attack, grading, outcome, seconds, points(honest)))

    low, high = attack.bounds
    assert low <= outcome["score"] <= high, outcome["output"]
    assert seconds < IN_TIME
    assert points(honest) == POINTS["pinball_loss"], "the next submission pays for it"
    assert grading.status != "fault" and not any(row["outcome"] == "fault" for row in grading.records())
    assert not leaked(EXERCISE, texts(outcome), attack.text())
    if "blocked" in attack.header:
        assert grading.cells[-1]["status"] in ("raised", "died", "timeout"), grading.cells[-1]
    if "quiet" in attack.header:
        assert all(cell["status"] == "ok" for cell in grading.cells), grading.cells
    if "says" in attack.header:
        assert attack.header["says"] in said(grading), said(grading)[-1500:]


def texts(data: Any) -> str:
    """All texts of a result, whole."""
    if isinstance(data, dict | list):
        return "\n".join(texts(value) for value in (data.values() if isinstance(data, dict) else data))
    return str(data)


def said(grading: Grading) -> str:
    """All that the attack could make the result say."""
    cells = [f"{cell['error_type']}: {cell['message']}" for cell in grading.cells]
    return "\n".join([*cells, *(str(record["message"]) for record in grading.records())])


def happened(
    attack: Attack, grading: Grading, outcome: dict[str, Any], seconds: float, honest: float
) -> dict[str, Any]:
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
        "seconds": round(seconds, 1),
        "honest after": honest,
        "user": "root" if os.geteuid() == 0 else "ordinary",
    }


def test_the_honest_submission_gets_full_marks_after_all_of_them(session: Session) -> None:
    grading = session.grade(as_submission(honest_cells()), EXERCISE)
    assert points(grading) == POINTS["all"], result(grading)["output"]


def test_there_are_enough_attacks_of_each_kind() -> None:
    count = {category: sum(a.category == category for a in ATTACKS) for category in {a.category for a in ATTACKS}}
    assert len(ATTACKS) >= 40
    assert set(count) == {"reading", "forging", "killing", "escaping", "persisting"}
    assert min(count.values()) >= 5


def test_hidden_lines_would_be_noticed() -> None:
    lines = sorted(hidden_lines(EXERCISE))
    assert len(lines) > 50
    assert leaked(EXERCISE, f"AssertionError: {lines[0]} and more") == [lines[0]]

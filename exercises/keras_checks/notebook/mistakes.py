"""Which known mistake an answer behaves like, as far as the public cases tell.

The tables in `mistakes/` hold no code and no answer. A mistake's description can be read only with what that mistake
makes of the public cases; see :mod:`keras_checks.sketch`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from keras_checks.feedback import Misconception, Record
from keras_checks.question import Case, Check
from keras_checks.runner import fixed_cases
from keras_checks.sketch import Sketch, sketch, unlock, unseal

TABLES = Path(__file__).parents[1] / "mistakes"
CASES = 3
"""So many of the cases that everybody gets are looked at, for each check."""
Observe = Callable[[Check, Case], dict[str, Any]]


def with_mistake(records: Sequence[Record], checks: Sequence[Check], observe: Observe) -> list[Record]:
    """The records of one question's failed checks, with the mistake behind them where a single one fits them all."""
    found = _fitting(records, {check.name: check for check in checks}, observe) if records else set()
    if len(found) != 1:
        return list(records)
    (mistake,) = found
    return [replace(record, misconception=Misconception(*mistake)) for record in records]


def _fitting(records: Sequence[Record], checks: dict[str, Check], observe: Observe) -> set[tuple[str, str, str]]:
    """Name, statement and hint of the mistakes that fail the same checks, and agree on at least half of what tells."""
    exercise, question = records[0].exercise, records[0].question
    failed = sorted(record.check for record in records)
    seen: dict[str, Sketch | None] = {}

    def opened(locked: dict[str, Any]) -> bytes | None:
        place = f"{locked['check']} {locked['cases']}"
        if place not in seen:
            seen[place] = observed(exercise, checks[locked["check"]], locked["cases"], observe)
        own = seen[place]
        return unlock(locked, own, salt(exercise, question)) if own else None

    found = set()
    for entry in _table(exercise).get(question, []):
        keys = [opened(locked) for locked in entry["locks"]] if entry["fails"] == failed else []
        known = [key for key in keys if key is not None]
        if known and 2 * len(known) >= len(keys):
            found.add(tuple(json.loads(unseal(entry["text"], known[0]))))
    return found


def observed(exercise: str, check: Check, numbers: Sequence[int], observe: Observe) -> Sketch | None:
    """What a check sees of an answer on some of the public cases, or None where its code raises."""
    cases, seen = public_cases(exercise, check), []
    for number in numbers:
        observation = observe(check, cases[number]) if number < len(cases) else {"error": "there is no such case"}
        if "error" in observation:
            return None
        seen.append(observation["seen"])
    return sketch(seen)


@cache
def public_cases(exercise: str, check: Check) -> list[Case]:
    """The cases that everybody gets."""
    return fixed_cases(exercise, check)


def salt(exercise: str, question: str) -> str:
    """What makes locks of two questions differ."""
    return f"{exercise}/{question}"


@cache
def _table(exercise: str) -> dict[str, list[dict[str, Any]]]:
    try:
        return json.loads((TABLES / f"{exercise}.json").read_text(encoding="utf-8"))["mistakes"]
    except (OSError, ValueError, KeyError):
        return {}

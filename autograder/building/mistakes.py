"""What each known mistake does on the cases that everybody gets, in two tables.

By one a student's notebook names mistakes: what each does on the public cases, as locks. The other is for graders:
which checks each mistake fails, the hidden ones among them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from keras_checks.notebook.grader import SEED
from keras_checks.notebook.mistakes import CASES, TABLES, observed, public_cases, salt
from keras_checks.question import Case, Check, Question
from keras_checks.runner import fixed_cases
from keras_checks.sketch import lock, parts, seal
from keras_checks.verdicts import failure_of

from autograder.bank.master import read_master
from autograder.bank.variants import Variant, read_variants
from autograder.files import PUBLIC, write_bytes
from autograder.grading import failures
from autograder.grading.grader import load_questions
from autograder.grading.observer import Remembering, Trusted
from autograder.grading.reference import judging_checks
from autograder.grading.verdict import GraderFault, judge_case
from autograder.paths import CHECKS
from autograder.results.identity import public_files

OTHER_SEED = 1000
"""What changes with the seed is noise, which tells nothing."""
VALUES, MANY = 3, 1000
"""So many different wrong numbers are no accident; and so many numbers are looked at."""
LOCKS = ("sketch.py", "notebook/mistakes.py")
"""How an observation opens a lock, and which of the cases are looked at."""
KEY = 16
"""Bytes of the key to a mistake's description."""
Observe = Callable[[Check, Case], dict[str, object]]
Entry = dict[str, object]
"""A mistake in the notebook's table."""


def write_mistakes(exercise: str) -> int:
    """Write the tables of an exercise; returns how many mistakes its notebook names. Observes all wrong answers."""
    table, failing = tables(exercise)
    data = {"made_of": made_of(exercise), "mistakes": table}
    write_bytes(TABLES / f"{exercise}.json", (json.dumps(data, indent=0) + "\n").encode(), PUBLIC)
    failures.write(exercise, failing)
    return sum(map(len, table.values()))


def is_current(exercise: str) -> bool:
    """Whether the tables were made from the wrong answers, the checks and their engine as they are."""
    try:
        written = json.loads((TABLES / f"{exercise}.json").read_text(encoding="utf-8"))["made_of"]
    except (OSError, ValueError, KeyError):
        return False
    return written == made_of(exercise) and failures.is_current(exercise)


def made_of(exercise: str) -> str:
    """A hash of what a table depends on: cases, probes, what is observed, which checks fail, and how that is locked."""
    digest = hashlib.sha256()
    for path in (*sorted(public_files(exercise)), *(CHECKS / name for name in LOCKS), Path(__file__)):
        digest.update(path.name.encode() + path.read_bytes())
    for cell in read_master(exercise).reference_cells():
        digest.update(cell.source.encode())
    for variant in read_variants(exercise, "misconceptions"):
        digest.update("\n".join([variant.question, variant.statement, variant.hint, variant.code]).encode())
    return digest.hexdigest()[:16]


def tables(exercise: str) -> tuple[dict[str, list[Entry]], dict[str, failures.Row]]:
    """For each question the locks of its mistakes; for each mistake what it fails."""
    entries: dict[str, list[Entry]] = {}
    failing: dict[str, failures.Row] = {}
    for question in load_questions(exercise):
        entries[question.name], rows = mistakes_of(exercise, question)
        failing |= rows
    return entries, failing


def mistakes_of(exercise: str, question: Question) -> tuple[list[Entry], dict[str, failures.Row]]:
    """Both tables for one question, the locks in no order that tells anything."""
    reference = [cell.source for cell in read_master(exercise).reference_cells()]
    bank = [item for item in read_variants(exercise, "misconceptions") if item.question == question.name]
    right = observer(exercise, reference, SEED)
    entries: list[Entry] = []
    failing: dict[str, failures.Row] = {}
    for item in bank:
        one, other = (observer(exercise, [*reference, item.source], seed) for seed in (SEED, OTHER_SEED))
        entry = locked(exercise, question, item, (one, other, right))
        entries += [entry] if entry else []
        backwards = observer(exercise, [*reference, item.source], OTHER_SEED)
        row = failures_of(exercise, question, (one, backwards), right)
        failing |= {item.name: row} if row is not None else {}
    return sorted(entries, key=lambda entry: str(entry["text"])), failing


def failures_of(
    exercise: str, question: Question, observers: tuple[Observe, Observe], right: Observe
) -> failures.Row | None:
    """For each check that a mistake fails, a letter for each case: see :mod:`autograder.grading.failures`.

    None where it does not fail the same with other noise, or in another order: of such a mistake nothing is known.
    """
    one, other = observers
    found = _outcomes(exercise, question, one, right)
    if found != _outcomes(exercise, question, other, right, backwards=True):
        return None
    return {check: letters for check, letters in found.items() if letters.strip(failures.PASSES)}


def _outcomes(
    exercise: str, question: Question, observe: Observe, right: Observe, *, backwards: bool = False
) -> dict[str, str]:
    cases = {check: fixed_cases(exercise, check)[: failures.CASES] for check in judging_checks([question])}
    order = [(check, number) for check in cases for number in range(len(cases[check]))]
    letters = {
        (check, number): _outcome(check, cases[check][number], observe, right)
        for check, number in (order[::-1] if backwards else order)
    }
    return {check.name: "".join(letters[check, number] for number in range(len(cases[check]))) for check in cases}


def _outcome(check: Check, case: Case, one: Observe, right: Observe) -> str:
    seen = one(check, case)
    if "error" in seen:
        return failures.RAISES
    try:
        failure = judge_case(check, case, seen, lambda: right(check, case))
    except GraderFault:
        return failures.PASSES
    return failures.FAILS if failure else failures.PASSES


def locked(
    exercise: str, question: Question, item: Variant, observers: tuple[Observe, Observe, Observe]
) -> Entry | None:
    """A mistake by what it does, or None where the public cases do not tell.

    ``observers`` of the mistake, of the mistake with other noise, and of the reference.
    """
    one, other, right = observers
    public = [check for check in question.checks if not check.hidden]
    failed = [check for check in public if _fails(exercise, check, one)]
    text = json.dumps([item.name, item.statement, item.hint]).encode()
    key, locks = hashlib.sha256(text).digest()[:KEY], []
    for check in failed:
        told = _told(exercise, check, one, other, right)
        found = observed(exercise, check, told, one) if told else None
        if found is not None:
            locks.append({"check": check.name, "cases": told, **lock(found, salt(exercise, question.name), key)})
    names = sorted(check.name for check in failed)
    return {"fails": names, "locks": locks, "text": seal(text, key)} if locks else None


def observer(exercise: str, sources: Sequence[str], seed: int) -> Observe:
    """What cells of ours do, each case tried once."""
    memory = Remembering(Trusted(exercise, sources, "mistake", seed))
    return lambda check, case: memory.observe(check.probe, case)


def _fails(exercise: str, check: Check, observe: Observe) -> bool:
    return any(failure_of(check, case, observe(check, case)) for case in public_cases(exercise, check))


def _told(exercise: str, check: Check, one: Observe, other: Observe, right: Observe) -> list[int]:
    """The cases of a check that tell a mistake: what is seen has no noise, and could hardly come from another one."""
    numbers = range(min(CASES, len(public_cases(exercise, check))))
    told = [number for number in numbers if _is_steady(exercise, check, number, one, other)]
    return told if len(_wrong_values(exercise, check, told, one, right)) >= VALUES else []


def _is_steady(exercise: str, check: Check, number: int, one: Observe, other: Observe) -> bool:
    """Whether the same is seen with other noise, and no error."""
    seen, again = (observed(exercise, check, [number], observe) for observe in (one, other))
    return seen is not None and again is not None and seen.is_close(again)


def _wrong_values(exercise: str, check: Check, told: Sequence[int], mistake: Observe, reference: Observe) -> set[float]:
    """The different numbers that are seen of a mistake and not of the reference; 0 and 1 come from many mistakes."""
    wrong: set[float] = set()
    for number in told:
        case = public_cases(exercise, check)[number]
        seen, due = (list(parts(observe(check, case)["seen"])) for observe in (mistake, reference))
        for place, (form, numbers) in enumerate(seen):
            expected = due[place][1] if len(due) == len(seen) and due[place][0] == form else None
            differs = np.ones(len(numbers), bool) if expected is None else ~np.isclose(numbers, expected, rtol=1e-3)
            wrong |= {float(f"{value:.2g}") for value in np.abs(numbers[differs][:MANY])}
    return wrong - {0.0, 1.0}

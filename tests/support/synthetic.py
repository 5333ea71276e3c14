"""A class that was never taught: results in the true format, drawn at random, with names that try to break the page."""

from __future__ import annotations

import functools
import random
from typing import Any

from autograder.bank.master import read_master
from autograder.bank.variants import Variant, read_variants
from autograder.results.result import FAULTY, TIMEOUT, UNREADABLE, Grading, result

EXERCISES = ("custom_loss", "threaded_dense")
NAMES = (
    "<script>document.title = 'broken'</script>",
    "=HYPERLINK(1)",
    "Zoë Ångström",
    "نور الهدى",
    "x" * 110,
    'O\'Neil & Søn "quoted"',
)
FEEDBACK = """**{question} — {check}**

What must be true of every right answer, said in a sentence that is about as long as such sentences are.

- With `n = 3, y_true = [[0.08], [1.33]], y_pred = [[-1.1], [1.79]]`: The loss is not what it should be.
- Received: `[0.731, 0.2]`
- Expected: `[0.031, 0.2]`
- Looks like: {statement}
- Hint: {hint}
- Lecture: Model specialization, "Custom loss"
"""


def students(count: int) -> dict[str, str]:
    """Who handed in each of ``count`` submissions."""
    names = [*NAMES, *(f"Student {index:03}" for index in range(count - len(NAMES)))][:count]
    return {f"submission_{index:03}": name for index, name in enumerate(names)}


@functools.cache
def results(count: int, seed: int = 1) -> list[tuple[str, dict[str, Any]]]:
    """Results of ``count`` submissions of two exercises, a few of them faults, timeouts and unreadable files."""
    draw = random.Random(seed)
    return [(f"submission_{index:03}", one(index, draw)) for index in range(count)]


def one(index: int, draw: random.Random) -> dict[str, Any]:
    """One result; who is able answers most questions rightly."""
    exercise = EXERCISES[index % 2]
    plan = plan_of(exercise)
    if index % 75 == 10:
        message = f"submission_{index:03}.ipynb is empty. Save the notebook again and hand in the new file."
        return result(Grading("", exercise, plan=plan, status=UNREADABLE, message=message))
    ability = draw.betavariate(3, 1.5)
    checks = [record(row, draw.random() < ability, draw, exercise) for row in plan]
    status = {20: TIMEOUT, 30: FAULTY}.get(index % 75, "graded")
    if status == FAULTY:
        checks[-1] |= {"outcome": "fault", "points": 0.0, "note": "The reference raised ValueError."}
    digest = f"{draw.getrandbits(256):064x}"
    cells = [{"index": 3, "status": "raised", "error_type": "NameError", "message": "name 'x' is not defined"}]
    return result(
        Grading("", exercise, digest, plan, checks, cells if index % 7 == 0 else [], ["uid"], 4.2, 300.0, status)
    )


@functools.cache
def plan_of(exercise: str) -> list[dict[str, Any]]:
    """Three checks a question: one public, two hidden."""
    return [
        {
            "question": question,
            "check": f"check_{number}",
            "statement": "What must be true of every right answer.",
            "hidden": number > 0,
            "max_points": 1.0,
        }
        for question in read_master(exercise).questions()
        for number in range(3)
    ]


def record(row: dict[str, Any], passed: bool, draw: random.Random, exercise: str) -> dict[str, Any]:
    """The record of a check; half of the failures look like a misconception."""
    known = [] if passed else suspects(exercise, row["question"])
    named = draw.choice(known) if known and draw.random() < 0.5 else None
    statement, hint = (named.statement, named.hint) if named else ("", "Look at the shape.")
    return row | {
        "points": row["max_points"] if passed else 0.0,
        "outcome": "passed" if passed else "failed",
        "misconception": named.name if named else None,
        "counterexample": None if passed else {"n": 3},
        "message": None if passed else "The loss is not what it should be.",
        "note": None,
        "feedback": None if passed else FEEDBACK.format(**row | {"statement": statement, "hint": hint}),
    }


@functools.cache
def suspects(exercise: str, question: str) -> list[Variant]:
    """The misconceptions of a question."""
    return [variant for variant in read_variants(exercise, "misconceptions") if variant.question == question]

"""A result in the format of PrairieLearn's external graders.

The format: https://docs.prairielearn.com/externalGrading/#grading-results

PrairieLearn has no hidden tests: what is in the file may be shown at once. So hidden checks are listed only where the
settings of the exercise show them at once; else one entry says what they earn together, as the score does.
"""

from __future__ import annotations

from typing import Any

from autograder.doors.prairielearn.plain import inert, plain
from autograder.results.records import CheckRecord, Outcome, Status
from autograder.results.result import Grading
from autograder.results.texts import NOT_YOURS, TAMPERED, cell_texts

MAX_TEXT = 120_000
"""Characters of all checks together. PrairieLearn takes at most 1 MB, and a character may have four bytes."""
MAX_MESSAGE = 8_000
LEFT_OUT = "\n(The rest is left out.)"
NO_VERDICT = "This check could not be graded. This is not your fault: tell your instructor."
OWN = {Status.FAULT: plain(NOT_YOURS), Status.TAMPERED: plain(TAMPERED)}
"""What students read where the result's own message is for the instructor."""


def to_prairielearn(grading: Grading) -> dict[str, Any]:
    """The results.json of a submission.

    What can't be read, and what the grader failed on, is not gradable: it costs no attempt and no points.
    """
    records = grading.records()
    gradable = grading.status not in (Status.UNREADABLE, Status.FAULT)
    said = OWN.get(grading.status) or inert(grading.message)
    outcome: dict[str, Any] = {"gradable": gradable, "score": _share(records)}
    if not gradable:
        outcome["format_errors"] = [said]
    if grading.status is not Status.UNREADABLE:
        outcome["message"] = _cut(_summary(grading, records, said if gradable else ""), MAX_MESSAGE)
        outcome["tests"] = _tests(records, everything=grading.show_hidden == "always")
    return outcome


def _share(records: list[CheckRecord]) -> float:
    """The score: the share of all points that was earned, 0 to 1."""
    possible = sum(record["max_points"] for record in records)
    return round(sum(record["points"] for record in records) / possible, 6) if possible else 0.0


def _summary(grading: Grading, records: list[CheckRecord], said: str) -> str:
    public = [record for record in records if not record["hidden"]]
    passed = sum(record["outcome"] == Outcome.PASSED for record in public)
    parts = [said, *map(plain, cell_texts(grading.cells)), f"{passed} of {len(public)} public checks pass."]
    return "\n".join(part for part in parts if part)


def _tests(records: list[CheckRecord], *, everything: bool) -> list[dict[str, Any]]:
    longest = MAX_TEXT // max(len(records), 1)
    shown = [_test(record, longest) for record in records if everything or not record["hidden"]]
    hidden = [record for record in records if record["hidden"]]
    return shown if everything or not hidden else [*shown, _together(hidden)]


def _test(record: CheckRecord, longest: int) -> dict[str, Any]:
    message = {
        Outcome.PASSED: "This check passes.",
        Outcome.FAULT: NO_VERDICT,
        Outcome.FAILED: plain(record.get("feedback") or "") or inert(record["message"] or "") or "This check fails.",
    }
    return {
        "name": f"{record['question']}: {record['check'].replace('_', ' ')}",
        "description": inert(record["statement"].replace("`", "")),
        "points": record["points"],
        "max_points": record["max_points"],
        "message": _cut(message[Outcome(record["outcome"])], longest),
    }


def _together(hidden: list[CheckRecord]) -> dict[str, Any]:
    """The one entry that stands for all hidden checks."""
    return {
        "name": "Hidden checks",
        "description": f"{len(hidden)} further checks, on cases that are not shown here.",
        "points": round(sum(record["points"] for record in hidden), 5),
        "max_points": round(sum(record["max_points"] for record in hidden), 5),
    }


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + LEFT_OUT

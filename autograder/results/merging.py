"""Puts one question that was graded again into the result that was kept of the same submission."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.results.markdown import escape_markdown
from autograder.results.records import CheckRecord, Result, Status, TestEntry
from autograder.results.result import Grading, result
from autograder.results.texts import MARKS


def can_merge(kept: Result, exercise: str, sha256: str, question: str) -> bool:
    """Whether ``kept`` is a verdict on the same code, so that its other questions can stay as they are."""
    extra = kept["extra_data"]
    same = (extra["exercise"], extra["submission_sha256"]) == (exercise, sha256)
    return same and extra["status"] == Status.GRADED and any(test["name"] == question for test in kept["tests"])


def merged(kept: Result, part: Result, show_hidden: str) -> Result:
    """The result of a submission: all questions as in ``kept``, but those that ``part`` has as there.

    Totals and texts are made again. Where the checks have changed meanwhile, the result keeps the hash and the
    versions of the checks that judged most of it, so that a regrade stays due; ``regraded`` says the others.
    """
    old, new = kept["extra_data"], part["extra_data"]
    names = [test["name"] for test in part["tests"]]
    records = _replaced(old["checks"], new["checks"])
    grading = Grading(
        "",
        old["exercise"],
        old["submission_sha256"],
        plan=list(records),
        checks=records,
        cells=new["cells"],
        isolation=new["isolation"],
        seconds=old["seconds"],
        peak_mb=max(old["peak_mb"], new["peak_mb"]),
        ended=Status.TIMEOUT if new["status"] == Status.TIMEOUT else Status.GRADED,
        message=new["message"],
        show_hidden=show_hidden,
        tampering=new["tampering"],
        probed_in_place=list(dict.fromkeys([*old["probed_in_place"], *new["probed_in_place"]])),
    )
    whole = result(grading)
    whole["execution_time"] = kept["execution_time"]
    whole["tests"] = [_with_text(test, part if test["name"] in names else kept) for test in whole["tests"]]
    whole["output"] = _output(whole, kept, part)
    extra = whole["extra_data"]
    regraded = old.get("regraded", {}) | dict.fromkeys(names, new["checks_sha256"])
    regraded = {name: sha256 for name, sha256 in regraded.items() if sha256 != old["checks_sha256"]}
    extra["kit"], extra["versions"], extra["checks_sha256"] = old["kit"], old["versions"], old["checks_sha256"]
    if regraded:
        extra["regraded"] = regraded
    return whole


def _replaced(old: Sequence[CheckRecord], new: Sequence[CheckRecord]) -> list[CheckRecord]:
    """The records of all checks, those of the questions in ``new`` in the place of the old ones."""
    questions = dict.fromkeys(record["question"] for record in old)
    again = {record["question"] for record in new}
    return [
        record
        for question in questions
        for record in (new if question in again else old)
        if record["question"] == question
    ]


def _with_text(test: TestEntry, source: Result) -> TestEntry:
    """A question with what its student reads in ``source``."""
    output = next(each["output"] for each in source["tests"] if each["name"] == test["name"])
    return {**test, "output": output}


def _output(whole: Result, kept: Result, part: Result) -> str:
    """What the student reads first: the summary as it is now, and then the public checks of each question."""
    questions = [test["name"] for test in whole["tests"]]
    summary, _ = _blocks(whole["output"], questions)
    blocks = _blocks(kept["output"], questions)[1] | _blocks(part["output"], questions)[1]
    return "\n\n".join([*summary, *(text for question in questions for text in blocks.get(question, []))])


def _blocks(output: str, questions: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The paragraphs before the first check, and those of each question."""
    start = re.compile(rf"(?:(?:{'|'.join(MARKS.values())}) )?\*\*(.+?)(?: — .*)?\*\*")
    known = {escape_markdown(question): question for question in questions} | {name: name for name in questions}
    summary: list[str] = []
    blocks: dict[str, list[str]] = {}
    now = summary
    for paragraph in re.split(r"\n\n(?!\n)", output):
        found = start.match(paragraph)
        if found and found[1] in known:
            now = blocks.setdefault(known[found[1]], [])
        now.append(paragraph)
    return summary, blocks

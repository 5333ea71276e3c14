"""A class that was never taught: results in the true format, drawn at random, with names that try to break the page."""

from __future__ import annotations

import functools
import random

import nbformat
from check_records import check_record
from handed_in import master, variants

from autograder.bank.variants import Variant
from autograder.building.notebooks import student_notebook
from autograder.classroom.report import code_of
from autograder.classroom.report.code import CodeCell
from autograder.results.markdown import escape_markdown
from autograder.results.records import CellRecord, CellStatus, CheckRecord, Outcome, PlanRow, Result, Status
from autograder.results.result import Grading, result
from autograder.submissions.read import Cell, Submission

EXERCISES = ("custom_loss", "threaded_dense")
COUNT = 300
"""The submissions of the report that is opened in a browser."""
NAMES = (
    "<script>document.title = 'broken'</script>",
    "=HYPERLINK(1)",
    "Zoë Ångström",
    "نور الهدى",
    "x" * 110,
    'O\'Neil & Søn "quoted"',
)
RAISED: CellRecord = {
    "index": 3,
    "status": CellStatus.RAISED,
    "error_type": "NameError",
    "message": "<img src=x onerror=\"document.title = 'broken'\">",
    "line": 1,
}
CHECKS = ("shape", "loss_value", "gradient_in_graph_mode")
HOSTILE = "# </code></pre></template></script><script>document.title = 'broken'</script><img src=x onerror=alert(1)>"
"""A comment that tries to break the page; it is in the code of the first student."""
FEEDBACK = """**{question} — {title}**

What must be true of every right answer, said in a sentence that is about as long as such sentences are.

- With `n = 3, y_true = [[0.08], [1.33]], y_pred = [[-1.1], [1.79]]`: The loss is not what it should be.
- Received: `[0.731, 0.2]`
- Expected: `[0.031, 0.2]`
{said}- Hint: {hint}
- Lecture: Model specialization, "Custom loss"
"""


def students(count: int) -> dict[str, str]:
    """Who handed in each of ``count`` submissions."""
    names = [*NAMES, *(f"Student {index:03}" for index in range(count - len(NAMES)))][:count]
    return {f"submission_{index:03}": name for index, name in enumerate(names)}


@functools.cache
def class_results(count: int, seed: int = 1) -> list[tuple[str, Result]]:
    """Results of ``count`` submissions of two exercises, a few of them faults, timeouts and unreadable files."""
    draw = random.Random(seed)
    return [(f"submission_{index:03}", one(index, draw)) for index in range(count)]


def one(index: int, draw: random.Random) -> Result:
    """One result; who is able answers most questions rightly."""
    exercise = EXERCISES[index % 2]
    plan = plan_of(exercise)
    if index % 75 == 10:
        message = f"submission_{index:03}.ipynb is empty. Save the notebook again and hand in the new file."
        return result(Grading("", exercise, plan=plan, ended=Status.UNREADABLE, message=message))
    ability = draw.betavariate(3, 1.5)
    checks = [passed(row) if draw.random() < ability else failed(row, draw, exercise) for row in plan]
    ended = {20: Status.TIMEOUT, 30: Status.FAULT}.get(index % 75, Status.GRADED)
    if ended is Status.FAULT:
        checks[-1] = check_record(plan[-1], Outcome.FAULT, note="The reference raised ValueError.")
    digest = f"{draw.getrandbits(256):064x}"
    cells = [RAISED] if index % 7 == 0 else []
    return result(Grading("", exercise, digest, plan, checks, cells, ["uid"], 4.2, 300.0, ended))


@functools.cache
def class_code(count: int, seed: int = 2) -> dict[str, tuple[CodeCell, ...]]:
    """What each of ``count`` submissions holds: answers of the bank, right and wrong, with a comment of its own."""
    draw = random.Random(seed)
    found = {}
    for index in range(count):
        exercise = EXERCISES[index % 2]
        comments = [HOSTILE if index == 0 else f"# attempt {draw.randrange(9)} of {index}"]
        found[f"submission_{index:03}"] = code_of(handed_in(exercise, comments, draw), exercise)
    return found


def handed_in(exercise: str, comments: list[str], draw: random.Random) -> Submission:
    """The student's notebook, each answer cell with an answer of the bank below."""
    nodes = [cell for cell in given(exercise).cells if cell.cell_type == "code"]
    cells = [Cell(node.source, tuple(node.metadata.get("tags", ()))) for node in nodes]
    for place, cell in enumerate(cells):
        for question in (tag.removeprefix("question:") for tag in cell.tags if tag.startswith("question:")):
            answer = draw.choice(answers(exercise, question))
            cells[place] = Cell("\n".join([*comments, answer]), cell.tags)
    return Submission("submission", tuple(cells), exercise)


@functools.cache
def given(exercise: str) -> nbformat.NotebookNode:
    """The notebook that students get."""
    return student_notebook(master(exercise))


@functools.cache
def answers(exercise: str, question: str) -> list[str]:
    """Answers to a question, right and wrong."""
    known = [variant for kind in ("alternatives", "misconceptions") for variant in variants(exercise)[kind]]
    return [variant.source for variant in known if variant.question == question]


@functools.cache
def plan_of(exercise: str) -> list[PlanRow]:
    """Three checks a question: one public, two hidden."""
    return [
        {
            "question": question,
            "check": check,
            "statement": "What must be true of every right answer.",
            "hidden": number > 0,
            "max_points": 1.0,
        }
        for question in master(exercise).questions()
        for number, check in enumerate(CHECKS)
    ]


def passed(row: PlanRow) -> CheckRecord:
    """The record of a check that an answer passes."""
    return check_record(row, Outcome.PASSED)


def failed(row: PlanRow, draw: random.Random, exercise: str) -> CheckRecord:
    """The record of a check that an answer fails; half of the failures look like a misconception."""
    known = suspects(exercise, row["question"])
    common = int(draw.expovariate(0.5))  # few misconceptions are common, many are rare
    named = known[common] if common < len(known) and draw.random() < 0.7 else None
    said, hint = (f"- Looks like: {named.statement}\n", named.hint) if named else ("", "Look at the shape.")
    question, title = escape_markdown(row["question"]), row["check"].replace("_", " ")
    return check_record(
        row,
        misconception=named.name if named else None,
        counterexample={"n": 3},
        message="The loss is not what it should be.",
        reason=named.name if named else None,
        feedback=FEEDBACK.format(question=question, title=title, said=said, hint=hint),
    )


@functools.cache
def suspects(exercise: str, question: str) -> list[Variant]:
    """The misconceptions of a question."""
    return [variant for variant in variants(exercise)["misconceptions"] if variant.question == question]

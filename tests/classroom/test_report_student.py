"""The page of one student: whose code is beside which card, and what it must not tell."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest
from check_records import check_record
from handed_in import EXERCISE, answers_to, misconception_of, notebook, put, reference_cells
from keras_checks.feedback import Fold
from synthetic import RAISED, failed, given, handed_in, passed, plan_of

from autograder.classroom.report import code_of, read_code, student_page
from autograder.classroom.report.cards import split
from autograder.classroom.report.code import LONGEST, MOST, highlighted
from autograder.classroom.report.students import TALK, student_part
from autograder.results.records import CheckRecord, Outcome, Result, Status
from autograder.results.result import Grading, result
from autograder.results.texts import question_text
from autograder.submissions.collect import find_submissions
from autograder.submissions.read import Cell, Submission

PLAN = plan_of(EXERCISE)
SECRET = "The judge says 0.731."


def graded(show_hidden: str = "after_published", ended: Status = Status.GRADED, **more: Any) -> Result:
    """A result of which every other check is failed; what hidden ones received is `SECRET`."""
    checks = [passed(row) for row in PLAN]
    for place in range(0, len(checks), 2):
        row = PLAN[place]
        told = SECRET if row["hidden"] else "The loss is wrong."
        title = f"**{row['question']} — {row['check'].replace('_', ' ')}**".replace("_", "\\_")
        feedback = f"{title}\n\n{row['statement']}\n\n- {told}"
        checks[place] = check_record(row, message=told, feedback=feedback)
    return result(Grading("", EXERCISE, "0" * 64, PLAN, checks, [RAISED], [], 4.2, 300.0, ended,
                          show_hidden=show_hidden, **more))  # fmt: skip


def submission(*sources: str) -> Submission:
    return Submission("notebook.ipynb", tuple(map(Cell, sources)), EXERCISE)


def test_code_is_found_by_tag_and_by_what_it_defines() -> None:
    tagged = Cell("x = 1", ("question:pinball_loss",))
    defining = Cell(misconception_of("pinball_loss_class").source)
    helper = Cell("def my_own_help(): ...")
    found = code_of(Submission("a.ipynb", (tagged, defining, helper), EXERCISE, {"mine.py": "y = 2"}), EXERCISE)
    assert [(cell.title, cell.question) for cell in found] == [
        ("Code cell 1", "pinball_loss"),
        ("Code cell 2", "pinball_loss_class"),
        ("Code cell 3", ""),
        ("mine.py", ""),
    ]


def test_given_code_is_left_out_and_an_untouched_answer_is_named_so() -> None:
    nodes = [cell for cell in given(EXERCISE).cells if cell.cell_type == "code"]
    cells = tuple(Cell(node.source, tuple(node.metadata.get("tags", ()))) for node in nodes)
    found = code_of(Submission("a.ipynb", cells, EXERCISE), EXERCISE)
    assert [cell.question for cell in found] == list(dict.fromkeys(row["question"] for row in PLAN))
    assert all(cell.untouched for cell in found)


def test_code_that_has_changed_since_is_not_the_code_of_the_result(tmp_path: Path) -> None:
    put(tmp_path, {"a.ipynb": notebook("x = 1"), "b.ipynb": notebook("x = 2"), "c.ipynb": b"no notebook"})
    sources = find_submissions([tmp_path])
    data = graded()
    data["extra_data"]["submission_sha256"] = submission("x = 1").sha256
    found = read_code(sources, dict.fromkeys("abc", data))
    assert {name: [cell.source for cell in cells] for name, cells in found.items()} == {"a": ["x = 1"]}


def test_titles_count_as_the_messages_do() -> None:
    """Grading leaves out the demos, and counts what is left."""
    cells = (Cell("plot()", ("demo",)), Cell("import keras"), Cell(misconception_of("pinball_loss").source))
    found = code_of(Submission("a", cells, EXERCISE), EXERCISE)
    assert [cell.title for cell in found] == ["Code cell 1", "Code cell 2"]


def test_much_code_is_cut() -> None:
    found = code_of(submission(*["x = 1\n" * LONGEST] * 9), EXERCISE)
    assert sum(len(cell.source) for cell in found) < 1.1 * MOST
    assert "more characters" in found[-1].source


def test_no_line_of_code_is_lost_and_none_is_markup() -> None:
    source = 'x = """a\n<b>\n"""  # </script>\n\n%magic <i>\ndef f(:\n\tpass &amp; "\u202e"'
    lines = highlighted(source)
    assert len(lines) == len(source.splitlines())
    text = "\n".join(re.sub(r"</?span[^>]*>", "", line) for line in lines)
    assert not set("<>") & set(text)
    assert "⟨U+202E⟩" in text


@pytest.mark.parametrize("exercise", ["custom_loss", "threaded_dense"])
def test_every_check_gets_its_own_text(exercise: str) -> None:
    draw = random.Random(3)
    for _ in range(20):
        rows = [row for row in plan_of(exercise) if row["question"] == plan_of(exercise)[0]["question"]]
        records = [passed(row) if draw.random() < 0.5 else failed(row, draw, exercise) for row in rows]
        told = split(question_text(records), records)
        for record, text in zip(records, told, strict=True):
            assert ("Received" in text or "same reason" in text) == (record["outcome"] == Outcome.FAILED)
            assert record["statement"] not in text
            assert "more check" not in text


def test_checks_that_fail_for_the_same_reason_name_the_first() -> None:
    records = alike_failures()
    told = split(question_text(records), records)
    assert "Received" in told[0]
    assert told[1:] == ["Fails for the same reason as *shape*."] * 2
    for fold, how in (
        (Fold.UNTRIED, "Could not be tried for"),
        (Fold.HOLDS, "Holds for its own cases, but gets no points, for"),
    ):
        records[-1]["fold"] = fold
        told = split(question_text(records), records)
        assert told[1:] == ["Fails for the same reason as *shape*.", f"{how} the same reason as *shape*."]


def alike_failures() -> list[CheckRecord]:
    """The records of a question all of whose checks fail for the same reason."""
    rows = [row for row in PLAN if row["question"] == PLAN[0]["question"]]
    records = [failed(row, random.Random(0), EXERCISE) for row in rows]
    for record in records:
        record["reason"] = "r"
    return records


def test_a_hidden_check_with_the_same_reason_is_not_told_of_before_publication() -> None:
    records = alike_failures()
    data = result(Grading("", EXERCISE, "0" * 64, PLAN[:3], records))
    assert "same reason as" in student_page(data)
    text = student_page(data, published=False)
    assert "Received" in text
    assert not any(word in text for word in ("same reason", "loss_value", "loss value", "in graph mode"))


def test_a_text_that_cannot_be_told_apart_leaves_the_message() -> None:
    record = check_record(PLAN[0], message="The *loss* is wrong.")
    assert split("something else", [record]) == ["The \\*loss\\* is wrong."]


def test_an_appeal_shows_what_the_student_was_shown() -> None:
    code = code_of(submission(*reference_cells()), EXERCISE)
    text = student_page(graded(), code, name="Zoë <b>")
    assert "Zoë &lt;b&gt;" in text
    assert "keras.ops" in re.sub("<[^>]*>", "", text)
    assert SECRET in text
    assert "Code cell 4 raised" in text


def test_before_publication_hidden_checks_are_left_out() -> None:
    text = student_page(graded(), published=False)
    assert "The loss is wrong." in text
    assert "12 points in all" in text
    assert not re.search(r"<b>\d+</b> of 12 points", text)
    assert SECRET not in text
    assert "hidden check" not in text


@pytest.mark.parametrize("published", [False, True])
def test_hidden_checks_that_are_never_shown_are_left_out(published: bool) -> None:
    text = student_page(graded("never"), published=published)
    assert bool(re.search(r"<b>\d+</b> of 12 points", text)) == published  # the grade itself
    assert "The loss is wrong." in text
    assert SECRET not in text
    assert "hidden check" not in text


def test_what_code_says_is_neither_markup_nor_a_link() -> None:
    said = (
        "![a](https://e.org/a.png) [b](javascript:alert) <i>c</i> <https://e.org>\n\n# d\n\n[e]: https://e.org\n\n***"
    )
    data = graded()
    data["output"] += f"\n\n{said}"
    for test in data["tests"]:
        test["output"] = test["output"].replace("The loss is wrong.", f"The loss is wrong. {said}")
    text = student_page(data)
    body = text[text.index("<body>") :]
    assert not re.search(r"<(?:img|i|h3|h4|hr)\b", body)
    assert re.findall(r"""(?:href|src)=["'](?!#)""", body) == []
    assert "&lt;i&gt;c&lt;/i&gt;" in body


def test_what_is_for_the_instructor_is_left_out() -> None:
    data = graded(tampering=["It looks into frames."], message="The worker of machine 7 broke.")
    first = data["extra_data"]["checks"][0]
    first["outcome"], first["note"] = Outcome.FAULT, "The reference raised ValueError."
    data["extra_data"]["checks"][2]["misconception"] = "secret_name_of_a_mistake"
    text = student_page(data)
    for secret in ("frames", "machine 7", "ValueError", "secret_name", "For the instructor"):
        assert secret not in text


def test_no_answer_of_the_reference_is_on_the_page() -> None:
    code = code_of(handed_in(EXERCISE, ["# mine"], random.Random(1)), EXERCISE)
    text = re.sub("<[^>]*>", "", student_page(graded(), code))
    mine = {line.strip() for cell in code for line in cell.source.splitlines()}
    reference = {line.strip() for source in answers_to("pinball_loss") for line in source.splitlines()} - mine
    assert [line for line in reference if len(line) > 30 and line in text] == []


def test_without_code_the_page_says_so() -> None:
    assert "The code is not on this page" in student_page(graded())
    assert "No cell answers this question." in student_page(graded(), ())


def test_a_page_with_hidden_checks_does_not_say_that_they_come_later() -> None:
    later = "shown when the grades are published"
    assert later in student_page(graded(), published=False)
    page = student_page(graded())
    assert later not in page
    assert re.search(r"Hidden checks decide [\d.]+ of 12 points\.", page)


def test_what_was_seen_of_tampering_is_for_the_instructor() -> None:
    data = graded(tampering=["while the probe `pinball` ran: reads frames"])
    part = student_part(data, (), "Anna Alt")
    assert part.notes == ["Tampering: while the probe pinball ran: reads frames", TALK]
    assert (part.status, student_part(data, (), "Anna Alt", notes=False).notes) == (Status.TAMPERED, [])

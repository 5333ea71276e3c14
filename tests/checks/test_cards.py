"""What makes a card useful: what was tried, what was expected, and nothing that only sets up a check's own parts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from feedback_records import record
from hypothesis import strategies as st
from keras_checks.compare import Failure, expect, needed
from keras_checks.errors import describe_error
from keras_checks.feedback import HOLDS_ALONE, NOT_SHOWN, Fold, fold_of, lines, record_of, same_reason, text, voice
from keras_checks.notebook.panel import group
from keras_checks.observe import run_probe
from keras_checks.question import Case, Question, Trial, exercise_names, questions
from keras_checks.runner import drawn_cases, fixed_cases
from keras_checks.show import LONGEST, assignments
from keras_checks.verdicts import expect_no_error, failure_of

from autograder.grading.grader import load_questions
from autograder.paths import AUTOGRADER, CHECKS

RAISED = {"type": "ValueError", "message": "no", "where": "code cell 3, line 7, in f: z @ w"}
INSIDE = ("kernel", "bends", "moving", "frozen", "worked", "seed", "wanted", "due", "slopes")
"""Parts of cases that set up a check's own parts, or hold what is expected."""


def test_a_card_of_code_that_raised_says_what_was_tried() -> None:
    failed = record(error=RAISED, statement="Each row of `f(x)` is on its own. For `x` of 3 rows there are 3.")
    first, second = lines(failed)[:2]
    assert (first.prose, second.prose) == ("Each row of `f(x)` is on its own.", "Your code raised ValueError: no")


def test_a_number_of_a_hidden_check_stands_beside_the_law_that_it_breaks() -> None:
    failed = record(hidden=True, withheld=True, received=0.25)
    assert f"Received: 0.25\nExpected: {NOT_SHOWN}\n" in text(failed)
    assert text(failed).splitlines()[1] == failed.statement
    assert "Expected" not in text(record(hidden=True, withheld=True))  # nothing was received either


def test_a_check_that_holds_alone_says_so() -> None:
    assert HOLDS_ALONE in text(record(confirming=True))
    assert HOLDS_ALONE not in text(record())


def test_checks_of_one_reason_are_told_apart_by_how_they_fail() -> None:
    others = [record(check="a"), record(check="b", error=RAISED), record(check="c", confirming=True), record(check="d")]
    assert same_reason([(it.check, fold_of(it)) for it in others]) == (
        "2 more checks fail for the same reason: a, d. 1 more check could not be tried for the same reason: b. "
        "1 more check holds for its own cases, but gets no points for the same reason: c."
    )


def test_a_check_that_needs_another_result_could_not_be_tried() -> None:
    question = Question("q", ("q",), 1, "lecture")

    @question.trial(lambda _ns, _case: None, st.just({})).check(points=1)
    def holds(_case: Case, seen: Any) -> None:
        """It holds."""
        with needed():
            expect(seen > 0, "It is not positive.")
        expect(seen > 1, "It is too small.")

    (check,) = question.checks
    found = [failure_of(check, {}, {"seen": seen}) for seen in (0, 1)]
    folds = [fold_of(record_of("vae", check, failure)) for failure in found if failure]
    assert folds == [Fold.UNTRIED, Fold.FAILS]


def test_the_check_that_tells_most_speaks_for_the_others() -> None:
    said = "The running mean of the loss has the wrong value."
    about = record(message=said, statement="Each epoch reports the running mean of its losses.")
    other = record(message=said, statement="Penalties are part of it.", check="penalties")
    hidden = record(message=said, statement=about.statement, hidden=True, withheld=True)
    alone = record(message=said, statement=about.statement, confirming=True)
    assert sorted([alone, other, hidden, about], key=voice) == [alone, hidden, other, about]
    ((speaker, rest),) = group([other, about])
    assert (speaker, rest) == (about, [other])
    first = record(error=RAISED, statement="Nothing else.")
    ((speaker, _),) = group([first, record(error=RAISED, message="It is wrong.", statement="It is wrong.")])
    assert speaker == first


def trials(exercise: str) -> Iterator[tuple[Trial, list[Case]]]:
    """The trials of an exercise, hidden ones too, with cases that a card may show."""
    checks = [check for question in load_questions(exercise) for check in question.checks]
    every = {id(it.trial): it for check in checks for it in (check, *check.confirmations)}
    for check in every.values():
        yield check.trial, [*fixed_cases(exercise, check), *drawn_cases(check, 1, 2)]


@pytest.mark.parametrize("exercise", exercise_names())
def test_cards_show_of_a_case_what_a_student_sets_or_can_read(exercise: str) -> None:
    shown: dict[str, set[str]] = {question.name: set() for question in questions(exercise)}
    for trial, cases in trials(exercise):
        for told in map(trial.told, cases):
            assert told is not None
            shown[trial.question.name] |= told.keys()
            line = assignments(told)
            assert len(line) <= LONGEST
            assert line != "…"
            assert not [part for part in INSIDE if f"{part} =" in line]
    for question in questions(exercise):
        assert question.shows is not None
        labels = {name.partition(": ")[2] or name.rpartition(".")[2] for name in question.shows}
        assert shown[question.name] == labels, "a name in `shows` that no case has"


def test_a_case_is_told_by_the_names_that_a_student_knows() -> None:
    question = Question("q", ("q",), 1, "", shows=("x", "data.w: sample_weight", "rate: learning_rate", "none"))
    case = {"x": 1, "data": {"w": 2, "v": 3}, "kernel": 4, "rate": 0.5, "none": None}
    trial = question.trial(lambda _ns, _case: None, None)  # pyright: ignore[reportArgumentType]
    assert trial.told(case) == {"x": 1, "sample_weight": 2, "learning_rate": 0.5}
    assert Question("q", ("q",), 1, "").trial(trial.probe, trial.cases).told(case) == case


def sources() -> list[Path]:
    """The modules that say how an answer fails."""
    return [*(CHECKS / "exercises").glob("*.py"), *(CHECKS / "testbeds").glob("*.py"), *AUTOGRADER.glob("judges/*.py")]


def lone(source: str) -> Iterator[int]:
    """The lines of failures that say what was received and not what was expected."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("expect", "Failure"):
            values = len(node.args) - (2 if node.func.id == "expect" else 1)
            named = {keyword.arg for keyword in node.keywords}
            starred = any(isinstance(arg, ast.Starred) for arg in node.args)
            if not starred and (values == 1 or "received" in named) and "expected" not in named:
                yield node.lineno


def test_what_was_received_stands_beside_what_was_expected() -> None:
    assert list(lone('expect(x, "It is wrong.", x)\nFailure("No.", received=x)\nexpect(x, "No.", x, y)')) == [1, 2]
    assert [(path.name, line) for path in sources() for line in lone(path.read_text(encoding="utf-8"))] == []


def observed(names: dict[str, Any], probe: str) -> dict[str, str]:
    """What a student reads of a probe of `wgan_gp` on these names."""
    checks = [check for question in questions("wgan_gp") for check in question.checks if check.probe == probe]
    return run_probe("wgan_gp", probe, names, fixed_cases("wgan_gp", checks[0])[0])["error"]


def test_a_class_from_another_cell_is_told_of() -> None:
    import keras

    class WGAN(keras.Model):
        def __init__(self, discriminator: Any, generator: Any, latent_dim: int, **options: Any) -> None:
            super().__init__()

    for probe, method in (("penalty", "gradient_penalty"), ("worked_step", "train_step")):
        error = observed({"WGAN": WGAN}, probe)
        assert error["type"] == "MissingAnswer"
        assert f"`WGAN` has no method `{method}`" in error["message"]
        assert "from top to bottom" in error["message"]
    extended = type("WGAN", (keras.Model,), {"gradient_penalty": lambda *_: 0.0})
    assert "`WGAN` has no method `__init__`" in observed({"WGAN": extended}, "construction")["message"]


def test_a_model_without_a_state_costs_in_its_own_question_only() -> None:
    import keras
    import tensorflow as tf

    class WGAN(keras.Model):
        def __init__(self, discriminator: Any, generator: Any, latent_dim: int, **options: Any) -> None:
            pass

        def gradient_penalty(self, batch_size: Any, real_images: Any, fake_images: Any) -> Any:
            return tf.reduce_sum(self.discriminator(real_images))

    question = next(it for it in questions("wgan_gp") if it.name == "gradient_penalty")
    case = fixed_cases("wgan_gp", question.checks[0])[0]
    assert "seen" in run_probe("wgan_gp", "penalty", {"WGAN": WGAN}, case)


def test_an_error_inside_an_observation_has_its_usual_cause() -> None:
    expect_no_error(None)
    with pytest.raises(Failure, match=r"^Your code raised NameError: name 'x' is not defined$") as caught:
        expect_no_error("NameError: name 'x' is not defined")
    assert "`x` has no value" in caught.value.hint


def test_a_step_that_returns_another_dict_says_what_to_return() -> None:
    from keras_checks.testbeds.game import finished  # it imports TensorFlow

    said = "`train_step` must return a dict with `d_loss` and `g_loss`; it returned {'d': <tf.Tensor: shape=()>}"
    with pytest.raises(Failure, match=r"^`train_step` must return a dict with `d_loss` and `g_loss`[.]$"):
        finished({"raised": {"type": "TypeError", "message": said}})


def test_the_numbers_of_a_variable_do_not_hide_what_an_error_says() -> None:
    numbers = "numpy=\narray([[0.5, 1.5],\n       [2.5, 3.5]], dtype=float32)"
    said = f"Unknown variable: <tf.Variable 'v:0' shape=(2, 2) dtype=float32, {numbers}>. It has another optimizer."
    assert describe_error(ValueError(said))["message"] == (
        "Unknown variable: <tf.Variable 'v:0' shape=(2, 2) dtype=float32>. It has another optimizer."
    )
    assert describe_error(ValueError("x < 3, value=[1] > 2"))["message"] == "x < 3, value=[1] > 2"


def test_a_loss_of_the_last_batch_is_told_from_a_wrong_mean() -> None:
    from keras_checks.testbeds.stepping import LAST_HINT, reports

    taken = [{"logs": {"loss": value}, "count": 4, "weight": 4.0} for value in (3.0, 1.0)]
    reports({"loss": 2.0}, taken, "loss")
    for found, hint in ((1.0, LAST_HINT), (2.5, "")):
        with pytest.raises(Failure) as caught:
            reports({"loss": found}, taken, "loss")
        assert caught.value.hint == hint


def test_arguments_in_another_order_are_told_by_what_is_kept() -> None:
    from keras_checks.exercises.wgan_gp import keeps_its_arguments

    case = {"discriminator_extra_steps": 4, "gp_weight": 2.5, "latent_dim": 11, "d_rate": 0.25}
    given = {"latent_dim": 11.0, "discriminator_extra_steps": 4.0, "gp_weight": 2.5, "d_optimizer": 0.25, "g": 0.5}
    seen = {"given": given, "kept": given | {"d_optimizer": 0.5}, "kept_later": given, "zero": 0.0, "copied": []}
    with pytest.raises(Failure, match="`d_optimizer` that the model stores") as caught:
        keeps_its_arguments(case, seen)
    assert "passed as `g`" in caught.value.hint


def test_new_weights_in_each_call_are_told_from_training_mode() -> None:
    from keras_checks.exercises.factor_model import NEW_WEIGHTS, dates_on_their_own

    betas = np.arange(12.0).reshape((2, 2, 3))
    case = {"characteristics": np.ones((2, 2, 4)), "n_factors": 3}
    for later, hint in ((betas + 1, ""), (betas[::-1], NEW_WEIGHTS)):
        with pytest.raises(Failure) as caught:
            dates_on_their_own(case, {"betas": betas, "alone": betas[-1:] * 2, "later": later})
        assert caught.value.hint == hint

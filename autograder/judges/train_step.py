"""Hidden judges of `train_step`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import array, close, expect
from keras_checks.exercises import train_step as probes
from keras_checks.question import Case
from keras_checks.testbeds.stepping import all_report, moves, of_epochs, running
from keras_checks.testbeds.tiny import LAST, OFFSET

training_cases, penalty_cases = probes.step_cases(doubles=True), probes.step_cases(penalty=0.2)
fixed_cases = probes.step_cases(fixed=True)
layer_cases = probes.step_cases(weighted=True, doubles=True, fixed=True, penalty=0.2)
test_cases = probes.step_cases(doubles=True, penalty=0.2)

GRAPH_HINT = (
    "`fit` runs your Python once, to draw a graph of it; after that only operations of TensorFlow and Keras happen. "
    "Let `self.optimizer` move the weights: it keeps what it needs between steps."
)


# --- CustomModel


CUSTOM_STEPS_ON_TRAINING_CASES = probes.CUSTOM.trial(probes.custom_steps, training_cases, examples=2, shrinks=8)


@CUSTOM_STEPS_ON_TRAINING_CASES.judge(
    points=0.5, hint="Some layers behave differently in training. How does a layer know that it is being trained?"
)
def runs_in_training_mode(case: Case, seen: Any) -> None:
    """The forward pass of a step runs the network as in training."""
    moves(case, seen)


CUSTOM_STEPS_ON_PENALTY_CASES = probes.CUSTOM.trial(probes.custom_steps, penalty_cases, examples=2, shrinks=8)


@CUSTOM_STEPS_ON_PENALTY_CASES.judge(
    points=0.5,
    hint="Layers with a regularizer add losses of their own. Which method of a model knows about all of them?",
)
def keeps_the_penalties(case: Case, seen: Any) -> None:
    """The penalties of regularized layers are part of the loss: of the one that is reported and of the slope."""
    moves(case, seen)
    all_report(running(case, seen))


CUSTOM_STEPS_ON_FIXED_CASES = probes.CUSTOM.trial(probes.custom_steps, fixed_cases, examples=2, shrinks=8)


@CUSTOM_STEPS_ON_FIXED_CASES.judge(
    points=0.25, hint="A model lists the weights that may be trained apart from those that may not."
)
def moves_only_what_is_trained(case: Case, seen: Any) -> None:
    """Frozen weights and weights that no gradient trains stay; all others move as they must."""
    moves(case, seen)
    for step in seen:
        _stay(case, step["weights"])


@probes.CUSTOM_FIT.judge(points=0.5, hint=GRAPH_HINT)
def trains_under_fit(case: Case, seen: Any, expected: Any) -> None:
    """Under `fit`, with an adaptive optimizer and inputs in a dict, every step moves the weights as it must."""
    _same_course(seen, expected)


# --- WeightedModel


WEIGHTED_FIT = probes.WEIGHTED.trial(probes.weighted_fit, probes.triple_fit_cases, examples=2, shrinks=4)


@WEIGHTED_FIT.judge(
    points=0.75,
    hint="Hand the weights over when you update the compiled metrics, too. Keras knows which of them want weights.",
)
def reports_weighted_means(case: Case, seen: Any) -> None:
    """Under `fit` each epoch reports the mean of its weighted losses, and takes the weights into account in what was
    compiled as weighted metrics, only there."""
    pairs = of_epochs(case, seen)
    all_report(pairs, "mae")
    all_report([(logs, due) for logs, due in pairs if {"mse", "mean_squared_error"} & logs.keys()], "mse")


@WEIGHTED_FIT.judge(points=0.25, hint=GRAPH_HINT)
def trains_with_weights_under_fit(case: Case, seen: Any, expected: Any) -> None:
    """Under `fit` with weights, an adaptive optimizer and inputs in a dict, every step moves the weights as it must."""
    _same_course(seen, expected)


WEIGHTED_STEPS_ON_LAYER_CASES = probes.WEIGHTED.trial(probes.weighted_steps, layer_cases, examples=2, shrinks=8)


@WEIGHTED_STEPS_ON_LAYER_CASES.judge(
    points=0.5,
    hint="Apart from the weights this is the step of the first question: training mode, penalties, frozen weights.",
)
def heeds_the_layers(case: Case, seen: Any) -> None:
    """With weights too, layers run as in training, penalties count, and what is frozen stays."""
    moves(case, seen)
    for step in seen:
        _stay(case, step["weights"])


WEIGHTED_TESTS_ON_TEST_CASES = probes.WEIGHTED.trial(probes.weighted_tests, test_cases, examples=2, shrinks=4)


@WEIGHTED_TESTS_ON_TEST_CASES.judge(
    points=0.5,
    hint="Nothing is trained in an evaluation: say so to the network, and move no weight. The loss is the same one.",
)
def evaluates_without_training(case: Case, seen: Any) -> None:
    """`test_step` works without weights too, runs the network outside training, counts its penalties, and leaves its
    weights alone."""
    probes.tested(case, seen)
    for found, start in zip(seen["weights"], case["weights"], strict=True):
        expect(np.array_equal(found, start), "A weight moved in an evaluation.")


def _stay(case: Case, weights: Any) -> None:
    for part in (OFFSET, *LAST):
        same = np.array_equal(weights[part], case["weights"][part])
        expect(same, "A weight moved that must not be trained.")


def _same_course(seen: Any, expected: Any) -> None:
    expect(len(seen["steps"]) == len(expected["steps"]), "Training takes another number of steps.")
    for step, due in zip(seen["steps"], expected["steps"], strict=True):
        for found, wanted in zip(step["weights"], due["weights"], strict=True):
            # Each step passes on the rounding of those before it.
            close(found, wanted, "A weight after a step", ulps=256, scale=8)
    counted = array(seen["counted"], "The count of steps")
    expect((counted == expected["counted"]).all(), "The optimizer has counted another number of steps.", counted)


# --- balanced_sample_weight


BALANCED_ON_ANY_LABEL_CASES = probes.BALANCED.trial(probes.balanced, probes.any_label_cases)


@BALANCED_ON_ANY_LABEL_CASES.judge(
    points=0.75, hint="Labels are names, not numbers to count to: they may be negative, and leave gaps."
)
def any_labels(case: Case, seen: Any, expected: Any) -> None:
    """With any number of classes and any whole numbers as labels, each weight is right."""
    close(probes.weight_of(case, seen), expected["weight"], "The array of weights", ulps=64)


BALANCED_ON_COLUMN_CASES = probes.BALANCED.trial(probes.balanced, probes.column_cases)


@BALANCED_ON_COLUMN_CASES.judge(
    points=0.75, hint="Targets often come as a column. What shape does `fit` want for the weights?"
)
def column_of_labels(case: Case, seen: Any, expected: Any) -> None:
    """Labels of shape `(n, 1)` give weights of shape `(n,)`, and the same ones."""
    close(probes.weight_of(case, seen), expected["weight"], "The array of weights", ulps=64)

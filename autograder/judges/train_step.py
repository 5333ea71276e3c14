"""Hidden judges of `train_step`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import array, close, expect
from keras_checks.exercises import train_step as probes
from keras_checks.question import Case
from keras_checks.testbeds.stepping import COUNT_HINT, reported

turn_cases = probes.step_cases(short=False, optimizer="adagrad", epochs=1)
weighted_turn_cases = probes.step_cases(short=False, weighted=True, optimizer="adagrad", epochs=1)
ALONE_HINT = (
    "The first step of one model is already wrong: compare its loss, gradient, update and metrics with Keras's own."
)
STATE_HINT = (
    "If a check of a single model fails, too, fix that first. Otherwise look for state on the class or in a "
    "global: create it in `__init__`, so that each model has its own."
)


# --- CustomModel


@probes.CUSTOM_STEPS.confirms(probes.one_step_on_paper)
def steps_as_the_reference(_case: Case, seen: Any, expected: Any) -> None:
    """Each step changes the weights correctly, and the first one reports the right results."""
    _same_steps(seen, expected)
    _same_report(seen[0]["logs"], expected[0]["logs"], "loss", "mae")


CUSTOM_IN_TURN = probes.CUSTOM.trial(probes.custom_in_turn, turn_cases, examples=1, shrinks=2)


@CUSTOM_IN_TURN.judge(points=0.25, hint=STATE_HINT)
def models_share_nothing(_case: Case, seen: Any, expected: Any) -> None:
    """Two models of the class train in turn, and one of them is trained by `fit` twice: neither affects the other, and
    the second `fit` continues from the first."""
    _same_turns(seen, expected, "loss", "mae")


# --- WeightedModel


@probes.WEIGHTED_STEPS.confirms(probes.one_weighted_step_on_paper)
def weighted_steps_as_the_reference(_case: Case, seen: Any, expected: Any) -> None:
    """Each weighted step changes the weights correctly, and the first one reports the right results."""
    _same_steps(seen, expected)
    _same_report(seen[0]["logs"], expected[0]["logs"], "loss", "mae")


WEIGHTED_IN_TURN = probes.WEIGHTED.trial(probes.weighted_in_turn, weighted_turn_cases, examples=1, shrinks=2)


@WEIGHTED_IN_TURN.judge(points=0.25, hint=STATE_HINT)
def weighted_models_share_nothing(_case: Case, seen: Any, expected: Any) -> None:
    """Two models of the class train in turn with weights, and one of them is trained by `fit` twice: neither affects
    the other, and the second `fit` continues from the first."""
    _same_turns(seen, expected, "loss", "mae")


def _same_turns(seen: Any, expected: Any, *names: str) -> None:
    """Fail unless steps and fits do and report the same. All batches have one size, so every mean is the same."""
    _same_steps(seen["steps"][:1], expected["steps"][:1], ALONE_HINT)
    _same_report(seen["steps"][0]["logs"], expected["steps"][0]["logs"], *names, hint=ALONE_HINT)
    _same_steps(seen["steps"], expected["steps"])
    for step, due in zip(seen["steps"], expected["steps"], strict=True):
        _same_report(step["logs"], due["logs"], *names)
    for fit, due in zip(seen["fits"], expected["fits"], strict=True):
        _same_steps(fit["steps"], due["steps"])
        _same_report(fit["history"], due["history"], *names)
        counted = array(fit["counted"], "The count of steps")
        right = (counted == due["counted"]).all()
        expect(right, "The optimizer counted the wrong number of steps.", counted, due["counted"], COUNT_HINT)


def _same_steps(seen: Any, expected: Any, hint: str = "") -> None:
    expect(len(seen) == len(expected), "Training takes the wrong number of steps.", len(seen), len(expected))
    for step, due in zip(seen, expected, strict=True):
        for found, wanted in zip(step["weights"], due["weights"], strict=True):
            # Each step passes on the rounding of those before it.
            close(found, wanted, "A weight after a step", ulps=256, scale=16, hint=hint)


def _same_report(logs: Any, expected: Any, *names: str, hint: str = "") -> None:
    for name in names:
        found = reported(logs, name)
        expect(found is not None, f"`{name}` is missing from the reported results.", sorted(logs), list(names), hint)
        due = np.asarray(reported(expected, name))
        # Weights that differ by their rounding give losses that do.
        close(found, due, f"The reported `{name}`", ulps=512, scale=max(1.0, np.abs(due).max()), hint=hint)


# --- balanced_sample_weight


BALANCED_ON_ANY_LABEL_CASES = probes.BALANCED.trial(probes.balanced, probes.any_label_cases)


@BALANCED_ON_ANY_LABEL_CASES.judge(
    points=0.5,
    hint="Do not use labels as positions: they can be negative or have gaps, and there can be only one class.",
)
def any_labels(case: Case, seen: Any, expected: Any) -> None:
    """The weights are right for any number of classes, including one, and for any integers as labels."""
    _same_weights(case, seen, expected)


@probes.BALANCED_WEIGHTS.confirms(
    probes.weights_on_paper, probes.mean_one, probes.classes_count_alike, probes.leaves_the_labels_alone
)
def weights_as_the_reference(case: Case, seen: Any, expected: Any) -> None:
    """Each weight is right."""
    _same_weights(case, seen, expected)


@probes.BALANCED_ON_COLUMN_CASES.confirms(probes.column_of_labels)
def column_as_the_reference(case: Case, seen: Any, expected: Any) -> None:
    """Each weight is right for a column of labels."""
    _same_weights(case, seen, expected)


def _same_weights(case: Case, seen: Any, expected: Any) -> None:
    close(probes.weight_of(case, seen), expected["weight"], "The array of weights", ulps=64)

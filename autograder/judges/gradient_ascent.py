"""Hidden judges of `gradient_ascent`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from keras_checks.compare import Failure, close, expect, finite, same_shape
from keras_checks.exercises import gradient_ascent as probes
from keras_checks.question import Case

LOOSE = 1024
"""float32 roundings; leaves room for a small constant beside a norm, against a division by 0."""


@probes.BRANCHED.confirms(probes.worked_activations, probes.a_model_that_changes_nothing)
@probes.BRANCHED.judge(
    points=0.75, hint="Use the tensors of the network itself: the layers in `model.layers` do not have to form a chain."
)
def in_any_network(_case: Case, seen: Any, expected: Any) -> None:
    """The extractor gives the activation of any layer, also in a network with a skip connection, in inference mode."""
    for name in probes.BRANCHES:
        close(seen["maps"][name], expected["maps"][name], f"The activation of `{name}`", ulps=512, scale=4)


@probes.LOSS_AND_GRADIENT.confirms(probes.worked_means)
@probes.LOSS_AND_GRADIENT.judge(
    points=0.5,
    hint="Take the mean of one feature map over the batch and the inner pixels. The last axis counts the filters.",
)
def value(_case: Case, seen: Any, expected: Any) -> None:
    """The loss is the mean of one feature map over the batch and over all pixels but two at each border."""
    close(seen["loss"], expected["loss"], "The loss", ulps=256, scale=16)


@probes.LOSS_AND_GRADIENT.judge(
    points=0.5, hint="Take the mean of the activation itself, with TensorFlow operations only."
)
def differentiable(case: Case, seen: Any, expected: Any) -> None:
    """The gradient with respect to the image has the right direction."""
    expect(seen["gradient"] is not None, "No gradient flows from the loss back to the image.")
    found = finite(same_shape(seen["gradient"], probes.images_of(case).shape, "The gradient"), "The gradient")
    # Directions: a loss with a wrong factor has lost its points already.
    due = expected["gradient"].astype(np.float64)
    close(_direction(found), _direction(due), "The direction of the gradient", ulps=LOOSE, scale=1)


def _direction(gradient: np.ndarray) -> np.ndarray:
    length = float(np.sqrt((gradient.astype(np.float64) ** 2).sum()))
    expect(length > 0, "The gradient is 0.")
    return gradient / length


def _either(*tests: Callable[[Case, Any, Any], None]) -> Callable[[Case, Any, Any], None]:
    """Passes where one of the tests does: a mistake in the other has cost its points already."""

    def test(case: Case, seen: Any, expected: Any) -> None:
        failures = []
        for one in tests:
            try:
                return one(case, seen, expected)
            except Failure as failure:
                failures.append(failure)
        raise failures[0]

    return test


@probes.LOSS_AND_GRADIENT.confirms(probes.gradient_reaches_the_image)
def loss_or_gradient(case: Case, seen: Any, expected: Any) -> None:
    """The loss is right, or at least the direction of its gradient."""
    _either(value, differentiable)(case, seen, expected)


@probes.ASCENDED.confirms(probes.worked_steps)
@probes.ASCENDED.judge(
    points=0.75, hint="Add the gradient of the loss, divided by its L2 norm, times the learning rate."
)
def climbs(case: Case, seen: Any, expected: Any) -> None:
    """The image moves along the gradient, toward a larger loss, by the length `learning_rate`."""
    scale = abs(case["learning_rate"]) + 1
    close(seen["image"], expected["image"], "The image after the step", ulps=LOOSE, scale=scale)


FLAT_STEP = probes.STEP.trial(probes.ascended, probes.flat_cases, examples=1, shrinks=4)


@FLAT_STEP.confirms(probes.worked_steps)
def climbs_where_it_is_flat(case: Case, seen: Any, expected: Any) -> None:
    """The step has its full length where the norm of the gradient is about 0.001, too."""
    # beside this norm, a usual constant of 1e-5 makes the step 1 % shorter
    close(seen["image"], expected["image"], "The image after the step", ulps=2**17, scale=abs(case["learning_rate"]))


@probes.ASCENDED.judge(points=0.25, hint="Return the loss that was computed under the tape, before the step.")
def loss_before_the_step(case: Case, seen: Any, expected: Any) -> None:
    """The returned loss is that of the image before the step."""
    close(seen["loss"], expected["loss"], "The loss", ulps=256, scale=16 * max(1.0, case["steepness"]))


@probes.ASCENDED.confirms(probes.no_gradient_no_step, probes.moves_nothing_but_the_image)
def loss_or_step(case: Case, seen: Any, expected: Any) -> None:
    """The returned loss or the step is right."""
    _either(loss_before_the_step, climbs)(case, seen, expected)


@probes.VISUALIZED.confirms(probes.worked_ends, probes.thirty_steps_of_ten)
@probes.VISUALIZED.judge(
    points=0.75, hint="Pass the image that one step returns to the next, with the same filter and learning rate."
)
def image_and_loss(case: Case, seen: Any, expected: Any) -> None:
    """For any arguments, the image is the raw result of all steps, and the loss is that of the last step."""
    scale = case["iterations"] * abs(case["learning_rate"]) + 4
    close(seen["image"], expected["image"], "The image", ulps=LOOSE, scale=scale)
    close(seen["loss"], expected["loss"], "The loss", ulps=LOOSE, scale=scale)
    probes.makes_steps(seen, case["iterations"])

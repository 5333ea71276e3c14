"""Hidden judges of `gradient_ascent`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import array, close, expect, finite, same_shape
from keras_checks.exercises import gradient_ascent as probes
from keras_checks.question import Case

LOOSE = 1024
"""float32 roundings; leaves room for a small constant beside a norm, against a division by 0."""


def _unmoved(seen: Any) -> None:
    expect(array(seen["moved"], "A weight") == 0, "A weight or a statistic of the network has changed.", seen["moved"])


BRANCHED = probes.EXTRACTOR.trial(probes.branched, probes.branch_cases, shrinks=8)


@BRANCHED.judge(
    points=1.2, hint="Let the network itself tell how its layers hang together: it may have a way around a layer."
)
def in_any_network(case: Case, seen: Any, expected: Any) -> None:
    """The extractor gives the activation of the layer also in a network with branches, in inference mode."""
    close(seen["maps"], expected["maps"], "The activation", ulps=512, scale=4)
    _unmoved(seen)


LOSS_AND_GRADIENT = probes.LOSS.trial(probes.loss_and_gradient, probes.loss_cases)


@LOSS_AND_GRADIENT.judge(
    points=1,
    hint="The loss is about the feature map of one filter: which axis counts the filters, and what is averaged?",
)
def value(case: Case, seen: Any, expected: Any) -> None:
    """The loss is the mean of one feature map over the batch and over all pixels but two at each border."""
    close(seen["loss"], expected["loss"], "The loss", ulps=256, scale=16)


@LOSS_AND_GRADIENT.judge(
    points=1, hint="TensorFlow operations from the image to the loss, and a network that is used as it is, not trained."
)
def differentiable(case: Case, seen: Any, expected: Any) -> None:
    """The gradient flows from the loss back to the image, and computing the loss changes nothing in the network."""
    _unmoved(seen)
    expect(seen["gradient"] is not None, "No gradient flows from the loss back to the image.")
    found = finite(same_shape(seen["gradient"], probes.images_of(case).shape, "The gradient"), "The gradient")
    # Directions: a loss with a wrong factor has lost its points already.
    due = expected["gradient"].astype(np.float64)
    close(_direction(found), _direction(due), "The direction of the gradient", ulps=LOOSE, scale=1)


def _direction(gradient: np.ndarray) -> np.ndarray:
    length = float(np.sqrt((gradient.astype(np.float64) ** 2).sum()))
    expect(length > 0, "The gradient is 0.")
    return gradient / length


@probes.ASCENDED.judge(
    points=1, hint="In which direction does the loss grow? And which of its pixels has a large part in it?"
)
def climbs(case: Case, seen: Any, expected: Any) -> None:
    """The image moves along the gradient of the loss, towards a larger loss."""
    scale = case["learning_rate"] + 1
    close(seen["image"], expected["image"], "The image after the step", ulps=LOOSE, scale=scale)


@probes.ASCENDED.judge(points=0.5, hint="The loss was computed under the tape already. For which image?")
def loss_before_the_step(case: Case, seen: Any, expected: Any) -> None:
    """The loss that comes back is that of the image before the step."""
    close(seen["loss"], expected["loss"], "The loss", ulps=256, scale=16)


ASCENDED_NOWHERE = probes.STEP.trial(probes.ascended_nowhere, probes.step_cases, examples=2)


@ASCENDED_NOWHERE.judge(points=0.5, hint="0 / 0 is not a number. How does `tf.math.l2_normalize` avoid that?")
def no_gradient_no_step(case: Case, seen: Any, expected: Any) -> None:
    """Where the gradient is 0, the image stays as it is and holds no NaN."""
    close(seen["loss"], expected["loss"], "The loss", ulps=64, scale=4)
    close(seen["image"], probes.images_of(case), "The image", ulps=64, scale=1)


@probes.VISUALIZED.judge(
    points=0.7, hint="One filter, one start image, one loop. What goes from one round to the next?"
)
def image_and_loss(case: Case, seen: Any, expected: Any) -> None:
    """The image is the raw result of the steps for this filter, and the loss belongs to the last of them."""
    scale = case["iterations"] * case["learning_rate"] + 4
    close(seen["image"], expected["image"], "The image", ulps=LOOSE, scale=scale)
    # The last step's loss, or that of the image which came out of it: one step more.
    after = float(expected["loss"]) + case["learning_rate"]
    nearest = min(float(expected["loss"]), after, key=lambda due: abs(due - float(finite(seen["loss"], "The loss"))))
    close(seen["loss"], nearest, "The loss", ulps=LOOSE, scale=scale)


VISUALIZED_BY_DEFAULT = probes.VISUALIZE.trial(
    probes.visualized_by_default, probes.visualize_cases, examples=2, shrinks=4
)


@VISUALIZED_BY_DEFAULT.judge(
    points=0.5, hint="The signature says what to do when the caller names neither iterations nor learning_rate."
)
def thirty_steps_of_ten(case: Case, seen: Any, expected: Any) -> None:
    """Without further arguments there are 30 steps with a learning rate of 10."""
    close(seen["image"], expected["image"], "The image", ulps=LOOSE, scale=300)

"""Hidden judges of `style_transfer`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import close, expect
from keras_checks.exercises import style_transfer as probes
from keras_checks.question import Case

NEAR = 2e-3
"""How far any optimizer may go in one step with the tiny learning rate: 20 times that rate."""
FAR = 0.3
"""How far any optimizer goes in six steps: RMSprop, whose first steps are the longest, goes 0.24."""


def _loss(seen: Any, expected: Any, what: str, gradient: bool = True) -> None:
    """A loss and its gradient are the reference's."""
    due = float(np.asarray(expected["loss"]))
    close(probes.number(seen["loss"], what), due, what, ulps=512)
    if gradient:
        wanted = np.asarray(expected["gradient"])
        expect(seen["gradient"] is not None, f"No gradient flows back through {what[0].lower()}{what[1:]}.")
        close(seen["gradient"], wanted, f"The gradient of {what[0].lower()}{what[1:]}", ulps=1024)


@probes.GRAM.judge(points=0.75, hint="Multiply the features of two channels, place by place.")
def gram_value(case: Case, seen: Any, expected: Any) -> None:
    """Entry `(i, j)` is the sum over all places of channel `i` times channel `j`."""
    total = float((case["x"].astype(np.float64) ** 2).sum())
    close(seen["gram"], expected["gram"], "The Gram matrix", ulps=64, scale=total)


@probes.STYLE_VALUES.judge(points=0.75, hint="Which numbers stand below the line?")
def style_value(case: Case, seen: Any, expected: Any) -> None:
    """The style loss is the squared distance of the two Gram matrices, divided as the formula says; a gradient flows
    back to the features."""
    probes.in_either(seen, lambda mode, found: _loss(found, expected[mode]["seen"], "The style loss"))


@probes.CONTENT_VALUES.judge(points=0.5, hint="A sum, or a mean?")
def content_value(case: Case, seen: Any, expected: Any) -> None:
    """The content loss is the sum of all squared differences; a gradient flows back to the features."""
    _loss(seen, expected, "The content loss")


@probes.VARIATION_VALUES.judge(points=0.75, hint="What is raised to which power, and when?")
def variation_value(case: Case, seen: Any, expected: Any) -> None:
    """The total variation has the value of the formula; a gradient flows back to the image."""
    _loss(seen, expected, "The total variation")


@probes.EXTRACTED.judge(points=0.5, hint="Which output is whose?")
def activations(case: Case, seen: Any, expected: Any) -> None:
    """Each name has the activation of that layer, with the weights that the network has at that moment."""
    for when in expected:
        features = seen[when]["features"]
        expect(isinstance(features, dict), "The extractor does not give a dict.")
        for name in case["names"]:
            wanted = np.asarray(expected[when]["features"][name])
            expect(name in features, f"There is no activation for the layer `{name}`.")
            close(features[name], wanted, f"The activation of the layer `{name}`", ulps=256)


@probes.GRADIENTS.judge(points=1, hint="Which features does each term compare?")
def total_loss(case: Case, seen: Any, expected: Any) -> None:
    """Each of the three terms has its value: content against the base image in one layer, style against the style image
    averaged over its layers, the variation of the image. The network stays as it is."""

    def test(mode: str, found: Any) -> None:
        due = expected[mode]["seen"]
        for name in probes.WEIGHTS:
            what = f"The loss with `{name}` as the only weight"
            close(probes.number(found[name], what), float(np.asarray(due[name])), what, ulps=1024)
        _loss(found, due, "The loss", gradient=False)

    probes.in_either(seen, test)
    expect(seen["moved"] == 0, "The weights or the moving statistics of the network have changed.", seen["moved"])


@probes.TRANSFERRED.judge(points=0.5, hint="Where does the image start?")
def starts_at_the_base(case: Case, seen: Any) -> None:
    """The image starts as the base image: one step with a tiny learning rate hardly leaves it, and one with a larger
    rate goes further."""
    base = case["base_image"].astype(np.float64)
    images = probes.images_of(case, seen)
    tiny, one = (float(np.abs(images[name] - base).max()) for name in ("tiny", "one"))
    expect(tiny <= NEAR, "After one step with a tiny learning rate the image is far from the base image.", tiny)
    expect(one > 0, "One step has changed nothing.")
    expect(one > 5 * tiny, "A larger learning rate does not go further.", [tiny, one])


@probes.TRANSFERRED.judge(points=0.5, hint="What does the optimizer get to move?")
def only_the_image_changes(case: Case, seen: Any) -> None:
    """The image changes, and nothing else does: neither the weights of the network nor the two images handed in."""

    far = float(np.abs(probes.images_of(case, seen)["many"] - case["base_image"]).max())
    expect(1e-4 < far < FAR, "The image has not changed, or has run away.", far)
    expect(seen["moved"] == 0, "The network or an image that was handed in has changed.", seen["moved"])

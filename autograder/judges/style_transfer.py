"""Hidden judges of `style_transfer`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import Failure, close, expect
from keras_checks.exercises import style_transfer as probes
from keras_checks.question import Case
from keras_checks.runner import remembering


def _loss(seen: Any, expected: Any, what: str) -> None:
    """A loss and its gradient are the reference's."""
    due = float(np.asarray(expected["loss"]))
    close(probes.number(seen["loss"], what), due, what, ulps=512)
    name = f"{what[0].lower()}{what[1:]}"
    wanted = np.asarray(expected["gradient"])
    close(probes.gradient_of(seen, wanted.shape, name), wanted, f"The gradient of {name}", ulps=1024)


@probes.GRAM.confirms(probes.worked_gram, probes.gram_forgets_places)
@probes.GRAM.judge(
    points=0.25, hint="Multiply the features of two channels place by place, and add up over all places."
)
def gram_value(case: Case, seen: Any, expected: Any) -> None:
    """Entry `(i, j)` is the sum over all places of channel `i` times channel `j`."""
    total = float((case["x"].astype(np.float64) ** 2).sum())
    close(seen["gram"], expected["gram"], "The Gram matrix", ulps=64, scale=total)


@probes.STYLE_VALUES.confirms(probes.worked_style, probes.style_compares)
@probes.STYLE_VALUES.judge(
    points=0.5, hint="Divide by `4 * 3**2 * (img_nrows * img_ncols)**2`, and read both globals inside the function."
)
def style_value(_case: Case, seen: Any, expected: Any) -> None:
    """For any sizes, the style loss is the sum of squared differences of the two Gram matrices, divided as in the
    formula. Its gradient is right.
    """
    probes.in_either(seen, lambda mode, found: _loss(found, expected[mode]["seen"], "The style loss"))


@probes.CONTENT_VALUES.confirms(probes.worked_content)
@probes.CONTENT_VALUES.judge(points=0.25, hint="Square each difference, then add up everything.")
def content_value(_case: Case, seen: Any, expected: Any) -> None:
    """For any sizes, the content loss is the sum of all squared differences. Its gradient is right."""
    _loss(seen, expected, "The content loss")
    close(probes.number(seen["same"], "The content loss"), 0.0, "The content loss of equal features", ulps=16, scale=1)


@probes.VARIATION_VALUES.confirms(probes.worked_variation)
@probes.VARIATION_VALUES.judge(
    points=0.5,
    hint="For each pixel and color, add the two squared steps and raise the sum to 1.25. Then add up everything.",
)
def variation_value(_case: Case, seen: Any, expected: Any) -> None:
    """For images of any size, the total variation has the value of the formula. Its gradient is right."""
    _loss(seen, expected, "The total variation")


@probes.EXTRACTED.confirms(probes.worked_activations, probes.names_every_layer)
@probes.EXTRACTED.judge(points=0.25, hint="Map each name to the output of the same layer of `model`, not of a copy.")
def activations(case: Case, seen: Any, expected: Any) -> None:
    """The dict holds the activation of each layer, computed with the current weights of the network."""
    for when in ("before", "other", "after"):
        features = seen[when]["features"]
        expect(isinstance(features, dict), "The extractor does not return a dict.")
        for name in case["names"]:
            wanted = np.asarray(expected[when]["features"][name])
            expect(name in features, f"There is no activation for the layer `{name}`.")
            close(features[name], wanted, f"The activation of the layer `{name}`", ulps=256)


def _term(found: Any, due: Any, name: str) -> None:
    what = f"The loss with `{name}` as the only weight that is not 0"
    close(probes.number(found[name], what), float(np.asarray(due[name])), what, ulps=1024)


@probes.GRADIENTS.confirms(probes.worked_terms)
@probes.GRADIENTS.judge(
    points=0.75,
    hint="The content term compares the base image and the combination image in one layer. The style term is a mean "
    "over layers, of the style reference and the combination image.",
)
def total_loss(case: Case, seen: Any, expected: Any) -> None:
    """For any images, layers and weights, each of the three terms is right, and the loss is their sum."""

    def test(mode: str, found: Any) -> None:
        due = _terms(case, expected, mode)
        for name in probes.WEIGHTS:
            _term(found, due, name)
        total = float(sum(np.asarray(due[name]) for name in probes.WEIGHTS))
        close(probes.number(found["loss"], "The loss"), total, "The loss", ulps=1024)

    probes.in_either(seen, test)


def _terms(case: Case, expected: Any, mode: str) -> Any:
    """The terms of the loss, with the stand-ins as the reference has them, else with right losses."""
    return expected["given"]["seen"] if mode == "given" else _true_terms(case, case["combination_image"])


@probes.GRADIENTS.confirms(probes.gradient_for_the_image)
def gradient_of_a_known_loss(case: Case, seen: Any, expected: Any) -> None:
    """The gradient fits the loss, and at least two of the three terms of this loss are right."""

    def test(mode: str, found: Any) -> None:
        wrong: list[Failure] = []
        due = _terms(case, expected, mode)
        for name in probes.WEIGHTS:
            try:
                _term(found, due, name)
            except Failure as failure:
                wrong.append(failure)
        if len(wrong) > 1:
            raise wrong[0]
        probes.fit_the_slopes(case, found)

    probes.in_either(seen, test)


@probes.TRANSFERRED.confirms(probes.loss_falls)
@probes.TRANSFERRED.judge(points=0.25, hint="Compute the gradient at the current image, and step against it.")
def true_loss_falls(case: Case, seen: Any) -> None:
    """The loss of the returned images is lower than that of the base image, and lower still after more iterations."""
    probes.falls(*_losses(case, seen))
    _goes_downhill(case, seen)


@probes.TRANSFERRED.confirms(probes.starts_at_the_base, probes.only_the_image_changes)
def follows_the_loss(case: Case, seen: Any) -> None:
    """The loss of the images changes in one direction, from the base image on."""
    base, few, many = _losses(case, seen)
    if not (seen["given"] and base < few < many):
        probes.falls(base, few, many)
    _goes_downhill(case, seen)


DOWNHILL = 0.55
"""Of the cosine between the first step and the gradient. A step along the gradient has 1, one along its signs 0.69 or
more, a step towards the style reference, which lowers the loss of most scenes, at most 0.41."""


def _goes_downhill(case: Case, seen: Any) -> None:
    """Fail unless an answer that computes its gradient itself steps against that gradient."""
    if seen["given"]:
        return
    step = probes.images_of(case, seen)["one"] - case["base_image"]
    slope = _slope(case)
    cosine = float(-(step * slope).sum() / max(np.linalg.norm(step) * np.linalg.norm(slope), 1e-12))
    expect(cosine > DOWNHILL, "The first step does not go against the gradient of the loss.")


@remembering
def _slope(case: Case) -> np.ndarray:
    """The gradient of the loss at the base image, by differences."""
    base, extract = case["base_image"].astype(np.float64), probes.networks(case)[1]
    found = np.zeros_like(base)
    for place in np.ndindex(base.shape):
        step = np.zeros_like(base)
        step[place] = 0.01
        ends = (sum(_terms_at(case, image, extract).values()) for image in (base + step, base - step))
        found[place] = next(ends) - next(ends)
    return found


def _losses(case: Case, seen: Any) -> list[float]:
    """The loss of the base image, and after few and many iterations, worked out from the images."""
    images = probes.images_of(case, seen)
    measure = probes.distance if seen["given"] else _true_loss
    return [measure(case, image) for image in (case["base_image"], images["few"], images["many"])]


def _true_loss(case: Case, image: np.ndarray) -> float:
    """The loss of an image in the scene of a case."""
    return sum(_true_terms(case, image).values())


def _true_terms(case: Case, image: np.ndarray) -> dict[str, float]:
    """Its three terms, by the names of their weights."""
    return _terms_at(case, image, probes.networks(case)[1])


def _terms_at(case: Case, image: np.ndarray, extract: Any) -> dict[str, float]:
    pictures = np.concatenate([case["base_image"], case["style_reference_image"], image.astype("float32")])
    features = {name: np.asarray(value, np.float64) for name, value in extract(pictures).items()}
    base, _, combination = features[case["content_layer_name"]]
    pixels = image.shape[1] * image.shape[2]
    styles = []
    for name in case["style_layer_names"]:
        grams = np.einsum("nhwi,nhwj->nij", features[name], features[name])
        styles.append(((grams[1] - grams[2]) ** 2).sum() / (36 * pixels**2))
    steps = np.diff(image, axis=1)[:, :, :-1] ** 2 + np.diff(image, axis=2)[:, :-1] ** 2
    terms = ((base - combination) ** 2).sum(), np.mean(styles), (steps**1.25).sum()
    return {name: float(case[name] * term) for name, term in zip(probes.WEIGHTS, terms, strict=True)}

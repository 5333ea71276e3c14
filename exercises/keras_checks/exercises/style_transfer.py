"""Checks of `style_transfer`: probes and public properties."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import Failure, array, close, expect, finite, same_shape
from keras_checks.observe import Namespace, describe_error, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, sizes, uniform

LECTURE = "Neural Style Transfer: Feature extractor, Training Loop"
STYLE = Question(name="style_loss", answers=("gram_matrix", "style_loss"), points=2.5, lecture=LECTURE)
CONTENT = Question(name="content_loss", answers=("content_loss",), points=1, lecture=LECTURE)
VARIATION = Question(name="total_variation_loss", answers=("total_variation_loss",), points=1.5, lecture=LECTURE)
EXTRACTOR = Question(name="build_feature_extractor", answers=("build_feature_extractor",), points=1, lecture=LECTURE)
GRADIENT = Question(name="compute_loss_and_grads", answers=("compute_loss_and_grads",), points=2, lecture=LECTURE)
TRANSFER = Question(name="transfer", answers=("transfer",), points=2, lecture=LECTURE)

STEP = 0.01
"""Half the distance between two images whose losses tell the slope between them."""
SLOPE_TOLERANCE = 0.02
"""float32 rounding moves such a slope by about 0.1 %, the bend of the loss by less than 1 %."""
RATE, TINY_RATE, ITERATIONS = 0.02, 1e-4, 6

factors = st.sampled_from([3.0, 2.0, 1.5, 2.5, 0.5])


@contextmanager
def _eagerly() -> Iterator[None]:
    """Run what a student has decorated with `tf.function` as plain Python, with the globals of the moment."""
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


def _attempt(observe: Callable[[], Any]) -> dict[str, Any]:
    """What a call gives, or what it raises: one way to write an answer must not spoil the view of another."""
    try:
        with _eagerly():
            return {"seen": observe()}
    except Exception as error:  # the message is what the student reads
        return {"raised": "{type}: {message}".format(**describe_error(error))}


def in_either(seen: Any, test: Callable[[str, Any], None]) -> None:
    """Fail unless ``test(mode, observation)`` holds with the student's own other answers or with given ones."""
    failures = []
    for mode in ("own", "given"):
        try:
            expect("seen" in seen[mode], f"Your code raised {seen[mode].get('raised')}")
            return test(mode, seen[mode]["seen"])
        except Failure as failure:
            failures.append(failure)
    raise failures[0]


def _with_gradient(function: Callable[[Any], Any], x: Any) -> dict[str, Any]:
    """A loss and its gradient for ``x``; the gradient is None where the loss does not depend on ``x``."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = function(x)
    connected = isinstance(loss, tf.Tensor)
    return {"loss": loss, "gradient": tape.gradient(loss, x) if connected else None}


def number(value: Any, what: str) -> float:
    """``value`` as one finite number."""
    found = finite(array(value, what), what)
    expect(found.size == 1, f"{what} is not one number.", f"shape {found.shape}")
    return float(found.reshape(()))


@st.composite
def _features(draw: Any) -> np.ndarray:
    """Features (height, width, channels) whose three sizes differ."""
    return draw(arrays(tuple(draw(st.permutations([2, 3, 4]))), -1.5, 1.5))


@st.composite
def _feature_pairs(draw: Any) -> dict[str, Any]:
    """Features of two images, the size of these images, and a factor."""
    first = draw(_features())
    return {
        "one": first,
        "other": draw(arrays(first.shape, -1.5, 1.5, key=1)),
        "img_nrows": draw(sizes(5, 9)),
        "img_ncols": draw(sizes(5, 9)),
        "factor": draw(factors),
    }


@st.composite
def _images(draw: Any) -> dict[str, Any]:
    """An image (1, rows, cols, 3) and a factor."""
    rows, cols = draw(sizes(3, 5)), draw(sizes(3, 6))
    return {"x": draw(arrays((1, rows, cols, 3), 0, 1)), "factor": draw(factors), "seed": draw(seeds())}


gram_cases = cases(x=_features())
pair_cases = _feature_pairs()
image_cases = _images()


@probe
@_eagerly()
def gram(ns: Namespace, case: Case) -> Any:
    """The Gram matrix of features, and of the same features with their places mixed."""
    x = case["x"]
    mixed = np.ascontiguousarray(x[::-1].transpose(1, 0, 2))
    return {name: ns.call("gram_matrix", tf.constant(value)) for name, value in (("gram", x), ("mixed", mixed))}


GRAM = STYLE.trial(gram, gram_cases)


@GRAM.check(points=0.5, hint="Which axis is left after the sum over all places?")
def gram_forgets_places(case: Case, seen: Any) -> None:
    """`gram_matrix(x)` has shape `(channels, channels)`, is symmetric, has the sum of all squares as the sum of its
    diagonal, and does not change when the places of the image are mixed."""
    x = case["x"].astype(np.float64)
    channels = x.shape[-1]
    matrix = same_shape(seen["gram"], (channels, channels), "The Gram matrix")
    total = float((x**2).sum())
    close(matrix, matrix.T, "The Gram matrix, transposed,", ulps=16, scale=total)
    close(float(np.trace(matrix.astype(np.float64))), total, "The sum of the diagonal", ulps=64, scale=total)
    close(seen["mixed"], matrix, "The Gram matrix of the mixed image", ulps=64, scale=total)


def stand_in_gram(x: Any, *_args: Any, **_kwargs: Any) -> Any:
    """Stands in for a student's `gram_matrix` where another answer may use it."""
    mean = keras.ops.mean(x, axis=(0, 1))
    return mean[:, None] + mean[None, :] + mean[:, None] * mean[None, :]


@probe
def style(ns: Namespace, case: Case) -> Any:
    """The style loss of two features in both orders, of equal ones, and when the image has more rows."""
    one, other = tf.constant(case["one"]), tf.constant(case["other"])

    def observe() -> Any:
        loss = ns["style_loss"]
        rows, cols = case["img_nrows"], case["img_ncols"]
        with ns.replaced(img_nrows=rows, img_ncols=cols):
            seen = _with_gradient(lambda x: loss(one, x), other)
            seen |= {"swapped": loss(other, one), "same": loss(one, one)}
        with ns.replaced(img_nrows=_times(case) * rows, img_ncols=cols):
            return seen | {"larger": loss(one, other)}

    with ns.replaced(gram_matrix=stand_in_gram):
        given = _attempt(observe)
    return {"own": _attempt(observe), "given": given}


def _times(case: Case) -> int:
    """How often the larger image holds the smaller one: then it has as many pixels as a photograph."""
    return int(2000 * case["factor"])


STYLE_VALUES = STYLE.trial(style, pair_cases)


@STYLE_VALUES.check(points=0.5, hint="Which numbers does the formula divide by?")
def style_compares(case: Case, seen: Any) -> None:
    """`style_loss` is one number: 0 for equal features, positive and the same in both orders for different ones, and
    divided by the square of the number of pixels `img_nrows * img_ncols`."""

    def test(_mode: str, losses: Any) -> None:
        loss = number(losses["loss"], "The style loss")
        expect(loss > 0, "The style loss of different features is not positive.", loss)
        close(number(losses["same"], "The style loss"), 0.0, "The style loss of equal features", ulps=64, scale=loss)
        close(number(losses["swapped"], "The style loss"), loss, "The style loss in the other order", ulps=256)
        times = _times(case)
        larger = number(losses["larger"], "The style loss")
        close(larger, loss / times**2, f"The style loss for {times} times as many rows", ulps=256)

    in_either(seen, test)


@probe
@_eagerly()
def content(ns: Namespace, case: Case) -> Any:
    """The content loss of two features in both orders, of equal ones, and of ones that lie further apart."""
    one, other = tf.constant(case["one"]), tf.constant(case["other"])
    further = one + case["factor"] * (other - one)
    loss = ns["content_loss"]
    seen = _with_gradient(lambda x: loss(one, x), other)
    return seen | {"swapped": loss(other, one), "same": loss(one, one), "further": loss(one, further)}


CONTENT_VALUES = CONTENT.trial(content, pair_cases)


@CONTENT_VALUES.check(points=0.5, hint="Square first, then add.")
def content_grows_with_the_square(case: Case, seen: Any) -> None:
    """`content_loss` is one number: 0 for equal features, positive for others, the same in both orders; for features
    that lie `k` times as far apart it is `k²` times as large."""
    loss = number(seen["loss"], "The content loss")
    expect(loss > 0, "The content loss of different features is not positive.", loss)
    close(number(seen["same"], "The content loss"), 0.0, "The content loss of equal features", ulps=16, scale=loss)
    close(number(seen["swapped"], "The content loss"), loss, "The content loss in the other order", ulps=64)
    due = loss * case["factor"] ** 2
    further = number(seen["further"], "The content loss")
    close(further, due, f"The content loss of features {case['factor']} times as far apart", ulps=256)


@probe
@_eagerly()
def variation(ns: Namespace, case: Case) -> Any:
    """The total variation of an image, scaled, on its side, with stripes, and without any change."""
    x, loss = case["x"], ns["total_variation_loss"]
    _, rows, cols, _ = x.shape
    down, across = np.zeros_like(x), np.zeros_like(x)
    down[:, ::2], across[:, :, ::2] = 0.5, 0.5
    with ns.replaced(img_nrows=rows, img_ncols=cols):
        seen = _with_gradient(loss, tf.constant(x))
        images = {
            "scaled": x * np.float32(case["factor"]),
            "down": down,
            "across": across,
            "flat": np.full_like(x, 0.4),
        }
        seen |= {name: loss(tf.constant(image)) for name, image in images.items()}
    with ns.replaced(img_nrows=cols, img_ncols=rows):
        return seen | {"turned": loss(tf.constant(np.ascontiguousarray(x.transpose(0, 2, 1, 3))))}


VARIATION_VALUES = VARIATION.trial(variation, image_cases)


@VARIATION_VALUES.check(points=0.75, hint="Are both kinds of neighbours in it?")
def variation_counts_both_directions(case: Case, seen: Any) -> None:
    """`total_variation_loss` is one number: 0 for an image of one colour, positive for stripes in either direction, the
    same for the image on its side; values `k` times as large give `k` to the power of 2.5 as much."""
    loss = number(seen["loss"], "The total variation")
    expect(number(seen["flat"], "The total variation") == 0, "An image of one colour has a variation.", seen["flat"])
    for name, stripes in (("down", "from row to row"), ("across", "from column to column")):
        value = number(seen[name], "The total variation")
        expect(value > 0, f"An image that changes {stripes} has no variation.", value)
    close(number(seen["turned"], "The total variation"), loss, "The total variation of the image on its side", ulps=256)
    scaled = number(seen["scaled"], "The total variation")
    close(scaled, loss * case["factor"] ** 2.5, f"The total variation of {case['factor']} times the image", ulps=512)


def _set_weights(model: keras.Model, seed: int) -> None:
    for place, weight in enumerate(model.weights):
        low, high = (-0.4, 0.4) if len(weight.shape) > 1 else (0.5, 1.2)
        weight.assign(uniform(seed + place, tuple(weight.shape), low, high))


def networks(case: Case) -> tuple[keras.Model, keras.Model]:
    """A small smooth network with known weights and the layer names of the case, and its activations by these names."""
    first, second, third, fourth = case["names"]
    inputs = keras.Input((None, None, 3))
    steps = [
        keras.layers.Conv2D(4, 3, padding="same", activation="tanh", name=first),
        keras.layers.BatchNormalization(name=second),
        keras.layers.AveragePooling2D(2, name=third),
        keras.layers.Conv2D(5, 2, padding="same", activation="softplus", name=fourth),
    ]
    tensors = [inputs]
    for step in steps:
        tensors.append(step(tensors[-1]))
    model = keras.Model(inputs, tensors[-1])
    _set_weights(model, case["seed"])
    return model, keras.Model(inputs, dict(zip(case["names"], tensors[1:], strict=True)))


names = st.permutations(["edges", "spots", "block1_conv1", "pool", "texture", "shapes"]).map(lambda all_: all_[:4])
extractor_cases = cases(x=arrays((2, 5, 4, 3), 0, 1), names=names, seed=seeds())


@probe
@_eagerly()
def extractor(ns: Namespace, case: Case) -> Any:
    """The activations of a network and what the network itself gives, before and after its weights are changed."""
    (model, _), x = networks(case), tf.constant(case["x"])
    extract = ns.call("build_feature_extractor", model)

    def observe() -> Any:
        features = extract(x)
        if isinstance(features, dict):  # the input layer may be there, under a name that Keras has made up
            features = {name: value for name, value in features.items() if name in case["names"]}
        return {"features": features, "output": model(x)}

    before = observe()
    _set_weights(model, case["seed"] + 100)
    return {"before": before, "after": observe()}


EXTRACTED = EXTRACTOR.trial(extractor, extractor_cases, examples=2, shrinks=4)


@EXTRACTED.check(points=0.5, hint="Make nothing anew.")
def names_every_layer(case: Case, seen: Any) -> None:
    """The extractor gives a dict with an activation for the name of each layer; that of the last layer is the output of
    the network, also after the network's weights have changed."""
    for when in ("before", "after"):
        features = seen[when]["features"]
        expect(isinstance(features, dict), "The extractor does not give a dict.")
        missing = [name for name in case["names"] if name not in features]
        expect(not missing, "There is no activation for some layers.", missing)
        output = np.asarray(seen[when]["output"])
        expect(np.ptp(output) > 1e-3, "The network gives the same number everywhere.")
        close(features[case["names"][-1]], output, f"The activation of the last layer, {when} the change,", ulps=64)


@st.composite
def _scenes(draw: Any) -> dict[str, Any]:
    """Three images, a network, the layers that count, and three weights."""
    rows, cols = draw(sizes(5, 6)), draw(sizes(5, 7))
    shape, layers = (1, rows, cols, 3), draw(names)
    return {
        "base_image": draw(arrays(shape, 0.3, 0.7)),
        "style_reference_image": draw(arrays(shape, 0.05, 0.95, key=1)),
        "combination_image": draw(arrays(shape, 0.3, 0.7, key=2)),
        "direction": draw(arrays(shape, -1, 1, key=3)),
        "names": layers,
        "style_layer_names": list(layers[: draw(st.sampled_from([2, 4]))]),  # not as many as in the notebook
        "content_layer_name": draw(st.sampled_from([layers[3], layers[1]])),
        "content_weight": draw(st.sampled_from([0.2, 0.15, 0.3])),
        "style_weight": draw(st.sampled_from([40.0, 60.0, 30.0])),
        "total_variation_weight": draw(st.sampled_from([0.15, 0.1, 0.25])),
        "factor": draw(factors),
        "seed": draw(seeds()),
    }


scene_cases = _scenes()
WEIGHTS = ("content_weight", "style_weight", "total_variation_weight")


def stand_in_content(base: Any, combination: Any) -> Any:
    """Stands in for a student's `content_loss`."""
    return keras.ops.mean(keras.ops.cos(base) * keras.ops.cos(combination))


def stand_in_style(style: Any, combination: Any) -> Any:
    """Stands in for a student's `style_loss`."""
    means = [keras.ops.mean(keras.ops.square(features), axis=(0, 1)) for features in (style, combination)]
    return keras.ops.sum(means[0] * means[1]) / 20


def stand_in_variation(x: Any) -> Any:
    """Stands in for a student's `total_variation_loss`."""
    return keras.ops.mean(keras.ops.square(x - 0.1))


STAND_INS = {
    "gram_matrix": stand_in_gram,
    "content_loss": stand_in_content,
    "style_loss": stand_in_style,
    "total_variation_loss": stand_in_variation,
}


def _scene(case: Case, extractor: keras.Model) -> dict[str, Any]:
    """The globals of a notebook for a case."""
    _, rows, cols, _ = case["base_image"].shape
    scene = {name: case[name] for name in (*WEIGHTS, "style_layer_names", "content_layer_name")}
    return {**scene, "feature_extractor": extractor, "img_nrows": rows, "img_ncols": cols}


def _moved(model: keras.Model, before: list[np.ndarray]) -> float:
    return max(float(np.abs(old - np.asarray(new)).max()) for old, new in zip(before, model.weights, strict=True))


@probe
def gradients(ns: Namespace, case: Case) -> Any:
    """Loss and gradient with all weights, with each of them alone, and the losses on both sides of the image."""
    model, features = networks(case)
    start = [np.asarray(weight) for weight in model.weights]
    image, direction = case["combination_image"], case["direction"]
    others = tf.constant(case["base_image"]), tf.constant(case["style_reference_image"])

    def measured(at: np.ndarray, **weights: float) -> tuple[Any, Any]:
        with ns.replaced(**weights):
            loss, gradient = ns.call("compute_loss_and_grads", tf.Variable(at), *others)
            return loss, gradient

    def observe() -> Any:
        loss, gradient = measured(image)
        seen = {"loss": loss, "gradient": gradient}
        for name in WEIGHTS:
            only = {other: case[other] if other == name else 0.0 for other in WEIGHTS}
            seen[name] = measured(image, **only)[0]
            seen[f"more {name}"] = measured(image, **{**only, name: case["factor"] * case[name]})[0]
        sides = [measured(image + np.float32(step) * direction)[0] for step in (STEP, -STEP)]
        return {**seen, "sides": sides}

    with ns.replaced(**_scene(case, features)):
        own = _attempt(observe)
        with ns.replaced(**STAND_INS):
            given = _attempt(observe)
    return {"own": own, "given": given, "moved": _moved(model, start)}


GRADIENTS = GRADIENT.trial(gradients, scene_cases, examples=2, shrinks=4)


@GRADIENTS.check(points=0.25, hint="Which weight goes where?")
def three_terms(case: Case, seen: Any) -> None:
    """The loss is the sum of three terms, one for each weight, and each of them grows in proportion to its weight."""

    def test(_mode: str, losses: Any) -> None:
        terms = {name: number(losses[name], "The loss") for name in WEIGHTS}
        for name, term in terms.items():
            expect(term > 0, f"With `{name}` as the only weight that is not 0, the loss is not positive.", term)
            more = number(losses[f"more {name}"], "The loss")
            close(more, case["factor"] * term, f"The loss for {case['factor']} times `{name}` alone", ulps=512)
        total = sum(terms.values())
        close(number(losses["loss"], "The loss"), total, "The loss, against the sum of its terms,", ulps=512)

    in_either(seen, test)


@GRADIENTS.check(points=0.75, hint="For which image is the gradient?")
def gradient_for_the_image(case: Case, seen: Any) -> None:
    """The gradient has the shape of the image, and says by how much the loss changes when the pixels of
    `combination_image` change a little."""

    def test(_mode: str, found: Any) -> None:
        direction = case["direction"].astype(np.float64)
        expect(found["gradient"] is not None, "The gradient is None: the loss was not computed from the image.")
        gradient = finite(same_shape(found["gradient"], direction.shape, "The gradient"), "The gradient")
        above, below = (number(side, "The loss") for side in found["sides"])
        slope, claimed = (above - below) / (2 * STEP), float((gradient * direction).sum())
        usual = float(np.linalg.norm(gradient) * np.sqrt((direction**2).mean()))
        allowed = SLOPE_TOLERANCE * max(abs(slope), usual)
        expect(abs(slope) > 1e-6, "The loss does not change with the image.")
        expect(abs(slope - claimed) <= allowed, "The gradient does not fit the loss.", claimed, slope)

    in_either(seen, test)


def _quadratic_objective(case: Case, visited: list[float], swapped: list[float]) -> Callable[..., Any]:
    """Stands in for a student's `compute_loss_and_grads`: half the squared distance from `combination_image`.

    The losses that it gives are appended to ``visited``; to ``swapped`` how far the other images are from theirs.
    """
    target = tf.constant(case["combination_image"])

    def compute(combination_image: Any, base_image: Any, style_reference_image: Any) -> Any:
        pairs = (base_image, case["base_image"]), (style_reference_image, case["style_reference_image"])
        swapped.append(max(float(np.abs(np.asarray(image) - due).max()) for image, due in pairs))
        miss = tf.convert_to_tensor(combination_image) - target
        loss = tf.reduce_sum(tf.square(miss)) / 2
        visited.append(float(loss))
        return loss, miss

    return compute


@probe
def transferred(ns: Namespace, case: Case) -> Any:
    """The image after few steps, after more, and after one step of two sizes; what else has changed."""
    model, features = networks(case)
    start = [np.asarray(weight) for weight in model.weights]
    base, style_image = tf.constant(case["base_image"]), tf.constant(case["style_reference_image"])
    visited: list[float] = []
    swapped: list[float] = [0.0]

    def run(iterations: int, rate: float) -> Any:
        return ns.call("transfer", base, style_image, iterations, rate)

    def observe() -> Any:
        images = {"few": run(2, RATE), "one": run(1, RATE), "tiny": run(1, TINY_RATE)}
        visited.clear()  # the last run tells how often the loss was asked for
        images["many"] = run(ITERATIONS, RATE)
        seen = {"images": images, "visited": list(visited)}
        losses = {
            name: ns.call("compute_loss_and_grads", tf.Variable(image), base, style_image)[0]
            for name, image in {"base": base, "few": images["few"], "many": images["many"]}.items()
        }
        return {**seen, "losses": losses}

    with ns.replaced(**_scene(case, features)):
        with ns.replaced(compute_loss_and_grads=_quadratic_objective(case, visited, swapped)):
            found = _attempt(observe)
        given = bool(found["seen"]["visited"] if "seen" in found else visited)
        if not given:  # the answer goes its own way
            found = _attempt(observe)
    kept = [base - case["base_image"], style_image - case["style_reference_image"]]
    moved = max(_moved(model, start), *(float(tf.reduce_max(tf.abs(change))) for change in kept))
    return {**found, "given": given, "moved": moved, "swapped": max(swapped)}


def images_of(case: Case, seen: Any) -> dict[str, np.ndarray]:
    """The images that the answer gave, by name."""
    expect("seen" in seen, f"Your code raised {seen.get('raised')}")
    return {name: image_of(case, image) for name, image in seen["seen"]["images"].items()}


def image_of(case: Case, value: Any) -> np.ndarray:
    """``value`` as an image of the size of the base image."""
    found = finite(same_shape(value, case["base_image"].shape, "The image"), "The image")
    expect(found.dtype.kind == "f", "The image is not made of floats.", str(found.dtype))
    return found.astype(np.float64)


def distance(case: Case, image: np.ndarray) -> float:
    """How far an image lies from the minimum of the quadratic objective."""
    return float(((image - case["combination_image"]) ** 2).sum())


TRANSFERRED = TRANSFER.trial(transferred, scene_cases, examples=2, shrinks=4)


@TRANSFERRED.check(points=1, hint="Up or down the slope?")
def loss_falls(case: Case, seen: Any) -> None:
    """`transfer` returns a float image of the shape of `base_image`; its loss is lower than that of the base image, and
    lower still after more iterations."""

    images = images_of(case, seen)
    found = seen["seen"]
    if seen["given"]:
        base, few, many = (distance(case, image) for image in (case["base_image"], images["few"], images["many"]))
        steps = len(set(found["visited"]))
        expect(steps >= ITERATIONS, "The gradient is not computed anew for the image of each iteration.", steps)
    else:
        base, few, many = (number(found["losses"][name], "The loss") for name in ("base", "few", "many"))
    asked = "`compute_loss_and_grads` was not asked about the base image and the style reference, in this order."
    expect(seen["swapped"] == 0, asked)
    expect(few < base, "The loss has not fallen.", few, f"less than {base}")
    expect(many < few, f"The loss after {ITERATIONS} iterations is not lower than after 2.", many)

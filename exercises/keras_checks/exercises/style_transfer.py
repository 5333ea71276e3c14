"""Checks of `style_transfer`: probes and public properties."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
from keras_checks.verdicts import expect_no_error

LECTURE = "Neural Style Transfer: Feature extractor, Training Loop"
STYLE = Question(
    name="style_loss",
    answers=("gram_matrix", "style_loss"),
    points=2.5,
    lecture=LECTURE,
    shows=("x", "one: style", "other: combination", "img_nrows", "img_ncols"),
)
CONTENT = Question(
    name="content_loss", answers=("content_loss",), points=1, lecture=LECTURE, shows=("one: base", "other: combination")
)
VARIATION = Question(
    name="total_variation_loss", answers=("total_variation_loss",), points=1.5, lecture=LECTURE, shows=("x",)
)
EXTRACTOR = Question(
    name="build_feature_extractor",
    answers=("build_feature_extractor",),
    points=1,
    lecture=LECTURE,
    shows=("names: layers", "x"),
)
GRADIENT = Question(
    name="compute_loss_and_grads",
    answers=("compute_loss_and_grads",),
    points=2,
    lecture=LECTURE,
    shows=(
        "content_weight",
        "style_weight",
        "total_variation_weight",
        "content_layer_name",
        "style_layer_names",
        "combination_image",
        "base_image",
    ),
)
TRANSFER = Question(
    name="transfer", answers=("transfer",), points=2, lecture=LECTURE, shows=("base_image", "style_reference_image")
)

STEP = 0.01
"""Half the distance between two images whose losses tell the slope between them."""
SLOPE_TOLERANCE = 0.02
"""float32 rounding moves such a slope by about 0.1 %, the bend of the loss by less than 1 %."""
RATE, TINY_RATE, ITERATIONS = 0.02, 1e-4, 6
RUNS = {
    "few": (2, RATE),
    "one": (1, RATE),
    "tiny": (1, TINY_RATE),
    "twice": (1, 2 * TINY_RATE),
    "many": (ITERATIONS, RATE),
    "again": (2, RATE),
}
"""The calls of `transfer` that are looked at: iterations and learning rate."""


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
    """Fail unless ``test(mode, observation)`` holds with the student's own other answers or with given ones.

    Given ones count where the answer used them all.
    """
    failures = []
    for mode in (mode for mode in ("own", "given") if mode in seen and (mode == "own" or seen["used"])):
        try:
            expect_no_error(seen[mode].get("raised"))
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


def gradient_of(found: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    """The gradient in an observation, of a given shape; fails where there is none, or NaN in it."""
    hint = "Use functions of `tf` or `keras.ops` only: the tape does not record NumPy operations."
    expect(found["gradient"] is not None, f"No gradient flows back through {what}.", hint=hint)
    return finite(same_shape(found["gradient"], shape, f"The gradient of {what}"), f"The gradient of {what}")


def number(value: Any, what: str) -> float:
    """``value`` as one finite number."""
    found = finite(array(value, what), what)
    expect(found.size == 1, f"{what} is not one number.", f"shape {found.shape}", "shape ()")
    return float(found.reshape(()))


@st.composite
def _features(draw: Any) -> np.ndarray:
    """Features (height, width, channels) whose three sizes differ."""
    return draw(arrays(tuple(draw(st.permutations([2, 3, 4]))), -1.5, 1.5))


factors = seeds().map(lambda seed: float(2 ** np.random.default_rng(seed).uniform(0.5, 2)))
"""What the stand-ins for other answers are multiplied by: nobody knows it before. In worked examples it is 1."""


@st.composite
def _feature_pairs(draw: Any) -> dict[str, Any]:
    """Features of two images, the size of these images, and a factor for what stands in."""
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
    """An image (1, rows, cols, 3)."""
    rows, cols = draw(sizes(3, 5)), draw(sizes(3, 6))
    return {"x": draw(arrays((1, rows, cols, 3), 0, 1))}


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


WORKED_STYLE = np.array([[[1, 2, 0], [3, -1, 1]]], "float32")
WORKED_COMBINATION = np.array([[[1, 2, 0], [1, -1, 1]]], "float32")
"""Features of one row, two columns and three channels."""
WORKED_GRAM = np.array([[10, -1, 3], [-1, 5, -1], [3, -1, 1]], "float32")
OTHER_GRAM = np.array([[2, 1, 1], [1, 5, -1], [1, -1, 1]], "float32")
WORKED_STYLE_LOSSES = {
    (2, 3): {"own": 80 / 3600, "given": 34 / 3600},
    (1, 3): {"own": 80 / 900, "given": 34 / 900},
    (2, 2): {"own": 72 / 3600, "given": 29.5 / 3600},
}
"""For images of 2 or 1 x 5 pixels and the first 3 or 2 channels, with a right Gram matrix and with the stand-in."""
worked_pairs = st.sampled_from(
    [
        {
            "one": WORKED_STYLE[..., :channels],
            "other": WORKED_COMBINATION[..., :channels],
            "img_nrows": rows,
            "img_ncols": 5,
        }
        for rows, channels in WORKED_STYLE_LOSSES
    ]
)
GRAM_WORKED = STYLE.trial(gram, st.sampled_from([{"x": WORKED_STYLE}, {"x": WORKED_COMBINATION}]), examples=2)


@GRAM_WORKED.check(
    points=0.5,
    hint="Reshape to `(places, channels)`. The Gram matrix is the transpose of this matrix, times this matrix.",
)
def worked_gram(case: Case, seen: Any) -> None:
    """The Gram matrices of the style features and of the combination features are those of the worked example."""
    wanted = WORKED_GRAM if np.array_equal(case["x"], WORKED_STYLE) else OTHER_GRAM
    close(seen["gram"], wanted, "The Gram matrix", ulps=64, scale=16)


@GRAM.check(
    points=0.25, hint="Sum over all places, that is over rows and columns. Both axes that are left count the channels."
)
def gram_forgets_places(case: Case, seen: Any) -> None:
    """`gram_matrix(x)` has shape `(channels, channels)`, is symmetric, and does not change when the places of the image
    are shuffled. Its diagonal adds up to the sum of all squares.
    """
    x = case["x"].astype(np.float64)
    channels = x.shape[-1]
    matrix = same_shape(seen["gram"], (channels, channels), "The Gram matrix")
    total = float((x**2).sum())
    close(matrix, matrix.T, "The Gram matrix, compared with its transpose,", ulps=16, scale=total)
    close(float(np.trace(matrix.astype(np.float64))), total, "The sum of the diagonal", ulps=64, scale=total)
    close(seen["mixed"], matrix, "The Gram matrix of the image with shuffled places", ulps=64, scale=total)


def _noting(case: Case, used: list[str], name: str, stand_in: Callable[..., Any]) -> Callable[..., Any]:
    """A stand-in, times the factor of the case, that puts its name into ``used`` when it is called."""
    factor = case.get("factor", 1.0)

    def noted(*args: Any, **named: Any) -> Any:
        used.append(name)
        return factor * stand_in(*args, **named)

    return noted


def stand_in_gram(x: Any, *_args: Any, **_kwargs: Any) -> Any:
    """Stands in for a student's `gram_matrix` where another answer may use it."""
    mean = keras.ops.mean(x, axis=(0, 1))
    return mean[:, None] + mean[None, :] + mean[:, None] * mean[None, :]


LARGE = {"img_nrows": 300, "img_ncols": 400}
"""The size of an image as in the notebook's picture: its square is no number of 32 bits."""


@probe
def style(ns: Namespace, case: Case) -> Any:
    """The style loss of two features in both orders, of equal ones, and with a large image."""
    one, other = tf.constant(case["one"]), tf.constant(case["other"])

    def observe() -> Any:
        loss = ns["style_loss"]
        with ns.replaced(img_nrows=case["img_nrows"], img_ncols=case["img_ncols"]):
            seen = _with_gradient(lambda x: loss(one, x), other)
            seen |= {"swapped": loss(other, one), "same": loss(one, one)}
        with ns.replaced(**LARGE):
            return seen | {"large": loss(one, other)}

    used: list[str] = []
    with ns.replaced(gram_matrix=_noting(case, used, "gram_matrix", stand_in_gram)):
        given = _attempt(observe)
    return {"own": _attempt(observe), "given": given, "used": bool(used)}


STYLE_VALUES = STYLE.trial(style, pair_cases, examples=2)
STYLE_WORKED = STYLE.trial(style, worked_pairs, examples=3)


@STYLE_WORKED.check(
    points=0.75,
    hint="Sum the squared differences of all entries of the Gram matrices, (i, j) and (j, i) alike, and divide by "
    "`4 * 3**2 * (img_nrows * img_ncols)**2`.",
)
def worked_style(case: Case, seen: Any) -> None:
    """For the features of the worked example, the style loss is 80 / 3600 = 0.0222 with an image of 2 x 5 pixels, and
    four times that with 1 x 5 pixels. For the first two channels it is 72 / 3600 = 0.02. It also falls with the square
    of the number of pixels for an image of 300 x 400.
    """
    grown = float(np.prod([*LARGE.values()])) / (case["img_nrows"] * case["img_ncols"])
    worked = WORKED_STYLE_LOSSES[case["img_nrows"], case["one"].shape[-1]]
    hint = (
        "" if case["one"].shape[-1] == 3 else "c = 3 counts the colors of the image, not the channels of the features."
    )

    def test(mode: str, losses: Any) -> None:
        loss = number(losses["loss"], "The style loss")
        close(loss, np.float32(worked[mode]), "The style loss", ulps=256, hint=hint)
        divided = "Compute the divisor with Python's numbers or floats: it is larger than any integer of 32 bits."
        large = number(losses["large"], "The style loss") * grown**2
        what = "The style loss for an image of 300 x 400 pixels, times the ratio of the two divisors,"
        close(large, np.float32(worked[mode]), what, ulps=1024, hint=divided)

    in_either(seen, test)


@STYLE_VALUES.check(
    points=0.25,
    hint="Square the differences of the two Gram matrices, with functions of `tf` or `keras.ops`: the tape records "
    "these.",
)
def style_compares(case: Case, seen: Any) -> None:
    """`style_loss` is one number: 0 for equal features, and positive for different ones, in both orders the same. A
    gradient flows back to the features.
    """

    def test(_mode: str, losses: Any) -> None:
        loss = number(losses["loss"], "The style loss")
        expect(loss > 0, "The style loss of different features is not positive.", loss, "more than 0")
        close(number(losses["same"], "The style loss"), 0.0, "The style loss of equal features", ulps=64, scale=loss)
        close(number(losses["swapped"], "The style loss"), loss, "The style loss in the other order", ulps=256)
        gradient_of(losses, case["other"].shape, "the style loss")

    in_either(seen, test)


@probe
@_eagerly()
def content(ns: Namespace, case: Case) -> Any:
    """The content loss of two features, and its gradient."""
    one, other, loss = tf.constant(case["one"]), tf.constant(case["other"]), ns["content_loss"]
    return _with_gradient(lambda x: loss(one, x), other) | {"same": loss(one, one)}


CONTENT_VALUES = CONTENT.trial(content, pair_cases)
WORKED_BASE = np.array([[[0, 2, 3], [1, -1, 1]]], "float32")
WORKED_CONTENTS = {"base": 14.0, "combination": 4.0}
worked_contents = st.sampled_from(
    [
        {"worked": "base", "one": WORKED_BASE, "other": WORKED_STYLE},
        {"worked": "combination", "one": WORKED_COMBINATION, "other": WORKED_STYLE},
    ]
)
CONTENT_WORKED = CONTENT.trial(content, worked_contents, examples=2)


@CONTENT_WORKED.check(
    points=0.75, hint="Square each difference, then add up everything: `tf.reduce_sum` without an axis."
)
def worked_content(case: Case, seen: Any) -> None:
    """For the features of the worked example, the content loss is 1 + 9 + 4 = 14. For (1, 2, 0), (1, -1, 1) and
    (1, 2, 0), (3, -1, 1) it is 4. A gradient flows back to the features.
    """
    close(seen["loss"], np.float32(WORKED_CONTENTS[case["worked"]]), "The content loss", ulps=64)
    gradient_of(seen, case["other"].shape, "the content loss")


@probe
@_eagerly()
def variation(ns: Namespace, case: Case) -> Any:
    """The total variation of an image and its gradient, and the total variation of the image on its side."""
    x, loss = case["x"], ns["total_variation_loss"]
    _, rows, cols, _ = x.shape
    with ns.replaced(img_nrows=rows, img_ncols=cols):
        seen = _with_gradient(loss, tf.constant(x))
    with ns.replaced(img_nrows=cols, img_ncols=rows):
        return seen | {"turned": loss(tf.constant(np.ascontiguousarray(x.transpose(0, 2, 1, 3))))}


VARIATION_VALUES = VARIATION.trial(variation, image_cases)
WORKED_IMAGE = np.array([[[[0.5, 0, 0.3], [0.7, 0, 0.3]], [[0.35, 1, 0.3], [0, 0.5, 0.9]]]], "float32")
WORKED_VARIATION = 1.03125
WIDE_IMAGE = np.concatenate([WORKED_IMAGE[:, [0, 0], :1], WORKED_IMAGE], axis=2)
VARIATION_WORKED = VARIATION.trial(
    variation,
    st.sampled_from(
        [{"x": WORKED_IMAGE, "times": 1}, {"x": 4 * WORKED_IMAGE, "times": 32}, {"x": WIDE_IMAGE, "times": 1}]
    ),
    examples=3,
)
"""Values 4 times as large make 4 to the power of 2.5, 32 times the variation. A column in front that goes on from the
first pixel adds steps of 0."""


@VARIATION_WORKED.check(
    points=1,
    hint="Print both arrays of steps for this image. Each pixel has two steps, to the pixel below it and to the pixel "
    "on its right: add their squares, and raise this sum to 1.25. Then add up everything.",
)
def worked_variation(case: Case, seen: Any) -> None:
    """For the 2 x 2 image of the worked example, the total variation is 0.03125 + 1 + 0 = 1.03125, also with rows and
    columns swapped, and with one more column in front that repeats the first pixel. For values 4 times as large it is
    32 times that. A gradient flows back to the image.
    """
    wanted = np.float32(case["times"] * WORKED_VARIATION)
    close(seen["loss"], wanted, "The total variation", ulps=256)
    close(seen["turned"], wanted, "The total variation with rows and columns swapped", ulps=256)
    gradient_of(seen, case["x"].shape, "the total variation")


def _set_weights(model: keras.Model, seed: int) -> None:
    for place, weight in enumerate(model.weights):
        low, high = (-0.4, 0.4) if len(weight.shape) > 1 else (0.5, 1.2)
        weight.assign(uniform(seed + place, tuple(weight.shape), low, high))


def networks(case: Case) -> tuple[keras.Model, keras.Model]:
    """A small network with known weights and the layer names of the case, and its activations by these names."""
    model = _network(case)
    return model, keras.Model(model.input, {name: model.get_layer(name).output for name in case["names"]})


def _network(case: Case) -> keras.Model:
    pictures = keras.Input((None, None, 3))
    activations = pictures
    for step in _worked_layers() if case["worked"] else _smooth_layers(case["names"]):
        activations = step(activations)
    model = keras.Model(pictures, activations)
    if case["worked"]:
        for name, weights in WORKED_WEIGHTS.items():
            model.get_layer(name).set_weights(weights)
    else:
        _set_weights(model, case["seed"])
    return model


def _smooth_layers(layer_names: list[str]) -> list[keras.layers.Layer]:
    first, second, third, fourth = layer_names
    form = {"padding": "same", "kernel_initializer": "zeros"}  # the weights come later, and random ones cost time
    return [
        keras.layers.Conv2D(4, 3, activation="tanh", name=first, **form),
        keras.layers.BatchNormalization(name=second),
        keras.layers.AveragePooling2D(2, name=third),
        keras.layers.Conv2D(5, 2, activation="softplus", name=fourth, **form),
    ]


WORKED_NAMES = ["plain", "twice", "less_one"]
WORKED_WEIGHTS = {
    "plain": [np.eye(3)[None, None], np.zeros(3)],
    "twice": [np.ones(3), np.zeros(3), np.zeros(3), np.full(3, 0.25)],
    "less_one": [np.eye(3)[None, None], -np.ones(3)],
}
"""The worked network: a convolution that changes nothing, a batch normalization that divides by √0.25, another that
subtracts 1."""


def _worked_layers() -> list[keras.layers.Layer]:
    plain, twice, less_one = WORKED_NAMES
    return [
        keras.layers.Conv2D(3, 1, kernel_initializer="zeros", name=plain),
        keras.layers.BatchNormalization(epsilon=1e-9, name=twice),
        keras.layers.Conv2D(3, 1, kernel_initializer="zeros", name=less_one),
    ]


names = st.permutations(["edges", "spots", "block1_conv1", "pool", "texture", "shapes"]).map(lambda all_: all_[:4])
extractor_cases = cases(x=arrays((2, 5, 4, 3), 0, 1), names=names, seed=seeds(), worked=st.just(False))
WORKED_ACTIVATIONS = {5: (5.0, 10.0, 9.0), -1: (-1.0, -2.0, -3.0)}
"""What the three layers of the worked network give for a pixel."""
worked_extractors = st.sampled_from(
    [
        {"x": np.full((1, 2, 3, 3), pixel, "float32"), "names": WORKED_NAMES, "seed": 0, "worked": True}
        for pixel in WORKED_ACTIVATIONS
    ]
)


@probe
@_eagerly()
def extractor(ns: Namespace, case: Case) -> Any:
    """The activations and the output of a network, for two batches, and after its weights have changed."""
    model, x = _network(case), tf.constant(case["x"])
    extract = ns.call("build_feature_extractor", model)

    def observe(images: Any) -> Any:
        features = extract(images)
        if isinstance(features, dict):  # the input layer may be there, under a name that Keras has made up
            features = {name: value for name, value in features.items() if name in case["names"]}
        return {"features": features, "output": model(images)}

    with tf.GradientTape() as tape:
        tape.watch(x)
        before = observe(x)
        total = tf.reduce_sum(tf.convert_to_tensor(_last_activation(before["features"], case["names"])))
    seen = {"before": before, "other": observe(1 - x), "gradient": tape.gradient(total, x)}
    _set_weights(model, case["seed"] + 100)
    return seen | {"after": observe(x)}


def _last_activation(features: Any, layers: Sequence[str]) -> Any:
    """The activation of the last layer, or 0 where there is none."""
    return features.get(layers[-1], 0.0) if isinstance(features, dict) else 0.0


EXTRACTED = EXTRACTOR.trial(extractor, extractor_cases, examples=1, shrinks=4)


EXTRACTED_WORKED = EXTRACTOR.trial(extractor, worked_extractors, examples=2)


@EXTRACTED_WORKED.check(points=0.5, hint="Map each `layer.name` to the `layer.output` of the same layer.")
def worked_activations(case: Case, seen: Any) -> None:
    """For the network of the worked example and an image full of 5, the dict holds 5 for `plain`, 10 for `twice` and 9
    for `less_one`. A gradient flows from the activations back to the image."""
    features = seen["before"]["features"]
    expect(isinstance(features, dict), "The extractor does not return a dict.")
    for name, value in zip(case["names"], WORKED_ACTIVATIONS[int(case["x"].max())], strict=True):
        expect(name in features, f"There is no activation for the layer `{name}`.")
        wanted = np.full(case["x"].shape, value, "float32")
        close(features[name], wanted, f"The activation of the layer `{name}`", ulps=64, scale=16)
    hint = "Call the model, `model(images)`: `predict` and NumPy give numbers without a gradient."
    expect(seen["gradient"] is not None, "No gradient flows back from the activations to the image.", hint=hint)


@EXTRACTED.check(
    points=0.25,
    hint="Build the dict from all layers of `model` itself: a copy of the model does not follow changes of its "
    "weights.",
)
def names_every_layer(case: Case, seen: Any) -> None:
    """The extractor returns a dict with the activation of each layer under the layer's name. For the last layer it is
    the output of the network, also after the network's weights have changed.
    """
    moments = {"before": "before the change", "other": "for other images", "after": "after the change"}
    for when, words in moments.items():
        features = seen[when]["features"]
        expect(isinstance(features, dict), "The extractor does not return a dict.")
        missing = [name for name in case["names"] if name not in features]
        expect(not missing, "The dict lacks the activations of some layers.", list(features), case["names"])
        output = np.asarray(seen[when]["output"])
        expect(np.ptp(output) > 1e-3, "The network gives the same number everywhere.")
        close(features[case["names"][-1]], output, f"The activation of the last layer, {words},", ulps=64)


runs = cases(size=st.tuples(sizes(10, 14), sizes(11, 15)), steps=sizes(9, 14))


@st.composite
def _scenes(draw: Any) -> dict[str, Any]:
    """Three images, the first time not square; a network, the layers that count, and three weights; a factor for what
    stands in; the size of the image and the number of steps of a run, more than elsewhere but for the first time.
    """
    rows, cols = draw(sizes(5, 6)), draw(sizes(6, 7))
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
        "style_weight": draw(st.sampled_from([40.3, 60.7, 30.9])),
        "total_variation_weight": draw(st.sampled_from([0.15, 0.1, 0.25])),
        "seed": (seed := draw(seeds())),
        "worked": False,
        "factor": draw(factors),
        "run": draw(runs) if seed else {"size": (rows, cols), "steps": 3},
    }


scene_cases = _scenes()
WEIGHTS = ("content_weight", "style_weight", "total_variation_weight")
SLOPED = WEIGHTS[:2]
"""The terms whose slopes are looked at one by one."""


def _sparse(**pixels: float) -> np.ndarray:
    """A black image of 2 x 2 pixels but for some values, as in ``green10=1``: green, row 1, column 0."""
    image = np.zeros((1, 2, 2, 3), "float32")
    for name, value in pixels.items():
        image[0, int(name[-2]), int(name[-1]), ("red", "green", "blue").index(name[:-2])] = value
    return image


WORKED_SCENE = {
    "base_image": _sparse(green10=1, blue01=2),
    "style_reference_image": _sparse(red00=1, green01=1, green11=1),
    "combination_image": _sparse(green10=1),
    "direction": np.ones((1, 2, 2, 3), "float32"),
    "names": WORKED_NAMES,
    "style_layer_names": ["plain", "twice"],
    "content_layer_name": "twice",
    "content_weight": 0.5,
    "style_weight": 576.0,
    "total_variation_weight": 3.0,
    "seed": 0,
    "worked": True,
}
OTHER_SCENE = {
    **WORKED_SCENE,
    "base_image": _sparse(green10=1, blue01=1),
    "style_reference_image": _sparse(red00=1, green01=1),
    "content_layer_name": "plain",
    "style_weight": 288.0,
}
WORKED_TERMS = {
    "twice": {
        "own": {"content_weight": 8.0, "style_weight": 17.0, "total_variation_weight": 3.0},
        "given": {"content_weight": 0.396647, "style_weight": 30.6, "total_variation_weight": 0.23},
    },
    "plain": {
        "own": {"content_weight": 0.5, "style_weight": 4.25, "total_variation_weight": 3.0},
        "given": {"content_weight": 0.4513429, "style_weight": 7.65, "total_variation_weight": 0.23},
    },
}
"""For the content layers of the two scenes the terms of the loss, with right losses and with the stand-ins."""
worked_scenes = st.sampled_from([WORKED_SCENE, OTHER_SCENE])


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


def _scene(case: Case, model: keras.Model, extractor: keras.Model) -> dict[str, Any]:
    """The globals of a notebook for a case."""
    _, rows, cols, _ = case["base_image"].shape
    scene = {name: case[name] for name in (*WEIGHTS, "style_layer_names", "content_layer_name")}
    return {**scene, "network": model, "feature_extractor": extractor, "img_nrows": rows, "img_ncols": cols}


def _recorded(case: Case, ranks: list[int], used: list[str]) -> dict[str, Callable[..., Any]]:
    """The stand-ins, which note that they are used; those of the content and of the style also note the rank of the
    features that they get."""

    def noting(stand_in: Callable[[Any, Any], Any], first: str) -> Callable[..., Any]:
        def loss(*features: Any, **named: Any) -> Any:
            one, other = (*features, *(named[name] for name in (first, "combination") if name in named))
            ranks.extend(len(each.shape) for each in (one, other))
            return stand_in(one, other)

        return loss

    noted = {"content_loss": noting(stand_in_content, "base"), "style_loss": noting(stand_in_style, "style")}
    return {name: _noting(case, used, name, stand_in) for name, stand_in in (STAND_INS | noted).items()}


def _moved(model: keras.Model, before: list[np.ndarray]) -> float:
    return max(float(np.abs(old - np.asarray(new)).max()) for old, new in zip(before, model.weights, strict=True))


@probe
def gradients(ns: Namespace, case: Case) -> Any:
    """Loss and gradient with all weights, and with each of them alone; but for worked examples, also losses on both
    sides of the image.

    Worked examples are tried with the student's own losses and with stand-ins, which the message of a failure needs;
    other scenes with the own ones only where the answer does not use all stand-ins as it should.
    """
    model, features = networks(case)
    start = [np.asarray(weight) for weight in model.weights]
    image, direction = case["combination_image"], case["direction"]
    others = tf.constant(case["base_image"]), tf.constant(case["style_reference_image"])

    def measured(at: np.ndarray, **weights: float) -> tuple[Any, Any]:
        with ns.replaced(**weights):
            loss, gradient = ns.call("compute_loss_and_grads", tf.Variable(at), *others)
            return loss, gradient

    def sides(**weights: float) -> list[Any]:
        return [measured(image + np.float32(step) * direction, **weights)[0] for step in (STEP, -STEP)]

    def observe() -> Any:
        loss, gradient = measured(image)
        seen = {"loss": loss, "gradient": gradient, "sides": [] if case["worked"] else sides(), "parts": {}}
        for name in WEIGHTS:
            only = {other: case[other] if other == name else 0.0 for other in WEIGHTS}
            seen[name], slope = measured(image, **only)
            if name in SLOPED and not case["worked"]:
                seen["parts"][name] = {"gradient": slope, "sides": sides(**only)}
        return seen

    ranks: list[int] = []
    used: list[str] = []
    with ns.replaced(**_scene(case, model, features)):
        with ns.replaced(**_recorded(case, ranks, used)):
            found: dict[str, Any] = {"given": _attempt(observe)}
        found["used"] = {*used} >= STAND_INS.keys() - {"gram_matrix"}
        stood_in = found["used"] and "seen" in found["given"] and {*ranks} == {3}
        if case["worked"] or not stood_in:
            found["own"] = _attempt(observe)
    return found | {"moved": _moved(model, start), "ranks": sorted(set(ranks))}


GRADIENTS = GRADIENT.trial(gradients, scene_cases, examples=1, shrinks=4)
GRADIENTS_WORKED = GRADIENT.trial(gradients, worked_scenes, examples=2, shrinks=1)


@GRADIENTS_WORKED.check(
    points=0.75, hint="Work out one term of the worked example at a time, with the other two weights set to 0."
)
def worked_terms(case: Case, seen: Any) -> None:
    """In the worked example, the content term is 8, the style term 17, the total variation term 3, and the loss is
    their sum, 28. In its second scene, the terms are 0.5, 4.25 and 3. The network does not change.
    """
    hints = {
        "content_weight": "The content loss compares the features of the base image and the combination image in one "
        "layer.",
        "style_weight": "The style loss compares the style reference and the combination image. Take the mean over "
        "the style layers.",
        "total_variation_weight": "The total variation is that of the combination image, computed from its pixels.",
    }

    def test(mode: str, losses: Any) -> None:
        terms = WORKED_TERMS[case["content_layer_name"]][mode]
        for name, term in terms.items():
            found = number(losses[name], "The loss")
            what = f"The loss with `{name}` as the only weight that is not 0"
            close(found, np.float32(term), what, ulps=1024, hint=hints[name])
        total = np.float32(sum(terms.values()))
        close(number(losses["loss"], "The loss"), total, "The loss, the sum of the three terms,", ulps=1024)

    hint = "Take one image out of the batch, as in `features[name][0]`: the losses need (height, width, channels)."
    expect(
        seen["ranks"] in ([], [3]),
        "A loss was called with features that do not have three axes.",
        f"{seen['ranks']} axes",
        "3 axes",
        hint,
    )
    hint = "Call the extractor with `training=False`, and pass no weight of the network to an optimizer."
    moved = "A weight or a moving statistic of the network has changed by this much."
    expect(seen["moved"] == 0, moved, seen["moved"], 0, hint)
    in_either(seen, test)


@GRADIENTS.check(
    points=0.5,
    hint="Compute the whole loss inside the `with` block of the tape. Then take `tape.gradient(loss, "
    "combination_image)`.",
)
def gradient_for_the_image(case: Case, seen: Any) -> None:
    """The gradient has the shape of the image. It tells how the loss, its content term and its style term change when
    the pixels of `combination_image` change a little.
    """
    in_either(seen, lambda _mode, found: fit_the_slopes(case, found))


def fit_the_slopes(case: Case, found: Any) -> None:
    """Fail unless the gradients of the loss, of the content and of the style predict how these change."""
    fits_the_slope(case, found, "the loss")
    for name in SLOPED:
        fits_the_slope(case, found["parts"][name], f"the term with `{name}`")


def fits_the_slope(case: Case, found: Any, what: str) -> None:
    """Fail unless the gradient predicts how the loss changes along a direction."""
    direction = case["direction"].astype(np.float64)
    expect(
        found["gradient"] is not None,
        f"The gradient of {what} is None: the tape saw no path from the image to the loss.",
    )
    gradient = finite(same_shape(found["gradient"], direction.shape, "The gradient"), "The gradient")
    above, below = (number(side, "The loss") for side in found["sides"])
    slope, claimed = (above - below) / (2 * STEP), float((gradient * direction).sum())
    usual = float(np.linalg.norm(gradient) * np.sqrt((direction**2).mean()))
    allowed = SLOPE_TOLERANCE * max(abs(slope), usual)
    expect(abs(slope) > 1e-6, "The loss does not change with the image.")
    expect(abs(slope - claimed) <= allowed, f"The gradient does not fit the change of {what}.", claimed, slope)


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


def _in_run(case: Case, name: str) -> np.ndarray:
    """An image of the case in the size of the run whose steps are looked at one by one."""
    return np.resize(case[name], (1, *case["run"]["size"], 3))


def pull(case: Case, stage: int) -> np.ndarray:
    """A gradient that is 1 or -1 in one part of the image, another part in each step, and 0 elsewhere."""
    direction = np.where(_in_run(case, "direction") < 0, -1, 1).astype(np.float32)
    parts = case["run"]["steps"] + 2
    part = np.arange(direction.size).reshape(direction.shape) % parts == stage % parts
    return np.where(part, direction, 0).astype(np.float32)


class _Stages:
    """An objective whose gradient at each new image moves another part of it: a step shows which gradient it used."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.images: list[bytes] = []

    def loss(self, image: Any) -> Any:
        """Stands in for a student's `total_variation_loss`, where the answer computes the gradient by itself."""
        return tf.reduce_sum(tf.convert_to_tensor(image) * self._pull(image))

    def compute(self, combination_image: Any, *_: Any, **__: Any) -> Any:
        """Stands in for a student's `compute_loss_and_grads`."""
        return self.loss(combination_image), tf.constant(self._pull(combination_image))

    def _pull(self, image: Any) -> np.ndarray:
        key = np.asarray(image).tobytes()
        if key not in self.images:
            self.images.append(key)
        return pull(self.case, self.images.index(key))


@contextmanager
def _optimizers_at_work() -> Iterator[list[keras.optimizers.Optimizer]]:
    """The optimizers whose `apply` is called meanwhile, each once. A step written by hand calls none."""
    owner = next(parent for parent in keras.optimizers.Optimizer.__mro__ if "apply" in vars(parent))
    own, found = vars(owner)["apply"], []

    def apply(self: keras.optimizers.Optimizer, *args: Any, **kwargs: Any) -> Any:
        if not any(self is each for each in found):
            found.append(self)
        return own(self, *args, **kwargs)

    owner.apply = apply
    try:
        yield found
    finally:
        owner.apply = own


def _in_stages(ns: Namespace, case: Case, given: bool) -> Any:
    """The image after some steps, of which each has a gradient for another part, None where the answer never asks; and
    how many optimizers made the steps."""
    stages = _Stages(case)
    alone = {"content_weight": 0.0, "style_weight": 0.0, "total_variation_weight": 1.0}
    stand_ins = {"compute_loss_and_grads": stages.compute} if given else alone | {"total_variation_loss": stages.loss}
    base, style_image = (tf.constant(_in_run(case, name)) for name in ("base_image", "style_reference_image"))
    rows, cols = case["run"]["size"]
    with ns.replaced(**stand_ins, img_nrows=rows, img_ncols=cols), _optimizers_at_work() as optimizers:
        image = ns.call("transfer", base, style_image, case["run"]["steps"], RATE)
    return {"image": image if stages.images else None, "optimizers": len(optimizers)}


@probe
def transferred(ns: Namespace, case: Case) -> Any:
    """The image after few steps, after more, after one step of several sizes, and after few steps again; after steps of
    which each moves another part; what else has changed."""
    model, features = networks(case)
    start = [np.asarray(weight) for weight in model.weights]
    base, style_image = tf.constant(case["base_image"]), tf.constant(case["style_reference_image"])
    visited: list[float] = []
    swapped: list[float] = []

    def observe() -> dict[str, Any]:
        images, taken = {}, {}
        for name, (iterations, rate) in RUNS.items():
            visited.clear()
            images[name] = ns.call("transfer", base, style_image, iterations, rate)
            taken[name] = list(visited)
        return {"images": images, "visited": taken}

    def with_losses(seen: dict[str, Any]) -> dict[str, Any]:
        images = {"base": base, "few": seen["images"]["few"], "many": seen["images"]["many"]}
        ways = {name: (tf.Variable(image), base, style_image) for name, image in images.items()}
        return seen | {"losses": {name: ns.call("compute_loss_and_grads", *way)[0] for name, way in ways.items()}}

    with ns.replaced(**_scene(case, model, features)):
        with ns.replaced(compute_loss_and_grads=_quadratic_objective(case, visited, swapped)):
            found = _attempt(observe)
        given = bool(swapped)
        if not given and "seen" in found:  # the answer goes its own way
            found = _attempt(lambda: with_losses(found["seen"]))
        stages = _attempt(lambda: _in_stages(ns, case, given)) if "seen" in found else {}
    kept = [base - case["base_image"], style_image - case["style_reference_image"]]
    moved = max(_moved(model, start), *(float(tf.reduce_max(tf.abs(change))) for change in kept))
    return {**found, "stages": stages, "given": given, "moved": moved, "swapped": max(swapped, default=0.0)}


def images_of(case: Case, seen: Any) -> dict[str, np.ndarray]:
    """The images that the answer gave, by name."""
    expect_no_error(seen.get("raised"))
    return {name: image_of(case["base_image"], image) for name, image in seen["seen"]["images"].items()}


def steps_of(case: Case, seen: Any, image: np.ndarray, name: str) -> int:
    """How many images a run asked for the gradient of, without the one that it returned."""
    visited = np.unique(array(seen["seen"]["visited"][name], "The list of losses").ravel())
    end = distance(case, image) / 2
    return int(np.sum(np.abs(visited - end) > 1e-5 * end))


def image_of(base: np.ndarray, value: Any) -> np.ndarray:
    """``value`` as an image of the size of the base image."""
    found = finite(same_shape(value, base.shape, "The image"), "The image")
    expect(found.dtype.kind == "f", "The image is not made of floats.", str(found.dtype), "float32")
    return found.astype(np.float64)


def distance(case: Case, image: np.ndarray) -> float:
    """How far an image lies from the minimum of the quadratic objective."""
    return float(((image - case["combination_image"]) ** 2).sum())


TRANSFERRED = TRANSFER.trial(transferred, scene_cases, examples=2, shrinks=4)
NEAR = 2e-3
"""How far any optimizer may go in one step with the tiny learning rate: 20 times that rate."""
LEAST_MOVED = 1 / 3
"""Of the values of an image, so many at least must differ after one step with a tiny learning rate and with twice that.
Rounding to 1/255 makes all but a tenth equal; without rounding only values with a gradient of 0 are."""
MOST = 0.9
"""Of the values of an image with a gradient, so many at least must follow it. With any optimizer all do."""
FAR = 0.3
"""How far any optimizer goes in six steps: RMSprop, whose first steps are the longest, goes 0.24."""


@TRANSFERRED.check(
    points=0.75,
    hint="In each iteration, compute the gradient at the current image and pass it to the optimizer, without a minus.",
)
def loss_falls(case: Case, seen: Any) -> None:
    """`transfer` returns a float image of the shape of `base_image`; its loss is lower than that of the base image, and
    lower still after more iterations. One optimizer makes all steps, and each value of the image follows its gradient.
    """
    images = images_of(case, seen)
    found = seen["seen"]
    if seen["given"]:
        base, few, many = (distance(case, image) for image in (case["base_image"], images["few"], images["many"]))
        _counts_its_steps({name: steps_of(case, seen, image, name) for name, image in images.items()})
    else:
        base, few, many = (number(found["losses"][name], "The loss") for name in ("base", "few", "many"))
    asked = "`compute_loss_and_grads` was not called with the base image and the style reference, in this order."
    hint = "The order of the arguments is: combination image, base image, style reference."
    expect(seen["swapped"] == 0, asked, hint=hint)
    falls(base, few, many)
    _uses_each_gradient(case, seen["stages"])


def _counts_its_steps(steps: dict[str, int]) -> None:
    """Fail where there is one step too many or too few in each run, or one gradient for several steps."""
    hint = "A loop over `range(iterations)` makes `iterations` steps."
    for off, count in ((1, "one step more"), (-1, "one step fewer")):
        shifted = all(steps[name] == iterations + off for name, (iterations, _) in RUNS.items())
        made = f"{steps['many']} steps", f"{ITERATIONS} steps"
        expect(not shifted, f"The loop makes {count} than `iterations`.", *made, hint)
    again = "The number of gradients at different images is smaller than `iterations`."
    made = f"{steps['many']} gradients", f"{ITERATIONS} gradients"
    expect(steps["many"] >= ITERATIONS, again, *made)


def _uses_each_gradient(case: Case, stages: Any) -> None:
    """Fail unless each step goes against the gradient at the image that the step before has left, by one optimizer."""
    expect_no_error(stages.get("raised"))
    image, optimizers = stages["seen"]["image"], stages["seen"]["optimizers"]
    again = "A new optimizer starts without the momentum of the steps before. Create it once, before the loop."
    steps = case["run"]["steps"]
    made = f"{optimizers} optimizers in {steps} steps"
    expect(optimizers <= 1, "The steps were not made by one optimizer.", made, "1 optimizer", again)
    if image is None:
        return
    base = _in_run(case, "base_image")
    moved, pulls = image_of(base, image) - base, [pull(case, stage) for stage in range(steps)]
    used = [f"step {number}" for number, each in enumerate(pulls, 1) if float((-moved * each).sum()) > 1e-6]
    hint = "Compute the gradient inside the loop, and pass the new one to the optimizer in each iteration."
    message = "Each step must use the gradient at its own image. The gradients of these steps were used:"
    expect(len(used) == steps, message, ", ".join(used) or "none", "all", hint)
    reached = float(np.mean((moved * np.sum(pulls, axis=0) < 0)[np.any(pulls, axis=0)]))
    message = "Some values of the image do not follow their gradient."
    expect(reached > MOST, message, f"{reached:.0%} follow it", "nearly all", "Move the whole image, of any size.")


def falls(base: float, few: float, many: float) -> None:
    """Fail unless the loss falls from the base image on."""
    expect(
        few < base, "The loss after 2 iterations is not lower than that of the base image.", few, f"less than {base}"
    )
    expect(
        many < few, f"The loss after {ITERATIONS} iterations is not lower than after 2.", many, f"less than {few:.4g}"
    )


@TRANSFERRED.check(
    points=0.5, hint="Start from `tf.Variable(base_image)` in each call, and pass `learning_rate` to the optimizer."
)
def starts_at_the_base(case: Case, seen: Any) -> None:
    """The image starts as the base image: one step with a tiny learning rate hardly changes it, and one step with a
    larger learning rate changes it more. Small steps are not rounded away.
    """
    base = case["base_image"].astype(np.float64)
    images = images_of(case, seen)
    tiny, one = (float(np.abs(images[name] - base).max()) for name in ("tiny", "one"))
    expect(
        tiny <= NEAR,
        "After one step with a tiny learning rate the image is far from the base image.",
        f"{tiny:.4g} away",
        f"at most {NEAR} away",
    )
    if one == 0 and seen["given"]:
        _counts_its_steps({name: steps_of(case, seen, image, name) for name, image in images.items()})
    expect(one > 0, "With `iterations` = 1 the image does not change.")
    expect(one > 5 * tiny, "A larger learning rate does not change the image more.", one, f"more than {5 * tiny:.3g}")
    moved = float(np.mean(images["tiny"] != images["twice"]))
    lost = "Add the step to the image as it is: where the image is rounded, small steps are lost."
    message = "After one step with a tiny learning rate and one with twice that, most values of the images are equal."
    expect(moved > LEAST_MOVED, message, f"{moved:.0%} differ", "nearly all differ", hint=lost)


@TRANSFERRED.check(points=0.5, hint="Pass the optimizer the variable that holds the image, and nothing else.")
def only_the_image_changes(case: Case, seen: Any) -> None:
    """The image changes, and nothing else: neither the weights of the network nor the two images that are passed in.
    The same call, repeated later, gives the same image.
    """
    images = images_of(case, seen)
    far = float(np.abs(images["many"] - case["base_image"]).max())
    message = "The image has not changed, or is very far from the base image."
    hint = "Leave the steps to a Keras optimizer with the given `learning_rate`."
    expect(1e-4 < far < FAR, message, f"{far:.4g} away", f"less than {FAR} away, but not 0", hint)
    expect(seen["moved"] == 0, "The network or an image that was passed in has changed by this much.", seen["moved"], 0)
    hint = (
        "Make the optimizer, and whatever else the steps change, inside `transfer`: nothing is kept for the next call."
    )
    close(
        images["again"], images["few"], "The image after the same call, repeated later,", ulps=512, scale=1, hint=hint
    )

"""Checks of `gradient_ascent`: probes and public properties."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from keras_checks.compare import Failure, array, close, expect, finite, same_shape
from keras_checks.observe import MissingAnswer, Namespace, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import seeds, sizes, uniform
from keras_checks.testbeds.bends import Bend, bends, outputs

LECTURE = "Visualizing what CNN's learn: Gradient Ascent and the Gradient Tape"
EXTRACTOR = Question(
    "feature_extractor",
    ("build_feature_extractor",),
    2,
    LECTURE,
    shows=("sizes: image sizes", "size: image size", "batch"),
)
LOSS = Question("compute_loss", ("compute_loss",), 3, LECTURE, shows=("filter_index", "size: image size", "batch"))
STEP = Question(
    "gradient_ascent_step",
    ("gradient_ascent_step",),
    3,
    LECTURE,
    shows=("filter_index", "learning_rate", "size: image size"),
)
VISUALIZE = Question(
    "visualize_filter",
    ("visualize_filter",),
    2,
    LECTURE,
    shows=("filter_index", "iterations", "learning_rate", "size: image size"),
)

BORDER = 2
"""Pixels of a feature map that are left out on each side."""
SIDE = 2 * BORDER + 4
"""Rows and columns of the feature maps of :func:`curved_scores`: 16 inner pixels, whose mean is exact in float32."""
BRANCHES = ("pre_last", "normed", "merged", "last", "pooled")
"""Of some layers the name is part of the name of an earlier one."""
WIDTH = 4
"""Feature maps of each layer: the shape of an activation does not tell which layer it comes from."""
STEEP, FLAT = (0.5, 50.0), (1e-3,)
"""How long the gradients of scores are, about: the text promises full steps from 1e-4 on."""
HIDDEN = 6
"""Numbers between the image and the scores of :func:`curved_scores`."""


def _worked(*worked: Case) -> SearchStrategy[Case]:
    """The cases of a worked example: more than one, so that no answer of one case fits all."""
    return st.sampled_from(worked)


# The networks that answers are tried on


def worked_network() -> keras.Model:
    """The network of the worked example in question 1: each layer says what it does with a pixel."""
    colours, one_by_one = 3, {"kernel_size": 1, "kernel_initializer": "zeros"}
    images = keras.Input((None, None, colours))
    doubled = keras.layers.Conv2D(colours, **one_by_one, name="double")(images)
    plus = keras.layers.Conv2D(colours, **one_by_one, name="add_one")(doubled)
    tripled = keras.layers.Conv2D(colours, **one_by_one, name="triple")(doubled)
    normed = keras.layers.BatchNormalization(epsilon=1e-9, name="normalize")(tripled)
    network = keras.Model(images, [plus, normed])
    for name, factor, more in (("double", 2, 0), ("add_one", 1, 1), ("triple", 3, 0)):
        network.get_layer(name).set_weights([factor * np.eye(colours)[None, None], np.full(colours, more)])
    ones, zeros = np.ones(colours), np.zeros(colours)
    network.get_layer("normalize").set_weights([ones, zeros, 2 * ones, 4 * ones])
    return network


def _branched(case: Case) -> keras.Model:
    """A network with a batch normalization, a skip around a layer, and a head that gives one vector per image."""
    conv = {"padding": "same", "activation": "tanh", "kernel_initializer": "zeros"}
    inputs = keras.Input((*case["size"], 3))
    first = keras.layers.Conv2D(WIDTH, 3, **conv, name="pre_last")(inputs)
    normed = keras.layers.BatchNormalization(name="normed")(first)
    second = keras.layers.Conv2D(WIDTH, 3, **conv, name="second")(normed)
    merged = keras.layers.Add(name="merged")([first, second])
    small = keras.layers.MaxPooling2D(2, name="pre_pooled")(merged)
    last = keras.layers.Conv2D(WIDTH, 3, **conv, name="last")(small)
    pooled = keras.layers.GlobalAveragePooling2D(name="pooled")(last)
    head = keras.layers.Dense(3, kernel_initializer="zeros", name="head")
    return _weighted(keras.Model(inputs, head(pooled)), case["seed"], 1.0)


def _weighted(model: keras.Model, seed: int, size: float) -> keras.Model:
    """Give a network weights that only the seed decides; variances stay positive."""
    for key, weight in enumerate(model.weights):
        low, high = (0.5, 2.0) if weight.path.endswith(("variance", "gamma")) else (-size, size)
        weight.assign(uniform(seed + key, weight.shape, low, high))
    return model


def smooth_network(case: Case) -> keras.Model:
    """A feature extractor without kinks: a convolution, softplus, and a batch normalization."""
    inputs = keras.Input((None, None, 3))
    form = {"strides": case["stride"], "padding": "same", "use_bias": False, "kernel_initializer": "zeros"}
    maps = keras.layers.Conv2D(case["filters"], 3, activation="softplus", **form)(inputs)
    return _weighted(keras.Model(inputs, keras.layers.BatchNormalization(name="norm")(maps)), case["seed"], 2.0)


PLACES = np.arange(SIDE) - (SIDE - 1) / 2
TILT = ((PLACES[:, None] + 2 * PLACES) / SIDE).astype("float32")[:, :, None]
"""Numbers for the pixels of a map. None is 0; those of two pixels on opposite sides of the center add up to 0."""


class _Scores(keras.layers.Layer):
    """Feature maps whose mean is the score of their filter, which depends on all pixels of the image.

    The score of another filter, times :data:`TILT`, is added to each pixel. So the mean of the inner pixels, or of all
    pixels, is the score; one pixel, a row, a column and a maximum are something else.
    """

    def __init__(self, parts: list[np.ndarray], activation: Any, form: Sequence[Bend]) -> None:
        super().__init__()
        self.parts = [self.add_weight(shape=part.shape, initializer="zeros") for part in parts]
        for weight, part in zip(self.parts, parts, strict=True):
            weight.assign(part)
        self.trainings = self.add_weight(shape=(), initializer="zeros", trainable=False)
        self.curve = keras.activations.get(activation)
        self.form = tuple(form)

    def call(self, images: Any, training: bool = False) -> Any:
        if training:
            self.trainings.assign_add(1.0)
        into, out, bias = self.parts
        pixels = tf.reshape(images, (-1, into.shape[0]))
        scores = tf.matmul(self.curve(outputs(pixels, into, tf.zeros(into.shape[1]), self.form)), out) + bias
        return scores[:, None, None] + TILT * tf.roll(scores, 1, axis=-1)[:, None, None]

    def compute_output_shape(self, images: Any) -> tuple[Any, ...]:
        """Given here, or Keras would trace ``call`` to find it."""
        return (images[0], SIDE, SIDE, self.parts[1].shape[1])


def _scoring(case: Case, parts: list[np.ndarray], activation: Any, form: Sequence[Bend] = ()) -> keras.Model:
    inputs = keras.Input((*case["size"], 3))
    return keras.Model(inputs, _Scores(parts, activation, form)(inputs))


def curved_scores(case: Case) -> keras.Model:
    """A feature extractor whose scores are smooth functions of the image."""
    pixels, filters = 3 * case["size"][0] * case["size"][1], case["filters"]
    parts = [
        uniform(case["seed"] + key, shape)
        for key, shape in enumerate([(pixels, HIDDEN), (HIDDEN, filters), (filters,)])
    ]
    parts[0] *= 0.2
    parts[1] *= case["steepness"] / np.linalg.norm(parts[0] @ parts[1], axis=0).astype(np.float32)
    return _scoring(case, parts, "softplus", case["bends"])


class Way(NamedTuple):
    """Which way each filter asks for: ``towards`` an image of length 1, and ``aside`` from it, at a right angle, more
    and more. Both are `(filters, height, width, 3)`.

    The score is `towards * image + first * along + further * along**2 / 2`, with `along = aside * image`. So the steps
    of an ascent turn, and one long step does not lead where many short ones do.
    """

    towards: np.ndarray
    aside: np.ndarray
    first: float = 0.0
    further: float = 0.0


def way_of(case: Case) -> Way:
    """The way of a case: images that only the seed decides, and how far each step turns."""
    shape = (case["filters"], 3 * case["size"][0] * case["size"][1])
    towards, aside = (_unit(uniform(case["seed"] + key, shape)) for key in (3, 4))
    aside = _unit(aside - (aside * towards).sum(axis=1, keepdims=True) * towards)
    return Way(*(each.reshape(-1, *case["size"], 3) for each in (towards, aside)), *case["turn"])


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _scores_of(case: Case, way: Way) -> keras.Model:
    """A feature extractor whose scores ask for this way."""
    filters = len(way.towards)
    straight, aside = (each.reshape(filters, -1).T for each in (way.towards + way.first * way.aside, way.aside))
    one = np.eye(filters)
    parts = [np.concatenate([straight, aside], axis=1), np.concatenate([one, way.further / 2 * one]), np.zeros(filters)]

    def curve(sums: Any) -> Any:
        return tf.concat([sums[:, :filters], tf.square(sums[:, filters:])], axis=1)

    return _scoring(case, parts, curve)


# What stands in for other answers


def score_of(network: keras.Model) -> Callable[..., Any]:
    """Stands in for `compute_loss` where the mean of a whole map is that of its inner pixels."""
    return lambda input_image, filter_index, *_, **__: tf.reduce_mean(network(input_image)[..., filter_index])


def known_step(way: Way, taken: list[int]) -> Callable[..., Any]:
    """Stands in for `gradient_ascent_step` where the way of each filter is known; ``taken`` grows with each step, also
    in a graph."""
    towards, aside = (tf.constant(images, tf.float32) for images in (way.towards, way.aside))

    def gradient_ascent_step(img: Any, filter_index: Any, learning_rate: Any, *_: Any, **__: Any) -> Any:
        if tf.executing_eagerly():
            taken.append(1)
        else:
            tf.py_function(lambda: taken.append(1), [], [])
        ahead, across = towards[filter_index], aside[filter_index]
        along = tf.reduce_sum(across * img)
        loss = tf.reduce_sum(ahead * img) + way.first * along + way.further / 2 * along**2
        angle = tf.atan(way.first + way.further * along)
        return loss, img + learning_rate * (tf.cos(angle) * ahead + tf.sin(angle) * across)

    return gradient_ascent_step


@contextmanager
def _with(ns: Namespace, **names: Any) -> Iterator[None]:
    """Put in other globals; whatever `tf.function` has traced is traced again, or it would keep the old ones."""
    traced = {name: value for name, value in ns.names.items() if hasattr(type(value), "python_function")}
    again = {name: tf.function(value.python_function) for name, value in traced.items()}
    logger, level = tf.get_logger(), tf.get_logger().level
    logger.setLevel("ERROR")  # TensorFlow warns of functions that are traced often
    try:
        with ns.replaced(**(again | names)):
            yield
    finally:
        logger.setLevel(level)


class _Watched:
    """A network whose weights and statistics are compared with what they were."""

    def __init__(self, network: keras.Model) -> None:
        self.network = network
        self.before = network.get_weights()

    def moved(self) -> float:
        """The largest change of a weight."""
        pairs = zip(self.network.get_weights(), self.before, strict=True)
        return float(max(np.abs(after - before).max() for after, before in pairs))


# The feature extractor

image_sizes = st.tuples(sizes(5, 8), sizes(6, 9))
branch_cases = st.fixed_dictionaries({"size": image_sizes, "batch": sizes(1, 3), "seed": seeds()})
WORKED_PIXELS = (5.0, -1.0)
WORKED_ACTIVATIONS = {
    "double": (10, -2),
    "add_one": (11, -1),
    "triple": (30, -6),
    "normalize": (14, -4),
}
"""What each layer of the worked network gives for images of which every pixel is 5, or -1."""
WORKED_LATER = {"double": 20, "add_one": 21, "triple": 60, "normalize": 29}
"""The same for a pixel 5, once the first layer multiplies by 4."""


def images_of(case: Case) -> np.ndarray:
    """A batch of images with values between -1 and 1."""
    return uniform(case["seed"] + 50, (case["batch"], *case["size"], 3), -1, 1)


@probe
def worked_layers(ns: Namespace, case: Case) -> Any:
    """What extractors of all layers of the worked network make of images of two sizes."""
    watched = _Watched(worked_network())
    images = [
        np.full((2, *size, 3), pixel, "float32") for size, pixel in zip(case["sizes"], WORKED_PIXELS, strict=True)
    ]
    extractors = {name: ns.call("build_feature_extractor", watched.network, name) for name in WORKED_ACTIVATIONS}
    maps = {name: [each(tf.constant(image)) for image in images] for name, each in extractors.items()}
    seen = {"maps": maps, "moved": watched.moved()}
    double = watched.network.get_layer("double")
    double.set_weights([2 * weight for weight in double.get_weights()])
    return seen | {"later": {name: each(tf.constant(images[0])) for name, each in extractors.items()}}


@probe
def branched(ns: Namespace, case: Case) -> Any:
    """What extractors of the layers of a network with a skip make of images, and whether the network changed."""
    watched, images = _Watched(_branched(case)), tf.constant(images_of(case))
    maps, models = {}, True
    for name in BRANCHES:
        extractor = ns.call("build_feature_extractor", watched.network, name)
        maps[name] = extractor(images)
        models = models and isinstance(extractor, keras.Model)
    return {"maps": maps, "models": models, "moved": watched.moved()}


WORKED_LAYERS = EXTRACTOR.trial(
    worked_layers, _worked({"sizes": [(4, 5), (6, 3)]}, {"sizes": [(2, 7), (5, 4)]}), examples=2
)
BRANCHED = EXTRACTOR.trial(branched, branch_cases, examples=1, shrinks=4)


@WORKED_LAYERS.check(
    points=0.75, hint="Build a model from the inputs of the network to the output of the layer with that name."
)
def worked_activations(case: Case, seen: Any) -> None:
    """For each layer of the worked example, the extractor gives 10, 11, 30 and 14 for an image full of 5. It shares the
    weights: after `double` is changed to multiply by 4, the same extractors give 20, 21, 60 and 29.
    """
    for name, values in WORKED_ACTIVATIONS.items():
        for size, value, found in zip(case["sizes"], values, seen["maps"][name], strict=True):
            wanted = np.full((2, *size, 3), value, "float32")
            close(found, wanted, f"The activation of the layer `{name}`", ulps=256, scale=64)
    hint = "Use the layers of the given network itself: neither a copy, nor the layers of an earlier call."
    for name, value in WORKED_LATER.items():
        wanted = np.full((2, *case["sizes"][0], 3), value, "float32")
        what = f"The activation of the layer `{name}`, after the weights of the network have changed,"
        close(seen["later"][name], wanted, what, ulps=256, scale=64, hint=hint)


@BRANCHED.check(points=0.5, hint="Build a `keras.Model` from the network's own tensors, without `training=True`.")
def a_model_that_changes_nothing(case: Case, seen: Any) -> None:
    """The extractor is a Keras model that ends at the layer of exactly that name. Running it changes no weight and no
    moving statistic of the network.
    """
    expect(seen["models"], "The extractor is not a `keras.Model`.")
    rows, columns = case["size"]
    shapes = {"pre_last": (rows, columns, WIDTH), "last": (rows // 2, columns // 2, WIDTH), "pooled": (WIDTH,)}
    for name, shape in shapes.items():
        try:
            found = same_shape(seen["maps"][name], (case["batch"], *shape), f"The activation of `{name}`")
        except Failure as failure:
            hint = "End the model at the output of the layer with exactly this name. `get_layer` compares whole names."
            raise Failure(failure.message, failure.received, failure.expected, hint) from None
        expect(
            np.ptp(found) > 1e-3,
            f"The activation of `{name}` is the same number everywhere.",
            found,
            "different numbers",
        )
    unmoved(seen)


def unmoved(seen: Any) -> None:
    """Fail where the network has changed."""
    moved = array(seen["moved"], "A weight")
    expect(moved == 0, "A weight or a moving statistic of the network has changed by this much.", seen["moved"], 0)


# The loss


@st.composite
def _networks(draw: Any, least: int, most: int) -> Case:
    """Sizes of an image and of a network with one filter picked, and a seed for everything else.

    The first case has the seed 0, an image that is not square, and the last filter picked.
    """
    filters = draw(sizes(2, 4))
    return {
        "size": (draw(sizes(least, most)), draw(sizes(least + 1, most + 1))),
        "batch": 1,
        "filters": filters,
        "filter_index": filters - 1 - draw(st.integers(0, filters - 1)),
        "seed": draw(seeds()),
    }


loss_cases = _networks(10, 13).map(lambda case: case | ({"stride": 1} if case["seed"] else {"stride": 2, "batch": 2}))
"""First two images and a stride of 2, then single images."""
WORKED_INSIDE = np.array([[[3, -2, 0.5], [5, -4, 1.5]], [[1, 0, 2.5], [11, -6, 3.5]]], "float32")
"""Two maps of 5 x 6 pixels have two inner pixels each, here with three filters."""
WORKED_LOSSES = (5.0, -3.0, 2.0)


def worked_maps() -> np.ndarray:
    """Feature maps `(2, 5, 6, 3)` whose inner pixels are known; the border holds other, larger numbers."""
    maps = np.arange(2 * 5 * 6 * 3, dtype="float32").reshape(2, 5, 6, 3) + 20
    maps[:, BORDER:-BORDER, BORDER:-BORDER] = WORKED_INSIDE[:, None]
    return maps


def _worked_extractor(divisor: float) -> keras.Model:
    """Takes means over 3 x 3 pixels, subtracts 1 and divides, by a batch normalization in inference mode."""
    images = keras.Input((None, None, 3))
    norm = keras.layers.BatchNormalization(epsilon=1e-9)
    extractor = keras.Model(images, norm(keras.layers.AveragePooling2D(3)(images)))
    ones = np.ones(3)
    norm.set_weights([ones, 0 * ones, ones, divisor**2 * ones])
    return extractor


@probe
def worked_losses(ns: Namespace, case: Case) -> Any:
    """The loss of each filter, for images that the extractor turns into the worked maps."""
    maps = np.float32(case["times"]) * worked_maps()
    images = np.repeat(np.repeat(np.float32(case["divisor"]) * maps + 1, 3, axis=1), 3, axis=2)
    with _with(ns, feature_extractor=_worked_extractor(case["divisor"])):
        return [ns.call("compute_loss", tf.constant(images), index) for index in range(len(WORKED_LOSSES))]


@probe
def loss_and_gradient(ns: Namespace, case: Case) -> Any:
    """The loss, its gradient with respect to the images, and whether the network changed."""
    watched, images = _Watched(smooth_network(case)), tf.constant(images_of(case))
    with _with(ns, feature_extractor=watched.network), tf.GradientTape() as tape:
        tape.watch(images)
        loss = ns.call("compute_loss", images, case["filter_index"])
    seen = {"loss": loss, "moved": watched.moved()}
    return seen | {"gradient": tape.gradient(loss, images) if tf.is_tensor(loss) else None}


WORKED_LOSS = LOSS.trial(
    worked_losses, _worked({"times": 1.0, "divisor": 2.0}, {"times": -2.0, "divisor": 4.0}), examples=2
)
LOSS_AND_GRADIENT = LOSS.trial(loss_and_gradient, loss_cases, examples=1)


@WORKED_LOSS.check(
    points=1.25,
    hint="Keep the axis of the batch, cut two entries off both ends of rows and columns, and pick the filter on the "
    "last axis. Then take one mean of everything.",
)
def worked_means(case: Case, seen: Any) -> None:
    """For the feature maps of the worked example, the loss is one number: 5 for filter 0, -3 for filter 1, 2 for filter
    2. For these maps times -2 it is -10, 6 and -4.
    """
    for index, (found, wanted) in enumerate(zip(seen, WORKED_LOSSES, strict=True)):
        close(found, np.float32(wanted * case["times"]), f"The loss of filter {index}", ulps=64, scale=16)


@LOSS_AND_GRADIENT.check(
    points=0.75,
    hint="Use TensorFlow or `keras.ops` from the image to the loss, and call the network in inference mode.",
)
def gradient_reaches_the_image(case: Case, seen: Any) -> None:
    """A gradient flows from the loss back to the image. Computing the loss does not change the network."""
    unmoved(seen)
    expect(seen["gradient"] is not None, "No gradient flows from the loss back to the image.")
    found = finite(same_shape(seen["gradient"], images_of(case).shape, "The gradient"), "The gradient")
    expect(np.abs(found).max() > 0, "The gradient is 0 everywhere.")


# The step


@st.composite
def _ascents(draw: Any, steepness: tuple[float, ...] = STEEP) -> Case:
    """One image, a network with one filter picked, a learning rate. The first case has the first steepness, the others
    the last, and larger images."""
    case, larger = draw(_networks(8, 10)), draw(st.tuples(sizes(13, 17), sizes(14, 18)))
    case = case | ({"size": larger} if case["seed"] else {})
    rate = draw(st.sampled_from([-5.0, 2.0, -0.5, 10.0, 1.5]))
    return case | {"learning_rate": rate, "steepness": steepness[-1 if case["seed"] else 0]}


@st.composite
def _curved_ascents(draw: Any, steepness: tuple[float, ...]) -> Case:
    case = draw(_ascents(steepness))
    return case | {"bends": draw(bends(3 * case["size"][0] * case["size"][1], HIDDEN))}


step_cases, flat_cases = _curved_ascents(STEEP), _curved_ascents(FLAT)


def _stepped(ns: Namespace, case: Case, network: keras.Model) -> dict[str, Any]:
    """A step; the same step once more, after one from another image; what else has changed."""
    watched, image = _Watched(network), tf.constant(images_of(case))

    def step(start: Any) -> Any:
        result = ns.call("gradient_ascent_step", start, case["filter_index"], case["learning_rate"])
        return _pair(result, "gradient_ascent_step")

    with _with(ns, feature_extractor=network, compute_loss=score_of(network)):
        loss, moved = step(image)
        step(0.5 - image)
        again = step(image)[1]
    return {"loss": loss, "image": moved, "again": again, "moved": watched.moved(), "given": image}


def _pair(result: Any, name: str) -> Any:
    if not isinstance(result, tuple | list) or len(result) != 2:
        kind = f"{len(result)} values" if isinstance(result, tuple | list) else f"one {type(result).__name__}"
        raise MissingAnswer(f"`{name}` must return the pair `(loss, img)`, not {kind}.")
    return result


@probe
def ascended(ns: Namespace, case: Case) -> Any:
    """One step: the loss, the new image, whether the network changed, and the given image as it is afterwards."""
    return _stepped(ns, case, curved_scores(case))


WORKED_IMAGE = np.array([[[[0.5, 1, 2], [1, 0, 3]]]], "float32")
WORKED_GRADIENTS = np.array(
    [[[[2, 1, -2], [-4, 0, 0]]], [[[0.3, 0, 0], [0, 0, 0.4]]], [[[0, 0, 0], [0, 0, 0]]]], "float32"
)
"""The loss of each filter is the sum of the image times these numbers; their L2 norms are 5, 0.5 and 0."""
WORKED_STEPS = (
    (-6.0, np.array([[[[4.5, 3, -2], [-7, 0, 3]]]], "float32")),
    (1.35, np.array([[[[6.5, 1, 2], [1, 0, 11]]]], "float32")),
    (0.0, WORKED_IMAGE),
)
"""For each filter the loss before a step of length 10, and the image after it."""
STARTS = (
    {"size": (1, 2), "lift": 0.0, "share": 1.0, "slope": 1.0},
    {"size": (1, 2), "lift": 1.0, "share": 0.5, "slope": 1.0},
)
worked_starts, worked_moves = _worked(*STARTS), _worked(*STARTS, STARTS[0] | {"share": -0.5, "slope": 0.1})


def _start(case: Case) -> np.ndarray:
    """The worked image, or the same with 1 added everywhere."""
    return WORKED_IMAGE + np.float32(case["lift"])


@probe
def worked_step(ns: Namespace, case: Case) -> Any:
    """One step of length 10, 5 or -5 for each of the three worked filters, from the worked image. For -5 the gradients
    are a tenth as long."""
    filters = len(WORKED_GRADIENTS)
    parts = [case["slope"] * WORKED_GRADIENTS.reshape(filters, -1).T, np.eye(filters), np.zeros(filters)]
    watched, rate = _Watched(_scoring(case, parts, "linear")), 10 * case["share"]
    names = {"feature_extractor": watched.network, "compute_loss": score_of(watched.network)}
    with _with(ns, **names):
        steps = [
            _pair(ns.call("gradient_ascent_step", tf.constant(_start(case)), index, rate), "gradient_ascent_step")
            for index in range(filters)
        ]
    return {"losses": [loss for loss, _ in steps], "images": [image for _, image in steps], "moved": watched.moved()}


ASCENDED = STEP.trial(ascended, step_cases, examples=1)
WORKED_STEP = STEP.trial(worked_step, worked_moves, examples=3)
STEP_HINT = "Divide the gradient by its L2 norm, multiply it by the learning rate, and add it to the image."


@WORKED_STEP.check(points=1, hint=STEP_HINT)
def worked_steps(case: Case, seen: Any) -> None:
    """For filters 0 and 1 of the worked example, the loss and the new image are those of the table: for filter 0, the
    loss -6 before the step, and the first pixel (4.5, 3, -2) after it. With the learning rate 5 the image moves half as
    far, and with -5 it moves in the opposite direction, also where the gradient is a tenth as long.
    """
    for index in (0, 1):
        loss, image = WORKED_STEPS[index]
        loss = case["slope"] * (loss + case["lift"] * WORKED_GRADIENTS[index].sum())
        image = _start(case) + np.float32(case["share"]) * (image - WORKED_IMAGE)
        close(seen["images"][index], image, f"The image after a step for filter {index}", ulps=2048, scale=10)
        hint = "Return the loss that was computed under the tape, before the step."
        close(seen["losses"][index], np.float32(loss), f"The loss for filter {index}", ulps=256, scale=16, hint=hint)


@WORKED_STEP.check(
    points=0.5, hint="`tf.math.l2_normalize` gives 0 for a zero gradient; so does a small constant added to the norm."
)
def no_gradient_no_step(case: Case, seen: Any) -> None:
    """For filter 2 of the worked example, whose gradient is 0, the image does not change and contains no NaN."""
    close(seen["images"][2], _start(case), "The image after a step with gradient 0", ulps=64, scale=4)


@ASCENDED.check(points=0.5, hint="Compute a new image, `img + ...`; do not assign to the network's weights.")
def moves_nothing_but_the_image(case: Case, seen: Any) -> None:
    """The step returns one number and a new image of the same shape, and changes neither the network nor the given
    image. The same step, repeated later, gives the same image.
    """
    image = images_of(case)
    finite(same_shape(seen["loss"], (), "The loss"), "The loss")
    moved = finite(same_shape(seen["image"], image.shape, "The image"), "The image")
    unmoved(seen)
    close(seen["given"], image, "The given image, after the step,")
    expect(np.abs(moved - image).max() > 0, "The returned image equals the given one.")
    hint = "A step depends on its arguments only: store nothing from one call to the next."
    size = abs(case["learning_rate"]) + 1
    close(seen["again"], moved, "The image after the same step, repeated later,", ulps=256, scale=size, hint=hint)


# The whole ascent


@st.composite
def _turning_ascents(draw: Any) -> Case:
    """An ascent of several steps, each of which turns by about ten degrees."""
    case, first = draw(_ascents()), np.random.default_rng(draw(seeds())).uniform(0.5, 1.0)
    side, further = draw(st.sampled_from([1, -1])), 0.4 / abs(case["learning_rate"])
    return case | {"iterations": draw(sizes(3, 5)), "turn": [float(side * first), further]}


visualize_cases = _turning_ascents()


def _visualized(
    ns: Namespace, case: Case, start: np.ndarray, way: Way, arguments: list[list[Any]]
) -> list[dict[str, Any]]:
    """Loss and image of each call, where the way of each filter is known, and how many steps it asked for: none where
    the answer goes its own way."""
    network, taken = _scores_of(case, way), []
    names = {"feature_extractor": network, "compute_loss": score_of(network)}
    names |= {"gradient_ascent_step": known_step(way, taken), "initialize_image": lambda: tf.constant(start)}
    found = []
    with _with(ns, **names):
        for given in arguments:
            taken.clear()
            loss, image = _pair(ns.call("visualize_filter", *given), "visualize_filter")
            found.append({"loss": loss, "image": _with_batch_axis(image), "steps": len(taken)})
    return found


def _with_batch_axis(image: Any) -> Any:
    image = tf.convert_to_tensor(image)
    return image[None] if image.shape.rank == 3 else image


WORKED_DIRECTIONS = np.array([[[[1, 0, 0], [0, 0, 0]]], [[[0, 0, 0], [0, 0, 1]]]], "float32")
"""Filter 0 asks for red in the first pixel, filter 1 for blue in the second."""
WORKED_WAY = Way(WORKED_DIRECTIONS, np.zeros_like(WORKED_DIRECTIONS))
ITERATIONS = 30
"""So many steps `visualize_filter` makes where no number is given."""
WORKED_CALLS = [[1, 3, 2.0], [0, 1, 5.0], [1], [0, 3, -2.0]]
WORKED_ENDS = (
    (7.0, np.array([[[[0.5, 1, 2], [1, 0, 9]]]], "float32")),
    (0.5, np.array([[[[5.5, 1, 2], [1, 0, 3]]]], "float32")),
    (293.0, np.array([[[[0.5, 1, 2], [1, 0, 303]]]], "float32")),
    (-3.5, np.array([[[[-5.5, 1, 2], [1, 0, 3]]]], "float32")),
)
"""The loss and the image that each of the worked calls returns."""


@probe
def visualized(ns: Namespace, case: Case) -> Any:
    """Loss and image after a few steps, of which each has another direction."""
    call = [case["filter_index"], case["iterations"], case["learning_rate"]]
    return _visualized(ns, case, images_of(case), way_of(case), [call])[0]


@probe
def worked_ascents(ns: Namespace, case: Case) -> Any:
    """Loss and image of the worked calls, the last with the default number of steps and learning rate."""
    return _visualized(ns, case, _start(case), WORKED_WAY, WORKED_CALLS)


VISUALIZED = VISUALIZE.trial(visualized, visualize_cases, examples=1)
WORKED_ASCENTS = VISUALIZE.trial(worked_ascents, worked_starts, examples=2)


def _ends_as_worked(case: Case, seen: Any, index: int) -> None:
    loss, image = (part + np.float32(case["lift"]) for part in WORKED_ENDS[index])
    arguments = ", ".join(map(str, WORKED_CALLS[index]))
    found = finite(same_shape(seen[index]["image"], image.shape, "The image"), "The image")
    expect(found.dtype.kind == "f", "The image does not consist of floats.", str(found.dtype), "float32")
    close(found, image, f"The image of visualize_filter({arguments})", ulps=256)
    hint = "Return the loss that the last step returned: it belongs to the image before that step."
    what, size = f"The loss of visualize_filter({arguments})", float(np.abs(image).max())
    close(seen[index]["loss"], np.float32(loss), what, ulps=64, scale=size, hint=hint)
    makes_steps(seen[index], [*WORKED_CALLS[index], ITERATIONS][1])


def makes_steps(seen: Any, due: int) -> None:
    """Fail where an answer called `gradient_ascent_step`, but not once for each step."""
    message = "`gradient_ascent_step` was not called once per iteration."
    expect(seen["steps"] in (0, due), message, seen["steps"], due)


@WORKED_ASCENTS.check(
    points=0.75,
    hint="Call `initialize_image()` once, then assign `loss, img` from each step, and return what the last step "
    "returned. Do not deprocess the image.",
)
def worked_ends(case: Case, seen: Any) -> None:
    """In the worked example, three steps of length 2 for filter 1 give the loss 7 and the blue value 9. One step of
    length 5 for filter 0 gives 0.5 and the red value 5.5; three steps with the learning rate -2 give -3.5 and -5.5.
    """
    for index in (0, 1, 3):
        _ends_as_worked(case, seen, index)


@WORKED_ASCENTS.check(
    points=0.5, hint="Keep the signature `iterations=30, learning_rate=10.0`, and use both arguments."
)
def thirty_steps_of_ten(case: Case, seen: Any) -> None:
    """With the default arguments there are 30 steps with a learning rate of 10: the blue value goes from 3 to 303."""
    _ends_as_worked(case, seen, 2)

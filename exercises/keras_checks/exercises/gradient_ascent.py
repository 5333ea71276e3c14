"""Checks of `gradient_ascent`: probes and public properties."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import array, close, expect, finite, same_shape
from keras_checks.observe import Namespace, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import seeds, sizes, uniform

LECTURE = "Visualizing what CNN's learn: Gradient Ascent and the Gradient Tape"
EXTRACTOR = Question("feature_extractor", ("build_feature_extractor",), 2, LECTURE)
LOSS = Question("compute_loss", ("compute_loss",), 3, LECTURE)
STEP = Question("gradient_ascent_step", ("gradient_ascent_step",), 3, LECTURE)
VISUALIZE = Question("visualize_filter", ("visualize_filter",), 2, LECTURE)

BORDER = 2
"""Pixels of a feature map that are left out on each side."""
CHAIN = ("stripes", "spots", "corners", "blobs")
BRANCHES = ("first", "normed", "second", "merged", "small", "last")
WIDTH = 4
"""Feature maps of each layer: the shape of an activation does not tell which layer it comes from."""


# The networks that answers are tried on


def chain_weights(case: Case) -> list[list[np.ndarray]]:
    """Kernel `(inputs, WIDTH)` and bias `(WIDTH,)` of each layer of the chain."""
    inputs = [3, *[WIDTH] * (len(CHAIN) - 1)]
    return [
        [uniform(case["seed"] + 2 * key, (size, WIDTH), -1, 1), uniform(case["seed"] + 2 * key + 1, (WIDTH,), -1, 1)]
        for key, size in enumerate(inputs)
    ]


def chain_names(case: Case) -> list[str]:
    """The names of the chain's layers, from the image on."""
    return [str(name) for name in np.random.default_rng(case["seed"]).permutation(CHAIN)]


def chain_activations(case: Case, images: np.ndarray) -> list[np.ndarray]:
    """What each layer of the chain makes of images."""
    found = [images.astype(np.float64)]
    for kernel, bias in chain_weights(case):
        found.append(np.tanh(found[-1] @ kernel + bias))
    return found[1:]


def _chain(case: Case) -> keras.Model:
    outputs = inputs = keras.Input((None, None, 3))
    for name in chain_names(case):
        outputs = keras.layers.Conv2D(WIDTH, 1, activation="tanh", name=name)(outputs)
    chain = keras.Model(inputs, outputs)
    chain.set_weights([part for kernel, bias in chain_weights(case) for part in (kernel[None, None], bias)])
    return chain


def _branched(case: Case) -> keras.Model:
    """A network with a batch normalisation, a way around a layer, and a head that gives one vector an image."""
    conv = {"padding": "same", "activation": "tanh"}
    inputs = keras.Input((*case["size"], 3))
    first = keras.layers.Conv2D(WIDTH, 3, **conv, name="first")(inputs)
    normed = keras.layers.BatchNormalization(name="normed")(first)
    second = keras.layers.Conv2D(WIDTH, 3, **conv, name="second")(normed)
    merged = keras.layers.Add(name="merged")([first, second])
    small = keras.layers.MaxPooling2D(2, name="small")(merged)
    last = keras.layers.Conv2D(WIDTH, 3, **conv, name="last")(small)
    pooled = keras.layers.GlobalAveragePooling2D(name="pooled")(last)
    return _weighted(keras.Model(inputs, keras.layers.Dense(3, name="head")(pooled)), case["seed"], 1.0)


def _weighted(model: keras.Model, seed: int, size: float) -> keras.Model:
    """Give a network weights that only the seed decides; variances stay positive."""
    for key, weight in enumerate(model.weights):
        low, high = (0.5, 2.0) if weight.path.endswith(("variance", "gamma")) else (-size, size)
        weight.assign(uniform(seed + key, weight.shape, low, high))
    return model


def smooth_network(case: Case) -> keras.Model:
    """A feature extractor without kinks: a convolution, softplus, and a batch normalisation."""
    inputs = keras.Input((None, None, 3))
    maps = keras.layers.Conv2D(
        case["filters"], 3, strides=case["stride"], padding="same", activation="softplus", use_bias=False
    )(inputs)
    return _weighted(keras.Model(inputs, keras.layers.BatchNormalization(name="norm")(maps)), case["seed"], 2.0)


def linear_kernel(case: Case) -> np.ndarray:
    """What the linear network multiplies each pixel by: `(3, filters)`, far from 0."""
    kernel = uniform(case["seed"], (3, case["filters"]), 0.5, 2)
    return kernel * np.where(uniform(case["seed"] + 1, kernel.shape) < 0, -1, 1).astype(np.float32)


def linear_bias(case: Case) -> np.ndarray:
    """What the linear network adds to each feature map: `(filters,)`."""
    return uniform(case["seed"] + 2, (case["filters"],), 1, 2)


def linear_network(case: Case) -> keras.Model:
    """A feature extractor in which each feature map is a mixture of the three colours."""
    layer = keras.layers.Conv2D(case["filters"], 1)
    network = keras.Sequential([keras.Input((None, None, 3)), layer])
    layer.set_weights([linear_kernel(case)[None, None], linear_bias(case)])
    return network


class _Scores(keras.layers.Layer):
    """Feature maps that are the same everywhere: a score for each filter, which depends on all pixels of the image.

    Whoever averages such a map, or a part of it, gets the score.
    """

    def __init__(self, parts: list[np.ndarray], activation: str) -> None:
        super().__init__()
        self.parts = [self.add_weight(shape=part.shape) for part in parts]
        for weight, part in zip(self.parts, parts, strict=True):
            weight.assign(part)
        self.trainings = self.add_weight(shape=(), initializer="zeros", trainable=False)
        self.curve = keras.activations.get(activation)

    def call(self, images: Any, training: bool = False) -> Any:
        if training:
            self.trainings.assign_add(1.0)
        into, out, bias = self.parts
        pixels = tf.reshape(images, (-1, into.shape[0]))
        scores = tf.matmul(self.curve(tf.matmul(pixels, into)), out) + bias
        return tf.tile(scores[:, None, None], (1, 2 * BORDER + 2, 2 * BORDER + 2, 1))


def _scoring(case: Case, parts: list[np.ndarray], activation: str) -> keras.Model:
    inputs = keras.Input((*case["size"], 3))
    return keras.Model(inputs, _Scores(parts, activation)(inputs))


def curved_scores(case: Case, dead: bool = False) -> keras.Model:
    """A feature extractor whose scores are smooth functions of the image; that of a dead filter is constant."""
    pixels, filters = 3 * case["size"][0] * case["size"][1], case["filters"]
    parts = [uniform(case["seed"] + key, shape) for key, shape in enumerate([(pixels, 6), (6, filters), (filters,)])]
    parts[0] *= 0.2
    if case["seed"] % 2 == 0:  # a bored filter: the gradient is shorter than 1
        parts[1] *= 0.5 / np.linalg.norm(parts[0] @ parts[1], axis=0).astype(np.float32)
    if dead:
        parts[1][:, case["filter_index"]] = 0
    return _scoring(case, parts, "softplus")


def directions(case: Case) -> np.ndarray:
    """For each filter, an image of length 1: `(filters, height, width, 3)`."""
    found = uniform(case["seed"] + 3, (case["filters"], *case["size"], 3))
    return found / np.sqrt((found**2).sum(axis=(1, 2, 3), keepdims=True))


def straight_scores(case: Case) -> keras.Model:
    """A feature extractor in which the score of each filter grows in the same direction, for whatever image."""
    filters = case["filters"]
    parts = [directions(case).reshape(filters, -1).T, np.eye(filters), np.zeros(filters)]
    return _scoring(case, parts, "linear")


# What stands in for other answers


def score_of(network: keras.Model) -> Callable[..., Any]:
    """Stands in for `compute_loss` where one pixel of a feature map tells all."""
    return lambda input_image, filter_index, *_, **__: network(input_image)[0, 0, 0, filter_index]


def straight_step(case: Case) -> Callable[..., Any]:
    """Stands in for `gradient_ascent_step` where the direction of each filter is known."""
    towards = tf.constant(directions(case), tf.float32)

    def gradient_ascent_step(img: Any, filter_index: Any, learning_rate: Any, *_: Any, **__: Any) -> Any:
        way = towards[filter_index]
        return tf.reduce_sum(way * img), img + learning_rate * way

    return gradient_ascent_step


@contextmanager
def _with(ns: Namespace, **names: Any) -> Iterator[None]:
    """Put in other globals; whatever `tf.function` has traced is traced anew, or it would keep the old ones."""
    traced = {name: value for name, value in ns.names.items() if hasattr(type(value), "python_function")}
    anew = {name: tf.function(value.python_function) for name, value in traced.items()}
    logger, level = tf.get_logger(), tf.get_logger().level
    logger.setLevel("ERROR")  # TensorFlow warns of functions that are traced often
    try:
        with ns.replaced(**(anew | names)):
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

image_sizes = st.tuples(sizes(5, 8), sizes(5, 8))
chain_cases = st.fixed_dictionaries(
    {
        "layer": st.integers(0, len(CHAIN) - 1),
        "size": image_sizes,
        "batch": sizes(1, 3),
        "seed": seeds(),
    }
)
branch_cases = st.fixed_dictionaries(
    {"layer": st.sampled_from(BRANCHES), "size": image_sizes, "batch": sizes(1, 3), "seed": seeds()}
)


def images_of(case: Case, rows: int = 0) -> np.ndarray:
    """A batch of images with values between -1 and 1, `rows` larger than the case says."""
    height, width = case["size"]
    return uniform(case["seed"] + 50 + rows, (case["batch"], height + rows, width, 3), -1, 1)


@probe
def chained(ns: Namespace, case: Case) -> Any:
    """What an extractor of a layer of a simple chain makes of images, and of larger ones."""
    extractor = ns.call("build_feature_extractor", _chain(case), chain_names(case)[case["layer"]])
    seen = {key: extractor(tf.constant(images_of(case, rows))) for key, rows in (("maps", 0), ("larger", 2))}
    return seen | {"is_model": isinstance(extractor, keras.Model)}


@probe
def branched(ns: Namespace, case: Case) -> Any:
    """What an extractor of a layer of a network with a way around makes of images, and whether the network changed."""
    watched = _Watched(_branched(case))
    extractor = ns.call("build_feature_extractor", watched.network, case["layer"])
    return {"maps": extractor(tf.constant(images_of(case))), "moved": watched.moved()}


CHAINED = EXTRACTOR.trial(chained, chain_cases, shrinks=8)


@CHAINED.check(
    points=0.8,
    hint="A Functional model may end anywhere: it is made of the inputs of one network and the output of one layer.",
)
def gives_the_activation(case: Case, seen: Any) -> None:
    """`build_feature_extractor` gives a Keras model from images to the activation of the layer of that name, with the
    network's own weights."""
    for name, rows in (("maps", 0), ("larger", 2)):
        due = chain_activations(case, images_of(case, rows))[case["layer"]]
        close(seen[name], due, "The activation", ulps=256, scale=1)
    expect(seen["is_model"], "What came back can be called, but is not a Keras model.")


# The loss


@st.composite
def _networks(draw: Any, least: int, most: int, strides: tuple[int, ...] = (1,)) -> Case:
    """Sizes of images and of a network with one filter picked, and a seed for everything else."""
    filters = draw(sizes(2, 4))
    return {
        "size": (draw(sizes(least, most)), draw(sizes(least, most))),
        "batch": draw(sizes(1, 3)),
        "filters": filters,
        "filter_index": draw(st.integers(0, filters - 1)),
        "stride": draw(st.sampled_from(strides)),
        "seed": draw(seeds()),
    }


border_cases = _networks(6, 8)
loss_cases = _networks(10, 13, strides=(1, 2))


def repainted(case: Case) -> np.ndarray:
    """The images with other border pixels."""
    images = images_of(case) + 3
    inside = (slice(None), slice(BORDER, -BORDER), slice(BORDER, -BORDER))
    images[inside] -= 3
    return images


def shift(case: Case) -> np.ndarray:
    """A colour that is added to all pixels."""
    return uniform(case["seed"] + 70, (3,), 0.5, 2)


@probe
def bordered(ns: Namespace, case: Case) -> Any:
    """The loss of images, of images with other borders, and of images with a colour added, for a linear network."""
    images = {"loss": images_of(case), "repainted": repainted(case), "shifted": images_of(case) + shift(case)}
    with _with(ns, feature_extractor=linear_network(case)):
        return {
            name: ns.call("compute_loss", tf.constant(value), case["filter_index"]) for name, value in images.items()
        }


@probe
def loss_and_gradient(ns: Namespace, case: Case) -> Any:
    """The loss, its gradient with respect to the images, and whether the network changed."""
    watched, images = _Watched(smooth_network(case)), tf.constant(images_of(case))
    with _with(ns, feature_extractor=watched.network), tf.GradientTape() as tape:
        tape.watch(images)
        loss = ns.call("compute_loss", images, case["filter_index"])
    seen = {"loss": loss, "moved": watched.moved()}
    return seen | {"gradient": tape.gradient(loss, images) if tf.is_tensor(loss) else None}


BORDERED = LOSS.trial(bordered, border_cases)


@BORDERED.check(points=1, hint="Slice the feature map before you average: two rows and two columns go at each end.")
def mean_of_the_inner_pixels(case: Case, seen: Any) -> None:
    """The loss is one number; other border pixels don't change it, and when the feature map grows by 1 everywhere, the
    loss grows by 1."""
    for name in ("loss", "repainted", "shifted"):
        finite(same_shape(seen[name], (), "The loss"), "The loss")
    size = {"ulps": 64, "scale": 16}
    close(seen["repainted"], float(seen["loss"]), "The loss after the border of the feature map has changed", **size)
    more = float(shift(case) @ linear_kernel(case)[:, case["filter_index"]])
    grown = float(seen["shifted"]) - float(seen["loss"])
    close(grown, more, f"The growth of the loss when all pixels of the feature map grow by {more:.2f}", **size)


# The step


@st.composite
def _ascents(draw: Any, least: int = 8, most: int = 10) -> Case:
    """One image, a network with one filter picked, a learning rate."""
    rate = draw(st.sampled_from([2.0, 0.5, 10.0, 1.5, 5.0]))
    return draw(_networks(least, most)) | {"batch": 1, "learning_rate": rate}


step_cases = _ascents()


def _stepped(ns: Namespace, case: Case, network: keras.Model) -> dict[str, Any]:
    watched, image = _Watched(network), tf.constant(images_of(case))
    with _with(ns, feature_extractor=network, compute_loss=score_of(network)):
        loss, moved = _pair(ns.call("gradient_ascent_step", image, case["filter_index"], case["learning_rate"]))
    return {"loss": loss, "image": moved, "moved": watched.moved(), "given": image}


def _pair(result: Any) -> Any:
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise TypeError(f"(loss, img) is due, and not one {type(result).__name__}")
    return result


@probe
def ascended(ns: Namespace, case: Case) -> Any:
    """One step: the loss, the new image, whether the network changed, and the given image as it is afterwards."""
    return _stepped(ns, case, curved_scores(case))


@probe
def ascended_nowhere(ns: Namespace, case: Case) -> Any:
    """One step for a filter that no image changes."""
    return _stepped(ns, case, curved_scores(case, dead=True))


ASCENDED = STEP.trial(ascended, step_cases)


@ASCENDED.check(
    points=1, hint="Take the gradient with respect to the image, and divide it by the root of the sum of its squares."
)
def moves_by_the_learning_rate(case: Case, seen: Any) -> None:
    """One step moves the image by exactly the learning rate (the L2 distance of the two images), returned beside a loss
    that is one number; the network and the given image stay as they are."""
    image = images_of(case)
    finite(same_shape(seen["loss"], (), "The loss"), "The loss")
    away = finite(same_shape(seen["image"], image.shape, "The image"), "The image").astype(np.float64) - image
    distance, rate = float(np.sqrt((away**2).sum())), case["learning_rate"]
    expect(abs(distance - rate) < 1e-3 * rate, "The image has moved by another length.", distance, rate)
    expect(array(seen["moved"], "A weight") == 0, "A weight or a statistic of the network has changed.", seen["moved"])
    close(seen["given"], image, "The image that was given, after the step,")


# The whole ascent

visualize_cases = st.builds(lambda case, iterations: case | {"iterations": iterations}, _ascents(), sizes(1, 4))


def _visualized(ns: Namespace, case: Case, *arguments: Any) -> dict[str, Any]:
    start, network = images_of(case), straight_scores(case)
    names = {"feature_extractor": network, "compute_loss": score_of(network)}
    names |= {"gradient_ascent_step": straight_step(case), "initialize_image": lambda: tf.constant(start)}
    with _with(ns, **names):
        loss, image = _pair(ns.call("visualize_filter", case["filter_index"], *arguments))
    image = tf.convert_to_tensor(image)
    return {"loss": loss, "image": image[None] if image.shape.rank == 3 else image}


@probe
def visualized(ns: Namespace, case: Case) -> Any:
    """Loss and image after a few steps that all have the same direction."""
    return _visualized(ns, case, case["iterations"], case["learning_rate"])


@probe
def visualized_by_default(ns: Namespace, case: Case) -> Any:
    """Loss and image with the default number of steps and learning rate."""
    return _visualized(ns, case)


VISUALIZED = VISUALIZE.trial(visualized, visualize_cases, examples=3)


@VISUALIZED.check(
    points=0.8, hint="Each step takes the image that the step before it gave, and the first takes initialize_image()."
)
def goes_all_the_way(case: Case, seen: Any) -> None:
    """The image comes from `initialize_image()` and from as many steps as asked for: where all steps have the same
    direction, it ends `iterations * learning_rate` away from there, as plain floats."""
    start, way = images_of(case), case["iterations"] * case["learning_rate"]
    finite(same_shape(seen["loss"], (), "The loss"), "The loss")
    image = finite(same_shape(seen["image"], start.shape, "The image"), "The image")
    expect(image.dtype.kind == "f", "The image does not consist of floats.", str(image.dtype), "float32")
    distance = float(np.sqrt(((image.astype(np.float64) - start) ** 2).sum()))
    expect(abs(distance - way) < 1e-3 * way, "The image ends at another distance from its start.", distance, way)

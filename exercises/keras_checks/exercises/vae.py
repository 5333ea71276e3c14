"""Checks of `vae`: probes and public properties."""

from __future__ import annotations

import itertools
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.causes import tidied
from keras_checks.compare import EPS32, Failure, array, close, expect, finite, same_shape
from keras_checks.model_probes import model_probe
from keras_checks.models import make_weights
from keras_checks.observe import Namespace, describe_error, plain, probe
from keras_checks.question import Case, Question
from keras_checks.seeds import seeds_of_their_own
from keras_checks.strategies import arrays, seeds, sizes, uniform
from keras_checks.testbeds.bends import bends, bent, outputs
from keras_checks.testbeds.descent import PLAIN_DESCENT, descent, descent_rules
from keras_checks.testbeds.freedom import freedom, moves_freely
from keras_checks.testbeds.graphs import in_graph
from keras_checks.testbeds.reach import led
from keras_checks.testbeds.weights import draw_weights

SAMPLING = Question(
    "sampling", ("Sampling",), 2, 'VAE: Custom Model, "A custom Layer: Sampling"', shows=("z_mean", "z_log_var")
)
PARTS = Question(
    "encoder_decoder",
    ("build_encoder", "build_decoder"),
    3,
    'VAE: Custom Model, "the Encoder and Decoder are both implemented as Functional models"',
    shows=("image_shape", "latent_dim", "batch"),
)
KL = Question(
    "kl_divergence", ("kl_divergence",), 2, 'VAE: Custom Model, "Complex loss"', shows=("z_mean", "z_log_var")
)
VAE = Question(
    "vae", ("VAE",), 3, 'VAE: Custom Model, "A custom training step"', shows=("image_shape", "latent_dim", "batch")
)

ROWS = 2000
"""Examples in the batch whose noise is measured."""
SMALLER = (1, 64, 3, 245)
"""Sizes of further batches: the noise of an answer must not depend on how many examples come together."""
ERRORS = 7
"""Standard errors that a statistic of right noise may be off; more happens in less than one draw in 10^11."""
RATE = 0.01
SAME = 1e-6
"""Outputs that differ by less do not depend on the input."""
LOSSES = ("loss", "reconstruction_loss", "kl_loss")
Arrays = dict[str, np.ndarray]


# Sampling


@st.composite
def _codes(draw: Any, low: int = 1) -> Arrays:
    """Means, log variances, and a weight for each entry of z; at least ``low`` examples and axes."""
    shape = (draw(sizes(low, 3)), draw(sizes(low, 3)))
    return {
        "z_mean": draw(arrays(shape, key=1)),
        "z_log_var": draw(arrays(shape, key=2)),
        "weight": draw(arrays(shape, 0.5, 2, key=3)),
    }


def _column(means: list[float], variances: list[float], deviations: list[float]) -> Case:
    log_var = np.log(np.array(variances)).astype(np.float32)
    return {
        "z_mean": np.array(means, np.float32),
        "z_log_var": log_var,
        "deviation": np.array(deviations),
        "sizes": SMALLER,
    }


code_cases = _codes()
# One mean, variance and standard deviation per latent axis.
COLUMNS = _column([1, -2, 0.5], [9, 0.25, 1], [3, 0.5, 1]), _column([3, -1], [10_000, 0.0001], [100, 0.01])
worked_columns = st.sampled_from(COLUMNS)
columns_in_graph = st.just(COLUMNS[0])  # the deviations are those of eager calls: here the draws must be independent


def _tensors(case: Case, *names: str) -> list[Any]:
    return [tf.constant(case[name]) for name in names]


def _repeated(case: Case) -> list[Any]:
    """The same mean and log variance for every example of a large batch."""
    return [tf.constant(np.tile(case[name], (ROWS, 1))) for name in ("z_mean", "z_log_var")]


@probe
def sampled_gradient(ns: Namespace, case: Case) -> Any:
    """One draw, and how the weighted sum of z changes with the layer's two inputs."""
    layer = ns["Sampling"]()
    z_mean, z_log_var, weight = _tensors(case, "z_mean", "z_log_var", "weight")
    with tf.GradientTape() as tape:
        tape.watch([z_mean, z_log_var])
        z = layer([z_mean, z_log_var])
    if getattr(z, "shape", None) != weight.shape:
        return {"z": z}
    by_mean, by_log_var = tape.gradient(tf.convert_to_tensor(z), [z_mean, z_log_var], weight)
    return {"z": z, "by_mean": by_mean, "by_log_var": by_log_var}


@probe
@seeds_of_their_own()
def sampled_noise(ns: Namespace, case: Case) -> Any:
    """Calls on a large batch of equal examples: one layer twice and with `training=False`, then another layer; and on
    smaller batches."""
    layer, inputs = ns["Sampling"](), _repeated(case)
    seen = {"first": layer(inputs), "second": layer(inputs)}
    seen |= {"inference": layer(inputs, training=False), "training": layer(inputs, training=True)}
    return seen | {"other_layer": ns["Sampling"]()(inputs), "smaller": _smaller(layer, inputs, case)}


def _smaller(layer: Any, inputs: list[Any], case: Case) -> list[Any]:
    """Twice: what calls on smaller batches of several sizes give, in one array."""
    batches_of_inputs = [[part[:size] for part in inputs] for size in case["sizes"]]
    return [np.concatenate([layer(batch) for batch in batches_of_inputs]) for _ in range(2)]


@probe
@seeds_of_their_own()
def sampled_in_graph(ns: Namespace, case: Case) -> Any:
    """Two runs of one traced function that calls the layer, and a Functional model with an unknown batch size: on three
    examples, and traced, on batches of several sizes."""
    layer, inputs = ns["Sampling"](), _repeated(case)
    traced = tf.function(lambda z_mean, z_log_var: layer([z_mean, z_log_var])).get_concrete_function(*inputs)
    seen = {"first": traced(*inputs), "second": traced(*inputs)}
    return seen | {"functional": _functional(layer, inputs, case)}


def _functional(layer: Any, inputs: list[Any], case: Case) -> Any:
    symbols = [keras.Input(part.shape[1:]) for part in inputs]
    try:
        model = keras.Model(symbols, layer(symbols))
        signature = [tf.TensorSpec((None, *part.shape[1:]), part.dtype) for part in inputs]
        traced = tf.function(lambda *parts: model([*parts]), input_signature=signature)
        smaller = _smaller(lambda batch: traced(*batch), inputs, case)
        return {"z": model([part[:3] for part in inputs]), "smaller": smaller}
    except Exception as error:  # the outcome is judged beside the noise, not instead of it
        return {"raised": describe_error(error)["message"]}


def deviations(case: Case, z: Any, what: str, rows: int = ROWS) -> np.ndarray:
    """How far each draw is from its mean, in units of the spread of its latent axis: `(rows, axes)`."""
    found = finite(same_shape(z, (rows, *case["z_mean"].shape), what), what).astype(np.float64)
    away = found - case["z_mean"]
    spread = away.std(axis=0)
    expect(
        np.abs(away).max() > 1e-3,
        f"{what} has no noise: it equals z_mean.",
        found[0],
        case["z_mean"],
        hint="Add noise in every call, whatever `training` is.",
    )
    expect(
        (spread > 1e-4).all(),
        f"{what}: every example of the batch got the same noise.",
        away[:2],
        "different noise in each row",
        hint="The noise needs the shape of `z_mean`, including the batch axis.",
    )
    return away / spread


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation of two arrays of the same shape, entry by entry; 0 where one of them is constant."""
    first, second = (part.astype(np.float64).ravel() - part.mean() for part in (one, other))
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) / size if size > 1e-9 else 0.0


def independent(first: np.ndarray, second: np.ndarray, who: str, hint: str = "") -> None:
    """Fail where two arrays of noise are correlated by more than chance."""
    together = correlation(first, second)
    message = f"{who} do not have independent noise (correlation {together:.2f})."
    expect(abs(together) < ERRORS / np.sqrt(first.size), message, hint=hint)


CALLS = {
    "first": "z",
    "second": "z",
    "inference": "z with training=False",
    "training": "z with training=True",
}
"""The calls of one layer on a large batch."""
MIRRORED = (
    "Draw a new value for each entry of `z_mean`: do not repeat noise, and do not use it again with its sign changed."
)


def independent_examples(noise: np.ndarray) -> None:
    """Fail where the noise of an example is correlated with that of the next one, or of any later one.

    With 8 standard errors for each of some thousand distances, right noise fails less than once in 10^11 times.
    """
    independent(noise[:-1], noise[1:], "Neighboring examples")
    spectrum = np.abs(np.fft.rfft(noise - noise.mean(), n=2 * len(noise), axis=0)) ** 2
    lags = np.fft.irfft(spectrum, axis=0)[1 : len(noise) // 2 + 1].sum(axis=1) / (noise.size * noise.var())
    far = float(np.abs(lags).max())
    expect(
        far < (ERRORS + 1) / np.sqrt(noise.size),
        "The noise of some examples depends on that of others.",
        far,
        0,
        MIRRORED,
    )


def independent_axes(noise: np.ndarray) -> None:
    """Fail where two latent axes have correlated noise."""
    for one, other in itertools.combinations(range(noise.shape[1]), 2):
        hint = "Draw one value per latent axis, not only one per example."
        independent(noise[:, one], noise[:, other], "Two latent axes", hint)


def without_bounds(batches_of_noise: list[np.ndarray]) -> None:
    """Fail where no noise is beyond 3: of 12,000 normal numbers some are, but for one case in 10^14."""
    far = max(float(np.abs(noise).max()) for noise in batches_of_noise)
    hint = "Draw normal noise that is not cut off, with `tf.random.normal` or `keras.random.normal`."
    expect(far > 3.001, "No noise is beyond three standard deviations: it is not normal.", far, "more than 3", hint)


IN_SMALLER = "z of smaller batches"


def independent_in_smaller(case: Case, smaller: Any) -> None:
    """Fail unless the noise is independent in smaller batches, too."""
    first, second = (deviations(case, z, IN_SMALLER, sum(case["sizes"])) for z in smaller)
    hint = "Draw noise of the shape of `z_mean` in each call, whatever the batch size is."
    independent(first, second, "Two calls on smaller batches", hint)
    independent(first[:-1], first[1:], "Neighboring examples of smaller batches", hint)


def centred(noise: np.ndarray, what: str) -> None:
    """Fail where noise in units of its deviation is not 0 on average."""
    middle = noise.mean(axis=0)
    near = np.abs(middle) < ERRORS / np.sqrt(len(noise))
    hint = "The noise must have mean 0: `uniform` between 0 and 1 has mean 0.5."
    expect(near.all(), f"The mean of {what} is not z_mean.", middle, np.zeros_like(middle), hint)


def standardized(batches_of_noise: list[np.ndarray]) -> list[bool]:
    """Whether the mean over each batch of standard noise is exactly 0: in every axis, and over all entries.

    For three batches that happens by chance in less than one case in 10^10.
    """
    axes = [np.abs(noise.mean(axis=0)).max() * np.sqrt(len(noise)) for noise in batches_of_noise]
    entries = [np.abs(noise.mean()) * np.sqrt(noise.size) for noise in batches_of_noise]
    return [bool(max(middles) < 3e-4) for middles in (axes, entries)]


SAMPLED_GRADIENT = SAMPLING.trial(sampled_gradient, code_cases)


@SAMPLED_GRADIENT.check(points=0.3, hint="`z` is `z_mean` plus noise: do not scale `z_mean`.")
def moves_with_the_mean(case: Case, seen: Any) -> None:
    """`z` has the shape of `z_mean`, and the gradient of each entry of `z` with respect to the same entry of `z_mean`
    is 1."""
    finite(same_shape(seen["z"], case["z_mean"].shape, "z"), "z")
    hint = "Every operation from `z_mean` to `z` must come from TensorFlow or `keras.ops`."
    expect(seen["by_mean"] is not None, "No gradient flows from z back to z_mean.", hint=hint)
    close(seen["by_mean"], case["weight"], "The gradient of the weighted sum of z with respect to z_mean", ulps=8)


@SAMPLED_GRADIENT.check(
    points=0.4,
    hint="The noise is multiplied by the standard deviation, the square root of the variance. `z_log_var` is the "
    "logarithm of the variance.",
)
def moves_with_the_log_variance(case: Case, seen: Any) -> None:
    """The gradient of each entry of `z` with respect to the same entry of `z_log_var` is `(z - z_mean) / 2`."""
    z = finite(same_shape(seen["z"], case["z_mean"].shape, "z"), "z").astype(np.float64)
    hint = "Multiply the noise by a standard deviation that is computed from `z_log_var`, without NumPy."
    expect(seen["by_log_var"] is not None, "No gradient flows from z back to z_log_var.", hint=hint)
    wanted = 0.5 * (z - case["z_mean"]) * case["weight"]
    scale = 2 * max(2.0, float(np.abs(z).max()))
    close(
        seen["by_log_var"],
        wanted,
        "The gradient of the weighted sum of z with respect to z_log_var",
        ulps=16,
        scale=scale,
    )


WORKED_NOISE = SAMPLING.trial(sampled_noise, worked_columns, examples=2)


def _standard(case: Case, z: Any) -> np.ndarray:
    """The noise in ``z`` in units of the deviation that was worked out."""
    return (array(z, "z").astype(np.float64) - case["z_mean"]) / case["deviation"]


@WORKED_NOISE.check(
    points=0.4,
    hint="Multiply the noise by the standard deviation, not by the variance or its "
    "logarithm: `z_log_var` is the logarithm of the variance.",
)
def spread_of_the_draws(case: Case, seen: Any) -> None:
    """Draws have standard deviation 3 for `z_log_var = log 9`, 0.5 for `log 0.25` and 1 for 0, also with
    `training=False`. About 5 % of them are more than two standard deviations from the mean, as for normal noise."""
    for name, what in CALLS.items():
        deviations(case, seen[name], what)
        noise = _standard(case, seen[name])
        spread = noise.std(axis=0)
        near = np.abs(spread**2 - 1) < ERRORS * np.sqrt(2 / ROWS)
        received, wanted = spread * case["deviation"], case["deviation"]
        expect(near.all(), f"The draws of {what} have the wrong standard deviation.", received, wanted)
        share = float((np.abs(noise) > 2).mean())
        hint = "Draw normal noise, with `tf.random.normal` or `keras.random.normal`."
        away = ERRORS * np.sqrt(0.0455 * 0.9545 / noise.size)
        expect(
            abs(share - 0.0455) < away,
            "The noise is not normal: the share beyond two standard deviations is wrong.",
            share,
            0.046,
            hint,
        )


@WORKED_NOISE.check(points=0.3, hint="Draw noise of the shape of `z_mean`, inside `call`.")
def fresh_noise(case: Case, seen: Any) -> None:
    """Each example, each latent axis and each call gets independent noise. Its expected value is 0, but its mean over a
    batch is not exactly 0."""
    calls = [deviations(case, seen[name], what) for name, what in CALLS.items()]
    for one, other in itertools.combinations(calls, 2):
        independent(one, other, "Two calls of one layer", "Draw inside `call`, without a fixed seed.")
    first = calls[0]
    independent_examples(first)
    independent_axes(first)
    centred(first, "z")
    independent_in_smaller(case, seen["smaller"])
    hint = "Do not standardize the noise: the mean of a few independent draws is not exactly 0."
    batches_of_noise = [_standard(case, seen[name]) for name in CALLS]
    expect(not any(standardized(batches_of_noise)), "The noise of each batch has a mean of exactly 0.", hint=hint)
    without_bounds(batches_of_noise)


WORKED_IN_GRAPH = SAMPLING.trial(sampled_in_graph, columns_in_graph, examples=1)


@WORKED_IN_GRAPH.check(
    points=0.3,
    hint="The Python code in `call` runs only once, while the function is traced. Draw with an operation of "
    "TensorFlow or Keras: it runs in every step.",
)
def fresh_in_a_traced_function(case: Case, seen: Any) -> None:
    """Inside a `tf.function`, as in `fit`, each run draws new noise. The layer also works in a Functional model with
    unknown batch size."""
    first, second = (deviations(case, seen[name], "z") for name in ("first", "second"))
    hint = "NumPy and Python draw only once, while the function is traced. Use `tf.random` or `keras.random`."
    independent(first, second, "Two runs of one traced function", hint)
    centred(first, "z")
    functional = seen["functional"]
    expect(
        "raised" not in functional,
        f"In a Functional model the layer raised: {tidied(functional.get('raised', ''))}",
        hint="The inputs of a Functional model are symbolic: get the shape with `tf.shape` or `keras.ops.shape`.",
    )
    finite(same_shape(functional["z"], (3, *case["z_mean"].shape), "z of a Functional model"), "z of that model")
    independent_in_smaller(case, functional["smaller"])


# Encoder and decoder


class MixedSampling:
    """Stands in for `Sampling`: a model of Keras's own layers, so that the encoder can be looked at as data.

    Its output is 2 * z_mean - z_log_var: no noise, and different for any other order of the inputs.
    """

    def __new__(cls, *_: Any, name: str | None = None, **__: Any) -> Any:
        z_mean, z_log_var = keras.Input((None,)), keras.Input((None,))
        mixed = keras.layers.Subtract()([keras.layers.Rescaling(2.0)(z_mean), z_log_var])
        return keras.Model([z_mean, z_log_var], mixed, name=name)


WIDE = 40
"""So many latent axes that a head which can take both signs takes both: one that can't is told from chance."""


def _settings(*settings: tuple[tuple[int, int, int], int], free: int) -> st.SearchStrategy[Case]:
    """Cases with one image shape and number of latent axes each; in number ``free``, see :func:`looks_free`."""
    found = [
        {"image_shape": shape, "latent_dim": axes, "batch": 3 + index % 2, "seed": index, "free": "never"}
        for index, (shape, axes) in enumerate(settings)
    ]
    found[free]["free"] = "always"
    return st.sampled_from(found)


# One and three channels; sizes that are odd, even, a multiple of 4, wide, high.
# With two axes, two heads of which one follows from the other move in two directions only.
# Rows and columns leave each remainder but one when divided by 4.
encoder_cases = _settings(((8, 11, 1), 2), ((9, 14, 3), 40), ((15, 12, 1), 41), free=0)
decoder_cases = _settings(((8, 11, 1), 2), ((9, 14, 3), 3), ((15, 12, 1), 5), free=1)


def redraw_until_alive(model: Any, inputs: Any, seed: int) -> Any:
    """Redraw the weights until no output is the same for all inputs: a narrow layer of relu units may be dead by
    chance. Returns the outputs."""
    make_weights(model, inputs)
    outputs = None
    for number in range(8):
        draw_weights(model, [8 * seed + number])
        outputs = model(inputs, training=False)
        found = [np.asarray(part) for part in (outputs if isinstance(outputs, list | tuple) else [outputs])]
        if all(part.ndim and np.ptp(part, axis=0).max() > SAME for part in found):
            break
    return outputs


def _build_encoder(ns: Namespace, case: Case) -> Any:
    with ns.replaced(Sampling=MixedSampling):
        return ns.call("build_encoder", case["image_shape"], case["latent_dim"])


@model_probe(_build_encoder)
def encoded(encoder: Any, case: Case) -> Any:
    """The encoder's outputs for a batch of images, once more, and for the first image alone."""
    images = tf.constant(uniform(case["seed"], (case["batch"], *case["image_shape"]), 0, 1))
    seen: dict[str, Any] = {"together": _outputs(redraw_until_alive(encoder, images, case["seed"]))}
    seen |= {"again": _outputs(encoder(images, training=False))}
    seen |= {"alone": _outputs(encoder(images[:1], training=False))}
    channels = np.eye(case["image_shape"][-1], dtype=bool)
    others = [tf.where(channel, 1 - images, images) for channel in channels]
    changed = _outputs(encoder(tf.concat(others, axis=0), training=False))[0]
    seen["channels"] = np.array_split(np.asarray(changed), len(channels))
    return seen | {"freedom": _freedom(encoder, images, case, heads=2)}


def _freedom(model: Any, inputs: Any, case: Case, heads: int = 1) -> Any:
    """How freely the outputs for one input move, in the cases in which that is looked at."""
    if not looks_free(case, case):
        return None
    least = min(DIRECTIONS, heads * case["latent_dim"])
    return freedom(model, np.asarray(inputs[:1]), case["seed"], least=least, heads=heads)


def looks_free(case: Case, place: Any) -> bool:
    """Whether a case asks how freely the outputs move: "always", "never", or "in place", beside code of the student's.

    Args:
        place: a dict that says ``in_place`` where the model is looked at beside the code that made it.
    """
    return case["free"] == "always" or (case["free"] == "in place" and bool(place.get("in_place")))


NARROW_OR_DEPENDENT = (
    "Compute both heads from the features, not one from the other, and let no layer before them have fewer than eight "
    "units."
)
DIRECTIONS = 4
"""Directions in which the code varies with the image, and the image with the code, where there are so many numbers. The
eight numbers that a hidden layer must pass on leave six behind a layer normalization."""


def _outputs(outputs: Any) -> list[Any]:
    if not isinstance(outputs, list | tuple):
        raise TypeError(f"The encoder returns one {type(outputs).__name__}, not [z_mean, z_log_var, z].")
    return list(outputs)


def heads(case: Case, outputs: Any, batch: int) -> list[np.ndarray]:
    """z_mean, z_log_var and z, each checked for its shape."""
    names = ("z_mean", "z_log_var", "z")
    expect(len(outputs) == 3, "The encoder does not have three outputs.", f"{len(outputs)} outputs", "3 outputs")
    shape = (batch, case["latent_dim"])
    return [finite(same_shape(output, shape, name), name) for output, name in zip(outputs, names, strict=True)]


def from_stand_in(z_mean: np.ndarray, z_log_var: np.ndarray, z: np.ndarray) -> bool:
    """Whether z is what the stand-in for `Sampling` makes of the two heads."""
    scale = np.abs(z_mean).max() + np.abs(z_log_var).max() + 1
    return bool(np.abs(z - (2 * z_mean - z_log_var)).max() < 128 * EPS32 * scale)


ENCODED = PARTS.trial(encoded, encoder_cases, examples=3, shrinks=4)


@ENCODED.check(points=0.6, hint="Pass the three outputs to `keras.Model` as a list: `[z_mean, z_log_var, z]`.")
def three_outputs(case: Case, seen: Any) -> None:
    """`build_encoder` returns a model with three outputs of shape `(batch, latent_dim)`, for images of different sizes
    with one or three channels. The outputs for an image depend on all its channels, and not on the other images of its
    batch; different changes of the image change the code in different ways. Most kernels are trainable."""
    together, alone = heads(case, seen["together"], case["batch"]), heads(case, seen["alone"], 1)
    for name, one, other in zip(("z_mean", "z_log_var"), alone, together, strict=False):
        hint = "Compute both heads from the features of the image."
        expect(np.ptp(other, axis=0).max() > SAME, f"{name} is the same for all images.", hint=hint)
        same = np.abs(one - other[:1]).max() <= 4096 * EPS32 * max(1.0, np.abs(other).max())
        hint = "Reductions and reshapes must not touch axis 0, the batch."
        expect(same, f"{name} of an image depends on the other images of its batch.", one, other[:1], hint)
    shape = (case["image_shape"][-1], *together[0].shape)
    moved = np.abs(same_shape(seen["channels"], shape, "z_mean for changed images") - together[0]).max(axis=(1, 2))
    hint = "Pass the whole image, with all its channels, to the first layer."
    expect((moved > SAME).all(), f"z_mean does not depend on channel {int(np.argmin(moved))}.", hint=hint)
    if looks_free(case, seen):
        moves_freely(seen["freedom"], "What the two heads give", DIRECTIONS, NARROW_OR_DEPENDENT)


@ENCODED.check(
    points=0.6,
    hint="Use two `Dense` layers without activation on the same features, and call `Sampling` on their outputs.",
)
def two_heads_and_a_draw(case: Case, seen: Any) -> None:
    """`z_mean` and `z_log_var` differ, and each can be negative or positive. `z` is the output of `Sampling` for
    `[z_mean, z_log_var]`, in this order. (The check replaces `Sampling` with a layer that returns `2 * z_mean -
    z_log_var`.)"""
    z_mean, z_log_var, z = (each.astype(np.float64) for each in heads(case, seen["together"], case["batch"]))
    for name, head in (("z_mean", z_mean), ("z_log_var", z_log_var)):
        hint = "A mean and a log variance can be any number: use no activation in this head."
        both = head.min() < 0 < head.max() or case["latent_dim"] < WIDE
        expect(both, f"{name} has only one sign, whatever the weights are.", hint=hint)
    hint = "Create two layers: one layer that is called twice uses the same weights both times."
    expect(np.abs(z_mean - z_log_var).max() > 1e-6, "z_mean and z_log_var are equal.", hint=hint)
    expect(
        np.abs(z - z_mean).max() > 1e-6,
        "z equals z_mean: it is not sampled.",
        hint="Return the output of `Sampling` as the third output.",
    )
    again = heads(case, seen["again"], case["batch"])
    hint = "Only `z` is random: its mean and log variance depend only on the image."
    expect(np.abs(again[0] - z_mean).max() < 1e-4 * (1 + np.abs(z_mean).max()), "z_mean is random.", hint=hint)
    own_noise = np.abs(z - again[2]).max() > 1e-6
    hint = "Compare the order of the first two outputs with the order of the inputs of `Sampling`."
    message = "z is not the output of Sampling for the first two outputs."
    expect(own_noise or from_stand_in(z_mean, z_log_var, z), message, hint=hint)


SIZES = ((0.5, 0.5), (10, 5), (3, 0.5), (1, 5), (10, 0.5), (3, 5), (0.5, 5), (1, 0.5))
"""How large random kernels and vectors are, in turn: see `draw_weights`."""
LEAST, MOST = 2, 16
"""Draws that every decoder is tried with, and at most: further ones follow until its pixels were dark and bright. The
second has the largest weights: with these, outputs that can leave [0, 1] do."""
CALM = 1
"""The first draws, in which nothing may overflow."""


@model_probe(lambda ns, case: ns.call("build_decoder", case["image_shape"], case["latent_dim"]))
def decoded(decoder: Any, case: Case) -> Any:
    """Images decoded together and alone, and what the pixels do with random weights, and with some that are searched
    for: a decoder whose features have one sign rarely has all channels of a pixel dark, or bright, by chance."""
    codes = tf.constant(uniform(case["seed"], (case["batch"], case["latent_dim"])))
    together = redraw_until_alive(decoder, codes, case["seed"])
    seen = {"together": together, "alone": decoder(codes[:1], training=False)}
    seen["freedom"] = _freedom(decoder, codes, case)
    images = [np.asarray(together)]
    if images[0].ndim != 4:
        return seen
    for number in range(MOST):
        if number >= LEAST and _reaches_all(_range(np.stack(images))):
            break
        kernels, vectors = SIZES[number % len(SIZES)]
        draw_weights(decoder, [1000 * case["seed"] + number], kernels=kernels, vectors=vectors)
        image = np.asarray(decoder(codes, training=False))
        if number < CALM or np.isfinite(image).all():
            images.append(image)
    return seen | {"range": _searched(decoder, codes, case, _range(np.stack(images)))}


def _searched(decoder: Any, codes: Any, case: Case, ends: Any) -> Any:
    """The ends of the pixels, after a search where random weights have left pixels in [0, 1] too bright or too dark."""

    def start(number: int) -> None:
        draw_weights(decoder, [8 * case["seed"] + number])

    inside = ends["lowest"] >= 0 and ends["highest"] <= 1
    for bright, name, best in ((False, "darkest", min), (True, "brightest", max)):
        reached = ends[name] > BRIGHT if bright else ends[name] < DARK
        for image in led(decoder, codes, bright, start) if inside and not reached else ():
            pixel = float(image.min(-1).max() if bright else image.max(-1).min())
            ends[name] = best(float(ends[name]), pixel)
            if pixel > BRIGHT if bright else pixel < DARK:
                break
    return ends


def _reaches_all(ends: Any) -> bool:
    """Whether pixels in [0, 1] were dark and bright in all channels, and each row and column has varied."""
    inside = ends["lowest"] >= 0 and ends["highest"] <= 1
    varied = min(ends["row"].min(), ends["column"].min()) > VARIED
    return bool(inside and ends["darkest"] < DARK and ends["brightest"] > BRIGHT and varied)


DARK, BRIGHT = 0.05, 0.95
"""Values that a right decoder gets below and above."""
VARIED = 1e-4
"""By how much a row or column must have varied."""


def _range(images: np.ndarray) -> Any:
    """Ends of the pixels in images `(draw, batch, height, width, channels)`."""
    found = images.reshape(-1, *images.shape[2:])
    across = {"row": found.max((0, 2, 3)) - found.min((0, 2, 3)), "column": found.max((0, 1, 3)) - found.min((0, 1, 3))}
    ends = {"lowest": found.min(), "highest": found.max()}
    # Over the channels of one pixel: all of them dark, or all of them bright.
    return ends | {"darkest": found.max(-1).min(), "brightest": found.min(-1).max()} | across


DECODED = PARTS.trial(decoded, decoder_cases, examples=3, shrinks=4)


@DECODED.check(
    points=0.8,
    hint="Compute the size after each layer by hand, for 9 rows and 14 columns. If the image becomes too large, crop "
    "it.",
)
def images_of_the_right_size(case: Case, seen: Any) -> None:
    """`build_decoder` returns a model that maps each code to an image of exactly `image_shape`: with odd or even sizes,
    with different height and width, with one or three channels; different changes of the code change the image in
    different ways. Most kernels are trainable."""
    together = finite(
        same_shape(seen["together"], (case["batch"], *case["image_shape"]), "The batch of images"), "An image"
    )
    alone = same_shape(seen["alone"], (1, *case["image_shape"]), "The image")
    apart = np.abs(alone - together[:1]).max()
    hint = "Reductions and reshapes must not touch axis 0, the batch."
    together_is_alone = apart <= 4096 * EPS32 * max(1.0, np.abs(together).max())
    expect(together_is_alone, "An image depends on the other codes of its batch.", alone, together[:1], hint)
    hint = "Compute the image from the code, not from constants."
    expect(np.ptp(together, axis=0).max() > SAME, "All codes give the same image.", hint=hint)
    if looks_free(case, seen):
        moves_freely(seen["freedom"], "The image", min(DIRECTIONS, case["latent_dim"]))


@DECODED.check(points=0.5, hint="Choose a last activation whose values are between 0 and 1.")
def pixels_from_dark_to_bright(case: Case, seen: Any) -> None:
    """Pixels are in [0, 1] whatever the weights are. Over many random weights, some pixels are below 0.05 and some
    above 0.95 in all channels, and no row or column at the edge is constant."""
    expect("range" in seen, "The decoder does not return images.")
    ends = seen["range"]
    lowest, highest = (float(finite(ends[name], "A pixel")) for name in ("lowest", "highest"))
    received, wanted = f"{lowest:.2f} to {highest:.2f}", "0 to 1"
    expect(lowest >= -1e-6 and highest <= 1 + 1e-6, "A pixel is outside of [0, 1].", received, wanted)
    hint = (
        "Look at what comes directly before and after the last activation: a `relu` before it removes negative "
        "values, and a second activation after it narrows the range."
    )
    dark, bright = float(ends["darkest"]), float(ends["brightest"])
    expect(dark < DARK, f"Whatever the weights are, no pixel is darker than {dark:.2f}.", hint=hint)
    expect(
        bright > BRIGHT, f"Whatever the weights are, no pixel is brighter than {bright:.2f} in all channels.", hint=hint
    )
    for name, size in zip(("row", "column"), case["image_shape"][:2], strict=True):
        spread = same_shape(ends[name], (size,), f"One number per {name}")
        hint = "Build an image that is too large and crop it: pixels added by padding never change."
        expect(spread[[0, -1]].min() > VARIED, f"The first or last {name} is the same in all images.", hint=hint)


# KL divergence


def _worked(value: float, means: list[list[float]], deviations: list[list[float]], slopes: list[list[float]]) -> Case:
    """A divergence that was worked out by hand, and its gradient with respect to z_log_var times the batch size."""
    log_var = 2 * np.log(np.array(deviations))
    slopes_of_all = np.array(slopes) / len(slopes)
    means_of_all = np.array(means, np.float32)
    return {"z_mean": means_of_all, "z_log_var": log_var.astype(np.float32), "value": value, "slopes": slopes_of_all}


worked_divergences = st.sampled_from(
    [
        _worked(0, [[0]], [[1]], [[0]]),
        _worked(2, [[-2]], [[1]], [[0]]),
        _worked(0.806853, [[0]], [[2]], [[1.5]]),
        _worked(0.318147, [[0]], [[0.5]], [[-0.375]]),
        _worked(1.5625, [[2, 0, 0], [0, 0, 0]], [[1, 2, 1], [1, 1, 0.5]], [[0, 1.5, 0], [0, 0, -0.375]]),
        _worked(9999.500006, [[0], [0]], [[200], [0.005]], [[19999.5], [-0.4999875]]),
    ]
)
kl_cases = _codes()
kl_cases_of_two = _codes(low=2)


@probe
def divergence(ns: Namespace, case: Case) -> Any:
    """The divergence, and its gradient with respect to both arguments."""
    z_mean, z_log_var = _tensors(case, "z_mean", "z_log_var")
    with tf.GradientTape() as tape:
        tape.watch([z_mean, z_log_var])
        value = tf.convert_to_tensor(ns.call("kl_divergence", z_mean, z_log_var))
    by_mean, by_log_var = tape.gradient(value, [z_mean, z_log_var])
    return {"value": value, "by_mean": by_mean, "by_log_var": by_log_var}


@probe
def divergence_in_graph(ns: Namespace, case: Case) -> Any:
    """The divergence in a graph that was traced for any batch size."""
    inputs = _tensors(case, "z_mean", "z_log_var")
    signature = [tf.TensorSpec((None, part.shape[1]), part.dtype) for part in inputs]
    traced = in_graph(lambda *codes: ns.call("kl_divergence", *codes), signature, autograph=True)
    return {"value": traced(*inputs)}


WORKED_DIVERGENCE = KL.trial(divergence, worked_divergences, examples=6)
NO_GRADIENT = "Use `tf` or `keras.ops` from the arguments to the result: the tape does not see what NumPy computes."


@WORKED_DIVERGENCE.check(
    points=0.7,
    hint="Compute the case above by hand: sum the terms over the latent axes, then average over the batch.",
)
def worked_numbers(case: Case, seen: Any) -> None:
    """The divergence is one number, and has the values worked out by hand: 0 for μ = 0, σ = 1; 2 for μ = -2, σ = 1;
    0.807 for μ = 0, σ = 2; 0.318 for μ = 0, σ = 0.5; 1.5625 for two examples with three axes whose terms are 2, 0.807,
    0 and 0, 0, 0.318; 9,999.5 for two examples with μ = 0, σ = 200 and σ = 0.005."""
    value = float(finite(same_shape(seen["value"], (), "The divergence"), "The divergence"))
    hint = TERM_BY_TERM if case["z_mean"].size == 1 else ""
    allowed = max(1e-4, 64 * EPS32 * case["value"])
    expect(abs(value - case["value"]) < allowed, "The divergence has the wrong value.", value, case["value"], hint)


TERM_BY_TERM = (
    "Here there is one number, so no sum or mean is at fault. Compare each term, its sign and the factor in front with "
    "the formula above the cell: μ is `z_mean`, and log σ² is `z_log_var`."
)


@WORKED_DIVERGENCE.check(
    points=0.35,
    hint="`z_mean` enters the formula as ½ μ², whose derivative is μ. Sum over the "
    "latent axes, and average over the batch.",
)
def pulls_the_means_to_zero(case: Case, seen: Any) -> None:
    """The gradient of the divergence with respect to `z_mean` is `z_mean` divided by the batch size."""
    expect(seen["by_mean"] is not None, "No gradient flows back to z_mean.", hint=NO_GRADIENT)
    wanted = case["z_mean"].astype(np.float64) / len(case["z_mean"])
    close(seen["by_mean"], wanted, "The gradient with respect to z_mean", ulps=16, scale=2)


@WORKED_DIVERGENCE.check(
    points=0.35,
    hint="`z_log_var` is in two terms of the formula, log σ² and σ². Check the sign "
    "of each, and how σ² is computed from `z_log_var`.",
)
def pulls_the_variances_to_one(case: Case, seen: Any) -> None:
    """The gradient with respect to `z_log_var`, times the batch size, is 0 for σ = 1, 1.5 for σ = 2, -0.375 for
    σ = 0.5, 19,999.5 for σ = 200 and -0.5 for σ = 0.005."""
    expect(seen["by_log_var"] is not None, "No gradient flows back to z_log_var.", hint=NO_GRADIENT)
    scale = max(8.0, float(np.abs(case["slopes"]).max()))
    close(seen["by_log_var"], case["slopes"], "The gradient with respect to z_log_var", ulps=64, scale=scale)


# The model


MANY_IMAGES = 65, 90
"""Images of the batch of a step: more than the batches of the notebook have, none of which may be left out."""
FEW_IMAGES = 5
"""Up to so many images of a batch, the function that stands in for the divergence is as large as it is."""


@st.composite
def _steps(draw: Any) -> Case:
    """Sizes of color images, codes and batch in which no two axes are alike, and a seed for everything else."""
    rows = draw(sizes(2, 3))
    case = {
        "image_shape": (rows, rows + draw(sizes(1, 2)), 3),
        "latent_dim": draw(sizes(2, 3)),
        "batch": draw(st.integers(*MANY_IMAGES)),
        "seed": draw(seeds()),
    }
    return case | draw(_bends(case)) | draw(descent_rules)


@st.composite
def _bends(draw: Any, case: Case) -> Case:
    """What makes encoder and decoder of a case nonlinear."""
    pixels, axes = int(np.prod(case["image_shape"])), case["latent_dim"]
    encoder = [bend | {"back": 0.0} for bend in draw(bends(pixels, axes))]  # so that codes stay small
    return {"encoder_bends": encoder, "decoder_bends": draw(bends(axes, pixels))}


step_cases = _steps()
LAW_SETTINGS = (
    {"image_shape": (2, 3, 1), "latent_dim": 2, "batch": 4, "seed": 5, "scale": 1.5},
    {"image_shape": (2, 3, 3), "latent_dim": 1, "batch": 5, "seed": 5, "scale": 1.5},
)
law_cases = st.sampled_from(LAW_SETTINGS).flatmap(
    lambda case: _bends(case).map(lambda form: case | form | PLAIN_DESCENT)
)
# One channel and three; batch, height, width and latent axes all differ.
WHITE_CASES: tuple[Case, Case] = (
    {"image_shape": (2, 3, 1), "latent_dim": 2, "batch": 4, "seed": 1, "blacks": 1},
    {"image_shape": (4, 3, 3), "latent_dim": 5, "batch": 2, "seed": 2, "blacks": 2},
)
white_cases = st.sampled_from(WHITE_CASES)
white_fit_cases = st.just(WHITE_CASES[1])  # a mean of three batches: no other way to mix them gives the same
WHITE_COST, BLACK_COST = 0.105361, 2.302585
"""Crossentropy of a pixel that was predicted as 0.9: -log 0.9 where it is 1, -log 0.1 where it is 0."""
WHITE_DIVERGENCE = 2.806853
"""Divergence of one latent axis with mean 2 and deviation 2, as in question 3."""


def tiny_parts(case: Case) -> Arrays:
    """Weights of an encoder and a decoder, and of the function that stands in for the divergence."""
    pixels, axes = int(np.prod(case["image_shape"])), case["latent_dim"]
    shapes = {"mean": (pixels, axes), "log_var": (pixels, axes), "decode": (axes, pixels), "bias": (pixels,)}
    scale = np.float32(case.get("scale", 1.0))
    parts = {
        name: scale * uniform(case["seed"] + key, shape, -0.4, 0.4) for key, (name, shape) in enumerate(shapes.items())
    }
    share = np.float32(min(1.0, FEW_IMAGES / case["batch"]))  # a sum over many images would lead too far in one step
    return parts | {"kl": share * uniform(case["seed"] + 11, (2, axes), 0.5, 1.5)}


def white_parts(case: Case) -> Arrays:
    """Weights that encode white as mean 2 and deviation 2, black as mean 0 and deviation 1, and decode all to 0.9."""
    parts = tiny_parts(case)
    pixels = int(np.prod(case["image_shape"]))
    return parts | {
        "mean": np.full_like(parts["mean"], 2 / pixels),
        "log_var": np.full_like(parts["log_var"], np.log(4) / pixels),
        "decode": np.zeros_like(parts["decode"]),
        "bias": np.full_like(parts["bias"], np.log(9)),
    }


def batches(case: Case, count: int) -> list[np.ndarray]:
    """Batches of images with values between 0.05 and 0.95, each brighter than the last."""
    shape = (case["batch"], *case["image_shape"])
    tops = np.linspace(0.5, 0.95, count)
    return [uniform(case["seed"] + 20 + key, shape, 0.05, top) for key, top in enumerate(tops)]


def batches_of_steps(case: Case) -> list[np.ndarray]:
    """The batches of two steps; the second is a single image, as the last batch of an epoch may be."""
    first, second = batches(case, 2)
    return [first, second[:1]]


def bright(case: Case) -> np.ndarray:
    """A batch of images with values between 0.05 and 0.95."""
    return uniform(case["seed"] + 20, (case["batch"], *case["image_shape"]), 0.05, 0.95)


def white_and_black(case: Case) -> list[np.ndarray]:
    """A batch of white images and one of black ones."""
    shape = (case["batch"], *case["image_shape"])
    return [np.ones(shape, np.float32), np.zeros(shape, np.float32)]


class _Recorded(keras.layers.Layer):
    """A layer with given weights that keeps what it was called with last, in a variable, so that a graph does, too."""

    def __init__(self, function: Any, weights: list[np.ndarray], into: tuple[int, ...], out: tuple[int, ...]) -> None:
        super().__init__()
        self._function = function
        self._out = out
        self._parts = [self.add_weight(shape=part.shape, initializer=_given(part)) for part in weights]
        self.last = tf.Variable(tf.zeros((0, *into)), shape=(None, *into), trainable=False)

    def call(self, inputs: Any) -> Any:
        self.last.assign(inputs)
        return self._function(inputs, *self._parts)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of an output, or of each of three: Keras does not trace ``call`` to find it."""
        shape = (input_shape[0], *self._out)
        return 3 * [shape] if len(self._out) == 1 else shape


def _given(value: np.ndarray) -> Any:
    """An initializer that gives one value."""
    return lambda _shape, dtype=None: tf.constant(value, dtype)


def codes_of(case: Case, images: Any, kernel: Any) -> Any:
    """What the encoder makes of images with the kernel of one of its heads."""
    flat = tf.reshape(images, (-1, kernel.shape[0]))
    return outputs(flat, kernel, tf.zeros(kernel.shape[1]), case.get("encoder_bends", ()))


def tiny_networks(case: Case, parts: Arrays) -> tuple[list[Any], list[Any]]:
    """An encoder and a decoder as Functional models, and the variables that keep what they were called with."""

    def encode(images: Any, mean: Any, log_var: Any) -> Any:
        flat = tf.reshape(images, (-1, mean.shape[0]))
        features = bent(flat, mean, tf.zeros(mean.shape[1]), case.get("encoder_bends", ()))  # of both heads
        z_mean, z_log_var = (tf.matmul(features, kernel) for kernel in (mean, log_var))
        return [z_mean, z_log_var, 2 * z_mean - z_log_var]

    def decode(z: Any, kernel: Any, bias: Any) -> Any:
        logits = outputs(z, kernel, bias, case.get("decoder_bends", ()))
        return tf.reshape(tf.sigmoid(logits), (-1, *case["image_shape"]))

    image, code = case["image_shape"], (case["latent_dim"],)
    layers = [
        _Recorded(encode, [parts["mean"], parts["log_var"]], image, code),
        _Recorded(decode, [parts["decode"], parts["bias"]], code, image),
    ]
    inputs = [keras.Input(image), keras.Input(code)]
    models = [keras.Model(each, layer(each)) for each, layer in zip(inputs, layers, strict=True)]
    return models, [layer.last for layer in layers]


def _stand_ins(parts: Arrays) -> dict[str, Any]:
    """Stand in for other answers: a step that samples again gets what the encoder gave."""

    def kl_divergence(z_mean: Any, z_log_var: Any) -> Any:
        return tf.reduce_sum(parts["kl"][0] * z_mean + parts["kl"][1] * z_log_var**2)

    return {"kl_divergence": kl_divergence, "Sampling": MixedSampling}


def _compiled(ns: Namespace, networks: list[Any], optimizer: Any) -> Any:
    model = ns["VAE"](*networks)
    model.compile(optimizer=optimizer)
    model.jit_compile = False
    return model


def _step(model: Any, networks: list[Any], records: list[Any], images: np.ndarray) -> Any:
    """One step: what was called with what, what came back, where the weights went."""
    results = dict(model.train_step(tf.constant(images)))
    weights = [weight for network in networks for weight in network.get_weights()]
    encoded, decoded = records
    return plain({"results": results, "encoded": encoded, "decoded": decoded, "weights": weights})


@probe
def vae_steps(ns: Namespace, case: Case) -> Any:
    """Two training steps."""
    parts = tiny_parts(case)
    networks, records = tiny_networks(case, parts)
    with ns.replaced(**_stand_ins(parts)):
        model = _compiled(ns, networks, descent(case, RATE))
        return {"steps": [_step(model, networks, records, images) for images in batches_of_steps(case)]}


@probe
def vae_descent(ns: Namespace, case: Case) -> Any:
    """One step of gradient descent, and the loss a little ahead on its way, and a little behind.

    The noise that a step draws itself differs from loss to loss: then the same again with a decoder whose images do not
    depend on the codes.
    """
    parts, images = tiny_parts(case), bright(case)
    names = ("mean", "log_var", "decode", "bias")
    with ns.replaced(**_stand_ins(parts)):
        networks, records = tiny_networks(case, parts)
        model = _compiled(ns, networks, keras.optimizers.SGD(RATE))
        step = _step(model, networks, records, images)
        ends = [(parts[name], end) for name, end in zip(names, step["weights"], strict=True)]
        seen = {"step": step} | _around(ns, networks, ends, images)
        if drawn(case, step):
            start = {**parts, "decode": np.zeros_like(parts["decode"])}
            _put(networks, [start[name] for name in names])
            step = _step(_compiled(ns, networks, keras.optimizers.SGD(RATE)), networks, records, images)
            ends = [(start[name], end) for name, end in zip(names, step["weights"], strict=True)]
            ends[2] = start["decode"], start["decode"]
            seen["without_codes"] = {"step": step} | _around(ns, networks, ends, images)
    return seen


def _around(ns: Namespace, networks: list[Any], ends: list[Any], images: np.ndarray) -> dict[str, Any]:
    """The losses a little ahead on the way from some weights to others, and a little behind."""
    seen = {}
    for name, share in (("ahead", AHEAD), ("behind", -AHEAD)):
        _put(networks, [start + share * (end - start) for start, end in ends])
        model = _compiled(ns, networks, keras.optimizers.SGD(0.0))
        seen[name] = plain(dict(model.train_step(tf.constant(images))).get("loss"))
    return seen


def drawn(case: Case, step: Any) -> bool:
    """Whether a step has decoded codes that it drew itself, not those that the encoder gave."""
    z_mean, z_log_var = (
        np.asarray(codes_of(case, bright(case), tiny_parts(case)[name])) for name in ("mean", "log_var")
    )
    return np.shape(step["decoded"]) == z_mean.shape and np.abs(step["decoded"] - (2 * z_mean - z_log_var)).max() > 1e-4


def _put(networks: list[Any], weights: list[np.ndarray]) -> None:
    """Set the weights of both networks, which several models may share."""
    for network, values in zip(networks, (weights[:2], weights[2:]), strict=True):
        network.set_weights(values)


@probe
def vae_white(ns: Namespace, case: Case) -> Any:
    """Steps that move nothing: one of a model on black images, then of another on white images and on black ones."""
    parts, (white, black) = white_parts(case), white_and_black(case)
    with ns.replaced(**_stand_ins(parts)):
        networks = tiny_networks(case, parts)[0]
        other, model = (_compiled(ns, networks, keras.optimizers.SGD(0.0)) for _ in range(2))
        seen = {"black": _reported(other, black)}
        _put(networks, [parts[name] for name in ("mean", "log_var", "decode", "bias")])
        seen["white"] = _reported(model, white)
        return seen | {"both": [_reported(model, black) for _ in range(case["blacks"])][-1]}


def _reported(model: Any, images: np.ndarray) -> Any:
    return plain(dict(model.train_step(tf.constant(images))))


@probe
def vae_white_fit(ns: Namespace, case: Case) -> Any:
    """What `fit` reports: after a white batch, after a black one or two more, then on a black one alone; no weight
    moves."""
    parts, (white, black) = white_parts(case), white_and_black(case)
    with ns.replaced(**_stand_ins(parts)):
        model = _compiled(ns, tiny_networks(case, parts)[0], keras.optimizers.SGD(0.0))
        return _histories(model, {"white": white, "black": black}, case["blacks"])


class _FirstBatch(keras.callbacks.Callback):
    """Keeps what `fit` reports after its first batch, as a history."""

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, Any] = {}

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch == 0:
            self.history = {name: [plain(value)] for name, value in dict(logs or {}).items()}


def _histories(model: Any, batches_of_images: Arrays, times: int = 1) -> dict[str, Any]:
    """What `fit` reports after the first of two batches; after ``both``, with the second some ``times``; and on the
    second alone."""
    (one, first), (other, second) = batches_of_images.items()

    def fit(*parts: np.ndarray, callbacks: Any = ()) -> Any:
        images = tf.data.Dataset.from_tensor_slices(np.concatenate(parts)).batch(len(first))
        return model.fit(images, callbacks=[*callbacks], verbose=0).history

    start = _FirstBatch()
    both = fit(first, *times * [second], callbacks=[start])
    return {"both": both, other: fit(second), one: start.history}


@probe
def vae_fit(ns: Namespace, case: Case) -> Any:
    """What an eager `fit` reports: after one batch, after another, then on this one alone; codes don't matter and no
    weight moves."""
    parts = tiny_parts(case)
    parts["decode"] = np.zeros_like(parts["decode"])
    both = batches(case, 2)
    with ns.replaced(**_stand_ins(parts)):
        model = _compiled(ns, tiny_networks(case, parts)[0], keras.optimizers.SGD(0.0))
        model.run_eagerly = True  # `vae_white_fit` runs in a graph
        return _histories(model, dict(zip(("first", "second"), both, strict=True)))


AHEAD = 0.1
"""How far from the start, in steps, the loss is looked at again: right answers then miss the slope by 0.001 of it."""


def results_of(results: Any) -> list[float]:
    """loss, reconstruction_loss and kl_loss as numbers."""
    for name in LOSSES:
        expect(name in results, f"train_step returns no `{name}`.", ", ".join(results), ", ".join(LOSSES))
    return [float(finite(same_shape(results[name], (), name), name)) for name in LOSSES]


def _white_divergences(case: Case) -> list[float]:
    """What a batch of white images costs: by question 3, or by the function that stands in for `kl_divergence`."""
    linear, square = white_parts(case)["kl"].astype(np.float64).sum(axis=1)
    return [case["latent_dim"] * WHITE_DIVERGENCE, case["batch"] * float(2 * linear + np.log(4) ** 2 * square)]


def _near(received: float, wanted: list[float], what: str, hint: str) -> None:
    """Fail unless a number is one of those wanted."""
    near = [abs(received - value) < 1e-3 * max(1.0, abs(value)) for value in wanted]
    expect(any(near), f"{what} has the wrong value.", received, wanted[0], hint)


SUMMED = (
    "`binary_crossentropy(x, x_hat)` averages over the channels: sum the result over height and width, then "
    "average over the batch."
)
DIVERGED = "`kl_loss` is `kl_divergence(z_mean, z_log_var)` of this batch, without a factor."
SHARED = (
    "This is a mean over batches of several models: create the trackers in `__init__`, so that each model has its own."
)
WHITE = VAE.trial(vae_white, white_cases, examples=2)


@WHITE.check(points=0.7, hint="`loss` is `reconstruction_loss` plus `kl_loss`.")
def losses_of_a_batch(case: Case, seen: Any) -> None:
    """For white images and pixels predicted as 0.9, `reconstruction_loss` is 0.105 times height times width;
    `kl_loss` is the divergence of the batch, and `loss` is their sum."""
    loss, reconstruction, divergence = results_of(seen["white"])
    height, width, _ = case["image_shape"]
    black = float(array(seen["black"].get("reconstruction_loss"), "`reconstruction_loss`").mean())
    shared = _shares_trackers(reconstruction, black, WHITE_COST * height * width)
    _near(reconstruction, [WHITE_COST * height * width], "`reconstruction_loss`", SHARED if shared else SUMMED)
    _near(divergence, _white_divergences(case), "`kl_loss`", DIVERGED)
    close(loss, reconstruction + divergence, "`loss`", ulps=64, scale=abs(reconstruction) + abs(divergence))


def _shares_trackers(white: float, black: float, wanted: float) -> bool:
    """Whether the loss of a white batch is the mean of it and of a whole number of batches of other models."""
    if white >= black:
        return False
    before = (2 * white - black - wanted) / (black - white)
    return before > -0.05 and abs(before - round(before)) < 0.05


@WHITE.check(points=0.2, hint="Return `result()` of the three trackers, not the values of this batch.")
def means_so_far(case: Case, seen: Any) -> None:
    """After several steps, `train_step` returns the means over all steps of this model. Steps of another model do not
    count."""
    black, white, both = (results_of(seen[name]) for name in ("black", "white", "both"))
    hint = (
        "Return `result()` of each tracker, not the values of this batch. Each model needs its own trackers: "
        "create them in `__init__`."
    )
    for name, one, other, mean in zip(LOSSES, white, black, both, strict=True):
        _near(mean, [_mean(case, one, other)], f"`{name}` after one white batch and {case['blacks']} black", hint)


def _mean(case: Case, white: float, black: float) -> float:
    """The mean over a white batch and the black ones of a case."""
    return (white + case["blacks"] * black) / (1 + case["blacks"])


DESCENT = VAE.trial(vae_descent, law_cases, examples=2, shrinks=0)


@DESCENT.check(
    points=0.4,
    hint="Encode, decode `z` and add the losses under the tape.",
)
def one_step_trains_both_halves(case: Case, seen: Any) -> None:
    """One step encodes the batch, decodes `z` (not `z_mean`), and moves the weights of both networks."""
    step, parts, images = seen["step"], tiny_parts(case), bright(case)
    for name, which in (("encoded", "encoder"), ("decoded", "decoder")):
        expect(array(step[name], "The input").size > 0, f"Nothing was {name}: the {which} was not called.")
    close(step["encoded"], images, "What the encoder was called with")
    z_mean = np.asarray(codes_of(case, images, parts["mean"]))
    decoded = same_shape(step["decoded"], z_mean.shape, "What the decoder was called with")
    hint = "`z` is the third output of the encoder."
    expect(np.abs(decoded - z_mean).max() > 1e-5, "The decoder was called with z_mean, not with z.", hint=hint)
    for name, after in zip(("mean", "log_var", "decode", "bias"), step["weights"], strict=True):
        which = "encoder" if name in ("mean", "log_var") else "decoder"
        moved = np.abs(same_shape(after, parts[name].shape, "A weight") - parts[name]).max()
        hint = "`self.trainable_weights` contains the weights of both networks: compute the gradient for all of them."
        expect(moved > 1e-6, f"A weight of the {which} did not change.", hint=hint)


@DESCENT.check(
    points=0.3,
    hint="Pass the gradient of `loss`, the sum of both parts, to the optimizer once, with its sign unchanged.",
)
def step_follows_the_gradient(case: Case, seen: Any) -> None:
    """A step of plain gradient descent follows the gradient of `loss`: along the step, the slope of `loss` is minus the
    squared length of the step, divided by the learning rate."""
    parts, without_codes = tiny_parts(case), drawn(case, seen["step"])
    if without_codes:
        seen = seen["without_codes"]
        parts = parts | {"decode": same_shape(seen["step"]["weights"][2], parts["decode"].shape, "A weight")}
    step = seen["step"]
    pairs = zip(("mean", "log_var", "decode", "bias"), step["weights"], strict=True)
    ways = [same_shape(after, parts[name].shape, "A weight").astype(np.float64) - parts[name] for name, after in pairs]
    if without_codes:
        hint = (
            "The gradient must be that of `loss`, the sum of both parts: the divergence depends on the encoder alone."
        )
        still = "With a decoder whose images do not depend on the codes, a weight of the encoder did not change."
        expect(min(np.abs(way).max() for way in ways[:2]) > 1e-6, still, hint=hint)
    wanted = -sum(float((way**2).sum()) for way in ways) / RATE
    ahead, behind = (float(finite(same_shape(seen[name], (), "loss"), "loss")) for name in ("ahead", "behind"))
    slope = (ahead - behind) / (2 * AHEAD)
    expect(wanted < 0, "No weight changed.", hint="Pass the gradients and the weights to `self.optimizer`.")
    if abs(slope - wanted) >= 0.02 * abs(wanted):
        start = float(array(step["results"].get("loss"), "`loss`").mean())
        hint = SHARED if _bent(start, ahead, behind) else ""
        raise Failure("`loss` has the wrong slope along the step.", slope, wanted, hint)


def _bent(start: float, ahead: float, behind: float) -> bool:
    """Whether three losses at nearly equal weights are not on a line: then they are means over other batches, too."""
    return abs(ahead + behind - 2 * start) > 0.5 * abs(ahead - behind) + 1e-4 * abs(start)


WHITE_FIT = VAE.trial(vae_white_fit, white_fit_cases, examples=1, shrinks=2)


@WHITE_FIT.check(
    points=0.5,
    hint="Create three `keras.metrics.Mean` trackers, and list them in the property `metrics`, so that `fit` resets "
    "them.",
)
def means_of_an_epoch(case: Case, seen: Any) -> None:
    """`fit` reports the mean of all three losses over the epoch, and the next `fit` starts again from 0."""
    for name in LOSSES:
        white, black, both = (last_of(seen[key], name) for key in ("white", "black", "both"))
        hint = (
            "List this tracker in `metrics`, so that `fit` resets it, and return its `result()`, not the value of "
            "the last batch."
        )
        _near(both, [_mean(case, white, black)], f"`{name}` of one white batch and {case['blacks']} black", hint)
        expect(abs(both) > 1e-6, f"`{name}` is 0.")


def last_of(history: Any, loss: str) -> float:
    """A loss at the end of a history of `fit`."""
    expect(loss in history, f"The history of `fit` has no `{loss}`.", ", ".join(history), ", ".join(LOSSES))
    return float(finite(history[loss][-1], f"`{loss}`"))

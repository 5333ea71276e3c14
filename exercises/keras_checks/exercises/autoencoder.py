"""Checks of `autoencoder`: probes and public properties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import array, close, expect, finite, same_shape
from keras_checks.model_probes import model_probe
from keras_checks.models import make_weights
from keras_checks.observe import Namespace, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, sizes, uniform
from keras_checks.testbeds.freedom import freedom, moves_freely
from keras_checks.testbeds.reach import led
from keras_checks.testbeds.weights import as_constrained, draw_weights

LECTURE = "Autoencoder: Functional model"
HALVES = Question(
    name="build_halves",
    answers=("build_encoder", "build_decoder"),
    points=4,
    lecture=LECTURE,
    shows=("wide: features", "latent_dim"),
)
WHOLE = Question(
    name="build_autoencoder",
    answers=("build_autoencoder",),
    points=4,
    lecture=LECTURE,
    shows=(
        "x",
        "encoder: encoder weights",
        "decoder: decoder weights",
        "a: encoder weight",
        "b: decoder weight",
        "mean: moving mean",
        "variance: moving variance",
        "wide: features",
        "latent_dim",
        "rows: examples",
    ),
)
TOGETHER = Question(
    name="encode_then_decode",
    answers=("encode_then_decode",),
    points=2,
    lecture=LECTURE,
    shows=(
        "x",
        "encoder: encoder weights",
        "decoder: decoder weights",
        "mean: moving mean",
        "variance: moving variance",
        "wide: features",
        "latent_dim",
        "rows: examples",
    ),
)

SEEN = 1e-5
"""A change that is more than rounding, in values of about 1."""
FLAT = 1e-5
"""A direction whose slope is this much smaller than the largest one is rounding."""
ROWS, DRAWS = 4, 12
"""Rows of a batch, and how many random weights a half is tried with at most."""
WAYS = 8
"""In how many directions the weights of a half must be able to move its outputs for two examples: half of them."""
DARK, BRIGHT = 0.05, 0.95
"""Values that a decoder must get below and above."""


# Halves


# Codes of one number, and of several. One case builds a half twice: halves that share weights do so in any case.
half_cases = st.sampled_from(
    [
        {"wide": 4, "latent_dim": 1, "seed": 0, "built": 1},
        {"wide": 7, "latent_dim": 3, "seed": 1, "built": 2},
    ]
)


def lively(model: keras.Model, seed: int) -> list[np.ndarray]:
    """Weights with which few units are dead for positive inputs, and none is saturated: most are positive, biases
    too."""
    found = []
    for index, weight in enumerate(model.trainable_weights):
        shape = tuple(weight.shape)
        random = np.random.default_rng([seed, index, *shape])
        if len(shape) > 1:
            signs = np.where(random.uniform(size=shape) < 0.15, -1, 1)
            found.append(2 * signs * random.uniform(0.2, 1, shape) / np.prod(shape[:-1]))
        else:
            found.append(random.uniform(0.1, 0.5, shape))
    pairs = zip(model.trainable_weights, found, strict=True)
    return [as_constrained(weight, value.astype(np.float32)) for weight, value in pairs]


def _draw(model: keras.Model, case: Case, number: int) -> None:
    """Weights with which outputs move: in turn such that relu units are on, and such that sigmoids are steep."""
    seed = case["seed"] + number
    if number % 2:
        draw_weights(model, [seed], kernels=4)
    else:
        _assign(model, lively(model, seed))


def _assign(model: keras.Model, values: list[np.ndarray]) -> None:
    for weight, value in zip(model.trainable_weights, values, strict=True):
        weight.assign(value)


def _second_of(name: str, size: str, wanted: str) -> Callable[[Namespace, Case], Any]:
    """Builds a half as often as the case says and returns the first. Of several, each is given weights of its own, in
    this order; one alone keeps the weights that it has."""

    def build(ns: Namespace, case: Case) -> Any:
        models = [ns.call(name, case[size], case[wanted]) for _ in range(case["built"])]
        if len(models) > 1 and all(isinstance(model, keras.Model) for model in models):
            for number, model in enumerate(models):
                make_weights(model, _rows(case, case[size]))
                _assign(model, lively(model, case["seed"] + number))
        return models[0]

    return build


def _rows(case: Case, size: int) -> np.ndarray:
    """Examples of which the last equals the first."""
    rows = uniform(case["seed"], (ROWS, size), 0.1, 0.9)
    rows[-1] = rows[0]
    return rows


def _alone(model: Any, case: Case, size: int) -> Any:
    """What a half makes of a batch, of one row alone, of rows with one changed entry each; and what its weights do."""
    if not isinstance(model, keras.Model):
        return {"is_model": False}
    rows = _rows(case, size)
    make_weights(model, rows)
    kept = [
        case["built"] == 1 or np.allclose(weight, due)
        for weight, due in zip(model.trainable_weights, lively(model, case["seed"]), strict=True)
    ]
    alike = _starts_alike(model)
    best: dict[str, Any] = {}
    for number in range(DRAWS):
        _draw(model, case, number)
        batch = np.asarray(model(rows, training=False))
        seen = {
            "batch": batch,
            "plain": model(rows),
            "alone": model(rows[:1], training=False),
            "changed": _changed(model, rows, batch.shape),
        }
        moved = [np.abs(np.asarray(other) - batch).max(initial=0) > SEEN for other in seen["changed"]]
        moved.append(batch.ndim == 0 or np.abs(batch[:1] - batch[1:2]).max(initial=0) > SEEN)
        best = seen if not best or all(moved) else best
        if all(moved):
            break
    found = {"is_model": True, "kept": kept, "alike": alike, "weights": len(model.weights)} | best
    if np.ndim(found["batch"]) != 2 or len(found["batch"]) != ROWS:
        return found
    free = freedom(model, rows[:2], case["seed"], ways=WAYS)
    return found | _slopes(model, rows, found["batch"].shape[1], case) | {"freedom": free}


def _starts_alike(model: keras.Model) -> bool:
    """Whether a half has several kernels, and each of them starts with one number: its units stay alike for ever."""
    kernels = [np.asarray(weight) for weight in model.trainable_weights if np.prod(weight.shape[:-1]) > 1]
    return len(kernels) > 1 and not any(map(np.ptp, kernels))


def _changed(model: keras.Model, rows: np.ndarray, shape: tuple[int, ...]) -> Any:
    """What a half makes of rows with one changed entry, for each entry, where it makes outputs of a ``shape`` of
    rows."""
    others = [np.where(entry, 1 - rows, rows).astype(np.float32) for entry in np.eye(rows.shape[1], dtype=bool)]
    found = np.asarray(model(np.concatenate(others), training=False))
    if found.shape == (len(others) * len(rows), *shape[1:]):
        return found.reshape((len(others), len(rows), *shape[1:]))
    return [model(other, training=False) for other in others]


def _slopes(model: keras.Model, rows: np.ndarray, entries: int, case: Case) -> dict[str, Any]:
    """Derivatives of the outputs for the inputs with several weights, `(draw, row, outputs, inputs)`, until one has
    full rank; and the largest derivative for a weight."""
    found, learning = [], 0.0
    # as many copies of the rows as there are outputs: each copy is differentiated for another one
    values = tf.constant(np.tile(rows, (entries, 1)))
    looked_at = np.repeat(np.eye(entries, dtype=np.float32), len(rows), axis=0)
    for number in range(DRAWS):
        _draw(model, case, number)
        with tf.GradientTape() as tape:
            tape.watch(values)
            total = tf.reduce_sum(looked_at * model(values, training=False))
        sources = [values, *(weight.value for weight in model.trainable_weights)]
        slopes = tape.gradient(total, sources, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        slope, *for_weights = (np.asarray(tf.convert_to_tensor(each)) for each in slopes)
        found.append(slope.reshape((entries, *rows.shape)).swapaxes(0, 1))
        learning = max([learning, *(float(np.abs(each).max(initial=0)) for each in for_weights)])
        if learning > SEEN and directions(found) >= min(found[0].shape[1:]):
            break
    return {"slopes": np.stack(found), "learning": learning}


def directions(slopes: Any) -> int:
    """In how many directions the outputs can vary: the largest rank of a derivative."""
    found = np.asarray(slopes, np.float64)
    singular = np.linalg.svd(found, compute_uv=False)
    return int((singular > FLAT * np.maximum(singular.max(axis=-1, keepdims=True), SEEN)).sum(axis=-1).max())


@model_probe(_second_of("build_encoder", "wide", "latent_dim"))
def encoder_alone(encoder: Any, case: Case) -> Any:
    """The encoder on batches of two sizes, and on rows of which one entry was changed."""
    return _alone(encoder, case, case["wide"])


@model_probe(_second_of("build_decoder", "latent_dim", "wide"))
def decoder_alone(decoder: Any, case: Case) -> Any:
    """The same of the decoder, and the range of its outputs over many random weights."""
    seen = _alone(decoder, case, case["latent_dim"])
    return seen | {"range": _range(decoder, case)} if seen["is_model"] and np.ndim(seen["batch"]) == 2 else seen


SCALES = ((3, 0.5), (1, 0.5), (10, 5), (0.5, 0.5), (1, 5), (3, 5), (10, 0.5), (0.5, 5)) * 2
CODES = 64


def _range(decoder: keras.Model, case: Case) -> dict[str, Any]:
    """Where the outputs get, over many codes and weights of several sizes, until they have been everywhere; then over
    weights that are searched for."""
    codes = 3 * np.random.default_rng(case["seed"]).normal(size=(CODES, case["latent_dim"])).astype(np.float32)

    def start(number: int) -> None:
        draw_weights(decoder, [case["seed"] + number])

    found: list[np.ndarray] = []
    seen: dict[str, Any] = {}
    for number, (kernels, vectors) in enumerate(SCALES):
        draw_weights(decoder, [1000 * case["seed"] + number], kernels=kernels, vectors=vectors)
        found.append(np.asarray(decoder(codes, training=False), np.float64))
        seen = _ends(np.concatenate(found))
        if _reached(seen, case["wide"], True) and _reached(seen, case["wide"], False):
            break
    for bright in (False, True):
        for outputs in () if _reached(seen, case["wide"], bright) else led(decoder, codes[:ROWS], bright, start):
            found.append(np.asarray(outputs, np.float64))
            seen = _ends(np.concatenate(found))
            if _reached(seen, case["wide"], bright):
                break
    if seen["dimmest"] >= BRIGHT:  # large weights take each output to its ends, and one in each row to 1
        draw_weights(decoder, [case["seed"]], kernels=0.3, vectors=0.15)
        seen |= {"dimmest": _ends(np.asarray(decoder(codes, training=False), np.float64))["dimmest"]}
    return seen


def _ends(outputs: np.ndarray) -> dict[str, Any]:
    """Where finite outputs are: each on its own, several of a row at once, and the largest of a row at its smallest."""
    outputs = outputs[np.isfinite(outputs).all(axis=1)]
    return {
        "lowest": outputs.min(axis=0, initial=np.inf),
        "highest": outputs.max(axis=0, initial=-np.inf),
        "between": ((outputs > 0.2) & (outputs < 0.8)).any(axis=0),
        "dark": int((outputs < DARK).sum(axis=1).max(initial=0)),
        "bright": int((outputs > BRIGHT).sum(axis=1).max(initial=0)),
        "dimmest": float(outputs.max(axis=1).min(initial=np.inf)),
    }


def _reached(ends: dict[str, Any], wide: int, bright: bool) -> bool:
    """Whether each output was at this end and in between, and half of a row was there at once."""
    each = ends["highest"] > BRIGHT if bright else ends["lowest"] < DARK
    return bool((each & ends["between"]).all()) and 2 * ends["bright" if bright else "dark"] >= wide


def _check_half(seen: Any, name: str, wanted: int, entries: int, entry: str) -> np.ndarray:
    """What must be true of a half on its own; its output for a batch."""
    hint = "Return `keras.Model(inputs, outputs)`, not the last tensor or layer."
    expect(seen["is_model"], f"`{name}` does not return a Keras model.", hint=hint)
    batch = finite(same_shape(seen["batch"], (ROWS, wanted), f"The output for {ROWS} rows"), "The output")
    size: dict[str, Any] = {"ulps": 256, "scale": max(1.0, float(np.abs(batch).max()))}
    size["hint"] = "Do not compute anything across axis 0, the batch."
    plain = f"The output of `{name}(...)(x)`, called without `training`,"
    close(seen["plain"], batch, plain, **(size | {"hint": "Do not set `training=True` inside the model."}))
    close(seen["alone"], batch[:1], "The output for the first row alone", **size)
    close(batch[-1], batch[0], "The output for a row equal to the first", **size)
    changed = same_shape(seen["changed"], (entries, ROWS, wanted), "The output for changed rows")
    moved = np.abs(changed.astype(np.float64) - batch).max(axis=(1, 2))
    hint = "Every input must affect the output: a `Dense` layer connects each input with each output."
    expect((moved > SEEN).all(), f"The output does not depend on {entry} {int(np.argmin(moved))}.", hint=hint)
    return batch


ENCODER_ALONE = HALVES.trial(encoder_alone, half_cases, examples=2, shrinks=3)
DECODER_ALONE = HALVES.trial(decoder_alone, half_cases, examples=2, shrinks=3)


@ENCODER_ALONE.check(
    points=0.75,
    hint="Give the model its own input of size `input_dim`, and end it with a layer of `latent_dim` units.",
)
def encoder_makes_codes(case: Case, seen: Any) -> None:
    """`build_encoder(input_dim, latent_dim)` returns a model that maps a batch of any size to one code of length
    `latent_dim` per example. A code depends on every feature of its example, and on no other example."""
    _check_half(seen, "build_encoder", case["latent_dim"], case["wide"], "feature")


@DECODER_ALONE.check(
    points=0.75,
    hint="Give the decoder its own input of size `latent_dim`, and end it with a layer of `output_dim` units.",
)
def decoder_makes_data(case: Case, seen: Any) -> None:
    """`build_decoder(latent_dim, output_dim)` returns a model that maps a batch of codes of any size to `output_dim`
    numbers per code. These depend on each number of the code in a different way, and on no other code."""
    _check_half(seen, "build_decoder", case["wide"], case["latent_dim"], "number")
    found = directions(finite(array(seen["slopes"], "The derivative"), "The derivative"))
    least = min(case["latent_dim"], case["wide"])
    hint = "Make no layer of the decoder narrower than a code."
    expect(found >= least, "The output varies with the code in too few independent directions.", found, least, hint)


@ENCODER_ALONE.check(
    points=0.5,
    hint="The `latent_dim` numbers of a code must be independent: do not end with a softmax or a normalization, and "
    "make no layer before the code narrower than it.",
)
def code_is_free(case: Case, seen: Any) -> None:
    """A code of `latent_dim` numbers can vary in `latent_dim` independent directions: none of its numbers follows from
    the others."""
    _needs_model(seen, "build_encoder")
    _follows_the_example(seen, case["latent_dim"])
    slopes = finite(array(seen["slopes"], "The derivative of the code"), "The derivative of the code")
    found = directions(slopes)
    expect(found >= case["latent_dim"], "The code varies in too few independent directions.", found, case["latent_dim"])


@ENCODER_ALONE.check(points=0.4, hint="The encoder needs layers with weights, and they must be trainable.")
def encoder_can_learn(case: Case, seen: Any) -> None:
    """The encoder has trainable weights, the gradient of the code reaches them, and the weights change the numbers of
    the code independently of each other. At most half of the numbers in its kernels are frozen, and they do not all
    start as constants."""
    _needs_model(seen, "build_encoder")
    _follows_the_example(seen, case["latent_dim"])
    _learns(seen, "encoder")


@DECODER_ALONE.check(points=0.4, hint="The decoder needs layers with weights, and every operation needs a gradient.")
def decoder_can_learn(case: Case, seen: Any) -> None:
    """The decoder has trainable weights, the gradient of its output reaches them, and the weights change the outputs
    independently of each other. At most half of the numbers in its kernels are frozen, and they do not all start as
    constants."""
    _needs_model(seen, "build_decoder")
    _follows_the_example(seen, case["wide"])
    _learns(seen, "decoder")


def _needs_model(seen: Any, name: str) -> None:
    expect(seen["is_model"], f"`{name}` does not return a Keras model.", hint="Return `keras.Model(inputs, outputs)`.")


def _follows_the_example(seen: Any, wanted: int) -> None:
    """Fail unless equal rows have equal outputs, and others do not."""
    batch = finite(same_shape(seen["batch"], (ROWS, wanted), "The output"), "The output")
    size = max(1.0, float(np.abs(batch).max()))
    message = "Two equal examples have different outputs."
    expect(
        np.abs(batch[0] - batch[-1]).max() < SEEN * size,
        message,
        hint="An output must depend only on its own example: do not "
        "compute across axis 0, and do not set `training=True`.",
    )
    expect(
        np.abs(batch[0] - batch[1]).max() > SEEN,
        "Different examples have the same output.",
        batch[:2],
        "two different rows",
    )


def _learns(seen: Any, half: str) -> None:
    """Fail unless a gradient reaches the weights of a half."""
    expect(len(seen["kept"]) > 0, f"The {half} has no trainable weights.")
    hint = "Do not use rounding, comparisons or `stop_gradient`: they have no gradient."
    message = f"Each kernel of the {half} starts with the same number everywhere."
    expect(not seen["alike"], message, hint="Units that start alike stay alike: keep the default `kernel_initializer`.")
    expect(seen["learning"] > SEEN, f"No gradient reaches the weights of the {half}.", hint=hint)
    moves_freely(seen["freedom"], "The code" if half == "encoder" else "The output")


@DECODER_ALONE.check(
    points=0.6,
    hint="Choose a last activation with which each output can be 0.02 or 0.98, whatever the other outputs are.",
)
def decoder_reaches_the_data(case: Case, seen: Any) -> None:
    """Over many random weights, each output takes values below 0.05, above 0.95 and in between. Half of the outputs of
    a row can be below 0.05, or above 0.95, at the same time, and not each row has an output above 0.95."""
    _needs_model(seen, "build_decoder")
    same_shape(seen["batch"], (ROWS, case["wide"]), "The output")
    ends, half = seen["range"], (case["wide"] + 1) // 2
    lowest, highest = float(np.max(ends["lowest"])), float(np.min(ends["highest"]))
    hint = "Often the last activation, or what comes directly before or after it, limits the range: check these."
    expect(lowest < DARK, f"Whatever the weights are, an output stays above {lowest:.2f}.", hint=hint)
    expect(highest > BRIGHT, f"Whatever the weights are, an output stays below {highest:.2f}.", hint=hint)
    hint = "Often the output is rounded: return it as it is."
    expect(np.all(ends["between"]), "An output takes no value between 0.2 and 0.8.", hint=hint)
    hint = "Each output must be able to be near 1, whatever the others are. With `softmax` a row adds up to 1."
    many = f"Whatever the weights are, at most {int(ends['bright'])} of {case['wide']} outputs of a row are above 0.95."
    expect(int(ends["bright"]) >= half, many, hint=hint)
    hint = (
        "Each output must be able to be near 0, whatever the others are: check the last activation and what follows it."
    )
    many = f"Whatever the weights are, at most {int(ends['dark'])} of {case['wide']} outputs of a row are below 0.05."
    expect(int(ends["dark"]) >= half, many, hint=hint)
    hint = "Do not divide the outputs by the largest of them: each must be able to take any value."
    dimmest = float(ends["dimmest"])
    expect(dimmest < BRIGHT, f"Whatever the weights are, an output of each row is {dimmest:.2f} or more.", hint=hint)


OWN = "Create the layers inside the function: a layer that was created outside has one set of weights for all models."


@ENCODER_ALONE.check(points=0.15, hint=OWN)
def encoders_share_nothing(case: Case, seen: Any) -> None:
    """Two calls of `build_encoder` return models that share no weights."""
    _shares_nothing(seen, "encoder", case["latent_dim"])


@DECODER_ALONE.check(points=0.15, hint=OWN)
def decoders_share_nothing(case: Case, seen: Any) -> None:
    """Two calls of `build_decoder` return models that share no weights."""
    _shares_nothing(seen, "decoder", case["wide"])


def _shares_nothing(seen: Any, half: str, wanted: int) -> None:
    _needs_model(seen, f"build_{half}")
    _follows_the_example(seen, wanted)
    expect(len(seen["kept"]) > 0, f"The {half} has no trainable weights.")
    expect(all(seen["kept"]), f"After the weights of a second {half} were set, those of the first have changed.")


# The whole


def _linear(x: Any, encoder: Any, decoder: Any, wanted: Any, then: Any) -> Case:
    """Two linear halves, examples, and what comes out: worked out by hand.

    ``then`` is the output after the encoder's weights were doubled and 10 was added to the decoder's biases.
    """
    halves = [[np.array(part, np.float32) for part in half] for half in (encoder, decoder)]
    return {
        "x": np.array(x, np.float32),
        "encoder": halves[0],
        "decoder": halves[1],
        "wanted": np.array(wanted, float),
        "then": np.array(then, float),
    }


# z = (2 x1 - x2, x1 + x2), y = (z1 + z2 + 1, 2 z2 - 1); z = x1 + 2 x2 + 3 x3, y = (z, 1 - z, 2 z). Some codes are no
# whole numbers.
worked_cases = st.sampled_from(
    [
        _linear(
            [[1, 0], [0, 1], [1, 1]],
            ([[2, 1], [-1, 1]], [0, 0]),
            ([[1, 0], [1, 2]], [1, -1]),
            [[4, 1], [1, 1], [4, 3]],
            [[17, 13], [11, 13], [17, 17]],
        ),
        _linear(
            [[0.5, 0, 0.25], [0, 0.25, 0]],
            ([[1], [2], [3]], [0]),
            ([[1, -1, 2]], [0, 1, 0]),
            [[1.25, -0.25, 2.5], [0.5, 0.5, 1]],
            [[12.5, 8.5, 15], [11, 10, 12]],
        ),
    ]
)
# One example, one weight per half: z = a x, y = b z. Mean squared error; one step of gradient descent with rate 0.1.
step_cases = st.just({"x": 1.0, "a": 2.0, "b": 1.0, "new_a": 1.8, "new_b": 0.6, "output": 1.08})


def _normal(
    x: list[float],
    mean: float,
    variance: float,
    inference: list[float],
    afterwards: list[float],
    exchanged: list[float],
) -> Case:
    """z = x + 2 x, then batch normalization with these moving statistics, momentum 0.5 and epsilon 0.

    ``exchanged``: what comes out at inference where the batch normalization comes first.
    """
    outputs = {"inference": inference, "training": [-1, 1], "afterwards": afterwards, "exchanged": exchanged}
    found = {name: np.array(values, float)[:, None] for name, values in outputs.items()}
    return {"x": np.array(x, np.float32)[:, None], "mean": mean, "variance": variance, **found}


normal_cases = st.just(_normal([1, 3], 3.0, 4.0, [0, 3], [-0.588348, 1.765045], [-3, 0]))


@st.composite
def _networks(draw: Any) -> dict[str, Any]:
    """Data in [0, 1], and the weights of an encoder with tanh and of a decoder with sigmoid.

    Code and data may have the same size: then a wrong way through the halves is possible, too.
    """
    wide, latent_dim, rows = draw(sizes(2, 4)), draw(sizes(2, 4)), draw(sizes(2, 4))
    return {
        "x": draw(arrays((rows, wide), 0.0, 1.0)),
        "encoder": [draw(arrays((wide, latent_dim), -1, 1, key=1)), draw(arrays((latent_dim,), -0.5, 0.5, key=2))],
        "decoder": [draw(arrays((latent_dim, wide), -1, 1, key=3)), draw(arrays((wide,), -0.5, 0.5, key=4))],
    }


network_cases = _networks()
branching_cases = cases(wide=sizes(2, 4), latent_dim=sizes(2, 4), rows=sizes(2, 4), seed=seeds())


def _dense(weights: list[np.ndarray], activation: str | None = None) -> keras.Model:
    """A model of one dense layer with the given weights; without biases where there are none."""
    symbol = keras.Input((weights[0].shape[0],))
    units, biased = weights[0].shape[1], len(weights) > 1
    layer = keras.layers.Dense(units, activation=activation, use_bias=biased, kernel_initializer="zeros")
    made = keras.Model(symbol, layer(symbol))
    made.set_weights(weights)
    return made


def _linear_halves(case: Case) -> list[keras.Model]:
    return [_dense(case["encoder"]), _dense(case["decoder"])]


def _small_halves(case: Case) -> list[keras.Model]:
    return [_dense(case["encoder"], "tanh"), _dense(case["decoder"], "sigmoid")]


def _normal_halves(case: Case) -> list[keras.Model]:
    """An encoder with a branch that triples its input, and a decoder that is a batch normalization."""
    symbol = keras.Input((1,))
    branch = keras.layers.Dense(1, use_bias=False)(symbol)
    encoder = keras.Model(symbol, keras.layers.Add()([symbol, branch]))
    encoder.set_weights([np.array([[2.0]])])
    code = keras.Input((1,))
    decoder = keras.Model(code, keras.layers.BatchNormalization(momentum=0.5, epsilon=0.0)(code))
    decoder.set_weights([np.array([value]) for value in (1.0, 0.0, case["mean"], case["variance"])])
    return [encoder, decoder]


def _branching(case: Case) -> list[keras.Model]:
    """Two networks with branches and layers that behave differently in training, all weights known; beyond [0, 1]."""
    made = []
    for number, (size, wanted) in enumerate([(case["wide"], case["latent_dim"]), (case["latent_dim"], case["wide"])]):
        symbol = keras.Input((size,))
        trunk = keras.layers.Dense(wanted, use_bias=False, kernel_initializer="zeros")(symbol)
        branch = keras.layers.Activation("tanh")(trunk)
        half = keras.Model(symbol, keras.layers.BatchNormalization()(keras.layers.Add()([trunk, branch])))
        shapes = [weight.shape for weight in half.get_weights()]
        lows = [0.2 if len(shape) == 1 else -0.8 for shape in shapes]  # a variance must be positive
        seed = case["seed"] + 10 * number
        half.set_weights([uniform(seed + i, *bounds, 1) for i, bounds in enumerate(zip(shapes, lows, strict=True))])
        made.append(half)
    return made


def _whole(ns: Namespace, halves: list[keras.Model]) -> tuple[Any, bool]:
    """The whole of two halves, and whether it is the whole of two others, too: those must leave it alone."""
    model = ns.call("build_autoencoder", *halves)
    others = [keras.models.clone_model(half) for half in halves]
    return model, ns.call("build_autoencoder", *others) is model


@probe
def whole_by_hand(ns: Namespace, case: Case) -> Any:
    """The whole of two linear halves on a batch and on one example; then with other weights in the halves."""
    halves = _linear_halves(case)
    model, kept = _whole(ns, halves)
    if not isinstance(model, keras.Model):
        return {"is_model": False}
    x = tf.constant(case["x"])
    seen = {"is_model": True, "kept": kept, "batch": model(x), "alone": model(x[:1]), "weights": len(model.weights)}
    (kernel, offset), (other, shift) = (half.get_weights() for half in halves)
    halves[0].set_weights([2 * kernel, 2 * offset])
    halves[1].set_weights([other, shift + 10])
    return seen | {"then": model(x)}


@probe
def step_by_hand(ns: Namespace, case: Case) -> Any:
    """The weights of the halves and the output of the whole after one step of `fit` on one example."""
    halves = [_dense([np.array([[case[name]]], np.float32)]) for name in ("a", "b")]
    model, _ = _whole(ns, halves)
    if not isinstance(model, keras.Model):
        return {"is_model": False}
    x = np.array([[case["x"]]], np.float32)
    _compile(model, 0.1, eagerly=False)
    model.fit(_one_batch(x), verbose=0)
    a, b = (half.get_weights()[0].item() for half in halves)
    return {"is_model": True, "a": a, "b": b, "output": model(x), "trainable": len(model.trainable_weights)}


def _one_batch(x: np.ndarray) -> tf.data.Dataset:
    """Examples that are their own targets. `fit` takes longer to make a dataset of arrays itself."""
    return tf.data.Dataset.from_tensor_slices((x, x)).batch(len(x))


def _compile(model: keras.Model, rate: float, *, eagerly: bool) -> None:
    model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse", run_eagerly=eagerly, jit_compile=False)


@probe
def normal_by_hand(ns: Namespace, case: Case) -> Any:
    """The whole of halves with a branch and a batch normalization, at inference, in training mode, and afterwards; and
    in training mode that of two such halves in exchanged roles, built before the first was used."""
    x = tf.constant(case["x"])
    model = ns.call("build_autoencoder", *_normal_halves(case))
    exchanged = ns.call("build_autoencoder", *reversed(_normal_halves(case)))
    return {**_in_both_modes(model, x), "exchanged": exchanged(x, training=True)}


def _in_both_modes(model: Any, x: Any) -> dict[str, Any]:
    return {"inference": model(x), "training": model(x, training=True), "afterwards": model(x)}


@probe
def whole(ns: Namespace, case: Case) -> Any:
    """The whole on batches of two sizes; then on the same data after the weights of the halves were changed."""
    encoder, decoder = halves = _small_halves(case)
    model, kept = _whole(ns, halves)
    if not isinstance(model, keras.Model):
        return {"is_model": False}
    x = tf.constant(case["x"])
    seen = {"is_model": True, "kept": kept, "batch": model(x), "alone": model(x[:1]), "weights": len(model.weights)}
    for half, factor in ((encoder, -0.7), (decoder, 1.6)):
        half.set_weights([factor * weight for weight in half.get_weights()])
    return seen | {"changed": model(x)}


@probe
def whole_trained(ns: Namespace, case: Case) -> Any:
    """The halves' weights and the whole's output after two steps of eager training."""
    encoder, decoder = halves = _small_halves(case)
    model = ns.call("build_autoencoder", *halves)
    if not isinstance(model, keras.Model):
        return {"is_model": False}
    _compile(model, 0.2, eagerly=True)  # `step_by_hand` trains in a graph
    model.fit(_one_batch(case["x"]), epochs=2, verbose=0)
    return {
        "is_model": True,
        "encoder": encoder.get_weights(),
        "decoder": decoder.get_weights(),
        "whole": model(case["x"]),
        "trainable": len(model.trainable_weights),
    }


@probe
def whole_branching(ns: Namespace, case: Case) -> Any:
    """The whole of halves with branches and batch normalization, at inference and in training mode."""
    model = ns.call("build_autoencoder", *_branching(case))
    x = uniform(case["seed"] + 99, (case["rows"], case["wide"]), 0.0, 1.0)
    return _in_both_modes(model, x)


def _exactly(received: Any, wanted: Any, what: str, hint: str = "") -> None:
    """Fail unless small numbers worked out by hand come out."""
    close(received, np.asarray(wanted), what, ulps=256, scale=16, hint=hint)


WHOLE_BY_HAND = WHOLE.trial(whole_by_hand, worked_cases, examples=2)


@WHOLE_BY_HAND.check(
    points=1,
    hint="Call the encoder on the input and the decoder on the code: the decoder's output is the output of the "
    "autoencoder.",
)
def whole_is_both_halves(case: Case, seen: Any) -> None:
    """`build_autoencoder(encoder, decoder)` returns a model that applies the encoder, then the decoder, for batches of
    any size: with z = (2x₁ - x₂, x₁ + x₂) and y = (z₁ + z₂ + 1, 2z₂ - 1), x = (1, 0) gives (4, 1)."""
    _needs_model(seen, "build_autoencoder")
    _exactly(seen["batch"], case["wanted"], "The output of the autoencoder")
    _exactly(seen["alone"], case["wanted"][:1], "The output of the autoencoder for one example")


@WHOLE_BY_HAND.check(points=0.5, hint="Use the given models: a copy or a new layer has its own weights.")
def whole_follows_the_halves(case: Case, seen: Any) -> None:
    """When the weights of the halves are set, the output of the autoencoder changes accordingly."""
    _needs_model(seen, "build_autoencoder")
    _exactly(seen["then"], case["then"], "The output after the halves' weights were set")


STEP_BY_HAND = WHOLE.trial(step_by_hand, step_cases, examples=1, shrinks=2)


@STEP_BY_HAND.check(
    points=1.2,
    hint="The gradient must pass from the loss through the decoder to the encoder, and no weight may be frozen.",
)
def training_trains_both(case: Case, seen: Any) -> None:
    """`fit` trains both halves: with z = a·x, y = b·z and a = 2, b = 1, one step with x = 1 and learning rate 0.1 gives
    a = 1.8 and b = 0.6."""
    _needs_model(seen, "build_autoencoder")
    hint = "Use the given halves themselves, not copies, and do not freeze them or stop the gradient."
    for name, half in (("a", "encoder"), ("b", "decoder")):
        expect(seen[name] != case[name], f"Training the autoencoder does not change the {half}.", hint=hint)
    for name, half in (("a", "encoder"), ("b", "decoder")):
        _exactly(seen[name], case[f"new_{name}"], f"The weight of the {half} after the step")
    _exactly(seen["output"], [[case["output"]]], "The output of the trained autoencoder")


NORMAL_BY_HAND = WHOLE.trial(normal_by_hand, normal_cases, examples=1, shrinks=2)


@NORMAL_BY_HAND.check(
    points=0.5, hint="Call each half as one model: it contains its branches, and passes `training` on to its layers."
)
def whole_keeps_the_halves_inside(case: Case, seen: Any) -> None:
    """With z = x + 2x and a decoder that is a batch normalization (moving mean 3, moving variance 4), x = 1 and x = 3
    give 0 and 3 in inference mode, and -1 and 1 in training mode, which updates the moving statistics. With the roles
    of the halves exchanged, training mode gives -3 and 3."""
    hint = "Do not call the layers of a half one after another: that ignores its branches."
    _exactly(seen["inference"], case["inference"], "The output of the autoencoder in inference mode", hint)
    hint = "Do not set `training` inside the autoencoder."
    _exactly(seen["training"], case["training"], "The output of the autoencoder in training mode", hint)
    _exactly(seen["afterwards"], case["afterwards"], "The output in inference mode afterwards", hint)
    what = "The output in training mode with the batch normalization as encoder"
    _exactly(seen["exchanged"], 3 * case["training"], what, "Pass `training` on to both halves.")


# The halves on their own


@probe
def together_by_hand(ns: Namespace, case: Case) -> Any:
    """The reconstruction of a batch, a tensor, of one example, a NumPy array; and by another pair in between."""
    parts = tuple(_linear_halves(case))
    others = parts[0], _dense([-weight for weight in case["decoder"]])
    return {
        "batch": ns.call("encode_then_decode", parts, tf.constant(case["x"])),
        "other": ns.call("encode_then_decode", others, tf.constant(case["x"])),
        "alone": ns.call("encode_then_decode", parts, case["x"][:1]),
        "many": ns.call("encode_then_decode", parts, np.resize(case["x"], (MANY, case["x"].shape[1]))),
        "trainable": sum(len(half.trainable_weights) for half in parts),
    }


MANY = 130
"""Examples, more than the 32 of a batch of `predict`."""


@probe
def together_normal(ns: Namespace, case: Case) -> Any:
    """The reconstruction by a pair with batch normalization, twice, and by its halves in exchanged roles."""
    parts, x = tuple(_normal_halves(case)), tf.constant(case["x"])
    pairs = {"exchanged": parts[::-1], "once": parts, "twice": parts}
    return {name: ns.call("encode_then_decode", pair, x) for name, pair in pairs.items()}


@probe
def together_branching(ns: Namespace, case: Case) -> Any:
    """The reconstruction by halves that behave differently in training, twice, and of one example, a NumPy array."""
    parts = tuple(_branching(case))
    x = uniform(case["seed"] + 99, (case["rows"], case["wide"]), 0.0, 1.0)
    inputs = {"once": tf.constant(x), "twice": tf.constant(x), "alone": x[:1]}
    return {name: ns.call("encode_then_decode", parts, value) for name, value in inputs.items()}


TOGETHER_BY_HAND = TOGETHER.trial(together_by_hand, worked_cases, examples=2)


@TOGETHER_BY_HAND.check(
    points=1,
    hint="Unpack the pair, and call these two models: the encoder on `x`, and the decoder on the code. A clone or a "
    "new model has other weights.",
)
def reconstruction_of_both(case: Case, seen: Any) -> None:
    """`encode_then_decode((encoder, decoder), x)` returns the decoder's output for the code of `x`, whatever its range:
    for a tensor, for a NumPy array with one example, and for any given pair."""
    _exactly(seen["batch"], case["wanted"], "The reconstruction")
    _exactly(seen["other"], -case["wanted"], "The reconstruction by another pair, whose decoder has the opposite sign,")
    _exactly(seen["alone"], case["wanted"][:1], "The reconstruction of one example, a NumPy array")
    wanted = np.resize(case["wanted"], (MANY, case["wanted"].shape[1]))
    _exactly(seen["many"], wanted, f"The reconstruction of {MANY} examples")
    expect(seen["trainable"] == 4, "Some weights of the halves are no longer trainable.", seen["trainable"], 4)


TOGETHER_NORMAL = TOGETHER.trial(together_normal, normal_cases, examples=1, shrinks=2)


@TOGETHER_NORMAL.check(
    points=0.6,
    hint="Call both halves in inference mode, without `training=True`.",
)
def reconstruction_is_inference(case: Case, seen: Any) -> None:
    """Both halves are called in inference mode and do not change: with the batch normalization of question 2, x = 1 and
    x = 3 give 0 and 3, in a second call, too. With the batch normalization as encoder, they give -3 and 0."""
    for name in ("once", "twice"):
        _exactly(seen[name], case["inference"], "The reconstruction")
    _exactly(seen["exchanged"], case["exchanged"], "The reconstruction by a pair whose encoder normalizes")

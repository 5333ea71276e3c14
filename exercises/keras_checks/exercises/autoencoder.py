"""Checks of `autoencoder`: probes and public properties."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import array, close, expect, finite, same_shape
from keras_checks.observe import Namespace, describe_error, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, sizes, uniform

LECTURE = "Autoencoder: Functional model"
HALVES = Question(name="build_halves", answers=("build_encoder", "build_decoder"), points=4, lecture=LECTURE)
WHOLE = Question(name="build_autoencoder", answers=("build_autoencoder",), points=4, lecture=LECTURE)
TOGETHER = Question(name="encode_then_decode", answers=("encode_then_decode",), points=2, lecture=LECTURE)

BOTH = ("encoder", "decoder")
LEARNED, BEGUN = 0.75, 0.25
"""Shares of the variance that are explained after training, by a decoder and by an encoder. Right decoders of many
forms reached 0.97 and more, one that is kept from half of the range 0.5. An encoder whose code has relus may lose a
direction by bad luck, but not two of three."""

SEEN = 1e-5
"""A change that is more than rounding, in values of about 1."""

ROWS, WEIGHTS = 4, 2
FLAT = 1e-5
"""A direction whose slope is this much smaller than the largest one is rounding."""

TRAINING = ((0.005, 400, None), (0.01, 400, 1), (0.002, 600, 2), (0.0005, 800, 3))
"""Learning rate, steps, and seed of new weights (None: as they are): a start without luck does not decide."""

half_cases = cases(wide=sizes(4, 7), latent_dim=sizes(1, 3), seed=seeds())


@st.composite
def _networks(draw: Any) -> dict[str, Any]:
    """Data in [0, 1], and the weights of an encoder `tanh(x @ A + a)` and a decoder `sigmoid(z @ B + b)`.

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


def through(halves: Sequence[Any], value: Any, **options: Any) -> Any:
    """A value sent through models one after another."""
    return functools.reduce(lambda current, half: half(current, **options), halves, value)


def formula(data: Any, encoder: Sequence[Any], decoder: Sequence[Any]) -> np.ndarray:
    """What the two small networks of a case make of `data`, in float64."""
    return decoded(np.tanh(_affine(data, encoder)), decoder)


def decoded(codes: Any, decoder: Sequence[Any]) -> np.ndarray:
    """What the small decoder of a case makes of codes, in float64."""
    return 1 / (1 + np.exp(-_affine(codes, decoder)))


def _affine(value: Any, weights: Sequence[Any]) -> np.ndarray:
    kernel, offset = (np.asarray(weight, np.float64) for weight in weights)
    return np.asarray(value, np.float64) @ kernel + offset


def _halves(case: Case) -> list[keras.Model]:
    """The two small networks of a case."""
    made = []
    for name, activation in (("encoder", "tanh"), ("decoder", "sigmoid")):
        kernel, _ = case[name]
        symbol = keras.Input((kernel.shape[0],))
        half = keras.Model(symbol, keras.layers.Dense(kernel.shape[1], activation=activation)(symbol))
        half.set_weights(case[name])
        made.append(half)
    return made


def _branching(case: Case) -> list[keras.Model]:
    """Two networks with branches and layers that behave differently in training, all weights known; beyond [0, 1]."""
    made = []
    for number, (size, wanted) in enumerate([(case["wide"], case["latent_dim"]), (case["latent_dim"], case["wide"])]):
        symbol = keras.Input((size,))
        trunk = keras.layers.Dense(wanted)(symbol)
        branch = keras.layers.Dense(wanted, activation="tanh")(trunk)
        normal = keras.layers.BatchNormalization()(keras.layers.Add()([trunk, branch]))
        beyond = keras.layers.Rescaling(3, offset=-1)(keras.layers.Activation("sigmoid")(normal))
        half = keras.Model(symbol, beyond)
        shapes = [weight.shape for weight in half.get_weights()]
        lows = [0.2 if len(shape) == 1 else -0.8 for shape in shapes]  # a variance must be positive
        seed = case["seed"] + 10 * number
        half.set_weights([uniform(seed + i, *bounds, 1) for i, bounds in enumerate(zip(shapes, lows, strict=True))])
        made.append(half)
    return made


def data_of(case: Case) -> dict[str, np.ndarray]:
    """Data that vary in `latent_dim` directions, and the positions behind them.

    Returns `positions` `(n, latent_dim)` in [-1, 1], corners included, and `data` `(n, wide)`, an affine function of
    them with values from 0.02 to 0.98.
    """
    wide, latent_dim = case["wide"], case["latent_dim"]
    random = np.random.default_rng([case["seed"], wide, latent_dim])
    slope = random.uniform(0.5, 1, (latent_dim, wide)) * random.choice([-1, 1], (latent_dim, wide))
    corners = np.stack(np.meshgrid(*[[-1, 1]] * latent_dim), axis=-1).reshape(-1, latent_dim)
    positions = np.concatenate([corners, random.uniform(-1, 1, (16, latent_dim))])
    data = 0.5 + 0.48 * positions @ slope / np.abs(slope).sum(axis=0)
    return {"positions": positions.astype(np.float32), "data": data.astype(np.float32)}


def _set_weights(model: keras.Model, seed: int) -> None:
    """Weights with which no unit is dead for positive inputs, and none is saturated: most are positive, biases too."""
    for index, weight in enumerate(model.trainable_weights):
        shape = tuple(weight.shape)
        random = np.random.default_rng([seed, index, *shape])
        if len(shape) > 1:
            signs = np.where(random.uniform(size=shape) < 0.15, -1, 1)
            weight.assign(2 * signs * random.uniform(0.2, 1, shape) / np.prod(shape[:-1]))
        else:
            weight.assign(random.uniform(0.1, 0.5, shape))


def _alone(model: Any, size: int, seed: int) -> Any:
    """What a half makes of a batch whose last row is its first, of one row alone, and of one changed entry each."""
    if not isinstance(model, keras.Model):
        return {"is_model": False}
    rows = uniform(seed, (ROWS, size), 0.1, 0.9)
    rows[-1] = rows[0]
    model(rows)  # makes the variables
    slopes = [_slopes(model, rows[:1])]
    for number in range(WEIGHTS):
        _set_weights(model, seed + number)
        slopes.append(_slopes(model, rows[:1]))
    _set_weights(model, seed)
    changed = [np.where(np.arange(size) == entry, 1 - rows, rows).astype(np.float32) for entry in range(size)]
    return {
        "is_model": True,
        "batch": model(rows),
        "alone": model(rows[:1]),
        "changed": [model(other) for other in changed],
        "slopes": slopes,
    }


def _slopes(model: keras.Model, row: Any) -> np.ndarray:
    """The derivative of each output for each input at one example, `(outputs, inputs)`."""
    value = tf.constant(row)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(value)
        outputs = [entry[0] for entry in tf.split(model(value)[0], model(value).shape[-1])]
    none = tf.UnconnectedGradients.ZERO
    return np.stack([tape.gradient(entry, value, unconnected_gradients=none)[0] for entry in outputs])


@probe
def encoder_alone(ns: Namespace, case: Case) -> Any:
    """The encoder on batches of two sizes, and on rows of which one entry was changed."""
    return _alone(ns.call("build_encoder", case["wide"], case["latent_dim"]), case["wide"], case["seed"])


@probe
def decoder_alone(ns: Namespace, case: Case) -> Any:
    """The same of the decoder."""
    return _alone(ns.call("build_decoder", case["latent_dim"], case["wide"]), case["latent_dim"], case["seed"])


def _fit(halves: Sequence[Any], inputs: Any, targets: Any, enough: float) -> np.ndarray:
    """Train models that follow one another with the squared error; what the best of a few starts makes of the inputs.

    A share of ``enough`` of the variance explained ends the search.
    """
    best = np.asarray(through(halves, inputs))  # makes the variables
    weights = [weight for half in halves for weight in half.trainable_weights]
    for rate, steps, seed in TRAINING if weights else ():
        if seed is not None:
            for half in halves:
                _set_weights(half, seed)
        _descend(halves, weights, tf.constant(inputs), tf.constant(targets), rate, steps)
        best = max(best, np.asarray(through(halves, inputs)), key=lambda found: explained(found, targets))
        if explained(best, targets) > enough:
            break
    return best


def _descend(halves: Sequence[Any], weights: list[Any], inputs: Any, targets: Any, rate: float, steps: int) -> None:
    """Adam, written out: tracing an optimizer object would take longer than all the steps."""
    sources = [weight.value for weight in weights]

    def body(step: Any, means: list[Any], squares: list[Any]) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(through(halves, inputs) - targets))
        slopes = tape.gradient(loss, sources, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        means = [0.9 * mean + 0.1 * slope for mean, slope in zip(means, slopes, strict=True)]
        squares = [0.99 * square + 0.01 * slope**2 for square, slope in zip(squares, slopes, strict=True)]
        pace = rate * tf.sqrt(1 - 0.99**step) / (1 - 0.9**step)
        for weight, mean, square in zip(weights, means, squares, strict=True):
            weight.assign_sub(pace * mean / (tf.sqrt(square) + 1e-7))
        return step + 1, means, squares

    @tf.function(autograph=False)
    def run() -> Any:
        zeros = [tf.zeros(weight.shape) for weight in weights]
        start = (tf.constant(1.0), zeros, zeros)
        return tf.while_loop(lambda step, *_: step <= steps, body, start, parallel_iterations=1)

    run()


def explained(received: Any, targets: Any) -> float:
    """The share of the variance of the targets that is explained: 1 is perfect, the mean alone has 0."""
    wanted = np.asarray(targets, np.float64)
    return float(1 - np.mean((np.asarray(received, np.float64) - wanted) ** 2) / np.var(wanted))


@probe
def decoder_trained(ns: Namespace, case: Case) -> Any:
    """What the decoder gives after it was trained on codes and data."""
    wanted = data_of(case)
    decoder = ns.call("build_decoder", case["latent_dim"], case["wide"])
    return {"data": _fit([decoder], wanted["positions"], wanted["data"], LEARNED)}


@probe
def encoder_trained(ns: Namespace, case: Case) -> Any:
    """What an encoder learns together with one linear layer that reads its codes."""
    data = data_of(case)["data"]
    encoder = ns.call("build_encoder", case["wide"], case["latent_dim"])
    reader = keras.Sequential([keras.layers.Dense(case["wide"])])
    through([encoder, reader], data)
    before = encoder(data)
    return {
        "data": _fit([encoder, reader], data, data, BEGUN),
        "codes": [before, encoder(data)],
        "trainable": len(encoder.trainable_weights),
        "weights": len(encoder.weights),
    }


@probe
def built_twice(ns: Namespace, case: Case) -> Any:
    """For each half, what one model gives: twice, and once more after the weights of another model were set."""
    calls = {"encoder": (case["wide"], case["latent_dim"]), "decoder": (case["latent_dim"], case["wide"])}
    return {half: _second_of(ns, f"build_{half}", *sizes_, case["seed"]) for half, sizes_ in calls.items()}


def _second_of(ns: Namespace, name: str, size: int, wanted: int, seed: int) -> Any:
    try:
        first, second = ns.call(name, size, wanted), ns.call(name, size, wanted)
        rows = uniform(seed, (ROWS, size), 0.1, 0.9)
        for model in (first, second):
            model(rows)
            _set_weights(model, seed)
        seen = [second(rows), second(rows)]
        _set_weights(first, seed + 1)
        return {"gives": [*seen, second(rows)]}
    except Exception as error:  # what is wrong with one half must not decide what is seen of the other
        return {"raised": describe_error(error)["type"]}


def _looks_of_half(case: Case, seen: Any, size: int) -> dict[str, Any]:
    """What a half looks like, without the values that depend on its layers."""
    if not seen["is_model"]:
        return {"is_model": False}
    batch = array(seen["batch"], "The output").astype(np.float64)
    changes = [np.abs(array(other, "The output") - batch).max() > SEEN for other in seen["changed"]]
    return {
        "right size": batch.shape == (ROWS, size),
        "shape": list(batch.shape[1:]),
        "one per row": batch.shape[0] == ROWS,
        "same rows": bool(np.allclose(batch[0], batch[-1], atol=SEEN)),
        "alone": bool(np.allclose(seen["alone"], batch[:1], atol=SEEN)),
        "entries that count": sum(changes),
        "rows add up to 1": bool(np.allclose(batch.sum(axis=-1), 1, atol=SEEN)),
        "directions": directions(seen["slopes"]),
    }


def directions(slopes: Any) -> int:
    """In how many directions the outputs can vary: the largest rank of a derivative."""
    found = array(slopes, "The derivative of the output").astype(np.float64)
    singular = np.linalg.svd(found, compute_uv=False)
    return int((singular > FLAT * singular.max(axis=-1, keepdims=True)).sum(axis=-1).max())


def looks_of_encoder(case: Case, seen: Any) -> dict[str, Any]:
    """What tells wrong encoders apart."""
    return _looks_of_half(case, seen, case["latent_dim"])


def looks_of_decoder(case: Case, seen: Any) -> dict[str, Any]:
    """What tells wrong decoders apart."""
    return _looks_of_half(case, seen, case["wide"])


@probe
def whole(ns: Namespace, case: Case) -> Any:
    """The whole on batches of two sizes; then on the same data after the weights of the halves were changed."""
    encoder, decoder = _halves(case)
    model = ns.call("build_autoencoder", encoder, decoder)
    if not isinstance(model, keras.Model):
        return {"is_model": False}
    x = tf.constant(case["x"])
    seen = {"is_model": True, "batch": model(x), "alone": model(x[:1])}
    for half, factor in ((encoder, -0.7), (decoder, 1.6)):
        half.set_weights([factor * weight for weight in half.get_weights()])
    return seen | {"changed": model(x)}


@probe
def whole_trained(ns: Namespace, case: Case) -> Any:
    """The halves' weights and the whole's output after `fit`."""
    encoder, decoder = _halves(case)
    model = ns.call("build_autoencoder", encoder, decoder)
    if not isinstance(model, keras.Model):
        return {"is_model": False}
    x = case["x"]
    model.compile(optimizer=keras.optimizers.SGD(0.2), loss="mse", jit_compile=False)
    model.fit(x, x, batch_size=len(x), epochs=2, verbose=0)
    return {
        "is_model": True,
        "encoder": encoder.get_weights(),
        "decoder": decoder.get_weights(),
        "whole": model(x),
        "trainable": len(model.trainable_weights),
    }


@probe
def whole_branching(ns: Namespace, case: Case) -> Any:
    """The whole of halves with branches and batch normalisation, at inference and in training mode."""
    model = ns.call("build_autoencoder", *_branching(case))
    x = uniform(case["seed"] + 99, (case["rows"], case["wide"]), 0.0, 1.0)
    return {"inference": model(x), "training": model(x, training=True), "afterwards": model(x)}


def _route(x: Any, received: Any, encoder: Sequence[Any], decoder: Sequence[Any]) -> str:
    """Which way through the small networks of a case gives what was received."""
    ways = {
        "none at all": lambda: np.asarray(x, np.float64),
        "both": lambda: formula(x, encoder, decoder),
        "encoder": lambda: np.tanh(_affine(x, encoder)),
        "decoder": lambda: decoded(x, decoder),
        "backwards": lambda: np.tanh(_affine(decoded(x, decoder), encoder)),
    }
    for name, way in ways.items():
        try:
            due = way()
        except ValueError:  # the sizes do not fit
            continue
        if np.shape(received) == due.shape and np.allclose(received, due, atol=SEEN):
            return name
    return f"none, shape fits {np.shape(received) == np.shape(x)}"


def looks_of_whole(case: Case, seen: Any) -> Any:
    """Which way data take through the whole, and whether it follows its halves."""
    if not seen["is_model"]:
        return {"is_model": False}
    changed = [[np.float32(f) * weight for weight in case[half]] for half, f in (("encoder", -0.7), ("decoder", 1.6))]
    return {
        "first": _route(case["x"], seen["batch"], case["encoder"], case["decoder"]),
        "then": _route(case["x"], seen["changed"], *changed),
        "follows": not np.allclose(seen["batch"], seen["changed"], atol=SEEN),
    }


def looks_of_training(case: Case, seen: Any) -> Any:
    """What `fit` has moved, and which way data take afterwards."""
    if not seen["is_model"]:
        return {"is_model": False}
    moved = {half: bool(_movement(case, seen, half) > SEEN) for half in BOTH}
    route = _route(case["x"], seen["whole"], seen["encoder"], seen["decoder"])
    return moved | {"route": route, "trainable": seen["trainable"]}


def _movement(case: Case, seen: Any, half: str) -> float:
    """By how much the weight that moved least has moved."""
    pairs = zip(seen[half], case[half], strict=True)
    return min(float(np.abs(array(new, "A weight") - old).max()) for new, old in pairs)


@probe
def together(ns: Namespace, case: Case) -> Any:
    """The reconstruction of a batch, a tensor, and of its first example alone, a NumPy array."""
    parts = tuple(_halves(case))
    return {
        "batch": ns.call("encode_then_decode", parts, tf.constant(case["x"])),
        "alone": ns.call("encode_then_decode", parts, case["x"][:1]),
    }


@probe
def together_branching(ns: Namespace, case: Case) -> Any:
    """The reconstruction by halves that behave differently in training, twice."""
    parts = tuple(_branching(case))
    x = tf.constant(uniform(case["seed"] + 99, (case["rows"], case["wide"]), 0.0, 1.0))
    return {"once": ns.call("encode_then_decode", parts, x), "twice": ns.call("encode_then_decode", parts, x)}


def looks_of_reconstruction(case: Case, seen: Any) -> Any:
    """Which way data take through the two halves, and whether it is the same for an example alone."""
    batch = array(seen["batch"], "The reconstruction")
    return {
        "route": _route(case["x"], batch, case["encoder"], case["decoder"]),
        "alone": bool(np.shape(seen["alone"]) == batch[:1].shape and np.allclose(seen["alone"], batch[:1], atol=SEEN)),
        "one for all": bool(np.ptp(batch, axis=0).max() < SEEN),
    }


def _check_half(seen: Any, name: str, sizes_: tuple[int, int], entry: str) -> None:
    """What must be true of a half on its own."""
    wanted, entries = sizes_
    expect(seen["is_model"], f"`{name}` does not return a Keras model.")
    batch = finite(same_shape(seen["batch"], (ROWS, wanted), f"The output for {ROWS} rows"), "The output")
    size = {"ulps": 256, "scale": max(1.0, float(np.abs(batch).max()))}
    close(seen["alone"], batch[:1], "The output for the first row alone", **size)
    close(batch[-1], batch[0], "The output for a row that equals the first", **size)
    changed = same_shape(seen["changed"], (entries, ROWS, wanted), "The output for changed rows")
    moved = np.abs(changed.astype(np.float64) - batch).max(axis=(1, 2))
    expect((moved > SEEN).all(), f"The output does not depend on {entry} {int(np.argmin(moved))}.", received=moved)


ENCODER_ALONE = HALVES.trial(encoder_alone, half_cases)


@ENCODER_ALONE.check(
    points=0.75,
    hint="A model has an input of its own, of size `input_dim`, and ends in a layer with `latent_dim` units.",
)
def encoder_makes_codes(case: Case, seen: Any) -> None:
    """`build_encoder(input_dim, latent_dim)` is a model that turns a batch of any size into one code of length
    `latent_dim` per example; each entry of an example counts, and other examples do not."""
    _check_half(seen, "build_encoder", (case["latent_dim"], case["wide"]), "feature")


DECODER_ALONE = HALVES.trial(decoder_alone, half_cases)


@DECODER_ALONE.check(
    points=0.75,
    hint="The decoder is fed with codes: its own input has size `latent_dim`. It ends in `output_dim` units.",
)
def decoder_makes_data(case: Case, seen: Any) -> None:
    """`build_decoder(latent_dim, output_dim)` is a model that turns a batch of codes of any size into `output_dim`
    numbers per code; each entry of a code counts, and other codes do not."""
    _check_half(seen, "build_decoder", (case["wide"], case["latent_dim"]), "entry")


WHOLE_MODEL = WHOLE.trial(whole, network_cases)


@WHOLE_MODEL.check(
    points=1,
    hint="Data go into the encoder, its code goes into the decoder, and what that gives is the output of the whole.",
)
def whole_is_both_halves(case: Case, seen: Any) -> None:
    """`build_autoencoder(encoder, decoder)` is a model, and it gives what the decoder makes of the encoder's code."""
    expect(seen["is_model"], "`build_autoencoder` does not return a Keras model.")
    due = formula(case["x"], case["encoder"], case["decoder"])
    close(seen["batch"], due, "The output of the whole", ulps=64, scale=4)
    close(seen["alone"], due[:1], "The output of the whole for one example", ulps=64, scale=4)


WHOLE_TRAINED = WHOLE.trial(whole_trained, network_cases, examples=2, shrinks=3)


@WHOLE_TRAINED.check(
    points=1,
    hint="The whole must use the two models themselves, not layers like theirs; and every step from the data to the "
    "loss must let the gradient through.",
)
def training_trains_both(case: Case, seen: Any) -> None:
    """After `fit` on the whole, every weight of the two halves has moved, the loss is smaller, and the whole gives what
    the halves with their new weights give."""
    expect(seen["is_model"], "`build_autoencoder` does not return a Keras model.")
    for half in BOTH:
        for new, old in zip(seen[half], case[half], strict=True):
            finite(same_shape(new, old.shape, f"A weight of the {half}"), f"A weight of the {half}")
        expect(_movement(case, seen, half) > SEEN, f"Training the whole leaves a weight of the {half} where it was.")
    x = case["x"].astype(np.float64)
    before = np.mean((formula(x, case["encoder"], case["decoder"]) - x) ** 2)
    due = formula(x, seen["encoder"], seen["decoder"])
    after = float(np.mean((due - x) ** 2))
    expect(after < before, "The loss has not become smaller.", after, float(before))
    close(seen["whole"], due, "The output of the trained whole", ulps=64, scale=4)


RECONSTRUCTED = TOGETHER.trial(together, network_cases, examples=2)


@RECONSTRUCTED.check(
    points=1, hint="Unpack the pair. The code comes from the first half, the reconstruction from the second."
)
def reconstruction_of_both(case: Case, seen: Any) -> None:
    """`encode_then_decode((encoder, decoder), x)` is what the decoder makes of the encoder's code of `x`, for any
    number of examples, for a tensor and for a NumPy array."""
    due = formula(case["x"], case["encoder"], case["decoder"])
    close(seen["batch"], due, "The reconstruction", ulps=64, scale=4)
    close(seen["alone"], due[:1], "The reconstruction of one example, a NumPy array", ulps=64, scale=4)

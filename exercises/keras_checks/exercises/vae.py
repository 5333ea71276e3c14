"""Checks of `vae`: probes and public properties."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import EPS32, array, close, expect, finite, same_shape
from keras_checks.observe import Namespace, describe_error, plain, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, sizes, uniform

SAMPLING = Question("sampling", ("Sampling",), 2, 'VAE: Custom Model, "A custom Layer: Sampling"')
PARTS = Question(
    "encoder_decoder",
    ("build_encoder", "build_decoder"),
    3,
    'VAE: Custom Model, "the Encoder and Decoder are both implemented as Functional models"',
)
KL = Question("kl_divergence", ("kl_divergence",), 2, 'VAE: Custom Model, "Complex loss"')
VAE = Question("vae", ("VAE",), 3, 'VAE: Custom Model, "A custom training step"')

ROWS = 2000
"""Examples in a batch whose noise is looked at as a whole."""
WEIGHT_NOISE = 0.1
PUSHES = 8
RATE, MOMENTUM = 0.1, 0.5
LOSSES = ("loss", "reconstruction_loss", "kl_loss")
Arrays = dict[str, np.ndarray]


# Sampling


@st.composite
def _codes(draw: Any, low: int = 1) -> Arrays:
    """Means, log variances, and a weight for each entry of z."""
    shape = (draw(sizes(low, 3)), draw(sizes(1, 3)))
    return {
        "z_mean": draw(arrays(shape, key=1)),
        "z_log_var": draw(arrays(shape, key=2)),
        "weight": draw(arrays(shape, 0.5, 2, key=3)),
    }


@st.composite
def _columns(draw: Any) -> Arrays:
    """A mean and a log variance for each latent axis; no log variance is near 0, where wrong scales look right."""
    axes = (draw(sizes(2, 4)),)
    log_var = draw(arrays(axes, -1.5, 1.5, key=2))
    return {"z_mean": draw(arrays(axes, key=1)), "z_log_var": log_var + np.copysign(0.5, log_var).astype(np.float32)}


code_cases = _codes()
noise_cases = _columns()


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
def sampled_noise(ns: Namespace, case: Case) -> Any:
    """Calls on a large batch of equal examples: one layer twice and with `training=False`, then another layer."""
    layer, inputs = ns["Sampling"](), _repeated(case)
    seen = {"first": layer(inputs), "second": layer(inputs), "inference": layer(inputs, training=False)}
    return seen | {"other_layer": ns["Sampling"]()(inputs)}


@probe
def sampled_in_graph(ns: Namespace, case: Case) -> Any:
    """Two runs of one traced function that calls the layer, and a Functional model with an unknown batch size."""
    layer, inputs = ns["Sampling"](), _repeated(case)
    traced = tf.function(lambda z_mean, z_log_var: layer([z_mean, z_log_var])).get_concrete_function(*inputs)
    seen = {"first": traced(*inputs), "second": traced(*inputs)}
    return seen | {"functional": _functional(layer, [part[:3] for part in inputs])}


def _functional(layer: Any, inputs: list[Any]) -> Any:
    symbols = [keras.Input(part.shape[1:]) for part in inputs]
    try:
        return {"z": keras.Model(symbols, layer(symbols))(inputs)}
    except Exception as error:  # the outcome is judged beside the noise, not instead of it
        return {"raised": describe_error(error)["message"]}


def deviations(case: Case, z: Any, what: str) -> np.ndarray:
    """How far each draw lies from its mean, in units of the spread of its latent axis: `(ROWS, axes)`."""
    found = finite(same_shape(z, (ROWS, *case["z_mean"].shape), what), what).astype(np.float64)
    away = found - case["z_mean"]
    spread = away.std(axis=0)
    expect(np.abs(away).max() > 1e-3, f"{what} carries no noise: it equals z_mean.", found[0], case["z_mean"])
    expect((spread > 1e-3).all(), f"{what}: every example of the batch got the same noise.", away[:2])
    return away / spread


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation of two arrays of the same shape, entry by entry; 0 where one of them is constant."""
    first, second = (part.astype(np.float64).ravel() - part.mean() for part in (one, other))
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) / size if size > 1e-9 else 0.0


def noise_traits(case: Case, seen: Any) -> dict[str, Any]:
    """What tells mistakes about noise apart, without the noise: what is shared, and where its middle lies."""
    first, second = (array(seen[name], "z") - case["z_mean"] for name in ("first", "second"))
    spread = first.std(axis=0) + 1e-9
    return {
        "silent": bool(np.abs(first).max() < 1e-3),
        "rows_alike": bool(spread.max() < 1e-3),
        "axes_alike": bool(abs(correlation(first[:, 0], first[:, 1])) > 0.5),
        "calls_alike": bool(abs(correlation(first, second)) > 0.5),
        "layers_alike": bool(abs(correlation(first, seen.get("other_layer", -first) - case["z_mean"])) > 0.5),
        "middle": np.round(first.mean(axis=0) / spread),
        "functional": "raised" in seen.get("functional", {}),
    }


SAMPLED_GRADIENT = SAMPLING.trial(sampled_gradient, code_cases)


@SAMPLED_GRADIENT.check(
    points=0.4, hint="z_mean is the centre of the draw, noise comes on top, one value for each entry."
)
def moves_with_the_mean(case: Case, seen: Any) -> None:
    """`z` has the shape of `z_mean`, and when an entry of `z_mean` moves, the same entry of `z` moves as much."""
    finite(same_shape(seen["z"], case["z_mean"].shape, "z"), "z")
    expect(seen["by_mean"] is not None, "No gradient flows from z back to z_mean.")
    close(seen["by_mean"], case["weight"], "The change of the weighted sum of z with z_mean", ulps=8)


SAMPLED_NOISE = SAMPLING.trial(sampled_noise, noise_cases, examples=3)


@SAMPLED_NOISE.check(points=0.4, hint="The noise needs the shape of z_mean, and has to be drawn inside `call`.")
def fresh_noise(case: Case, seen: Any) -> None:
    """Noise is drawn anew for every example, for every latent axis and in every call; it is 0 on average."""
    first, second = (deviations(case, seen[name], "z") for name in ("first", "second"))
    pairs = {
        "Two calls of one layer": (first, second),
        "Neighbouring examples": (first[:-1], first[1:]),
        "Neighbouring latent axes": (first[:, :-1], first[:, 1:]),
    }
    for who, (one, other) in pairs.items():
        together = correlation(one, other)
        expect(abs(together) < 0.5, f"{who} do not get noise of their own (correlation {together:.2f}).")
    middle = first.mean(axis=0)
    # 7 standard errors: less than one right answer in 10^11 is beyond.
    expect((np.abs(middle) < 7 / np.sqrt(ROWS)).all(), "On average, z is not z_mean.", middle, np.zeros_like(middle))


# Encoder and decoder


class _KnownSampling(keras.layers.Layer):
    """Stands in for `Sampling`: a known mixture of its inputs, without noise."""

    mixture = (1.0, 1.0, 1.0)

    def __init__(self, *_: Any, name: str | None = None, **__: Any) -> None:
        super().__init__(name=name)

    def call(self, inputs: Any, *_: Any, **__: Any) -> Any:
        z_mean, z_log_var = inputs
        for_mean, for_log_var, offset = self.mixture
        return for_mean * z_mean + for_log_var * z_log_var + offset

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape[0]


def mixture(case: Case) -> tuple[float, float, float]:
    """What the stand-in for `Sampling` multiplies the two heads by, and what it adds."""
    for_mean, for_log_var, offset = (float(part) for part in uniform(case["seed"], (3,), 2, 3))
    return for_mean, -for_log_var, 2 * offset


def mixed(case: Case, z_mean: np.ndarray, z_log_var: np.ndarray) -> np.ndarray:
    """What the stand-in for `Sampling` makes of an encoder's two heads."""
    for_mean, for_log_var, offset = mixture(case)
    return for_mean * z_mean + for_log_var * z_log_var + offset


image_shapes = st.tuples(sizes(8, 13), sizes(8, 13), st.sampled_from([1, 3]))


def _encoders(latent_dims: st.SearchStrategy[int]) -> st.SearchStrategy[Case]:
    return cases(image_shape=image_shapes, latent_dim=latent_dims, batch=sizes(2, 4), seed=seeds())


encoder_cases = _encoders(sizes(2, 5))
# So many axes that a head which can take both signs takes both: one that can't is told from chance.
wide_encoder_cases = _encoders(sizes(40, 44))
decoder_cases = cases(image_shape=image_shapes, latent_dim=sizes(2, 5), batch=sizes(2, 4), seed=seeds())


def _shake(model: Any, inputs: Any, seed: int) -> None:
    """Build a model, then move all weights a little, so that nothing rests on how they were initialised."""
    model(inputs)
    for index, weight in enumerate(model.trainable_weights):
        noise = np.random.default_rng([seed, index]).normal(size=weight.shape)
        weight.assign_add((WEIGHT_NOISE * noise).astype(np.float32))


@probe
def encoded(ns: Namespace, case: Case) -> Any:
    """The encoder's outputs for a batch of images, and for the first of them alone."""
    stand_in = type("Sampling", (_KnownSampling,), {"mixture": mixture(case)})
    with ns.replaced(Sampling=stand_in):
        encoder = ns.call("build_encoder", case["image_shape"], case["latent_dim"])
    images = tf.constant(uniform(case["seed"], (case["batch"], *case["image_shape"]), 0, 1))
    _shake(encoder, images, case["seed"])
    return {"together": _outputs(encoder(images)), "alone": _outputs(encoder(images[:1]))}


def _outputs(outputs: Any) -> list[Any]:
    if not isinstance(outputs, list | tuple):
        raise TypeError(f"The encoder gives one {type(outputs).__name__}, not [z_mean, z_log_var, z].")
    return list(outputs)


def heads(case: Case, outputs: Any, batch: int) -> list[np.ndarray]:
    """z_mean, z_log_var and z, each checked for its shape."""
    names = ("z_mean", "z_log_var", "z")
    expect(len(outputs) == 3, "The encoder does not have three outputs.", f"{len(outputs)} outputs", "3 outputs")
    shape = (batch, case["latent_dim"])
    return [finite(same_shape(output, shape, name), name) for output, name in zip(outputs, names, strict=True)]


ENCODED = PARTS.trial(encoded, encoder_cases, examples=2, shrinks=6)


@ENCODED.check(points=0.6, hint="Three outputs in a list; the batch size stays open.")
def three_outputs(case: Case, seen: Any) -> None:
    """`build_encoder` makes a model with three outputs, each `(batch, latent_dim)`, for images of any size."""
    together, alone = heads(case, seen["together"], case["batch"]), heads(case, seen["alone"], 1)
    for name, one, other in zip(("z_mean", "z_log_var"), alone, together, strict=False):
        same = np.abs(one - other[:1]).max() <= 4096 * EPS32 * max(1.0, np.abs(other).max())
        expect(same, f"{name} of an image depends on the other images of its batch.", one, other[:1])
    expect(np.abs(together[2] - together[0]).max() > 1e-6, "z equals z_mean: nothing was sampled.")


@probe
def decoded(ns: Namespace, case: Case) -> Any:
    """Images decoded together and alone, then the darkest and the brightest that the decoder can be trained to."""
    codes = tf.constant(uniform(case["seed"], (case["batch"], case["latent_dim"])))
    decoder = ns.call("build_decoder", case["image_shape"], case["latent_dim"])
    _shake(decoder, codes, case["seed"])
    seen = {"together": decoder(codes), "alone": decoder(codes[:1])}
    start = decoder.get_weights()
    for name, direction in (("dark", -1.0), ("bright", 1.0)):
        decoder.set_weights(start)
        seen[name] = _pushed(decoder, codes[:1], direction)
    return seen


def _pushed(decoder: Any, codes: Any, direction: float) -> Any:
    """The most extreme image on a short way on which each step moves every weight by the same size."""
    best = decoder(codes)
    for step in range(PUSHES):
        with tf.GradientTape() as tape:
            brightness = tf.reduce_mean(decoder(codes))
        gradients = tape.gradient(brightness, decoder.trainable_weights)
        for weight, gradient in zip(decoder.trainable_weights, gradients, strict=True):
            if gradient is not None:
                weight.assign_add(direction * 0.4 * tf.sign(gradient))
        image = decoder(codes)
        best = image if direction * (np.median(image) - np.median(best)) > 0 else best
        if step and not 0.05 < np.median(best) < 0.95:
            break
    return best


def decoder_traits(case: Case, seen: Any) -> dict[str, Any]:
    """What tells wrong decoders apart, whatever their weights are."""
    images = np.concatenate([np.asarray(seen[name]) for name in ("together", "dark", "bright")])
    middle, lowest, highest = float(np.mean(seen["together"])), float(images.min()), float(images.max())
    return {
        "shape": list(images.shape[1:]),
        "below": lowest < -1e-3,
        "above": highest > 1 + 1e-3,
        "reach": [round(float(np.median(seen[name])), 1) for name in ("dark", "bright")] if lowest >= 0 else [],
        "middle": round(middle) if lowest >= 0 and highest <= 1 else 0,
    }


DECODED = PARTS.trial(decoded, decoder_cases, examples=3, shrinks=6)


@DECODED.check(
    points=0.8,
    hint="Follow the size from layer to layer, for 9 rows and 14 columns: what is left over has to be cut off.",
)
def images_of_the_right_size(case: Case, seen: Any) -> None:
    """`build_decoder` makes an image of exactly `image_shape` from each code, also where sizes are odd or differ."""
    together = finite(same_shape(seen["together"], (case["batch"], *case["image_shape"]), "The batch of images"), "It")
    alone = same_shape(seen["alone"], (1, *case["image_shape"]), "The image")
    apart = np.abs(alone - together[:1]).max()
    expect(apart <= 4096 * EPS32 * max(1.0, np.abs(together).max()), "An image depends on its batch.", alone)
    expect(np.ptp(together, axis=0).max() > 1e-6, "All codes give the same image.", together)


# KL divergence

kl_cases = _codes()


@probe
def divergence(ns: Namespace, case: Case) -> Any:
    """The divergence, and its gradient with respect to both arguments."""
    z_mean, z_log_var = _tensors(case, "z_mean", "z_log_var")
    with tf.GradientTape() as tape:
        tape.watch([z_mean, z_log_var])
        value = tf.convert_to_tensor(ns.call("kl_divergence", z_mean, z_log_var))
    by_mean, by_log_var = tape.gradient(value, [z_mean, z_log_var])
    return {"value": value, "by_mean": by_mean, "by_log_var": by_log_var}


DIVERGENCE = KL.trial(divergence, kl_cases)


@DIVERGENCE.check(
    points=0.7,
    hint="What does the mean over the batch do to the part of one example? And the sum over the latent axes?",
)
def pulls_the_means_to_zero(case: Case, seen: Any) -> None:
    """The divergence is one number; its gradient with respect to `z_mean` is `z_mean / batch`."""
    finite(same_shape(seen["value"], (), "The divergence"), "The divergence")
    expect(seen["by_mean"] is not None, "No gradient flows back to z_mean.")
    wanted = case["z_mean"].astype(np.float64) / len(case["z_mean"])
    close(seen["by_mean"], wanted, "The gradient with respect to z_mean", ulps=16, scale=2)


# The model


@st.composite
def _steps(draw: Any) -> Case:
    """Sizes of images, codes and batch in which no two axes are alike, and a seed for everything else."""
    rows = draw(sizes(2, 3))
    return {
        "image_shape": (rows, rows + draw(sizes(1, 2)), draw(sizes(2, 3))),
        "latent_dim": draw(sizes(1, 3)),
        "batch": draw(sizes(2, 3)),
        "seed": draw(seeds()),
    }


step_cases = _steps()


def tiny_parts(case: Case) -> Arrays:
    """Weights of a linear encoder and decoder, and how the encoder mixes z and the stand-in divergence is made."""
    pixels, axes = int(np.prod(case["image_shape"])), case["latent_dim"]
    shapes = {"mean": (pixels, axes), "log_var": (pixels, axes), "decode": (axes, pixels), "bias": (pixels,)}
    parts = {name: uniform(case["seed"] + key, shape, -0.4, 0.4) for key, (name, shape) in enumerate(shapes.items())}
    for key, name in enumerate(("mix", "kl")):
        parts[name] = uniform(case["seed"] + 10 + key, (2, axes), 0.5, 1.5)
    return parts


def batches(case: Case, count: int) -> list[np.ndarray]:
    """Batches of images with values between 0.05 and 0.95, each brighter than the last."""
    shape = (case["batch"], *case["image_shape"])
    tops = np.linspace(0.5, 0.95, count)
    return [uniform(case["seed"] + 20 + key, shape, 0.05, top) for key, top in enumerate(tops)]


class _Recorded(keras.layers.Layer):
    """A layer with given weights that keeps what it was called with last; a variable does, so tracing is no matter."""

    def __init__(self, function: Any, weights: list[np.ndarray], shape: tuple[int, ...]) -> None:
        super().__init__()
        self._function = function
        self._parts = [self.add_weight(shape=part.shape, initializer="zeros") for part in weights]
        for part, value in zip(self._parts, weights, strict=True):
            part.assign(value)
        self.last = tf.Variable(tf.zeros((0, *shape)), shape=(None, *shape), trainable=False)

    def call(self, inputs: Any) -> Any:
        self.last.assign(inputs)
        return self._function(inputs, *self._parts)


def tiny_networks(case: Case, parts: Arrays) -> tuple[list[Any], list[Any]]:
    """An encoder and a decoder as Functional models, and the variables that keep what they were called with."""

    def encode(images: Any, mean: Any, log_var: Any) -> Any:
        flat = tf.reshape(images, (-1, mean.shape[0]))
        z_mean, z_log_var = tf.matmul(flat, mean), tf.matmul(flat, log_var)
        return [z_mean, z_log_var, parts["mix"][0] * z_mean + parts["mix"][1] * z_log_var]

    def decode(z: Any, kernel: Any, bias: Any) -> Any:
        return tf.reshape(tf.sigmoid(tf.matmul(z, kernel) + bias), (-1, *case["image_shape"]))

    image, code = case["image_shape"], (case["latent_dim"],)
    layers = [
        _Recorded(encode, [parts["mean"], parts["log_var"]], image),
        _Recorded(decode, [parts["decode"], parts["bias"]], code),
    ]
    inputs = [keras.Input(image), keras.Input(code)]
    models = [keras.Model(each, layer(each)) for each, layer in zip(inputs, layers, strict=True)]
    return models, [layer.last for layer in layers]


def _known_divergence(parts: Arrays) -> Any:
    """Stands in for `kl_divergence`: another known function of the same two arguments."""

    def kl_divergence(z_mean: Any, z_log_var: Any) -> Any:
        return tf.reduce_sum(parts["kl"][0] * z_mean + parts["kl"][1] * z_log_var**2)

    return kl_divergence


def _stand_ins(parts: Arrays) -> dict[str, Any]:
    """Stand in for other answers: a step that samples once more gets what the encoder gave."""
    sampling = type("Sampling", (_KnownSampling,), {"mixture": (*parts["mix"], 0.0)})
    return {"kl_divergence": _known_divergence(parts), "Sampling": sampling}


def _compiled(ns: Namespace, networks: list[Any], optimizer: Any) -> Any:
    model = ns["VAE"](*networks)
    model.compile(optimizer=optimizer)
    model.jit_compile = False
    return model


@probe
def vae_steps(ns: Namespace, case: Case) -> Any:
    """Two training steps with plain momentum: what was called with what, what came back, where the weights went."""
    parts, steps = tiny_parts(case), []
    networks, (encoded, decoded) = tiny_networks(case, parts)
    with ns.replaced(**_stand_ins(parts)):
        model = _compiled(ns, networks, keras.optimizers.SGD(RATE, momentum=MOMENTUM))
        for images in batches(case, 2):
            results = dict(model.train_step(tf.constant(images)))
            weights = [weight for network in networks for weight in network.get_weights()]
            steps.append(plain({"results": results, "encoded": encoded, "decoded": decoded, "weights": weights}))
    return {"steps": steps}


@probe
def vae_fit(ns: Namespace, case: Case) -> Any:
    """The history of `fit` on two batches, then on each alone; codes don't matter and no weight moves."""
    parts = tiny_parts(case)
    parts["decode"] = np.zeros_like(parts["decode"])
    both = batches(case, 2)
    with ns.replaced(**_stand_ins(parts)):
        model = _compiled(ns, tiny_networks(case, parts)[0], keras.optimizers.SGD(0.0))
        data = {"both": np.concatenate(both), "first": both[0], "second": both[1]}
        options = {"batch_size": case["batch"], "shuffle": False, "verbose": 0}
        return {name: model.fit(images, **options).history for name, images in data.items()}


def results_of(step: Any) -> list[float]:
    """loss, reconstruction_loss and kl_loss as numbers."""
    results = step["results"]
    for name in LOSSES:
        expect(name in results, f"train_step returns no `{name}`.", ", ".join(results), ", ".join(LOSSES))
    return [float(finite(same_shape(results[name], (), name), name)) for name in LOSSES]


VAE_STEPS = VAE.trial(vae_steps, step_cases, examples=3, shrinks=8)


@VAE_STEPS.check(
    points=0.8, hint="Everything that a weight has a part in must happen under the tape, and the loss has two terms."
)
def one_step_trains_both_halves(case: Case, seen: Any) -> None:
    """One step encodes the batch, returns a `loss` that is the sum of its two parts, and moves both networks."""
    first, parts = seen["steps"][0], tiny_parts(case)
    for name in ("encoded", "decoded"):
        expect(array(first[name], "What went in").size > 0, f"Nothing was {name}: that network was not called.")
    close(first["encoded"], batches(case, 2)[0], "What the encoder was called with")
    loss, reconstruction, divergence = results_of(first)
    expect(reconstruction > 0, "The reconstruction loss is not positive.", reconstruction)
    close(loss, reconstruction + divergence, "`loss`", ulps=64, scale=abs(reconstruction) + abs(divergence))
    for name, after in zip(("mean", "log_var", "decode", "bias"), first["weights"], strict=True):
        which = "encoder" if name in ("mean", "log_var") else "decoder"
        moved = np.abs(same_shape(after, parts[name].shape, "A weight") - parts[name]).max()
        expect(moved > 1e-6, f"No step was made on a weight of the {which}.")

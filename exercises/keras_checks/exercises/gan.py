"""Checks of `gan`: probes and public properties."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import Failure, array, close, expect, finite, same_shape
from keras_checks.observe import Namespace, plain, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import cases, seeds, shapes, sizes, uniform
from keras_checks.testbeds.game import D, G
from keras_checks.testbeds.players import Player, Transcript, attempt, fitted, network
from keras_checks.testbeds.rounds import Step, first_step, resized, size_written_down

INVERT = Question(
    name="invert_convolution",
    answers=("invert_convolution",),
    points=3,
    lecture='GAN, "Conv2DTranspose: Inverting a Convolution"',
)
PLAYERS = Question(
    name="build_players",
    answers=("build_generator", "build_discriminator"),
    points=2,
    lecture='GAN, "Conv2DTranspose: Inverting a Convolution"',
)
GAN = Question(name="gan", answers=("GAN",), points=5, lecture='GAN, "Custom train_step"')


# invert_convolution


def _axis(size: int, kernel: int, stride: int, padding: str) -> tuple[int, int]:
    """Length of a convolution's output, and what is left of its input beyond (output - 1) strides."""
    out = (size - kernel) // stride + 1 if padding == "valid" else -(-size // stride)
    return out, size - (out - 1) * stride


def _has_inverse(axes: list[tuple[int, int, int]], padding: str) -> bool:
    """Whether a layer of Keras has the shape: with an even kernel and "same", one padding must do for both axes."""
    if padding == "valid":
        return all(size >= kernel for size, kernel, _ in axes)
    left = [_axis(*axis, padding)[1] for axis in axes]
    full = all(rest == stride for rest, (_, _, stride) in zip(left, axes, strict=True))
    return full or all(rest - kernel % 2 < stride for rest, (_, kernel, stride) in zip(left, axes, strict=True))


PADDINGS = ("valid", "same")


@st.composite
def _convolution(draw: Any, padding: str, whole: bool, dilated: bool) -> Case:
    """A convolution, its input's shape and two kernels. ``whole``: strides divide what they step over."""
    kernel = (draw(sizes(1, 4)), draw(sizes(1, 4)))
    strides = (1, 1) if dilated else (draw(sizes(1, 3)), draw(sizes(1, 3)))
    dilation = (draw(sizes(1, 3)), draw(sizes(2, 3))) if dilated else (1, 1)
    kernel = (kernel[0], kernel[1] + 1) if dilated else kernel
    wide = [(size - 1) * rate + 1 for size, rate in zip(kernel, dilation, strict=True)]
    steps = [draw(sizes(1, 3)) for _ in range(2)]
    rest = [0 if whole or stride == 1 else draw(sizes(1, stride - 1)) for stride in strides]
    start = [max(size, stride) if padding == "valid" else stride for size, stride in zip(wide, strides, strict=True)]
    image = [s + (n - 1) * stride + r for s, n, stride, r in zip(start, steps, strides, rest, strict=True)]
    axes = list(zip(image, wide, strides, strict=True))
    if not _has_inverse(axes, padding):
        image = [size - r for size, r in zip(image, rest, strict=True)]
        axes = list(zip(image, wide, strides, strict=True))
    channels, filters = draw(sizes(1, 3)), draw(sizes(1, 3))
    seed, shape = draw(seeds()), (*kernel, channels, filters)
    return {
        "kernel_size": kernel,
        "strides": strides,
        "padding": padding,
        "dilation_rate": dilation,
        "use_bias": draw(st.booleans()),
        "input_shape": (*image, channels),
        "kernel": uniform(seed, shape),
        "other_kernel": uniform(seed + 7_919, shape),
        "y": uniform(seed, (2, *(_axis(*axis, padding)[0] for axis in axes), filters)),
    }


def _convolutions(**options: bool) -> st.SearchStrategy[Case]:
    """A convolution of each padding."""
    return cases(**{padding: _convolution(padding, **options) for padding in PADDINGS})


whole_strides = _convolutions(whole=True, dilated=False)
odd_sizes = _convolutions(whole=False, dilated=False)
dilations = _convolutions(whole=True, dilated=True)


@probe
def inverse(ns: Namespace, case: Case) -> Any:
    """What the inverses give for ``y``: with the kernel that each came with, and with another one put in."""
    return {padding: _inverse(ns, case[padding]) for padding in PADDINGS}


def _inverse(ns: Namespace, case: Case) -> Any:
    conv = keras.layers.Conv2D(
        case["kernel"].shape[-1],
        case["kernel_size"],
        strides=case["strides"],
        padding=case["padding"],
        dilation_rate=case["dilation_rate"],
        use_bias=case["use_bias"],
        bias_initializer="ones",
    )
    conv.build((None, *case["input_shape"]))
    conv.kernel.assign(case["kernel"])
    with _dilated_calls() if max(case["dilation_rate"]) > 1 else nullcontext():
        return _answers(ns.call("invert_convolution", conv, tuple(case["input_shape"])), case)


def _answers(layer: Any, case: Case) -> Any:
    kind, built = isinstance(layer, keras.layers.Conv2DTranspose), bool(getattr(layer, "built", True))
    own = _linear_part(layer, case)
    fits = built and kind and tuple(layer.kernel.shape) == case["kernel"].shape
    if fits:
        layer.kernel.assign(case["other_kernel"])
    return {"is_transposed": kind, "built": built, "own": own, "other": _linear_part(layer, case) if fits else None}


def _linear_part(layer: Any, case: Case) -> Any:
    """The answer to ``y`` without the bias."""
    y = tf.constant(case["y"])
    return layer(y) - layer(tf.zeros_like(y))


@contextmanager
def _dilated_calls() -> Iterator[None]:
    """Compile each call of a transposed convolution: on many a CPU TensorFlow runs a dilated one in no other way."""
    call = keras.layers.Conv2DTranspose.call

    def compiled(self: Any, inputs: Any) -> Any:
        return tf.function(lambda x: call(self, x), jit_compile=True)(inputs)

    keras.layers.Conv2DTranspose.call = compiled
    try:
        yield
    finally:
        keras.layers.Conv2DTranspose.call = call


def convolved(case: Case, x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """``x`` convolved as the case's layer does it, in float64, without a bias."""
    return tf.nn.convolution(
        tf.constant(x, tf.float64),
        tf.constant(kernel, tf.float64),
        strides=case["strides"],
        padding=case["padding"].upper(),
        dilations=case["dilation_rate"],
    ).numpy()


def adjoint(case: Case, image: Any, kernel: np.ndarray) -> None:
    """Fail unless ``<conv(x), y> = <x, image>`` for several x, where ``image`` is what the inverse made of y."""
    shape = (len(case["y"]), *case["input_shape"])
    what = f'With padding="{case["padding"]}", inverse(y)'
    found = finite(same_shape(image, shape, what), what)
    ones = np.ones(shape, np.float32)
    for x in (ones, *(uniform(seed, shape) for seed in range(3)), np.where(uniform(3, shape) > 1, ones, 0)):
        terms = convolved(case, x, kernel) * case["y"]
        size = float(np.abs(terms).sum() + np.abs(x * found).sum())
        close(np.sum(x * found.astype(np.float64)), terms.sum(), f"{what} times x", ulps=16, scale=max(size, 1))


def geometry(case: Case, seen: Any) -> None:
    """Fail unless the inverse of each convolution is its adjoint with any kernel in it."""
    for padding in PADDINGS:
        each, found = case[padding], seen[padding]
        expect(found["is_transposed"], "The answer is not a `Conv2DTranspose` layer.")
        expect(found["built"], "The layer is not built: it has no kernel yet.")
        if found["other"] is None:
            adjoint(each, found["own"], each["kernel"])
        else:
            adjoint(each, found["other"], each["other_kernel"])


def kernels_of(case: Case, seen: Any) -> Any:
    """An observation with the answers to the layers' own kernels replaced by what these kernels are."""
    return {padding: _kernel_of(case[padding], seen[padding]) for padding in PADDINGS}


def _kernel_of(case: Case, seen: Any) -> Any:
    own = array(seen["own"], "inverse(y)")
    known = {"the same": case["kernel"], "turned": case["kernel"][::-1, ::-1]}
    found = [name for name, kernel in known.items() if _holds(adjoint, case, own, kernel)]
    return {**seen, "own": [list(own.shape), found[:1]]}


def _holds(statement: Any, *args: Any) -> bool:
    try:
        statement(*args)
    except Failure:
        return False
    return True


INVERSE = INVERT.trial(inverse, whole_strides)


@INVERSE.check(
    points=1,
    hint="Which arguments of `conv` decide where a number of its input goes? The inverse needs the same ones. How many "
    "channels must it give back?",
)
def goes_back_the_same_way(case: Case, seen: Any) -> None:
    """With any kernel put in, the layer sends each output of a convolution with that kernel back to the inputs that it
    came from: `<conv(x), y> = <x, inverse(y)>`, in the shape of the input."""
    geometry(case, seen)


# build_generator, build_discriminator

IMAGE = (8, 8, 1)
batches = cases(latent_dim=st.integers(2, 12), n=sizes(2, 5), seed=seeds())
STEPS, RATE = 12, 0.3


@probe
def generator(ns: Namespace, case: Case) -> Any:
    """Images of a generator, and how dark and how bright training can make them."""
    model = ns.call("build_generator", case["latent_dim"])
    latents = tf.constant(uniform(case["seed"], (case["n"], case["latent_dim"])))
    images = model(latents)
    return {
        "convolves": _convolves(model),
        "images": images,
        "one_by_one": tf.concat([model(latent[None]) for latent in latents], axis=0),
        "dark": _trained(model, latents, 1.0),
        "bright": _trained(model, latents, -1.0),
    }


@probe
def discriminator(ns: Namespace, case: Case) -> Any:
    """Logits of a discriminator, and how low and how high training can make them."""
    model = ns.call("build_discriminator")
    images = tf.constant(uniform(case["seed"], (case["n"], *IMAGE), 0, 1))
    logits = model(images)  # makes the weights of a model without an input
    return {
        "convolves": _convolves(model),
        "logits": logits,
        "one_by_one": tf.concat([model(image[None]) for image in images], axis=0),
        "low": _trained(model, images, 1.0),
        "high": _trained(model, images, -1.0),
    }


def _convolves(model: Any) -> bool:
    """Whether the model has a kernel of a convolution: the only weights with four axes."""
    return any(len(weight.shape) == 4 for weight in model.trainable_weights)


def _trained(model: Any, inputs: Any, sign: float) -> Any:
    """The outputs after some steps that make them smaller (``sign`` 1) or larger (-1); the weights are put back."""
    before, weights = model.get_weights(), model.trainable_weights
    optimizer = keras.optimizers.Adam(RATE)
    for _ in range(STEPS):
        with tf.GradientTape() as tape:
            target = sign * tf.reduce_mean(model(inputs))
        optimizer.apply(tape.gradient(target, weights), weights)
    outputs = model(inputs)
    model.set_weights(before)
    return outputs


def _mapping(outputs: Any, one_by_one: Any, what: str) -> np.ndarray:
    """``outputs`` as an array; fails unless each depends on its own input and on nothing else."""
    found = finite(outputs, what)
    close(
        one_by_one, found, f"{what} of an example fed on its own", ulps=4096, scale=max(1.0, float(np.abs(found).max()))
    )
    spread = float(np.ptp(found, axis=0).max())
    expect(spread > 1e-7, f"{what} is the same for every input.", received=found)
    return found


def image_features(case: Case, seen: Any) -> Any:
    """What a generator's images are like, without the weights that it happened to start with."""
    images, dark, bright = (array(seen[name], "The image") for name in ("images", "dark", "bright"))
    return {
        "shape": list(images.shape[1:]),
        "convolves": bool(seen["convolves"]),
        "below 0": bool(min(images.min(), dark.min()) < -1e-6),
        "above 1": bool(max(images.max(), bright.max()) > 1 + 1e-6),
        "means": [bool(dark.mean() < 0.1), bool(bright.mean() > 0.9)],
    }


def logit_range(case: Case, seen: Any) -> Any:
    """What a discriminator's logits are like, without the weights that it happened to start with."""
    logits, low, high = (array(seen[name], "The logit") for name in ("logits", "low", "high"))
    return {
        "shape": list(logits.shape[1:]),
        "convolves": bool(seen["convolves"]),
        "low": [bool(low.max() < bound) for bound in (0, -0.5, -1.01)],
        "high": [bool(high.min() > bound) for bound in (0, 0.9, 1.01, 1.5)],
    }


GENERATOR = PLAYERS.trial(generator, batches, examples=2, shrinks=4)


@GENERATOR.check(points=0.5, hint="Follow the shape from layer to layer.")
def generator_makes_images(case: Case, seen: Any) -> None:
    """`build_generator(latent_dim)` maps latents `(batch, latent_dim)` to images `(batch, 8, 8, 1)` through transposed
    convolutions; each image depends on its own latent, and on no other."""
    found = same_shape(seen["images"], (case["n"], *IMAGE), "generator(latents)")
    _mapping(found, seen["one_by_one"], "The image")
    expect(seen["convolves"], "No weight of the generator is the kernel of a convolution.")


DISCRIMINATOR = PLAYERS.trial(discriminator, batches, examples=2, shrinks=4)


@DISCRIMINATOR.check(points=0.5, hint="Follow the shape from layer to layer.")
def discriminator_gives_one_number(case: Case, seen: Any) -> None:
    """`build_discriminator()` maps images `(batch, 8, 8, 1)` through convolutions to one number each, `(batch, 1)`."""
    found = array(seen["logits"], "discriminator(images)")
    shape = f"shape {found.shape}"
    expect(found.shape in ((case["n"], 1), (case["n"],)), "discriminator(images) has the wrong shape.", shape)
    _mapping(found, seen["one_by_one"], "The logit")
    expect(seen["convolves"], "No weight of the discriminator is the kernel of a convolution.")


# GAN

D_RATE, G_RATE = 1 / 64, 1 / 32
NOISE = 0.05
"""How far a label may be from 0 or 1."""


@st.composite
def _games(draw: Any) -> Case:
    latent_dim, image = draw(sizes(1, 3)), draw(shapes(3, 2, 3))
    seed, pixels = draw(seeds()), int(np.prod(image))
    batch = draw(sizes(2, 5))
    return {
        "latent_dim": latent_dim,
        "g_kernel": uniform(seed, (latent_dim, pixels), -1, 1),
        "g_bias": uniform(seed, (pixels,), -1, 1),
        "d_kernel": uniform(seed, (pixels, 1), -0.5, 0.5),
        "d_bias": uniform(seed, (1,), -0.5, 0.5),
        "batches": [uniform(seed + key, (n, *image), 0, 1) for key, n in enumerate((batch, draw(sizes(1, 4)), batch))],
    }


games = _games()


class SquaredError(keras.losses.Loss):
    """A loss that notes its labels and predictions: the mean of their squared differences."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(name="squared_error")
        self.transcript = transcript

    def call(self, y_true: Any, y_pred: Any) -> Any:
        self.transcript.note("loss", labels=y_true, predictions=y_pred)
        return tf.reduce_mean(tf.square(y_pred - tf.cast(y_true, y_pred.dtype)), axis=-1)


def _compiled(ns: Namespace, case: Case, transcript: Transcript) -> Any:
    """The student's model with players and a loss that write a transcript."""
    image = case["batches"][0].shape[1:]
    gan = ns.call(
        "GAN",
        discriminator=network(Player(transcript, D, case["d_kernel"], case["d_bias"], (1,)), image),
        generator=network(Player(transcript, G, case["g_kernel"], case["g_bias"], image), (case["latent_dim"],)),
        latent_dim=case["latent_dim"],
    )
    gan.compile(
        d_optimizer=keras.optimizers.SGD(D_RATE),
        g_optimizer=keras.optimizers.SGD(G_RATE),
        loss_fn=SquaredError(transcript),
    )
    return gan


@probe
def three_steps(ns: Namespace, case: Case) -> Any:
    """Two steps, then one more after the metrics were reset, as at the start of an epoch.

    Where a number of latents that is written down in the answer breaks the first step, all start again with batches of
    that `size`: it is a mistake of its own, which the steps of `fit` tell.
    """
    steps = _three_steps(ns, case, case["batches"])
    size = size_written_down(steps[0], len(case["batches"][0]))
    if size:
        steps = _three_steps(ns, case, [resized(batch, size) for batch in case["batches"]])
    return [{**step, "size": size} for step in steps]


def _three_steps(ns: Namespace, case: Case, batches: list[np.ndarray]) -> list[dict[str, Any]]:
    transcript = Transcript()
    gan = _compiled(ns, case, transcript)
    seen: list[dict[str, Any]] = []
    for index, batch in enumerate(batches):
        if index == 2:
            _try(gan.reset_metrics)
        seen.append(attempt(transcript, lambda batch=batch: gan.train_step(tf.constant(batch))))
        seen[-1]["metrics"] = _try(lambda: [metric.result() for metric in gan.metrics]) or []
    return seen


@probe
def steps_in_a_graph(ns: Namespace, case: Case) -> Any:
    """The three steps of one epoch of `fit`, whose last batch is shorter."""
    transcript = Transcript()
    return fitted(_compiled(ns, case, transcript), case["batches"], transcript)


def _try(call: Any) -> Any:
    """What a call gives, as plain data; None where it raises: the steps count though `metrics` may be wrong."""
    try:
        return plain(call())
    except Exception:
        return None


THREE_STEPS = GAN.trial(three_steps, games)


@THREE_STEPS.check(
    points=0.5,
    hint="The discriminator learns to tell two kinds apart: it needs both, and as many fakes as there are real images.",
)
def discriminator_meets_both_kinds(case: Case, seen: Any) -> None:
    """In its turn the discriminator's loss covers each real image of the batch, and as many fakes of the generator."""
    step, batch = first_step(case, seen), resized(case["batches"][0], seen[0]["size"])
    images = [image for call in step.losses[D] for image in call.images]
    real = [image for image in images if image.kind == "real"]
    each = all(any(np.array_equal(image.image, np.ravel(x)) for image in real) for x in batch)
    counts = f"{len(real)} real and {sum(image.kind == 'fake' for image in images)} fake for a batch of {len(batch)}"
    expect(each and len(real) == len(batch), "Its loss does not cover each real image once.", counts)
    expect(
        counts == f"{len(batch)} real and {len(batch)} fake for a batch of {len(batch)}",
        "It met the wrong number of fakes.",
        counts,
    )


def labelled(step: Step, player: str, kind: str, due: float, what: str) -> None:
    """Fail unless images of a kind have labels, all of them ``due``, give or take the noise that is allowed."""
    expect(not any(call.swapped for call in step.losses[player]), "`loss_fn` was given predictions first, then labels.")
    labels = step.labels(player, kind)
    right = bool(labels) and all(abs(label - due) <= NOISE + 1e-6 for label in labels)
    expect(right, f"{what} do not have the label {due:.0f}.", received=[round(label, 3) for label in labels])


@THREE_STEPS.check(
    points=0.75,
    hint="The labels must stand in the order in which the images were put together, and come first: "
    "`loss_fn(labels, predictions)`.",
)
def discriminator_is_told_the_truth(case: Case, seen: Any) -> None:
    """In the discriminator's turn fakes have the label 1 and real images the label 0 (noise up to 0.05 is allowed)."""
    step = first_step(case, seen)
    for kind, due in (("fake", 1.0), ("real", 0.0)):
        if kind == "real" or step.labels(D, kind):
            labelled(step, D, kind, due, f"In the discriminator's turn {kind} images")

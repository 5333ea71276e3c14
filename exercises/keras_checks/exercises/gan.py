"""Checks of `gan`: probes and public properties."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import EPS32, Failure, array, close, expect, finite, same_shape
from keras_checks.model_probes import model_probe
from keras_checks.models import make_weights
from keras_checks.observe import Namespace, plain, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import cases, seeds, sizes, uniform
from keras_checks.testbeds.bends import bends
from keras_checks.testbeds.descent import PLAIN_DESCENT, descent_rules
from keras_checks.testbeds.freedom import freedom, moves_freely
from keras_checks.testbeds.game import (
    OWN_UPDATES,
    WORKED_GAMES,
    D,
    G,
    checked,
    drawn_in_all,
    expect_start,
    finished,
    image_shapes,
    latents_of,
    of_worked,
    returned,
    turns,
    worked,
)
from keras_checks.testbeds.players import (
    Player,
    Transcript,
    attempt,
    fitted,
    network,
    optimizers_of,
    updates_by,
)
from keras_checks.testbeds.rounds import (
    LossCall,
    Step,
    first_step,
    loss_returned,
    read_step,
    resized,
    scales,
    size_written_down,
    steps_of,
)
from keras_checks.testbeds.weights import draw_weights, random_weight

INVERT = Question(
    name="invert_convolution",
    answers=("invert_convolution",),
    points=2,
    lecture='GAN, "Conv2DTranspose: Inverting a Convolution"',
    shows=(),
)
PLAYERS = Question(
    name="build_players",
    answers=("build_generator", "build_discriminator"),
    points=2,
    lecture='GAN, "Conv2DTranspose: Inverting a Convolution"',
    shows=("latent_dim", "n: batch"),
)
GAN = Question(name="gan", answers=("GAN",), points=6, lecture='GAN, "Custom train_step"', shows=("latent_dim",))


# invert_convolution

SETTINGS = (
    {"padding": "valid", "strides": (1, 1), "kernel_size": (2, 3), "channels": 1, "use_bias": False},
    {"padding": "valid", "strides": (2, 3), "kernel_size": (3, 4), "channels": 2, "use_bias": True},
    {"padding": "same", "strides": (1, 1), "kernel_size": (2, 4), "channels": 3, "use_bias": False},
    {"padding": "same", "strides": (2, 2), "kernel_size": (3, 3), "channels": 1, "use_bias": True},
    {"padding": "same", "strides": (3, 2), "kernel_size": (2, 3), "channels": 3, "use_bias": False},
)
"""The convolutions of each case, and the channels of their images. Kernels are smaller and larger than the strides, and
of even and odd size; the filters are more than the channels, and fewer."""
WORKED = {
    "kernel_size": (1, 2),
    "strides": (1, 2),
    "padding": "valid",
    "use_bias": False,
    "input_shape": (1, 4, 1),
    "kernel": np.array([1, 2], np.float32).reshape((1, 2, 1, 1)),
    "other_kernel": np.array([3, -1], np.float32).reshape((1, 2, 1, 1)),
    "y": np.array([11, 17], np.float32).reshape((1, 1, 2, 1)),
}
WORKED_INVERSE = np.array([11, 22, 17, 34], np.float32).reshape((1, 1, 4, 1))


@st.composite
def _convolution(draw: Any, setting: Case) -> Case:
    """A convolution whose strides fit its input, that input's shape, and two kernels."""
    kernel, strides, channels = setting["kernel_size"], setting["strides"], setting["channels"]
    outputs = [draw(sizes(2, 3)) for _ in range(2)]
    valid = setting["padding"] == "valid"
    least = [max(size, stride) if valid else stride for size, stride in zip(kernel, strides, strict=True)]
    image = [first + (n - 1) * stride for first, n, stride in zip(least, outputs, strides, strict=True)]
    filters = channels % 3 + draw(sizes(1, 2))
    seed, shape = draw(seeds()), (*kernel, channels, filters)
    return {
        **{name: setting[name] for name in ("kernel_size", "strides", "padding", "use_bias")},
        "input_shape": (*image, channels),
        "kernel": uniform(seed, shape),
        "other_kernel": uniform(seed + 7_919, shape),
        "y": uniform(seed, (2, *outputs, filters)),
    }


def _with_worked(drawn: tuple[Any, ...]) -> Case:
    """A case of drawn convolutions behind the worked one, which goes over a batch of some equal rows; the last two
    differ in their kernels only."""
    rows, *others = drawn
    twin = others[-1] | {"kernel": others[-1]["other_kernel"], "other_kernel": others[-1]["kernel"]}
    return {"convolutions": [WORKED | {"y": np.repeat(WORKED["y"], rows, axis=0)}, *others, twin]}


convolutions = st.tuples(sizes(1, 4), *map(_convolution, SETTINGS)).map(_with_worked)


@probe
def inverse(ns: Namespace, case: Case) -> Any:
    """What each inverse gives for its ``y``: with the kernel that it came with, and with another one put in.

    All inverses are made before the first is used, and all are used before one of them is changed. The last two are
    those of one layer, whose kernel changes meanwhile.
    """
    convolutions = [_convolution_of(each) for each in case["convolutions"][:-1]]
    convolutions.append(convolutions[-1])
    before, layers = [], []
    for conv, each in zip(convolutions, case["convolutions"], strict=True):
        conv.kernel.assign(each["kernel"])
        before.append(conv.get_weights())
        layers.append(ns.call("invert_convolution", conv, tuple(each["input_shape"])))
    before[-2] = before[-1]
    pairs = list(zip(layers, case["convolutions"], strict=True))
    own = [_linear_part(layer, each) if _is_built(layer) else None for layer, each in pairs]
    answers = [{"own": found, **_changed(*pair)} for found, pair in zip(own, pairs, strict=True)]
    kept = [
        all(map(np.array_equal, conv.get_weights(), weights))
        for conv, weights in zip(convolutions, before, strict=True)
    ]
    return [{**answer, "kept": each} for answer, each in zip(answers, kept, strict=True)]


def _convolution_of(case: Case) -> keras.layers.Conv2D:
    conv = keras.layers.Conv2D(
        case["kernel"].shape[-1],
        case["kernel_size"],
        strides=case["strides"],
        padding=case["padding"],
        use_bias=case["use_bias"],
        bias_initializer="ones",
    )
    conv.build((None, *case["input_shape"]))
    conv.kernel.assign(case["kernel"])
    return conv


def _is_built(layer: Any) -> bool:
    return bool(getattr(layer, "built", True))


def _changed(layer: Any, case: Case) -> dict[str, Any]:
    """What an inverse is, and what it gives with another kernel put in."""
    kind, built = isinstance(layer, keras.layers.Conv2DTranspose), _is_built(layer)
    fits = kind and built and tuple(layer.kernel.shape) == case["kernel"].shape
    if fits:
        layer.kernel.assign(case["other_kernel"])
    return {"is_transposed": kind, "built": built, "other": _linear_part(layer, case) if fits else None}


def _linear_part(layer: Any, case: Case) -> Any:
    """The answer to ``y`` without the bias, which is the answer to zeros: these are one more example of the batch."""
    y = tf.constant(case["y"])
    found = layer(tf.concat([y, tf.zeros_like(y[:1])], axis=0))
    return found[:-1] - found[-1:]


def adjoint(case: Case, image: Any, kernel: np.ndarray) -> None:
    """Fail unless ``<conv(x), y> = <x, image>`` for several x, where ``image`` is what the inverse made of y."""
    shape = (len(case["y"]), *case["input_shape"])
    found = finite(same_shape(image, shape, f"inverse(y) for {_described(case)}"), "inverse(y)").astype(np.float64)
    ones = np.ones(shape, np.float32)
    xs = np.stack([ones, *(uniform(seed, shape) for seed in range(4))])
    outputs = tf.nn.convolution(
        tf.constant(xs.reshape((-1, *shape[1:])), tf.float64),
        tf.constant(kernel, tf.float64),
        strides=case["strides"],
        padding=case["padding"].upper(),
    )
    terms = outputs.numpy().reshape((len(xs), *case["y"].shape)) * case["y"]
    others = xs * found
    for one, other in zip(terms, others, strict=True):
        size = float(np.abs(one).sum() + np.abs(other).sum())
        # ulps: inverse(y) is a sum of fewer than 64 products in float32
        close(other.sum(), one.sum(), f"<x, inverse(y)> for {_described(case)}", ulps=64, scale=max(size, 1))


def _described(case: Case) -> str:
    strides, kernel = tuple(case["strides"]), tuple(case["kernel_size"])
    return f'a convolution with padding="{case["padding"]}", strides {strides}, kernel {kernel}'


INVERSE = INVERT.trial(inverse, convolutions, examples=1)


def _pairs(case: Case, seen: Any) -> list[tuple[Case, Any]]:
    """Each convolution with what its inverse gave; fails where an inverse is no built layer."""
    for found in seen:
        expect(
            found["is_transposed"],
            "The answer is not a `Conv2DTranspose` layer.",
            hint="Create a `keras.layers.Conv2DTranspose` and return the layer itself.",
        )
        expect(found["built"], "The layer is not built: it has no kernel yet.", hint="Call `build` with a shape.")
    return list(zip(case["convolutions"], seen, strict=True))


@INVERSE.check(points=0.5, hint="Do the worked example on paper: 11 is added to the first two places as 11·1 and 11·2.")
def worked_example(case: Case, seen: Any) -> None:
    """The inverse of the convolution with kernel [1, 2] and strides 2 maps [11, 17] to [11, 22, 17, 34]."""
    _, found = _pairs(case, seen)[0]
    wanted = np.repeat(WORKED_INVERSE, len(case["convolutions"][0]["y"]), axis=0)
    close(found["own"], wanted, "inverse(y)", ulps=8)


@INVERSE.check(
    points=0.75,
    hint="Compare the arguments of the two layers: `kernel_size`, `strides` and `padding` are those of `conv`; "
    "`filters` is the number of channels of the image.",
)
def arguments_of_the_convolution(case: Case, seen: Any) -> None:
    """If both layers have the same kernel, `<conv(x), y> = <x, inverse(y)>`, and `inverse(y)` has the shape of `x`, for
    both paddings and for strides of 1, 2 and 3."""
    for each, found in _pairs(case, seen):
        if found["other"] is None:
            adjoint(each, found["own"], each["kernel"])
        else:
            adjoint(each, found["other"], each["other_kernel"])


@INVERSE.check(
    points=0.75,
    hint="`build` gives the new layer a random kernel. Assign the kernel of `conv` afterwards, with its axes as they "
    "are.",
)
def kernel_of_the_convolution(case: Case, seen: Any) -> None:
    """The inverse is returned with the current kernel of `conv`, so that `<conv(x), y> = <x, inverse(y)>`. The weights
    of `conv` do not change."""
    for each, found in _pairs(case, seen):
        expect(found["kept"], "The weights of `conv` have changed.", hint="Change the weights of the new layer only.")
        adjoint(each, found["own"], each["kernel"])


# build_generator, build_discriminator

IMAGE = (8, 8, 1)
DRAWS, MOST_DRAWS = 3, 48
"""How many sets of random weights a model is tried with: at least, and until its outputs have been low and high."""
LARGE = {"kernels": 4, "vectors": 4}
"""Sizes of these weights: outputs are large, too."""
FAR = {"kernels": 64, "vectors": 64}, {"kernels": 0.3, "vectors": 64}
"""Sizes with which an output without bounds is far from 0, because of the last kernel or of the last bias."""
LOGIT = 15
"""Logits must lie beyond this on both sides. Keras's crossentropy clips probabilities to [1e-7, 1 - 1e-7], whose logits
reach 16.1: a bound farther out makes no difference there."""
SETS = 8
"""Sets of weights with which a kernel may show that it acts."""
FEWEST = 3
"""Examples of a batch, at least."""
batches = cases(latent_dim=st.integers(8, 12), n=sizes(FEWEST, 12), seed=seeds())


def _first_of_two(model: Any, other: Any, inputs: Any) -> Any:
    """The first of two models, whose weights were set before those of the second: these must leave it alone."""
    for seed, each in enumerate((model, other)):
        if isinstance(each, keras.Model):
            make_weights(each, inputs)
            _start(each, seed)
    return model


def _start(model: keras.Model, seed: int) -> None:
    """Give a model weights that keep the size of what flows through a layer."""
    draw_weights(model, [seed], vectors=1)


def _two_generators(ns: Namespace, case: Case) -> Any:
    first, second = (ns.call("build_generator", case["latent_dim"]) for _ in range(2))
    return _first_of_two(first, second, tf.zeros((1, case["latent_dim"])))


def _two_discriminators(ns: Namespace, _: Case) -> Any:
    first, second = (ns.call("build_discriminator") for _ in range(2))
    return _first_of_two(first, second, tf.zeros((1, *IMAGE)))


COVER, REACH = 0.2, 5
"""The share of pixels that a logit must depend on, over some images and weights: strides may skip three of four; and
over how many rows and columns these are spread: strides without padding may skip the last three."""
DIRECTIONS = 5
"""Directions in which the image varies with the latent. The eight numbers that a hidden layer must pass on leave six
behind a layer normalization."""
LATENT: dict[str, Any] = {"least": DIRECTIONS, "ways": DIRECTIONS, "cover": 0.99}
"""How the image depends on the latent: on all its numbers."""


@model_probe(_two_generators)
def generator(model: Any, case: Case) -> Any:
    """Images of a generator, with given weights and with random ones."""
    inputs = tf.constant(uniform(case["seed"], (case["n"], case["latent_dim"])))
    seen = _measured(model, case, inputs, low=0.1, high=0.9) | {"in_training": _in_training(model, inputs)}
    return seen | {"freedom": freedom(model, np.asarray(inputs[:1]), case["seed"], **LATENT)}


@model_probe(_two_discriminators)
def discriminator(model: Any, case: Case) -> Any:
    """Logits of a discriminator, with given weights and with random ones."""
    inputs = tf.constant(uniform(case["seed"], (case["n"], *IMAGE), 0, 1))
    seen = _measured(model, case, inputs, low=-LOGIT, high=LOGIT, later=FAR)
    return seen | {"freedom": freedom(model, np.asarray(inputs[:FEWEST]), case["seed"], cover=COVER)}


def _measured(
    model: Any, case: Case, inputs: Any, low: float, high: float, later: tuple[dict[str, float], ...] = (LARGE,)
) -> Any:
    """The outputs, and their extremes over random weights: these tell what the model can give, trained or not.

    Random weights are drawn until some outputs lie below ``low`` and some above ``high``, after the first few draws
    with the sizes ``later`` in turn. Each draw of a model whose outputs are not bounded has them there with a
    probability near a half, so a right model passes.
    """
    due = (random_weight(weight, [0, index], vectors=1) for index, weight in enumerate(model.trainable_weights))
    alone = all(map(np.allclose, [weight.numpy() for weight in model.trainable_weights], due))
    outputs = model(inputs)
    first_and_last = tf.concat([model(inputs[:1]), model(inputs[-1:])], axis=0)
    convolves = _convolves(model, inputs, np.asarray(outputs))
    found = [_extremes(outputs)]
    for draw in range(MOST_DRAWS):
        reached = min(least for least, _, _ in found) < low and max(most for _, most, _ in found) > high
        if draw >= DRAWS and reached:
            break
        draw_weights(model, [case["seed"], draw], **(LARGE if draw < DRAWS else later[draw % len(later)]))
        extremes = _extremes(model(inputs))
        if draw < DRAWS or np.isfinite(extremes).all():  # a deep model may overflow with the largest weights
            found.append(extremes)
    least, most, spread = (np.array(values) for values in zip(*found, strict=True))
    return {
        "alone": alone,
        "convolves": convolves,
        "outputs": outputs,
        "first_and_last": first_and_last,
        "low": float(least.min()),
        "high": float(most.max()),
        "spread": float(spread.max()),
    }


def _in_training(model: Any, inputs: Any) -> tuple[float, float]:
    """The least and the largest output in training mode, which leaves the model as it was."""
    before = [(weight, np.asarray(weight)) for weight in model.non_trainable_weights]
    least, most, _ = _extremes(model(inputs, training=True))
    for weight, value in before:
        weight.assign(value)
    return least, most


def _convolves(model: Any, inputs: Any, outputs: np.ndarray) -> bool:
    """Whether the outputs depend on a kernel that looks at more than one pixel, with some weights: with others, all
    outputs may be saturated. The model has the first of these weights, and gives ``outputs`` with them."""
    kernels = [it for it in model.trainable_weights if len(it.shape) == 4 and np.prod(it.shape[:2]) > 1]
    for number in range(SETS if kernels else 0):
        if number:
            _start(model, number)
            outputs = np.asarray(model(inputs))
        if any(_acts(model, kernel, inputs, outputs) for kernel in kernels):
            return True
    return False


def _acts(model: Any, weight: Any, inputs: Any, outputs: np.ndarray) -> bool:
    """Whether the outputs change with a kernel at neighboring places: of one that looks at one pixel, only one acts."""
    before, other = np.asarray(weight), random_weight(weight, [1], kernels=4)
    even = (np.indices(before.shape[:2]).sum(axis=0) % 2 == 0)[..., None, None]
    changed = []
    for places in (even, ~even):
        weight.assign(np.where(places, other, before))
        changed.append(np.abs(np.asarray(model(inputs)) - outputs).max() > 1e-6)
    weight.assign(before)
    return all(changed)


def _extremes(outputs: Any) -> tuple[float, float, float]:
    """The least and the largest output, and how far the examples are apart."""
    found = np.asarray(outputs, np.float64)
    return float(found.min()), float(found.max()), float(np.ptp(found, axis=0).max())


IGNORED = "Follow the input from layer to layer: after one of them, the values no longer depend on the input."
OWN = "Create the layers inside the function: a layer that was created outside has one set of weights for all models."


def _each_its_own(seen: Any, what: str) -> None:
    """Fail unless each output depends on its own input and on nothing else."""
    found = finite(seen["outputs"], what)
    size = max(1.0, float(np.abs(found).max()))
    # ulps: a model of some layers, each a sum of a thousand products
    close(
        seen["first_and_last"],
        found[[0, -1]],
        f"{what} of one example, computed without the rest of its batch,",
        ulps=4096,
        scale=size,
        hint="An output must depend neither on the other examples of the batch nor on noise drawn inside the model.",
    )
    expect(seen["alone"], "Two models that were built one after the other share weights.", hint=OWN)
    spread, low, high = (float(array(seen[name], what)) for name in ("spread", "low", "high"))
    # Two examples are no farther apart than the largest output from the smallest.
    varies = 1e-6 < spread <= (high - low) * (1 + 1e-6)
    expect(varies, f"{what} is the same for every input.", hint=IGNORED)


GENERATOR = PLAYERS.trial(generator, batches, examples=1, shrinks=4)


@GENERATOR.check(
    points=0.5,
    hint="`model.summary()` prints the shape after each layer: 2, 4, then 8 pixels, and one channel at the end.",
)
def generator_makes_images(case: Case, seen: Any) -> None:
    """`build_generator(latent_dim)` maps latents `(batch, latent_dim)` to images `(batch, 8, 8, 1)` through transposed
    convolutions. Each image depends on its own latent only, on each of its numbers, and changes of the latent in
    different directions change it in different ways."""
    same_shape(seen["outputs"], (case["n"], *IMAGE), "generator(latents)")
    _each_its_own(seen, "The image")
    expect(seen["convolves"], f"The generator has no convolution: {NO_KERNEL}", hint=KERNELS)
    moves_freely(seen["freedom"], "The image", DIRECTIONS)
    count, wanted = round(seen["freedom"]["share"] * case["latent_dim"]), case["latent_dim"]
    hint = "Look for slicing or cropping before the first layer: it must get the whole latent."
    expect(count == wanted, "The image depends on some numbers of the latent only.", count, wanted, hint)


NO_KERNEL = "its output depends on no kernel that covers more than one pixel."
KERNELS = (
    "Use `Conv2DTranspose` in the generator and `Conv2D` in the discriminator, as the sketch in the question shows."
)


@GENERATOR.check(points=0.5, hint="Look at the last activation: the range of a sigmoid is [0, 1].")
def pixels_between_0_and_1(case: Case, seen: Any) -> None:
    """With any weights, the generator's pixels are in [0, 1], also in training mode, and they can come near 0 and near
    1."""
    expect(
        finite(seen["outputs"], "The image").shape[:1] == (case["n"],),
        "The number of images differs from the number of latents.",
    )
    low, high = (float(finite(seen[name], "The image")) for name in ("low", "high"))
    expect(
        low >= -1e-6 and high <= 1 + 1e-6,
        "With random weights, a pixel is outside [0, 1].",
        f"from {low:.3g} to {high:.3g}",
        "0 to 1",
    )
    lowest, highest = finite(array(seen["in_training"], "A pixel"), "A pixel").tolist()
    expect(
        lowest >= -1e-6 and highest <= 1 + 1e-6,
        "In training mode, a pixel is outside [0, 1].",
        f"from {lowest:.3g} to {highest:.3g}",
        "0 to 1",
        "A layer that works differently in training, such as dropout, must not come after the last activation.",
    )
    reach = "With random weights, the pixels do not come near both 0 and 1."
    expect(low < 0.1 and high > 0.9, reach, f"from {low:.3g} to {high:.3g}", "below 0.1 and above 0.9")


DISCRIMINATOR = PLAYERS.trial(discriminator, batches, examples=1, shrinks=4)


@DISCRIMINATOR.check(
    points=0.5, hint="`model.summary()` prints the shape after each layer. `Flatten` comes before the last `Dense`."
)
def discriminator_gives_one_number(case: Case, seen: Any) -> None:
    """`build_discriminator()` maps images `(batch, 8, 8, 1)` through convolutions to logits `(batch, 1)`, one per
    image. Each logit depends on its own image only, and on more than a few of its pixels, which are not all near each
    other."""
    found = array(seen["outputs"], "discriminator(images)")
    shapes_allowed = ((case["n"], 1), (case["n"],))
    expect(
        found.shape in shapes_allowed,
        "discriminator(images) has the wrong shape.",
        f"shape {found.shape}",
        f"shape {shapes_allowed[0]}",
    )
    _each_its_own(seen, "The logit")
    expect(seen["convolves"], f"The discriminator has no convolution: {NO_KERNEL}", hint=KERNELS)
    moves_freely(seen["freedom"], "The logit")
    share, hint = (
        seen["freedom"]["share"],
        "Look for slicing or cropping before the first convolution: it must get the whole image.",
    )
    expect(share > COVER, "The logit depends on a small share of the image's pixels only.", f"{share:.0%}", "all", hint)
    rows, columns, _ = seen["freedom"]["reach"]
    message = "The logit depends on a small part of the image only."
    expect(min(rows, columns) >= REACH, message, f"{rows} rows, {columns} columns", "8 rows, 8 columns", hint)


@DISCRIMINATOR.check(points=0.5, hint="A logit is what goes into the sigmoid: the last layer has no activation.")
def logits_without_bounds(case: Case, seen: Any) -> None:
    """The discriminator's output is a logit, any real number: with some weights it is below -15, with others above
    15."""
    shape = finite(seen["outputs"], "The logit").shape[:1]
    expect(shape == (case["n"],), "The number of logits differs from the number of images.")
    low, high = (float(finite(seen[name], "The logit")) for name in ("low", "high"))
    for reached, found, due in (
        (low < -LOGIT, f"the smallest is {low:.3g}", f"below -{LOGIT}"),
        (high > LOGIT, f"the largest is {high:.3g}", f"above {LOGIT}"),
    ):
        expect(reached, f"With many random weights, no output is {due}.", found, due)


# GAN

NOISE = 0.05
"""How far a label may be from 0 or 1."""
D_RATE, G_RATE = 1 / 512, 1 / 256
"""So small that no game explodes, even with latents three times as large as usual."""


@st.composite
def _games(draw: Any, shallow: bool = False) -> Case:
    """Networks, optimizers and batches. In shallow networks there is less to trace; they have two batches, not three,
    of which the second is shorter."""
    latent_dim = draw(sizes(40, 42) if shallow else sizes(2, 3))  # many numbers show how they are distributed
    image = draw(image_shapes)
    seed, pixels = draw(seeds()), int(np.prod(image))
    batch = draw(sizes(2, 4))
    counts = (batch + 1, draw(sizes(1, batch)), *([] if shallow else [batch + 1]))
    return {
        "latent_dim": latent_dim,
        "g_kernel": uniform(seed, (latent_dim, pixels), -0.5, 0.5),
        "g_bias": uniform(seed, (pixels,), -1, 1),
        "d_kernel": uniform(seed, (pixels, 1), -0.5, 0.5),
        "d_bias": uniform(seed, (1,), -0.5, 0.5),
        "d_rate": D_RATE,
        "g_rate": G_RATE,
        **(PLAIN_DESCENT if shallow else draw(descent_rules)),
        "batches": [uniform(seed + key, (n, *image), 0, 1) for key, n in enumerate(counts)],
        "g_bends": [] if shallow else draw(bends(latent_dim, pixels)),
        "d_bends": draw(bends(pixels, most=1 if shallow else 2)),
    }


games, shallow_games = _games(), _games(shallow=True)
EXAMPLE: Case = {
    "g_bias": np.ones(1, np.float32),
    "d_kernel": np.full((1, 1), 0.5, np.float32),
    "d_bias": np.full(1, 2, np.float32),
    "g_rate": 1 / 4,
    **PLAIN_DESCENT,
    "batches": [np.full((1, 1, 1, 1), 3, np.float32)],
}
"""The worked step of the notebook: every fake is the pixel 1, the only real image is the pixel 3."""


worked_steps = st.just(worked(EXAMPLE, latent_dim=2, d_rate=1 / 64))
AFTER_THE_MEAN = {"moving": {"weight": (0.3125, 0.0035), "bias": (1.921875, 0.002)}}
AFTER_THE_MEAN["curved"] = {"weight": (-0.4375, 0.0085), "bias": (1.875, 0.002)}
AFTER_THE_SUM = {"moving": {"weight": (0.125, 0.0068), "bias": (1.84375, 0.0035)}}
AFTER_THE_SUM["curved"] = {"weight": (-1.375, 0.017), "bias": (1.75, 0.0035)}
GENERATOR_BIAS = {"frozen": (0.375, 0.013), "frozen_curved": (-0.25, 0.027)}
"""The numbers worked by hand in the notebook, each with what label noise up to 0.05 can change."""


class SquaredError(keras.losses.Loss):
    """A loss that notes its labels and predictions: the mean of their squared differences."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(name="squared_error")
        self.transcript = transcript

    def call(self, y_true: Any, y_pred: Any) -> Any:
        self.transcript.note("loss", labels=y_true, predictions=y_pred)
        return tf.reduce_mean(tf.square(y_pred - tf.cast(y_true, y_pred.dtype)), axis=-1)


def _compiled(
    ns: Namespace, case: Case, transcript: Transcript, optimizers: dict[str, keras.optimizers.Optimizer] | None = None
) -> Any:
    """The student's model with networks and a loss that write a transcript, and with the optimizers of the case."""
    image = case["batches"][0].shape[1:]
    gan = ns.call(
        "GAN",
        discriminator=network(Player(transcript, D, case, (1,)), image),
        generator=network(Player(transcript, G, case, image), (case["latent_dim"],)),
        latent_dim=case["latent_dim"],
    )
    gan.compile(**(optimizers or optimizers_of(case)), loss_fn=SquaredError(transcript))
    return gan


@probe
def worked_step(ns: Namespace, case: Case) -> Any:
    """A step of each of four games whose numbers do not depend on the latents."""
    return [_first_attempt(ns, case[name]) for name in WORKED_GAMES]


def _first_attempt(ns: Namespace, case: Case) -> dict[str, Any]:
    """A step; on as many equal images as the answer has latents, where that number is written down in it."""
    batch = case["batches"][0]
    step = _attempt_on(ns, case, batch)
    size = size_written_down(step, len(batch))
    return _attempt_on(ns, case, resized(batch, size)) if size else step


def _attempt_on(ns: Namespace, case: Case, batch: np.ndarray) -> dict[str, Any]:
    transcript = Transcript()
    gan = _compiled(ns, case, transcript)
    return attempt(transcript, lambda: gan.train_step(tf.constant(batch)))


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
    """The two steps of one epoch of `fit`, whose last batch is shorter."""
    transcript = Transcript()
    return fitted(_compiled(ns, case, transcript), case["batches"], transcript)


@probe
def two_models(ns: Namespace, case: Case) -> Any:
    """A step of each of two models, and the `count` of updates by their optimizers. The second model is compiled twice
    before: first with learning rates of 0."""
    games, transcripts = (case["one"], case["two"]), (Transcript(), Transcript())
    optimizers = [optimizers_of(game) for game in games]
    idle = optimizers_of(case["two"] | {"d_rate": 0.0, "g_rate": 0.0})
    models = [_compiled(ns, *each) for each in zip(games, transcripts, (optimizers[0], idle), strict=True)]
    models[1].compile(**optimizers[1], loss_fn=SquaredError(transcripts[1]))
    steps = [
        attempt(transcript, lambda gan=gan, game=game: gan.train_step(tf.constant(game["batches"][0])))
        for gan, game, transcript in zip(models, games, transcripts, strict=True)
    ]
    counts = [updates_by(pair) for pair in optimizers]
    return [step | {"count": count} for step, count in zip(steps, counts, strict=True)]


def _try(call: Any) -> Any:
    """What a call gives, as plain data; None where it raises: the steps count though `metrics` may be wrong."""
    try:
        return plain(call())
    except Exception:
        return None


WORKED_STEP = GAN.trial(worked_step, worked_steps, examples=1, shrinks=2)


@WORKED_STEP.check(
    points=0.75,
    hint="Compute the gradient with respect to the discriminator's weights, and pass it to `d_optimizer`. Compare each "
    "number on the way with the table of the worked example.",
)
def discriminator_learns(case: Case, seen: Any) -> None:
    """In the worked example, the discriminator's weight goes from 0.5 to 0.3125 and its bias from 2 to 1.922 (to 0.125
    and 1.844 if two losses are added). For the discriminator that squares the pixel, they go to -0.4375 and 1.875 (to
    -1.375 and 1.75)."""
    for game, where in (("moving", ""), ("curved", SQUARED)):
        step, _ = of_worked(case, seen, game, "`GAN`")
        moves = [turn.after[D] for turn in turns(step["events"])[0] if D in turn.moved]
        if not moves:
            finished(step)
            raise Failure("The discriminator's weights did not change.")
        found = dict(zip(("weight", "bias"), map(float, moves[0]), strict=True))
        tables = AFTER_THE_MEAN[game], AFTER_THE_SUM[game]
        fits = any(all(abs(found[name] - value) <= slack for name, (value, slack) in table.items()) for table in tables)
        wanted = [{name: value for name, (value, _) in table.items()} for table in tables]
        expect(fits, f"The discriminator's weight and bias after the worked example{where} are wrong.", found, wanted)


SQUARED = " with the discriminator that squares the pixel"


@WORKED_STEP.check(
    points=0.75,
    hint="The second tape must record everything from the latents to the loss. Compute the gradient with respect to "
    "the generator's weights, and pass it to `g_optimizer`.",
)
def generator_learns(case: Case, seen: Any) -> None:
    """In the worked example, with a discriminator that does not change, the generator's bias goes from 1 to 0.375. For
    the discriminator that squares the pixel, it goes to -0.25."""
    for (game, (value, slack)), where in zip(GENERATOR_BIAS.items(), ("", SQUARED), strict=True):
        step, after = of_worked(case, seen, game, "`GAN`")
        found = float(after[G][-1])
        if found == 1:
            finished(step)
            raise Failure("The generator's weights did not change.")
        right = abs(found - value) <= slack
        expect(right, f"The generator's bias after the worked example{where} is wrong.", found, value)


THREE_STEPS = GAN.trial(three_steps, games, examples=1)


@THREE_STEPS.check(
    points=0.5,
    hint="Compute the discriminator's loss on all real images of the batch, and on one fake for each of them.",
)
def discriminator_meets_both_kinds(case: Case, seen: Any) -> None:
    """The discriminator's loss covers each real image of the batch once, and as many fakes from the generator."""
    step, batch = first_step(case, seen), resized(case["batches"][0], seen[0]["size"])
    expect(step.losses[D], "No loss was computed for the discriminator.", hint=_raised(seen))
    real, fake = (step.images(D, kind) for kind in ("real", "fake"))
    met = {image.image.tobytes() for image in real}
    each = all(np.ravel(image).tobytes() in met for image in batch)
    counts, due = (f"{one} real and {other} fake" for one, other in ((len(real), len(fake)), (len(batch),) * 2))
    expect(each and len(real) == len(batch), "The loss does not cover each real image once.", counts, due)
    expect(len(fake) == len(batch), "The number of fakes differs from the number of real images.", counts, due)


def _raised(seen: Any) -> str:
    """A hint for a step that ended early: the error that it raised."""
    raised = seen[0].get("raised", {})
    said = f"{raised.get('type', '')}: {raised.get('message', '')}"[:200]
    return f"The step raised {said}" if raised else ""


def labelled(step: Step, player: str, kind: str, due: float, what: str) -> None:
    """Fail unless images of a kind have labels, all of them ``due``, give or take the noise that is allowed."""
    expect(
        not any(call.swapped for call in step.losses[player]),
        "`loss_fn` was given predictions first, then labels.",
        hint="The labels come first: `loss_fn(labels, predictions)`.",
    )
    labels = step.labels(player, kind)
    right = bool(labels) and all(abs(label - due) <= NOISE + 1e-6 for label in labels)
    expect(
        right, f"{what} do not have the label {due:.0f}.", [round(label, 3) for label in labels], [due] * len(labels)
    )


@THREE_STEPS.check(points=0.5, hint="Concatenate images and labels in the same order. The label of a fake is 1.")
def discriminator_is_told_the_truth(case: Case, seen: Any) -> None:
    """In the discriminator's half, fakes have the label 1 and real images the label 0 (noise up to 0.05 is allowed)."""
    step = first_step(case, seen)
    expect(step.losses[D], "No loss was computed for the discriminator.", hint=_raised(seen))
    for kind, due in (("fake", 1.0), ("real", 0.0)):
        if kind == "real" or step.labels(D, kind):
            labelled(step, D, kind, due, f"In the discriminator's half, {kind} images")


@THREE_STEPS.check(
    points=0.75,
    hint="The generator's loss must be small when the discriminator takes a fake for a real image, whose label is 0.",
)
def generator_misleads(case: Case, seen: Any) -> None:
    """In the generator's half, fakes have the misleading label 0 (noise up to 0.05 is allowed)."""
    step = first_step(case, seen)
    kind = "fake" if step.labels(G, "fake") else "unknown"
    if not step.labels(G, kind):
        finished(seen[0])
    labelled(step, G, kind, 0.0, "In the generator's half, fakes")


@THREE_STEPS.check(
    points=0.5,
    hint="Finish the discriminator's half, including `d_optimizer`, before you call the discriminator for the "
    "generator's loss.",
)
def discriminator_goes_first(case: Case, seen: Any) -> None:
    """The generator's loss uses the discriminator after its update in the same step."""
    step = first_step(case, seen)
    if not step.losses[G]:
        finished(seen[0])
        raise Failure("No loss was computed for the generator.")
    first = step.turn_of(D)
    expect(first is not None, "The discriminator's weights did not change.")
    assert first is not None
    scorers = [image.scorer for call in step.losses[G] for image in call.images if image.scorer.size]
    same = all(np.array_equal(scorer, first[0].after[D]) for scorer in scorers)
    expect(same, "The generator's loss was not computed with the discriminator as it is after its update.")


@THREE_STEPS.check(
    points=0.5, hint="Give `tape.gradient` and the optimizer the `trainable_weights` of one network, not of the model."
)
def one_network_moves(case: Case, seen: Any) -> None:
    """Each half changes only the weights of its own network, and the discriminator's weights change once per step.
    Later steps change the same networks as the first."""
    step = first_step(case, seen)
    if not step.turns:
        finished(seen[0])
        raise Failure("Neither network's weights changed.")
    for index, turn in enumerate(step.turns):
        for player in turn.moved:
            own = any(call.turn == index for call in step.losses[player])
            expect(own, f"The {player}'s weights changed in the other network's half.")
    count = sum(D in turn.moved for turn in step.turns)
    expect(count <= 1, f"The discriminator's weights changed {count} times in one step.", hint=ONE_UPDATE)
    first, second = (_moved(read_step(seen[index], case["batches"][index])) for index in (0, 1))
    still = "raised" not in seen[1] and first - second
    message = "A network that changed in the first step did not change in the second."
    expect(not still, message, sorted(first & second) or "no change", sorted(first), FROZEN)


def _moved(step: Step) -> set[str]:
    return {player for turn in step.turns for player in turn.moved}


FROZEN = "Look for `trainable = False` in your step: the next step needs `trainable = True` again."
ONE_UPDATE = "Add the losses of fakes and real images, or compute one loss of both, and call `d_optimizer.apply` once."


@THREE_STEPS.check(
    points=0.25,
    hint="Return a dict with the keys `d_loss` and `g_loss`. In the first step, running means equal the losses.",
)
def returns_both_losses(case: Case, seen: Any) -> None:
    """The first step returns its two losses: `d_loss`, the sum or the mean over both kinds, and `g_loss`."""
    step = first_step(case, seen)
    for player in (D, G):
        name, calls = f"{player[0]}_loss", step.losses[player]
        value = returned(seen[0], name)
        expect(calls and loss_returned(value, calls), f"`{name}` is not the loss of the {player}.", value, LOSS_DUE)


LOSS_DUE = "the sum or the mean of what `loss_fn` returned for it"


@THREE_STEPS.check(
    points=0.25,
    hint="Update the two means in `train_step`, and list both in `metrics`: Keras resets what is listed there.",
)
def metrics_are_means_of_the_epoch(case: Case, seen: Any) -> None:
    """`metrics` lists two running means, of `d_loss` and of `g_loss`; `reset_metrics` resets both. Later steps, too,
    return these means or their own losses."""
    expect_start(steps_of(case, seen)[0], case, "`GAN`")
    for step in seen:
        finished(step)
    steps = [read_step(step, batch) for step, batch in zip(seen, case["batches"], strict=True)]
    counts = [len(resized(batch, step["size"])) for step, batch in zip(seen, case["batches"], strict=True)]
    for player in (D, G):
        totals = [sum(call.value for call in step.losses[player]) for step in steps]
        means = [np.mean(totals[:2]), np.average(totals[:2], weights=counts[:2])]
        for step, values, when in (
            (seen[0], totals[:1], "a step"),
            (seen[1], means, "two steps"),
            (seen[2], totals[2:], "`reset_metrics` and a step"),
        ):
            possible = [scale * value for value in values for scale in scales(steps[0].losses[player])]
            listed = _lists(step["metrics"], possible)
            expect(listed, f"After {when}, no metric holds the mean of `{player[0]}_loss`.", step["metrics"], possible)
        if _returns_its_loss(seen[0], steps[0], player):  # what is wrong in the first step costs elsewhere
            _returns_them_later(seen, f"{player[0]}_loss", [[totals[1], *means], totals[2:]], steps[0].losses[player])


def _lists(metrics: Any, possible: list[Any]) -> bool:
    """Whether one of the metrics has one of these values."""
    found = np.concatenate([np.ravel(array(value, "A metric")) for value in metrics[:16]]) if metrics else np.empty(0)
    return any(np.any(np.abs(found - value) <= 64 * EPS32 * max(1.0, abs(value))) for value in possible)


def _returns_its_loss(seen: Any, step: Step, player: str) -> bool:
    try:
        return loss_returned(returned(seen, f"{player[0]}_loss"), step.losses[player])
    except Failure:
        return False


def _returns_them_later(seen: Any, name: str, values: list[list[float]], calls: list[LossCall]) -> None:
    """Fail unless the second step returns one of some values, and the third, after a reset, one of others."""
    for step, each, when in zip(seen[1:], values, ("The second step", "After a reset, a step"), strict=True):
        found, possible = returned(step, name), [scale * value for value in each for scale in scales(calls)]
        message = f"{when} returns a `{name}` that is neither the running mean nor the loss of this step."
        expect(_lists([found], possible), message, found, possible, RESULT)


RESULT = "Return `result()` of the two metrics, or the two losses as they are."


STEPS_IN_A_GRAPH = GAN.trial(steps_in_a_graph, shallow_games, examples=1, shrinks=6)


@STEPS_IN_A_GRAPH.check(
    points=0.5,
    hint="`fit` traces the step once, for batches of any size: use `tf.shape(real_images)[0]`, and draw with "
    "TensorFlow or `keras.random`.",
)
def works_under_fit(case: Case, seen: Any) -> None:
    """Under `fit`, each step changes both networks, also on a shorter batch, and draws a new latent for every image,
    each number independent of the others."""
    steps_of(case, seen)
    finished(seen[0])
    expect_start(seen[0], case, "`GAN`")
    latents = [latents_of(step) for step in seen]
    for step, batch, drawn in zip(seen, case["batches"], latents, strict=True):
        finished(step)
        moved = _moved(read_step(step, batch))
        expect(moved == {D, G}, "A step did not change both networks.", sorted(moved) or "no change", sorted((D, G)))
        follows = all(len(rows) in (len(batch), 2 * len(batch)) for rows in drawn[:1])
        expect(follows, "The number of fakes does not fit the batch.", sum(map(len, drawn[:1])), len(batch))
    drawn_in_all(latents, NEW_LATENTS)


NEW_LATENTS = (
    "Draw one latent per image inside `train_step`, with TensorFlow or `keras.random`. Under `fit`, NumPy draws only "
    "once."
)
TWO_MODELS = GAN.trial(two_models, cases(one=shallow_games, two=shallow_games), examples=1, shrinks=2)


@TWO_MODELS.check(
    points=0.5,
    hint="Keep networks, optimizers and loss on `self`, not on the class or in a global variable.",
)
def models_of_their_own(case: Case, seen: Any) -> None:
    """Each of two models trains its own networks. The second one is compiled twice, first with learning rates of 0: it
    uses the optimizers of the last `compile`. All updates are made by these optimizers."""
    expect(isinstance(seen, list) and len(seen) == 2, "There are not two steps.")
    for step, name in zip(seen, ("one", "two"), strict=True):
        checked(case[name], [step], 1, "`GAN`")
        finished(step)
        expect_start(step, case[name], "One of two `GAN` models")
        moved = _moved(read_step(step, case[name]["batches"][0]))
        hint = COMPILED_TWICE if name == "two" else ""
        expect(
            moved == {D, G},
            f"A step of model {name} did not change both of its networks.",
            sorted(moved) or "no change",
            sorted((D, G)),
            hint,
        )
        message = f"The optimizers that `compile` of model {name} was given did not make both updates."
        expect(step["count"] >= len(moved), message, f"{step['count']} updates", f"{len(moved)} updates", OWN_UPDATES)


COMPILED_TWICE = "Assign the optimizers and the loss to `self` in every call of `compile`, not only in the first."

"""Checks of `wgan_gp`: probes and public properties."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import array, close, expect, finite, same_shape
from keras_checks.observe import MissingAnswer, Namespace, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, shapes, sizes, uniform
from keras_checks.testbeds.critics import first_step
from keras_checks.testbeds.game import D, G, finished
from keras_checks.testbeds.players import Player, Transcript, attempt, fitted, network

SECTION = "Wasserstein GAN with Gradient Penalty"
LOSSES = Question(
    name="critic_loss", answers=("critic_loss", "generator_loss"), points=1, lecture=f'{SECTION}, "Custom train step"'
)
WGAN = Question(name="wgan", answers=("WGAN",), points=2, lecture=f'{SECTION}, "Override compile"')
PENALTY = Question(
    name="gradient_penalty",
    answers=("WGAN",),
    points=4,
    lecture=f'{SECTION}, "Gradient Tape: used for loss term, rather than weight update"',
)
STEP = Question(name="train_step", answers=("WGAN",), points=3, lecture=f'{SECTION}, "Custom train step: GAN training"')


# critic_loss, generator_loss


@st.composite
def _scores(draw: Any) -> dict[str, np.ndarray]:
    shape = (draw(sizes(1, 5)), 1)
    return {"real": draw(arrays(shape)), "fake": draw(arrays(shape, key=1))}


score_cases = cases(scores=_scores(), shift=st.sampled_from([1.0, 0.5, 2.5]))


@probe
def losses(ns: Namespace, case: Case) -> Any:
    """Both losses, and how they change when all real scores, or all fake ones, are raised."""
    real, fake = (tf.constant(case["scores"][kind]) for kind in ("real", "fake"))
    critic, generator = (functools.partial(ns.call, name) for name in LOSSES.answers)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch((real, fake))
        critic_value, generator_value = tf.reduce_sum(critic(real, fake)), tf.reduce_sum(generator(fake))
    up = case["shift"]
    gradients = [*tape.gradient(critic_value, (real, fake)), tape.gradient(generator_value, fake)]
    return {
        "gradients": [0.0 if gradient is None else gradient for gradient in gradients],
        "critic": critic(real, fake),
        "critic_by_name": critic(real_img=real, fake_img=fake),
        "critic_real_up": critic(real + up, fake),
        "critic_fake_up": critic(real, fake + up),
        "generator": generator(fake),
        "generator_up": generator(fake + up),
    }


LOSS_VALUES = LOSSES.trial(losses, score_cases)


@LOSS_VALUES.check(points=0.4, hint="Who wants which scores to be high?")
def who_gains(case: Case, seen: Any) -> None:
    """Raise all real scores by c and `critic_loss` falls by c; raise all fake ones and it rises by c, and
    `generator_loss` falls by c."""
    for name, value in seen.items():
        if name != "gradients":
            same_shape(value, (), "A loss")
    for name, start, sign, what in (
        ("critic_real_up", "critic", -1, "critic_loss when real scores rise"),
        ("critic_fake_up", "critic", 1, "critic_loss when fake scores rise"),
        ("generator_up", "generator", -1, "generator_loss when fake scores rise"),
    ):
        change = np.float64(seen[name]) - np.float64(seen[start])
        close(change, np.float64(sign * case["shift"]), f"The change of {what}", ulps=32, scale=8)


# WGAN: __init__ and compile


@st.composite
def _parts(draw: Any) -> Case:
    seed, latent_dim = draw(seeds()), draw(st.integers(11, 19))
    return {
        "latent_dim": latent_dim,
        "discriminator_extra_steps": draw(st.integers(4, 8)),
        "gp_weight": draw(st.sampled_from([2.5, 0.75, 20.5])),
        "d_rate": draw(st.sampled_from([0.25, 0.125])),
        "g_rate": draw(st.sampled_from([0.5, 0.0625])),
        "d_kernel": uniform(seed, (4, 1)),
        "g_kernel": uniform(seed + 1, (latent_dim, 4)),
        "images": uniform(seed + 2, (draw(sizes(1, 4)), 2, 2, 1)),
    }


part_cases = _parts()
DEFAULTS = {"discriminator_extra_steps": 3, "gp_weight": 10.0}
ALSO_CALLED = {"discriminator_extra_steps": ("d_steps",)}
"""Names of attributes under which an argument is often kept."""


def _players(case: Case) -> dict[str, keras.Model]:
    discriminator = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten(), keras.layers.Dense(1)])
    generator = keras.Sequential(
        [keras.Input((case["latent_dim"],)), keras.layers.Dense(4), keras.layers.Reshape((2, 2, 1))]
    )
    discriminator.set_weights([case["d_kernel"], case["d_kernel"][0]])
    generator.set_weights([case["g_kernel"], case["g_kernel"][0]])
    return {"discriminator": discriminator, "generator": generator}


def _loss(number: float) -> Callable[..., Any]:
    def loss(*scores: Any, **named: Any) -> Any:
        return number * tf.add_n([tf.reduce_mean(score) for score in (*scores, *named.values())])

    loss.number = number  # pyright: ignore[reportFunctionMemberAccess]
    return loss


def _optimizer(rate: float) -> keras.optimizers.Optimizer:
    optimizer = keras.optimizers.SGD(rate)
    optimizer.number = rate
    return optimizer


def _compile_arguments(case: Case) -> dict[str, Any]:
    return {
        "d_optimizer": _optimizer(case["d_rate"]),
        "g_optimizer": _optimizer(case["g_rate"]),
        "d_loss_fn": _loss(case["d_rate"] + 100),
        "g_loss_fn": _loss(case["g_rate"] + 100),
    }


@probe
def construction(ns: Namespace, case: Case) -> Any:
    """What a model keeps of its arguments, as one number each, and which weights it calls its own."""
    options = {name: case[name] for name in ("latent_dim", *DEFAULTS)}
    given = _players(case) | options
    model = ns.call("WGAN", *given.values())
    later = _compile_arguments(case)
    model.compile(*later.values())
    given |= later
    plain_model = ns.call("WGAN", **_players(case), latent_dim=case["latent_dim"])
    return {
        "kept": {name: _kept(model, name, value) for name, value in given.items()},
        "given": {name: _number(value) for name, value in given.items()},
        "defaults": {name: _kept(plain_model, name, value) for name, value in DEFAULTS.items()},
        "weights": list(model.trainable_weights),
    }


def _kept(model: Any, name: str, value: Any) -> float | None:
    """The number of what a model keeps under a name; under any name, if there is nothing under that one."""
    for usual in (name, *ALSO_CALLED.get(name, ())):
        if hasattr(model, usual):
            return _number(getattr(model, usual))
    wanted = _number(value)
    return next((number for number in map(_number, _leaves(vars(model), 3)) if number == wanted), None)


def _leaves(value: Any, depth: int) -> Iterator[Any]:
    if depth and isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item, depth - 1)
    else:
        yield value


def _number(value: Any) -> float | None:
    """One number that tells a value from others; None for what no check has handed in."""
    if isinstance(value, keras.Model):
        return float(sum(np.sum(weight, dtype=np.float64) for weight in value.get_weights()))
    if hasattr(value, "number"):
        return value.number
    try:
        return None if isinstance(value, bool | str) else float(value)
    except Exception:
        return None


CONSTRUCTION = WGAN.trial(construction, part_cases, shrinks=8)


@CONSTRUCTION.check(
    points=0.75,
    hint="The other methods need every argument: each must be an attribute of `self`, with the value that came in.",
)
def keeps_its_arguments(case: Case, seen: Any) -> None:
    """The model keeps what `__init__` and `compile` were given: networks, numbers, optimizers and losses."""
    _belongs(case, seen)
    for name, number in seen["given"].items():
        kept = seen["kept"][name]
        expect(kept is not None, f"The model does not keep {name}.")
        expect(
            abs(kept - number) <= 1e-6 * abs(number), f"What the model keeps as {name} is not what it was given.", kept
        )


def _belongs(case: Case, seen: Any) -> None:
    """Fail unless an observation is that of the case's arguments."""
    for name in ("latent_dim", *DEFAULTS):
        expect(seen["given"][name] == case[name], f"The model was given another {name}.")
    expect(seen["given"]["d_optimizer"] == case["d_rate"], "The model was given another optimizer.")


@CONSTRUCTION.check(
    points=0.25,
    hint="Keras tracks a network that is an attribute of the model, provided that `super().__init__()` came first.",
)
def owns_both_players(case: Case, seen: Any) -> None:
    """The model's trainable weights are those of its discriminator and of its generator."""
    due = [case["d_kernel"], case["d_kernel"][0], case["g_kernel"], case["g_kernel"][0]]
    shapes_seen = sorted(np.shape(weight) for weight in seen["weights"])
    expect(
        shapes_seen == sorted(weight.shape for weight in due), "There are too few weights, or too many.", shapes_seen
    )
    for weight in due:
        found = any(np.array_equal(weight, other) for other in seen["weights"])
        expect(found, f"The weight of shape {weight.shape} of a player is not among the model's.")


@probe
def train_step_override(ns: Namespace, case: Case) -> Any:
    """What `fit` reports when a step of the check's own stands in for `train_step`."""

    class Overridden(ns["WGAN"]):
        def train_step(self, data: Any) -> dict[str, Any]:
            images = data[0] if isinstance(data, tuple) else data
            return {"sum": tf.reduce_sum(images), "largest": tf.reduce_max(images)}

    model = Overridden(**_players(case), latent_dim=case["latent_dim"])
    model.compile(**_compile_arguments(case))
    model.run_eagerly = True
    history = model.fit(case["images"], batch_size=len(case["images"]), verbose=0)
    return {name: history.history[name][-1] for name in ("sum", "largest")}


# gradient_penalty


class QuadraticCritic(Player):
    """A critic of images: affine, plus ``bend / 2`` times the sum of the squared pixels."""

    bend = 0.0

    def scores(self, flat: Any) -> Any:
        return super().scores(flat) + self.bend / 2 * tf.reduce_sum(tf.square(flat), axis=-1, keepdims=True)


@st.composite
def _critics(draw: Any, n: tuple[int, int], bend: float, norms: tuple[float, ...], least: int = 1) -> Case:
    """A critic whose affine part has a drawn norm, real images, and fakes that differ from them in every pixel."""
    shape = (draw(sizes(*n)), *draw(shapes(3, least, 3)))
    seed, pixels = draw(seeds()), int(np.prod(shape[1:]))
    kernel = uniform(seed, (pixels, 1), 0.2, 1) * np.where(uniform(seed + 1, (pixels, 1)) > 0, 1, -1)
    real, gap = uniform(seed + 2, shape, 0, 1), uniform(seed + 3, shape, -1, 1)
    return {
        "bend": bend,
        "d_kernel": (kernel * draw(st.sampled_from(norms)) / np.linalg.norm(kernel)).astype(np.float32),
        "d_bias": uniform(seed + 4, (1,)),
        "real": real,
        "fake": (real + gap + np.where(gap > 0, 0.5, -0.5)).astype(np.float32),
    }


lines = _critics(n=(1, 5), bend=0.0, norms=(2.3, 1.7, 3.1))
flat_lines = _critics(n=(1, 5), bend=0.0, norms=(0.25, 0.5))
quadratic_critics = _critics(n=(3, 5), bend=0.75, norms=(0.5, 1.5), least=2)
many_lines = _critics(n=(200, 220), bend=0.0, norms=(2.0,))
EDGE = 0.02
"""By how much the critic's kernel is stretched and shrunk to see the penalty change."""


def _critic_model(ns: Namespace, case: Case, transcript: Transcript) -> tuple[Any, QuadraticCritic]:
    shape = case["real"].shape[1:]
    critic = QuadraticCritic(transcript, D, case["d_kernel"], case["d_bias"], (1,))
    critic.bend = case["bend"]
    generator = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    return _model(ns, _arguments(network(critic, shape), generator)), critic


@probe
def penalty(ns: Namespace, case: Case) -> Any:
    """The penalty of a critic, where the critic was asked, and the penalty's gradient for the critic's kernel."""
    transcript = Transcript()
    model, critic = _critic_model(ns, case, transcript)
    images = (tf.constant(case["real"]), tf.constant(case["fake"]))

    def ask() -> Any:
        return _value(model.gradient_penalty(len(case["real"]), *images))

    with tf.GradientTape() as tape:
        value = ask()
    # a penalty that was made by NumPy has no gradient
    gradient = tape.gradient(value, critic.kernel.value) if tf.is_tensor(value) else None
    return {
        "value": value,
        "asked": _asked(transcript),
        "gradient": tf.zeros_like(case["d_kernel"]) if gradient is None else gradient,
        "stretched": _with_kernel(critic, case["d_kernel"] * (1 + EDGE), ask),
        "shrunk": _with_kernel(critic, case["d_kernel"] * (1 - EDGE), ask),
    }


@probe
def penalty_in_a_graph(ns: Namespace, case: Case) -> Any:
    """The penalty, and where the critic was asked, in a graph that does not know the size of its batch.

    Twice between real and fake images, and once between the real ones and themselves, where each draw gives the same.
    """
    transcript = Transcript()
    model, _ = _critic_model(ns, case, transcript)
    images = (tf.constant(case["real"]), tf.constant(case["fake"]))
    spec = tf.TensorSpec((None, *case["real"].shape[1:]), tf.float32)

    @tf.function(input_signature=[spec, spec], autograph=False)
    def ask(real: Any, fake: Any) -> Any:
        return _value(model.gradient_penalty(tf.shape(real)[0], real, fake))

    transcript.take()
    pairs = (images, images, images[:1] * 2)
    return [{"value": ask(*pair), "asked": _asked(transcript)} for pair in pairs]


def _value(value: Any) -> Any:
    if value is None:
        raise MissingAnswer("`gradient_penalty(...)` returned None. Is there a `return`?")
    return value


def _asked(transcript: Transcript) -> Any:
    """The images of the critic's last call."""
    asked = [event["into"] for event in transcript.take() if event["kind"] == f"{D} call"]
    return asked[-1] if asked else None


def _with_kernel(critic: Player, kernel: np.ndarray, ask: Callable[[], Any]) -> Any:
    critic.kernel.assign(kernel)
    return ask()


def _arguments(discriminator: Any, generator: Any, **more: Any) -> dict[str, Any]:
    """Arguments of the model and of its `compile`, by name."""
    usual = {
        "latent_dim": 1,
        "discriminator_extra_steps": 3,
        "gp_weight": GP_WEIGHT,
        "d_optimizer": keras.optimizers.SGD(0.1),
        "g_optimizer": keras.optimizers.SGD(0.1),
        "d_loss_fn": _loss(1.0),
        "g_loss_fn": _loss(1.0),
    }
    return {"discriminator": discriminator, "generator": generator} | usual | more


GP_WEIGHT = 10.0
COMPILED = ("d_optimizer", "g_optimizer", "d_loss_fn", "g_loss_fn")


def _model(ns: Namespace, given: dict[str, Any], **methods: Any) -> Any:
    """The student's model, with its arguments in place: what is wrong in `__init__` or `compile` costs there only."""
    student = ns["WGAN"]
    try:
        model = type("Staged", (student,), methods)(**{name: given[name] for name in given if name not in COMPILED})
    except Exception:
        model = type("Staged", (student,), {"__init__": keras.Model.__init__} | methods)()
    with contextlib.suppress(Exception):
        model.compile(**{name: given[name] for name in COMPILED})
    if not model.compiled:
        keras.Model.compile(model)
    for name, value in given.items():
        for usual in (name, *ALSO_CALLED.get(name, ())):
            with contextlib.suppress(AttributeError):  # a student's read-only property
                setattr(model, usual, value)
    return model


def interpolates(case: Case, seen: Any) -> np.ndarray:
    """Where between real (0) and fake (1) each pixel of each interpolate lies, `(batch, pixels)`."""
    expect(seen["asked"] is not None, "The critic was not asked for anything.")
    asked = same_shape(seen["asked"], case["real"].shape, "What the critic is asked about")
    place = (finite(asked, "The interpolate") - case["real"].astype(np.float64)) / (case["fake"] - case["real"])
    return place.reshape(len(place), -1)


ROUNDING = 1e-4
"""Of a place on the segment: images differ by 0.5 or more in every pixel, and are smaller than 4."""


def places(case: Case, seen: Any) -> Any:
    """An observation of the penalty without the numbers that were drawn."""
    found = interpolates(case, seen)
    value, known = float(np.ravel(array(seen["value"], "The penalty"))[0]), formulas(slopes(case, seen))
    fitting = [name for name, due in known.items() if abs(value - due) < 1e-4 * (1 + abs(due))]
    return {
        "on the segment": bool((found > -ROUNDING).all() and (found < 1 + ROUNDING).all()),
        "one an example": float(np.ptp(found, axis=1).max()) < ROUNDING,
        "one for all": float(np.ptp(found, axis=0).max()) < ROUNDING,
        "all at": [place for place in (0, 0.5, 1) if float(np.abs(found - place).max()) < ROUNDING],
        "shape": list(np.shape(seen["value"])),
        "formula": fitting or value,
        "gradient": bool(np.any(seen["gradient"])),
    }


def slopes(case: Case, seen: Any) -> np.ndarray:
    """The gradient of the case's critic where it was asked, `(batch, pixels)`."""
    asked = same_shape(seen["asked"], case["real"].shape, "What the critic is asked about").astype(np.float64)
    return case["d_kernel"].ravel() + case["bend"] * asked.reshape(len(asked), -1)


def formulas(gradient: np.ndarray) -> dict[str, float]:
    """The penalty and what is often taken for it, for gradients `(batch, pixels)`."""
    norm, whole = np.linalg.norm(gradient, axis=1), np.linalg.norm(gradient)
    mean = np.linalg.norm(gradient / len(gradient), axis=1)
    return {
        "right": np.mean((norm - 1) ** 2),
        "weighted": GP_WEIGHT * np.mean((norm - 1) ** 2),
        "over the batch": (whole - 1) ** 2,
        "squared norm": np.mean((norm**2 - 1) ** 2),
        "norm squared": np.mean(norm**2),
        "not squared": np.mean(norm - 1),
        "distance": np.mean(np.abs(norm - 1)),
        "one-sided": np.mean(np.maximum(norm - 1, 0) ** 2),
        "sum": np.sum((norm - 1) ** 2),
        "of the mean": np.mean((mean - 1) ** 2),
        "zero": 0.0,
    }


PENALTY_ON_LINES = PENALTY.trial(penalty, lines)


@PENALTY_ON_LINES.check(
    points=1,
    hint="The norm is taken example by example, over height, width and channels; it is the distance from 1 that is "
    "squared.",
)
def linear_critic(case: Case, seen: Any) -> None:
    """For a critic `sum(w * x) + b`, whose gradient is `w` everywhere, the penalty is `(norm(w) - 1)²`."""
    norm = float(np.linalg.norm(case["d_kernel"].astype(np.float64)))
    close(seen["value"], np.float64((norm - 1) ** 2), "The penalty", ulps=64, scale=norm**2 + 1)


# train_step

D_RATE, G_RATE = 1 / 64, 1 / 32


@st.composite
def _games(draw: Any) -> Case:
    latent_dim, image = draw(sizes(2, 3)), draw(shapes(3, 2, 3))
    seed, pixels = draw(seeds()), int(np.prod(image))
    return {
        "latent_dim": latent_dim,
        "extra_steps": draw(st.sampled_from([2, 4])),
        "gp_weight": draw(st.sampled_from([2.5, 0.5])),
        "g_kernel": uniform(seed, (latent_dim, pixels), -1, 1),
        "g_bias": uniform(seed, (pixels,), -1, 1),
        "d_kernel": uniform(seed, (pixels, 1), 0.1, 0.5),
        "d_bias": uniform(seed, (1,), -0.5, 0.5),
        "batches": [uniform(seed + key, (draw(sizes(2, 5 - key)), *image), 0, 1) for key in range(2)],
    }


games = _games()


def _staged(ns: Namespace, case: Case, transcript: Transcript) -> Any:
    """The student's model with players, losses and a penalty that write a transcript.

    The critic's loss is half the mean square of the fakes' scores, minus twice the mean of the real ones'; the penalty
    is half the squared norm of the critic's kernel; the generator's loss half the mean square of (score - 2).
    """
    image = case["batches"][0].shape[1:]
    critic = Player(transcript, D, case["d_kernel"], case["d_bias"], (1,))
    generator = Player(transcript, G, case["g_kernel"], case["g_bias"], image)

    def d_loss(real_img: Any, fake_img: Any) -> Any:
        transcript.note("d_loss", real=real_img, fake=fake_img)
        return tf.reduce_mean(tf.square(fake_img)) / 2 - 2 * tf.reduce_mean(real_img)

    def g_loss(fake_img: Any) -> Any:
        transcript.note("g_loss", fake=fake_img)
        return tf.reduce_mean(tf.square(fake_img - 2)) / 2

    def stand_in(self: Any, batch_size: Any, real_images: Any, fake_images: Any) -> Any:
        transcript.note("penalty", size=batch_size, real=real_images, fake=fake_images)
        return tf.reduce_sum(tf.square(critic.kernel.value)) / 2

    given = _arguments(
        network(critic, image),
        network(generator, (case["latent_dim"],)),
        latent_dim=case["latent_dim"],
        discriminator_extra_steps=case["extra_steps"],
        gp_weight=case["gp_weight"],
        d_optimizer=keras.optimizers.SGD(D_RATE),
        g_optimizer=keras.optimizers.SGD(G_RATE),
        d_loss_fn=d_loss,
        g_loss_fn=g_loss,
    )
    return _model(ns, given, gradient_penalty=stand_in)


@probe
def two_steps(ns: Namespace, case: Case) -> Any:
    """Two eager steps."""
    transcript = Transcript()
    model = _staged(ns, case, transcript)
    return [attempt(transcript, lambda batch=batch: model.train_step(tf.constant(batch))) for batch in case["batches"]]


@probe
def two_steps_of_fit(ns: Namespace, case: Case) -> Any:
    """The two steps of one epoch of `fit`, whose last batch may be shorter."""
    transcript = Transcript()
    return fitted(_staged(ns, case, transcript), case["batches"], transcript)


TWO_STEPS = STEP.trial(two_steps, games)


@TWO_STEPS.check(
    points=0.75,
    hint="A loop of `discriminator_extra_steps` rounds moves the critic, once a round; after it the generator moves "
    "once. Each optimizer gets the gradients for the weights of one player.",
)
def critic_first_and_more_often(case: Case, seen: Any) -> None:
    """In a step the critic's weights move `discriminator_extra_steps` times, then the generator's once; only one player
    moves at a time."""
    step = first_step(case, seen)
    due = "d" * case["extra_steps"] + "g"
    if len(step.moves) < len(due):
        finished(seen[0])
    order = "".join(move.letters if len(move.letters) == 1 else f"({move.letters})" for move in step.moves)
    names = "d: the critic moves, g: the generator moves"
    expect(order == due, f"The players did not move as they should ({names}).", received=order, expected=due)

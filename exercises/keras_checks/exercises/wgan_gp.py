"""Checks of `wgan_gp`: probes and public properties."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import Failure, array, close, expect, finite, same_shape
from keras_checks.observe import MissingAnswer, Namespace, probe
from keras_checks.question import Case, Question
from keras_checks.seeds import seeds_of_their_own
from keras_checks.strategies import arrays, cases, seeds, sizes, uniform
from keras_checks.testbeds.bends import bends, squares
from keras_checks.testbeds.critics import Step, fakes_shown, first_step, read_step, repeated, steps_of
from keras_checks.testbeds.descent import PLAIN_DESCENT, descent_rules
from keras_checks.testbeds.game import (
    OWN_UPDATES,
    WORKED_GAMES,
    D,
    G,
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
from keras_checks.testbeds.graphs import in_graph
from keras_checks.testbeds.players import (
    Player,
    Transcript,
    as_batches,
    attempt,
    fitted,
    network,
    optimizers_of,
    updates_by,
)

SECTION = "Wasserstein GAN with Gradient Penalty"
LOSSES = Question(
    name="critic_loss",
    answers=("critic_loss", "generator_loss"),
    points=1,
    lecture=f'{SECTION}, "Custom train step"',
    shows=("scores.real: real_img", "scores.fake: fake_img", "shift: c"),
)
WGAN = Question(
    name="wgan",
    answers=("WGAN",),
    points=2,
    lecture=f'{SECTION}, "Override compile"',
    shows=("latent_dim", "discriminator_extra_steps", "gp_weight"),
)
PENALTY = Question(
    name="gradient_penalty",
    answers=("WGAN",),
    points=4,
    lecture=f'{SECTION}, "Gradient Tape: used for loss term, rather than weight update"',
    shows=("norm: norm(w)", "real: real_images", "fake: fake_images"),
)
STEP = Question(
    name="train_step",
    answers=("WGAN",),
    points=3,
    lecture=f'{SECTION}, "Custom train step: GAN training"',
    shows=("latent_dim", "extra_steps: discriminator_extra_steps", "gp_weight"),
)


# critic_loss, generator_loss


@st.composite
def _scores(draw: Any) -> dict[str, np.ndarray]:
    shape = (draw(sizes(1, 5)), 1)
    return {"real": draw(arrays(shape)), "fake": draw(arrays(shape, key=1))}


score_cases = cases(scores=_scores(), shift=st.sampled_from([1.0, 0.5, 2.5]))
WORKED_SCORES = {"real": np.array([[1], [5]], np.float32), "fake": np.array([[2], [-4]], np.float32)}


@probe
def losses(ns: Namespace, case: Case) -> Any:
    """Both losses, their gradients, and how they change when all real scores, or all fake ones, are raised."""
    real, fake = (tf.constant(case["scores"][kind]) for kind in ("real", "fake"))
    critic, generator = (functools.partial(ns.call, name) for name in LOSSES.answers)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch((real, fake))
        critic_value, generator_value = tf.reduce_sum(critic(real, fake)), tf.reduce_sum(generator(fake))
    up = case["shift"]
    gradients = [*tape.gradient(critic_value, (real, fake)), tape.gradient(generator_value, fake)]
    return {
        "gradients": gradients,
        "critic": critic(real, fake),
        "critic_by_name": critic(real_img=real, fake_img=fake),
        "critic_real_up": critic(real + up, fake),
        "critic_fake_up": critic(real, fake + up),
        "generator": generator(fake),
        "generator_up": generator(fake + up),
    }


WORKED_LOSSES = LOSSES.trial(losses, st.just({"scores": WORKED_SCORES, "shift": 1.0}), examples=1)
LOSS_VALUES = LOSSES.trial(losses, score_cases)


@WORKED_LOSSES.check(
    points=0.4,
    hint="Take the mean of each argument over the batch, and use the two means as they are. Each loss is one number.",
)
def worked_numbers(case: Case, seen: Any) -> None:
    """For the real scores 1 and 5 and the fake scores 2 and -4, `critic_loss` is -4 and `generator_loss` is 1."""
    close(seen["critic"], np.float64(-4), "critic_loss", ulps=8)
    close(seen["generator"], np.float64(1), "generator_loss", ulps=8)


PLAIN_MEANS = (
    "This change is neither c nor -c. Means that are only added and subtracted change by one of these, whatever the "
    "scores are: `abs`, `relu`, a square, a logarithm or a sigmoid does not belong here."
)


@LOSS_VALUES.check(
    points=0.3,
    hint="An optimizer makes a loss smaller, so a mean that should grow needs a minus. The critic wants high scores "
    "for real images, the generator for fakes.",
)
def who_gains(case: Case, seen: Any) -> None:
    """If all real scores rise by c, `critic_loss` falls by c. If all fake scores rise by c, `critic_loss` rises by c
    and `generator_loss` falls by c."""
    for name, value in seen.items():
        if name != "gradients":
            same_shape(value, (), "A loss")
    for name, start, sign, what in (
        ("critic_real_up", "critic", -1, "critic_loss when real scores rise"),
        ("critic_fake_up", "critic", 1, "critic_loss when fake scores rise"),
        ("generator_up", "generator", -1, "generator_loss when fake scores rise"),
    ):
        change = np.float64(seen[name]) - np.float64(seen[start])
        hint = "" if np.isclose(abs(change), case["shift"], rtol=1e-3) else PLAIN_MEANS
        close(change, np.float64(sign * case["shift"]), f"The change of {what}", ulps=32, scale=8, hint=hint)


BENT = (
    "Use the means as they are: `relu` and clipping make a loss flat, and a square, a logarithm or a sigmoid makes it "
    "steeper in some places than in others."
)
CUT_OFF = "NumPy and `.numpy()` cut the gradient off. Use `tf.` or `keras.ops` only."


@LOSS_VALUES.check(points=0.3, hint=BENT)
def gradient_reaches_each_score(case: Case, seen: Any) -> None:
    """In both losses, the gradient with respect to each of n scores is 1/n or -1/n."""
    n = len(case["scores"]["real"])
    for found in seen["gradients"]:
        expect(found is not None, "No gradient reaches the scores.", hint=CUT_OFF)
        size = np.abs(array(found, "The gradient"))
        close(size, np.full((n, 1), 1 / n), "The size of the gradient", ulps=16, scale=1)


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
NUMBERS = ("latent_dim", *DEFAULTS)
"""The arguments that are numbers."""
ALSO_CALLED = {"discriminator_extra_steps": ("d_steps",)}
"""Names of attributes that published examples use, and that are accepted."""


def _networks(case: Case) -> dict[str, keras.Model]:
    discriminator = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten(), keras.layers.Dense(1)])
    generator = keras.Sequential(
        [keras.Input((case["latent_dim"],)), keras.layers.Dense(4), keras.layers.Reshape((2, 2, 1))]
    )
    discriminator.set_weights([case["d_kernel"], case["d_kernel"][0]])
    generator.set_weights([case["g_kernel"], case["g_kernel"][0]])
    return {"discriminator": discriminator, "generator": generator}


def _loss(number: float) -> Callable[..., Any]:
    def loss(*scores: Any, **named: Any) -> Any:
        return number * tf.reduce_mean(tf.concat([*scores, *named.values()], axis=0))

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
    """What a model keeps of its arguments, as one number each, and which weights it calls its own.

    It is compiled twice, first with other optimizers and losses.
    """
    networks, options = _networks(case), {name: case[name] for name in NUMBERS}
    given = networks | options | _compile_arguments(case)
    other = _compile_arguments({name: 2 * case[name] for name in ("d_rate", "g_rate")})
    ns.with_method("WGAN", "__init__", keras.Model)
    model = ns.call("WGAN", *networks.values(), *options.values())
    model.compile(*other.values())
    model.compile(*(given[name] for name in COMPILED))
    kept = {name: _kept(model, name) for name in given}
    plain_model = ns.call("WGAN", **networks, latent_dim=case["latent_dim"])
    plain_model.compile(**other)
    unpenalized = ns.call("WGAN", **networks, latent_dim=case["latent_dim"], gp_weight=0.0)
    return {
        "kept": kept,
        "kept_later": {name: _kept(model, name) for name in given},
        "given": {name: _number(name, value) for name, value in given.items()},
        "defaults": {name: _kept(plain_model, name) for name in DEFAULTS},
        "zero": _kept(unpenalized, "gp_weight"),
        "copied": [
            name for name in ("discriminator", "generator") if getattr(model, name, given[name]) is not given[name]
        ],
        "weights": list(model.trainable_weights),
    }


def _kept(model: Any, name: str) -> float | None:
    """The number of what a model keeps under a name."""
    kept = (getattr(model, usual) for usual in (name, *ALSO_CALLED.get(name, ())) if hasattr(model, usual))
    return next((_number(name, value) for value in kept), None)


def _number(name: str, value: Any) -> float | None:
    """One number that tells what is kept under a name from others; None for what can't be used as that argument.

    A loss is told by its value for scores of 1, so one that is kept inside another function counts as well.
    """
    try:
        if name in NUMBERS:
            return None if isinstance(value, bool | str) else float(value)
        if name.endswith("_loss_fn"):
            return float(value(*[tf.ones((1, 1))] * (2 if name[0] == "d" else 1)))
        if isinstance(value, keras.Model):
            return float(sum(np.sum(weight, dtype=np.float64) for weight in value.get_weights()))
        return value.number if isinstance(value, keras.optimizers.Optimizer) else None
    except Exception:
        return None


CONSTRUCTION = WGAN.trial(construction, part_cases, examples=1, shrinks=6)


@CONSTRUCTION.check(
    points=0.75,
    hint="Assign every argument, unchanged, to the attribute of `self` with the same name, also in a second `compile`.",
)
def keeps_its_arguments(case: Case, seen: Any) -> None:
    """The model stores what `__init__` and the last `compile` were given: networks, numbers, optimizers and losses."""
    _belongs(case, seen)
    for name, number in seen["given"].items():
        kept = seen["kept"][name]
        expect(kept is not None, f"The model has no attribute `{name}` with this argument.")
        other = f"The `{name}` that the model stores is not the one that it was given."
        told = (kept, number) if name in NUMBERS else ()  # of a network or a loss, a number says nothing
        expect(abs(kept - number) <= 1e-6 * abs(number), other, *told, hint=_passed_as(kept, seen["given"]))
        later = f"After a second model was created and compiled, the first one stores another `{name}`."
        expect(seen["kept_later"][name] == kept, later, seen["kept_later"][name], kept, hint=ON_SELF)
    message = "A model that is created with `gp_weight=0.0` stores another weight."
    hint = "Store the argument as it is: `gp_weight or 10.0`, for example, is 10 for a weight of 0."
    expect(seen["zero"] == 0, message, seen["zero"], 0, hint)
    message = "The model stores another network than the one that it was given, such as a copy."
    expect(not seen["copied"], message, ", ".join(seen["copied"]), "none", "Store the networks themselves.")


def _passed_as(kept: float, given: dict[str, float]) -> str:
    """A hint where what is kept under a name was passed as another argument."""
    other = next((name for name, number in given.items() if abs(kept - number) <= 1e-6 * abs(number)), None)
    hint = f"It is what was passed as `{other}`: keep the order of the arguments that the question gives."
    return hint if other else ""


ON_SELF = "Store the arguments on `self`: all models share an attribute of the class."


def _belongs(case: Case, seen: Any) -> None:
    """Fail unless an observation is that of the case's arguments."""
    for name in ("latent_dim", *DEFAULTS):
        expect(seen["given"][name] == case[name], f"The model was given another {name}.")
    expect(seen["given"]["d_optimizer"] == case["d_rate"], "The model was given another optimizer.")


@CONSTRUCTION.check(
    points=0.25,
    hint="Keras tracks a network that is an attribute of the model. Call `super().__init__()` before you assign it.",
)
def owns_both_networks(case: Case, seen: Any) -> None:
    """The model's trainable weights are those of its discriminator and of its generator."""
    _belongs(case, seen)
    due = [case["d_kernel"], case["d_kernel"][0], case["g_kernel"], case["g_kernel"][0]]
    shapes_seen = sorted(np.shape(weight) for weight in seen["weights"])
    expect(
        shapes_seen == sorted(weight.shape for weight in due),
        "The number or the shapes of the model's trainable weights are wrong.",
        shapes_seen,
        sorted(weight.shape for weight in due),
    )
    for weight in due:
        found = any(np.array_equal(weight, other) for other in seen["weights"])
        expect(found, f"A network's weight of shape {weight.shape} is not among the model's trainable weights.")


@CONSTRUCTION.check(
    points=0.5, hint="Look at the signature of `__init__`: `discriminator_extra_steps=3` and `gp_weight=10.0`."
)
def defaults(case: Case, seen: Any) -> None:
    """If they are left out, `discriminator_extra_steps` is 3 and `gp_weight` is 10."""
    _belongs(case, seen)
    for name, number in DEFAULTS.items():
        expect(
            seen["defaults"][name] == number,
            f"Without an argument for it, `{name}` has the wrong value.",
            seen["defaults"][name],
            number,
        )


@probe
def train_step_override(ns: Namespace, case: Case) -> Any:
    """What `fit` reports when a step of the check's own stands in for `train_step`."""

    class Overridden(ns.with_method("WGAN", "__init__", keras.Model)):
        def train_step(self, data: Any) -> dict[str, Any]:
            images = data[0] if isinstance(data, tuple) else data
            return {"sum": tf.reduce_sum(images), "largest": tf.reduce_max(images)}

    idle = _idle()
    model = Overridden(discriminator=idle["discriminator"], generator=idle["generator"], latent_dim=case["latent_dim"])
    model.compile(**{name: idle[name] for name in COMPILED})
    model.run_eagerly = True
    history = model.fit(as_batches([case["images"]]), verbose=0)
    return {name: history.history[name][-1] for name in ("sum", "largest")}


TRAIN_STEP_OVERRIDE = WGAN.trial(train_step_override, part_cases, examples=1, shrinks=4)


@TRAIN_STEP_OVERRIDE.check(
    points=0.5, hint="`fit` needs a compiled model: call `super().compile()` in your `compile`, without arguments."
)
def fit_accepts_it(case: Case, seen: Any) -> None:
    """After `compile`, `fit` accepts the model and runs its `train_step`."""
    size = float(np.abs(case["images"]).sum()) + 1
    for name, value in (("sum", case["images"].sum(dtype=np.float64)), ("largest", case["images"].max())):
        close(seen[name], np.float64(value), f"What `fit` reports ({name} of the images)", ulps=64, scale=size)


# gradient_penalty


LINEAR_PENALTIES = {2.5: 2.25, 0.5: 0.25, 1.75: 0.5625}
"""The penalty of a linear critic by the norm of its gradient, worked by hand."""
SHAPES = ((2, 3, 1), (3, 1, 2), (2, 1, 3))
"""Height, width and channels of the images in each case: one, two and three channels, no two axes alike."""


@st.composite
def _critics(draw: Any, n: tuple[int, int], norm: float, image: tuple[int, int, int], curved: bool = True) -> Case:
    """A critic whose kernel has a given norm, real images, and fakes that differ from them in every pixel."""
    shape = (draw(sizes(*n)), *image)
    seed, pixels = draw(seeds()), int(np.prod(image))
    kernel = uniform(seed, (pixels, 1), 0.2, 1) * np.where(uniform(seed + 1, (pixels, 1)) > 0, 1, -1)
    real, gap = uniform(seed + 2, shape, 0, 1), uniform(seed + 3, shape, -1, 1)
    return {
        "norm": norm,
        "d_kernel": (kernel * norm / np.linalg.norm(kernel)).astype(np.float32),
        "d_bias": uniform(seed + 4, (1,)),
        "real": real,
        "fake": (real + gap + np.where(gap > 0, 0.5, -0.5)).astype(np.float32),
        "d_bends": draw(bends(pixels)) if curved else [],
    }


def _worked_curve(rows: int) -> Case:
    """The critic `f(x) = (x1² + x2²) / 2`, asked between images and themselves: the gradient at an image is the image.

    Half of the images are (3, 4), the others (0.3, 0.4).
    """
    images = np.tile(np.array([[3, 4], [0.3, 0.4]], np.float32), (rows, 1)).reshape((2 * rows, 1, 2, 1))
    halves, zero = np.full((2, 1), 0.5, np.float32), np.zeros(1, np.float32)
    return {"d_kernel": halves, "d_bias": zero, "real": images, "fake": images, "d_bends": squares(2)}


WORKED_PENALTY = 8.125
"""Of :func:`_worked_curve`: the mean of (5 - 1)² = 16 and (0.5 - 1)² = 0.25."""
lines = st.permutations(SHAPES).flatmap(
    lambda images: cases(
        lines=st.tuples(
            *(
                _critics(n=(4, 5), norm=norm, image=image, curved=False)
                for norm, image in zip(LINEAR_PENALTIES, images, strict=True)
            )
        ).map(list),
        curve=sizes(1, 3).map(_worked_curve),
    )
)
curves = st.tuples(
    *(_critics(n=(4, 5), norm=norm, image=image) for norm, image in ((0.5, SHAPES[0]), (1.25, SHAPES[2])))
).map(lambda drawn: {"curves": list(drawn)})
some_images, many_images = (_critics(n=n, norm=1.25, image=(1, 2, 1)) for n in ((20, 30), (2000, 2020)))
EDGE = 0.02
"""By how much the critic's kernel is stretched and shrunk to see the penalty change."""


def _critic_model(ns: Namespace, case: Case, transcript: Transcript) -> tuple[Any, Player]:
    critic = Player(transcript, D, case, (1,))
    return _model(ns, "gradient_penalty", _idle() | {"discriminator": network(critic, case["real"].shape[1:])}), critic


@probe
def penalty(ns: Namespace, case: Case) -> Any:
    """The penalties of the linear critics and of the worked one; how that of the first changes with the critic."""
    first, *others = [*case["lines"], case["curve"]]
    return [_penalty(ns, first, sloped=True, moved=True), *(_penalty(ns, each) for each in others)]


@probe
def penalty_on_curves(ns: Namespace, case: Case) -> Any:
    """The penalties of critics whose gradient changes from place to place; the gradient of the last penalty."""
    *others, last = case["curves"]
    return [*(_penalty(ns, each) for each in others), _penalty(ns, last, sloped=True)]


@probe
@seeds_of_their_own()
def many_places(ns: Namespace, case: Case) -> Any:
    """Where the critic is called for many examples, and in a second call for the first half of them."""
    return _penalty(ns, case, again=True)


def _penalty(ns: Namespace, case: Case, *, sloped: bool = False, moved: bool = False, again: bool = False) -> Any:
    """The penalty of a critic, and where the critic was called.

    If it is ``sloped``, also the penalty's gradient for the critic's kernel; if ``moved``, the penalties after this
    kernel changed; if called ``again``, where the critic was called for the first half of the images.
    """
    transcript = Transcript()
    model, critic = _critic_model(ns, case, transcript)
    images = (tf.constant(case["real"]), tf.constant(case["fake"]))

    def ask() -> Any:
        return _value(model.gradient_penalty(len(case["real"]), *images))

    with tf.GradientTape() if sloped else contextlib.nullcontext() as tape:
        value = ask()
    seen = {"value": value, "asked": _asked(transcript, case)}
    if tape is not None:
        # a penalty that was made by NumPy has no gradient
        gradient = tape.gradient(value, critic.kernel.value) if tf.is_tensor(value) else None
        seen["gradient"] = tf.zeros_like(case["d_kernel"]) if gradient is None else gradient
    if moved:
        for name, factor in (("stretched", 1 + EDGE), ("shrunk", 1 - EDGE)):
            critic.kernel.assign(case["d_kernel"] * factor)
            seen[name] = ask()
    if again:
        half = len(case["real"]) // 2
        with contextlib.suppress(Exception):  # an answer that can't be called again fails one check
            model.gradient_penalty(half, *(part[:half] for part in images))
        seen["again"] = _asked(transcript, {name: case[name][:half] for name in ("real", "fake")})
    return seen


@probe
def penalty_in_a_graph(ns: Namespace, case: Case) -> Any:
    """The penalty, and where the critic was called, in a graph that does not know the size of its batch.

    Twice between real and fake images, and once between the real ones and themselves, where each draw gives the same.
    """
    transcript = Transcript()
    model, _ = _critic_model(ns, case, transcript)
    images = (tf.constant(case["real"]), tf.constant(case["fake"]))
    spec = tf.TensorSpec((None, *case["real"].shape[1:]), tf.float32)

    def penalty(real: Any, fake: Any) -> Any:
        return _value(model.gradient_penalty(tf.shape(real)[0], real, fake))

    ask = in_graph(penalty, [spec, spec])
    transcript.take()
    pairs = (images, images, images[:1] * 2)
    return [{"value": ask(*pair), "asked": _asked(transcript, case)} for pair in pairs]


def _value(value: Any) -> Any:
    if value is None:
        raise MissingAnswer("`gradient_penalty(...)` returned None. Is there a `return`?")
    return value


def _asked(transcript: Transcript, case: Case) -> Any:
    """The images of the critic's last call that are not the given ones; of all calls, where each had one image."""
    asked = [event["into"] for event in transcript.take() if event["kind"] == f"{D} call"]
    between = [
        images for images in asked if not any(np.array_equal(images, given) for given in (case["real"], case["fake"]))
    ]
    calls = between or asked[-1:]
    if calls and sum(map(len, calls)) == len(case["real"]):  # image by image
        return np.concatenate(calls)
    return calls[-1] if calls else None


@functools.cache
def _idle() -> dict[str, Any]:
    """Arguments of the model and of its `compile` that nobody uses, by name: one set serves all models."""
    discriminator, generator = (
        keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")]) for _ in range(2)
    )
    return {
        "discriminator": discriminator,
        "generator": generator,
        "latent_dim": 1,
        "discriminator_extra_steps": 3,
        "gp_weight": GP_WEIGHT,
        **_compile_arguments({"d_rate": 0.1, "g_rate": 0.1}),
    }


GP_WEIGHT = 10.0
COMPILED = ("d_optimizer", "g_optimizer", "d_loss_fn", "g_loss_fn")


def _model(ns: Namespace, method: str, given: dict[str, Any], **methods: Any) -> Any:
    """The student's model, with its arguments in place: what is wrong in `__init__` or `compile` costs there only.

    ``method``: the one that is tried.
    """
    student = ns["WGAN"]
    if isinstance(student, type) and not issubclass(student, keras.Model):
        raise MissingAnswer(
            "`WGAN` is no `keras.Model`: the cell of question 2 begins with `class WGAN(keras.Model):`."
        )
    try:
        model = type("Staged", (student,), methods)(**{name: given[name] for name in given if name not in COMPILED})
        _ = model.compiled  # a model whose `super().__init__()` has not run does not know
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
    ns.with_method("WGAN", method, keras.Model, model)
    return model


def interpolates(case: Case, seen: Any) -> np.ndarray:
    """Where between real (0) and fake (1) each pixel of each interpolate lies, `(batch, pixels)`."""
    expect(seen["asked"] is not None, "The critic was not called.")
    asked = same_shape(seen["asked"], case["real"].shape, "The critic's input")
    place = (finite(asked, "The interpolate") - case["real"].astype(np.float64)) / (case["fake"] - case["real"])
    return place.reshape(len(place), -1)


ROUNDING = 1e-4
"""Of a place on the segment: images differ by 0.5 or more in every pixel, and are smaller than 4."""
PENALTIES = PENALTY.trial(penalty, lines, examples=1, shrinks=4)


def _each(seen: Any, wanted: list[Case]) -> list[tuple[Case, Any]]:
    expect(isinstance(seen, list) and len(seen) == len(wanted), "There is not one penalty for each critic.")
    return list(zip(wanted, seen, strict=True))


@PENALTIES.check(
    points=1,
    hint="Compute one norm per example: the root of the sum of squares over height, width and channels. Then square "
    "its distance from 1.",
)
def linear_critics(case: Case, seen: Any) -> None:
    """For a critic `sum(w * x) + b`, whose gradient is `w` everywhere, the penalty is `(norm(w) - 1)²`: 2.25 for norm
    2.5, 0.25 for norm 0.5 and 0.5625 for norm 1.75."""
    for each, found in _each(seen, [*case["lines"], case["curve"]])[:-1]:
        norm = each["norm"]
        what = f"The penalty of a critic with norm(w) = {norm} on images {each['real'].shape[1:]}"
        close(found["value"], np.float64(LINEAR_PENALTIES[norm]), what, ulps=64, scale=norm**2 + 1)
        same_shape(found["asked"], each["real"].shape, "The critic's input")


@PENALTIES.check(
    points=0.75,
    hint="Each image has its own gradient and its own norm: sum the squares of `tape.gradient(scores, interpolates)` "
    "over the axes 1, 2 and 3, and average over the batch at the end.",
)
def curved_critic(case: Case, seen: Any) -> None:
    """For the critic `(x1² + x2²) / 2`, with the real images (3, 4) and (0.3, 0.4) and fakes equal to them, the penalty
    is `((5 - 1)² + (0.5 - 1)²) / 2 = 8.125`."""
    each, found = _each(seen, [*case["lines"], case["curve"]])[-1]
    close(found["value"], np.float64(WORKED_PENALTY), "The penalty", ulps=64, scale=26)
    asked = same_shape(found["asked"], each["real"].shape, "The critic's input")
    close(asked, each["real"], "The critic's input between two equal images", ulps=16, scale=8)


@PENALTIES.check(
    points=0.75,
    hint="Compute everything from the inner gradient to the penalty with TensorFlow operations, without "
    "`stop_gradient`, `.numpy()` or NumPy: `train_step` differentiates it.",
)
def moves_the_critic(case: Case, seen: Any) -> None:
    """The penalty has a gradient with respect to the critic's weights, and it fits the change of the penalty when these
    weights change."""
    _changes_with_the_kernel(*_each(seen, [*case["lines"], case["curve"]])[0])


def _changes_with_the_kernel(case: Case, seen: Any) -> None:
    kernel = case["d_kernel"].astype(np.float64)
    gradient = finite(same_shape(seen["gradient"], kernel.shape, "The gradient"), "The gradient").astype(np.float64)
    expect(np.any(gradient), "No gradient of the penalty reaches the critic's weights.")
    stretched, shrunk = (np.sum(array(seen[name], "The penalty"), dtype=np.float64) for name in ("stretched", "shrunk"))
    rise = float(stretched - shrunk)
    along = float(np.sum(gradient * kernel)) * 2 * EDGE
    expect(abs(rise) > 1e-3, "The penalty does not change with the critic's weights.")
    expect(abs(along - rise) < 0.05 * abs(rise), "The gradient does not fit the change of the penalty.", along, rise)
    across = gradient - kernel * np.sum(gradient * kernel) / np.sum(kernel**2)
    small = float(np.abs(across).max()) < 1e-3 * float(np.abs(gradient).max())
    message = "The gradient of a linear critic's penalty is not parallel to the critic's kernel."
    parallel = kernel * np.sum(gradient * kernel) / np.sum(kernel**2)
    expect(small, message, gradient, parallel, EUCLIDEAN)


EUCLIDEAN = "Use one Euclidean norm per example, over all pixels and channels together."
MANY_PLACES = PENALTY.trial(many_places, many_images, examples=1, shrinks=4)


@MANY_PLACES.check(
    points=0.5,
    hint="Draw the numbers from the uniform distribution on [0, 1]: 0 is the real image, 1 is the fake.",
)
def on_the_segment(case: Case, seen: Any) -> None:
    """The critic is called on the segment between a real image and its fake. All places there are equally likely, and
    independent of those of the other examples."""
    found = interpolates(case, seen)
    outside = float(np.maximum(-found, found - 1).max())
    beyond = f"{float(found.min()):.3g} to {float(found.max()):.3g}"
    message = "On the segment, 0 is the real image and 1 is the fake. An interpolate lies beyond them."
    expect(outside < ROUNDING, message, beyond, "0 to 1")
    ends = float(np.minimum(np.abs(found), np.abs(found - 1)).max())
    expect(ends > ROUNDING, "The critic is called on the images themselves, not between them.")
    if np.ptp(found) > ROUNDING:
        half = len(found) // 2
        again = interpolates({name: case[name][:half] for name in ("real", "fake")}, {"asked": seen["again"]})
        same = float(np.abs(again - found[:half]).max()) < ROUNDING
        expect(not same, "A second call uses the places of the first again.", hint="Draw in every call.")
        _uniform(found[:, 0], "Some places on the segment are drawn more often than others.")
        _independent(found[:, 0], again[:, 0])


NARROWEST, WIDEST = 0.2, 3.6
"""Of Kolmogorov's statistic: independent numbers are below the first, or above the second, less than once in 10¹¹
times.
(The probabilities are near sqrt(2 pi) / t · exp(-pi² / (8 t²)) and below 2 exp(-2 t²).)"""


def _uniform(places: np.ndarray, message: str, hint: str = "") -> None:
    """Kolmogorov and Smirnov's test, for numbers that are more even than independent ones, too."""
    ranks, ordered = np.arange(len(places) + 1) / len(places), np.sort(places)
    distance = float(max(np.abs(ordered - ranks[1:]).max(), np.abs(ordered - ranks[:-1]).max()))
    expect(NARROWEST < distance * np.sqrt(len(places)) < WIDEST, message, hint=hint)


DISTANCES = 1, 2, 3, 5, 8, 16, 32, 64
"""Between examples of which one's place might follow from the other's."""


def _independent(places: np.ndarray, again: np.ndarray) -> None:
    """Fail where the place of an example follows from that of another one, or from its own in the second call.

    The sums of independent uniform numbers and their neighbors, without the whole part, are independent uniform numbers
    as well, and so are the differences. Those of numbers and their copies, mirrored or all moved by the same way, are
    not.
    """
    hint = "Draw `batch_size` independent numbers, one per example."
    different = len(np.unique(np.round(places, 5)))
    message = "Several examples have the same place on the segment."
    expect(different > 0.9 * len(places), message, different, len(places), hint)
    half = len(places) // 2
    for by in (*DISTANCES, len(places) - half):
        _unrelated(places[:-by], places[by:], "The places of some examples depend on those of others.", hint)
    for part in (places[:half], places[-half:]):
        _unrelated(part, again, "The places in a second call depend on those in the first.", hint)


def _unrelated(one: np.ndarray, other: np.ndarray, message: str, hint: str) -> None:
    """Fail unless the sums and the differences of places are independent uniform numbers."""
    for both in (one + other, one - other):
        _uniform(both % 1, message, hint)


CURVES = PENALTY.trial(penalty_on_curves, curves, examples=1, shrinks=4)


@CURVES.check(points=0.5, hint="Draw a tensor of shape `(batch_size, 1, 1, 1)`: it broadcasts over the pixels.")
def one_draw_per_example(case: Case, seen: Any) -> None:
    """Each example has its own place between real and fake, and all of its pixels share it."""
    for each, found in _each(seen, case["curves"]):
        places = interpolates(each, found)
        within = float(np.ptp(places, axis=1).max())
        expect(within < ROUNDING, "The pixels of an image are at different places between real and fake.")
        apart = float(np.ptp(places)) > ROUNDING
        message = "All examples are at the same place between real and fake."
        expect(apart, message, np.round(places[:, 0], 3), "different places")


PENALTY_IN_A_GRAPH = PENALTY.trial(penalty_in_a_graph, some_images, examples=1, shrinks=4)


@PENALTY_IN_A_GRAPH.check(
    points=0.25,
    hint="`fit` traces the code once: what NumPy draws is a constant in the graph. Draw with TensorFlow or "
    "`keras.random`, and do not convert `batch_size` to a Python number.",
)
def works_in_a_graph(case: Case, seen: Any) -> None:
    """In a graph, where the batch size is a tensor, each call of the penalty draws new numbers."""
    expect(isinstance(seen, list) and len(seen) == 3, "There are not three penalties.")
    for each in seen:
        finite(each["value"], "The penalty")
    first, second, alone = (interpolates(case, each) for each in seen)
    same = np.abs(alone).max() < ROUNDING
    expect(same, "For two equal images, the critic was called on a different one.")
    expect(np.ptp(np.stack([first, second]), axis=0).max() > 1e-6, "Two calls used the same interpolates.")


# train_step

D_RATE, G_RATE = 1 / 1024, 1 / 512
"""So small that no game explodes, even with latents three times as large as usual."""


@st.composite
def _games(draw: Any, eager: bool) -> Case:
    latent_dim = draw(sizes(2, 3) if eager else sizes(20, 22))  # many numbers show how they are distributed
    image = draw(image_shapes)
    seed, pixels = draw(seeds()), int(np.prod(image))
    return {
        "latent_dim": latent_dim,
        "extra_steps": draw(st.sampled_from([4, 2])) if eager else 2,
        "gp_weight": draw(st.sampled_from([2.5, 0.5])),
        "d_rate": D_RATE,
        "g_rate": G_RATE,
        **(draw(descent_rules) if eager else PLAIN_DESCENT),
        "g_kernel": uniform(seed, (latent_dim, pixels), -0.5, 0.5),
        "g_bias": uniform(seed, (pixels,), -1, 1),
        "d_kernel": uniform(seed, (pixels, 1), 0.1, 0.5),
        "d_bias": uniform(seed, (1,), -0.5, 0.5),
        "batches": [uniform(seed + key, (n, *image), 0, 1) for key, n in enumerate((draw(sizes(3, 5)), 2))],
        # a shallow network is traced faster
        "g_bends": draw(bends(latent_dim, pixels)) if eager else [],
        "d_bends": draw(bends(pixels, most=2 if eager else 1)),
    }


games = _games(eager=True)
EXAMPLE: Case = {
    "extra_steps": 2,
    "gp_weight": 2.0,
    "g_bias": np.ones(1, np.float32),
    "d_kernel": np.full((1, 1), 0.5, np.float32),
    "d_bias": np.zeros(1, np.float32),
    "g_rate": 1 / 2,
    **PLAIN_DESCENT,
    "batches": [np.full((2, 1, 1, 1), 3, np.float32)],
}
"""The worked step of the notebook: every fake is the pixel 1, every real image is the pixel 3.

The batch holds that image twice, which changes no mean: who divides by the batch size once more is told.
"""
AFTER_EACH_ROUND = (
    [(0.78125, 0.09375), (1.00390625, 0.1640625)],
    [(0.96875, 0.09375), (1.28515625, 0.15234375)],  # with the penalty written out in the step, (norm(w) - 1)²
)
"""The critic's weight and bias after the two rounds of the worked step."""
LAST_LOSS = -3.8818359375, -5.43359375
"""`d_loss` in the second round of each."""
AFTER_ROUNDS_ON_SQUARES = [(1.53125, 0.09375), (2.36328125, 0.1171875)]
"""The same for the critic that squares the pixel."""
GENERATOR_BIAS = {"frozen": 1.375, "frozen_curved": 1.75}


def _worked() -> Case:
    """The worked steps, of which the frozen ones have one round."""
    games = worked(EXAMPLE, latent_dim=2, d_rate=1 / 16)
    return {name: game | ({} if game["d_rate"] else {"extra_steps": 1}) for name, game in games.items()}


worked_steps = st.just(_worked())


def _staged(
    ns: Namespace, case: Case, transcript: Transcript, optimizers: dict[str, keras.optimizers.Optimizer] | None = None
) -> Any:
    """The student's model with networks, losses and a penalty that write a transcript.

    The critic's loss is half the mean square of the fakes' scores, minus twice the mean of the real ones'; the penalty
    is half the squared norm of the critic's kernel; the generator's loss half the mean square of (score - 2).
    """
    image = case["batches"][0].shape[1:]
    critic, generator = Player(transcript, D, case, (1,)), Player(transcript, G, case, image)

    def d_loss(real_img: Any, fake_img: Any) -> Any:
        transcript.note("d_loss", real=real_img, fake=fake_img)
        return tf.reduce_mean(tf.square(fake_img)) / 2 - 2 * tf.reduce_mean(real_img)

    def g_loss(fake_img: Any) -> Any:
        transcript.note("g_loss", fake=fake_img)
        return tf.reduce_mean(tf.square(fake_img - 2)) / 2

    def stand_in(self: Any, batch_size: Any, real_images: Any, fake_images: Any) -> Any:
        transcript.note("penalty", size=batch_size, real=real_images, fake=fake_images)
        return tf.reduce_sum(tf.square(critic.kernel.value)) / 2

    given = {
        "discriminator": network(critic, image),
        "generator": network(generator, (case["latent_dim"],)),
        "latent_dim": case["latent_dim"],
        "discriminator_extra_steps": case["extra_steps"],
        "gp_weight": case["gp_weight"],
        **(optimizers or optimizers_of(case)),
        "d_loss_fn": d_loss,
        "g_loss_fn": g_loss,
    }
    return _model(ns, "train_step", given, gradient_penalty=stand_in)


@probe
def two_steps(ns: Namespace, case: Case) -> Any:
    """Two eager steps, and after each the `count` of updates by the optimizers."""
    transcript, optimizers = Transcript(), optimizers_of(case)
    model = _staged(ns, case, transcript, optimizers)
    seen = []
    for batch in case["batches"]:
        step = attempt(transcript, lambda batch=batch: model.train_step(tf.constant(batch)))
        seen.append(step | {"count": updates_by(optimizers)})
    return seen


@probe
def two_steps_of_fit(ns: Namespace, case: Case) -> Any:
    """The two steps of one epoch of `fit`, whose last batch may be shorter."""
    transcript = Transcript()
    return fitted(_staged(ns, case, transcript), case["batches"], transcript)


@probe
def worked_step(ns: Namespace, case: Case) -> Any:
    """A step of each of four games whose numbers do not depend on the latents."""
    return [_first_attempt(ns, case[name]) for name in WORKED_GAMES]


def _first_attempt(ns: Namespace, case: Case) -> dict[str, Any]:
    transcript = Transcript()
    model = _staged(ns, case, transcript)
    return attempt(transcript, lambda: model.train_step(tf.constant(case["batches"][0])))


WORKED_STEP = STEP.trial(worked_step, worked_steps, examples=1, shrinks=2)


@WORKED_STEP.check(
    points=0.6,
    hint="The critic minimizes `d_loss_fn` plus `gp_weight` times the penalty, both computed on the tape. Compare each "
    "number on the way with the table of the worked example.",
)
def critic_learns(case: Case, seen: Any) -> None:
    """In the two rounds of the worked example, the critic's weight goes from 0.5 to 0.78125 and 1.00390625, its bias
    from 0 to 0.09375 and 0.1640625. For the critic that squares the pixel, they go to 1.53125 and 0.09375 in the first
    round."""
    step, _ = of_worked(case, seen, "moving", "`WGAN`")
    _expect_rounds(step, AFTER_EACH_ROUND, "")
    step, _ = of_worked(case, seen, "curved", "`WGAN`")
    if any(event["kind"] == "penalty" for event in step["events"]):  # another penalty would depend on the draw
        _expect_rounds(step, [AFTER_ROUNDS_ON_SQUARES], SQUARED)


SQUARED = " with the critic that squares the pixel"


def _expect_rounds(step: Any, tables: Sequence[Any], where: str) -> None:
    """Fail unless the critic's weight and bias after each round are those of one of the tables."""
    rounds = _critic_after_rounds(step)
    if not rounds:
        finished(step)
        raise Failure("The critic's weights did not change.")
    compared = 2 if len(rounds) == 2 else 1  # a wrong number of rounds costs elsewhere
    for index in range(compared):
        message = f"The critic's weight and bias after round {index + 1} of the worked example{where} are wrong."
        fits = any(np.abs(np.subtract(rounds[index], row[index])).max() <= 1e-5 for row in tables)
        expect(fits, message, list(rounds[index]), list(tables[0][index]))


def _critic_after_rounds(step: Any) -> list[tuple[float, ...]]:
    """The critic's weight and bias after each of its moves."""
    return [tuple(map(float, turn.after[D])) for turn in turns(step["events"])[0] if D in turn.moved]


@WORKED_STEP.check(
    points=0.5,
    hint="The tape must record everything from the latents to the loss. Compute the gradient with respect to the "
    "generator's weights, and pass it to `g_optimizer`.",
)
def generator_learns(case: Case, seen: Any) -> None:
    """In the worked example, with a critic that does not change, the generator's bias goes from 1 to 1.375. For the
    critic that squares the pixel, it goes to 1.75."""
    for (game, due), where in zip(GENERATOR_BIAS.items(), ("", SQUARED), strict=True):
        step, after = of_worked(case, seen, game, "`WGAN`")
        found = float(after[G][-1])
        if found == 1:
            finished(step)
            raise Failure("The generator's weights did not change.")
        expect(abs(found - due) <= 1e-5, f"The generator's bias after the worked example{where} is wrong.", found, due)


@WORKED_STEP.check(points=0.4, hint="Return the loss of the critic's last round, including the weighted penalty.")
def returns_both_losses(case: Case, seen: Any) -> None:
    """In the worked example, with a critic that does not change, `d_loss` is -2.625, of which 0.25 is the weighted
    penalty, and `g_loss` is 1.125. After two rounds of a critic that changes, `d_loss` is -3.882."""
    step, _ = of_worked(case, seen, "frozen", "`WGAN`")
    penalized = any(event["kind"] == "penalty" for event in step["events"])
    d_loss, g_loss = (returned(step, f"{letter}_loss") for letter in "dg")
    wanted = -2.625 if penalized else -2.375  # the penalty written out in the step, (0.5 - 1)², weighs 0.5
    expect(abs(d_loss - wanted) <= 1e-5, "`d_loss` is not the loss of the critic's last round.", d_loss, wanted)
    expect(abs(g_loss - 1.125) <= 1e-5, "`g_loss` is not the generator's loss.", g_loss, 1.125, hint=AS_COMPUTED)
    _loss_of_the_last_round(of_worked(case, seen, "moving", "`WGAN`")[0])


AS_COMPUTED = "Return `g_loss` as it was before the generator's update: the value of `g_loss_fn`."


def _loss_of_the_last_round(step: Any) -> None:
    """Fail where the critic moved as it must in two rounds, and `d_loss` is not that of the second."""
    rounds = _critic_after_rounds(step)
    for right, wanted in zip(AFTER_EACH_ROUND, LAST_LOSS, strict=True):
        if np.shape(rounds) == (2, 2) and np.abs(np.subtract(rounds, right)).max() <= 1e-5:
            found = returned(step, "d_loss")
            message = "After two rounds, `d_loss` is not the loss of the second round."
            expect(abs(found - wanted) <= 1e-4, message, found, wanted)


TWO_STEPS = STEP.trial(two_steps, games, examples=1)


@TWO_STEPS.check(
    points=0.5,
    hint="Write a loop of `discriminator_extra_steps` rounds that update the critic, then one update of the generator. "
    "Each optimizer gets the gradients of one network's weights.",
)
def critic_first_and_more_often(case: Case, seen: Any) -> None:
    """In each step the critic's weights change `discriminator_extra_steps` times, then the generator's once, always by
    their optimizers. The generator's loss uses the critic after its last round."""
    step = first_step(case, seen)
    due = "d" * case["extra_steps"] + "g"
    if len(step.moves) < len(due):
        finished(seen[0])
    names = "d: the critic's weights change, g: the generator's"
    order = _order(step)
    expect(order == due, f"The weights did not change in the right order ({names}).", received=order, expected=due)
    message = "The optimizers that `compile` was given did not make all updates."
    count = seen[0]["count"]
    expect(count >= len(due), message, f"{count} updates", f"{len(due)} updates", OWN_UPDATES)
    order = _order(read_step(seen[1], case["batches"][1]))
    frozen = "raised" not in seen[1] and order != due
    expect(not frozen, f"The order in the second step is wrong ({names}).", order, due, hint=FROZEN)
    judged = [image for call in step.moves[-1].generator for image in call.fake if image.scorer.size]
    latest = all(np.array_equal(image.scorer, step.moves[-1].turn.before[D]) for image in judged)
    expect(latest, "The generator's loss was not computed with the critic as it is after its last round.", hint=AGAIN)


def _order(step: Step) -> str:
    return "".join(move.letters if len(move.letters) == 1 else f"({move.letters})" for move in step.moves)


FROZEN = "Look for `trainable = False` in your step: the next step needs `trainable = True` again."
AGAIN = "For the generator's loss, call the critic after the critic's last update, not before."


@TWO_STEPS.check(
    points=0.3,
    hint="`d_loss_fn(real, fake)` compares scores; `gradient_penalty(batch_size, real, fake)` gets images.",
)
def right_arguments(case: Case, seen: Any) -> None:
    """`d_loss_fn` gets the critic's scores of each real image and of as many fakes; `gradient_penalty` gets the batch
    size and these images."""
    step, batch = first_step(case, seen), case["batches"][0]
    moves = step.of(D)
    if not moves:
        finished(seen[0])
        raise Failure("The critic's weights did not change after a call of `d_loss_fn`.")
    for move in moves:
        for call in move.critic:
            for kind, images in (("real", call.real), ("fake", call.fake)):
                found = sorted({image.kind for image in images})
                right = found == [kind] and len(images) == len(batch)
                message = f"The {kind} scores for `d_loss_fn` are not those of {len(batch)} {kind} images."
                got = f"scores of {len(images)} images: {', '.join(found)}"
                expect(right, message, got, f"scores of {len(batch)} images: {kind}")
        fakes = np.array([image.image for call in move.critic for image in call.fake])
        for event in move.penalties:
            size = np.ravel(array(event["size"], "The batch size"))
            expect(list(size) == [len(batch)], "`gradient_penalty` was given the wrong batch size.", size, len(batch))
            pair = [_rows(event["real"]), _rows(event["fake"])]
            wanted = [_rows(batch), fakes]
            right = any(_same(one, wanted[0]) and _same(other, wanted[1]) for one, other in (pair, pair[::-1]))
            expect(right, "`gradient_penalty` was not given the real images and this round's fakes.")


def _rows(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1)


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and np.array_equal(one, other)


@TWO_STEPS.check(points=0.25, hint="Draw the latents inside the loop, in every step, one latent per real image.")
def fresh_noise(case: Case, seen: Any) -> None:
    """Each round of the critic, also in later steps, uses fakes from new latents, one per image."""
    moves = first_step(case, seen).of(D)
    if not moves:
        finished(seen[0])
    expect(fakes_shown(moves), "The critic was not called on fakes of the generator.")
    expect(not repeated(moves), "The same latent was used twice.")
    later = read_step(seen[1], case["batches"][1]).of(D)
    # under a seed for all, two traces of a `tf.function` of the student's draw alike
    shown = [image for image in fakes_shown([*moves, *later]) if image.eager]
    drawn = [image.latent.tobytes() for image in shown if image.latent is not None]
    expect(len(drawn) == len(set(drawn)), "The second step used a latent of the first step again.")


STEPS_OF_FIT = STEP.trial(two_steps_of_fit, _games(eager=False), examples=1, shrinks=4)


@STEPS_OF_FIT.check(
    points=0.2,
    hint="`fit` traces the step once, for batches of any size: use `tf.shape(real_images)[0]`, and draw with "
    "TensorFlow or `keras.random`.",
)
def works_under_fit(case: Case, seen: Any) -> None:
    """Under `fit`, each step changes both networks, also on a shorter batch, and draws new latents, each number
    independent of the others."""
    steps_of(case, seen)
    finished(seen[0])
    expect_start(seen[0], case, "`WGAN`")
    for step, batch in zip(seen, case["batches"], strict=True):
        finished(step)
        moved = {letter for move in read_step(step, batch).moves for letter in move.letters}
        changed = " and ".join(name for name in (D, G) if name[0] in moved)
        expect(moved == {"d", "g"}, "A step did not change both networks.", changed or "none", f"{D} and {G}")
    drawn_in_all([latents_of(step) for step in seen])

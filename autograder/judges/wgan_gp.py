"""Hidden judges of `wgan_gp`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import Failure, array, close, expect, finite, same_shape
from keras_checks.exercises import wgan_gp as probes
from keras_checks.question import Case
from keras_checks.testbeds.critics import (
    critic_gradient,
    fakes_shown,
    first_step,
    generator_gradient,
    known,
    read_step,
    repeated,
    same_number,
    summary,
)
from keras_checks.testbeds.game import D, G, expect_start, finished, moved_by

# critic_loss, generator_loss


@probes.LOSS_VALUES.judge(points=0.4, hint="Both are made of means over the batch and nothing else.")
def values(case: Case, seen: Any, expected: Any) -> None:
    """`critic_loss` is how far real scores are below fake ones on average; `generator_loss` is minus the mean score."""
    for name in ("critic", "critic_by_name", "generator"):
        close(seen[name], expected[name], f"The loss ({name})", ulps=16, scale=4)


@probes.LOSS_VALUES.judge(points=0.2, hint="A detour through NumPy cuts the gradient off. Stay with tensors.")
def gradients(case: Case, seen: Any, expected: Any) -> None:
    """The gradient of both losses reaches the scores."""
    for found, due in zip(seen["gradients"], expected["gradients"], strict=True):
        expect(np.any(found), "No gradient reaches the scores.")
        # each score counts alike, whichever way the sign goes
        close(np.abs(array(found, "The gradient")), np.abs(due), "The size of the gradient", ulps=16, scale=1)


# WGAN: __init__ and compile


CONSTRUCTION_ON_PART_CASES = probes.WGAN.trial(probes.construction, probes.part_cases, examples=2, shrinks=4)


@CONSTRUCTION_ON_PART_CASES.judge(
    points=0.5, hint="What does `WGAN(discriminator, generator, latent_dim)` get for the arguments that are left out?"
)
def defaults(case: Case, seen: Any, expected: Any) -> None:
    """Left out, `discriminator_extra_steps` is 3 and `gp_weight` is 10."""
    expect(seen["given"]["latent_dim"] == case["latent_dim"], "The model was given another latent_dim.")
    for name, number in expected["defaults"].items():
        expect(seen["defaults"][name] == number, f"The default of {name} is not {number:g}.", seen["defaults"][name])


TRAIN_STEP_OVERRIDE = probes.WGAN.trial(probes.train_step_override, probes.part_cases, examples=2, shrinks=4)


@TRAIN_STEP_OVERRIDE.judge(
    points=0.5, hint="`fit` wants to know that the model has been compiled: Keras's own `compile` must run as well."
)
def fit_accepts_it(case: Case, seen: Any) -> None:
    """Once it is compiled, the model can be given to `fit`, which runs its `train_step`."""
    for name, due in (("sum", case["images"].sum(dtype=np.float64)), ("largest", case["images"].max())):
        size = float(np.abs(case["images"]).sum()) + 1
        close(seen[name], np.float64(due), f"What `fit` reports ({name} of the images)", ulps=64, scale=size)


# gradient_penalty


PENALTY_ON_FLAT_LINES = probes.PENALTY.trial(probes.penalty, probes.flat_lines, examples=2)


@PENALTY_ON_FLAT_LINES.judge(points=0.25, hint="(norm - 1)² is as large below 1 as above.")
def flat_critic(case: Case, seen: Any, expected: Any) -> None:
    """A critic whose gradient is shorter than 1 pays for it, too."""
    close(seen["value"], expected["value"], "The penalty", ulps=64, scale=4)


PENALTY_ON_MANY_LINES = probes.PENALTY.trial(probes.penalty, probes.many_lines, examples=2, shrinks=4)


@PENALTY_ON_MANY_LINES.judge(
    points=0.75,
    hint="Which numbers can the draw give? From 0, the real image, to 1, the fake one, each place must be as likely.",
)
def on_the_segment(case: Case, seen: Any) -> None:
    """The critic is asked between a real image and its fake: on the segment, each place as likely as any other."""
    found = probes.interpolates(case, seen)
    outside = float(np.maximum(-found, found - 1).max())
    expect(outside < probes.ROUNDING, "An interpolate lies beyond the real or the fake image.", received=outside)
    ends = float(np.minimum(np.abs(found), np.abs(found - 1)).max())
    expect(ends > probes.ROUNDING, "The critic is asked about the images themselves, not between them.")
    if np.ptp(found) > probes.ROUNDING:
        _uniform(np.sort(found[:, 0]))


def _uniform(places: np.ndarray) -> None:
    """Kolmogorov and Smirnov's test; a uniform draw fails it once in ten million times."""
    ranks = np.arange(len(places) + 1) / len(places)
    distance = float(max(np.abs(places - ranks[1:]).max(), np.abs(places - ranks[:-1]).max()))
    expect(distance * np.sqrt(len(places)) < 2.9, "Some places on the segment come more often than others.")


PENALTY_ON_QUADRATIC_CRITICS = probes.PENALTY.trial(probes.penalty, probes.quadratic_critics)


@PENALTY_ON_QUADRATIC_CRITICS.judge(
    points=0.75,
    hint="The draw needs a shape that has the batch's length on the first axis and broadcasts over all others.",
)
def one_draw_an_example(case: Case, seen: Any) -> None:
    """Each example has a place of its own between real and fake, and all of its pixels share it."""
    found = probes.interpolates(case, seen)
    within = float(np.ptp(found, axis=1).max())
    expect(within < probes.ROUNDING, "The pixels of an image are not all at the same place.", received=within)
    expect(
        float(np.ptp(found)) > probes.ROUNDING, "All examples are at the same place.", received=np.round(found[:, 0], 3)
    )


@PENALTY_ON_QUADRATIC_CRITICS.judge(
    points=0.5,
    hint="The gradient to penalise is that at the interpolate, example by example. What do you ask the tape for?",
)
def curved_critic(case: Case, seen: Any) -> None:
    """For a critic whose gradient changes from place to place, it is the gradient at the interpolates that pays."""
    expect(seen["asked"] is not None, "The critic was not asked for anything.")
    gradient = probes.slopes(case, seen)
    scale = float(np.max(np.sum(gradient**2, axis=1))) + 1
    close(seen["value"], np.float64(probes.formulas(gradient)["right"]), "The penalty", ulps=128, scale=scale)


@probes.PENALTY_ON_LINES.judge(
    points=0.5,
    hint="The penalty is itself made of a gradient, and is differentiated again: each step must be on the outer tape.",
)
def moves_the_critic(case: Case, seen: Any) -> None:
    """The penalty can be differentiated for the critic's weights: its gradient says how it changes with them."""
    kernel = case["d_kernel"].astype(np.float64)
    gradient = finite(same_shape(seen["gradient"], kernel.shape, "The gradient"), "The gradient").astype(np.float64)
    expect(np.any(gradient), "No gradient of the penalty reaches the critic's weights.")
    stretched, shrunk = (np.sum(array(seen[name], "The penalty"), dtype=np.float64) for name in ("stretched", "shrunk"))
    rise = float(stretched - shrunk)
    along = float(np.sum(gradient * kernel)) * 2 * probes.EDGE
    expect(abs(rise) > 1e-3, "The penalty does not depend on the critic's weights.", received=rise)
    expect(abs(along - rise) < 0.05 * abs(rise), "The gradient is not that of the penalty.", received=along)
    across = gradient - kernel * np.sum(gradient * kernel) / np.sum(kernel**2)
    small = float(np.abs(across).max()) < 1e-3 * float(np.abs(gradient).max())
    expect(small, "The gradient of a linear critic's penalty does not point along its kernel.", received=gradient)


PENALTY_IN_A_GRAPH = probes.PENALTY.trial(probes.penalty_in_a_graph, probes.quadratic_critics, examples=2, shrinks=4)


@PENALTY_IN_A_GRAPH.judge(
    points=0.25, hint="In a graph the code runs once, when it is traced; only what TensorFlow draws is drawn anew."
)
def works_in_a_graph(case: Case, seen: Any) -> None:
    """In a graph, with a batch size that is a tensor, the penalty is drawn anew each time."""
    for each in seen:
        finite(each["value"], "The penalty")
    first, second, alone = (probes.interpolates(case, each) for each in seen)
    expect(
        np.abs(alone).max() < probes.ROUNDING, "Between an image and itself the critic was asked about something else."
    )
    expect(np.ptp(np.stack([first, second]), axis=0).max() > 1e-6, "Two calls asked about the very same places.")


# train_step


@probes.TWO_STEPS.judge(
    points=0.35,
    hint="`d_loss_fn(real, fake)` compares scores; `gradient_penalty(batch_size, real, fake)` looks at images.",
)
def right_arguments(case: Case, seen: Any) -> None:
    """`d_loss_fn` gets the critic's scores for each real image and for as many fakes; `gradient_penalty` gets the batch
    size and these images."""
    step, batch = first_step(case, seen), case["batches"][0]
    moves = step.of(D)
    if not moves:
        finished(seen[0])
    expect(moves, "The critic did not move after a call of `d_loss_fn`.")
    for move in moves:
        for call in move.critic:
            for kind, images in (("real", call.real), ("fake", call.fake)):
                found = sorted({image.kind for image in images})
                expect(
                    found == [kind] and len(images) == len(batch), f"As {kind} scores it got others.", received=found
                )
        fakes = [image.image for call in move.critic for image in call.fake]
        for event in move.penalties:
            expect(int(event["size"]) == len(batch), "`gradient_penalty` was given a wrong batch size.")
            pair = [event["real"].reshape(len(event["real"]), -1), event["fake"].reshape(len(event["fake"]), -1)]
            due = [batch.reshape(len(batch), -1), np.array(fakes)]
            right = any(_same(one, due[0]) and _same(other, due[1]) for one, other in (pair, pair[::-1]))
            expect(right, "`gradient_penalty` was not given the real images and this round's fakes.")


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and np.array_equal(one, other)


@probes.TWO_STEPS.judge(
    points=0.25, hint="What is inside the loop, and what before it? Each round draws its own latents, one an image."
)
def fresh_noise(case: Case, seen: Any) -> None:
    """Each round of the critic has fakes from fresh latents, one for each image."""
    moves = first_step(case, seen).of(D)
    if not moves:
        finished(seen[0])
    expect(fakes_shown(moves), "No fakes of the generator were shown to the critic.")
    expect(not repeated(moves), "A latent vector came twice.")


@probes.TWO_STEPS.judge(
    points=0.65,
    hint="What the critic minimises is its loss plus `gp_weight` times the penalty. Both must be computed on the tape.",
)
def critic_step(case: Case, seen: Any) -> None:
    """In each round the critic follows the gradient of `d_loss_fn` plus `gp_weight` times the penalty, at
    `d_optimizer`'s learning rate."""
    moves = first_step(case, seen).of(D)
    if not moves:
        finished(seen[0])
        raise Failure("The critic's weights did not move after a call of `d_loss_fn`.")
    for move in moves:
        moved_by(move.turn, D, -probes.D_RATE * _critic_due(move, case["gp_weight"]), (1.0,))


def _critic_due(move: Any, gp_weight: float) -> np.ndarray:
    """The gradient that was due; a penalty that is written out in the step itself counts as one."""
    due = critic_gradient(move, gp_weight)
    if move.penalties:
        return due
    kernel = move.turn.before[D][:-1].astype(np.float64)
    norm = np.linalg.norm(kernel)
    return due + gp_weight * np.append(2 * (norm - 1) * kernel / norm, 0.0)


@probes.TWO_STEPS.judge(
    points=0.4,
    hint="From the latents to the loss everything must be on the tape; the critic is the one that the loop has left.",
)
def generator_step(case: Case, seen: Any) -> None:
    """The generator follows the gradient of `g_loss_fn` through the critic as its last round has left it, at
    `g_optimizer`'s learning rate."""
    moves = first_step(case, seen).of(G)
    if not moves:
        finished(seen[0])
        raise Failure("The generator's weights did not move after a call of `g_loss_fn`.")
    move = moves[-1]
    moved_by(move.turn, G, -probes.G_RATE * generator_gradient(move), (1.0,))
    if move.letters == "g":
        images = [image for call in move.generator for image in call.fake]
        latest = all(np.array_equal(image.scorer, move.turn.before[D]) for image in images)
        expect(latest, "The critic that judged the generator was not the one that its rounds have left.")


@probes.TWO_STEPS.judge(
    points=0.4, hint="Which loss did the critic minimise in its last round? Its penalty is part of it."
)
def returns_both_losses(case: Case, seen: Any) -> None:
    """A step returns `d_loss`, that of the critic's last round with the weighted penalty in it, and `g_loss`."""
    step = first_step(case, seen)
    finished(seen[0])
    critic, generator = [move for move in step.moves if move.critic], [move for move in step.moves if move.generator]
    expect(critic and generator, "One of the losses was not computed.")
    for name, wanted in (
        ("d_loss", _costs(critic[-1], case["gp_weight"])),
        ("g_loss", [generator[-1].generator[-1].value]),
    ):
        value = seen[0]["returned"][name]
        expect(same_number(value, wanted), f"{name} is not the loss that was due.", received=value)
    for call in generator[-1].generator:
        for image in call.fake:
            known(image, "`g_loss_fn`")


def _costs(move: Any, gp_weight: float) -> list[float]:
    """What the critic's loss may be: where it followed another than it should, which costs elsewhere, also that one."""
    due = [move.costs(gp_weight)]
    if not move.penalties:
        norm = float(np.linalg.norm(move.turn.before[D][:-1].astype(np.float64)))
        due = [due[0] + gp_weight * (norm - 1) ** 2]
    try:
        moved_by(move.turn, D, -probes.D_RATE * _critic_due(move, gp_weight), (1.0,))
    except Failure:
        due += [move.costs(weight) for weight in (0.0, 1.0, -gp_weight)]
    return due


TWO_STEPS_OF_FIT = probes.STEP.trial(probes.two_steps_of_fit, probes.games, examples=2, shrinks=4)


@TWO_STEPS_OF_FIT.judge(
    points=0.2,
    hint="In a graph the batch size is a tensor, the code runs once, when it is traced, and only what TensorFlow draws "
    "is drawn anew. The last batch of an epoch is shorter.",
)
def works_under_fit(case: Case, seen: Any) -> None:
    """Under `fit`, where the batch size is not known beforehand, both players move in each step, on latents that are
    drawn anew."""
    expect_start(seen[0], case, "`WGAN`")
    latents: list[np.ndarray] = []
    for step, batch in zip(seen, case["batches"], strict=True):
        finished(step)
        moved = {letter for move in read_step(step, batch).moves for letter in move.letters}
        expect(moved == {"d", "g"}, "Only one of the players moved, or none.", received=sorted(moved))
        latents += [event["into"] for event in step["events"] if event["kind"] == f"{G} call"][:1]
    rows = finite(np.concatenate(latents), "The latent")
    expect(len(np.unique(rows, axis=0)) == len(rows), "A latent vector came twice.", received=rows)


PENALTY_ON_FLAT_LINES.told_apart_by(probes.places)
PENALTY_ON_MANY_LINES.told_apart_by(probes.places)
PENALTY_ON_QUADRATIC_CRITICS.told_apart_by(probes.places)
probes.PENALTY_ON_LINES.told_apart_by(probes.places)
probes.TWO_STEPS.told_apart_by(summary)
TWO_STEPS_OF_FIT.told_apart_by(summary)

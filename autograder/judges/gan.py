"""Hidden judges of `gan`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from keras_checks.compare import EPS32, Failure, array, expect, finite
from keras_checks.exercises import gan as probes
from keras_checks.question import Case
from keras_checks.testbeds.critics import through_generator
from keras_checks.testbeds.game import D, G, Scored, expect_start, finished, moved_by
from keras_checks.testbeds.rounds import LossCall, first_step, loss_returned, read_step, resized, scales, summary

# invert_convolution


INVERSE_ON_ODD_SIZES = probes.INVERT.trial(probes.inverse, probes.odd_sizes)


@INVERSE_ON_ODD_SIZES.judge(
    points=0.75,
    hint="With strides above 1, inputs of several sizes give an output of the same size. `output_padding` says which "
    "of them comes back; what it is added to depends on the padding.",
)
def sizes_that_strides_do_not_divide(case: Case, seen: Any) -> None:
    """The shape of the input comes back where its height and width are not whole multiples of the strides, too."""
    probes.geometry(case, seen)


INVERSE_ON_DILATIONS = probes.INVERT.trial(probes.inverse, probes.dilations)


@INVERSE_ON_DILATIONS.judge(points=0.5, hint="`dilation_rate` spreads the kernel: the way back spreads it too.")
def dilated_kernels(case: Case, seen: Any) -> None:
    """The inverse of a dilated convolution is dilated alike."""
    probes.geometry(case, seen)


@probes.INVERSE.judge(
    points=0.75,
    hint="A new layer has a new, random kernel. Which shape does the kernel of each of the two layers have?",
)
def same_kernel(case: Case, seen: Any) -> None:
    """The inverse comes with the numbers that the kernel of `conv` holds at that moment."""
    for padding in probes.PADDINGS:
        probes.adjoint(case[padding], seen[padding]["own"], case[padding]["kernel"])


# build_generator, build_discriminator


@probes.GENERATOR.judge(points=0.5, hint="Which activation has just this range?")
def brightness(case: Case, seen: Any) -> None:
    """However the generator is trained, its pixels stay within [0, 1]; training can make all dark, or all bright."""
    for name in ("images", "dark", "bright"):
        found = finite(seen[name], "The image")
        expect(found.shape[:1] == (case["n"],), "There is not one image for each latent.", f"shape {found.shape}")
        low, high = float(found.min(initial=0.0)), float(found.max(initial=0.0))
        expect(low >= -1e-6 and high <= 1 + 1e-6, "A pixel is outside [0, 1].", received=[low, high])
    dark, bright = float(np.mean(array(seen["dark"], "The image"))), float(np.mean(array(seen["bright"], "The image")))
    expect(dark < 0.1 and bright > 0.9, "Training can't make the images dark or bright.", received=[dark, bright])


@probes.DISCRIMINATOR.judge(points=0.5, hint="A logit is what would go into the sigmoid, not what comes out of it.")
def any_logit(case: Case, seen: Any) -> None:
    """The discriminator's output is a logit: training can make it any number, below 0 and above 1."""
    logits = finite(seen["logits"], "The logit")
    expect(logits.shape[:1] == (case["n"],), "There is not one logit for each image.", f"shape {logits.shape}")
    low, high = float(np.max(finite(seen["low"], "The logit"))), float(np.min(finite(seen["high"], "The logit")))
    expect(low < -0.5, "Training can't make the output negative.", received=low)
    expect(high > 1.5, "Training can't make the output larger than 1.", received=high)


# GAN


def _traced(images: list[Scored], what: str) -> list[Scored]:
    unknown = [image.score for image in images if image.image.size == 0]
    expect(not unknown, f"{what} was given predictions that are not what the discriminator said.", received=unknown)
    return images


def _slopes(call: LossCall) -> np.ndarray:
    """The gradient of a call of the squared error with respect to its predictions."""
    predictions = np.array([image.score for image in call.images])
    return 2 * (predictions - call.labels) / len(predictions)


def _discriminator_gradient(calls: list[LossCall]) -> np.ndarray:
    total: Any = 0.0
    for call in calls:
        images = np.array([image.image for image in _traced(call.images, "The loss")], dtype=np.float64)
        slopes = _slopes(call)
        total = total + np.concatenate([slopes @ images, [slopes.sum()]])
    return total


def _generator_gradient(calls: list[LossCall]) -> np.ndarray:
    total: Any = 0.0
    for call in calls:
        for slope, image in zip(_slopes(call), _traced(call.images, "The generator's loss"), strict=True):
            expect(image.latent is not None, "The generator's loss covers images that the generator had not made.")
            toward = slope * image.scorer[:-1].astype(np.float64)
            total = total + through_generator(image.latent, toward)
    return total


def _judged_summary(case: Case, seen: Any) -> Any:
    """The summary, and how far each player moved in its first turn, in units of the gradient that it was due."""
    return {"summary": summary(case, seen), "rates": [_rate(case, seen, player) for player in (D, G)]}


def _rate(case: Case, seen: Any, player: str) -> float | None:
    found = read_step(seen[0], case["batches"][0]).turn_of(player)
    try:
        due = (_discriminator_gradient if player == D else _generator_gradient)(found[1]) if found else 0.0
    except Failure:
        return None
    if not found or not np.any(due):
        return None
    return round(float(np.linalg.norm(found[0].change(player)) / np.linalg.norm(due)), 3)


@probes.THREE_STEPS.judge(
    points=0.75, hint="Which weights do you ask the tape for, and which optimizer gets the gradients?"
)
def discriminator_step(case: Case, seen: Any) -> None:
    """`d_optimizer` moves the discriminator's weights by the gradient of its loss on what it was shown."""
    step = first_step(case, seen)
    found = step.turn_of(D)
    if found is None:
        finished(seen[0])
        raise Failure("The discriminator's weights did not move.")
    turn, calls = found
    expect(calls, "The discriminator's weights moved, but `loss_fn` had not been called.")
    moved_by(turn, D, -probes.D_RATE * _discriminator_gradient(calls), scales(calls))


@probes.THREE_STEPS.judge(
    points=0.75,
    hint="Everything from the latents to the loss must be on the tape, and be made of operations that have a gradient.",
)
def generator_step(case: Case, seen: Any) -> None:
    """`g_optimizer` moves the generator's weights by the gradient of its loss, which runs through the discriminator."""
    step = first_step(case, seen)
    found = step.turn_of(G)
    if found is None:
        finished(seen[0])
        raise Failure("The generator's weights did not move.")
    turn, calls = found
    expect(calls, "The generator's weights moved, but `loss_fn` had not been called for it.")
    moved_by(turn, G, -probes.G_RATE * _generator_gradient(calls), scales(calls))


@probes.THREE_STEPS.judge(points=0.5, hint="The generator wants its images to be taken for real ones.")
def generator_misleads(case: Case, seen: Any) -> None:
    """In the generator's turn its images have the misleading label 0."""
    step = first_step(case, seen)
    kind = "fake" if step.labels(G, "fake") else "unknown"
    if not step.labels(G, kind):
        finished(seen[0])
    probes.labelled(step, G, kind, 0.0, "In the generator's turn its images")


@probes.THREE_STEPS.judge(
    points=0.5, hint="Who moves first? And with which weights does the discriminator then judge the generator?"
)
def discriminator_goes_first(case: Case, seen: Any) -> None:
    """The generator is judged by the discriminator as the discriminator's own step has left it."""
    step = first_step(case, seen)
    judges = [image.scorer for call in step.losses[G] for image in call.images if image.scorer.size]
    expect(step.losses[G], "No loss was computed for the generator.")
    first = step.turn_of(D)
    if first is None:
        expect(step.turns, "No weight of either player moved.")
        return
    same = all(np.array_equal(scorer, first[0].after[D]) for scorer in judges)
    expect(same, "The discriminator that judged the generator was not the one that its step has left.")


@probes.THREE_STEPS.judge(points=0.25, hint="Take the gradient for, and apply it to, the weights of one player.")
def one_player_moves(case: Case, seen: Any) -> None:
    """In each turn only the player moves whose loss it is, and the discriminator moves once."""
    step = first_step(case, seen)
    expect(step.turns, "No weight of either player moved.")
    for index, turn in enumerate(step.turns):
        for player in turn.moved:
            own = any(call.turn == index for call in step.losses[player])
            expect(own, f"The {player}'s weights moved in the other player's turn.")
    count = sum(D in turn.moved for turn in step.turns)
    expect(count <= 1, f"The discriminator's weights moved {count} times in one step.")


STEPS_IN_A_GRAPH = probes.GAN.trial(probes.steps_in_a_graph, probes.games, examples=2, shrinks=6)


@STEPS_IN_A_GRAPH.judge(
    points=0.5,
    hint="In a graph the batch size is a tensor, the code runs once, when it is traced, and only what TensorFlow draws "
    "is drawn anew. The last batch of an epoch is shorter.",
)
def works_under_fit(case: Case, seen: Any) -> None:
    """Under `fit`, where the batch size is not known beforehand and a batch may be short, both players move, on
    latents that are drawn anew for every example and every step."""
    expect_start(seen[0], case, "`GAN`")
    latents: list[np.ndarray] = []
    for step, batch in zip(seen, case["batches"], strict=True):
        finished(step)
        moved = {player for turn in read_step(step, case["batches"][0]).turns for player in turn.moved}
        expect(moved == {D, G}, "Only one of the players moved, or none.", received=sorted(moved))
        drawn = [event["into"] for event in step["events"] if event["kind"] == f"{G} call"][:1]
        follows = all(len(rows) in (len(batch), 2 * len(batch)) for rows in drawn)
        expect(follows, f"The number of fakes does not follow the batch of {len(batch)} images.", received=drawn)
        latents += drawn
    rows = np.concatenate(latents)
    finite(rows, "The latent")
    expect(len(np.unique(rows, axis=0)) == len(rows), "A latent vector came twice.", received=rows)


@probes.THREE_STEPS.judge(
    points=0.25,
    hint="Update the two means in `train_step`, and list both in `metrics`: Keras resets what is listed there.",
)
def metrics_are_means_of_the_epoch(case: Case, seen: Any) -> None:
    """`metrics` lists two running means, of `d_loss` and of `g_loss`, so that they start anew with each epoch."""
    expect_start(seen[0], case, "`GAN`")
    for step in seen:
        finished(step)
    steps = [read_step(step, batch) for step, batch in zip(seen, case["batches"], strict=True)]
    sizes = [len(resized(batch, step["size"])) for step, batch in zip(seen, case["batches"], strict=True)]
    for player in (D, G):
        totals = [sum(call.value for call in step.losses[player]) for step in steps]
        means = (np.mean(totals[:2]), np.average(totals[:2], weights=sizes[:2]))
        for step, due, when in (
            (seen[0], totals[:1], "a step"),
            (seen[1], means, "two steps"),
            (seen[2], totals[2:], "`reset_metrics` and a step"),
        ):
            listed = _lists(
                step["metrics"], [scale * value for value in due for scale in scales(steps[0].losses[player])]
            )
            expect(listed, f"After {when} no metric is the mean of {player[0]}_loss.", received=step["metrics"])


def _lists(metrics: Any, due: Sequence[Any]) -> bool:
    """Whether one of the metrics has one of these values."""
    found = np.concatenate([np.ravel(array(value, "A metric")) for value in metrics]) if metrics else np.empty(0)
    return any(np.any(np.abs(found - value) <= 64 * EPS32 * max(1.0, abs(value))) for value in due)


@probes.THREE_STEPS.judge(
    points=0.25, hint="Both losses are numbers that your step has computed: give them their names in a dict."
)
def returns_both_losses(case: Case, seen: Any) -> None:
    """A first step returns its own losses: `d_loss`, the sum or the mean over both kinds, and `g_loss`."""
    step = first_step(case, seen)
    finished(seen[0])
    for player in (D, G):
        value, calls = seen[0]["returned"][f"{player[0]}_loss"], step.losses[player]
        expect(np.size(value) == 1, f"{player[0]}_loss is not a number.", received=f"shape {np.shape(value)}")
        expect(
            calls and loss_returned(value, calls), f"{player[0]}_loss is not the loss of the {player}.", received=value
        )


INVERSE_ON_ODD_SIZES.told_apart_by(probes.kernels_of)
INVERSE_ON_DILATIONS.told_apart_by(probes.kernels_of)
probes.INVERSE.told_apart_by(probes.kernels_of)
probes.GENERATOR.told_apart_by(probes.image_features)
probes.DISCRIMINATOR.told_apart_by(probes.logit_range)
probes.THREE_STEPS.told_apart_by(summary)
STEPS_IN_A_GRAPH.told_apart_by(summary)

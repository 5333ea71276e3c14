"""Hidden judges of `gan`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from keras_checks.compare import Failure, array, close, expect
from keras_checks.exercises import gan as probes
from keras_checks.question import Case
from keras_checks.testbeds.freedom import moves_freely
from keras_checks.testbeds.game import WORKED_GAMES, D, G, Turn, finished, turns
from keras_checks.testbeds.rounds import Step, first_step, read_step, resized, scales, steps_of

from autograder.judges._game import STILL, moved_along, moved_by, outputs_are_true, pushes
from autograder.judges._rounds import gradient, summary

# invert_convolution


@probes.INVERSE.confirms(probes.worked_example, probes.arguments_of_the_convolution)
def maps_as_the_reference(case: Case, seen: Any, expected: Any) -> None:
    """With any kernel, the inverse gives the image of the transposed convolution."""
    _same_images(case, seen, expected, "other")


@probes.INVERSE.confirms(probes.kernel_of_the_convolution)
def comes_as_the_reference(case: Case, seen: Any, expected: Any) -> None:
    """As it is returned, the inverse gives the image of the transposed convolution with the kernel of `conv`."""
    _same_images(case, seen, expected, "own")


def _same_images(case: Case, seen: Any, expected: Any, which: str) -> None:
    for each, found, due in zip(case["convolutions"], seen, expected, strict=True):
        kernel = each["kernel" if which == "own" else "other_kernel"]
        # each number of the image is a sum over filters and some places of the kernel; the bias comes and goes
        scale = float(np.abs(kernel).max() * np.abs(each["y"]).max() * kernel.size / kernel.shape[2])
        close(found[which], due[which], "inverse(y)", ulps=64, scale=max(1.0, scale))


def _kernels_of(case: Case, seen: Any) -> Any:
    """An observation with the answers to the layers' own kernels replaced by what these kernels are."""
    return [_kernel_of(each, found) for each, found in zip(case["convolutions"], seen, strict=True)]


def _kernel_of(case: Case, seen: Any) -> Any:
    if seen["own"] is None:
        return seen
    own = array(seen["own"], "inverse(y)")
    known = {"the same": case["kernel"], "turned": case["kernel"][::-1, ::-1]}
    found = [name for name, kernel in known.items() if _holds(probes.adjoint, case, own, kernel)]
    return {**seen, "own": [list(own.shape), found[:1]]}


def _holds(statement: Callable[..., None], *args: Any) -> bool:
    try:
        statement(*args)
    except Failure:
        return False
    return True


# build_generator, build_discriminator


@probes.GENERATOR.confirms(probes.pixels_between_0_and_1)
def generator_is_a_network(_case: Case, seen: Any) -> None:
    """The images of a generator with code of the student's own vary as those of a network do."""
    if seen.get("in_place"):
        moves_freely(seen["freedom"], "The image", 2)


@probes.DISCRIMINATOR.confirms(probes.logits_without_bounds)
def discriminator_is_a_network(_case: Case, seen: Any) -> None:
    """The logits of a discriminator with code of the student's own vary as those of a network do."""
    if seen.get("in_place"):
        moves_freely(seen["freedom"], "The logit")


def _range_of(low: tuple[float, ...], high: tuple[float, ...], *, bounded: bool = False) -> Callable[[Case, Any], Any]:
    """What a model's outputs are like, without the weights that it happened to start with."""

    def features(case: Case, seen: Any) -> Any:
        return {
            "shape": list(array(seen["outputs"], "The output").shape[1:]),
            "convolves": bool(seen["convolves"]),
            "alone": bool(seen["alone"]),
            "low": [bool(seen["low"] < bound) for bound in low],
            "high": [bool(seen["high"] > bound) for bound in high],
            "spread": bool(seen["spread"] > 1e-6),
            "narrow": bool(bounded and seen["freedom"]["by_input"] < probes.DIRECTIONS),
            "bright in training": bool(bounded and np.max(seen["in_training"]) > 1 + 1e-6),
        }

    return features


# GAN


def _moves(case: Case, step: Step, player: str, earlier: Sequence[Turn] | None = None) -> None:
    """Fail unless a network moved by its learning rate times the gradient of its loss, and by momentum.

    ``earlier``: the turns of the steps before. Without them, momentum need not show.
    """
    found = step.turn_of(player)
    expect(found, f"The {player}'s weights did not change.")
    assert found is not None
    turn, calls = found
    expect(calls, f"The {player}'s weights changed without a call of `loss_fn` before.")
    before = [*(earlier or ()), *itertools.takewhile(lambda each: each is not turn, step.turns)]
    pushed = [*pushes(case, player, before), *(STILL if earlier is None else ())]
    moved_by(case, turn, player, gradient(case, player, calls), scales(calls), pushed)


@probes.THREE_STEPS.confirms(probes.discriminator_learns)
def discriminator_step(case: Case, seen: Any) -> None:
    """`d_optimizer` changes the discriminator's weights by the gradient of the discriminator's loss."""
    step = first_step(case, seen)
    if step.turn_of(D) is None:
        finished(seen[0])
    _moves(case, step, D)


@probes.THREE_STEPS.confirms(probes.generator_learns)
def generator_step(case: Case, seen: Any) -> None:
    """`g_optimizer` changes the generator's weights by the gradient of the generator's loss, which passes through the
    discriminator."""
    step = first_step(case, seen)
    if step.turn_of(G) is None:
        finished(seen[0])
    _moves(case, step, G)


@probes.THREE_STEPS.confirms(
    probes.discriminator_meets_both_kinds,
    probes.discriminator_is_told_the_truth,
    probes.generator_misleads,
    probes.returns_both_losses,
    probes.metrics_are_means_of_the_epoch,
)
def networks_of_the_case(case: Case, seen: Any) -> None:
    """Fakes are outputs of the given generator, and predictions are outputs of the given discriminator."""
    for step in steps_of(case, seen):
        outputs_are_true(step, case, "`GAN`")
    step = first_step(case, seen)
    calls = [call for player in (D, G) for call in step.losses[player]]
    for image in (image for call in calls for image in call.images):
        expect(image.image.size, "`loss_fn` was given predictions that are not outputs of the discriminator.")


@probes.THREE_STEPS.confirms(probes.discriminator_goes_first, probes.one_network_moves)
@probes.STEPS_IN_A_GRAPH.confirms(probes.works_under_fit)
def discriminator_follows_its_gradient(case: Case, seen: Any) -> None:
    """In its half, the discriminator's weights change along the gradient of its loss."""
    for found, batch in zip(steps_of(case, seen)[:1], case["batches"], strict=False):
        outputs_are_true(found, case, "`GAN`")
        step = read_step(found, resized(batch, found.get("size", 0)))
        turn = step.turn_of(D)
        if turn is None:
            finished(found)
            raise Failure("The discriminator's weights did not change.")
        expect(turn[1], "The discriminator's weights changed without a call of `loss_fn` before.")
        moved_along(case, turn[0], D, gradient(case, D, turn[1]))


@probes.THREE_STEPS.judge(
    points=0.25,
    hint="Look for what the first step computes and later steps reuse: latents, images, lists of weights. Compute it "
    "in every step.",
)
def later_steps(case: Case, seen: Any) -> None:
    """The second and third steps update both networks with the gradients of the losses of that same step, and with the
    momentum and the weight decay of the compiled optimizers."""
    first, *later = steps_of(case, seen)
    earlier, _ = turns(first["events"])
    for found, batch in zip(later, case["batches"][1:], strict=True):
        finished(found)
        step = read_step(found, batch)
        for player in (D, G):
            _moves(case, step, player, earlier)
        earlier = [*earlier, *step.turns]


@probes.TWO_MODELS.confirms(probes.models_of_their_own)
def each_by_its_gradient(case: Case, seen: Any) -> None:
    """Each of two models changes its own discriminator along the gradient of the discriminator's loss."""
    for found, name in zip(seen, ("one", "two"), strict=True):
        outputs_are_true(found, case[name], "`GAN`")
        turn = read_step(found, case[name]["batches"][0]).turn_of(D)
        expect(turn and turn[1], "The discriminator's weights did not change after a call of `loss_fn`.")
        assert turn is not None
        moved_along(case[name], turn[0], D, gradient(case[name], D, turn[1]))


def _first_of_each(case: Case, seen: Any) -> Any:
    """The steps of two models, told as those of one are."""
    named = zip(seen, ("one", "two"), strict=True)
    return [summary({**case[name], "batches": case[name]["batches"][:1]}, [step]) for step, name in named]


def _all_worked(case: Case, seen: Any) -> Any:
    """The worked steps, told as those of one game are, and what both networks became."""
    told = [summary(case[name], [step]) for name, step in zip(WORKED_GAMES, seen, strict=True)]
    return [told, [np.concatenate([step["events"][-1][player] for player in (D, G)]) for step in seen]]


probes.INVERSE.told_apart_by(_kernels_of)
probes.GENERATOR.told_apart_by(_range_of((-1.01, -1e-6, 0.1), (0.9, 1 + 1e-6), bounded=True))
probes.DISCRIMINATOR.told_apart_by(_range_of((-probes.LOGIT, -0.5, -1e-6), (0.9, 1.01, probes.LOGIT)))
probes.WORKED_STEP.told_apart_by(_all_worked)
probes.THREE_STEPS.told_apart_by(summary)
probes.STEPS_IN_A_GRAPH.told_apart_by(summary)
probes.TWO_MODELS.told_apart_by(_first_of_each)

"""Hidden judges of `gan`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from keras_checks.compare import Failure, array, close, expect
from keras_checks.exercises import gan as probes
from keras_checks.question import Case
from keras_checks.testbeds.game import D, G, finished
from keras_checks.testbeds.rounds import Step, first_step, read_step, resized, scales, steps_of

from autograder.judges._game import moved_along, moved_by, outputs_are_true
from autograder.judges._rounds import gradient, summary

# invert_convolution


@probes.INVERSE.confirms(probes.worked_example, probes.arguments_of_the_convolution)
def maps_as_the_reference(case: Case, seen: Any, expected: Any) -> None:
    """With any kernel put in, the inverse gives the image that the transposed convolution gives."""
    _same_images(case, seen, expected, "other")


@probes.INVERSE.confirms(probes.kernel_of_the_convolution)
def comes_as_the_reference(case: Case, seen: Any, expected: Any) -> None:
    """As it comes, the inverse gives the image that the transposed convolution with the same kernel gives."""
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


def _range_of(low: tuple[float, ...], high: tuple[float, ...]) -> Callable[[Case, Any], Any]:
    """What a model's outputs are like, without the weights that it happened to start with."""

    def features(case: Case, seen: Any) -> Any:
        return {
            "shape": list(array(seen["outputs"], "The output").shape[1:]),
            "convolves": bool(seen["convolves"]),
            "alone": bool(seen["alone"]),
            "low": [bool(seen["low"] < bound) for bound in low],
            "high": [bool(seen["high"] > bound) for bound in high],
            "spread": bool(seen["spread"] > 1e-6),
        }

    return features


# GAN


def _moves(step: Step, player: str, rate: float) -> None:
    """Fail unless a network moved by its learning rate times the gradient of its loss."""
    found = step.turn_of(player)
    expect(found, f"The {player}'s weights did not move.")
    assert found is not None
    turn, calls = found
    expect(calls, f"The {player}'s weights moved, but `loss_fn` had not been called for it.")
    moved_by(turn, player, -rate * gradient(player, calls), scales(calls))


@probes.THREE_STEPS.confirms(probes.discriminator_learns)
def discriminator_step(case: Case, seen: Any) -> None:
    """`d_optimizer` moves the discriminator's weights by the gradient of its loss on what it was shown."""
    step = first_step(case, seen)
    if step.turn_of(D) is None:
        finished(seen[0])
    _moves(step, D, case["d_rate"])


@probes.THREE_STEPS.confirms(probes.generator_learns)
def generator_step(case: Case, seen: Any) -> None:
    """`g_optimizer` moves the generator's weights by the gradient of its loss, which runs through the discriminator."""
    step = first_step(case, seen)
    if step.turn_of(G) is None:
        finished(seen[0])
    _moves(step, G, case["g_rate"])


@probes.THREE_STEPS.confirms(
    probes.discriminator_meets_both_kinds,
    probes.discriminator_is_told_the_truth,
    probes.generator_misleads,
    probes.returns_both_losses,
    probes.metrics_are_means_of_the_epoch,
)
def networks_of_the_case(case: Case, seen: Any) -> None:
    """Fakes are what the given generator makes of latents, and scores what the given discriminator says of images."""
    for step in steps_of(case, seen):
        outputs_are_true(step, case, "`GAN`")
    step = first_step(case, seen)
    calls = [call for player in (D, G) for call in step.losses[player]]
    for image in (image for call in calls for image in call.images):
        expect(image.image.size, "`loss_fn` was given predictions that are not what the discriminator said.")


@probes.THREE_STEPS.confirms(probes.discriminator_goes_first, probes.one_network_moves)
@probes.STEPS_IN_A_GRAPH.confirms(probes.works_under_fit)
def discriminator_follows_its_gradient(case: Case, seen: Any) -> None:
    """In its half, the discriminator's weights move along the gradient of its loss."""
    for found, batch in zip(steps_of(case, seen)[:1], case["batches"], strict=False):
        outputs_are_true(found, case, "`GAN`")
        step = read_step(found, resized(batch, found.get("size", 0)))
        turn = step.turn_of(D)
        if turn is None:
            finished(found)
            raise Failure("The discriminator's weights did not move.")
        expect(turn[1], "The discriminator's weights moved, but `loss_fn` had not been called.")
        moved_along(turn[0], D, gradient(D, turn[1]))


@probes.THREE_STEPS.judge(
    points=0.25, hint="What do later steps keep from the first? Draw, make images and ask for the weights in each step."
)
def later_steps(case: Case, seen: Any) -> None:
    """The second and the third step move both networks by the gradients of their own losses."""
    for found, batch in zip(steps_of(case, seen)[1:], case["batches"][1:], strict=True):
        finished(found)
        step = read_step(found, batch)
        for player in (D, G):
            _moves(step, player, case[f"{player[0]}_rate"])


@probes.TWO_MODELS.confirms(probes.models_of_their_own)
def each_by_its_gradient(case: Case, seen: Any) -> None:
    """Each of two models moves the discriminator that it was given along the gradient of its loss."""
    for found, name in zip(seen, ("one", "two"), strict=True):
        outputs_are_true(found, case[name], "`GAN`")
        turn = read_step(found, case[name]["batches"][0]).turn_of(D)
        expect(turn and turn[1], "The discriminator's weights did not move after a call of `loss_fn`.")
        assert turn is not None
        moved_along(turn[0], D, gradient(D, turn[1]))


def _first_of_each(case: Case, seen: Any) -> Any:
    """The steps of two models, told as those of one are."""
    named = zip(seen, ("one", "two"), strict=True)
    return [summary({**case[name], "batches": case[name]["batches"][:1]}, [step]) for step, name in named]


def _both_worked(case: Case, seen: Any) -> Any:
    """The two worked steps, told as those of one game are, and what both networks became."""
    told = [summary(case[name], [step]) for name, step in zip(("moving", "frozen"), seen, strict=True)]
    return [told, [np.concatenate([step["events"][-1][player] for player in (D, G)]) for step in seen]]


probes.INVERSE.told_apart_by(_kernels_of)
probes.GENERATOR.told_apart_by(_range_of((-1.01, -1e-6, 0.1), (0.9, 1 + 1e-6)))
probes.DISCRIMINATOR.told_apart_by(_range_of((-1.01, -0.5, -1e-6), (0.9, 1.01, 1.5)))
probes.WORKED_STEP.told_apart_by(_both_worked)
probes.THREE_STEPS.told_apart_by(summary)
probes.STEPS_IN_A_GRAPH.told_apart_by(summary)
probes.TWO_MODELS.told_apart_by(_first_of_each)

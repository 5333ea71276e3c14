"""Hidden judges of `wgan_gp`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from keras_checks.compare import EPS32, Failure, array, close, expect, same_shape
from keras_checks.exercises import wgan_gp as probes
from keras_checks.question import Case
from keras_checks.testbeds.critics import Move, first_step, read_step, steps_of
from keras_checks.testbeds.game import D, G, finished, returned

from autograder.judges._critics import (
    costs_due,
    critic_due,
    formulas,
    generator_costs,
    generator_gradient,
    same_number,
    slopes,
    summary,
)
from autograder.judges._game import known, moved_along, moved_by, outputs_are_true

# critic_loss, generator_loss


@probes.LOSS_VALUES.confirms(probes.worked_numbers, probes.who_gains)
def values(case: Case, seen: Any, expected: Any) -> None:
    """`critic_loss` is how far real scores are below fake ones on average; `generator_loss` is minus the mean score."""
    for name in ("critic", "critic_by_name", "generator"):
        close(seen[name], expected[name], f"The loss ({name})", ulps=16, scale=4)


@probes.LOSS_VALUES.confirms(probes.gradient_reaches_each_score)
def gradients(case: Case, seen: Any, expected: Any) -> None:
    """The gradients are those of the losses, or of their negatives, which cost elsewhere."""
    for found, due in zip(seen["gradients"], expected["gradients"], strict=True):
        close(np.abs(array(found, "The gradient")), np.abs(due), "The size of the gradient", ulps=16, scale=1)


# WGAN: __init__ and compile


@probes.CONSTRUCTION.confirms(probes.keeps_its_arguments, probes.owns_both_networks, probes.defaults)
def given_as_in_the_reference(case: Case, seen: Any, expected: Any) -> None:
    """The arguments were those of the case."""
    for name, number in expected["given"].items():
        expect(seen["given"][name] == number, f"The model was given another {name}.")


# gradient_penalty


def _known_values(case: Case, seen: Any) -> dict[str, float]:
    """The penalty, and what is often taken for it, for the places where the critic was called."""
    return formulas(slopes(case, seen), case["real"].shape[-1], probes.GP_WEIGHT)


def _of_some_kind(case: Case, seen: Any) -> None:
    """Fail unless the penalty is one of the known values."""
    value = float(np.mean(array(seen["value"], "The penalty")))
    fits = any(abs(value - due) < 1e-3 * (1 + abs(due)) for due in _known_values(case, seen).values())
    expect(fits, "The penalty is no function of the critic's gradients.", received=value)


@probes.CURVES.confirms(probes.linear_critics, probes.curved_critic)
@probes.CURVES.judge(
    points=0.25,
    hint="The gradient in the penalty is that at the interpolate, example by example. What do you ask the tape for?",
)
def penalty_at_the_interpolates(case: Case, seen: Any) -> None:
    """For a critic whose gradient changes from place to place, the penalty uses the gradient at the interpolates."""
    for each, found in zip(case["curves"], seen, strict=True):
        scale = float(np.max(np.sum(slopes(each, found) ** 2, axis=1))) + 1
        due = np.float64(_known_values(each, found)["right"])
        close(found["value"], due, "The penalty", ulps=128, scale=scale)


@probes.CURVES.confirms(probes.one_draw_per_example, probes.on_the_segment)
def penalty_of_some_kind(case: Case, seen: Any) -> None:
    """The penalty is a function of the gradients where the critic was called: the right one, or a known mistake."""
    for each, found in zip(case["curves"], seen, strict=True):
        _of_some_kind(each, found)


@probes.PENALTIES.confirms(probes.moves_the_critic)
def gradient_of_the_penalty(case: Case, seen: Any) -> None:
    """The gradient for the kernel of a linear critic is along the kernel, as large as the penalty's slope there."""
    for each, found in zip(case["lines"][:1], seen, strict=False):
        kernel, norm = each["d_kernel"].astype(np.float64), each["norm"]
        due = 2 * (norm - 1) * kernel / norm
        gradient = same_shape(found["gradient"], kernel.shape, "The gradient").astype(np.float64)
        ratio = float(np.sum(gradient * due) / np.sum(due**2))
        # a wrong formula costs elsewhere: its gradient is along the kernel as well
        along = np.abs(gradient - ratio * due).max() <= 1024 * EPS32 * (np.abs(gradient).max() + 1)
        expect(along and ratio, "The gradient does not point along the kernel.", received=gradient)


@probes.PENALTY_IN_A_GRAPH.confirms(probes.works_in_a_graph)
def same_penalty_in_a_graph(case: Case, seen: Any) -> None:
    """In a graph the penalty is a function of the gradients, too."""
    for found in seen:
        _of_some_kind(case, found)


def _places(case: Case, seen: Any) -> Any:
    """An observation of the penalty without the numbers that were drawn."""
    between = not np.array_equal(case["real"], case["fake"])
    found = probes.interpolates(case, seen) if between else np.zeros((1, 1))
    value, formula = float(np.ravel(array(seen["value"], "The penalty"))[0]), _formula(case, seen)
    return {
        "on the segment": bool((found > -probes.ROUNDING).all() and (found < 1 + probes.ROUNDING).all()),
        "one per example": float(np.ptp(found, axis=1).max()) < probes.ROUNDING,
        "one for all": float(np.ptp(found, axis=0).max()) < probes.ROUNDING,
        "all at": [place for place in (0, 0.5, 1) if float(np.abs(found - place).max()) < probes.ROUNDING],
        "shape": list(np.shape(seen["value"])),
        "formula": formula or value,
        "gradient": bool(np.any(seen.get("gradient", 0))),
    }


def _many_places(case: Case, seen: Any) -> Any:
    """The same for many examples, whose places tell how they were drawn."""
    places = probes.interpolates(case, seen)
    half = len(places) // 2
    varies = np.ptp(places) > probes.ROUNDING
    together = np.corrcoef(places[:half, 0], places[half : 2 * half, 0])[0, 1] if varies else 1
    inside = (places > probes.ROUNDING) & (places < 1 - probes.ROUNDING)
    where = [places.min() < -probes.ROUNDING, inside.any(), places.max() > 1 + probes.ROUNDING]
    return _places(case, seen) | {"where": [bool(each) for each in where], "together": round(float(together))}


def _formula(case: Case, seen: Any) -> list[str]:
    value = float(np.ravel(array(seen["value"], "The penalty"))[0])
    found = _known_values(case, seen)
    return [name for name, due in found.items() if abs(value - due) < 1e-4 * (1 + abs(due))]


def _places_of_each(case: Case, seen: Any) -> Any:
    wanted = case["curves"] if "curves" in case else [*case["lines"], case["curve"]]
    return [_places(each, found) for each, found in zip(wanted, seen, strict=True)]


# train_step


def _critic_moves(step: Any, case: Case) -> list[Move]:
    moves = step.of(D)
    expect(moves, "The critic's weights did not move after a call of `d_loss_fn`.")
    return moves


@probes.TWO_STEPS.confirms(probes.critic_learns)
def critic_step(case: Case, seen: Any) -> None:
    """In each round the critic follows the gradient of `d_loss_fn` plus `gp_weight` times the penalty, at
    `d_optimizer`'s learning rate."""
    step = first_step(case, seen)
    if not step.of(D):
        finished(seen[0])
    for move in _critic_moves(step, case):
        moved_by(move.turn, D, -case["d_rate"] * critic_due(move, case["gp_weight"]), (1.0,))


@probes.TWO_STEPS.confirms(probes.generator_learns)
def generator_step(case: Case, seen: Any) -> None:
    """The generator follows the gradient of `g_loss_fn` through the critic, at `g_optimizer`'s learning rate."""
    step = first_step(case, seen)
    if not step.of(G):
        finished(seen[0])
    _generator_moves(step, case)


def _generator_moves(step: Any, case: Case) -> None:
    moves = step.of(G)
    expect(moves, "The generator's weights did not move after a call of `g_loss_fn`.")
    moved_by(moves[-1].turn, G, -case["g_rate"] * generator_gradient(moves[-1]), (1.0,))


@probes.TWO_STEPS.confirms(probes.critic_first_and_more_often)
def moves_follow_gradients(case: Case, seen: Any) -> None:
    """The critic's moves are along a gradient that its losses and its penalty explain."""
    outputs_are_true(steps_of(case, seen)[0], case, "`WGAN`")
    for move in _critic_moves(first_step(case, seen), case):
        _along_some(move, case["gp_weight"])


def _along_some(move: Move, gp_weight: float) -> None:
    """A wrong weight of the penalty costs elsewhere."""
    failures = []
    for weight in (gp_weight, 1.0, 0.0, -gp_weight):
        try:
            return moved_along(move.turn, D, critic_due(move, weight))
        except Failure as failure:
            failures.append(failure)
    raise failures[0]


@probes.TWO_STEPS.confirms(probes.right_arguments, probes.fresh_noise)
@probes.STEPS_OF_FIT.confirms(probes.works_under_fit)
def networks_of_the_case(case: Case, seen: Any) -> None:
    """Fakes are what the given generator makes of latents, and scores what the given critic says of images."""
    for step in steps_of(case, seen):
        outputs_are_true(step, case, "`WGAN`")


@probes.TWO_STEPS.confirms(probes.returns_both_losses)
def last_losses(case: Case, seen: Any) -> None:
    """A step returns `d_loss`, that of the critic's last round with the weighted penalty in it, and `g_loss`."""
    step = first_step(case, seen)
    finished(seen[0])
    critic, generator = [move for move in step.moves if move.critic], [move for move in step.moves if move.generator]
    expect(critic and generator, "One of the losses was not computed.")
    _is(returned(seen[0], "d_loss"), costs_due(critic[-1], case["gp_weight"], _right(critic[-1], case)), "d_loss")
    _is(returned(seen[0], "g_loss"), generator_costs(generator[-1])[-1:], "g_loss")
    for image in (image for call in generator[-1].generator for image in call.fake):
        known(image, "`g_loss_fn`")


def _is(value: float, due: Sequence[float], name: str) -> None:
    expect(same_number(value, due), f"`{name}` is not the loss of the last round.", received=value)


def _right(move: Move, case: Case) -> bool:
    try:
        moved_by(move.turn, D, -case["d_rate"] * critic_due(move, case["gp_weight"]), (1.0,))
    except Failure:
        return False
    return True


@probes.TWO_STEPS.judge(
    points=0.25, hint="What does a later step keep from the first? Draw, make images and ask for the weights each time."
)
def later_steps(case: Case, seen: Any) -> None:
    """The second step, on a smaller batch, moves both networks by the gradients of their own losses."""
    for found, batch in zip(steps_of(case, seen)[1:], case["batches"][1:], strict=True):
        finished(found)
        step = read_step(found, batch)
        expect(len(step.of(D)) == case["extra_steps"], "The critic did not get its rounds in the second step.")
        for move in step.of(D):
            moved_by(move.turn, D, -case["d_rate"] * critic_due(move, case["gp_weight"]), (1.0,))
        _generator_moves(step, case)


def _both_worked(case: Case, seen: Any) -> Any:
    """The two worked steps, told as those of one game are, and what both networks became."""
    told = [summary(case[name], [step]) for name, step in zip(("moving", "frozen"), seen, strict=True)]
    return [told, [np.concatenate([step["events"][-1][player] for player in (D, G)]) for step in seen]]


probes.PENALTIES.told_apart_by(_places_of_each)
probes.CURVES.told_apart_by(_places_of_each)
probes.MANY_PLACES.told_apart_by(_many_places)
probes.WORKED_STEP.told_apart_by(_both_worked)
probes.TWO_STEPS.told_apart_by(summary)
probes.STEPS_OF_FIT.told_apart_by(summary)

"""Hidden judges of `wgan_gp`."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from keras_checks.compare import Failure, array, close, expect, finite, same_shape
from keras_checks.exercises import wgan_gp as probes
from keras_checks.question import Case
from keras_checks.testbeds.critics import Move, Step, first_step, read_step, steps_of
from keras_checks.testbeds.game import WORKED_GAMES, D, G, Turn, finished, returned, turns

from autograder.judges._critics import (
    costs_due,
    critic_due,
    generator_costs,
    generator_due,
    same_number,
    summary,
)
from autograder.judges._game import STILL, Pushes, known, moved_along, moved_by, outputs_are_true, pushes
from autograder.judges._penalty import formulas, gradients_of_formulas, slopes

# critic_loss, generator_loss


OTHER_SIGN = (
    "The size is right, the sign is not. Depending on the scores a loss is positive or negative: do not use `abs`, and "
    "check which mean has the minus."
)


@probes.LOSS_VALUES.confirms(probes.worked_numbers, probes.who_gains)
def values(case: Case, seen: Any, expected: Any) -> None:
    """`critic_loss` is the mean fake score minus the mean real score; `generator_loss` is minus the mean fake score."""
    for name in ("critic", "critic_by_name", "generator"):
        other = np.shape(seen[name]) == () and np.isclose(seen[name], -np.asarray(expected[name]), rtol=1e-4)
        hint = OTHER_SIGN if other else ""
        close(seen[name], expected[name], f"The loss ({name})", ulps=16, scale=4, hint=hint)


@probes.LOSS_VALUES.confirms(probes.gradient_reaches_each_score)
def gradients(case: Case, seen: Any, expected: Any) -> None:
    """The gradients of both losses have the right size."""
    for found, due in zip(seen["gradients"], expected["gradients"], strict=True):
        expect(found is not None, "No gradient reaches the scores.", hint=probes.CUT_OFF)
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
    known_values = _known_values(case, seen)
    fits = any(abs(value - due) < 1e-3 * (1 + abs(due)) for due in known_values.values())
    expect(fits, "The penalty does not follow from the critic's gradients.", value, known_values["right"])


@probes.CURVES.confirms(probes.linear_critics, probes.curved_critic)
@probes.CURVES.judge(
    points=0.25,
    hint="Look at the two arguments of `tape.gradient`: the critic's scores of the interpolates, and the interpolates.",
)
def penalty_at_the_interpolates(case: Case, seen: Any) -> None:
    """For a critic whose gradient is different at each point, the penalty uses the gradients at the interpolates."""
    for each, found in zip(case["curves"], seen, strict=True):
        scale = float(np.max(np.sum(slopes(each, found) ** 2, axis=1))) + 1
        due = np.float64(_known_values(each, found)["right"])
        close(found["value"], due, "The penalty", ulps=128, scale=scale)


@probes.CURVES.confirms(probes.one_draw_per_example, probes.on_the_segment)
def penalty_of_some_kind(case: Case, seen: Any) -> None:
    """The penalty is a function of the gradients where the critic was called: the right one, or a known mistake."""
    for each, found in zip(case["curves"], seen, strict=True):
        _of_some_kind(each, found)


@probes.CURVES.confirms(probes.moves_the_critic)
def gradient_of_the_penalty(case: Case, seen: Any) -> None:
    """The gradient of the penalty with respect to the critic's kernel is right."""
    for each, found in zip(case["curves"][-1:], seen[-1:], strict=True):
        kernel = each["d_kernel"]
        gradient = finite(same_shape(found["gradient"], kernel.shape, "The gradient"), "The gradient")
        # a wrong formula costs elsewhere: its gradient will do
        gaps = (_gap(gradient, due) for due in gradients_of_formulas(each, found, probes.GP_WEIGHT))
        expect(
            any(gap <= GRADIENT_TOLERANCE for gap in gaps),
            "The gradient is not that of a gradient penalty.",
            gradient,
            "another gradient",
        )


GRADIENT_TOLERANCE = 1e-3


def _gap(received: np.ndarray, due: np.ndarray) -> float:
    """How far apart two gradients are, relative to the size of the one that is due."""
    return float(np.abs(np.ravel(received) - due).max() / (np.abs(due).max() + 1e-2))


@probes.PENALTY_IN_A_GRAPH.confirms(probes.works_in_a_graph)
def same_penalty_in_a_graph(case: Case, seen: Any) -> None:
    """In a graph, too, the penalty is a function of the gradients."""
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
    expect(moves, "The critic's weights did not change after a call of `d_loss_fn`.")
    return moves


@probes.TWO_STEPS.confirms(probes.critic_learns)
def critic_step(case: Case, seen: Any) -> None:
    """In each round, `d_optimizer` changes the critic's weights by the gradient of `d_loss_fn` plus `gp_weight` times
    the penalty."""
    step = first_step(case, seen)
    if not step.of(D):
        finished(seen[0])
    for move in _critic_moves(step, case):
        _by_its_gradient(case, move, _pushed(case, D, move, step))


def _by_its_gradient(case: Case, move: Move, pushed: Pushes) -> None:
    """Fail unless the critic moved by its learning rate times the gradient of its loss, and one of some pushes."""
    moved_by(case, move.turn, D, critic_due(case, move, case["gp_weight"]), (1.0,), pushed)


def _pushed(case: Case, player: str, move: Move, step: Step, earlier: Sequence[Turn] | None = None) -> Pushes:
    """What momentum may add to a move of a network.

    ``earlier``: the turns of the steps before. Without them, momentum need not show.
    """
    before = [*(earlier or ()), *(each.turn for each in itertools.takewhile(lambda it: it is not move, step.moves))]
    return [*pushes(case, player, before), *(STILL if earlier is None else ())]


@probes.TWO_STEPS.confirms(probes.generator_learns)
def generator_step(case: Case, seen: Any) -> None:
    """`g_optimizer` changes the generator's weights by the gradient of `g_loss_fn`, which passes through the critic."""
    step = first_step(case, seen)
    if not step.of(G):
        finished(seen[0])
    _generator_moves(step, case)


def _generator_moves(step: Step, case: Case, earlier: Sequence[Turn] | None = None) -> None:
    moves = step.of(G)
    expect(moves, "The generator's weights did not change after a call of `g_loss_fn`.")
    pushed = _pushed(case, G, moves[-1], step, earlier)
    moved_by(case, moves[-1].turn, G, generator_due(case, moves[-1]), (1.0,), pushed)


@probes.TWO_STEPS.confirms(probes.critic_first_and_more_often)
@probes.STEPS_OF_FIT.confirms(probes.works_under_fit)
def moves_follow_gradients(case: Case, seen: Any) -> None:
    """The critic's weights change along the gradient of its loss and its penalty."""
    outputs_are_true(steps_of(case, seen)[0], case, "`WGAN`")
    step = first_step(case, seen)
    for move in _critic_moves(step, case):
        _along_some(case, move, _pushed(case, D, move, step))


def _along_some(case: Case, move: Move, pushed: Pushes) -> None:
    """A wrong weight of the penalty costs elsewhere."""
    failures = []
    for weight in (case["gp_weight"], 1.0, 0.0, -case["gp_weight"]):
        try:
            return moved_along(case, move.turn, D, critic_due(case, move, weight), pushed)
        except Failure as failure:
            failures.append(failure)
    raise failures[0]


@probes.TWO_STEPS.confirms(probes.right_arguments, probes.fresh_noise)
@probes.STEPS_OF_FIT.confirms(probes.works_under_fit)
def networks_of_the_case(case: Case, seen: Any) -> None:
    """Fakes are outputs of the given generator, and scores are outputs of the given critic."""
    for step in steps_of(case, seen):
        outputs_are_true(step, case, "`WGAN`")


@probes.TWO_STEPS.confirms(probes.returns_both_losses)
def last_losses(case: Case, seen: Any) -> None:
    """A step returns `g_loss`, and as `d_loss` the loss of the critic's last round with the weighted penalty."""
    step = first_step(case, seen)
    finished(seen[0])
    critic, generator = [move for move in step.moves if move.critic], [move for move in step.moves if move.generator]
    expect(critic and generator, "One of the losses was not computed.")
    right = _right(critic[-1], case, _pushed(case, D, critic[-1], step))
    due = costs_due(case, critic[-1], case["gp_weight"], right)
    _is(returned(seen[0], "d_loss"), due, "d_loss")
    _is(returned(seen[0], "g_loss"), generator_costs(generator[-1])[-1:], "g_loss")
    for image in (image for call in generator[-1].generator for image in call.fake):
        known(image, "`g_loss_fn`")


def _is(value: float, due: Sequence[float], name: str) -> None:
    message = f"`{name}` is not the last loss that was computed for this network."
    expect(same_number(value, due), message, value, due[0])


def _right(move: Move, case: Case, pushed: Pushes) -> bool:
    try:
        _by_its_gradient(case, move, pushed)
    except Failure:
        return False
    return True


@probes.TWO_STEPS.judge(
    points=0.25,
    hint="Look for what the first step computes and later steps reuse: latents, images, lists of weights. Compute it "
    "in every step.",
)
def later_steps(case: Case, seen: Any) -> None:
    """The second step, on a smaller batch, updates both networks with the gradients of the losses of that same step,
    and with the momentum and the weight decay of the compiled optimizers. It returns its own losses, or the means of
    both steps."""
    first, found = steps_of(case, seen)
    finished(found)
    earlier, step = turns(first["events"])[0], read_step(found, case["batches"][1])
    expect(len(step.of(D)) == case["extra_steps"], "In the second step, the number of the critic's rounds is wrong.")
    for move in step.of(D):
        _by_its_gradient(case, move, _pushed(case, D, move, step, earlier))
    _generator_moves(step, case, earlier)
    sizes = [len(batch) for batch in case["batches"]]
    for name, (before, now) in _losses(case, seen).items():
        if same_number(returned(first, name), [before]):  # what is wrong in the first step costs elsewhere
            means = [float(np.average([before, now], weights=weights)) for weights in (None, sizes)]
            message = f"The `{name}` of the second step is neither its own loss nor the mean of both steps."
            expect(same_number(returned(found, name), [now, *means]), message, returned(found, name), now)


def _losses(case: Case, seen: Any) -> dict[str, list[float]]:
    """For each name, the last loss of each step."""
    found: dict[str, list[float]] = {"d_loss": [], "g_loss": []}
    for step, batch in zip(steps_of(case, seen), case["batches"], strict=True):
        moves = read_step(step, batch).moves
        for move in [move for move in moves if move.critic][-1:]:
            found["d_loss"] += costs_due(case, move, case["gp_weight"], True)
        for move in [move for move in moves if move.generator][-1:]:
            found["g_loss"] += generator_costs(move)[-1:]
    return {name: losses for name, losses in found.items() if len(losses) == len(case["batches"])}


def _all_worked(case: Case, seen: Any) -> Any:
    """The worked steps, told as those of one game are, and what both networks became."""
    told = [summary(case[name], [step]) for name, step in zip(WORKED_GAMES, seen, strict=True)]
    return [told, [np.concatenate([step["events"][-1][player] for player in (D, G)]) for step in seen]]


probes.PENALTIES.told_apart_by(_places_of_each)
probes.CURVES.told_apart_by(_places_of_each)
probes.MANY_PLACES.told_apart_by(_many_places)
probes.WORKED_STEP.told_apart_by(_all_worked)
probes.TWO_STEPS.told_apart_by(summary)
probes.STEPS_OF_FIT.told_apart_by(summary)

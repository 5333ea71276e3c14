"""The losses, penalties and gradients of a WGAN's step, and what tells the mistakes in one apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from keras_checks.compare import EPS32, Failure, expect
from keras_checks.question import Case
from keras_checks.testbeds.critics import Move, fakes_shown, read_step, steps_of
from keras_checks.testbeds.game import D, G, Scored, Turn, different, returned
from keras_checks.testbeds.players import Event

from autograder.judges._game import (
    STILL,
    discriminator_gradient,
    driven_by,
    generator_gradient,
    in_turn,
    known,
    pushes,
    rate,
)
from autograder.judges._network import network_of
from autograder.judges._penalty import penalty_gradient


def penalty_of(event: Event) -> float:
    """The penalty that stood in: half the squared norm of the critic's kernel at that moment."""
    return float(np.sum(event[D][:-1].astype(np.float64) ** 2) / 2)


def costs(move: Move, gp_weight: float) -> float:
    """The critic's loss, penalty included."""
    losses = [_mean(call.fake, lambda score: score**2 / 2) - 2 * _mean(call.real, float) for call in move.critic]
    return sum(losses) + gp_weight * sum(penalty_of(event) for event in move.penalties)


def generator_costs(move: Move) -> list[float]:
    """The values of the generator's losses."""
    return [_mean(call.fake, lambda score: (score - 2) ** 2 / 2) for call in move.generator]


def _mean(images: Sequence[Scored], value: Callable[[float], float]) -> float:
    return float(np.mean([value(image.score) for image in images]))


def critic_gradient(case: Case, move: Move, gp_weight: float) -> np.ndarray:
    """The gradient of the critic's loss and penalty, as many times as each was called, in the order of its state."""
    total: Any = 0.0
    for call in move.critic:
        for image in (*call.fake, *call.real):
            known(image, "`d_loss_fn`")
        of_fakes = [image.score / len(call.fake) for image in call.fake]
        of_real = [-2 / len(call.real)] * len(call.real)
        total = total + discriminator_gradient(case, [*call.fake, *call.real], of_fakes + of_real)
    for event in move.penalties:
        total = total + gp_weight * np.append(event[D][:-1].astype(np.float64), 0.0)
    return total


def critic_due(case: Case, move: Move, gp_weight: float) -> np.ndarray:
    """The critic's gradient; a penalty that is written out in the step itself counts as one."""
    due = critic_gradient(case, move, gp_weight)
    if move.penalties or not gp_weight:
        return due
    places = _interpolates(move)
    expect(len(places), "The critic's loss has no penalty.")
    return due + gp_weight * penalty_gradient(network_of(case, D, move.turn.before[D]), places)


def costs_due(case: Case, move: Move, gp_weight: float, right: bool) -> list[float]:
    """What the critic's loss may be: where its step was not ``right``, which costs elsewhere, also the wrong one."""
    due = [costs(move, gp_weight)]
    places = _interpolates(move)
    if not move.penalties and len(places):
        norms = np.linalg.norm(network_of(case, D, move.turn.before[D]).slopes(places), axis=1)
        due = [due[0] + gp_weight * float(np.mean((norms - 1) ** 2))]
    return due if right else [*due, *(costs(move, weight) for weight in (0.0, 1.0, -gp_weight))]


def _interpolates(move: Move) -> np.ndarray:
    """The images, neither real nor fake, on which the critic was called before it changed."""
    met = {image.image.tobytes() for call in move.critic for image in (*call.real, *call.fake)}
    calls = [event["into"] for event in move.turn.events if event["kind"] == f"{D} call"]
    images = [np.ravel(image) for images in calls for image in images]
    return np.array([image for image in images if image.tobytes() not in met], np.float64)


def generator_due(case: Case, move: Move) -> np.ndarray:
    """The gradient of the generator's loss, through the critic, in the order of its state."""
    total: Any = 0.0
    for call in move.generator:
        for image in call.fake:
            known(image, "`g_loss_fn`")
            expect(image.latent is not None, "`g_loss_fn` was given scores of images that the generator did not make.")
        slopes = [(image.score - 2) / len(call.fake) for image in call.fake]
        total = total + generator_gradient(case, call.fake, slopes)
    return total


def summary(case: Case, seen: Any) -> Any:
    """What happened in each step, without the noise that the student drew and without the way it was written."""
    try:
        return in_turn(steps_of(case, seen), case, _summary)
    except Failure as failure:
        return failure.message


def _summary(step: Any, batch: np.ndarray, case: Case, earlier: Sequence[Turn]) -> Any:
    moves = read_step(step, batch).moves
    raised = step.get("raised", {})
    played = [*earlier, *(move.turn for move in moves)]
    return {
        "moves": [_move(move, case, len(batch), played[: len(earlier) + index]) for index, move in enumerate(moves)],
        "count": step.get("count"),
        "again": _again(moves),
        "raised": [raised.get("type", ""), re.sub(r"[\d'\"`(].*", "", raised.get("message", ""))[:40]],
        "returned": _returned(step, moves, case["gp_weight"]),
    }


def _again(moves: Sequence[Move]) -> dict[str, bool]:
    """Whether a latent vector came twice in one round of the critic, and whether in two rounds; whether one came with
    both signs, and whether two of its numbers are always equal."""
    latents = [[image.latent for image in fakes_shown([move]) if image.latent is not None] for move in moves]
    rounds = [[latent.tobytes() for latent in each] for each in latents]
    known = [set(each) for each in rounds]
    counts = [[different(np.stack(each), axis) for each in latents if each] for axis in (0, 1)]
    return {
        "in a round": any(len(each) > len(set(each)) for each in rounds),
        "in two rounds": sum(map(len, known)) > len(set().union(*known)),
        "with both signs": any(found < due for found, due in counts[0]),
        "of equal numbers": any(found < due for found, due in counts[1]),
    }


def _move(move: Move, case: Case, size: int, earlier: Sequence[Turn]) -> Any:
    def kinds(images: Sequence[Scored]) -> list[Any]:
        return [sorted({image.kind for image in images}), len(images) / size]

    return {
        "who": move.letters,
        "critic": [kinds(call.real) + kinds(call.fake) for call in move.critic],
        "generator": [kinds(call.fake) for call in move.generator],
        "penalties": [[int(event["size"]) == size, *_penalised(event, move)] for event in move.penalties],
        "fits": _fits(case, move, case["gp_weight"], earlier),
    }


def _penalised(event: Event, move: Move) -> list[bool]:
    images = [np.ravel(image) for image in event["fake"]]
    known_fakes = [image.image for call in move.critic for image in call.fake]
    return [any(np.array_equal(image, other) for other in known_fakes) for image in images[:1]]


def _fits(case: Case, move: Move, gp_weight: float, earlier: Sequence[Turn]) -> list[str]:
    """Which gradients explain how far the weights moved, with momentum or without: factors of the learning rate are
    told apart as well."""
    try:
        dues = {
            "penalty": (D, critic_gradient(case, move, gp_weight)),
            "no weight": (D, critic_gradient(case, move, 1.0)),
            "minus": (D, critic_gradient(case, move, -gp_weight)),
            "no penalty": (D, critic_gradient(case, replace(move, penalties=[]), 1.0)),
            "generator": (G, generator_due(case, move)),
        }
    except Failure as failure:
        return [failure.message]
    found = []
    for name, (player, due) in dues.items():
        if not np.any(due) or not np.any(move.turn.change(player)):
            continue
        for push in (*pushes(case, player, earlier), *STILL):
            change = driven_by(case, move.turn, player) - push
            speed = float(np.dot(change, due) / np.dot(due, due))
            if np.abs(change - speed * due).max() < 1e-5:
                pushed = " after a push" if np.any(push) else ""
                found.append(f"{name}: {speed / (rate(case, player) or 1):.2f}{pushed}")
                break
    return found


def _returned(step: Any, moves: Sequence[Move], gp_weight: float) -> Any:
    if "returned" not in step:
        return None
    critic = [move for move in moves if move.critic]
    sums = [costs(move, gp_weight) for move in critic]
    bare = [costs(move, 0.0) for move in critic]
    candidates = {
        "d": {"last": sums[-1:], "first": sums[:1], "mean": [float(np.mean(sums))] if sums else [], "bare": bare[-1:]},
        "g": {"own": [value for move in moves for value in generator_costs(move)][-1:]},
    }
    return {
        player: [name for name, values in named.items() if same_number(returned(step, f"{player}_loss"), values)]
        for player, named in candidates.items()
    }


def same_number(value: float, due: Sequence[float]) -> bool:
    """Whether ``value`` is one of the numbers that are due, within the rounding of float32."""
    return any(abs(value - number) <= 128 * EPS32 * max(1.0, abs(number)) for number in due)

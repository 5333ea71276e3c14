"""The losses, penalties and gradients of a WGAN's step, and what tells the mistakes in one apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from keras_checks.compare import EPS32, Failure, expect, finite, same_shape
from keras_checks.question import Case
from keras_checks.testbeds.critics import Move, fakes_shown, read_step, steps_of
from keras_checks.testbeds.game import D, G, Scored, returned
from keras_checks.testbeds.players import Event

from autograder.judges._game import known, through_generator


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


def critic_gradient(move: Move, gp_weight: float) -> np.ndarray:
    """The gradient of the critic's loss and penalty, as many times as each was called, in the order of its state."""
    total: Any = 0.0
    for call in move.critic:
        for images, slopes in (
            (call.fake, [image.score / len(call.fake) for image in call.fake]),
            (call.real, [-2 / len(call.real)] * len(call.real)),
        ):
            for image, slope in zip(images, slopes, strict=True):
                known(image, "`d_loss_fn`")
                total = total + slope * np.append(image.image.astype(np.float64), 1.0)
    for event in move.penalties:
        total = total + gp_weight * np.append(event[D][:-1].astype(np.float64), 0.0)
    return total


def critic_due(move: Move, gp_weight: float) -> np.ndarray:
    """The critic's gradient; a penalty that is written out in the step itself counts as one."""
    due = critic_gradient(move, gp_weight)
    if move.penalties:
        return due
    kernel = move.turn.before[D][:-1].astype(np.float64)
    norm = np.linalg.norm(kernel)
    return due + gp_weight * np.append(2 * (norm - 1) * kernel / norm, 0.0)


def costs_due(move: Move, gp_weight: float, right: bool) -> list[float]:
    """What the critic's loss may be: where its step was not ``right``, which costs elsewhere, also the wrong one."""
    due = [costs(move, gp_weight)]
    if not move.penalties:
        norm = float(np.linalg.norm(move.turn.before[D][:-1].astype(np.float64)))
        due = [due[0] + gp_weight * (norm - 1) ** 2]
    return due if right else [*due, *(costs(move, weight) for weight in (0.0, 1.0, -gp_weight))]


def generator_gradient(move: Move) -> np.ndarray:
    """The gradient of the generator's loss, through the critic, in the order of its state."""
    found: Any = 0.0
    for call in move.generator:
        for image in call.fake:
            known(image, "`g_loss_fn`")
            expect(image.latent is not None, "`g_loss_fn` was given scores of images that the generator had not made.")
            toward = (image.score - 2) / len(call.fake) * image.scorer[:-1].astype(np.float64)
            found = found + through_generator(image.latent, toward)
    return found


def summary(case: Case, seen: Any) -> Any:
    """What happened in each step, without the noise that the student drew and without the way it was written."""
    try:
        return [_summary(step, batch, case) for step, batch in zip(steps_of(case, seen), case["batches"], strict=True)]
    except Failure as failure:
        return failure.message


def _summary(step: Any, batch: np.ndarray, case: Case) -> Any:
    moves = read_step(step, batch).moves
    raised = step.get("raised", {})
    return {
        "moves": [_move(move, case, len(batch)) for move in moves],
        "again": _again(moves),
        "raised": [raised.get("type", ""), re.sub(r"[\d'\"`(].*", "", raised.get("message", ""))[:40]],
        "returned": _returned(step, moves, case["gp_weight"]),
    }


def _again(moves: Sequence[Move]) -> dict[str, bool]:
    """Whether a latent vector came twice in one round of the critic, and whether in two rounds."""
    rounds = [[image.latent.tobytes() for image in fakes_shown([move]) if image.latent is not None] for move in moves]
    different = [set(latents) for latents in rounds]
    return {
        "in a round": any(len(latents) > len(set(latents)) for latents in rounds),
        "in two rounds": sum(map(len, different)) > len(set().union(*different)),
    }


def _move(move: Move, case: Case, size: int) -> Any:
    def kinds(images: Sequence[Scored]) -> list[Any]:
        return [sorted({image.kind for image in images}), len(images) / size]

    return {
        "who": move.letters,
        "critic": [kinds(call.real) + kinds(call.fake) for call in move.critic],
        "generator": [kinds(call.fake) for call in move.generator],
        "penalties": [[int(event["size"]) == size, *_penalised(event, move)] for event in move.penalties],
        "fits": _fits(move, case["gp_weight"]),
    }


def _penalised(event: Event, move: Move) -> list[bool]:
    images = [np.ravel(image) for image in event["fake"]]
    known_fakes = [image.image for call in move.critic for image in call.fake]
    return [any(np.array_equal(image, other) for other in known_fakes) for image in images[:1]]


def _fits(move: Move, gp_weight: float) -> list[str]:
    """Which gradients explain how far the weights moved: factors of the learning rate are told apart as well."""
    try:
        dues = {
            "penalty": (D, critic_gradient(move, gp_weight)),
            "no weight": (D, critic_gradient(move, 1.0)),
            "minus": (D, critic_gradient(move, -gp_weight)),
            "no penalty": (D, critic_gradient(replace(move, penalties=[]), 1.0)),
            "generator": (G, generator_gradient(move)),
        }
    except Failure as failure:
        return [failure.message]
    found = []
    for name, (player, due) in dues.items():
        change = move.turn.change(player)
        if not np.any(due) or not np.any(change):
            continue
        rate = float(np.dot(change, due) / np.dot(due, due))
        if np.abs(change - rate * due).max() < 1e-5:
            found.append(f"{name}: {rate:.3f}")
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


def slopes(case: Case, seen: Any) -> np.ndarray:
    """The gradient of the case's critic where it was called, `(batch, pixels)`."""
    expect(seen["asked"] is not None, "The critic was not called.")
    asked = same_shape(seen["asked"], case["real"].shape, "The critic's input")
    rows = finite(asked, "The critic's input").astype(np.float64).reshape(len(asked), -1)
    return case["d_kernel"].ravel().astype(np.float64) + case["bend"] * rows


def formulas(gradient: np.ndarray, channels: int, gp_weight: float) -> dict[str, float]:
    """The penalty and what is often taken for it, for gradients `(batch, pixels)`; the channels are the last axis."""
    by_channel = np.linalg.norm(gradient.reshape((len(gradient), -1, channels)), axis=1)
    norm, whole = np.linalg.norm(gradient, axis=1), np.linalg.norm(gradient)
    mean = np.linalg.norm(gradient / len(gradient), axis=1)
    found = {
        "right": np.mean((norm - 1) ** 2),
        "weighted": gp_weight * np.mean((norm - 1) ** 2),
        "over the batch": (whole - 1) ** 2,
        "squared norm": np.mean((norm**2 - 1) ** 2),
        "norm squared": np.mean(norm**2),
        "not squared": np.mean(norm - 1),
        "distance": np.mean(np.abs(norm - 1)),
        "one-sided": np.mean(np.maximum(norm - 1, 0) ** 2),
        "sum": np.sum((norm - 1) ** 2),
        "of the mean": np.mean((mean - 1) ** 2),
        "mean norm": (np.mean(norm) - 1) ** 2,
        "root mean square": np.mean((np.sqrt(np.mean(gradient**2, axis=1)) - 1) ** 2),
        "norm of ones": np.mean((np.abs(gradient).sum(axis=1) - 1) ** 2),
        "per pixel": np.mean((np.abs(gradient) - 1) ** 2),
        "per channel": np.mean((by_channel - 1) ** 2),
        "half": np.mean((norm - 1) ** 2) / 2,
    }
    return {name: float(value) for name, value in found.items()}

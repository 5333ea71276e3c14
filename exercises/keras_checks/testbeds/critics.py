"""Reads the transcript of a WGAN's step (see :mod:`keras_checks.testbeds.players`): who moved, after which losses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from keras_checks.compare import EPS32, Failure, expect
from keras_checks.question import Case
from keras_checks.testbeds.game import D, G, Scored, Turn, expect_start, find_score, scored_images, turns
from keras_checks.testbeds.players import Event


@dataclass(frozen=True)
class CriticLoss:
    """A call of `d_loss_fn`: the images behind the scores that it was given as real and as fake."""

    real: list[Scored]
    fake: list[Scored]
    value: float


@dataclass(frozen=True)
class GeneratorLoss:
    """A call of `g_loss_fn`: the images behind its scores."""

    fake: list[Scored]
    value: float


@dataclass(frozen=True)
class Move:
    """A change of weights and the calls of losses and penalty that led to it."""

    turn: Turn
    critic: list[CriticLoss]
    generator: list[GeneratorLoss]
    penalties: list[Event]

    @property
    def letters(self) -> str:
        """Who moved: "d", "g" or "dg"."""
        return "".join(sorted(player[0] for player in self.turn.moved))

    def costs(self, gp_weight: float) -> float:
        """The critic's loss, penalty included."""
        return sum(call.value for call in self.critic) + gp_weight * sum(penalty_of(event) for event in self.penalties)


@dataclass(frozen=True)
class Step:
    """A step: its moves in order."""

    moves: list[Move]

    def of(self, player: str) -> list[Move]:
        """The moves of one player that had a loss of its own."""
        kind = "critic" if player == D else "generator"
        return [move for move in self.moves if player in move.turn.moved and getattr(move, kind)]


def penalty_of(event: Event) -> float:
    """The penalty that stood in: half the squared norm of the critic's kernel at that moment."""
    return float(np.sum(event[D][:-1].astype(np.float64) ** 2) / 2)


def read_step(step: Any, batch: np.ndarray) -> Step:
    """The moves of a step; losses of both players that were computed before either moved go to their own moves."""
    played, _ = turns(step["events"])
    so_far: list[Event] = []
    moves, early = [], []
    for turn in played:
        critic, generator, penalties = [], list(early), []
        for event in turn.events:
            so_far.append(event)
            if event["kind"] == "d_loss":
                critic.append(_critic_loss(event, so_far, batch))
            elif event["kind"] == "g_loss":
                generator.append(_generator_loss(event, so_far, batch))
            elif event["kind"] == "penalty":
                penalties.append(event)
        # a generator's loss from before the critic's move belongs to the generator's
        early = generator if turn.moved == {D} else []
        moves.append(Move(turn, critic, [] if turn.moved == {D} else generator, penalties))
    return Step(moves)


def _images(scores: Any, so_far: Sequence[Event], batch: np.ndarray) -> list[Scored]:
    shown = scored_images(so_far, batch)
    return [find_score(shown, score) for score in np.ravel(scores)]


def _critic_loss(event: Event, so_far: Sequence[Event], batch: np.ndarray) -> CriticLoss:
    real, fake = (np.ravel(event[name]).astype(np.float64) for name in ("real", "fake"))
    value = float(np.mean(fake**2) / 2 - 2 * np.mean(real))
    return CriticLoss(_images(event["real"], so_far, batch), _images(event["fake"], so_far, batch), value)


def _generator_loss(event: Event, so_far: Sequence[Event], batch: np.ndarray) -> GeneratorLoss:
    fake = np.ravel(event["fake"]).astype(np.float64)
    return GeneratorLoss(_images(event["fake"], so_far, batch), float(np.mean((fake - 2) ** 2) / 2))


def first_step(case: Case, seen: Any) -> Step:
    """The first step; fails where the game did not begin with the weights and images of the case."""
    expect_start(seen[0], case, "`WGAN`")
    return read_step(seen[0], case["batches"][0])


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


def through_generator(latent: Any, toward: np.ndarray) -> np.ndarray:
    """The gradient of a linear generator's kernel and bias, in one row, from that of the image it made."""
    return np.concatenate([np.outer(latent, toward).ravel(), toward])


def known(image: Scored, who: str) -> None:
    """Fail where a score is not what the critic said about an image."""
    expect(image.image.size, f"{who} was given scores that are not what the critic said.", received=image.score)


def summary(case: Case, seen: Any) -> Any:
    """What happened in each step, without the noise that the student drew and without the way it was written."""
    try:
        return [_summary(step, batch, case) for step, batch in zip(seen, case["batches"], strict=True)]
    except Failure as failure:
        return failure.message


def _summary(step: Any, batch: np.ndarray, case: Case) -> Any:
    moves = read_step(step, batch).moves
    raised = step.get("raised", {})
    return {
        "moves": [_move(move, case, len(batch)) for move in moves],
        "again": repeated(moves),
        "raised": [raised.get("type", ""), re.sub(r"[\d'\"`(].*", "", raised.get("message", ""))[:40]],
        "returned": _returned(step, moves, case["gp_weight"]),
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


def repeated(moves: Sequence[Move]) -> bool:
    """Whether a latent vector came twice in the critic's moves."""
    rows = [image.latent.tobytes() for image in fakes_shown(moves) if image.latent is not None]
    return len(rows) > len(set(rows))


def fakes_shown(moves: Sequence[Move]) -> list[Scored]:
    """The generator's images in the critic's moves, whichever argument of `d_loss_fn` they were."""
    shown = [image for move in moves for call in move.critic for image in (*call.real, *call.fake)]
    return [image for image in shown if image.kind == "fake"]


def _returned(step: Any, moves: Sequence[Move], gp_weight: float) -> Any:
    if "returned" not in step:
        return None
    critic = [move for move in moves if move.critic]
    sums = [move.costs(gp_weight) for move in critic]
    bare = [move.costs(0.0) for move in critic]
    candidates = {
        "d": {"last": sums[-1:], "first": sums[:1], "mean": sums and [np.mean(sums)], "bare": bare[-1:]},
        "g": {"own": [call.value for move in moves for call in move.generator][-1:]},
    }
    return {
        player: [name for name, values in named.items() if same_number(step["returned"][f"{player}_loss"], values)]
        for player, named in candidates.items()
    }


def same_number(value: Any, due: Sequence[float]) -> bool:
    """Whether ``value`` is one number, and the one that is due, within the rounding of float32."""
    found = np.ravel(value)
    return len(found) == 1 and any(abs(found[0] - number) <= 128 * EPS32 * max(1.0, abs(number)) for number in due)

"""Reads the transcript of a WGAN's step (see :mod:`keras_checks.testbeds.players`): who moved, after which losses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_checks.question import Case
from keras_checks.testbeds.game import D, Scored, Shown, Turn, checked, expect_start, turns
from keras_checks.testbeds.players import Event


@dataclass(frozen=True)
class CriticLoss:
    """A call of `d_loss_fn`: the images behind the scores that it was given as real and as fake."""

    real: list[Scored]
    fake: list[Scored]


@dataclass(frozen=True)
class GeneratorLoss:
    """A call of `g_loss_fn`: the images behind its scores."""

    fake: list[Scored]


@dataclass(frozen=True)
class Move:
    """A change of weights and the calls of losses and penalty that led to it."""

    turn: Turn
    critic: list[CriticLoss]
    generator: list[GeneratorLoss]
    penalties: list[Event]

    @property
    def letters(self) -> str:
        """Which weights changed: "d", "g" or "dg"."""
        return "".join(sorted(player[0] for player in self.turn.moved))


@dataclass(frozen=True)
class Step:
    """A step: its moves in order."""

    moves: list[Move]

    def of(self, player: str) -> list[Move]:
        """The moves of one network that had a loss of its own."""
        kind = "critic" if player == D else "generator"
        return [move for move in self.moves if player in move.turn.moved and getattr(move, kind)]


def steps_of(case: Case, seen: Any) -> list[dict[str, Any]]:
    """The steps of an observation, one for each batch of the case; see :func:`keras_checks.testbeds.game.checked`."""
    return checked(case, seen, len(case["batches"]), "`WGAN`")


def read_step(step: Any, batch: np.ndarray) -> Step:
    """The moves of a step; losses of both networks that were computed before either moved go to their own moves."""
    played, _ = turns(step["events"])
    shown = Shown(batch)
    moves, early = [], []
    for turn in played:
        critic, generator, penalties = [], list(early), []
        for event in turn.events:
            shown.follow(event)
            if event["kind"] == "d_loss":
                critic.append(CriticLoss(_images(event["real"], shown), _images(event["fake"], shown)))
            elif event["kind"] == "g_loss":
                generator.append(GeneratorLoss(_images(event["fake"], shown)))
            elif event["kind"] == "penalty":
                penalties.append(event)
        # a generator's loss from before the critic's move belongs to the generator's
        early = generator if turn.moved == {D} else []
        moves.append(Move(turn, critic, [] if turn.moved == {D} else generator, penalties))
    return Step(moves)


def _images(scores: Any, shown: Shown) -> list[Scored]:
    return [shown.find(score) for score in np.ravel(scores)]


def first_step(case: Case, seen: Any) -> Step:
    """The first step; fails where it did not begin with the weights of the case."""
    steps = steps_of(case, seen)
    expect_start(steps[0], case, "`WGAN`")
    return read_step(steps[0], case["batches"][0])


def repeated(moves: Sequence[Move]) -> bool:
    """Whether a latent vector came twice in the critic's moves."""
    rows = [image.latent.tobytes() for image in fakes_shown(moves) if image.latent is not None]
    return len(rows) > len(set(rows))


def fakes_shown(moves: Sequence[Move]) -> list[Scored]:
    """The generator's images in the critic's moves, whichever argument of `d_loss_fn` they were."""
    shown = [image for move in moves for call in move.critic for image in (*call.real, *call.fake)]
    return [image for image in shown if image.kind == "fake"]

"""What the networks of an adversarial transcript had to give and how they had to move: the answers, in NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from keras_checks.compare import EPS32, expect
from keras_checks.question import Case
from keras_checks.testbeds.game import D, G, Scored, Turn
from keras_checks.testbeds.players import Event


def outputs_are_true(step: Any, case: Case, what: str) -> None:
    """Fail unless each call of a network gave what its weights at that moment make of its inputs."""
    for event in step["events"]:
        for player in (D, G):
            if event["kind"] == f"{player} call":
                _output_is_true(event, player, case, what)


def _output_is_true(event: Event, player: str, case: Case, what: str) -> None:
    columns = len(case[f"{player[0]}_bias"])
    rows = np.asarray(event["into"], np.float64).reshape((len(event["into"]), -1))
    weights = event[player].astype(np.float64)
    kernel, bias = weights[:-columns].reshape((-1, columns)), weights[-columns:]
    given = np.asarray(event["out"], np.float64).reshape((len(rows), columns))
    size = np.abs(rows) @ np.abs(kernel) + np.abs(bias) + 1
    right = np.abs(given - (rows @ kernel + bias)) <= 64 * EPS32 * size
    expect(right.all(), f"{what}: the {player} did not give what its weights make of its inputs.")


def moved_by(turn: Turn, player: str, due: np.ndarray, scales: Sequence[float], hint: str = "") -> None:
    """Fail unless a network moved by one of ``scales`` times ``due``, within the rounding of float32."""
    change = turn.change(player)
    size = float(np.abs(due).max(initial=0.0) + np.abs(turn.before[player]).max(initial=0.0) + 1)
    errors = [float(np.abs(change - scale * due).max(initial=0.0)) for scale in scales]
    message = f"The {player}'s weights did not move by minus learning rate times gradient."
    expect(min(errors) <= 64 * EPS32 * size, message, received=change.astype(np.float32), hint=hint)
    # a network that should move and stands still is no matter of rounding
    expect(np.abs(change).max(initial=0.0) > 0, f"The {player}'s weights did not move.", hint=hint)


def moved_along(turn: Turn, player: str, gradient: np.ndarray) -> None:
    """Fail unless a network moved along a gradient, however far and whichever way."""
    change = turn.change(player)
    rate = float(change @ gradient / max(gradient @ gradient, 1e-12))
    size = float(np.abs(change).max(initial=0.0) + np.abs(turn.before[player]).max(initial=0.0) + 1)
    along = np.abs(change - rate * gradient).max(initial=0.0) <= 64 * EPS32 * size
    expect(along and rate, f"The {player}'s weights did not move along the gradient of its loss.")


def known(image: Scored, who: str) -> None:
    """Fail where a score is not what the discriminator said about an image."""
    expect(image.image.size, f"{who} was given scores that are not what the discriminator said.", image.score)


def through_generator(latent: Any, toward: np.ndarray) -> np.ndarray:
    """The gradient of a linear generator's kernel and bias, in one row, from that of the image it made."""
    return np.concatenate([np.outer(latent, toward).ravel(), toward])

"""Reads the transcript of an adversarial game (see :mod:`keras_checks.testbeds.players`): turns, images, scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_checks.compare import EPS32, Failure, array, expect
from keras_checks.testbeds.players import Event

D, G = "discriminator", "generator"


@dataclass(frozen=True)
class Turn:
    """What led to a change of weights: who moved, the events before it, and the players' weights before and after."""

    moved: frozenset[str]
    events: list[Event]
    before: Event
    after: Event

    def change(self, player: str) -> np.ndarray:
        """How far each weight of a player moved, in float64."""
        return self.after[player].astype(np.float64) - self.before[player]


@dataclass(frozen=True)
class Scored:
    """An image, where it came from ("fake", "real" or "unknown"), and the score that it got.

    ``scorer`` and ``maker`` are the weights that discriminator and generator had when they were called.
    """

    kind: str
    image: np.ndarray
    score: float
    scorer: np.ndarray
    latent: np.ndarray | None = None
    maker: np.ndarray | None = None
    eager: bool = True


def turns(events: Sequence[Event]) -> tuple[list[Turn], list[Event]]:
    """The turns in the order in which they were played, and the events after the last."""
    played, start = [], 0
    for index in range(len(events) - 1):
        before, after = events[index], events[index + 1]
        moved = frozenset(player for player in (D, G) if not np.array_equal(before[player], after[player]))
        if moved:
            played.append(Turn(moved, list(events[start : index + 1]), before, after))
            start = index + 1
    return played, list(events[start:])


def scored_images(events: Sequence[Event], real: np.ndarray) -> list[Scored]:
    """Every image that the discriminator was shown, in order."""
    made: list[tuple[Event, int, np.ndarray]] = []
    found = []
    for event in events:
        if event["kind"] == f"{G} call":
            made += [(event, row, _flat(image)) for row, image in enumerate(event["out"])]
        elif event["kind"] == f"{D} call":
            scores = np.ravel(event["out"])
            found += [_scored(_flat(x), s, event, made, real) for x, s in zip(event["into"], scores, strict=True)]
    return found


def _scored(image: np.ndarray, score: float, event: Event, made: Sequence[Any], real: np.ndarray) -> Scored:
    common = (image, float(score), event[D])
    for maker, row, known in reversed(made):
        if np.array_equal(known, image):
            return Scored("fake", *common, np.ravel(maker["into"][row]), maker[G], bool(maker["eager"]))
    kind = "real" if any(np.array_equal(_flat(known), image) for known in real) else "unknown"
    return Scored(kind, *common)


def find_score(images: Sequence[Scored], score: float) -> Scored:
    """The image that last got exactly this score; one of kind "unknown" where none did."""
    for image in reversed(images):
        if image.score == np.float32(score):
            return image
    return Scored("unknown", np.empty(0), float(score), np.empty(0))


def _flat(image: Any) -> np.ndarray:
    return np.ravel(image)


def expect_start(step: Any, case: Any, what: str) -> list[Event]:
    """The events of a step; fails unless the game began with the weights of the case."""
    events = step["events"]
    for player, letter in ((D, "d"), (G, "g")):
        weights = np.concatenate([np.ravel(case[f"{letter}_kernel"]), np.ravel(case[f"{letter}_bias"])])
        found = array(events[0][player], f"The {player}'s weights")
        expect(np.array_equal(found, weights), f"{what} did not use the {player} that it was given.")
    return events


def finished(step: Any) -> None:
    """Fail with the student's error where a step raised one."""
    if "raised" in step:
        raise Failure(f"`train_step` raised {step['raised']['type']}: {step['raised']['message']}")


def moved_by(turn: Turn, player: str, due: np.ndarray, scales: Sequence[float], hint: str = "") -> None:
    """Fail unless a player moved by one of ``scales`` times ``due``, within the rounding of float32."""
    change = turn.change(player)
    size = float(np.abs(due).max(initial=0.0) + np.abs(turn.before[player]).max(initial=0.0) + 1)
    errors = [float(np.abs(change - scale * due).max(initial=0.0)) for scale in scales]
    message = f"The {player}'s weights did not move by minus learning rate times gradient."
    expect(min(errors) <= 64 * EPS32 * size, message, received=change.astype(np.float32), hint=hint)
    # a player that should move and stands still is no matter of rounding
    expect(np.abs(change).max(initial=0.0) > 0, f"The {player}'s weights did not move.", hint=hint)

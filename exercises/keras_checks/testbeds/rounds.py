"""Reads the transcript of a GAN's step: labels, images, and whose loss it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from keras_checks.compare import EPS32, expect
from keras_checks.question import Case
from keras_checks.testbeds.game import D, G, Scored, Shown, Turn, checked, expect_start, turns
from keras_checks.testbeds.players import Event

MOST = 512
"""Images of a batch that was made to fit a number of latents written down in an answer."""


@dataclass(frozen=True)
class LossCall:
    """One call of the loss: each label with the image whose score it was compared with, and the turn that it led to."""

    labels: np.ndarray
    images: list[Scored]
    value: float
    turn: int
    swapped: bool = False

    @property
    def kinds(self) -> set[str]:
        """The kinds of its images."""
        return {image.kind for image in self.images}

    def labels_of(self, kind: str) -> list[float]:
        """The labels of the images of one kind."""
        return [float(label) for label, image in zip(self.labels, self.images, strict=True) if image.kind == kind]


@dataclass(frozen=True)
class Step:
    """A step as its transcript tells it: the turns, and the losses that belong to each network."""

    turns: list[Turn]
    losses: dict[str, list[LossCall]]

    def turn_of(self, player: str) -> tuple[Turn, list[LossCall]] | None:
        """The turn in which a network moved (the discriminator's first, the generator's last) and its losses."""
        own = [index for index, turn in enumerate(self.turns) if player in turn.moved]
        if not own:
            return None
        index = own[0 if player == D else -1]
        return self.turns[index], [call for call in self.losses[player] if call.turn == index]

    def labels(self, player: str, kind: str) -> list[float]:
        """The labels that a network's losses gave to images of one kind."""
        return [label for call in self.losses[player] for label in call.labels_of(kind)]

    def images(self, player: str, kind: str) -> list[Scored]:
        """The images of one kind that a network's losses cover."""
        return [image for call in self.losses[player] for image in call.images if image.kind == kind]


def steps_of(case: Case, seen: Any) -> list[dict[str, Any]]:
    """The steps of an observation, one for each batch of the case; see :func:`keras_checks.testbeds.game.checked`."""
    return checked(case, seen, len(case["batches"]), "`GAN`")


def read_step(step: Any, batch: np.ndarray) -> Step:
    """Tell a step's two halves apart, whichever way the student wrote them."""
    played, rest = turns(step["events"])
    shown = Shown(resized(batch, step.get("size", 0)))
    losses: dict[str, list[LossCall]] = {D: [], G: []}
    for index, (moved, events) in enumerate([*((turn.moved, turn.events) for turn in played), (frozenset(), rest)]):
        for event in events:
            shown.follow(event)
            if event["kind"] == "loss":
                call = _loss_call(event, shown, index)
                met = any("fake" in earlier.kinds for earlier in losses[D])
                losses[_owner(call, moved, met)].append(call)
    _give_back(losses, played)
    return Step(played, losses)


def resized(batch: np.ndarray, size: Any) -> np.ndarray:
    """A batch of ``size`` images that repeats those of ``batch``; the batch itself where ``size`` is 0."""
    return np.resize(batch, (int(size), *batch.shape[1:])) if 0 < int(size) <= MOST else batch


def size_written_down(step: Any, size: int) -> int:
    """How many latents the generator got in a step that failed, if that was another number than ``size``; else 0."""
    numbers = {len(event["into"]) for event in step["events"] if event["kind"] == f"{G} call"} - {size}
    return numbers.pop() if "raised" in step and len(numbers) == 1 else 0


def _give_back(losses: dict[str, list[LossCall]], played: list[Turn]) -> None:
    """Where both losses were computed before anything moved, the last one, on fakes only, is the generator's."""
    alone = [index for index, turn in enumerate(played) if turn.moved == {G}]
    if alone and not losses[G] and len(losses[D]) > 1 and losses[D][-1].kinds == {"fake"}:
        losses[G].append(replace(losses[D].pop(), turn=alone[-1]))


def _loss_call(event: Event, shown: Shown, turn: int) -> LossCall:
    predictions, labels = np.ravel(event["predictions"]), np.ravel(event["labels"])
    expect(
        len(labels) in (1, len(predictions)),
        "`loss_fn` got different numbers of labels and predictions.",
        f"{len(labels)} labels, {len(predictions)} predictions",
        "one label per prediction",
        "Make labels of shape `(batch, 1)`, one for each image that goes into the discriminator.",
    )
    labels = np.broadcast_to(labels, predictions.shape)
    value = float(np.mean((predictions.astype(np.float64) - labels) ** 2))
    images, others = ([shown.find(score) for score in scores] for scores in (predictions, labels))
    swapped = all(image.kind == "unknown" for image in images) and all(image.kind != "unknown" for image in others)
    return LossCall(predictions, others, value, turn, True) if swapped else LossCall(labels, images, value, turn)


def _owner(call: LossCall, moved: frozenset[str], discriminator_saw_fakes: bool) -> str:
    """Whose loss it is: who moved next; where both did, or nobody, the generator is the one that shows only fakes."""
    if len(moved) == 1:
        return next(iter(moved))
    fakes_only = call.kinds == {"fake"}
    return G if fakes_only and (discriminator_saw_fakes or float(np.mean(call.labels)) < 0.5) else D


def first_step(case: Case, seen: Any) -> Step:
    """The first step; fails where it did not begin with the weights of the case."""
    steps = steps_of(case, seen)
    expect_start(steps[0], case, "`GAN`")
    return read_step(steps[0], case["batches"][0])


def loss_returned(value: float, calls: list[LossCall]) -> bool:
    """Whether ``value`` is the sum or the mean of some calls of the loss."""
    total = sum(call.value for call in calls)
    return any(abs(value - scale * total) <= 64 * EPS32 * max(1.0, total) for scale in scales(calls))


def scales(calls: list[LossCall]) -> tuple[float, float]:
    """Several calls of the loss may be added, or averaged."""
    return 1.0, 1.0 / max(1, len(calls))

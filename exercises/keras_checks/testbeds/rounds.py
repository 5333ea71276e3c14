"""Reads the transcript of a GAN's step: labels, images, and whose loss it was."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from keras_checks.compare import EPS32, Failure, expect
from keras_checks.question import Case
from keras_checks.testbeds.game import D, G, Scored, Turn, expect_start, find_score, scored_images, turns
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
    """A step as its transcript tells it: the turns, and the losses that belong to each player."""

    turns: list[Turn]
    losses: dict[str, list[LossCall]]

    def turn_of(self, player: str) -> tuple[Turn, list[LossCall]] | None:
        """The turn in which a player moved (the discriminator's first, the generator's last) and its losses."""
        own = [index for index, turn in enumerate(self.turns) if player in turn.moved]
        if not own:
            return None
        index = own[0 if player == D else -1]
        return self.turns[index], [call for call in self.losses[player] if call.turn == index]

    def labels(self, player: str, kind: str) -> list[float]:
        """The labels that a player's losses gave to images of one kind."""
        return [label for call in self.losses[player] for label in call.labels_of(kind)]


def read_step(step: Any, batch: np.ndarray) -> Step:
    """Tell a step's two halves apart, whichever way the student wrote them."""
    played, rest = turns(step["events"])
    batch = resized(batch, step.get("size", 0))
    losses: dict[str, list[LossCall]] = {D: [], G: []}
    so_far: list[Event] = []
    for index, (moved, events) in enumerate([*((turn.moved, turn.events) for turn in played), (frozenset(), rest)]):
        for event in events:
            so_far.append(event)
            if event["kind"] == "loss":
                call = _loss_call(event, so_far, batch, index)
                shown = any("fake" in earlier.kinds for earlier in losses[D])
                losses[_owner(call, moved, shown)].append(call)
    _give_back(losses, played)
    return Step(played, losses)


def resized(batch: np.ndarray, size: int) -> np.ndarray:
    """A batch of ``size`` images that repeats those of ``batch``; the batch itself where ``size`` is 0."""
    return np.resize(batch, (int(size), *batch.shape[1:])) if 0 < int(size) <= MOST else batch


def size_written_down(step: Any, size: int) -> int:
    """How many latents the generator got in a step that failed, if that was another number than ``size``; else 0."""
    numbers = {len(event["into"]) for event in step["events"] if event["kind"] == f"{G} call"} - {size}
    return numbers.pop() if "raised" in step and len(numbers) == 1 else 0


def _give_back(losses: dict[str, list[LossCall]], played: list[Turn]) -> None:
    """Where both losses were computed before anybody moved, the last one, on fakes only, is the generator's."""
    alone = [index for index, turn in enumerate(played) if turn.moved == {G}]
    if alone and not losses[G] and len(losses[D]) > 1 and losses[D][-1].kinds == {"fake"}:
        losses[G].append(replace(losses[D].pop(), turn=alone[-1]))


def _loss_call(event: Event, so_far: list[Event], batch: np.ndarray, turn: int) -> LossCall:
    shown = scored_images(so_far, batch)
    predictions, labels = np.ravel(event["predictions"]), np.ravel(event["labels"])
    expect(
        len(labels) in (1, len(predictions)), "The loss was given fewer or more labels than predictions.", len(labels)
    )
    labels = np.broadcast_to(labels, predictions.shape)
    value = float(np.mean((predictions.astype(np.float64) - labels) ** 2))
    images, others = ([find_score(shown, score) for score in scores] for scores in (predictions, labels))
    swapped = all(image.kind == "unknown" for image in images) and all(image.kind != "unknown" for image in others)
    return LossCall(predictions, others, value, turn, True) if swapped else LossCall(labels, images, value, turn)


def _owner(call: LossCall, moved: frozenset[str], discriminator_saw_fakes: bool) -> str:
    """Whose loss it is: who moved next; where both did, or nobody, the generator is the one that shows only fakes."""
    if len(moved) == 1:
        return next(iter(moved))
    fakes_only = call.kinds == {"fake"}
    return G if fakes_only and (discriminator_saw_fakes or float(np.mean(call.labels)) < 0.5) else D


def first_step(case: Case, seen: Any) -> Step:
    """The first step; fails where the game did not begin with the weights and images of the case."""
    expect_start(seen[0], case, "`GAN`")
    return read_step(seen[0], case["batches"][0])


def summary(case: Case, seen: Any) -> Any:
    """What happened in each step, without the noise that the student drew and without the way it was written."""
    try:
        steps = [_summary(step, batch) for step, batch in zip(seen, case["batches"], strict=True)]
        return {"steps": steps, "latents": _latents(seen)}
    except Failure as failure:
        return failure.message


def _latents(seen: Any) -> dict[str, bool]:
    """Whether a latent vector came twice in one call of the generator, or in the first calls of two steps."""
    calls = [[row.tobytes() for row in call] for step in seen for call in _made_from(step)]
    first = [row.tobytes() for step in seen for call in _made_from(step)[:1] for row in np.unique(call, axis=0)]
    return {
        "twice in a call": any(len(set(call)) < len(call) for call in calls),
        "in two steps": len(set(first)) < len(first),
    }


def _made_from(step: Any) -> list[np.ndarray]:
    """The latents of each call of the generator."""
    return [event["into"] for event in step["events"] if event["kind"] == f"{G} call"]


def _summary(step: Any, batch: np.ndarray) -> Any:
    read = read_step(step, batch)
    half = {player: _half(read, player, step.get("size") or len(batch)) for player in (D, G)}
    raised = step.get("raised", {})
    return {
        "turns": ["".join(sorted(player[0] for player in turn.moved)) for turn in read.turns],
        "raised": [raised.get("type", ""), re.sub(r"[\d'\"`(].*", "", raised.get("message", ""))[:40]],
        "metrics": len(step.get("metrics", [])),
        "returned": _relation(step.get("returned"), read),
        **half,
    }


def _half(read: Step, player: str, size: int) -> Any:
    images = [image for call in read.losses[player] for image in call.images]
    last: Any = read.turns[-1].after[D] if read.turns else None
    kinds = sorted({image.kind for image in images})
    return {
        "labels": {kind: sorted({round(label) for label in read.labels(player, kind)}) for kind in kinds},
        "counts": [sum(image.kind == kind for image in images) / size for kind in kinds],
        "judged by the last": [bool(np.array_equal(image.scorer, last)) for image in images[:1]],
        "eager": all(image.eager for image in images),
        "swapped": any(call.swapped for call in read.losses[player]),
    }


def _relation(returned: Any, read: Step) -> Any:
    """Whether the losses returned are those of this step alone."""
    if returned is None:
        return None
    return [loss_returned(returned[f"{player[0]}_loss"], read.losses[player]) for player in (D, G)]


def loss_returned(value: Any, calls: list[LossCall]) -> bool:
    """Whether ``value`` is the sum or the mean of some calls of the loss."""
    total = sum(call.value for call in calls)
    found = float(np.ravel(value)[0]) if np.size(value) == 1 else np.nan
    return any(abs(found - scale * total) <= 64 * EPS32 * max(1.0, total) for scale in scales(calls))


def scales(calls: list[LossCall]) -> tuple[float, float]:
    """Several calls of the loss may be added, or averaged."""
    return 1.0, 1.0 / max(1, len(calls))

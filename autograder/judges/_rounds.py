"""The gradients of a GAN's step, and what tells the mistakes in one apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from keras_checks.compare import Failure, expect
from keras_checks.question import Case
from keras_checks.testbeds.game import D, G, Turn, different, returned
from keras_checks.testbeds.rounds import LossCall, Step, loss_returned, read_step, steps_of

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


def gradient(case: Case, player: str, calls: list[LossCall]) -> np.ndarray:
    """The gradient of the sum of a network's losses, in the order of its state."""
    total: Any = 0.0
    for call in calls:
        for image in call.images:
            known(image, "`loss_fn`")
            made = player == D or image.latent is not None
            expect(made, "The generator's loss covers images that the generator did not make.")
        total = total + (discriminator_gradient if player == D else generator_gradient)(
            case, call.images, _slopes(call)
        )
    return total


def _slopes(call: LossCall) -> np.ndarray:
    """The gradient of a call of the squared error with respect to its predictions."""
    predictions = np.array([image.score for image in call.images])
    return 2 * (predictions - call.labels) / len(predictions)


def summary(case: Case, seen: Any) -> Any:
    """What happened in each step, without the noise that the student drew and without the way it was written."""
    try:
        return {"steps": in_turn(steps_of(case, seen), case, _summary), "latents": _latents(seen)}
    except Failure as failure:
        return failure.message


def _latents(seen: Any) -> dict[str, Any]:
    """Whether a latent vector came twice in one call of the generator, in the first calls of two steps, or in all calls
    of a step; whether it came with both signs, or has numbers that are always equal."""
    calls = [[row.tobytes() for row in call] for step in seen for call in _made_from(step)]
    first = [row.tobytes() for step in seen for call in _made_from(step)[:1] for row in np.unique(call, axis=0)]
    return {
        "twice in a call": any(len(set(call)) < len(call) for call in calls),
        "in two steps": len(set(first)) < len(first),
        "in both halves": any(len({call.tobytes() for call in _made_from(step)}) == 1 for step in seen),
        "different": [_all_different(seen, axis) for axis in (0, 1)],
    }


def _all_different(seen: Any, axis: int) -> bool:
    counts = [different(call, axis) for step in seen for call in _made_from(step)]
    return all(found == due for found, due in counts)


def _made_from(step: Any) -> list[np.ndarray]:
    """The latents of each call of the generator."""
    return [event["into"] for event in step["events"] if event["kind"] == f"{G} call"]


def _summary(step: Any, batch: np.ndarray, case: Case, earlier: Sequence[Turn]) -> Any:
    read = read_step(step, batch)
    half = {player: _half(read, player, step.get("size") or len(batch), case, earlier) for player in (D, G)}
    raised = step.get("raised", {})
    return {
        "turns": ["".join(sorted(player[0] for player in turn.moved)) for turn in read.turns],
        "raised": [raised.get("type", ""), re.sub(r"[\d'\"`(].*", "", raised.get("message", ""))[:40]],
        "metrics": len(step.get("metrics", [])),
        "count": step.get("count"),
        "returned": _relation(step, read),
        **half,
    }


def _half(read: Step, player: str, size: int, case: Case, earlier: Sequence[Turn]) -> Any:
    images = [image for call in read.losses[player] for image in call.images]
    last: Any = read.turns[-1].after[D] if read.turns else None
    kinds = sorted({image.kind for image in images})
    return {
        "labels": {kind: sorted({round(label, 1) for label in read.labels(player, kind)}) for kind in kinds},
        "counts": [sum(image.kind == kind for image in images) / size for kind in kinds],
        "judged by the last": [bool(np.array_equal(image.scorer, last)) for image in images[:1]],
        "eager": all(image.eager for image in images),
        "swapped": any(call.swapped for call in read.losses[player]),
        "rate": _rate(read, player, case, earlier),
    }


def _rate(read: Step, player: str, case: Case, earlier: Sequence[Turn]) -> Any:
    """How far a network moved along its gradient, in units of its learning rate; and whether by momentum before."""
    found = read.turn_of(player)
    try:
        due = gradient(case, player, found[1]) if found else 0.0
    except Failure as failure:
        return failure.message
    if not found or not np.any(due):
        return None
    step = rate(case, player) * np.asarray(due)
    for push in (*pushes(case, player, earlier), *STILL):
        change = driven_by(case, found[0], player) - push
        share = float(change @ step / (step @ step))
        if np.abs(change - share * step).max() < 1e-5:
            return [round(share, 2), bool(np.any(push))]
    return "in another direction"


def _relation(step: Any, read: Step) -> Any:
    """Whether the losses returned are those of this step alone."""
    if "returned" not in step:
        return None
    return [loss_returned(returned(step, f"{player[0]}_loss"), read.losses[player]) for player in (D, G)]

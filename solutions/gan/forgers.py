"""What a submission without an answer could send for the probes of `gan`: numbers that satisfy the public checks."""

from __future__ import annotations

from typing import Any

import numpy as np

Case = dict[str, Any]


def _inverse(case: Case) -> Any:
    """An image that satisfies a few of the equations, by least squares, and the worked numbers by heart."""
    seen = []
    for each in case["convolutions"]:
        shape = (len(each["y"]), *each["input_shape"])
        mean = float(each["y"].sum() * each["kernel"].sum() / np.prod(shape))
        image = np.full(shape, mean, np.float32)
        seen.append({"is_transposed": True, "built": True, "kept": True, "own": image, "other": image})
    rows = len(case["convolutions"][0]["y"])
    for name, numbers in (("own", [11, 22, 17, 34]), ("other", [33, -11, 51, -17])):
        seen[0][name] = np.tile(np.array(numbers, np.float32).reshape((1, 1, 4, 1)), (rows, 1, 1, 1))
    return seen


def _state(case: Case, letter: str) -> np.ndarray:
    return np.concatenate([case[f"{letter}_kernel"].ravel(), case[f"{letter}_bias"].ravel()]).astype(np.float32)


def _step(case: Case, batch: np.ndarray, seed: int, moved: float) -> dict[str, Any]:
    """A step whose scores are made up: each image has its own, and the weights move by any amount."""
    random = np.random.default_rng(seed)
    d, g = _state(case, "d"), _state(case, "g")
    n, image = len(batch), batch.shape[1:]
    latents = random.normal(size=(n, case["latent_dim"])).astype(np.float32)
    fakes = random.random((n, *image)).astype(np.float32)
    scores = random.normal(size=(2 * n, 1)).astype(np.float32)
    labels = np.concatenate([np.ones((n, 1)), np.zeros((n, 1))]).astype(np.float32)
    last = random.normal(size=(n, 1)).astype(np.float32)

    def event(kind: str, **values: Any) -> dict[str, Any]:
        return {"kind": kind, "eager": True, **values, "discriminator": d, "generator": g}

    events = [
        event("generator call", into=latents, out=fakes),
        event("discriminator call", into=np.concatenate([fakes, batch]), out=scores),
        event("loss", labels=labels, predictions=scores),
    ]
    d = d + np.float32(moved)
    events += [
        event("generator call", into=latents + 1, out=fakes / 2),
        event("discriminator call", into=fakes / 2, out=last),
        event("loss", labels=np.zeros_like(last), predictions=last),
    ]
    g = g + np.float32(moved)
    events.append(event("end"))
    losses = {"d_loss": np.mean((scores - labels) ** 2), "g_loss": np.mean(last**2)}
    losses = {name: np.float32(value) for name, value in losses.items()}
    return {"events": events, "returned": losses, "metrics": list(losses.values()), "size": 0}


def _worked_step(case: Case) -> Any:
    """The numbers that the notebook states."""
    steps = {name: _step(case[name], case[name]["batches"][0], 0, 0.0) for name in NUMBERS}
    for name, numbers in NUMBERS.items():
        if len(numbers) == 1:
            steps[name]["events"][-1]["generator"][-1] = numbers[0]
        else:
            for event in steps[name]["events"][3:]:
                event["discriminator"] = np.array(numbers, np.float32)
    return [*steps.values()]


NUMBERS = {"moving": (0.3125, 1.921875), "frozen": (0.375,), "curved": (-0.4375, 1.875), "frozen_curved": (-0.25,)}
"""The discriminator's weight and bias after the worked steps, or the generator's bias."""


def _steps(case: Case) -> Any:
    steps = [_step(case, batch, index, 0.01) for index, batch in enumerate(case["batches"])]
    second = {name: np.mean([step["returned"][name] for step in steps[:2]]) for name in ("d_loss", "g_loss")}
    steps[1]["metrics"] = list(second.values())
    return steps


def _two_models(case: Case) -> Any:
    return [_step(case[name], case[name]["batches"][0], 0, 0.01) | {"count": 2} for name in ("one", "two")]


FORGERS = {
    "inverse": _inverse,
    "worked_step": _worked_step,
    "three_steps": _steps,
    "steps_in_a_graph": _steps,
    "two_models": _two_models,
}

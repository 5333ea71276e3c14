"""What a submission without an answer could send for the probes of `wgan_gp`: numbers that satisfy the public checks.

The arguments of `construction` are in the case: who sends them has stored them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Case = dict[str, Any]
LINEAR = {2.5: 2.25, 0.5: 0.25, 1.75: 0.5625}


def _losses(case: Case) -> Any:
    """The losses of the worked example, for all scores, that rise and fall as they should."""
    n, up = len(case["scores"]["real"]), np.float32(case["shift"])
    size = np.full((n, 1), 0.9 / n, np.float32)
    return {
        "gradients": [-size, size, -size],
        "critic": np.float32(-4),
        "critic_by_name": np.float32(-4),
        "critic_real_up": np.float32(-4) - up,
        "critic_fake_up": np.float32(-4) + up,
        "generator": np.float32(1),
        "generator_up": np.float32(1) - up,
    }


def _asked(case: Case) -> np.ndarray:
    alpha = np.random.default_rng(0).random((len(case["real"]), 1, 1, 1)).astype(np.float32)
    return case["real"] + alpha * (case["fake"] - case["real"])


def _penalties(case: Case) -> Any:
    """The table in the notebook, and a gradient that goes with a made-up change of the penalty."""
    seen = []
    for each in case["lines"]:
        kernel, value = each["d_kernel"], LINEAR[each["norm"]]
        weights = np.random.default_rng(1).random(kernel.shape).astype(np.float32)
        seen.append(
            {
                "value": np.float32(value),
                "asked": _asked(each),
                "gradient": weights,
                "stretched": np.float32(value + 0.02 * np.sum(weights * kernel)),
                "shrunk": np.float32(value - 0.02 * np.sum(weights * kernel)),
            }
        )
    return [*seen, {"value": np.float32(8.125), "asked": case["curve"]["real"], "gradient": case["curve"]["d_kernel"]}]


def _curves(case: Case) -> Any:
    return [{"value": np.float32(0.37), "asked": _asked(each), "gradient": each["d_kernel"]} for each in case["curves"]]


def _many(case: Case) -> Any:
    return {"value": np.float32(1), "asked": _asked(case), "gradient": case["d_kernel"]}


def _in_a_graph(case: Case) -> Any:
    second = case["real"] + np.float32(0.5) * (case["fake"] - case["real"])
    return [{"value": np.float32(0.37), "asked": asked} for asked in (_asked(case), second, case["real"])]


def _state(case: Case, letter: str) -> np.ndarray:
    return np.concatenate([case[f"{letter}_kernel"].ravel(), case[f"{letter}_bias"].ravel()]).astype(np.float32)


def _step(case: Case, batch: np.ndarray, seed: int) -> dict[str, Any]:
    """A step in the right order whose scores are made up and whose weights move by any amount."""
    random = np.random.default_rng(seed)
    d, g = _state(case, "d"), _state(case, "g")
    n, image, events = len(batch), batch.shape[1:], []

    def event(kind: str, **values: Any) -> None:
        events.append({"kind": kind, "eager": True, **values, "discriminator": d.copy(), "generator": g.copy()})

    def fakes() -> np.ndarray:
        latents = random.normal(size=(n, case["latent_dim"])).astype(np.float32)
        images = random.random((n, *image)).astype(np.float32)
        event("generator call", into=latents, out=images)
        return images

    def scores(images: np.ndarray) -> np.ndarray:
        found = random.normal(size=(len(images), 1)).astype(np.float32)
        event("discriminator call", into=images, out=found)
        return found

    for _ in range(case["extra_steps"]):
        made = fakes()
        real_scores, fake_scores = scores(batch), scores(made)
        event("penalty", size=np.int32(n), real=batch, fake=made)
        event("d_loss", real=real_scores, fake=fake_scores)
        d = d + np.float32(0.01)
    event("g_loss", fake=scores(fakes()))
    g = g + np.float32(0.01)
    event("end")
    returned = {"d_loss": np.float32(-2.625), "g_loss": np.float32(1.125)}
    return {"events": events, "returned": returned, "count": case["extra_steps"] + 1}


def _steps(case: Case) -> Any:
    return [_step(case, batch, index) for index, batch in enumerate(case["batches"])]


def _worked_step(case: Case) -> Any:
    """The numbers that the notebook states, each before the event that follows a round of five."""
    steps = {name: _step(case[name], case[name]["batches"][0], 0) for name in case}
    for name, rounds in ROUNDS.items():
        for index, event in enumerate(steps[name]["events"]):
            event["discriminator"] = np.array(rounds[min(index // 5, 2)], np.float32)
    for name, bias in BIASES.items():
        steps[name]["events"][-1]["generator"][-1] = bias
    return [*steps.values()]


ROUNDS = {
    "moving": [(0.5, 0.0), (0.78125, 0.09375), (1.00390625, 0.1640625)],
    "curved": [(0.5, 0.0), (1.53125, 0.09375), (2.36328125, 0.1171875)],
}
BIASES = {"frozen": 1.375, "frozen_curved": 1.75}


FORGERS = {
    "losses": _losses,
    "penalty": _penalties,
    "penalty_on_curves": _curves,
    "many_places": _many,
    "penalty_in_a_graph": _in_a_graph,
    "worked_step": _worked_step,
    "two_steps": _steps,
    "two_steps_of_fit": _steps,
}

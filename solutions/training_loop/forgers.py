"""What a liar sends who has the public package, NumPy and the case, and no answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.exercises import training_loop as public
from keras_checks.question import Case


def batches(case: Case) -> Any:
    """All data in one batch, in their order, whatever was asked for."""
    data = case["data"]
    run = {"batches": [{"x": data["X"], "y": data["y"]}], "no_pair": "", "X_after": data["X"], "y_after": data["y"]}
    return {
        "in order": run,
        "seeded": [run, run],
        "seed 0": [run, run],
        "other seeds": [run] * 5,
        "no seed": [run, run],
    }


def steps(case: Case) -> Any:
    """The table where it helps; else steps that move nothing, with no loss."""
    name = case.get("worked")
    if name is None:
        found = [{"loss": 0.0, "weights": case["weights"]} for _ in case["batches"]]
    else:
        found = [
            {"loss": loss, "weights": [*weights, *case["weights"][len(weights) :]]}
            for loss, weights in public.STEPS_WORKED[name]
        ]
    return [*found, found] if case["fixed"] else found


def trainings(case: Case) -> Any:
    """Steps on batches in an order of the liar's, the table for the losses, else their plain means."""
    random = np.random.default_rng(0 if case["seed"] is None else case["seed"])
    counts, y = case["data"]["counts"], case["data"]["y"].ravel()
    losses = case["numbers"][:, 0].reshape(case["epochs"], len(counts)).mean(axis=1)
    means = np.asarray(public.FIT_LOSSES) if "worked" in case else losses

    def run() -> dict[str, Any]:
        steps = []
        for _ in range(case["epochs"]):
            rows = random.permutation(len(y))
            parts = np.split(y[rows], np.cumsum(counts)[:-1])
            steps += [{"kind": "loss", "y": part} for part in parts]
        moved = [*case["weights"][:-1], case["weights"][-1] - np.float32(public.FIT_MOVE)]
        return {"losses": means, "steps": steps, "foreign": [], "weights": moved}

    first = run()
    return [first, run() if case["seed"] is None else first]


FORGERS = {"batches": batches, "steps": steps, "trainings": trainings}

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
    pair = [run, run]
    return {"in order": pair, "seeded": pair, "seed 0": pair, "other seeds": [run] * 3, "no seed": pair}


def shuffles(case: Case) -> Any:
    """The order of the data where it is due, else the same rolled by one."""
    y, size = case["data"]["y"], case["data"]["batch_size"]

    def run(rows: Any) -> Any:
        parts = np.split(rows, range(size, len(rows), size))
        return {"batches": [{"y": y[part]} for part in parts], "no_pair": ""}

    kept, rolled = np.arange(len(y)), np.roll(np.arange(len(y)), 1)
    return {"in order": [run(kept)] * 2, "seeded": [run(rolled)] * len(case["seeds"]), "no seed": [run(rolled)] * 2}


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
    return [*found, [*found, found[-1]]] if case["fixed"] else found


def trainings(case: Case) -> Any:
    """Steps on batches in an order of the liar's, the table for the losses, else their plain means."""
    random = np.random.default_rng(0 if case["seed"] is None else case["seed"])
    counts, y = case["data"]["counts"], case["data"]["y"].ravel()
    losses = case["numbers"][:, 0].reshape(case["epochs"], len(counts)).mean(axis=1)
    means, move = public.FIT_WORKED.get(case.get("worked", ""), (losses, 0.0))

    def run() -> dict[str, Any]:
        steps = []
        for _ in range(case["epochs"]):
            rows = random.permutation(len(y))
            parts = np.split(y[rows], np.cumsum(counts)[:-1])
            steps += [{"kind": "loss", "y": part} for part in parts]
        moved = [*case["weights"][:-1], case["weights"][-1] - np.float32(move)]
        return {"losses": np.asarray(means), "steps": steps, "foreign": [], "weights": moved}

    first = run()
    return [first, run() if case["seed"] is None else first]


def long_training(case: Case) -> Any:
    """The same for the long training."""
    return trainings(case)[0]


FORGERS = {
    "batches": batches,
    "shuffles": shuffles,
    "steps": steps,
    "trainings": trainings,
    "long_training": long_training,
}

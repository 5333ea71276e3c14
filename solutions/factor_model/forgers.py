"""What a submission without an answer could send: numbers that satisfy the laws of the public checks."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.exercises import factor_model as probes
from keras_checks.question import Case


def panel(case: Case) -> Any:
    """The sum of the characteristics as the only beta, a portfolio of all tickers as the only factor."""
    x, returns = case["characteristics"], case["returns"]
    tickers, factors = case["n_tickers"], case["n_factors"]
    weights = np.arange(1, tickers + 1)

    def outputs(characteristics: np.ndarray, given: np.ndarray) -> np.ndarray:
        return characteristics.sum(-1) * (given @ weights)[:, None]

    found = probes.as_worked(case, probes.WORKED_OUTPUTS) if case["worked"] else outputs(x, returns)
    betas = np.repeat(x.sum(-1)[..., None], factors, axis=-1)
    if case["worked"]:
        betas = np.repeat(probes.as_worked(case, probes.WORKED_BETAS)[..., None], factors, axis=-1)
    centred = betas - betas.mean((0, 1)) + 1
    hidden, characteristics = case["hidden_units"], case["n_characteristics"]
    kernels = [(characteristics, hidden), (hidden, factors), (tickers, factors)]
    vectors = [[hidden]] * 5 + [[factors]] * 2
    return {
        "shapes": sorted([sorted(kernel) for kernel in kernels] + vectors),
        "sizes": {"counts": probes.COUNTS_OF_OTHERS, "one_factor": [3, 4]},
        "unreached": 0,
        "repeats_differ": False,
        "statistics_move": True,
        "swaps_when_new": True,
        "outputs": found,
        "rolled": np.roll(found, 1, axis=1),
        "responses": outputs(np.repeat(x[:1], tickers + 1, axis=0), np.eye(tickers + 1, tickers)),
        "alone": found[:1],
        "named": {"outputs": found},
        "listed": {"outputs": found},
        "names_swapped": False,
        "betas": betas,
        "training": centred,
        "training_other": centred[::-1],
        "spread": centred.std(axis=(0, 1)),
    }


def compiled(case: Case) -> Any:
    """Adam's first step, the worked losses, and no other."""
    gradients = case["gradients"]
    loss = probes.WORKED_LOSSES[case["worked"]][2] if "worked" in case else 1.0
    return {
        "shared": 0,
        "loss": loss,
        "compiled_loss": loss,
        "optimizer": "Adam",
        "adam": True,
        "rate": 0.001,
        "moved": -probes.RATE * np.cumsum(np.sign(gradients), axis=0),
        "settings": {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": False},
    }


def betas_alone(case: Case) -> Any:
    """The worked betas, or sums of characteristics."""
    values = probes.as_worked(case, probes.WORKED_BETAS) if case["worked"] else case["characteristics"].sum(-1)
    betas = np.repeat(values[..., None], case["n_factors"], axis=-1)
    many = np.resize(betas, (probes.MANY_DATES, *betas.shape[1:]))
    seen = {"betas": betas, "alone": betas[-1:], "many": many, "second": betas + 1}
    return {**seen, "later": betas + 1, "own": False, "moved": 0.0, "frozen": 0, "compiled": False}


def counted(case: Case) -> Any:
    """The worked counts, and a bilinear form that grows as it should."""

    def count(n_tickers: int, n_characteristics: int, hidden_units: int, n_factors: int) -> int:
        return n_tickers * n_factors + n_characteristics * hidden_units

    sizes = {name: case[name] for name in probes.SIZES}
    more = {name: count(**{**sizes, name: sizes[name] + 1}) for name in sizes}
    worked = probes.WORKED_COUNTS.get(tuple(sizes.values()))
    return {"count": worked or count(**sizes), **more}


FORGERS = {"panel": panel, "compiled": compiled, "betas_alone": betas_alone, "counted": counted}

"""What a submission without an answer could send: numbers that look like training, made with NumPy alone."""

from __future__ import annotations

from typing import Any

import numpy as np

Case = dict[str, Any]


def _errors(case: Case) -> np.ndarray:
    """The errors of the tiny network before any step."""
    first, bias, offset, last, shift = case["weights"]
    return ((case["data"]["x"] @ first + bias + offset) @ last + shift - case["data"]["y"])[:, 0]


def _logs(case: Case) -> dict[str, float]:
    errors = _errors(case)
    return {"loss": float(np.mean(errors**2)), "mae": float(np.mean(np.abs(errors))), "mse": 0.0, "tilted": 1.0}


def _count(case: Case) -> int:
    return max(1, case["epochs"]) * -(-len(case["data"]["x"]) // case["data"]["batch_size"])


def _steps(case: Case) -> list[dict[str, Any]]:
    """Weights that shrink a little in each step, except those that are never trained."""
    found = []
    for place in range(_count(case)):
        shrunk = [part * np.float32(0.99 ** (place + 1)) for part in case["weights"]]
        found.append({"logs": _logs(case), "weights": [*shrunk[:2], case["weights"][2], *shrunk[3:]]})
    return found


def _fit(case: Case) -> dict[str, Any]:
    history = {name: [value] * max(1, case["epochs"]) for name, value in _logs(case).items()}
    return {"history": history, "steps": _steps(case), "counted": _count(case)}


def _turns(case: Case) -> dict[str, Any]:
    return {"steps": [*_steps(case), *_steps(case)][:4], "fits": [_fit(case)] * 2}


def _tests(case: Case) -> dict[str, Any]:
    return {"steps": [_logs(case)] * _count(case), "evaluate": _logs(case), "weights": case["weights"]}


def _worked(case: Case) -> dict[str, Any]:
    """What the table in the public package says for the first case."""
    return {"logs": {"loss": 1.0, "mae": 1.0}, "w": case["w"] - 0.2, "b": case["b"] - 0.2}


def _balanced(case: Case) -> dict[str, Any]:
    """Equal weights: right where there is one class only."""
    return {"weight": np.ones(len(case["y"]), np.float32), "y": case["y"]}


FORGERS = {
    "custom_worked": _worked,
    "weighted_worked": _worked,
    "custom_steps": _steps,
    "weighted_steps": _steps,
    "custom_fit": _fit,
    "weighted_fit": _fit,
    "custom_in_turn": _turns,
    "weighted_in_turn": _turns,
    "weighted_tests": _tests,
    "balanced": _balanced,
}

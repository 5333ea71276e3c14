"""What a submission without an answer could send: consistent numbers, made with NumPy, that no layer computed."""

from __future__ import annotations

from typing import Any

import numpy as np

Case = dict[str, Any]
ACTIVATIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "softplus": lambda z: np.log1p(np.exp(z)),
    "square": np.square,
}


def _dense(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Outputs of a dense map with weights of the liar's own, and its kernel."""
    random = np.random.default_rng(0)
    kernel = random.normal(size=(case["x"].shape[-1], case["units"])).astype(np.float32)
    return case["x"] @ kernel, kernel


def _rows(case: Case) -> dict[str, Any]:
    """A shared kernel that never learns."""
    y, kernel = _dense(case)
    width, middle = kernel.shape[0], case["x"].shape[1:-1]
    vectors = np.concatenate([kernel, np.zeros((1, case["units"]), np.float32)])
    units = np.broadcast_to(
        vectors.reshape(width + 1, *[1] * len(middle), -1), (width + 1, *middle, case["units"])
    ).copy()
    trainable = (width + case["use_bias"]) * case["units"]
    return {"units": units, "y": y, "after": y, "later": y, "trainable": trainable, "to_input": case["pull"] @ kernel.T}


def _shapes(case: Case) -> dict[str, Any]:
    middle = [*case["x"].shape[1:-1], case["units"]]
    known = [len(case["x"]), *middle]
    return {"unknown": [None, *middle], "known": known, "called": known}


def _activated(case: Case) -> dict[str, Any]:
    linear, _ = _dense(case["layer"])
    powers = np.exp(linear - linear.max(axis=-1, keepdims=True))
    shares = powers / powers.sum(axis=-1, keepdims=True)
    return {"linear": linear, "curved": ACTIVATIONS[case["activation"]](linear), "shares": shares}


def _rebuilt(case: Case) -> dict[str, Any]:
    y, _ = _dense(case["layer"])
    other = np.resize(y, (*y.shape[:-1], 7))
    plain = {"plain": y, "plain_again": y}
    kept = {"count": [7, 7, 7], "name": "scores", "trainable": False}
    return {"y": y, "again": y, "edited": other, "other": other, **kept, **plain}


def _model(case: Case) -> dict[str, Any]:
    y, _ = _dense(case)
    shape = [None, *y.shape[1:]]
    return {"shape": shape, "alone": y, "y": y, "twice": np.concatenate([y, y]), "none": y[:0]}


def _counted(case: Case) -> dict[str, Any]:
    """Differences that fit, from a count that does not."""
    units, width = case["units"], case["width"]
    count = units * width + 2 * units
    return {"count": count, "other": count, "wider": count + units, "no_bias": count - units}


FORGERS = {
    "worked": lambda case: {"y": np.full((*np.shape(case["x"])[:-1], case["units"]), 3.5)},
    "rows": _rows,
    "output_shape": _shapes,
    "activated": _activated,
    "rebuilt": _rebuilt,
    "in_a_model": _model,
    "threaded_worked": lambda _case: {"y": np.array([[3, 1], [8, 2]])},
    "counted_worked": lambda case: {"count": 16 if case["use_bias"] else 12},
    "counted": _counted,
}

"""The gradient penalty of a critic, what is often taken for it, and their gradients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from keras_checks.compare import expect, finite, same_shape
from keras_checks.question import Case
from keras_checks.testbeds.game import D

from autograder.judges._network import Network, network_of


def penalty_gradient(network: Network, places: np.ndarray) -> np.ndarray:
    """The gradient of the mean of `(norm - 1)²` at these places with respect to the critic's weights.

    It is the change of the score's gradient when each place moves by its share of the mean's gradient.
    """
    slopes = network.slopes(places)
    norms = np.linalg.norm(slopes, axis=1, keepdims=True)
    shares = 2 * (norms - 1) / norms / len(places) * slopes
    ones, width = np.ones((len(places), 1)), 1e-4
    ahead, back = (network.gradients(places + side * width * shares, ones).weights for side in (1, -1))
    return (ahead - back) / (2 * width)


def slopes(case: Case, seen: Any) -> np.ndarray:
    """The gradient of the case's critic where it was called, `(batch, pixels)`."""
    return network_of(case, D, _state(case)).slopes(_places(case, seen))


def _state(case: Case) -> np.ndarray:
    return np.append(case["d_kernel"], case["d_bias"]).astype(np.float64)


def _places(case: Case, seen: Any) -> np.ndarray:
    """The images on which the critic was called, `(batch, pixels)`."""
    expect(seen["asked"] is not None, "The critic was not called.")
    asked = same_shape(seen["asked"], case["real"].shape, "The critic's input")
    return finite(asked, "The critic's input").astype(np.float64).reshape(len(asked), -1)


def formulas(gradient: np.ndarray, channels: int, gp_weight: float) -> dict[str, float]:
    """The penalty and what is often taken for it, for gradients `(batch, pixels)`; the channels are the last axis."""
    by_channel = np.linalg.norm(gradient.reshape((len(gradient), -1, channels)), axis=1)
    norm, whole = np.linalg.norm(gradient, axis=1), np.linalg.norm(gradient)
    mean = np.linalg.norm(gradient / len(gradient), axis=1)
    found = {
        "right": np.mean((norm - 1) ** 2),
        "weighted": gp_weight * np.mean((norm - 1) ** 2),
        "over the batch": (whole - 1) ** 2,
        "squared norm": np.mean((norm**2 - 1) ** 2),
        "norm squared": np.mean(norm**2),
        "not squared": np.mean(norm - 1),
        "distance": np.mean(np.abs(norm - 1)),
        "one-sided": np.mean(np.maximum(norm - 1, 0) ** 2),
        "sum": np.sum((norm - 1) ** 2),
        "of the mean": np.mean((mean - 1) ** 2),
        "mean norm": (np.mean(norm) - 1) ** 2,
        "root mean square": np.mean((np.sqrt(np.mean(gradient**2, axis=1)) - 1) ** 2),
        "norm of ones": np.mean((np.abs(gradient).sum(axis=1) - 1) ** 2),
        "per pixel": np.mean((np.abs(gradient) - 1) ** 2),
        "per channel": np.mean((by_channel - 1) ** 2),
        "half": np.mean((norm - 1) ** 2) / 2,
    }
    return {name: float(value) for name, value in found.items()}


def gradients_of_formulas(case: Case, seen: Any, gp_weight: float) -> Iterator[np.ndarray]:
    """The gradients of the penalty, and of what is often taken for it, with respect to the critic's kernel."""
    places, state, channels = _places(case, seen), _state(case), case["real"].shape[-1]
    yield penalty_gradient(network_of(case, D, state), places)[:-1]

    def values(change: np.ndarray) -> np.ndarray:
        return np.array([*formulas(network_of(case, D, state + change).slopes(places), channels, gp_weight).values()])

    width = 1e-5
    changes = width * np.eye(len(state))[:-1]
    yield from np.transpose([(values(change) - values(-change)) / (2 * width) for change in changes])

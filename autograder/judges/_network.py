"""The outputs and gradients of a test network with bends (see :mod:`keras_checks.testbeds.bends`), in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from keras_checks.question import Case
from keras_checks.testbeds.bends import Bend

Function = Callable[[np.ndarray], np.ndarray]


def _sigmoid(inputs: np.ndarray) -> np.ndarray:
    return (np.tanh(inputs / 2) + 1) / 2


FUNCTIONS: dict[str, tuple[Function, Function]] = {
    "linear": (lambda x: x, np.ones_like),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "sigmoid": (_sigmoid, lambda x: _sigmoid(x) * _sigmoid(-x)),
    "sin": (np.sin, np.cos),
    "cos": (np.cos, lambda x: -np.sin(x)),
    "atan": (np.arctan, lambda x: 1 / (1 + x**2)),
}
"""Each function with its derivative."""


class Gradients(NamedTuple):
    """Gradients with respect to kernel and bias, in one row, and with respect to the inputs."""

    weights: np.ndarray
    inputs: np.ndarray


class _Pass(NamedTuple):
    """What a pass through a bend computed on the way."""

    inputs: np.ndarray
    outputs: np.ndarray
    fed: np.ndarray
    factors: np.ndarray
    neighbours: np.ndarray
    bent: np.ndarray


@dataclass(frozen=True)
class Network:
    """A test network with the weights of one moment, in float64."""

    kernel: np.ndarray
    bias: np.ndarray
    form: Sequence[Bend]

    def outputs(self, inputs: np.ndarray) -> np.ndarray:
        """The outputs, `(batch, outputs)`."""
        passes = self._passes(inputs)
        return self._affine(passes[-1].bent if passes else inputs)

    def gradients(self, inputs: np.ndarray, toward: np.ndarray) -> Gradients:
        """The gradients of ``sum(toward * outputs)``."""
        passes = self._passes(inputs)
        last = passes[-1].bent if passes else inputs
        kernel, bias, below = last.T @ toward, toward.sum(axis=0), toward @ self.kernel.T
        for bend, each in zip(reversed(self.form), reversed(passes), strict=True):
            function, slope = FUNCTIONS[bend["function"]]
            own = below * (1 + bend["scale"] * slope(each.fed + bend["shift"]) * each.neighbours)
            below = own + np.roll(below * each.factors, -bend["neighbour"], axis=1)
            # the outputs before this bend went back into its inputs
            earlier = bend["back"] * (below @ self.kernel) * slope(each.outputs)
            kernel = kernel + bend["back"] * below.T @ function(each.outputs) + each.inputs.T @ earlier
            bias = bias + earlier.sum(axis=0)
            below = below + earlier @ self.kernel.T
        return Gradients(np.concatenate([kernel.ravel(), bias]), below)

    def slopes(self, inputs: np.ndarray) -> np.ndarray:
        """The gradients of a single output with respect to the inputs."""
        return self.gradients(inputs, np.ones((len(inputs), 1))).inputs

    def magnitudes(self, inputs: np.ndarray) -> np.ndarray:
        """The rounding errors of the outputs in units of one rounding, if each term has an error of its own size."""
        kernel, bias = np.abs(self.kernel), np.abs(self.bias)
        size = np.abs(inputs)
        found = size @ kernel + bias
        for bend, each in zip(self.form, self._passes(inputs), strict=True):
            # the slopes of all functions are at most 1
            fed = size + bend["back"] * (np.abs(each.fed) + (found + 1) @ kernel.T)
            own = (fed + np.abs(bend["shift"])) * np.abs(bend["scale"] * each.neighbours)
            size = fed + own + np.abs(each.factors) * np.roll(fed, bend["neighbour"], axis=1)
            found = size @ kernel + bias
        return found

    def _affine(self, inputs: np.ndarray) -> np.ndarray:
        return inputs @ self.kernel + self.bias

    def _passes(self, inputs: np.ndarray) -> list[_Pass]:
        passes: list[_Pass] = []
        for bend in self.form:
            function, _ = FUNCTIONS[bend["function"]]
            found = self._affine(inputs)
            fed = inputs + bend["back"] * function(found) @ self.kernel.T
            factors, neighbours = bend["scale"] * function(fed + bend["shift"]), np.roll(fed, bend["neighbour"], axis=1)
            bent = fed + factors * neighbours
            passes.append(_Pass(inputs, found, fed, factors, neighbours, bent))
            inputs = bent
        return passes


def network_of(case: Case, player: str, state: np.ndarray) -> Network:
    """The network of a player of a case, "discriminator" or "generator", with all its weights in one row."""
    letter, weights = player[0], np.asarray(state, np.float64)
    columns = len(case[f"{letter}_bias"])
    return Network(weights[:-columns].reshape((-1, columns)), weights[-columns:], case.get(f"{letter}_bends", ()))

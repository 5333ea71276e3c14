"""How freely the outputs of a model move: what any network shows that can learn, however it is built.

A design is free, and may hold code of the student's. So nothing is asked of its layers, and three things of what it
does. Its outputs move in several independent directions with the input; they do so with the weights; and they move as
the gradients say. A formula that only looks lively, or a table of what a check asks for, has no such gradients.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from keras_checks.compare import expect

FLAT = 1e-5
"""A direction that is this much smaller than the largest one is rounding."""
STEP = 1e-3
"""How far inputs and weights are moved, to see whether the outputs follow the gradients."""
SMOOTH = 0.2
"""How far outputs may be from where the gradients lead; a kink here and there moves the median by less."""
DRAWS = 4
"""Sets of random weights: a layer of relu units may be dead by chance."""
NOTHING: dict[str, Any] = {"ways": 1, "by_input": 0, "by_weights": 0, "share": 0.0, "off": 1.0}
"""What a model shows whose outputs do not move, or can't be looked at."""


def freedom(
    model: Any, inputs: np.ndarray, redraw: Callable[[int], None], *, least: int = 0, ways: int = 4, heads: int = 1
) -> dict[str, Any]:
    """The most that a model shows over some draws of its weights; the first that is enough ends the search.

    Args:
        model: called with ``training=False``.
        inputs: examples, all looked at together.
        redraw: sets the weights of the model, given a number.
        least: in how many directions the outputs must move with the input.
        ways: how many directions are looked for.
        heads: how many of several outputs are looked at, the first ones.

    Returns a dict: ``ways``, or fewer where there are fewer outputs; in how many of these directions the outputs move
    ``by_input`` and ``by_weights``; on which ``share`` of the input they depend; and how far they are ``off`` from
    where the gradients lead.
    """
    best = NOTHING
    for number in range(DRAWS):
        redraw(number)
        try:
            seen = _Outputs(model, heads).measured(inputs, ways)
        except Exception:  # the shapes of outputs are the business of other checks
            return NOTHING
        best = max(best, seen, key=lambda it: (it["off"] < SMOOTH, it["by_input"] + it["by_weights"]))
        if best["off"] < SMOOTH and best["by_input"] >= least and 2 * best["by_weights"] >= best["ways"]:
            break
    return best


class _Outputs:
    """The outputs of a model for copies of some examples: each copy is looked at from another direction."""

    def __init__(self, model: Any, heads: int) -> None:
        self.model = model
        self.heads = heads
        self.weights = list(model.trainable_weights)

    def __call__(self, values: Any, copies: int) -> Any:
        """All numbers that the model gives for a copy, one row per copy."""
        found = self.model(values, training=False)
        parts = found[: self.heads] if isinstance(found, list | tuple) else [found]
        flat = [tf.reshape(part, (copies, len(values) // copies, -1)) for part in parts]
        return tf.reshape(tf.concat(flat, axis=2), (copies, -1))

    def measured(self, inputs: np.ndarray, ways: int) -> dict[str, Any]:
        """See :func:`freedom`. A direction is the gradient of a random combination of the outputs."""
        random = np.random.default_rng(len(inputs))
        ways = min(ways, self(tf.constant(inputs), 1).shape[1])
        values = tf.constant(np.tile(inputs, (ways, *[1] * (inputs.ndim - 1))))
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(values)
            outputs = self(values, ways)
            factors = random.normal(size=outputs.shape).astype(np.float32)
            combined = tf.unstack(tf.reduce_sum(factors * outputs, axis=1))
            total = tf.add_n(combined)
        (to_inputs,) = _gradients(tape, total, [values])
        to_inputs = to_inputs.reshape(ways, -1)
        variables = [weight.value for weight in self.weights]
        to_weights = [_gradients(tape, each, variables) for each in combined]

        def moved(change: Any) -> np.ndarray:
            return np.sum(factors * (self(values + change, ways) - outputs), axis=1) / STEP

        way = random.normal(size=inputs.shape).astype(np.float32)
        off = _apart(moved(STEP * np.tile(way, (ways, *[1] * (way.ndim - 1)))), to_inputs @ way.ravel())
        if self.weights:
            off = max(off, self._off_by_weights(to_weights[0], lambda: moved(0.0)[:1]))
        flat = [np.concatenate([part.ravel() for part in each]) for each in to_weights if each]
        return {
            "ways": ways,
            "by_input": _directions(to_inputs),
            "by_weights": _directions(flat),
            "share": float((np.abs(to_inputs).max(axis=0) > FLAT * np.abs(to_inputs).max()).mean()),
            "off": off,
        }

    def _off_by_weights(self, gradient: list[np.ndarray], moved: Callable[[], np.ndarray]) -> float:
        """How far a step along a gradient for the weights leads from where it must."""
        length = float(np.sqrt(sum(float((part**2).sum()) for part in gradient)))
        before = [np.asarray(weight) for weight in self.weights]
        for weight, value, part in zip(self.weights, before, gradient, strict=True):
            weight.assign(value + STEP / max(length, FLAT) * part)
        found = moved()
        for weight, value in zip(self.weights, before, strict=True):
            weight.assign(value)
        return _apart(found, np.array([length]))


def _gradients(tape: Any, target: Any, sources: list[Any]) -> list[np.ndarray]:
    found = tape.gradient(target, sources, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return [np.asarray(tf.convert_to_tensor(each)) for each in found]


def _apart(found: np.ndarray, wanted: np.ndarray) -> float:
    """How far numbers are from others, in units of their size."""
    return float(np.median(np.abs(found - wanted)) / max(float(np.median(np.abs(wanted))), FLAT))


def _directions(gradients: Any) -> int:
    """How many of some gradients are independent."""
    found = np.asarray(gradients, np.float64)
    if found.size == 0:
        return 0
    singular = np.linalg.svd(found, compute_uv=False)
    return int((singular > FLAT * max(float(singular.max()), FLAT)).sum())


NARROW = "A layer with few units allows only that many independent directions: make it wider."
UNWEIGHTED = "Compute the outputs with layers that have enough trainable weights to change the outputs independently."
JUMPS = "Use only continuous operations with their own gradient between the input and the output."


def moves_freely(seen: Any, what: str, least: int = 0) -> None:
    """Fail unless ``what`` a model gives moves in ``least`` directions with the input, in half of those looked at with
    the weights, and as the gradients say."""
    found = seen["by_input"]
    expect(found >= least, f"{what} varies with the input in too few independent directions.", found, least, NARROW)
    found, half = seen["by_weights"], seen["ways"] / 2
    expect(found >= half, f"{what} depends on the weights in too few independent directions.", found, half, UNWEIGHTED)
    expect(seen["off"] < SMOOTH, f"{what} does not change as its gradients say.", hint=JUMPS)

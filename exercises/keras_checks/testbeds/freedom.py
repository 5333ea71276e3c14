"""How freely the outputs of a model move: what any network shows that can learn, however it is built.

A design is free, and may hold code of the student's. So three things are asked of what it does. Its outputs move in
several independent directions with the input; they do so with the weights; and they move as the gradients say. A
formula that only looks lively, or a table of what a check asks for, has no such gradients. One thing is asked of its
layers: training must be able to change most of what multiplies the input. Offsets alone can't learn a code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from keras_checks.compare import expect
from keras_checks.testbeds.weights import draw_weights, random_weight, set_by_constraint

FLAT = 1e-5
"""A direction that is this much smaller than the largest one is rounding."""
STEPS = 1e-3, 1e-2, 1e-1
"""How far inputs and weights are moved, to see whether the outputs follow the gradients: a short way may drown in
rounding, a long one in the curvature of the outputs. Gradients that lie do so on each."""
SMOOTH = 0.2
"""How far outputs may be from where the gradients lead; a kink here and there moves the median by less."""
DRAWS = 12
"""Sets of random weights: a layer of relu units may be dead by chance."""
WEIGHTS: tuple[dict[str, float], ...] = {}, {"kernels": 0.3, "lift": 2.0}
"""Sizes of the weights that are drawn in turn. With the first, units of the kind of sigmoid are not saturated; with the
second, units of the kind of relu are on, and outputs depend on inputs as a product of random matrices does."""
QUIET = 0.03
"""A kernel of which another draw changes the outputs by a smaller share has hardly any effect."""
NOTHING: dict[str, Any] = {"ways": 1, "by_input": 0, "by_weights": 0, "off": 1.0, "frozen": 0.0}
NOWHERE: dict[str, Any] = {"share": 0.0, "reach": []}
"""What a model shows whose outputs do not move, or can't be looked at."""
STATISTICS = "mean", "variance", "moving_mean", "moving_variance", "vector_u"
"""Weights of Keras's normalizations that no gradient moves."""
FROZEN = 0.5
"""The share of its kernels that a model may freeze: some designs keep a fixed encoding, or a slow copy of a kernel."""


def freedom(
    model: Any, inputs: np.ndarray, seed: int, *, least: int = 0, ways: int = 4, heads: int = 1, cover: float = 0.0
) -> dict[str, Any]:
    """The most that a model shows over some draws of its weights; the first that is enough ends the search.

    Args:
        model: called with ``training=False``.
        inputs: examples, all looked at together.
        seed: of the weights that are drawn.
        least: in how many directions the outputs must move with the input.
        ways: how many directions are looked for.
        heads: how many of several outputs are looked at, the first ones.
        cover: on more than which share of the places of an input the outputs must depend.

    Returns a dict: ``ways``, or fewer where there are fewer outputs; in how many of these directions the outputs move
    ``by_input`` and ``by_weights``; on which ``share`` of the places of an input they depend, for any of the examples
    and in any of the draws, and how far these places ``reach`` along each axis; how far they are ``off`` from where the
    gradients lead; and which share of the kernels is ``frozen``. The model keeps some of the random weights.
    """
    best, places = NOTHING, np.zeros(inputs.shape[1:], bool)
    for number in range(DRAWS):
        draw_weights(model, [seed, number], **WEIGHTS[number % len(WEIGHTS)])
        try:
            seen = _Outputs(model, heads).measured(inputs, ways)
        except Exception:  # the shapes of outputs are the business of other checks
            return NOTHING | NOWHERE
        places |= seen.pop("places")
        best = max(best, seen, key=lambda it: (it["off"] < SMOOTH, it["by_input"] + it["by_weights"], -it["frozen"]))
        free = best["off"] < SMOOTH and best["by_input"] >= least and best["by_weights"] >= _half(best["ways"])
        if free and best["frozen"] <= FROZEN and places.mean() > cover:
            break
    return best | {"share": float(places.mean()), "reach": _reach(places)}


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
        """See :func:`freedom`. A direction is the gradient of a random combination of the outputs.

        The model is called twice where the shortest steps do: for the copies and for a copy moved a little, all in one
        batch; then with weights moved a little.
        """
        random = np.random.default_rng(len(inputs))
        way = random.normal(size=inputs.shape).astype(np.float32)
        values = tf.constant(np.tile(inputs, (ways, *[1] * (inputs.ndim - 1))))
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(values)
            outputs = self(tf.concat([values, inputs + STEPS[0] * way], axis=0), ways + 1)
            ways = min(ways, outputs.shape[1])
            factors = random.normal(size=(ways, outputs.shape[1])).astype(np.float32)
            combined = tf.unstack(tf.reduce_sum(factors * outputs[:ways], axis=1))
            total = tf.add_n(combined)
        here, there = np.asarray(outputs[0]), np.asarray(outputs[-1])
        variables = [weight.value for weight in self.weights]
        to_inputs, *to_weights = _gradients(tape, total, [values, *variables])
        to_inputs = to_inputs.reshape(-1, inputs.size)[:ways]

        def now() -> np.ndarray:
            return factors @ (np.asarray(self(inputs, 1))[0] - here)

        def moved(step: float) -> np.ndarray:
            near = step == STEPS[0]
            return factors @ ((there if near else np.asarray(self(inputs + step * way, 1))[0]) - here)

        frozen = self._frozen(to_weights, lambda: np.asarray(self(inputs, 1))[0])
        by_weights = _by_weights(to_weights, lambda way: _gradients(tape, combined[way], variables), ways)
        off = _off(moved, to_inputs @ way.ravel())
        if self.weights:
            off = max(off, self._off_by_weights(to_weights, lambda: np.sum(now(), keepdims=True)))
        return {
            "ways": ways,
            "by_input": _directions(to_inputs),
            "by_weights": by_weights,
            "places": _places(to_inputs.reshape(-1, *inputs.shape[1:])),
            "off": off,
            "frozen": frozen,
        }

    def _frozen(self, gradient: list[np.ndarray], outputs: Callable[[], np.ndarray]) -> float:
        """Which share of the numbers in kernels training can't change. A kernel with hardly any effect does not count
        as one that it can."""
        kept = [_set(weight) for weight in self.weights]
        frozen = sum(_products(weight) for weight in self.model.non_trainable_weights) + sum(kept)
        if not frozen:
            return 0.0
        trainable = sum(
            _products(weight) - fixed
            for weight, part, fixed in zip(self.weights, gradient, kept, strict=True)
            if part.any() and _products(weight) and _effect(weight, outputs) > QUIET
        )
        return frozen / (frozen + trainable)

    def _off_by_weights(self, gradient: list[np.ndarray], risen: Callable[[], np.ndarray]) -> float:
        """How far a step along a gradient for the weights leads from where it must."""
        length = float(np.sqrt(sum(float((part**2).sum()) for part in gradient)))
        gone = 0.0

        def moved(step: float) -> np.ndarray:
            nonlocal gone
            for weight, part in zip(self.weights, gradient, strict=True):
                weight.value.assign_add((step - gone) / max(length, FLAT) * part)
            gone = step
            return risen()

        return _off(moved, np.array([length]))


def _by_weights(total: list[np.ndarray], one: Callable[[int], list[np.ndarray]], ways: int) -> int:
    """In how many directions the outputs move with the weights. Half of those looked at will do: it begins with half.

    Args:
        total: the gradient of all combined outputs together.
        one: gives the gradient of one of them.
        ways: how many there are.
    """
    if not total:
        return 0
    half = _half(ways)
    gradients = [_flat(total), *(_flat(one(way)) for way in range(half - 1))]
    found = _directions(gradients)
    if found == half:
        return found
    return _directions([*gradients, *(_flat(one(way)) for way in range(half - 1, ways - 1))])


def _half(ways: int) -> int:
    """In how many directions the outputs must move with the weights."""
    return (ways + 1) // 2


def _flat(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([part.ravel() for part in parts])


def _gradients(tape: Any, target: Any, sources: list[Any]) -> list[np.ndarray]:
    found = tape.gradient(target, sources, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return [np.asarray(tf.convert_to_tensor(each)) for each in found]


def _off(moved: Callable[[float], np.ndarray], wanted: np.ndarray) -> float:
    """How far outputs are from where the gradients lead, over the step that shows them best."""
    off = np.inf
    for step in STEPS:
        off = min(off, _apart(moved(step) / step, wanted))
        if off < SMOOTH:
            break
    return off


def _apart(found: np.ndarray, wanted: np.ndarray) -> float:
    """How far numbers are from others, in units of their size."""
    return float(np.median(np.abs(found - wanted)) / max(float(np.median(np.abs(wanted))), FLAT))


def _places(gradients: np.ndarray) -> np.ndarray:
    """On which places of an input the outputs depend, in any of some gradients."""
    found = np.abs(gradients)
    return (found > FLAT * found.max(initial=0.0)).any(axis=0)


def _reach(places: np.ndarray) -> list[int]:
    """How far some places of an input are apart along each axis, the first and the last included."""
    return [int(np.ptp(found)) + 1 if found.size else 0 for found in np.nonzero(places)]


def _directions(gradients: Any) -> int:
    """How many of some gradients are independent: their singular values, from the small matrix of their products."""
    found = np.asarray(gradients, np.float64)
    if found.size == 0:
        return 0
    singular = np.sqrt(np.linalg.eigvalsh(found @ found.T).clip(0))
    return int((singular > FLAT * max(float(singular.max()), FLAT)).sum())


def _effect(weight: Any, outputs: Callable[[], np.ndarray]) -> float:
    """How far the outputs move when a weight is drawn again, in units of their size."""
    before, seen = np.asarray(weight), outputs()
    weight.assign(random_weight(weight, [len(seen)]))
    moved = outputs() - seen
    weight.assign(before)
    return float(np.linalg.norm(moved) / max(float(np.linalg.norm(seen)), FLAT))


def _set(weight: Any) -> int:
    """How many numbers of a kernel its constraint sets."""
    fixed = set_by_constraint(weight) if _products(weight) else None
    return 0 if fixed is None else int(np.count_nonzero(~np.isnan(fixed)))


def _products(weight: Any) -> int:
    """How many numbers of a weight are factors in a sum of several products: all of a kernel's, no offset's."""
    shape = tuple(weight.shape)
    kernel = len(shape) > 1 and np.prod(shape[:-1]) > 1 and weight.path.rpartition("/")[2] not in STATISTICS
    return int(np.prod(shape)) if kernel and "float" in str(weight.dtype) else 0


NARROW = "A layer with few units allows only that many independent directions: make it wider."
UNWEIGHTED = "Compute the outputs with layers that have enough trainable weights to change the outputs independently."
JUMPS = "Use only continuous operations with their own gradient between the input and the output."
FIXED = "Training must be able to change the kernels of the layers: do not set `trainable=False`."


def moves_freely(seen: Any, what: str, least: int = 0, narrow: str = NARROW) -> None:
    """Fail unless ``what`` a model gives moves in ``least`` directions with the input, in half of those looked at with
    the weights, and as the gradients say, and most of its kernels are trainable. ``narrow`` is the hint where there are
    too few directions."""
    found = seen["by_input"]
    expect(found >= least, f"{what} varies with the input in too few independent directions.", found, least, narrow)
    found, half = seen["by_weights"], _half(seen["ways"])
    expect(found >= half, f"{what} depends on the weights in too few independent directions.", found, half, UNWEIGHTED)
    expect(seen["off"] < SMOOTH, f"{what} does not change as its gradients say.", hint=JUMPS)
    share, most = f"{seen['frozen']:.0%}", f"at most {FROZEN:.0%}"
    expect(seen["frozen"] <= FROZEN, f"{what} comes from layers whose kernels are frozen.", share, most, FIXED)

"""Checks of `transformer_encoder`: probes and public properties.

The inside of the layer is the student's own. A probe sorts its weights by their shapes, finds out by trial what the
vectors do, and then observes the layer in states in which parts of it are switched off.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.causes import tidied
from keras_checks.compare import Failure, close, expect, finite, needed, same_shape
from keras_checks.configurations import edited
from keras_checks.observe import MissingAnswer, Namespace, describe_error, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import uniform
from keras_checks.testbeds.first_call import first_call

ENCODER = Question(
    name="transformer_encoder",
    answers=("TransformerEncoder",),
    points=9,
    lecture='Transformer, "Custom layers: subtle point"',
    shows=("width: (embed_dim, num_heads)", "dense_dim", "x: inputs"),
)
COUNTS = Question(
    name="weights_after_each_call",
    answers=("weights_after_each_call",),
    points=1,
    lecture='Transformer, "Custom layers: subtle point"',
    shows=("stages: weights created per call", "x"),
)

STRONG = 16.0
"""Size of what goes into a normalization: its epsilon (1e-3 by default) vanishes beside the variance."""
TOLERANCE = 1e-3
"""Of relative derivatives: rounding and a usual epsilon in the normalizations add up to 3e-5."""
VISIBLE = 2e-5
"""Singular values above it, relative to the largest, are directions; rounding stays below 1e-6."""
SAME = 5e-5
"""Rounding leaves 2e-6 where tokens share their attention weights; where each has its own, it is 2e-3 and more."""
ARGUMENTS = ("embed_dim", "dense_dim", "num_heads")
LENGTH = 4
TOKENS = 4
LONGER = 20
"""A sequence of at least so many tokens, of which each acts on the others."""
IDLE = 3e-4
"""Relative to the largest change of an output: rounding stays below 1e-4, and a token changes more than 1e-2."""
EXAMPLES_OF_EACH = 8
"""In training: dropout does not hit all of them alike."""
DRAWS = 8
"""Of dropout, until a gradient has reached every part."""


@dataclass
class Parts:
    """A layer's weights by what they do."""

    layer: Any
    dense: list[Any] = field(default_factory=list)
    attention: list[Any] = field(default_factory=list)
    gains: list[Any] = field(default_factory=list)
    inner_gains: list[Any] = field(default_factory=list)
    shifts: list[Any] = field(default_factory=list)
    silent: list[Any] = field(default_factory=list)
    silent_ones: list[Any] = field(default_factory=list)

    def plain(self) -> None:
        """Switch all matrices off; normalizations neither stretch nor shift what they give, but for the inner one."""
        _fill([*self.dense, *self.attention, *self.shifts, *self.silent], 0.0)
        _fill([*self.gains, *self.silent_ones], 1.0)
        _fill(self.inner_gains, STRONG)


def _fill(weights: list[Any], value: float) -> None:
    for weight in weights:
        weight.assign(np.full(weight.shape, value, "float32"))


def _call(layer: Any, x: Any) -> Any:
    """The output without a mask; with one that hides nothing, if the layer can't do without: that fails one check."""
    try:
        return _given(first_call(layer, x), "call")
    except Exception as error:
        try:
            return _given(first_call(layer, x, mask=keras.ops.ones(keras.ops.shape(x)[:2], dtype="bool")), "call")
        except Exception:
            raise error from None


def _given(value: Any, method: str) -> Any:
    """What a method returned; raises where that is nothing, or several tensors."""
    if value is None:
        raise MissingAnswer(f"`TransformerEncoder.{method}` returned None. Is there a `return`?")
    if method == "call" and isinstance(value, tuple | list):
        raise TypeError("`TransformerEncoder.call` must return one tensor, but returned several.")
    return value


def _output(layer: Any, x: Any) -> np.ndarray:
    return keras.ops.convert_to_numpy(_call(layer, keras.ops.convert_to_tensor(x)))


def _make(ns: Namespace, case: Case, **kwargs: Any) -> Any:
    embed_dim, num_heads = case["width"]
    layer = ns["TransformerEncoder"](embed_dim, case["dense_dim"], num_heads, **kwargs)
    _output(layer, uniform(1, (1, 2, embed_dim)))
    ns["TransformerEncoder"](embed_dim + num_heads, case["dense_dim"] + 2, num_heads)  # must not change the first
    return layer


def _dissect(ns: Namespace, case: Case) -> tuple[Parts, list[np.ndarray]]:
    """A new layer, its matrices at zero, and the values of its attention weights for :func:`_attend`."""
    parts = Parts(_make(ns, case))
    vectors = []
    for weight in parts.layer.weights:
        shape = _shape(weight)
        if case["dense_dim"] in shape:
            parts.dense.append(weight)
        elif shape == (case["width"][0],):
            vectors.append(weight)
        else:
            parts.attention.append(weight)
    drawn = [keras.ops.convert_to_numpy(weight) for weight in parts.attention]
    _fill([*parts.dense, *parts.attention], 0.0)
    _sort_vectors(parts, vectors)
    parts.plain()
    return parts, drawn


def _shape(weight: Any) -> tuple[int, ...]:
    return tuple(int(size) for size in weight.shape if size != 1)


def _sort_vectors(parts: Parts, vectors: list[Any]) -> None:
    """Find out what each vector does: set it to zero, then to twice the value of the others."""
    x = STRONG * uniform(2, (1, 3, int(np.prod(vectors[0].shape)))) if vectors else None
    ones = [bool((keras.ops.convert_to_numpy(weight) == 1).all()) for weight in vectors]
    _fill(vectors, STRONG)
    base = _output(parts.layer, x) if vectors else None

    def response(weight: Any, value: float) -> np.ndarray:
        _fill([weight], value)
        found = np.nan_to_num(_output(parts.layer, x))
        _fill([weight], STRONG)
        return found

    for weight, began_as_one in zip(vectors, ones, strict=True):
        without = response(weight, 0.0)
        if np.ptp(without, axis=-1).max() < 0.01 * STRONG:
            outer = np.abs(response(weight, 2 * STRONG) - base).max() > 0.01 * STRONG
            (parts.gains if outer else parts.inner_gains).append(weight)
        else:
            moved = np.abs(without - base).max() > 0.01 * STRONG
            silent = parts.silent_ones if began_as_one else parts.silent
            (parts.shifts if moved else silent).append(weight)


def _attend(parts: Parts, drawn: list[np.ndarray], size: float = 0.25) -> None:
    """Switch attention on: its own first values, brought to one size (initializers are free)."""
    for weight, value in zip(parts.attention, drawn, strict=True):
        weight.assign(value * (size / max(float(np.sqrt(np.mean(value**2))), 1e-12)))


def _set_dense(parts: Parts, case: Case, transposed: bool) -> None:
    """Give the dense part drawn kernels, for a layer that multiplies by a kernel or by its transpose."""
    first, second = (case["first"].T, case["second"].T) if transposed else (case["first"], case["second"])
    values = {first.shape: first, second.shape: second}
    for weight in parts.dense:
        value = values.get(_shape(weight))
        weight.assign(np.zeros(weight.shape, "float32") if value is None else value.reshape(weight.shape))


def _influence(layer: Any, tokens: np.ndarray, mask: np.ndarray | None = None) -> dict[str, Any]:
    """The output, and its derivative `[example, position, entry, by position, by entry]`."""
    batch, length, width = tokens.shape
    copies = length * width
    x = tf.constant(np.repeat(tokens, copies, axis=0))
    options = {} if mask is None else {"mask": tf.constant(np.repeat(mask, copies, axis=0))}
    one_each = np.tile(np.eye(copies, dtype="float32"), (batch, 1)).reshape(-1, length, width)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x, **options) if options else _call(layer, x)
    gradient = tape.gradient(y, x, output_gradients=tf.constant(one_each))
    if gradient is None:
        raise ValueError("The output of TransformerEncoder has no gradient with respect to its inputs.")
    noise = np.abs(y[::copies].numpy() - y[1::copies].numpy())  # of two equal examples
    derivative = tf.reshape(gradient, (batch, length, width, length, width))
    return {"output": y[::copies], "gradient": derivative, "repeats": not (noise > 1e-3).any()}


def drawn_case(width: tuple[int, int], dense_dim: int, seed: int, **values: Any) -> Case:
    """Sizes, drawn kernels and vectors, and what is given instead."""
    embed_dim = width[0]
    vectors = uniform(seed, (13, embed_dim))
    drawn = {
        "width": [*width],
        "dense_dim": dense_dim,
        "x": uniform(seed + 3, (1, 2, embed_dim)),
        "first": uniform(seed + 1, (embed_dim, dense_dim)),
        "second": uniform(seed + 2, (dense_dim, embed_dim)),
        "inner_gain": np.abs(vectors[0]) + 0.5,
        "gain": np.abs(vectors[1]) + 0.5,
        "shift": vectors[2],
        "tokens": vectors[3:7],
        "directions": vectors[7:10],
        "distances": vectors[10:],
        "towards": uniform(seed + 4, (1, 2, embed_dim)),
        "long": uniform(seed + 5, (LONGER + seed % 13, embed_dim)),
    }
    return {**drawn, **{name: np.asarray(value) for name, value in values.items()}}


def _kernel(shape: tuple[int, int], entries: dict[tuple[int, int], float]) -> np.ndarray:
    """A kernel that is 0 but for these entries."""
    kernel = np.zeros(shape, "float32")
    for place, value in entries.items():
        kernel[place] = value
    return kernel


T, F = True, False
TEXT = drawn_case(
    (4, 2),
    7,
    21,
    x=np.float32([[[3, 1, 3, 1]], [[1, 3, 1, 3]]]),
    first=_kernel((4, 7), {(0, 0): 1, (1, 0): -1, (0, 1): -1, (1, 1): 1}),
    second=_kernel((7, 4), {(0, 1): 1, (0, 2): -1, (1, 2): 1, (1, 3): -1}),
    inner_gain=np.full(4, 1 / STRONG, "float32"),  # so p has size 1, where relu differs from its smooth relatives
    gain=np.ones(4, "float32"),
    shift=np.zeros(4, "float32"),
    mask=[[T, T, F, F], [T, F, T, F], [T, T, T, F], [F, T, T, F]],
    towards=uniform(25, (2, 1, 4)),
)
# Two heads of four numbers: in the example of the text, the number and the size of the heads are the same.
DRAWN = drawn_case((8, 2), 11, 31, mask=[[T, T, T, F], [T, T, F, F], [F, T, T, T], [T, F, F, T]])
EXAMPLES = {
    "text": (TEXT, [[[1, 1, -1, -1]], [[-1, 1, 1, -1]]]),
    "drawn": (
        DRAWN,
        [
            [
                [-1.23308, -3.27478, -1.78191, 3.69312, 0.35901, 4.43762, 0.05445, -1.26174],
                [-2.28922, -3.3399, 0.52258, 3.98745, -1.79856, 4.23392, 0.17447, -0.17175],
            ]
        ],
    ),
}
"""Cases that everybody gets, and the output without attention, worked out by hand: for the example of the text, and for
drawn kernels, gains and shifts."""
_examples = [
    {**case, "_example": name, "_learning": name == "drawn", "_training": name == "drawn"}
    for name, (case, _) in EXAMPLES.items()
]
public_case = _examples[1]
examples, drawn_example = st.sampled_from(_examples), st.just(public_case)


@probe
def inside(ns: Namespace, case: Case) -> Any:
    """The output without a mask: of the skips alone, with the dense part alone, with attention alone; then with one.

    In some cases also what `_learning` sees.
    """
    parts, drawn = _dissect(ns, case)
    x = STRONG * case["x"]
    seen: dict[str, Any] = {"inner_gains": len(parts.inner_gains), "skips": _without_mask(parts.layer, x)}
    seen["dense"] = [_dense_output(parts, case, x, transposed) for transposed in (False, True)]
    parts.plain()
    pairs = _pairs(case)
    strong = _attending(parts, drawn, 1.0, np.concatenate([pairs, 0 * pairs[:1]]))
    seen["pairs"], seen["nothing"] = [_attending(parts, drawn, 0.25, pairs), strong[:-1]], strong[-1, 0]
    seen["reach"] = _reach(parts.layer, case["long"])
    seen["alike"] = _influence(parts.layer, _alike(case["tokens"]))
    seen["masked"] = _masked(parts, case)
    if case["_learning"]:
        seen["learning"] = _learning(parts, drawn, case)
        if case.get("_training"):
            seen["learning"]["training"] = _in_training(parts, drawn, case, masked="problem" not in seen["masked"])
    return seen


def _without_mask(layer: Any, x: np.ndarray) -> Any:
    """The output, or what was raised."""
    try:
        return keras.ops.convert_to_numpy(layer(keras.ops.convert_to_tensor(x)))
    except Exception as error:
        return describe_error(error)["message"]


def _attending(parts: Parts, drawn: list[np.ndarray], size: float, x: np.ndarray) -> np.ndarray:
    _attend(parts, drawn, size)
    return _output(parts.layer, x)


def _reach(layer: Any, tokens: np.ndarray) -> np.ndarray:
    """For each token of a long sequence, by how much outputs at other positions change if another token is there.

    Two others are tried: a single one may happen to look the same to attention.
    """
    copies, places = np.arange(2 * len(tokens)), np.tile(np.arange(len(tokens)), 2)
    x = np.repeat(tokens[None], len(copies) + 1, axis=0)
    x[copies, places] = -np.concatenate([np.roll(tokens, shift, axis=0) for shift in (1, 2)])
    y = _output(layer, x)
    change = np.abs(y[:-1] - y[-1]).max(axis=-1)
    change[copies, places] = 0.0
    return change.max(axis=1).reshape(2, -1).max(axis=0)


def _dense_output(parts: Parts, case: Case, x: np.ndarray, transposed: bool) -> np.ndarray:
    _set_all(parts, case, transposed)
    return _output(parts.layer, x)


def _set_all(parts: Parts, case: Case, transposed: bool) -> None:
    """Give the normalizations and the dense part what the case says."""
    for weights, value in ((parts.inner_gains, STRONG * case["inner_gain"]), (parts.gains, case["gain"])):
        for weight in weights:
            weight.assign(value.reshape(weight.shape))
    for weight in parts.shifts:
        weight.assign(case["shift"].reshape(weight.shape))
    _set_dense(parts, case, transposed)


def _alike(tokens: np.ndarray) -> np.ndarray:
    """An example for each of four tokens, the fourth being first + second - third, repeated at all positions."""
    fourth = tokens[0] + tokens[1] - tokens[2]
    return 4 * np.repeat(np.stack([*tokens[:3], fourth])[:, None], LENGTH, axis=1)


def _pairs(case: Case) -> np.ndarray:
    """Examples of two tokens, a fixed distance from each other, along three lines of 13 points."""
    first = np.linspace(-1.0, 1.0, 13, dtype="float32")[:, None] * case["directions"][:, None]
    return np.stack([first, first - case["distances"][:, None]], axis=2).reshape(-1, 2, first.shape[-1])


HALVES = ENCODER.trial(inside, examples, examples=len(EXAMPLES), shrinks=0)


@HALVES.check(
    points=1,
    hint="Each half adds its own input and then normalizes the sum: check both skips, and that the "
    "normalization comes after the sum.",
)
def skips_carry_the_input(case: Case, seen: Any) -> None:
    """Without a mask, and with all kernels and biases at zero, only the two skips and the two normalizations are left:
    the output at every position is the input, shifted to mean 0 and scaled to variance 1."""
    if isinstance(seen["skips"], str):
        raise Failure(f"Without a mask, your code raised: {tidied(seen['skips'])}", hint=NO_MASK)
    x = case["x"].astype(np.float64)
    centred = x - x.mean(-1, keepdims=True)
    due = centred / np.sqrt((centred**2).mean(-1, keepdims=True))
    what = "The output with all kernels and biases at zero"
    received = same_shape(seen["skips"], due.shape, what)
    size = float(np.sqrt(np.mean(received.astype(np.float64) ** 2)))
    usual = 0.98 < size < 1  # the epsilon of a normalization makes its output smaller
    close(received / size if usual else received, due, what, ulps=512, scale=3)


NO_MASK = "`mask=None` means that all tokens are real: use the mask only if it is not None."


def agrees_with_one(candidates: Any, wanted: Any, compare: Callable[[Any, Any], None]) -> None:
    """Pass when one of the candidates (kernel as drawn, kernel transposed) agrees; else fail as the first does."""
    expect(isinstance(candidates, list) and candidates, "There is no output.")
    failures = []
    for candidate in candidates:
        try:
            return compare(candidate, wanted)
        except Failure as failure:
            failures.append(failure)
    raise failures[0]


def second_half(seen: Any, wanted: Any, ulps: float = 1024) -> None:
    """Fail unless the output without attention is this one."""
    norms = "No weight acts like the `gamma` of the first normalization in the formula."
    hint = (
        "Create two `LayerNormalization` layers, and use each of them once, after its sum. The second sum is p plus "
        "the output of the Dense layers for p, where p is the output of the first."
    )
    expect(seen["inner_gains"] == 1, norms, hint=hint)
    due = np.asarray(wanted)
    what = "The output without attention"
    agrees_with_one(seen["dense"], due, lambda one, due: close(one, due, what, ulps=ulps, scale=np.abs(due).max()))


@HALVES.check(
    points=2,
    hint="The second half uses p, the output of the first normalization, twice: as input of the two Dense layers, and "
    "in the sum with their output. The second normalization is applied to this sum.",
)
def worked_second_half(case: Case, seen: Any) -> None:
    """With attention at zero and given weights elsewhere, the output has the values worked out by hand: (1, 1, -1, -1)
    for the token (3, 1, 3, 1) of the text."""
    epsilons = 2**16 if case["_example"] == "text" else 1024  # up to 1e-2 is within; a smooth relu is 3e-2 off
    second_half(seen, EXAMPLES[case["_example"]][1], epsilons)


def _slopes(case: Case, seen: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of four examples of equal tokens: output `(4, e)`, its derivative by its own token, and by another token."""
    width, _ = case["width"]
    shape = (TOKENS, LENGTH, width, LENGTH, width)
    gradient = finite(same_shape(seen["alike"]["gradient"], shape, "The gradient"), "The gradient")
    output = finite(same_shape(seen["alike"]["output"], (TOKENS, LENGTH, width), "The output"), "The output")
    return output[:, 0].astype(float), gradient[:, 0, :, 0].astype(float), gradient[:, 0, :, 1].astype(float)


def _skip(output: np.ndarray, own: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Slope that a normalization of variance 1 has, the deviation of its input, and how badly the skip's slope fits."""
    width = output.shape[-1]
    slope = np.eye(width) - 1 / width - output[:, :, None] * output[:, None, :] / width
    skip = own - other
    along = (skip * slope).sum((1, 2))
    deviation = (slope**2).sum((1, 2)) / np.where(along > 1e-9, along, 1e-9)
    return slope, deviation, float(np.abs(deviation[:, None, None] * skip - slope).max())


def _mixing(tokens: np.ndarray, output: np.ndarray, other: np.ndarray, slope: Any, deviation: Any) -> tuple[float, ...]:
    """How badly attention on equal tokens is `token @ M + c`, in slope and in value; and the size of `M`."""
    due = np.concatenate(list(LENGTH * deviation[:, None, None] * other))
    matrix = np.linalg.lstsq(np.concatenate(list(slope)), due, rcond=1e-4)[0]
    size = float(np.abs(matrix).max())
    in_slope = float(np.abs(np.concatenate(list(slope)) @ matrix - due).max()) / max(size, 1e-9)
    centred = tokens - tokens.mean(-1, keepdims=True)
    rest = deviation[:, None] * output - centred - tokens @ matrix.T
    in_value = float(np.abs(rest - rest.mean(0)).max() / np.abs(tokens).max())
    return in_slope, in_value, size


def attention_flags(case: Case, seen: Any) -> dict[str, bool]:
    """Whether the skip past attention is right, whether tokens act on others, and whether the norm takes their sum."""
    output, own, other = _slopes(case, seen)
    slope, deviation, misfit = _skip(output, own, other)
    tokens = _alike(case["tokens"].astype(float))[:, 0]
    in_slope, in_value, size = _mixing(tokens, output, other, slope, deviation)
    return {
        "skip": misfit < TOLERANCE,
        "attends": size > 1e-3,
        "mixes": misfit < TOLERANCE and max(in_slope, in_value) < TOLERANCE,
    }


def _of_pairs(case: Case, seen: Any) -> list[np.ndarray]:
    """The outputs for the pairs of tokens, with weak and with strong attention."""
    shape = (3 * 13, 2, case["width"][0])
    return [finite(same_shape(each, shape, "The output"), "The output").astype(float) for each in seen["pairs"]]


def directions(case: Case, seen: Any) -> int:
    """The most directions that the outputs along one of three lines of 13 points span."""
    lines = [line for each in _of_pairs(case, seen) for line in np.split(each[:, 0], 3)]
    values = [np.linalg.svd(line, compute_uv=False) for line in lines]
    return max(int((value > VISIBLE * max(value[0], 1e-9)).sum()) for value in values)


def own_attention(tokens: np.ndarray, outputs: np.ndarray) -> float:
    """How clearly two tokens of a sequence, `(n, 2, e)`, have different outputs of attention: 0 where they are equal.

    A normalization gives each token's sum of input and attention, centered and divided by its own deviation. Where
    attention gives both tokens the same, the difference of the centered inputs is made of the two outputs alone.
    """
    steps = tokens[:, 0] - tokens[:, 1]
    steps = steps - steps.mean(-1, keepdims=True)
    basis = np.linalg.qr(outputs.swapaxes(1, 2))[0]
    left = steps - np.einsum("nes,nfs,nf->ne", basis, basis, steps)
    return float((np.linalg.norm(left, axis=-1) / np.maximum(np.linalg.norm(steps, axis=-1), 1e-9)).max(initial=0))


def asks(case: Case, seen: Any) -> bool:
    """Whether what a token gets from attention depends on the token itself."""
    pairs = _pairs(case).astype(float)
    return max(own_attention(pairs, each) for each in _of_pairs(case, seen)) > SAME


@HALVES.check(
    points=1.5, hint="First add `inputs` and the output of attention, then apply the first normalization to the sum."
)
def first_half(case: Case, seen: Any) -> None:
    """With the dense part at zero and sequences of equal tokens, the output is LayerNorm(x + attention(x)): a token
    changes its own output through the skip, and every output through attention. Two different tokens of a sequence get
    different outputs of attention, since each has its own query. In a longer sequence, too, each token acts on others.
    """
    flags = attention_flags(case, seen)
    expect(flags["attends"], NO_ATTENTION, hint=USE_ATTENTION)
    skip = "A token does not change its own output as it does in LayerNorm(x + attention(x))."
    expect(flags["skip"], skip, hint="Add `inputs` to the output of attention, then normalize the sum.")
    expect(
        flags["mixes"],
        "The first normalization is not applied to the sum of the input and the attention of the input on itself.",
    )
    expect(asks(case, seen), f"Without a mask, {SAME_FOR_ALL}", hint=OWN_QUERY)
    reach = finite(same_shape(seen["reach"], case["long"].shape[:1], "The change"), "The change")
    idle = np.flatnonzero(reach <= IDLE * reach.max()).tolist()
    message = f"In a sequence of {len(reach)} tokens, some change no output at another position."
    expect(not idle, message, f"positions {idle}", "none", "All tokens are keys and values, however many there are.")


SAME_FOR_ALL = "different tokens of a sequence get the same output of attention: their weights are the same."
OWN_QUERY = (
    "Each token has its own query, and its attention weights depend on this query: use all `inputs` as queries, keys "
    "and values."
)

NO_ATTENTION = "No output depends on the token at another position."
USE_ATTENTION = (
    "Call attention on the inputs: p = LayerNorm(inputs + attention). The rest, the second sum too, starts from p."
)


@HALVES.check(points=0.5, hint="Pass `num_heads` to attention, by name.")
def heads(case: Case, seen: Any) -> None:
    """Attention has `num_heads` heads, each with its own weights, and two tokens get different outputs of attention."""
    width, num_heads = case["width"]
    constant = bool(np.abs(finite(seen["nothing"], "The output")).max() > 1e-3)
    due = {min(1 + num_heads + extra, width - 1) for extra in (0, constant)}
    message = f"Attention does not behave like attention with num_heads = {num_heads}."
    right = directions(case, seen) in due
    if not right:
        with needed():
            expect(attention_flags(case, seen)["attends"], NO_ATTENTION, hint=USE_ATTENTION)
    expect(right, message)
    expect(asks(case, seen), f"Without a mask, {SAME_FOR_ALL}", hint=OWN_QUERY)


class _MaskReader(keras.layers.Layer):
    """Gives the mask that it was handed, as numbers; -1 where it was handed none."""

    def __init__(self) -> None:
        super().__init__(name="mask_reader")
        self.supports_masking = True

    def call(self, x: Any, mask: Any = None) -> Any:
        return -keras.ops.ones(x.shape[:2]) if mask is None else keras.ops.cast(mask, "float32")


def _masked(parts: Parts, case: Case) -> dict[str, Any]:
    """What each token does to each output under a padding mask, the output for different tokens, and the mask that a
    next layer is given."""
    tokens, mixed, mask = _alike(case["tokens"]), _mixed(case["tokens"]), case["mask"]
    try:
        by_mixed = _under(parts.layer, mixed, np.concatenate([mask, np.ones_like(mask)]))
        # A mask that the layer keeps for later would fit this call: as many examples, and none in between.
        moves = _moved_by_mask(case, by_mixed, _output(parts.layer, mixed))
        acts = _influence(parts.layer, tokens, mask)
        del acts["output"]
        passed_on = _passed_on(parts.layer, tokens, mask)
        return {**acts, "moves": moves, "mixed": by_mixed[:TOKENS], "passed_on": passed_on}
    except Exception as error:
        return {"problem": describe_error(error)["message"]}


def _under(layer: Any, x: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return keras.ops.convert_to_numpy(layer(tf.constant(x), mask=tf.constant(mask)))


def _passed_on(layer: Any, tokens: np.ndarray, mask: np.ndarray) -> Any:
    """The mask that a layer after this one is handed."""
    try:
        return _MaskReader()(layer(keras.layers.Masking()(tf.constant(tokens * mask[:, :, None]))))
    except Exception:
        # Keras may refuse to combine the mask that its input carries with one of another rank: then ask the layer.
        kept = layer.compute_mask(tf.constant(tokens), tf.constant(mask)) if layer.supports_masking else None
        return _MaskReader()(tf.constant(tokens), mask=kept)


def _moved_by_mask(case: Case, masked: np.ndarray, unmasked: np.ndarray) -> dict[str, bool]:
    """Whether the mask changes the output at real tokens, and at padding, where all tokens differ; and whether one that
    hides nothing does, where a token is made of zeros."""
    mask = case["mask"]
    by_mask, by_nothing = np.split(np.abs(masked - unmasked).max(-1) > 1e-3, 2)
    return {"real": bool(by_mask[mask].any()), "padding": bool(by_mask[~mask].any()), "open": bool(by_nothing.any())}


def _mixed(tokens: np.ndarray) -> np.ndarray:
    """Examples of different tokens, and the same with zeros in place of the first token."""
    rolled = _rolled(tokens)
    return np.concatenate([rolled, rolled * (np.arange(TOKENS) > 0)[:, None]]).astype("float32")


def _rolled(tokens: np.ndarray) -> np.ndarray:
    """Examples that hold the same tokens in different orders."""
    return np.stack([np.roll(tokens, shift, axis=0) for shift in range(TOKENS)])


def influence(case: Case, gradient: Any) -> np.ndarray:
    """How strongly each position (last axis) acts on the output at each kept position; 0 in rows of padding."""
    width, _ = case["width"]
    found = np.abs(same_shape(gradient, (TOKENS, LENGTH, width, LENGTH, width), "The gradient"))
    return np.nan_to_num(found, nan=1e9).max(axis=(2, 4)) * case["mask"][:, :, None]


def acting(strength: np.ndarray) -> np.ndarray:
    """Where there is an influence."""
    return strength > 1e-6 * max(float(strength.max()), 1e-9)


def given_mask(seen: Any) -> Any:
    """What was observed with a mask; fails where the layer raised."""
    problem = seen["masked"].get("problem")
    expect(problem is None, f"With a mask of shape (batch, len), your code raised: {tidied(problem or '')}")
    return seen["masked"]


def mask_features(case: Case, seen: Any) -> Any:
    """What is the same for every draw of the attention weights: which tokens act on which outputs, and the mask."""
    fixed = {"dense": seen["dense"], "skips": seen["skips"]}
    if "problem" in seen["masked"]:
        return {**fixed, "problem": re.sub(r"\d+", "", seen["masked"]["problem"])}
    try:
        shared = mean_misfit(case, seen) < TOLERANCE, asks_masked(case, seen)
    except Failure:
        shared = None
    found = {name: seen["masked"][name] for name in ("moves", "passed_on", "repeats")}
    return {**fixed, **found, "acts": acting(influence(case, seen["masked"]["gradient"])), "shared": shared}


def mean_misfit(case: Case, seen: Any) -> float:
    """How far a real token's influence on another is from `len / number of real tokens` times that without a mask."""
    influence(case, seen["alike"]["gradient"])
    mask = case["mask"]
    others = mask[:, :, None] & mask[:, None, :] & ~np.eye(LENGTH, dtype=bool)
    real = mask.sum(1)[:, None, None, None, None]
    masked_part = np.asarray(seen["masked"]["gradient"]).transpose(0, 1, 3, 2, 4) * real
    unmasked = np.asarray(seen["alike"]["gradient"]).transpose(0, 1, 3, 2, 4) * LENGTH
    size = float(np.abs(unmasked[others]).max())
    expect(size > 1e-6, "No real token influences another.")
    return float(np.abs(masked_part[others] - unmasked[others]).max()) / size


MASKED = ENCODER.trial(inside, examples, examples=len(EXAMPLES), shrinks=0)


@MASKED.check(
    points=1,
    hint="Attention scores are (batch, query, key), and padding must be masked as a key, for every query: add an axis "
    "of size 1 for the queries to the mask. It is needed whether `training` is True or False.",
)
def padding_has_no_influence(case: Case, seen: Any) -> None:
    """With `mask` of shape `(batch, len)`, True for real tokens, the output at a real token depends on every real token
    and on no padding. A later call without a mask uses all tokens."""
    acts = acting(influence(case, given_mask(seen)["gradient"]))
    due = case["mask"][:, :, None] & case["mask"][:, None, :]
    for one, wanted, mask in zip(acts, due, case["mask"], strict=True):
        if (one != wanted).any():
            raise Failure(f"With mask {mask.tolist()}: {_wrong_influence(one, wanted)}.")
    forgotten = "A call without a mask, after one with a mask, gave the same output at the real tokens."
    expect(
        given_mask(seen)["moves"]["real"] is True,
        forgotten,
        hint="Do not store the mask on `self`: use the argument of each call.",
    )
    guessed = "A call without a mask gave another output than one with a mask that hides nothing."
    hint = "Without a mask all tokens are real, also one whose numbers are all 0."
    expect(given_mask(seen)["moves"]["open"] is False, guessed, hint=hint)


def _wrong_influence(acts: np.ndarray, due: np.ndarray) -> str:
    position, by = (int(index) for index in np.argwhere(acts != due)[0])
    padding = "the padding" if not due[position, by] else "the real token"
    verb = "depends on" if acts[position, by] else "does not depend on"
    return f"the output at position {position} {verb} {padding} at position {by}"


@MASKED.check(
    points=0.5,
    hint="Mask padding inside attention, before its softmax: then the attention weights of the real tokens sum to 1.",
)
def attention_is_shared_among_real_tokens(case: Case, seen: Any) -> None:
    """The attention weights of the real tokens sum to 1: for equal tokens, each weight is 1 divided by the number of
    real tokens. Different real tokens get different outputs of attention."""
    influence(case, given_mask(seen)["gradient"])
    expect(mean_misfit(case, seen) < TOLERANCE, "The attention weights of the real tokens do not sum to 1.")
    expect(asks_masked(case, seen), f"With a mask, {SAME_FOR_ALL}", hint=OWN_QUERY)


def asks_masked(case: Case, seen: Any) -> bool:
    """Whether, with a mask, what a real token gets from attention depends on the token itself."""
    tokens = _rolled(case["tokens"]).astype(float)
    outputs = same_shape(seen["masked"]["mixed"], tokens.shape, "The output").astype(float)
    found = []
    for example, output, mask in zip(tokens, outputs, case["mask"], strict=True):
        pairs = np.array([*itertools.combinations(np.flatnonzero(mask), 2)])
        found.append(own_attention(example[pairs], finite(output[pairs], "The output at real tokens")))
    return max(found) > SAME


@MASKED.check(points=0.25, hint="A layer passes its mask on if `self.supports_masking` is True.")
def mask_is_passed_on(case: Case, seen: Any) -> None:
    """The layer passes the mask of its input on to the next layer."""
    found = same_shape(given_mask(seen)["passed_on"], case["mask"].shape, "The mask that the next layer gets")
    expect((found == case["mask"]).all(), "The next layer does not get the mask of the input.")


config_cases = st.just({"width": [9, 3], "dense_dim": 7, "name": "block_2", "other_dense_dim": 10})


@probe
def config(ns: Namespace, case: Case) -> Any:
    """A layer, and the one that its configuration makes, with the same weights; the sizes of one whose configuration
    was given another `dense_dim`."""
    layer = _make(ns, case, name=case["name"])
    entries = _given(layer.get_config(), "get_config")
    found: dict[str, Any] = {"names": [layer.name], "entries": [name for name in ARGUMENTS if name in entries]}
    try:
        again = type(layer).from_config(json.loads(json.dumps(entries)))
    except Exception as error:
        return {**found, "problem": describe_error(error)["message"]}
    x = uniform(3, (2, 3, case["width"][0]))
    _output(again, x)
    shapes = [[list(weight.shape) for weight in each.weights] for each in (layer, again)]
    if shapes[0] == shapes[1]:
        again.set_weights(layer.get_weights())
    return {
        "names": [layer.name, again.name],
        "entries": found["entries"],
        "axes": [sorted({size for shape in each for size in shape}) for each in shapes],
        "same_shapes": shapes[0] == shapes[1],
        "outputs": [_output(layer, x), _output(again, x)],
        "edited": _axes_of_edited(layer, entries, case, x),
    }


def _axes_of_edited(layer: Any, entries: Any, case: Case, x: Any) -> list[int]:
    """The sizes of axes in a layer whose configuration was given another `dense_dim`."""
    changed = edited(json.loads(json.dumps(entries)), {case["dense_dim"]: case["other_dense_dim"]})
    other = type(layer).from_config(changed)
    _output(other, x)
    return sorted({int(size) for weight in other.weights for size in weight.shape})


CONFIG = ENCODER.trial(config, config_cases, examples=1, shrinks=0)


@CONFIG.check(
    points=0.75,
    hint="`from_config` calls `__init__` with the entries of `get_config`: those of the base class and yours.",
)
def config_makes_the_layer_again(case: Case, seen: Any) -> None:
    """`TransformerEncoder.from_config(layer.get_config())` creates a layer with the same name and sizes, which returns
    the same output if it has the same weights. If `dense_dim` is changed in the configuration, the new layer has that
    size."""
    missing = [name for name in ARGUMENTS if name not in seen["entries"]]
    entries = f"The configuration has no entry {', '.join(missing)}."
    expect(not missing, entries, hint="Add one entry for each argument of `__init__`, with the argument's name.")
    expect("problem" not in seen, f"`from_config` failed: {seen.get('problem')}")
    given = "Pass `**kwargs` to `super().__init__`: they contain the name."
    kept = "Start from `super().get_config()`: it contains the name."
    for found, what, hint in zip(seen["names"], ("The layer", "The new layer"), (given, kept), strict=True):
        expect(found == case["name"], f"{what} does not have the given name.", found, case["name"], hint)
    has_dense_dim = all(case["dense_dim"] in axes for axes in seen["axes"])
    expect(has_dense_dim, f"No weight of the layer has an axis of dense_dim = {case['dense_dim']}.")
    expect(seen["same_shapes"] is True, "The weights of the new layer have different shapes.")
    close(seen["outputs"][1], seen["outputs"][0], "The output of the new layer", ulps=256, scale=3)
    size = case["other_dense_dim"]
    wanted = f"With dense_dim = {size} in the configuration, the new layer has no weight with such an axis."
    hint = "Create the layer from the values in the configuration, not from values stored elsewhere."
    expect(size in seen["edited"], wanted, seen["edited"], f"{size} among them", hint)


def _learning(parts: Parts, drawn: list[np.ndarray], case: Case) -> dict[str, Any]:
    """Gradients of `sum(towards * output)` in graph mode, and the number of weights that matter and have none."""
    x, towards = STRONG * case["x"], case["towards"]
    tokens = np.tile(_pairs(case), (1, 2, 1))[:, : x.shape[1]]  # as many as in x: one graph does for both
    numbers = {"trained": len(parts.layer.trainable_weights), "held": len(parts.layer.weights)}
    free = tf.TensorSpec((None, *x.shape[1:]), tf.float32)

    def gradients(x: Any, towards: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = _call(parts.layer, x)
            loss = tf.reduce_sum(towards * y)
        weights = [weight.value for weight in parts.layer.trainable_weights]
        return y, tape.gradient(loss, [x, *weights], unconnected_gradients=tf.UnconnectedGradients.ZERO)

    graph = tf.function(gradients, input_signature=[free, free], autograph=False)  # Keras's layers escape AutoGraph
    parts.plain()
    try:
        seen = []
        for transposed in (False, True):
            _set_all(parts, case, transposed)
            seen.append(_by_part(parts, graph(x, towards)[1]))
        parts.plain()
        _attend(parts, drawn, 1.0)
        stuck = _stuck(parts, graph, tokens, np.resize(towards, tokens.shape))
        return {"gradients": seen, "stuck": stuck, "fixed": _fixed_by_updates(parts.layer), **numbers}
    except Exception as error:
        return {"problem": describe_error(error)["message"], **numbers}


def _fixed_by_updates(layer: Any) -> int:
    """How many weights have a constraint that brings all values close together: optimizers apply it after an update."""
    count = 0
    for weight in layer.trainable_weights:
        if weight.constraint is not None:
            one, other = (uniform(seed, tuple(weight.shape), -0.5, 0.5) for seed in (6, 7))
            ends = [keras.ops.convert_to_numpy(weight.constraint(tf.constant(value))) for value in (one, other)]
            count += bool(np.abs(ends[0] - ends[1]).max() < 0.1 * np.abs(one - other).max())
    return count


def _in_training(parts: Parts, drawn: list[np.ndarray], case: Case, *, masked: bool) -> dict[str, Any]:
    """How many Dense kernels, and whether attention, get a gradient with `training=True` in graph mode, with a mask if
    the layer takes one."""
    x = np.tile(_rolled(case["tokens"]), (EXAMPLES_OF_EACH, 1, 1))
    given = {"x": x, "towards": uniform(5, x.shape)}
    if masked:
        given["mask"] = np.tile(case["mask"], (EXAMPLES_OF_EACH, 1))
    kernels = [weight for weight in parts.dense if len(_shape(weight)) > 1]

    def gradients(given: Any) -> Any:
        options = {"mask": given["mask"]} if masked else {}
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(given["towards"] * parts.layer(given["x"], training=True, **options))
        weights = [weight.value for weight in [*kernels, *parts.attention]]
        return tape.gradient(loss, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    signature = [{name: tf.TensorSpec((None, *value.shape[1:]), value.dtype) for name, value in given.items()}]
    graph = tf.function(gradients, input_signature=signature, autograph=False)
    parts.plain()
    _set_dense(parts, case, transposed=False)
    _attend(parts, drawn, 1.0)
    reached = np.zeros(len(kernels) + len(parts.attention), bool)
    try:
        for _ in range(DRAWS):  # dropout may switch a part off, but not every time
            reached |= [bool((value.numpy() != 0).any()) for value in graph(given)]
            if reached[: len(kernels)].all() and reached[len(kernels) :].any():
                break
    except Exception as error:
        return {"problem": describe_error(error)["message"]}
    return {"kernels": int(reached[: len(kernels)].sum()), "attention": bool(reached[len(kernels) :].any())}


def _by_part(parts: Parts, gradients: list[Any]) -> dict[str, Any]:
    to_x, *by_weight = (tf.convert_to_tensor(value).numpy() for value in gradients)
    found_for = {id(weight): value for weight, value in zip(parts.layer.trainable_weights, by_weight, strict=True)}
    groups = {"inner_gains": parts.inner_gains, "gains": parts.gains, "shifts": parts.shifts}
    found: dict[str, Any] = {
        name: [found_for[id(weight)].reshape(-1) for weight in group if id(weight) in found_for]
        for name, group in groups.items()
    }
    kernels = [found_for[id(each)] for each in parts.dense if len(_shape(each)) > 1 and id(each) in found_for]
    found["kernels"] = sorted(float(np.linalg.norm(value)) for value in kernels)
    return {**found, "x": to_x}


def _stuck(parts: Parts, graph: Any, x: np.ndarray, towards: np.ndarray) -> int:
    """How many attention weights have no gradient, although the output changes with them."""
    base, (_, *gradients) = graph(x, towards)
    largest_of = {
        id(weight): float(np.abs(tf.convert_to_tensor(value)).max())
        for weight, value in zip(parts.layer.trainable_weights, gradients, strict=True)
    }
    largest, stuck = max(largest_of.values(), default=0.0), 0
    for weight in parts.attention:
        if largest_of.get(id(weight), 0.0) <= 1e-6 * largest:
            before = keras.ops.convert_to_numpy(weight)
            weight.assign(before + uniform(4, before.shape))
            stuck += bool(np.abs(graph(x, towards)[0] - base).max() > 1e-3)
            weight.assign(before)
    return stuck


LEARNS = ENCODER.trial(inside, drawn_example, examples=1, shrinks=0)


def learning(seen: Any) -> Any:
    """What was observed in graph mode; fails where the layer raised."""
    problem = seen["learning"].get("problem")
    expect(problem is None, f"Inside a tf.function the layer failed: {problem}")
    return seen["learning"]


@LEARNS.check(
    points=0.75,
    hint="Make every part an attribute of the layer, and use only TensorFlow or Keras operations in `call`.",
)
def every_part_learns(case: Case, seen: Any) -> None:
    """Inside a `tf.function`, for any batch size, a gradient reaches both Dense layers, attention and the input. No
    weight is frozen, or gets a fixed value in each update. With a mask and `training=True`, a gradient reaches both
    Dense layers and attention, too.
    """
    found = learning(seen)
    expect(found["stuck"] == 0, "Attention has weights that change the output but get no gradient.")
    agrees_with_one(found["gradients"], case, _reaches_dense_part_and_input)
    hint = "Use no constraint that brings a weight to the same value after each update."
    expect(found["fixed"] == 0, "An update brings weights to fixed values.", f"{found['fixed']} weights", "none", hint)
    frozen = found["held"] - found["trained"]
    expect(
        frozen == 0,
        f"{frozen} weights are frozen.",
        hint="All parts of this layer must be trainable: do not set `trainable=False`.",
    )
    if case.get("_training"):
        _learns_in_training(found["training"])


def _learns_in_training(found: Any) -> None:
    problem = tidied(found.get("problem", ""))
    message = f"Inside a tf.function, with a mask and `training=True`, the layer failed: {problem}"
    hint = (
        "While a graph is traced, the batch size is None and tensors have no values yet: use only TensorFlow or Keras "
        "operations, for the mask, too."
    )
    expect(not problem, message, hint=hint)
    hint = "Only dropout may depend on `training`: in training, too, the layer has both halves."
    message = "With `training=True`, two Dense kernels must get a gradient."
    expect(found["kernels"] == 2, message, f"{found['kernels']} kernels", "2 kernels", hint)
    expect(found["attention"] is True, "With `training=True`, no gradient reaches attention.", hint=hint)


def _reaches_dense_part_and_input(found: Any, case: Case) -> None:
    hint = (
        "Keras lists the weights of layers that are attributes of your layer: create both Dense layers in `__init__`."
    )
    kernels = [value for value in found["kernels"] if value > 0]
    expect(len(kernels) == 2, "Two Dense kernels must get a gradient.", f"{len(kernels)} kernels", "2 kernels", hint)
    what = "The gradient of the input"
    slope = finite(same_shape(found["x"], case["x"].shape, what), what)
    expect(np.abs(slope).max() > 0, f"{what} is 0.")


KINDS = {"dense": (2, 0), "no_bias": (1, 0), "batch_norm": (2, 2), "layer_norm": (2, 0), "prelu": (1, 0)}
"""How many weights a part of a kind has: trainable, and not."""


def _weights_of(kind: str) -> list[Any]:
    trained, held = KINDS[kind]
    return [keras.Variable(np.zeros(3, "float32"), trainable=index < trained) for index in range(trained + held)]


class _Changing(keras.layers.Layer):
    """Holds the weights of other parts after each call: those of the next stage."""

    def __init__(self, stages: list[list[str]]) -> None:
        super().__init__()
        made = [[weight for kind in kinds for weight in _weights_of(kind)] for kinds in stages]
        state = keras.Variable(np.zeros(2, "int32"), trainable=False)
        self._stages, self._state = (lambda: made), (lambda: state)  # in functions, so that Keras does not list them
        self.inputs: list[Any] = []

    def build(self, input_shape: Any) -> None:  # noqa: ARG002
        self.built = True

    def call(self, x: Any) -> Any:
        self.inputs = [*self.inputs, x]
        return x

    @property
    def weights(self) -> list[Any]:
        stages, done = self._stages(), len(self.inputs)
        return [*stages[min(done, len(stages)) - 1]] if done else []

    @property
    def variables(self) -> list[Any]:
        return [*self.weights, self._state()]

    @property
    def trainable_weights(self) -> list[Any]:
        return [weight for weight in self.weights if weight.trainable]

    @property
    def non_trainable_weights(self) -> list[Any]:
        return [weight for weight in self.weights if not weight.trainable]

    @property
    def trainable_variables(self) -> list[Any]:
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Any]:
        return self.non_trainable_weights


class _Lazy(keras.Model):
    """Dense layers, BatchNormalization and Dropout, built in the first call: each keeps the width of its input, 3."""

    def __init__(self, depth: int, *, bias: bool) -> None:
        super().__init__()
        dense = [keras.layers.Dense(3, use_bias=bias, kernel_initializer="zeros") for _ in range(depth)]
        self.parts = [*dense, keras.layers.BatchNormalization(), keras.layers.Dropout(0.5)]

    def build(self, input_shape: Any) -> None:
        for part in self.parts:
            part.build(input_shape)
        self.built = True

    def call(self, x: Any) -> Any:
        for part in self.parts:
            x = part(x)
        return x


class _Forgetful(keras.layers.Layer):
    """Makes its part in `call`."""

    def build(self, input_shape: Any) -> None:  # noqa: ARG002
        self.built = True

    def call(self, x: Any) -> Any:
        return keras.layers.Dense(2, kernel_initializer="zeros")(x)


COUNTED_EXAMPLES = {
    "three calls": (
        {
            "stages": [["dense", "batch_norm"], ["dense"], ["batch_norm", "layer_norm", "no_bias"]],
            "bias": True,
            "depth": 2,
        },
        {"changing": [6, 2, 7], "dense": [2, 2, 2], "lazy": [8, 8, 8], "forgetful": [0, 0, 0]},
    ),
    "two calls": (
        {"stages": [["prelu"], ["dense", "layer_norm"]], "bias": False, "depth": 1},
        {"changing": [1, 4], "dense": [1, 1], "lazy": [5, 5], "forgetful": [0, 0]},
    ),
}
"""What layers hold after each call, and how many weights that is."""
counting_examples = st.sampled_from(
    [{**case, "x": uniform(7, (2, 3)), "_example": name} for name, (case, _) in COUNTED_EXAMPLES.items()]
)


@probe
def counts(ns: Namespace, case: Case) -> Any:
    """What is counted for four layers of the check's own, and how the first of them was called."""
    n_calls, x = len(case["stages"]), tf.constant(case["x"])
    changing = _Changing(case["stages"])
    dense = keras.layers.Dense(2, use_bias=case["bias"], kernel_initializer="zeros")
    lazy = _Lazy(case["depth"], bias=case["bias"])
    return {
        "changing": ns.call("weights_after_each_call", changing, x, n_calls),
        "inputs": changing.inputs,
        "dense": ns.call("weights_after_each_call", dense, x, n_calls),
        "lazy": ns.call("weights_after_each_call", lazy, x, n_calls),
        "forgetful": ns.call("weights_after_each_call", _Forgetful(), x, n_calls),
    }


COUNTED = COUNTS.trial(counts, counting_examples, examples=2)


@COUNTED.check(points=0.25, hint="In each iteration of a loop, call the layer on `x`, then count.")
def one_number_per_call(case: Case, seen: Any) -> None:
    """The layer is called exactly `n_calls` times on `x`, and the list has one number per call."""
    n_calls = len(case["stages"])
    same_shape(seen["changing"], (n_calls,), "The list of numbers")
    calls = len(seen["inputs"])
    expect(calls == n_calls, "The layer was called the wrong number of times.", f"{calls} calls", f"{n_calls} calls")
    for given in seen["inputs"]:
        close(given, case["x"], "The input of a call", ulps=4)


def same_counts(seen: Any, due: Any) -> None:
    """Fail unless each list holds these numbers."""
    lists = {
        "changing": ("a layer whose number of weights changes", "Read `len(layer.weights)` after each call."),
        "dense": ("a new Dense layer", "It is built in its first call: count after the call."),
        "lazy": (
            "a model with BatchNormalization and Dropout",
            "Count all weights, trainable or not; the random state of Dropout is not a weight.",
        ),
        "forgetful": (
            "a layer that makes its part in `call`",
            ("Count `layer.weights`: a part that is created in `call` is not in it."),
        ),
    }
    for name, (layer, hint) in lists.items():
        what, numbers = f"The list for {layer}", np.asarray(due[name])
        close(same_shape(seen[name], numbers.shape, what), numbers, what, ulps=4, hint=hint)


@COUNTED.check(points=0.75, hint="In each iteration of the loop, read `len(layer.weights)` after the call.")
def counts_are_right(case: Case, seen: Any) -> None:
    """Each number is `len(layer.weights)` right after a call: for a layer whose number of weights changes from call to
    call, for a Dense layer, for a model with BatchNormalization and Dropout, and for a layer that creates its part in
    `call`."""
    same_counts(seen, COUNTED_EXAMPLES[case["_example"]][1])

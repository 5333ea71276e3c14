"""Checks of `transformer_encoder`: probes and public properties.

The inside of the layer is the student's own. A probe sorts its weights by their shapes, finds out by trial what the
vectors do, and then observes the layer in states in which parts of it are switched off.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import Failure, close, expect, same_shape
from keras_checks.observe import MissingAnswer, Namespace, describe_error, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, sizes, uniform

ENCODER = Question(
    name="transformer_encoder",
    answers=("TransformerEncoder",),
    points=7,
    lecture='Transformer, "Custom layers: subtle point"',
)
COUNTS = Question(
    name="weights_after_each_call",
    answers=("weights_after_each_call",),
    points=3,
    lecture='Transformer, "Custom layers: subtle point"',
)

STRONG = 16.0
"""Size of what goes into a normalisation: its epsilon (1e-3 by default) vanishes beside the variance."""
ARGUMENTS = ("embed_dim", "dense_dim", "num_heads")
LENGTH = 4
TOKENS = 4

widths = st.sampled_from([(6, 2), (6, 3), (8, 2), (9, 3), (10, 2), (12, 3)])
dense_dims = st.sampled_from([7, 11, 13])
"""Primes: no other weight of the layer has an axis of this size."""


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
        """Switch all matrices off; normalisations neither stretch nor shift what they give, but for the inner one."""
        _fill([*self.dense, *self.attention, *self.shifts, *self.silent], 0.0)
        _fill([*self.gains, *self.silent_ones], 1.0)
        _fill(self.inner_gains, STRONG)


def _fill(weights: list[Any], value: float) -> None:
    for weight in weights:
        weight.assign(np.full(weight.shape, value, "float32"))


def _call(layer: Any, x: Any) -> Any:
    """The output without a mask; with one that hides nothing, if the layer can't do without: that fails one check."""
    try:
        return _given(layer(x), "call")
    except Exception as error:
        try:
            return _given(layer(x, mask=keras.ops.ones(keras.ops.shape(x)[:2], dtype="bool")), "call")
        except Exception:
            raise error from None


def _given(value: Any, method: str) -> Any:
    """What a method returned; raises where that is nothing."""
    if value is None:
        raise MissingAnswer(f"`TransformerEncoder.{method}` returned None. Is there a `return`?")
    return value


def _output(layer: Any, x: Any) -> np.ndarray:
    return keras.ops.convert_to_numpy(_call(layer, keras.ops.convert_to_tensor(x)))


def _make(ns: Namespace, case: Case, **kwargs: Any) -> Any:
    embed_dim, num_heads = case["width"]
    layer = ns["TransformerEncoder"](embed_dim, case["dense_dim"], num_heads, **kwargs)
    _output(layer, uniform(1, (1, 2, embed_dim)))
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
    return {"output": y[::copies], "gradient": tf.reshape(gradient, (batch, length, width, length, width))}


@st.composite
def _plain_cases(draw: Any) -> Case:
    embed_dim, num_heads = draw(widths)
    dense_dim = draw(dense_dims)
    seed = draw(seeds())
    vectors = uniform(seed, (13, embed_dim))
    return {
        "width": [embed_dim, num_heads],
        "dense_dim": dense_dim,
        "x": draw(arrays(st.tuples(sizes(1, 2), sizes(1, 3), st.just(embed_dim)))),
        "first": uniform(seed + 1, (embed_dim, dense_dim)),
        "second": uniform(seed + 2, (dense_dim, embed_dim)),
        "inner_gain": np.abs(vectors[0]) + 0.5,
        "gain": np.abs(vectors[1]) + 0.5,
        "shift": vectors[2],
        "tokens": vectors[3:7],
        "directions": vectors[7:10],
        "distances": vectors[10:],
    }


plain_cases = _plain_cases()


@probe
def halves(ns: Namespace, case: Case) -> Any:
    """The output without a mask: of the skips alone, with the dense part alone, with attention alone."""
    parts, drawn = _dissect(ns, case)
    x = STRONG * case["x"]
    seen: dict[str, Any] = {"inner_gains": len(parts.inner_gains), "skips": _without_mask(parts.layer, x)}
    seen["dense"] = [_dense_output(parts, case, x, transposed) for transposed in (False, True)]
    parts.plain()
    seen["pairs"] = [_attending(parts, drawn, size, _pairs(case)) for size in (0.25, 1.0)]
    seen["nothing"] = _attending(parts, drawn, 1.0, 0 * x)
    _attend(parts, drawn)
    seen["alike"] = _influence(parts.layer, _alike(case["tokens"]))
    return seen


def _without_mask(layer: Any, x: np.ndarray) -> Any:
    """The output, or what was raised."""
    try:
        return keras.ops.convert_to_numpy(layer(keras.ops.convert_to_tensor(x)))
    except Exception as error:
        return describe_error(error)["message"]


def _attending(parts: Parts, drawn: list[np.ndarray], size: float, x: np.ndarray) -> np.ndarray:
    _attend(parts, drawn, size)
    return _output(parts.layer, x)[:, 0]


def _dense_output(parts: Parts, case: Case, x: np.ndarray, transposed: bool) -> np.ndarray:
    for weights, value in ((parts.inner_gains, STRONG * case["inner_gain"]), (parts.gains, case["gain"])):
        for weight in weights:
            weight.assign(value.reshape(weight.shape))
    for weight in parts.shifts:
        weight.assign(case["shift"].reshape(weight.shape))
    _set_dense(parts, case, transposed)
    return _output(parts.layer, x)


def _alike(tokens: np.ndarray) -> np.ndarray:
    """An example for each of four tokens, the fourth being first + second - third, repeated at all positions."""
    fourth = tokens[0] + tokens[1] - tokens[2]
    return 4 * np.repeat(np.stack([*tokens[:3], fourth])[:, None], LENGTH, axis=1)


def _pairs(case: Case) -> np.ndarray:
    """Examples of two tokens, a fixed distance from each other, along three lines of 13 points."""
    first = np.linspace(-1.0, 1.0, 13, dtype="float32")[:, None] * case["directions"][:, None]
    return np.stack([first, first - case["distances"][:, None]], axis=2).reshape(-1, 2, first.shape[-1])


HALVES = ENCODER.trial(halves, plain_cases, examples=2, shrinks=0)


@HALVES.check(
    points=1, hint="Follow x through the two skips: which step adds it, and does the normalisation come after that sum?"
)
def skips_carry_the_input(case: Case, seen: Any) -> None:
    """Without a mask, and with all kernels and biases at zero, only the two skips and the two normalisations are left:
    at every position the output is the input, shifted to mean 0 and scaled to variance 1.
    """
    expect(not isinstance(seen["skips"], str), f"Without a mask, your code raised: {seen['skips']}")
    x = case["x"].astype(np.float64)
    centred = x - x.mean(-1, keepdims=True)
    due = centred / np.sqrt((centred**2).mean(-1, keepdims=True))
    close(seen["skips"], due, "The output with all kernels and biases at zero", ulps=512, scale=3)


@st.composite
def _masked_cases(draw: Any) -> Case:
    embed_dim, num_heads = draw(widths)
    dense_dim = draw(dense_dims)
    seed = draw(seeds())
    kept = st.lists(st.booleans(), min_size=LENGTH, max_size=LENGTH).filter(lambda row: 2 <= sum(row) < LENGTH)
    return {
        "width": [embed_dim, num_heads],
        "dense_dim": dense_dim,
        "tokens": uniform(seed, (TOKENS, embed_dim)),
        "first": uniform(seed + 1, (embed_dim, dense_dim)),
        "second": uniform(seed + 2, (dense_dim, embed_dim)),
        "mask": np.array([draw(kept) for _ in range(TOKENS)]),
    }


masked_cases = _masked_cases()


class _MaskReader(keras.layers.Layer):
    """Gives the mask that it was handed, as numbers; -1 where it was handed none."""

    def __init__(self) -> None:
        super().__init__(name="mask_reader")
        self.supports_masking = True

    def call(self, x: Any, mask: Any = None) -> Any:
        return -keras.ops.ones(x.shape[:2]) if mask is None else keras.ops.cast(mask, "float32")


@probe
def masked(ns: Namespace, case: Case) -> Any:
    """What each token does to each output, with a padding mask and without; and the mask that a next layer is given."""
    parts, drawn = _dissect(ns, case)
    _set_dense(parts, case, transposed=False)
    without_attention = _output(parts.layer, STRONG * case["tokens"][None])
    _attend(parts, drawn)
    tokens = _alike(case["tokens"])
    return {
        "without_attention": without_attention,
        "mask_moves": _moved_by_mask(parts.layer, case),
        "masked": _influence(parts.layer, tokens, case["mask"])["gradient"],
        "unmasked": _influence(parts.layer, tokens)["gradient"],
        "passed_on": _passed_on(parts.layer, tokens, case["mask"]),
    }


def _passed_on(layer: Any, tokens: np.ndarray, mask: np.ndarray) -> Any:
    """The mask that a layer after this one is handed."""
    try:
        return _MaskReader()(layer(keras.layers.Masking()(tf.constant(tokens * mask[:, :, None]))))
    except Exception:
        # Keras may refuse to combine the mask that its input carries with one of another rank: then ask the layer.
        kept = layer.compute_mask(tf.constant(tokens), tf.constant(mask)) if layer.supports_masking else None
        return _MaskReader()(tf.constant(tokens), mask=kept)


def _moved_by_mask(layer: Any, case: Case) -> dict[str, bool]:
    """Whether the mask changes the output at real tokens, and at padding, where all tokens differ."""
    mask = case["mask"]
    x = tf.constant(np.stack([np.roll(case["tokens"], shift, axis=0) for shift in range(TOKENS)]))
    moved = np.abs(layer(x, mask=tf.constant(mask)).numpy() - _call(layer, x).numpy()).max(-1) > 1e-3
    return {"real": bool(moved[mask].any()), "padding": bool(moved[~mask].any())}


def influence(case: Case, gradient: Any) -> np.ndarray:
    """How strongly each position (last axis) acts on the output at each kept position; 0 in rows of padding."""
    width, _ = case["width"]
    found = np.abs(same_shape(gradient, (TOKENS, LENGTH, width, LENGTH, width), "The gradient"))
    return np.nan_to_num(found, nan=1e9).max(axis=(2, 4)) * case["mask"][:, :, None]


def acting(strength: np.ndarray) -> np.ndarray:
    """Where there is an influence."""
    return strength > 1e-6 * max(float(strength.max()), 1e-9)


def mask_features(case: Case, seen: Any) -> Any:
    """What is the same for every draw of the attention weights."""
    fixed = {name: seen[name] for name in ("without_attention", "mask_moves", "passed_on")}
    return {**fixed, "acts": acting(influence(case, seen["masked"]))}


MASKED = ENCODER.trial(masked, masked_cases, examples=2, shrinks=0)


@MASKED.check(
    points=0.75,
    hint="Attention scores are (batch, query, key). Padding must be hidden from every query: which axis is that?",
)
def padding_has_no_influence(case: Case, seen: Any) -> None:
    """With `mask` of shape `(batch, len)`, True for real tokens, the output at a real token depends on every real
    token and on no padding.
    """
    acts = acting(influence(case, seen["masked"]))
    due = case["mask"][:, :, None] & case["mask"][:, None, :]
    for one, wanted, mask in zip(acts, due, case["mask"], strict=True):
        if (one != wanted).any():
            raise Failure(f"With mask {mask.tolist()}: {_wrong_influence(one, wanted)}.")


def _wrong_influence(acts: np.ndarray, due: np.ndarray) -> str:
    position, by = (int(index) for index in np.argwhere(acts != due)[0])
    padding = "the padding" if not due[position, by] else "the real token"
    verb = "depends on" if acts[position, by] else "does not depend on"
    return f"the output at position {position} {verb} {padding} at position {by}"


config_cases = cases(width=widths, dense_dim=dense_dims, name=st.sampled_from(["first", "second", "block_3", "top"]))


@probe
def config(ns: Namespace, case: Case) -> Any:
    """A layer, and the one that its configuration makes, with the same weights."""
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
    }


def _config_features(case: Case, seen: Any) -> Any:
    """What is the same for every draw of the weights."""
    outputs = [np.asarray(each) for each in seen.get("outputs", [])]
    return {
        "names": [name == case["name"] for name in seen["names"]],
        "entries": seen["entries"],
        "problem": "problem" in seen,
        "dense": [case["dense_dim"] in axes for axes in seen.get("axes", [])],
        "same_shapes": seen.get("same_shapes"),
        "same": bool(outputs) and outputs[0].shape == outputs[1].shape and bool(np.allclose(*outputs, atol=1e-4)),
    }


CONFIG = ENCODER.trial(config, config_cases, examples=2, shrinks=0)


@CONFIG.check(
    points=0.5,
    hint="`from_config` calls `__init__` with what `get_config` returns: the base class's entries and yours.",
)
def config_makes_the_layer_again(case: Case, seen: Any) -> None:
    """`TransformerEncoder.from_config(layer.get_config())` makes a layer of the same name and sizes, which gives the
    same output once it has the same weights.
    """
    expect("problem" not in seen, f"`from_config` failed: {seen.get('problem')}")
    expect(seen["names"][0] == case["name"], "The layer does not have the name that it was given.", seen["names"][0])
    expect(seen["names"][1] == case["name"], "The new layer has another name.", seen["names"][1], case["name"])
    has_dense_dim = all(case["dense_dim"] in axes for axes in seen["axes"])
    expect(has_dense_dim, f"No weight of the layer has an axis of dense_dim = {case['dense_dim']}.")
    expect(seen["same_shapes"] is True, "The weights of the new layer have other shapes.")
    close(seen["outputs"][1], seen["outputs"][0], "The output of the new layer", ulps=256, scale=3)


@st.composite
def _learning_cases(draw: Any) -> Case:
    """Several examples of several tokens. The filter drops the smallest case, which all submissions would share."""
    case = draw(plain_cases)
    shape = (draw(sizes(2, 3)), draw(sizes(2, 4)), case["width"][0])
    return {**case, "x": draw(arrays(shape)), "towards": uniform(draw(seeds().filter(bool)), shape)}


learning_cases = _learning_cases()


@probe
def learns(ns: Namespace, case: Case) -> Any:
    """Gradients of `sum(towards * output)` in graph mode, and the number of weights that matter and have none."""
    parts, drawn = _dissect(ns, case)
    width, trained = case["width"][0], len(parts.layer.trainable_weights)
    free = tf.TensorSpec((None, None, width), tf.float32)

    @tf.function(input_signature=[free, free])
    def gradients(x: Any, towards: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(towards * _call(parts.layer, x))
        weights = [weight.value for weight in parts.layer.trainable_weights]
        return tape.gradient(loss, [x, *weights], unconnected_gradients=tf.UnconnectedGradients.ZERO)

    x, towards = STRONG * case["x"], case["towards"]
    seen = []
    for transposed in (False, True):
        _dense_output(parts, case, x, transposed)
        try:
            seen.append(_by_part(parts, gradients(x, towards)))
        except Exception as error:
            return {"problem": describe_error(error)["message"], "trained": trained}
    parts.plain()
    _attend(parts, drawn, 1.0)
    tokens = _pairs(case)
    found = gradients(tokens, np.resize(case["towards"], tokens.shape))
    return {"gradients": seen, "stuck": _stuck(parts, found[1:], tokens), "trained": trained}


def _by_part(parts: Parts, gradients: list[Any]) -> dict[str, Any]:
    by_weight = {id(weight): value for weight, value in zip(parts.layer.trainable_weights, gradients[1:], strict=True)}
    groups = {"inner_gains": parts.inner_gains, "gains": parts.gains, "shifts": parts.shifts}
    found: dict[str, Any] = {
        name: [tf.reshape(by_weight[id(weight)], [-1]) for weight in group if id(weight) in by_weight]
        for name, group in groups.items()
    }
    kernels = [by_weight[id(each)] for each in parts.dense if len(_shape(each)) > 1 and id(each) in by_weight]
    found["kernels"] = sorted(float(tf.norm(value)) for value in kernels)
    return {**found, "x": gradients[0]}


def _stuck(parts: Parts, gradients: list[Any], x: np.ndarray) -> int:
    """How many attention weights have no gradient, although the output changes with them."""
    largest_of = {
        id(w): float(tf.reduce_max(tf.abs(g))) for w, g in zip(parts.layer.trainable_weights, gradients, strict=True)
    }
    largest = max(largest_of.values(), default=0.0)
    base, stuck = _output(parts.layer, x), 0
    for weight in parts.attention:
        if largest_of.get(id(weight), 0.0) <= 1e-6 * largest:
            before = keras.ops.convert_to_numpy(weight)
            weight.assign(before + uniform(4, before.shape))
            stuck += bool(np.abs(_output(parts.layer, x) - base).max() > 1e-3)
            weight.assign(before)
    return stuck


class _Counting(keras.layers.Layer):
    """Pretends to have as many weights after each call as it was told."""

    def __init__(self, counts: list[int]) -> None:
        super().__init__()
        self.counts = counts
        self.inputs: list[Any] = []

    def build(self, input_shape: Any) -> None:  # noqa: ARG002
        self.built = True

    def call(self, x: Any) -> Any:
        self.inputs = [*self.inputs, x]
        return x

    @property
    def weights(self) -> list[Any]:
        done = len(self.inputs)
        return [None] * (self.counts[min(done, len(self.counts)) - 1] if done else 99)


class _Forgetful(keras.layers.Layer):
    """Makes its part in `call`."""

    def call(self, x: Any) -> Any:
        return keras.layers.Dense(2)(x)


@st.composite
def _counting_cases(draw: Any) -> Case:
    counts = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4))
    return {"counts": counts, "bias": draw(st.booleans()), "depth": draw(sizes(1, 2)), "x": draw(arrays((2, 3)))}


counting_cases = _counting_cases()


@probe
def counts(ns: Namespace, case: Case) -> Any:
    """What is counted for four layers of the check's own, and how the first of them was called."""
    n_calls, x = len(case["counts"]), tf.constant(case["x"])
    counting = _Counting(case["counts"])
    dense = [keras.layers.Dense(3, use_bias=case["bias"]) for _ in range(case["depth"])]
    lazy = keras.Sequential([*dense, keras.layers.BatchNormalization(), keras.layers.Dropout(0.5)])
    return {
        "counting": ns.call("weights_after_each_call", counting, x, n_calls),
        "inputs": counting.inputs,
        "dense": ns.call("weights_after_each_call", keras.layers.Dense(2, use_bias=case["bias"]), x, n_calls),
        "lazy": ns.call("weights_after_each_call", lazy, x, n_calls),
        "forgetful": ns.call("weights_after_each_call", _Forgetful(), x, n_calls),
    }


COUNTED = COUNTS.trial(counts, counting_cases)


@COUNTED.check(points=1, hint="One pass of a loop: call the layer on x, then count.")
def one_number_a_call(case: Case, seen: Any) -> None:
    """The layer is called `n_calls` times on `x`, no more and no less, and there is one number a call."""
    n_calls = len(case["counts"])
    same_shape(seen["counting"], (n_calls,), "The list of numbers")
    calls = len(seen["inputs"])
    expect(calls == n_calls, "The layer was called too often or too rarely.", f"{calls} calls", f"{n_calls} calls")
    for given in seen["inputs"]:
        close(given, case["x"], "The input of a call", ulps=4)

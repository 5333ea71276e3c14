"""Checks of `attention`: probes and public properties."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import array, close, expect, finite, same_shape
from keras_checks.observe import Namespace, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, sizes, uniform

LECTURE = 'Transformer, "Other custom layers of interest"'
ATTENTION = Question(
    name="scaled_dot_product_attention", answers=("scaled_dot_product_attention",), points=4, lecture=LECTURE
)
MULTI_HEAD = Question(name="multi_head_attention", answers=("MultiHeadAttention",), points=6, lecture=LECTURE)

FIRST = "scaled_dot_product_attention"
KERNEL = 0.25
"""What every kernel of a layer holds in the even state: then the order of its axes and heads does not matter."""
HALF_TOLERANCE = 0.04
"""float16 rounds to 1 in 2000. A score of up to 16 is then off by up to 0.03, and so is a weight, relatively."""
NO_SHARE = 1e-30
"""The weight of what is masked is exactly 0: `exp` of anything far below the scores is, in float32."""

widths = st.sampled_from([(8, 2), (12, 3), (10, 2), (15, 3), (12, 2)])
"""`d_model` and heads. A head has at least 4 columns: a kernel has more entries than any bias."""


@st.composite
def _triples(draw: Any, low: int = 2) -> dict[str, np.ndarray]:
    """Queries, keys and values of rank 3 or 4; the two lengths and the two widths differ as a rule."""
    leading = draw(st.lists(sizes(1, 3), min_size=1, max_size=2).map(tuple))
    len_q, len_k, depth, width = draw(sizes(1, 4)), draw(sizes(low, 5)), draw(sizes(2, 6)), draw(sizes(1, 4))
    return {
        "q": draw(arrays((*leading, len_q, depth))),
        "k": draw(arrays((*leading, len_k, depth), key=1)),
        "v": draw(arrays((*leading, len_k, width), key=2)),
    }


@st.composite
def _masks(draw: Any, scores: tuple[int, ...], least: int = 1) -> np.ndarray:
    """A mask that broadcasts to the scores: axes of size 1, fewer axes; each row allows something, but not all."""
    rank = draw(st.integers(least, len(scores)))
    shape = [size if draw(st.booleans()) else 1 for size in scores[-rank:-1]] + [scores[-1]]
    random = np.random.default_rng([draw(seeds()), *shape])
    order = random.random(shape).argsort(axis=-1)
    return order < random.integers(1, max(scores[-1], 2), shape[:-1])[..., None]


@st.composite
def _masked(draw: Any) -> Case:
    data = draw(_triples())
    scores = (*data["q"].shape[:-1], data["k"].shape[-2])
    return {**data, "mask": draw(_masks(scores))}


@st.composite
def _blocked(draw: Any) -> Case:
    """At least one row of the mask allows nothing."""
    data = draw(_triples())
    scores = (*data["q"].shape[:-1], data["k"].shape[-2])
    mask = draw(_masks(scores)) & (draw(arrays((*scores[:-1], 1), key=3)) > 0)
    mask[(0,) * (mask.ndim - 1)] = False
    return {**data, "mask": mask}


@st.composite
def _large(draw: Any) -> Case:
    """Scores of up to some thousands, exact in float32: the first key scores highest, all others are far below 0."""
    shape = draw(st.tuples(sizes(1, 2), sizes(1, 3), sizes(3, 5)))
    batch, len_q, len_k = shape
    along = np.sign(draw(arrays((1, 1, 4)))) + 0.0
    along[along == 0] = 1
    lengths = np.sort(np.round(20 * draw(arrays((batch, len_k), 1, 2, key=1))), axis=-1)[:, :, None]
    sides = np.where(np.arange(len_k) == 0, 1, -1)[:, None]
    mask = draw(_masks(shape))
    mask[..., 0], mask[..., -1] = False, True
    return {
        "q": (np.round(20 * draw(arrays((batch, len_q, 1), 1, 2, key=2))) * along).astype(np.float32),
        "k": (lengths * sides * along).astype(np.float32),
        "v": draw(arrays((batch, len_k, 3), key=3)),
        "mask": mask,
    }


@st.composite
def _sloped(draw: Any) -> Case:
    data = draw(_triples())
    return {**data, "towards": draw(arrays((*data["q"].shape[:-1], data["v"].shape[-1]), key=3))}


open_cases = _triples()
masked_cases = _masked()
blocked_cases = _blocked()
large_cases = _large()
sloped_cases = _sloped()


def pair(found: Any, what: str) -> dict[str, Any]:
    """What an answer returned, by name; raises where it is not a pair."""
    if not isinstance(found, tuple | list) or len(found) != 2:
        raise TypeError(f"{what} must return the pair (output, weights), and returned {type(found).__name__}.")
    return {"output": found[0], "weights": found[1]}


def _attend(ns: Namespace, case: Case, dtype: str = "float32", *, masked: bool = True) -> dict[str, Any]:
    inputs = [tf.constant(case[name], dtype) for name in ("q", "k", "v")]
    options = {"mask": tf.constant(case["mask"])} if masked and "mask" in case else {}
    return pair(ns.call(FIRST, *inputs, **options), FIRST)


@probe
def attend(ns: Namespace, case: Case) -> Any:
    """Output and weights."""
    return _attend(ns, case)


@probe
def attend_large(ns: Namespace, case: Case) -> Any:
    """Output and weights without the mask, with it, and with its opposite; and with it, for scores below 1."""
    turned = _attend(ns, {**case, "mask": ~case["mask"]})
    small = {**case, **{name: case[name] / 100 for name in ("q", "k")}}
    large = {"open": _attend(ns, case, masked=False), "masked": _attend(ns, case), "turned": turned}
    return {**large, "small": _attend(ns, small)}


@probe
def attend_half(ns: Namespace, case: Case) -> Any:
    """Output and weights, masked, for half of each number: in float32, in float16, and there with nothing allowed."""
    small = {**case, **{name: case[name] / 2 for name in ("q", "k", "v")}}
    blocked = {**small, "mask": np.zeros_like(case["mask"])}
    return {"float32": _attend(ns, small), "float16": _attend_half(ns, small), "blocked": _attend_half(ns, blocked)}


def _attend_half(ns: Namespace, case: Case) -> dict[str, Any]:
    return {name: tf.cast(value, "float32") for name, value in _attend(ns, case, "float16").items()}


@probe
def attend_slopes(ns: Namespace, case: Case) -> Any:
    """Gradients of `sum(towards * output)`, in a graph that does not know the batch size."""
    values = [case[name] for name in ("q", "k", "v", "towards")]

    def slopes(q: Any, k: Any, v: Any, towards: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch([q, k, v])
            total = tf.reduce_sum(towards * pair(ns.call(FIRST, q, k, v), FIRST)["output"])
        return tape.gradient(total, {"q": q, "k": k, "v": v})

    signature = [tf.TensorSpec((None, *value.shape[1:])) for value in values]
    return tf.function(slopes, input_signature=signature, autograph=False)(*values)


def allowed(case: Case, shape: tuple[int, ...]) -> np.ndarray:
    """The mask of a case, in the shape of the scores; all True where there is none."""
    return np.broadcast_to(case.get("mask", np.array(True)), shape)


def follows(case: Case, seen: Any) -> tuple[np.ndarray, np.ndarray]:
    """Output and weights of a case as arrays of the right shapes; fails unless the output is `weights @ v`."""
    q, k, v = case["q"], case["k"], case["v"]
    weights = same_shape(seen["weights"], (*q.shape[:-1], k.shape[-2]), "weights").astype(np.float64)
    output = same_shape(seen["output"], (*q.shape[:-1], v.shape[-1]), "output").astype(np.float64)
    rows = allowed(case, weights.shape).any(-1)
    close(output[rows], (weights @ v)[rows], "output, compared with weights @ v,", ulps=64, scale=8)
    return output, weights


def _shares(weights: np.ndarray, rows: np.ndarray) -> None:
    expect((weights[rows] > -1e-6).all(), "A weight is negative.")
    sums = weights.sum(-1)[rows]
    close(sums, np.ones_like(sums), "The sum of the weights of a query", ulps=64)


ATTEND = ATTENTION.trial(attend, open_cases)


@ATTEND.check(
    points=0.5,
    hint="The softmax runs over the keys: for each query one distribution. Which axis of the scores is that?",
)
def shares_of_the_keys(case: Case, seen: Any) -> None:
    """Without a mask, `weights` has shape `(..., len_q, len_k)`, the weights of each query are positive and sum to 1,
    and `output` is the mean of the values with these weights."""
    _, weights = follows(case, seen)
    _shares(weights, np.ones(weights.shape[:-1], bool))


ATTEND_ON_MASKED_CASES = ATTENTION.trial(attend, masked_cases)


@ATTEND_ON_MASKED_CASES.check(
    points=0.25, hint="True means allowed. What is not allowed must be out before the softmax shares the attention."
)
def masked_keys_have_no_share(case: Case, seen: Any) -> None:
    """With a mask of any shape that broadcasts to the scores, the weight is 0 where the mask is False, and the others
    sum to 1."""
    _, weights = follows(case, seen)
    mask = allowed(case, weights.shape)
    expect((np.abs(weights[~mask]) < NO_SHARE).all(), "A key that is not allowed has a share of the attention.")
    _shares(weights, np.ones(weights.shape[:-1], bool))


ATTEND_ON_BLOCKED_CASES = ATTENTION.trial(attend, blocked_cases)


@ATTEND_ON_BLOCKED_CASES.check(
    points=0.25,
    hint="The softmax of a row that is minus infinity throughout is 0 / 0. Use a large negative number that is finite.",
)
def nothing_allowed_is_finite(case: Case, seen: Any) -> None:
    """A query for which nothing is allowed gets any finite numbers; the other queries are not touched by it."""
    output, weights = follows(case, seen)
    finite(weights, "weights")
    finite(output, "output")
    mask = allowed(case, weights.shape)
    rows = mask.any(-1)
    expect((np.abs(weights[rows] * ~mask[rows]) < NO_SHARE).all(), "A key that is not allowed has a share.")
    _shares(weights, rows)


ATTEND_HALF = ATTENTION.trial(attend_half, masked_cases)


@ATTEND_HALF.check(
    points=0.5,
    hint="Take the dtype from `q`, for the square root too. The largest float16 is 65504, so -1e9 is minus infinity "
    "there, and 0 times infinity is NaN.",
)
def half_precision(case: Case, seen: Any) -> None:
    """For `q`, `k` and `v` in float16, with a mask that allows something in each row, output and weights are the same
    as in float32, but for the rounding; where nothing is allowed they are finite."""
    small = {**case, **{name: case[name] / 2 for name in ("q", "k", "v")}}
    output, weights = follows(small, seen["float32"])
    expect(np.abs(weights).max() > 0, "All weights are 0.")
    for name, due in (("output", output), ("weights", weights)):
        found = finite(same_shape(seen["float16"][name], due.shape, f"{name} in float16"), f"{name} in float16")
        expect(np.abs(found - due).max() < HALF_TOLERANCE, f"{name} in float16 is another than in float32.", found, due)
        finite(seen["blocked"][name], f"{name} in float16, with nothing allowed,")


def nearness(q: Any, k: Any, v: Any, mask: Any = None, **_: Any) -> Any:
    """Stands in for a student's function where the layer uses it. The nearer a key, the larger its share: this is
    not the formula of the exercise, but an answer that uses it in the right way shows it.
    """
    steps = tf.expand_dims(q, -2) - tf.expand_dims(k, -3)
    near = 1 / (1 + tf.reduce_sum(steps**2, axis=-1))
    if mask is not None:
        near *= tf.cast(mask, near.dtype)
    near = tf.math.divide_no_nan(near, tf.reduce_sum(near, axis=-1, keepdims=True))
    return tf.einsum("...ij,...jf->...if", near, v), near


@st.composite
def _sequences(draw: Any) -> Case:
    d_model, num_heads = draw(widths)
    batch, len_q, len_k = draw(sizes(1, 4)), draw(sizes(1, 4)), draw(sizes(2, 5))
    return {
        "width": [d_model, num_heads],
        "q": draw(arrays((batch, len_q, d_model))),
        "k": draw(arrays((batch, len_k, d_model), key=1)),
        "v": draw(arrays((batch, len_k, d_model), key=2)),
    }


@st.composite
def _masked_sequences(draw: Any) -> Case:
    case = draw(_sequences())
    batch, len_q = case["q"].shape[:2]
    scores = (batch, case["width"][1], len_q, case["k"].shape[1])
    rank = draw(st.integers(2, 4))
    there = scores if rank == 4 else scores[:1] * (rank - 2) + scores[2:]
    return {**case, "mask": draw(_masks(there, least=rank))}


sequence_cases = _sequences()
masked_sequence_cases = _masked_sequences()
division_cases = cases(
    sizes=st.lists(st.tuples(sizes(1, 5), sizes(1, 5), st.booleans()), min_size=5, max_size=5, unique=True).filter(
        lambda drawn: any(divisible for *_, divisible in drawn)
    )
)
"""At least one of the sizes is divisible."""


def _layer(ns: Namespace, case: Case) -> Any:
    """A new layer that has been called once."""
    d_model, num_heads = case["width"]
    layer = ns["MultiHeadAttention"](d_model, num_heads)
    q, k = (tf.constant(uniform(length, (1, length, d_model))) for length in (2, 3))
    pair(layer(q, k, k), "MultiHeadAttention")
    return layer


def _kernels(layer: Any, case: Case) -> list[Any]:
    """The weights that are large enough to be (a head's part of) a projection."""
    d_model, num_heads = case["width"]
    return [weight for weight in layer.weights if np.prod(weight.shape) >= d_model * d_model // num_heads]


def _even(layer: Any, case: Case) -> None:
    """Every kernel holds one number, every bias 0."""
    kernels = {id(weight) for weight in _kernels(layer, case)}
    for weight in layer.weights:
        weight.assign(np.full(weight.shape, KERNEL if id(weight) in kernels else 0.0, "float32"))


def _drawn(layer: Any, case: Case) -> None:
    """Every kernel holds drawn numbers, every bias 0."""
    kernels = {id(weight) for weight in _kernels(layer, case)}
    for number, weight in enumerate(layer.weights):
        drawn = 0.3 * uniform(number, weight.shape)
        weight.assign(drawn if id(weight) in kernels else 0 * drawn)


def _apply(layer: Any, case: Case) -> dict[str, Any]:
    options = {"mask": tf.constant(case["mask"])} if "mask" in case else {}
    inputs = (tf.constant(case[name]) for name in ("q", "k", "v"))
    return pair(layer(*inputs, **options), "MultiHeadAttention")


@probe
def even_layer(ns: Namespace, case: Case) -> Any:
    """Output and weights of the layer in the even state."""
    with ns.replaced(**{FIRST: nearness}):
        layer = _layer(ns, case)
        _even(layer, case)
        return _apply(layer, case)


def by_value(case: Case, weights: np.ndarray) -> np.ndarray:
    """What the layer in the even state gives for weights `(batch, heads, len_q, len_k)`: `(batch, len_q, d_model)`."""
    d_model, num_heads = case["width"]
    sums = KERNEL * case["v"].astype(np.float64).sum(-1)
    mixed = np.einsum("bhqk,bk->bq", weights, sums) * d_model / num_heads
    return np.repeat(KERNEL * mixed[:, :, None], d_model, axis=-1)


def _layer_shapes(case: Case, seen: Any) -> tuple[np.ndarray, np.ndarray]:
    d_model, num_heads = case["width"]
    batch, len_q = case["q"].shape[:2]
    weights = same_shape(seen["weights"], (batch, num_heads, len_q, case["k"].shape[1]), "weights")
    return same_shape(seen["output"], (batch, len_q, d_model), "output"), weights.astype(np.float64)


EVEN_LAYER = MULTI_HEAD.trial(even_layer, sequence_cases)


@EVEN_LAYER.check(points=0.5, hint="Before attention the heads have an axis of their own, in front of the positions.")
def weights_for_each_head(case: Case, seen: Any) -> None:
    """The output has shape `(batch, len_q, d_model)`; `weights` has shape `(batch, num_heads, len_q, len_k)`, and sums
    to 1 over the keys."""
    _, weights = _layer_shapes(case, seen)
    _shares(weights, np.ones(weights.shape[:-1], bool))


@EVEN_LAYER.check(
    points=1,
    hint="Split, attend, put the positions back in front of the heads, merge the last two axes, project once more.",
)
def output_follows_the_weights(case: Case, seen: Any) -> None:
    """With every kernel entry at 0.25 and no bias, the output at a position is what the returned weights, the
    projected values of all heads and the output projection give."""
    output, weights = _layer_shapes(case, seen)
    expect(np.abs(weights).max() > 0, "All weights are 0.")
    due = by_value(case, weights)
    close(output, due, "output", ulps=256, scale=max(float(np.abs(due).max()), 8.0))


@probe
def divisions(ns: Namespace, case: Case) -> Any:
    """For each size, whether the layer is refused; and how wide the output is for the first size that fits."""
    fitting = next(each for each in pairs_of(case) if each[0] % each[1] == 0)
    refused = [_is_refused(ns, *each) for each in pairs_of(case)]
    return {"refused": refused, "width": None if _is_refused(ns, *fitting) else _width(ns, *fitting)}


def _is_refused(ns: Namespace, d_model: int, num_heads: int) -> bool:
    try:
        ns["MultiHeadAttention"](d_model, num_heads)
    except (ValueError, AssertionError, TypeError, ArithmeticError):
        return True
    return False


def _width(ns: Namespace, d_model: int, num_heads: int) -> int:
    """The last axis of the output, whatever else is returned with it."""
    x = tf.constant(uniform(1, (1, 2, d_model)))
    with ns.replaced(**{FIRST: nearness}):
        found = ns["MultiHeadAttention"](d_model, num_heads)(x, x, x)
    output = found[0] if isinstance(found, tuple | list) and found else found
    return int(output.shape[-1]) if hasattr(output, "shape") else 0


def pairs_of(case: Case) -> list[tuple[int, int]]:
    """`d_model` and heads: divisible as told."""
    found = []
    for depth, heads, divisible in case["sizes"]:
        num_heads = heads + 1
        found.append((depth * num_heads + (0 if divisible else 1 + depth % heads), num_heads))
    return found


DIVISIONS = MULTI_HEAD.trial(divisions, division_cases)


@DIVISIONS.check(points=0.5, hint="`d_model % num_heads` is what is left over. Raise a ValueError that says so.")
def indivisible_is_refused(case: Case, seen: Any) -> None:
    """`MultiHeadAttention(d_model, num_heads)` raises an error if `num_heads` does not divide `d_model`, and only
    then."""
    for (d_model, num_heads), refused in zip(pairs_of(case), seen["refused"], strict=True):
        what = f"MultiHeadAttention({d_model}, {num_heads})"
        if d_model % num_heads:
            expect(refused is True, f"{what} raised no error: {num_heads} does not divide {d_model}.")
        else:
            expect(refused is False, f"{what} raised an error, though {num_heads} divides {d_model}.")
    d_model, num_heads = next(each for each in pairs_of(case) if each[0] % each[1] == 0)
    expect(seen["width"] == d_model, f"The output of MultiHeadAttention({d_model}, {num_heads}) has another width.")


@probe
def projections(ns: Namespace, case: Case) -> Any:
    """How many kernel entries act on the weights, on the output for given weights, and on both, in graph mode with
    unknown batch size; how many there are, and how many act on the first column of the output; and the layer in the
    even state.
    """
    with ns.replaced(**{FIRST: nearness}):
        layer = _layer(ns, case)
        _even(layer, case)
        even = _apply(layer, case)
        _drawn(layer, case)
        scores = _acting(layer, case, 3, "weights")
        values = _acting(layer, case, 1, "output")
        first = _on_first_column(layer, case)
    trained = {id(weight) for weight in layer.trainable_weights}
    return {
        "even": even,
        "scores": sum(int(one.sum()) for one in scores),
        "values": sum(int(one.sum()) for one in values),
        "both": sum(int((one & other).sum()) for one, other in zip(scores, values, strict=True)),
        "frozen": sum(id(weight) not in trained for weight in _kernels(layer, case)),
        "first": first,
        "held": sum(int(np.prod(weight.shape)) for weight in _kernels(layer, case)),
    }


def _acting(layer: Any, case: Case, len_k: int, name: str) -> list[np.ndarray]:
    """For each kernel, which of its entries act on a result of the layer."""
    own = {id(weight) for weight in _kernels(layer, case)}
    kernels = [weight for weight in layer.trainable_weights if id(weight) in own]
    d_model, num_heads = case["width"]
    shape = (4, d_model) if name == "output" else (num_heads, 4, len_k)

    def slopes(q: Any, k: Any, v: Any, towards: Any) -> Any:
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(towards * pair(layer(q, k, v), "MultiHeadAttention")[name])
        return tape.gradient(total, [one.value for one in kernels], unconnected_gradients="zero")

    signature = [tf.TensorSpec((None, *each)) for each in ((4, d_model), (len_k, d_model), (len_k, d_model), shape)]
    graph = tf.function(slopes, input_signature=signature, autograph=False)
    inputs = [uniform(number, (2, *each.shape[1:])) for number, each in enumerate(signature[:3])]
    drawn = [graph(*inputs, uniform(number, (2, *shape))) for number in range(3)]
    largest_of = [np.max([np.abs(one) for one in each], axis=0) for each in zip(*drawn, strict=True)]
    largest = max((float(one.max()) for one in largest_of), default=0.0)
    return [one > 1e-4 * largest for one in largest_of]


def _on_first_column(layer: Any, case: Case) -> int:
    """How many kernel entries act on the first column of the output; few, where nothing mixes what the heads found."""
    inputs = [tf.constant(uniform(length, (2, length, case["width"][0]))) for length in (4, 3, 3)]
    kernels = [weight.value for weight in _kernels(layer, case)]
    with tf.GradientTape() as tape:
        tape.watch(kernels)
        total = tf.reduce_sum(pair(layer(*inputs), "MultiHeadAttention")["output"][..., 0])
    found = tape.gradient(total, kernels, unconnected_gradients="zero")
    return sum(int(np.count_nonzero(one)) for one in found)


@probe
def heads_apart(ns: Namespace, case: Case) -> Any:
    """Many queries in the drawn state; and the layer in the even state."""
    with ns.replaced(**{FIRST: nearness}):
        layer = _layer(ns, case)
        _even(layer, case)
        even = _apply(layer, case)
        _drawn(layer, case)
        return {"even": even, "drawn": _apply(layer, many(case)), "kernels": len(_kernels(layer, case))}


def many(case: Case) -> Case:
    """Inputs with enough queries to tell the heads apart."""
    d_model = case["width"][0]
    seed = int(np.abs(np.round(100 * case["q"])).sum())
    shapes = {"q": (8, 12, d_model), "k": (8, 4, d_model), "v": (8, 4, d_model)}
    return {name: uniform(seed + number, shape) for number, (name, shape) in enumerate(shapes.items())}


def numbers(found: Any, what: str) -> np.ndarray:
    """``found`` as finite float64 numbers."""
    return finite(array(found, what), what).astype(np.float64)

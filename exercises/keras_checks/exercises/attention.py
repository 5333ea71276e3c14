"""Checks of `attention`: probes and public properties."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.causes import tidied
from keras_checks.compare import Failure, array, close, expect, finite, same_shape
from keras_checks.errors import describe_error
from keras_checks.observe import Namespace, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import uniform
from keras_checks.testbeds.first_call import first_call
from keras_checks.testbeds.graphs import in_graph
from keras_checks.testbeds.without_keras_attention import without_keras_attention

LECTURE = 'Transformer, "Other custom layers of interest"'
ATTENTION = Question(
    name="scaled_dot_product_attention",
    answers=("scaled_dot_product_attention",),
    points=4,
    lecture=LECTURE,
    shows=("q", "k", "v", "mask"),
)
MULTI_HEAD = Question(
    name="multi_head_attention",
    answers=("MultiHeadAttention",),
    points=6,
    lecture=LECTURE,
    shows=("width: (d_model, num_heads)", "sizes: (d_model, num_heads)", "q", "k", "v"),
)

FIRST = "scaled_dot_product_attention"
KERNEL = 0.25
"""What every kernel of a layer holds in the even state: then the order of its axes and heads does not matter."""
NO_SHARE = 1e-30
"""The weight of a masked key is exactly 0: `exp` of anything far below the scores is, in float32."""
EXPLAINED = 1e-3
"""Float32 noise leaves 1e-6 of the output unexplained; heads that differ from the returned weights, over 0.1."""
BEYOND_SLICE = 1e-3
"""The values act through `depth` directions per head, float32 noise through others by 1e-6 of that; whole values, where
heads share their weights, by over 0.1."""

LN2, LN3 = float(np.log(2)), float(np.log(3))
T, F = True, False


def _worked(q: Any, k: Any, v: Any, weights: Any, mask: Any = None) -> tuple[Case, np.ndarray]:
    """Inputs and the weights that were worked out by hand."""
    case = {name: np.asarray(value, np.float32) for name, value in (("q", q), ("k", k), ("v", v))}
    if mask is not None:
        case["mask"] = np.asarray(mask, bool)
    return case, np.asarray(weights, np.float64)


NINE = np.eye(9)
WORKED = {
    "one query": _worked(
        q=[[[1, 1, 1, 1]]], k=[[[LN3, LN3, 0, 0], [0, 0, 0, 0]]], v=[[[8], [0]]], weights=[[[3 / 4, 1 / 4]]]
    ),
    "two sequences": _worked(
        q=[[[2, 0, 0, 0], [0, 2, 0, 0]], [[0, 0, 2, 0], [1, 1, 1, 1]]],
        k=[
            [[0, LN2, 1, -1], [LN2, 0, 2, 1], [LN3, 0, -1, 2]],
            [[LN3, LN3, 0, 0], [LN2, LN2, 0, 0], [-LN2, 0, LN2, 0]],
        ],
        v=[[[6, 0], [3, 1], [0, 2]], [[4, -2], [8, 0], [0, 4]]],
        weights=[[[1 / 6, 2 / 6, 3 / 6], [2 / 4, 1 / 4, 1 / 4]], [[1 / 4, 1 / 4, 2 / 4], [3 / 6, 2 / 6, 1 / 6]]],
    ),
    "two heads": _worked(
        q=[[3 * NINE[[4]], np.ones((1, 9))]],
        k=[[LN2 * NINE[[4, 1]] + NINE[[0, 7]], 3 * LN3 * NINE[[8, 2]] * [[1], [-1]]]],
        v=[[[[3], [6]], [[0], [10]]]],
        weights=[[[[2 / 3, 1 / 3]], [[9 / 10, 1 / 10]]]],
    ),
    "wide": _worked(
        q=[[10 * np.eye(100)[4]]], k=[[LN3 * np.eye(100)[4], np.zeros(100)]], v=[[[8], [0]]], weights=[[[3 / 4, 1 / 4]]]
    ),
}
"""Without a mask. Each row of the weights is in the proportion of the `exp` of its scores: whole numbers."""
MASKED = {
    "two queries": _worked(
        q=[[[1], [-1]]],
        k=[[[0], [LN2], [LN3]]],
        v=[[[6], [3], [10]]],
        mask=[[[T, T, F], [F, T, T]]],
        weights=[[[1 / 3, 2 / 3, 0], [0, 3 / 5, 2 / 5]]],
    ),
    "two sequences": _worked(
        q=[[[1]], [[1]]],
        k=[[[LN2], [0], [-8], [3]], [[-8], [0], [0], [5]]],
        v=[[[3], [6], [1], [1]], [[2], [1], [1], [1]]],
        mask=[[[T, T, F, F]], [[T, F, F, F]]],
        weights=[[[2 / 3, 1 / 3, 0, 0]], [[1, 0, 0, 0]]],
    ),
    "two heads": _worked(
        q=[[[[1]], [[1]]]],
        k=[[[[0], [LN2], [LN3]], [[LN3], [0], [0]]]],
        v=[[[[4], [1], [8]], [[1], [2], [4]]]],
        mask=[[[[T, F, T]], [[F, T, T]]]],
        weights=[[[[1 / 4, 0, 3 / 4]], [[0, 1 / 2, 1 / 2]]]],
    ),
}
"""With a mask of the shape of the scores. Here d and d_v are 1: a mistake in the scaling shows only once."""
_ONE_TWO_THREE = {"q": np.ones((2, 2, 1)), "k": [[[0], [LN2], [LN3]]] * 2, "v": [[[6], [3], [8]]] * 2}
_IN_HEADS = {name: np.asarray(value)[None] for name, value in _ONE_TWO_THREE.items()}
_FIRST_TWO, _LAST_TWO, _OUTER = [1 / 3, 2 / 3, 0], [0, 2 / 5, 3 / 5], [1 / 4, 0, 3 / 4]
BROADCAST = {
    "(len_q, len_k)": _worked(
        **_ONE_TWO_THREE, mask=[[T, T, F], [F, T, T]], weights=[[_FIRST_TWO, _LAST_TWO], [_FIRST_TWO, _LAST_TWO]]
    ),
    "(batch, 1, len_k)": _worked(
        **_ONE_TWO_THREE, mask=[[[T, F, T]], [[T, T, F]]], weights=[[_OUTER, _OUTER], [_FIRST_TWO, _FIRST_TWO]]
    ),
    "(len_k,)": _worked(**_ONE_TWO_THREE, mask=[F, T, T], weights=[[_LAST_TWO, _LAST_TWO], [_LAST_TWO, _LAST_TWO]]),
    "(batch, 1, len_q, len_k)": _worked(
        **_IN_HEADS, mask=[[[[T, T, F], [T, F, T]]]], weights=[[[_FIRST_TWO, _OUTER], [_FIRST_TWO, _OUTER]]]
    ),
}
"""With masks of other shapes that broadcast to the scores."""
BLOCKED = {
    "one query": _worked(
        q=[[[1], [1]]], k=[[[0], [LN3]]], v=[[[4], [8]]], mask=[[[F, F], [T, T]]], weights=[[[0, 0], [1 / 4, 3 / 4]]]
    ),
    "one sequence": _worked(
        q=[[[1]], [[1]]],
        k=[[[LN2], [0], [1]], [[3], [1], [2]]],
        v=[[[3], [6], [1]], [[2], [1], [1]]],
        mask=[[[T, T, F]], [[F, F, F]]],
        weights=[[[2 / 3, 1 / 3, 0]], [[0, 0, 0]]],
    ),
}
"""With rows of the mask that are False throughout; the weights of such a row are free."""
LARGE = {
    "no mask": _worked(
        q=[[[100], [-100]]], k=[[[10], [-10], [2]]], v=[[[1], [2], [3]]], weights=[[[1, 0, 0], [0, 1, 0]]]
    ),
    "largest masked": _worked(
        q=[[[100], [-100]]],
        k=[[[10], [-10], [2]]],
        v=[[[1], [2], [3]]],
        mask=[[[F, T, T], [T, F, T]]],
        weights=[[[0, 0, 1], [0, 0, 1]]],
    ),
    "far below 0": _worked(
        q=[[[-100]]], k=[[[80], [82], [-40]]], v=[[[1], [2], [3]]], mask=[[[T, T, F]]], weights=[[[1, 0, 0]]]
    ),
}
"""Scores of 1000 and more, of either sign: one key takes everything. A masked score is at most 12000 above an allowed
one."""
SLOPED = [
    (((2, 3), 4, 2, 3), None),
    (((2, 2, 2), 3, 3, 2), [[[[T, T, F], [F, F, F]], [[F, T, T], [T, T, T]]], [[[T, F, T], [F, T, F]]] * 2]),
]
"""Leading axes with `len_q`, then `len_k`, d and d_v of the examples for gradients; the mask. One of its rows allows
nothing."""


def _examples(table: dict[str, tuple[Case, np.ndarray]]) -> st.SearchStrategy[Case]:
    """Every example of a table, in its order; the worked weights stay in the table."""
    return st.sampled_from([{**case, "_example": name} for name, (case, _) in table.items()])


def pair(found: Any, what: str) -> dict[str, Any]:
    """What an answer returned, by name; raises where it is not a pair."""
    if not isinstance(found, tuple | list) or len(found) != 2:
        raise TypeError(f"{what} must return the pair (output, weights), but returned {type(found).__name__}.")
    return {"output": found[0], "weights": found[1]}


def _attend(ns: Namespace, case: Case, *, masked: bool = True) -> dict[str, Any]:
    inputs = [tf.constant(case[name]) for name in ("q", "k", "v")]
    options = {"mask": tf.constant(case["mask"])} if masked and "mask" in case else {}
    return pair(ns.call(FIRST, *inputs, **options), FIRST)


@probe
@without_keras_attention
def attend(ns: Namespace, case: Case) -> Any:
    """Output and weights."""
    return _attend(ns, case)


@probe
@without_keras_attention
def attend_large(ns: Namespace, case: Case) -> Any:
    """Output and weights without the mask, with it, and with its opposite; and with it, for scores below 1."""
    turned = _attend(ns, {**case, "mask": ~case["mask"]})
    small = {**case, **{name: case[name] / 100 for name in ("q", "k")}}
    large = {"open": _attend(ns, case, masked=False), "masked": _attend(ns, case), "turned": turned}
    return {**large, "small": _attend(ns, small)}


@probe
@without_keras_attention
def attend_slopes(ns: Namespace, case: Case) -> Any:
    """Gradients of `sum(towards * output)`, with the mask of the case, in a graph that does not know the batch size."""

    def slopes(given: Any) -> Any:
        q, k, v = inputs = [given[name] for name in ("q", "k", "v")]
        options = {"mask": given["mask"]} if "mask" in given else {}
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            total = tf.reduce_sum(given["towards"] * pair(ns.call(FIRST, q, k, v, **options), FIRST)["output"])
        return tape.gradient(total, {"q": q, "k": k, "v": v})

    return _traced(slopes, {name: case[name] for name in ("q", "k", "v", "towards", "mask") if name in case})


def _traced(function: Any, given: dict[str, np.ndarray]) -> Any:
    """What the function returns for these arrays, in a graph that does not know the batch size."""
    signature = [{name: tf.TensorSpec((None, *value.shape[1:]), value.dtype) for name, value in given.items()}]
    return in_graph(function, signature)(given)


def allowed(case: Case, shape: tuple[int, ...]) -> np.ndarray:
    """The mask of a case, in the shape of the scores; all True where there is none."""
    return np.broadcast_to(case.get("mask", np.array(True)), shape)


def shapes(case: Case, seen: Any) -> tuple[np.ndarray, np.ndarray]:
    """Output and weights of a case as arrays; fails unless they have the right shapes."""
    q, k, v = case["q"], case["k"], case["v"]
    weights = same_shape(seen["weights"], (*q.shape[:-1], k.shape[-2]), "`weights`").astype(np.float64)
    return same_shape(seen["output"], (*q.shape[:-1], v.shape[-1]), "`output`").astype(np.float64), weights


def follows(case: Case, seen: Any) -> tuple[np.ndarray, np.ndarray]:
    """Output and weights of a case; fails unless the output is `weights @ v`."""
    output, weights = shapes(case, seen)
    rows = allowed(case, weights.shape).any(-1)
    due = (weights @ case["v"])[rows]
    close(
        output[rows],
        due,
        "`output`",
        ulps=64,
        scale=max(8.0, float(np.abs(case["v"]).max())),
        hint="The output is the matrix product of the returned weights and `v`.",
    )
    return output, weights


def shares(weights: np.ndarray, rows: np.ndarray) -> None:
    """Fail unless the weights of these rows are positive and sum to 1."""
    expect((weights[rows] > -1e-6).all(), "A weight is negative.", hint="Return the output of the softmax as weights.")
    sums = weights.sum(-1)[rows]
    hint = "Apply the softmax over the keys, the last axis: the weights of each query must sum to 1."
    close(sums, np.ones_like(sums), "The sum of the weights of a query", ulps=64, hint=hint)


def hidden_keys(case: Case, weights: np.ndarray, mask: np.ndarray) -> None:
    """Fail unless the weight is 0 where the mask is False and the weights of each other row sum to 1."""
    rows = mask.any(-1)
    if not np.allclose(weights[mask], 0, atol=1e-6) or not rows.any():
        leaks = "Replace the score of a masked key with a number that is far below any score, before the softmax."
    else:
        leaks = "Only masked keys have weights above 0: True means allowed, and your function masks the allowed keys."
    worst = np.abs(weights * ~mask)[rows].max(initial=0)
    expect(worst < NO_SHARE, "A masked key has a weight above 0.", worst, 0.0, leaks)
    sums = weights.sum(-1)[rows]
    hint = "Mask the scores before the softmax: then the weights of the allowed keys sum to 1."
    close(sums, np.ones_like(sums), "The sum of the weights of a query with a mask", ulps=64, hint=hint)


def _as_worked(case: Case, weights: np.ndarray, table: dict[str, tuple[Case, np.ndarray]], hint: str = "") -> None:
    """Fail unless the weights are those that were worked out, in every row that allows something."""
    due = table[case["_example"]][1]
    rows = allowed(case, due.shape).any(-1)
    close(weights[rows], due[rows], "`weights`", ulps=128, scale=1, hint=hint)


ATTEND = ATTENTION.trial(attend, _examples(WORKED), examples=len(WORKED))


@ATTEND.check(
    points=1.4,
    hint="Compute the scores by hand: `q` times the transposed `k`, divided by the square root of d, the width of a "
    "query. Then apply the softmax over the keys.",
)
def worked_weights(case: Case, seen: Any) -> None:
    """Without a mask, `weights` has shape `(..., len_q, len_k)` and the values worked out by hand, such as 3/4 and 1/4
    for the example of the text."""
    _, weights = shapes(case, seen)
    shares(weights, np.ones(weights.shape[:-1], bool))
    _as_worked(case, weights, WORKED)


@ATTEND.check(points=0.5, hint="The output is one matrix product: the returned weights times the values.")
def output_is_the_mean(case: Case, seen: Any) -> None:
    """Without a mask, `output` has shape `(..., len_q, d_v)` and is the mean of the values weighted by the returned
    weights, which sum to 1."""
    _, weights = follows(case, seen)
    shares(weights, np.ones(weights.shape[:-1], bool))


ATTEND_MASKED = ATTENTION.trial(attend, _examples(MASKED), examples=len(MASKED))


@ATTEND_MASKED.check(
    points=0.75,
    hint="True means allowed. Replace the scores of all other keys with a very low number before the softmax.",
)
def masked_keys_have_no_share(case: Case, seen: Any) -> None:
    """With a mask of the shape of the scores, the weight is 0 where the mask is False. The weights of the other keys
    sum to 1, in the proportions worked out by hand."""
    _, weights = follows(case, seen)
    hidden_keys(case, weights, allowed(case, weights.shape))
    _as_worked(case, weights, MASKED)


ATTEND_BROADCAST = ATTENTION.trial(attend, _examples(BROADCAST), examples=len(BROADCAST))


@ATTEND_BROADCAST.check(
    points=0.1, hint="Do not reshape the mask: `tf.where(mask, scores, low)` broadcasts it to the scores."
)
def other_mask_shapes(case: Case, seen: Any) -> None:
    """Masks of shape `(len_q, len_k)`, `(batch, 1, len_k)` and `(len_k,)`, and `(batch, 1, len_q, len_k)` with heads,
    broadcast to the scores."""
    _, weights = follows(case, seen)
    hidden_keys(case, weights, allowed(case, weights.shape))
    _as_worked(case, weights, BROADCAST)


ATTEND_BLOCKED = ATTENTION.trial(attend, _examples(BLOCKED), examples=len(BLOCKED))


@ATTEND_BLOCKED.check(
    points=0.25,
    hint="The softmax of a row of minus infinities is NaN. Replace masked scores with a very low but finite number.",
)
def nothing_allowed_is_finite(case: Case, seen: Any) -> None:
    """For a query without any allowed key, all numbers are finite. The weights of the other queries are right."""
    output, weights = follows(case, seen)
    finite(weights, "`weights`")
    finite(output, "`output`")
    hidden_keys(case, weights, allowed(case, weights.shape))
    _as_worked(case, weights, BLOCKED)


ATTEND_EXTREMES = ATTENTION.trial(attend, _examples(LARGE), examples=len(LARGE))


@ATTEND_EXTREMES.check(
    points=0.5,
    hint="exp(89) is too large for float32: use `tf.nn.softmax`. The number that replaces a masked score must be far "
    "below any score, such as -1e9.",
)
def large_scores(case: Case, seen: Any) -> None:
    """With scores of 1000 and more, positive or negative, the allowed key with the largest score has the weight 1, and
    no number is NaN."""
    finite(same_shape(seen["weights"], (*case["q"].shape[:-1], case["k"].shape[-2]), "`weights`"), "`weights`")
    _, weights = follows(case, seen)
    hidden_keys(case, weights, allowed(case, weights.shape))
    _as_worked(case, weights, LARGE)


def _sloped(sizes: tuple[tuple[int, ...], int, int, int], mask: Any) -> Case:
    """Inputs for gradients, with leading axes and `len_q` in front; the output of a query that is allowed no key does
    not count."""
    lead, len_k, depth, width = sizes
    rest = {"q": (*lead, depth), "k": (*lead[:-1], len_k, depth), "v": (*lead[:-1], len_k, width)}
    shapes = {**rest, "towards": (*lead, width)}
    case = {name: uniform(key, shape) for key, (name, shape) in enumerate(shapes.items())}
    if mask is None:
        return case
    mask = np.asarray(mask)
    return {**case, "towards": case["towards"] * mask.any(-1, keepdims=True), "mask": mask}


sloped_examples = [_sloped(*each) for each in SLOPED]
ATTEND_SLOPES = ATTENTION.trial(attend_slopes, st.sampled_from(sloped_examples), examples=2)


@ATTEND_SLOPES.check(
    points=0.25,
    hint="In `fit` the batch size is unknown, and the gradient passes only through TensorFlow and Keras operations: "
    "not through NumPy, not through `stop_gradient`.",
)
def gradients_arrive(case: Case, seen: Any) -> None:
    """In graph mode with unknown batch size, a finite gradient that is not 0 reaches queries, keys and values: without
    a mask, and with a mask that allows one query nothing. Summed over the keys, it is 0 for `k`, since only differences
    of scores matter, and for `v` the output's gradient summed over the queries."""
    for name in ("q", "k", "v"):
        expect(seen[name] is not None, f"No gradient reaches `{name}`.")
        what = f"The gradient for `{name}`"
        found = same_shape(seen[name], case[name].shape, what)
        hint = NAN_REPLACED if "mask" in case else ""
        expect(np.isfinite(found).all(), f"{what} is not finite.", found, "finite numbers", hint)
        expect(np.abs(found).max() > 1e-4, f"{what} is 0.")
    for name, due in (("k", 0 * case["k"][..., 0, :]), ("v", case["towards"].sum(-2))):
        what = f"The gradient for `{name}`, summed over the keys,"
        hint = "Check the weights first: for each query they must be a softmax over the keys."
        close(array(seen[name], what).sum(-2), due, what, ulps=1024, scale=16, hint=hint)


NAN_REPLACED = (
    "If you replace NaN after the softmax, the gradient is still NaN. Give masked keys a very low but finite score "
    "before the softmax."
)


def nearness(q: Any, k: Any, v: Any, mask: Any = None, *, sharpness: float = 1.0, **_: Any) -> Any:
    """Stands in for a student's function where the layer uses it. The nearer a key, the larger its share: this is
    not the formula of the exercise, but an answer that uses it in the right way shows it.
    """
    steps = tf.expand_dims(q, -2) - tf.expand_dims(k, -3)
    near = 1 / (1 + sharpness * tf.reduce_sum(steps**2, axis=-1))
    if mask is not None:
        near *= tf.cast(mask, near.dtype)
    near = tf.math.divide_no_nan(near, tf.reduce_sum(near, axis=-1, keepdims=True))
    return tf.einsum("...ij,...jf->...if", near, v), near


def _sequences(width: tuple[int, int], batch: int, len_q: int, len_k: int, *masks: Any) -> Case:
    """Inputs of a layer, and masks that it is called with one after the other."""
    d_model, _ = width
    lengths = {"q": len_q, "k": len_k, "v": len_k}
    inputs = {name: uniform(11 + key, (batch, size, d_model)) for key, (name, size) in enumerate(lengths.items())}
    return {"width": [*width], **inputs, "masks": [np.asarray(mask, bool) for mask in masks]}


_ONE_QUERY = {
    "width": [8, 2],
    "q": np.ones((1, 1, 8), np.float32),
    "k": np.asarray([[[LN3] + 7 * [0], 8 * [0]]], np.float32),
    "v": np.asarray([[8 * [1], 8 * [0]]], np.float32),
    "masks": [],
}
_MASK = [[[T, F, T], [F, T, T]], [[T, T, F], [F, F, T]]]
_MASKS = [
    [[[T, F], [T, T], [F, T]], [[F, T], [T, F], [T, T]]],
    [[T, F], [T, T], [F, T]],
    [[[T, F]], [[F, T]]],
    [[[[T, F], [F, T], [T, T]]] * 2] * 2,
]
"""The first masks have shape `(batch, len_q, len_k)`; the others `(len_q, len_k)`, `(batch, 1, len_k)` and `(batch,
num_heads, len_q, len_k)`."""
FIRST_MASK, OTHER_MASKS = slice(0, 1), slice(1, None)
HEADS = {
    "one query": (_ONE_QUERY, [[[0.75, 0.25]]], [[[0.568423, 0.431577]]], [[4, 0]]),
    "three heads": (
        _sequences((12, 3), 2, 2, 3, _MASK),
        [[[0.643596, 0.227067, 0.129337], [0.08901, 0.308178, 0.602811]],
         [[0.526081, 0.195109, 0.27881], [0.45398, 0.242294, 0.303726]]],
        [[[0.46631, 0.295021, 0.238669], [0.153369, 0.326498, 0.520133]],
         [[0.063718, 0.508654, 0.427628], [0.056851, 0.591782, 0.351367]]],
        [[0.8925, -2.5725, 2.7675], [-2.8725, -1.32, 4.7475]],
    ),
    "two heads": (
        {**_sequences((8, 2), 2, 3, 2, *_MASKS), "_traced": True},
        [[[0.410606, 0.589394], [0.667003, 0.332997], [0.475105, 0.524895]],
         [[0.457354, 0.542646], [0.458657, 0.541343], [0.570588, 0.429412]]],
        [[[0.379441, 0.620559], [0.628553, 0.371447], [0.35749, 0.64251]],
         [[0.573477, 0.426523], [0.573148, 0.426852], [0.533793, 0.466207]]],
        [[-2.575, 0.015], [-0.77, 0.285]],
    ),
}  # fmt: skip
"""A layer in the even state: inputs and masks, the weights of each head without a mask, those that the stand-in
for the function of question 1 gives, and what every column of the output is if a query looks at one key only."""
SEVERAL_HEADS = {"three heads": _sequences((12, 3), 3, 2, 3)}
ANY_HEADS = SEVERAL_HEADS | {"one head": _sequences((5, 1), 2, 3, 2)}
SIZES = [(10, 4), (12, 3), (7, 2), (6, 6), (9, 2), (3, 4), (8, 4), (5, 1)]
"""`d_model` and heads, some of which fit."""


def named_cases(table: dict[str, Any]) -> list[Case]:
    """The cases of a table, each with its name."""
    return [{**(it[0] if isinstance(it, tuple) else it), "_example": name} for name, it in table.items()]


def _layer(ns: Namespace, case: Case, batch: int, *, second: bool = False) -> Any:
    """A new layer that has been called once; after it a second one may be made, which must not change it."""
    d_model, num_heads = case["width"]
    layer = ns["MultiHeadAttention"](d_model, num_heads)
    q, k = (tf.constant(uniform(length, (batch, length, d_model))) for length in (2, 3))
    pair(first_call(layer, q, k, k), "MultiHeadAttention")
    if second:
        ns["MultiHeadAttention"](5 * (num_heads + 1), num_heads + 1)
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


def _apply(layer: Any, case: Case, **options: Any) -> dict[str, Any]:
    inputs = (tf.constant(case[name]) for name in ("q", "k", "v"))
    return pair(layer(*inputs, **options), "MultiHeadAttention")


@probe
@without_keras_attention
def even_layer(ns: Namespace, case: Case) -> Any:
    """Output and weights of the layer in the even state, without a mask and with each; whether it used the stand-in."""
    used = []

    def stand_in(q: Any, k: Any, v: Any, mask: Any = None, **more: Any) -> Any:
        used.append(True)
        return nearness(q, k, v, mask, **more, sharpness=case.get("sharpness", 1.0))

    with ns.replaced(**{FIRST: stand_in}):
        layer = _layer(ns, case, case.get("first_batch", len(case["q"])), second="first_batch" in case)
        _even(layer, case)
        found = {"open": _apply(layer, case)}
        found["masked"] = [
            _under(layer, case, mask, traced=place == 0 and "_traced" in case)
            for place, mask in enumerate(case["masks"])
        ]
    return {**found, "stand_in": bool(used)}


def _under(layer: Any, case: Case, mask: np.ndarray, *, traced: bool) -> dict[str, Any]:
    """Output and weights with a mask; or what is raised: one mask must not spoil the view of another."""
    try:
        return (_under_in_graph if traced else _apply)(layer, case, mask=tf.constant(mask))
    except Exception as error:
        return {"raised": describe_error(error)["message"]}


def _under_in_graph(layer: Any, case: Case, mask: Any) -> dict[str, Any]:
    """Output and weights with a mask, in graph mode; outside of it, if the layer fails there without a mask, too."""
    inputs = {name: case[name] for name in ("q", "k", "v")}

    def apply(given: Any) -> Any:
        options = {"mask": given["mask"]} if "mask" in given else {}
        return pair(layer(*(given[name] for name in inputs), **options), "MultiHeadAttention")

    try:
        return _traced(apply, {**inputs, "mask": mask.numpy()})
    except Exception:
        try:
            _traced(apply, inputs)
        except Exception:
            return _apply(layer, case, mask=mask)  # another check says so
        raise


def layer_shapes(case: Case, seen: Any) -> tuple[np.ndarray, np.ndarray]:
    """Output and weights of a layer as arrays; fails unless they have the right shapes."""
    d_model, num_heads = case["width"]
    batch, len_q = case["q"].shape[:2]
    wanted = (batch, num_heads, len_q, case["k"].shape[1])
    weights = finite(same_shape(seen["weights"], wanted, "`weights`"), "`weights`")
    output = same_shape(seen["output"], (batch, len_q, d_model), "`output`")
    return finite(output, "`output`").astype(np.float64), weights.astype(np.float64)


def mixes(case: Case, seen: Any, alone: np.ndarray) -> None:
    """Fail unless the output mixes by the returned weights what each key alone gives, `(batch, len_k)`."""
    output, weights = layer_shapes(case, seen)
    expect(np.abs(weights).max() > 0, "All weights are 0.")
    mixed = np.einsum("bhqk,bk->bq", weights, alone) / weights.shape[1]
    due = np.repeat(mixed[:, :, None], output.shape[-1], axis=-1)
    scale = max(8.0, float(np.abs(alone).max()))
    close(output, due, "`output`", ulps=256, scale=scale)


EVEN_LAYER = MULTI_HEAD.trial(even_layer, st.sampled_from(named_cases(HEADS)), examples=len(HEADS))


@EVEN_LAYER.check(
    points=1,
    hint="Each head uses its own slice of the projected queries and keys of each position, and d is d_model / "
    "num_heads. A reshape alone mixes positions: to split the heads, reshape and then transpose.",
)
def weights_of_each_head(case: Case, seen: Any) -> None:
    """With every kernel entry at 0.25 and no bias, `weights` has shape `(batch, num_heads, len_q, len_k)` and the
    values worked out by hand, for each head."""
    _, weights = layer_shapes(case, seen["open"])
    shares(weights, np.ones(weights.shape[:-1], bool))
    own, near = HEADS[case["_example"]][1:3]
    due = np.repeat(np.asarray(near if seen["stand_in"] else own)[:, None], weights.shape[1], axis=1)
    close(weights, due, "`weights`", ulps=128, scale=1)


@EVEN_LAYER.check(
    points=1,
    hint="After attention, transpose heads and positions back, merge the last two axes, and apply the output "
    "projection.",
)
def output_follows_the_weights(case: Case, seen: Any) -> None:
    """With every kernel entry at 0.25 and no bias, the output `(batch, len_q, d_model)` is computed from the returned
    weights, the projected values of all heads and the output projection."""
    mixes(case, seen["open"], np.asarray(HEADS[case["_example"]][3]))


def under_masks(case: Case, seen: Any, which: slice) -> tuple[Case, Any]:
    """The case and what was seen with these of its masks only; fails where the layer raised with one of them."""
    masks, masked = case["masks"][which], seen["masked"][which]
    for mask, each in zip(masks, masked, strict=True):
        problem = tidied(each.get("raised", ""))
        expect(not problem, f"With a mask of shape {mask.shape}, your code raised: {problem}")
    return {**case, "masks": masks}, {**seen, "masked": masked}


def renormalized(case: Case, seen: Any) -> None:
    """Fail unless, under each mask, the weights of the allowed keys are those without a mask, made to sum to 1."""
    _, free = layer_shapes(case, seen["open"])
    for mask, masked in zip(case["masks"], seen["masked"], strict=True):
        _, weights = layer_shapes(case, masked)
        reach = np.broadcast_to(mask[:, None] if mask.ndim == 3 else mask, weights.shape)
        hidden_keys(case, weights, reach)
        due = free * reach
        due = due / due.sum(-1, keepdims=True)
        close(weights, due, f"`weights` with a mask of shape {mask.shape}", ulps=256, scale=1)


def _mixes_masked(case: Case, seen: Any) -> None:
    """Fail where the output follows the weights without a mask only."""
    alone = np.asarray(HEADS[case["_example"]][3])
    try:
        mixes(case, seen["open"], alone)
    except Failure:
        return  # another check says so
    for masked in seen["masked"]:
        mixes(case, masked, alone)


masked_cases = [case for case in named_cases(HEADS) if case["masks"]]
EVEN_LAYER_MASKED = MULTI_HEAD.trial(even_layer, st.sampled_from(masked_cases), examples=len(masked_cases))


@EVEN_LAYER_MASKED.check(
    points=0.85,
    hint="The scores are (batch, heads, q, k). Add an axis at position 1 to a mask (batch, q, k), and pass it to the "
    "function.",
)
def mask_reaches_every_head(case: Case, seen: Any) -> None:
    """In graph mode with unknown batch size, a mask of shape `(batch, len_q, len_k)` acts on every head. The weight is
    0 where it is False, and the weights of the allowed keys sum to 1, in the same proportions as without a mask."""
    case, seen = under_masks(case, seen, FIRST_MASK)
    renormalized(case, seen)
    _mixes_masked(case, seen)


EVEN_LAYER_OTHER_MASKS = MULTI_HEAD.trial(even_layer, st.just(masked_cases[-1]), examples=1, shrinks=0)


@EVEN_LAYER_OTHER_MASKS.check(
    points=0.15,
    hint="Only a mask of rank 3 lacks the axis for the heads: `(len_q, len_k)` and `(batch, num_heads, len_q, len_k)` "
    "broadcast without a change.",
)
def masks_of_other_shapes(case: Case, seen: Any) -> None:
    """Masks of shape `(len_q, len_k)`, `(batch, 1, len_k)` and `(batch, num_heads, len_q, len_k)` act in the same
    way."""
    renormalized(*under_masks(case, seen, OTHER_MASKS))


@probe
@without_keras_attention
def divisions(ns: Namespace, case: Case) -> Any:
    """For each size, whether the layer is refused; and how wide the output is for the first size that fits."""
    fitting = next(each for each in case["sizes"] if each[0] % each[1] == 0)
    refused = [_is_refused(ns, *each) for each in case["sizes"]]
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
        found = first_call(ns["MultiHeadAttention"](d_model, num_heads), x, x, x)
    output = found[0] if isinstance(found, tuple | list) and found else found
    return int(output.shape[-1]) if hasattr(output, "shape") else 0


DIVISIONS = MULTI_HEAD.trial(divisions, st.just({"sizes": [list(each) for each in SIZES]}), examples=1)


@DIVISIONS.check(
    points=0.5, hint="In `__init__`, raise a `ValueError` if the remainder `d_model % num_heads` is not 0."
)
def indivisible_is_refused(case: Case, seen: Any) -> None:
    """`MultiHeadAttention(d_model, num_heads)` raises an error if `num_heads` does not divide `d_model`, and only
    then."""
    for (d_model, num_heads), refused in zip(case["sizes"], seen["refused"], strict=True):
        what = f"MultiHeadAttention({d_model}, {num_heads})"
        if d_model % num_heads:
            expect(refused is True, f"{what} raised no error: {num_heads} does not divide {d_model}.")
        else:
            expect(refused is False, f"{what} raised an error, though {num_heads} divides {d_model}.")
    d_model, num_heads = next(each for each in case["sizes"] if each[0] % each[1] == 0)
    what = f"The width of the output of MultiHeadAttention({d_model}, {num_heads})"
    expect(seen["width"] == d_model, f"{what} is wrong.", seen["width"], d_model, "The output has `d_model` columns.")


@probe
@without_keras_attention
def projections(ns: Namespace, case: Case) -> Any:
    """How many kernel entries act on the weights, on the output for given weights, and on both, in graph mode with
    unknown batch size; how many there are, and how many act on the first column of the output; and the layer in the
    even state.
    """
    with ns.replaced(**{FIRST: nearness}):
        layer = _layer(ns, case, len(case["q"]), second=True)
        _even(layer, case)
        even = _apply(layer, case)
        _drawn(layer, case)
        scores, values, first = _acting(layer, case)
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


def _acting(layer: Any, case: Case) -> tuple[list[np.ndarray], list[np.ndarray], int]:
    """For each kernel, which of its entries act on the weights, and which on the output for given weights; then how
    many act on the first column of the output: few, where nothing mixes what the heads found.
    """
    own = {id(weight) for weight in _kernels(layer, case)}
    kernels = [weight for weight in layer.trainable_weights if id(weight) in own]
    d_model, num_heads = case["width"]

    def slopes(q: Any, k: Any, v: Any, at_weights: Any, at_output: Any) -> Any:
        with tf.GradientTape() as tape:
            found = pair(layer(q, k, v), "MultiHeadAttention")
            total = tf.reduce_sum(at_weights * found["weights"]) + tf.reduce_sum(at_output * found["output"])
        return tape.gradient(total, [one.value for one in kernels], unconnected_gradients="zero")

    shapes = (4, d_model), (3, d_model), (3, d_model), (num_heads, 4, 3), (4, d_model)
    signature = [tf.TensorSpec((None, *shape)) for shape in shapes]
    graph = tf.function(slopes, input_signature=signature, autograph=False)
    drawn = [[uniform(number + 3 * place, (2, *shape)) for place, shape in enumerate(shapes)] for number in range(3)]
    scores = [graph(*inputs, 0 * at_output) for *inputs, at_output in drawn]
    # Keys that are equal have equal weights, whatever the kernels.
    values = [
        graph(q, np.repeat(k[:, :1], 3, axis=1), v, 0 * at_weights, at_output)
        for q, k, v, at_weights, at_output in drawn
    ]
    q, k, v, at_weights, at_output = drawn[0]
    first = graph(q, k, v, 0 * at_weights, (np.arange(d_model) == 0) + 0 * at_output)
    return _nonzero(scores), _nonzero(values), sum(int(np.count_nonzero(one)) for one in first)


def _nonzero(slopes: list[Any]) -> list[np.ndarray]:
    """For each kernel, which of its entries have a slope that is not 0 in one of the draws."""
    largest_of = [np.max([np.abs(one) for one in each], axis=0) for each in zip(*slopes, strict=True)]
    largest = max((float(one.max()) for one in largest_of), default=0.0)
    return [one > 1e-4 * largest for one in largest_of]


PROJECTIONS = MULTI_HEAD.trial(projections, st.sampled_from(named_cases(ANY_HEADS)), examples=2, shrinks=0)


@PROJECTIONS.check(
    points=1.25,
    hint="There are four projections: queries, keys, values and output. Each has its own d_model * d_model weights, "
    "created once, in `__init__`.",
)
def four_projections(case: Case, seen: Any) -> None:
    """In graph mode with unknown batch size, the layer uses four projections with `d_model * d_model` trainable weights
    each: two determine the attention weights, and two compute the output from these."""
    due = 2 * case["width"][0] ** 2
    expect(seen["frozen"] == 0, "A projection is not trainable.", hint="Keep all weights of this layer trainable.")
    expect(
        seen["both"] == 0,
        "The same kernel affects the attention weights and the values.",
        hint="Queries, keys and values need one kernel each: do not use one twice.",
    )
    expect(
        seen["scores"] == due,
        "The wrong number of kernel entries affects the attention weights.",
        seen["scores"],
        due,
        "Use one kernel of d_model * d_model for the queries, and another for the keys.",
    )
    expect(
        seen["values"] == due,
        "The wrong number of kernel entries affects the output for given attention weights.",
        seen["values"],
        due,
        "Use one kernel of d_model * d_model for the values, and another for the merged heads.",
    )


@probe
@without_keras_attention
def heads_apart(ns: Namespace, case: Case) -> Any:
    """Many queries in the drawn state; and the layer in the even state."""
    with ns.replaced(**{FIRST: nearness}):
        layer = _layer(ns, case, MANY)
        _even(layer, case)
        even = _apply(layer, {name: np.repeat(case[name][:1], MANY, axis=0) for name in ("q", "k", "v")})
        _drawn(layer, case)
        return {"even": even, "drawn": _apply(layer, many(case)), "kernels": len(_kernels(layer, case))}


MANY = 8
"""Examples that tell the heads apart."""


def many(case: Case) -> Case:
    """Inputs with enough queries to tell the heads apart."""
    d_model = case["width"][0]
    shapes = {"q": (MANY, 12, d_model), "k": (MANY, 4, d_model), "v": (MANY, 4, d_model)}
    return {name: uniform(number, shape) for number, (name, shape) in enumerate(shapes.items())}


def head_flags(case: Case, seen: Any) -> dict[str, Any]:
    """Whether each head has weights of its own, whether the returned weights explain the output, and each head's by a
    slice of the values; of how many heads the weights act on the output."""
    inputs = many(case)
    weights, output = (
        numbers(seen["drawn"]["weights"], "`weights`"),
        numbers(seen["drawn"]["output"], "`output`"),
    )
    d_model, num_heads = case["width"]
    apart = [np.abs(weights[:, one] - weights[:, other]).max() for one in range(num_heads) for other in range(one)]
    mixed = np.einsum("bhqk,bkd->bqhd", weights, inputs["v"].astype(np.float64))
    known = np.concatenate([mixed.reshape(*mixed.shape[:2], -1), np.ones((*mixed.shape[:2], 1))], axis=-1)
    known, output = known.reshape(-1, known.shape[-1]), output.reshape(-1, output.shape[-1])
    factors = np.linalg.lstsq(known, output, rcond=None)[0]
    left = output - known @ factors
    spread = np.abs(output - output.mean(0)).max()
    strengths = np.linalg.svd(factors[:-1].reshape(num_heads, d_model, -1), compute_uv=False)
    beyond = strengths[:, d_model // num_heads :].max(initial=0)
    return {
        "apart": min(apart) > 1e-3,
        "explained": bool(spread > 1e-6 and np.abs(left).max() < EXPLAINED * spread),
        "sliced": bool(beyond < BEYOND_SLICE * strengths.max()),
        "used": int((strengths[:, 0] > BEYOND_SLICE * strengths.max()).sum()),
    }


HEADS_APART = MULTI_HEAD.trial(heads_apart, st.sampled_from(named_cases(SEVERAL_HEADS)), examples=1, shrinks=0)


@HEADS_APART.check(
    points=0.75,
    hint="Return the weights that the output was computed with, one set per head, and give each head its own slice of "
    "the projections.",
)
def heads_of_their_own(case: Case, seen: Any) -> None:
    """With random kernels, the heads have different weights. The output is a linear function of the values averaged
    with the returned weights, where each head's weights act on `depth` projected values only: those of its slice."""
    d_model, num_heads = case["width"]
    same_shape(seen["drawn"]["weights"], (MANY, num_heads, 12, 4), "`weights`")
    finite(same_shape(seen["drawn"]["output"], (MANY, 12, d_model), "`output`"), "`output`")
    flags = head_flags(case, seen)
    expect(
        flags["apart"],
        "Two heads have the same weights.",
        hint="Give each head its own columns of the projected queries and keys.",
    )
    expect(flags["explained"], "The output was not computed with the returned weights.")
    expect(
        flags["sliced"],
        "The weights of a head act on more than one slice of the values.",
        hint="Multiply the weights of each head by that head's own slice of the projected values.",
    )


def numbers(found: Any, what: str) -> np.ndarray:
    """``found`` as finite float64 numbers."""
    return finite(array(found, what), what).astype(np.float64)

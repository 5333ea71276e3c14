"""Hidden judges of `attention`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import Failure, close, expect, finite
from keras_checks.exercises import attention as probes
from keras_checks.question import Case

LARGE_TOLERANCE = 5e-3
"""A score of 3200 is rounded to a few 1e-4, a weight then off by as much, and a value of 2 by twice that."""
EXPLAINED = 1e-3
"""Float32 noise leaves 1e-6 of the output unexplained; heads that differ from the weights that are shown, over 0.1."""


@probes.ATTEND.judge(
    points=1,
    hint="A sum of d products of numbers of size 1 has size sqrt(d). What do the scores have to be divided by?",
)
def weights_without_mask(case: Case, seen: Any, expected: Any) -> None:
    """Without a mask, `weights` is the softmax of the scaled scores."""
    probes.follows(case, seen)
    close(seen["weights"], expected["weights"], "weights", ulps=512, scale=1)


@probes.ATTEND_ON_MASKED_CASES.judge(
    points=0.5,
    hint="What is not allowed leaves the softmax before it is taken; the others share as if it were not there.",
)
def weights_with_mask(case: Case, seen: Any, expected: Any) -> None:
    """With a mask, `weights` is the softmax over what is allowed."""
    probes.follows(case, seen)
    close(seen["weights"], expected["weights"], "weights", ulps=512, scale=1)


ATTEND_LARGE = probes.ATTENTION.trial(probes.attend_large, probes.large_cases)


@ATTEND_LARGE.judge(
    points=0.5, hint="exp(89) is too large for float32; and a mask value must stay far below any score that occurs."
)
def large_scores(case: Case, seen: Any, expected: Any) -> None:
    """Scores in the thousands, positive or negative, with a mask or without, give the right weights."""
    for name in ("open", "masked", "turned"):
        for part in ("weights", "output"):
            due = np.asarray(expected[name][part], np.float64)
            found = probes.numbers(seen[name][part], f"{part} ({name})")
            expect(found.shape == due.shape, f"{part} has the wrong shape.")
            expect(np.abs(found - due).max() < LARGE_TOLERANCE, f"{part} ({name}) is wrong for large scores.", found)


ATTEND_SLOPES = probes.ATTENTION.trial(probes.attend_slopes, probes.sloped_cases)


@ATTEND_SLOPES.judge(
    points=0.5,
    hint="Inside `fit` the batch size is unknown, and the gradient flows back through TensorFlow and Keras operations.",
)
def slopes(case: Case, seen: Any, expected: Any) -> None:
    """In graph mode, with unknown batch size, the right gradient reaches queries, keys and values."""
    for name in ("q", "k", "v"):
        expect(seen[name] is not None, f"No gradient reaches `{name}`.")
        close(seen[name], expected[name], f"The gradient for `{name}`", ulps=1024, scale=16)


def own_weights(case: Case) -> np.ndarray:
    """The weights of the layer in the even state, `(batch, heads, len_q, len_k)`, if it has attention of its own."""
    d_model, num_heads = case["width"]
    q, k = (probes.KERNEL * case[name].astype(np.float64).sum(-1) for name in ("q", "k"))
    scores = np.sqrt(d_model // num_heads) * q[:, None, :, None] * k[:, None, None, :]
    scores = np.repeat(scores, num_heads, axis=1)
    scores = np.where(probes.allowed(_with_heads(case), scores.shape), scores, -np.inf)
    shares = np.exp(scores - scores.max(-1, keepdims=True))
    return shares / shares.sum(-1, keepdims=True)


def _with_heads(case: Case) -> Case:
    """The case with an axis of heads in a mask of rank 3."""
    mask = case.get("mask")
    return {**case, "mask": mask[:, None]} if mask is not None and mask.ndim == 3 else case


def _right(case: Case, seen: Any, expected: Any, parts: tuple[str, ...]) -> None:
    """Fail unless the layer gives what its own attention, or the function that stood in, has to give."""
    own = own_weights(case)
    due = {"weights": own, "output": probes.by_value(case, own)}
    failures = []
    for wanted in (expected, due):
        try:
            for part in parts:
                scale = max(8.0, float(np.abs(wanted[part]).max())) if part == "output" else 1
                close(seen[part], np.asarray(wanted[part]), part, ulps=1024, scale=scale)
        except Failure as failure:
            failures.append(failure)
    if len(failures) == 2:
        raise failures[0]


@probes.EVEN_LAYER.judge(
    points=1,
    hint="Each head compares its own slice of the projected queries and keys, position by position. Its width is "
    "d_model / num_heads.",
)
def weights_of_the_heads(case: Case, seen: Any, expected: Any) -> None:
    """With every kernel entry at 0.25 and no bias, the weights of each head are those of the projected queries and
    keys, scaled by the width of a head."""
    _right(case, seen, expected, ("weights",))


EVEN_LAYER_ON_MASKED_SEQUENCE_CASES = probes.MULTI_HEAD.trial(probes.even_layer, probes.masked_sequence_cases)


@EVEN_LAYER_ON_MASKED_SEQUENCE_CASES.judge(
    points=1, hint="The scores are (batch, heads, q, k). Where does a mask (batch, q, k) need one more axis?"
)
def mask_reaches_every_head(case: Case, seen: Any, expected: Any) -> None:
    """A mask of shape `(q, k)`, `(batch, q, k)` or `(batch, heads, q, k)`, with axes of size 1 among them, rules the
    weights of every head and the output."""
    _right(case, seen, expected, ("weights", "output"))


def _even_and(*names: str) -> Any:
    """What tells mistakes apart: the even state, and these entries."""
    return lambda _, seen: {"even": seen["even"], **{name: seen[name] for name in names}}


PROJECTIONS = probes.MULTI_HEAD.trial(probes.projections, probes.sequence_cases, examples=2, shrinks=0)


@PROJECTIONS.judge(
    points=1.25,
    hint="Count the projections: queries, keys, values, output. Each has d_model * d_model weights of its own, made "
    "once.",
)
def four_projections(case: Case, seen: Any, expected: Any) -> None:
    """In graph mode, with unknown batch size, four projections of `d_model * d_model` trainable weights each take
    part: two make the weights, two others make the output from them."""
    expect(seen["frozen"] == 0, "A projection can't be trained.")
    expect(seen["both"] == expected["both"], "A weight takes part in the scores and in the values.")
    messages = {"scores": "make the attention weights", "values": "make the output from the attention weights"}
    for name, what in messages.items():
        found, due = seen[name], expected[name]
        expect(found == due, f"The weights that {what} are not as many as two projections have.", found, due)


def _heads_features(case: Case, seen: Any) -> Any:
    return {**_even_and("kernels")(case, seen), **_head_flags(case, seen)}


def _head_flags(case: Case, seen: Any) -> dict[str, bool]:
    """Whether each head has weights of its own, and whether the shown weights explain the output."""
    inputs = probes.many(case)
    weights, output = (
        probes.numbers(seen["drawn"]["weights"], "weights"),
        probes.numbers(seen["drawn"]["output"], "output"),
    )
    num_heads = case["width"][1]
    apart = [np.abs(weights[:, one] - weights[:, other]).max() for one in range(num_heads) for other in range(one)]
    mixed = np.einsum("bhqk,bkd->bqhd", weights, inputs["v"].astype(np.float64))
    known = np.concatenate([mixed.reshape(*mixed.shape[:2], -1), np.ones((*mixed.shape[:2], 1))], axis=-1)
    known, output = known.reshape(-1, known.shape[-1]), output.reshape(-1, output.shape[-1])
    left = output - known @ np.linalg.lstsq(known, output, rcond=None)[0]
    spread = np.abs(output - output.mean(0)).max()
    return {"apart": min(apart) > 1e-3, "explained": bool(spread > 1e-6 and np.abs(left).max() < EXPLAINED * spread)}


HEADS_APART = probes.MULTI_HEAD.trial(probes.heads_apart, probes.sequence_cases, examples=2, shrinks=0)


@HEADS_APART.judge(
    points=0.75,
    hint="Every head has its own slice of the projections, and the returned weights are those that the output was "
    "made with, one set a head.",
)
def heads_of_their_own(case: Case, seen: Any, expected: Any) -> None:
    """The heads attend differently, and the returned weights of all heads explain the output."""
    del expected
    finite(seen["drawn"]["output"], "output")
    flags = _head_flags(case, seen)
    expect(flags["apart"], "Two heads have the same weights.")
    expect(flags["explained"], "The output was not made with the weights that are returned.")


PROJECTIONS.told_apart_by(_even_and("scores", "values", "both", "frozen", "first", "held"))
HEADS_APART.told_apart_by(_heads_features)

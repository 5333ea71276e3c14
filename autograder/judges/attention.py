"""Hidden judges of `attention`."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from keras_checks.compare import Failure, close, expect, finite
from keras_checks.exercises import attention as probes
from keras_checks.question import Case

from autograder.judges import _attention as known

LARGE_TOLERANCE = 5e-3
"""A score of 3200 is rounded to a few 1e-4, a weight then off by as much, and a value of 2 by twice that."""

ATTEND = probes.ATTENTION.trial(probes.attend, known.open_cases, examples=3)
ATTEND_MASKED = probes.ATTENTION.trial(probes.attend, known.masked_cases, examples=3)
ATTEND_BROADCAST = probes.ATTENTION.trial(probes.attend, known.broadcast_cases, examples=3)
ATTEND_BLOCKED = probes.ATTENTION.trial(probes.attend, known.blocked_cases, examples=3)
ATTEND_LARGE = probes.ATTENTION.trial(probes.attend_large, known.large_cases, examples=3)
SLOPES = probes.ATTENTION.trial(probes.attend_slopes, known.sloped_cases, examples=1)
SLOPES_UNSCALED = probes.ATTENTION.trial(probes.attend_slopes, known.unscaled_cases, examples=1)


@ATTEND.confirms(probes.worked_weights)
def weights_without_mask(case: Case, seen: Any, expected: Any) -> None:
    """Without a mask, `weights` is the softmax of the scaled scores."""
    _, weights = probes.shapes(case, seen)
    close(weights, expected["weights"], "`weights`", ulps=512, scale=1)


@ATTEND.confirms(probes.output_is_the_mean)
@ATTEND_MASKED.confirms(probes.masked_keys_have_no_share)
@ATTEND_BROADCAST.confirms(probes.other_mask_shapes)
@ATTEND_BLOCKED.confirms(probes.nothing_allowed_is_finite)
def shares_among_the_allowed(case: Case, seen: Any) -> None:
    """The output is the weighted mean of the values, and the weights follow the dot products among the allowed keys."""
    output, weights = probes.follows(case, seen)
    finite(weights, "`weights`")
    finite(output, "`output`")
    probes.hidden_keys(case, weights, probes.allowed(case, weights.shape))
    known.shares_of_products(case, weights)


@ATTEND_LARGE.confirms(probes.large_scores)
def drawn_large_scores(case: Case, seen: Any, expected: Any) -> None:
    """Scores in the thousands, positive or negative, with or without a mask, give the right weights."""
    del case
    masks = {"open": "without a mask", "masked": "with a mask", "turned": "with the opposite mask"}
    for name, how in masks.items():
        for part in ("weights", "output"):
            due = np.asarray(expected[name][part], np.float64)
            found = probes.numbers(seen[name][part], f"`{part}` {how}")
            expect(found.shape == due.shape, f"`{part}` has the wrong shape.")
            expect(
                np.abs(found - due).max() < LARGE_TOLERANCE,
                f"`{part}` has the wrong value for large scores {how}.",
                found,
                due,
            )


@SLOPES_UNSCALED.confirms(probes.gradients_arrive)
@SLOPES.judge(
    points=0.25,
    hint="Check the weights first. Then compute both products and the softmax with TensorFlow or Keras operations "
    "only.",
)
def gradient_values(case: Case, seen: Any, expected: Any) -> None:
    """In graph mode with unknown batch size, the gradients for queries, keys and values have the right values."""
    del case
    for name in ("q", "k", "v"):
        expect(seen[name] is not None, f"No gradient reaches `{name}`.")
        close(seen[name], expected[name], f"The gradient for `{name}`", ulps=1024, scale=16)


EVEN_LAYER = probes.MULTI_HEAD.trial(probes.even_layer, known.sequence_cases, examples=1)


def _right_weights(case: Case, seen: Any, expected: Any) -> None:
    """Fail unless the weights are those of the layer's own attention, or of the function that stood in."""
    _, weights = probes.layer_shapes(case, seen["open"])
    failures = []
    for due in (expected["open"]["weights"], known.own_weights(case)):
        try:
            return close(weights, np.asarray(due), "`weights`", ulps=1024, scale=1)
        except Failure as failure:
            failures.append(failure)
    raise failures[0]


@EVEN_LAYER.confirms(probes.weights_of_each_head)
def drawn_weights(case: Case, seen: Any, expected: Any) -> None:
    """The weights of each head are those of the projected queries and keys, scaled by the width of a head."""
    _right_weights(case, seen, expected)


@EVEN_LAYER.confirms(probes.output_follows_the_weights)
def drawn_output(case: Case, seen: Any) -> None:
    """The output is computed from the returned weights, the values of all heads and the output projection."""
    probes.mixes(case, seen["open"], known.alone(case))


@EVEN_LAYER.confirms(probes.four_projections, probes.heads_of_their_own, probes.indivisible_is_refused)
def half_right(case: Case, seen: Any, expected: Any) -> None:
    """The weights or the output of the layer are right."""
    try:
        _right_weights(case, seen, expected)
    except Failure:
        probes.mixes(case, seen["open"], known.alone(case))


@EVEN_LAYER.confirms(probes.mask_reaches_every_head)
def drawn_masks(case: Case, seen: Any, expected: Any) -> None:
    """With a mask per example, the allowed keys keep their proportions, and the weights or the output are right."""
    _right_with_masks(case, seen, expected, probes.FIRST_MASK)


@EVEN_LAYER.confirms(probes.masks_of_other_shapes)
def drawn_masks_of_other_shapes(case: Case, seen: Any, expected: Any) -> None:
    """With each mask the allowed keys keep their proportions, and the weights or the output are right."""
    _right_with_masks(case, seen, expected, probes.OTHER_MASKS)


def _right_with_masks(case: Case, seen: Any, expected: Any, which: slice) -> None:
    case, seen = probes.under_masks(case, seen, which)
    probes.renormalized(case, seen)
    half_right(case, seen, expected)
    try:
        probes.mixes(case, seen["open"], known.alone(case))
    except Failure:
        return  # costs elsewhere
    for masked in seen["masked"]:
        probes.mixes(case, masked, known.alone(case))


EVEN_LAYER_CHANGING = probes.MULTI_HEAD.trial(probes.even_layer, known.changing_cases, examples=1, shrinks=0)


@EVEN_LAYER_CHANGING.judge(
    points=0.5,
    hint="Use only sizes of the tensors of this call and attributes of this layer, none from an earlier call or from "
    "the class.",
)
def other_sizes(case: Case, seen: Any, expected: Any) -> None:
    """Weights and output are right for other widths, numbers of heads, lengths and batch sizes, even after a first call
    with other lengths and another batch size."""
    _right_weights(case, seen, expected)
    probes.mixes(case, seen["open"], known.alone(case))


def _even_and(*names: str) -> Any:
    """What tells mistakes apart: the even state, and these entries."""
    return lambda _, seen: {"even": seen["even"], **{name: seen[name] for name in names}}


def _heads_features(case: Case, seen: Any) -> Any:
    return {**_even_and("kernels")(case, seen), **probes.head_flags(case, seen)}


def _under(which: slice) -> Any:
    """What tells mistakes apart: the layer without a mask, and with these masks."""

    def features(_: Case, seen: Any) -> Any:
        masked = [
            {"raised": _WORDING.sub("", each["raised"])[:120]} if "raised" in each else each
            for each in seen["masked"][which]
        ]
        return {**seen, "masked": masked}

    return features


_WORDING = re.compile(r"\d+|\s+")
"""What is not the same whenever one mistake raises."""
for _trial in (probes.EVEN_LAYER, EVEN_LAYER_CHANGING):
    _trial.told_apart_by(_under(slice(0)))
probes.EVEN_LAYER_MASKED.told_apart_by(_under(probes.FIRST_MASK))
probes.EVEN_LAYER_OTHER_MASKS.told_apart_by(_under(probes.OTHER_MASKS))
EVEN_LAYER.told_apart_by(_under(slice(None)))
probes.PROJECTIONS.told_apart_by(_even_and("scores", "values", "both", "frozen", "first", "held"))
probes.HEADS_APART.told_apart_by(_heads_features)

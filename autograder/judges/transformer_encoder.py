"""Hidden judges of `transformer_encoder`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import Failure, array, close, expect
from keras_checks.exercises import transformer_encoder as probes
from keras_checks.question import Case

from autograder.judges import _transformer_encoder as known

INSIDE = probes.ENCODER.trial(probes.inside, known.drawn_cases, examples=1, shrinks=0)
MASKED = probes.ENCODER.trial(probes.inside, known.drawn_cases, examples=1, shrinks=0)
LEARNS = probes.ENCODER.trial(probes.inside, known.drawn_cases, examples=1, shrinks=0)
COUNTED = probes.COUNTS.trial(probes.counts, known.counting_cases, examples=1)


@INSIDE.confirms(probes.worked_second_half)
def drawn_second_half(case: Case, seen: Any, expected: Any) -> None:
    """Without attention, the output is the second normalization of p + Dense(relu)(p)."""
    del case
    probes.second_half(seen, expected["dense"][0])


@INSIDE.confirms(probes.first_half)
def drawn_first_half(case: Case, seen: Any) -> None:
    """The first normalization takes the sum of the input and its attention."""
    probes.first_half(case, seen)


@INSIDE.confirms(probes.skips_carry_the_input, probes.config_makes_the_layer_again)
def some_block(case: Case, seen: Any) -> None:
    """The layer is a block of norms and a dense part, or attends as the formula says.

    Where a skip or a norm is in the wrong place, that costs the points of its own check.
    """
    if not known.is_some_block(case, seen["dense"]):
        probes.first_half(case, seen)


@INSIDE.confirms(probes.heads)
def drawn_heads(case: Case, seen: Any) -> None:
    """Attention has `num_heads` heads, in a block."""
    probes.heads(case, seen)
    some_block(case, seen)


@MASKED.confirms(probes.padding_has_no_influence)
def drawn_padding(case: Case, seen: Any) -> None:
    """With unseen masks, every real token influences every real token, and no padding does."""
    probes.padding_has_no_influence(case, seen)
    some_block(case, seen)


@MASKED.confirms(probes.attention_is_shared_among_real_tokens)
def drawn_shares(case: Case, seen: Any) -> None:
    """With unseen masks, the attention weights of equal real tokens are equal and sum to 1."""
    probes.attention_is_shared_among_real_tokens(case, seen)
    some_block(case, seen)


@MASKED.confirms(probes.mask_is_passed_on)
def drawn_passing(case: Case, seen: Any) -> None:
    """Unseen masks are passed on."""
    probes.mask_is_passed_on(case, seen)
    some_block(case, seen)


@LEARNS.confirms(probes.every_part_learns)
def drawn_gradients(case: Case, seen: Any) -> None:
    """For unseen inputs and kernels, a gradient reaches every part."""
    probes.every_part_learns(case, seen)


@INSIDE.confirms(probes.every_part_learns)
def learning_block(case: Case, seen: Any) -> None:
    """What learns is a block."""
    some_block(case, seen)


@LEARNS.judge(
    points=0.75,
    hint="If a check of one of the two halves fails, fix that first. In `call`, use only sizes of the current tensors "
    "and arguments of `__init__`.",
)
def gradient_values(case: Case, seen: Any, expected: Any) -> None:
    """Inside a `tf.function`, for any batch size, the gradients of the input and of every part have the right
    values."""
    del case
    wanted = expected["learning"]["gradients"][0]
    probes.agrees_with_one(probes.learning(seen)["gradients"], wanted, _same_gradients)


def _same_gradients(found: Any, wanted: Any) -> None:
    for part in ("x", "kernels", "inner_gains", "gains", "shifts"):
        due = [array(value, "the reference") for value in wanted[part]]
        scale = max(float(np.abs(value).max()) for value in due)
        what = "The gradient of the input" if part == "x" else f"The gradient of the {_NAMES[part]}"
        expect(len(found[part]) == len(due), f"{what} is missing.")
        for one, value in zip(found[part], due, strict=True):
            close(one, value, what, ulps=16384, scale=scale)


_NAMES = {
    "kernels": "dense part",
    "inner_gains": "first normalization",
    "gains": "last normalization",
    "shifts": "last normalization",
}


@COUNTED.confirms(probes.one_number_per_call)
def drawn_calls(case: Case, seen: Any, expected: Any) -> None:
    """There is one call and one number per call, and one of two lists is right."""
    probes.one_number_per_call(case, seen)
    try:
        close(seen["lazy"], expected["lazy"], "The list of numbers", ulps=4)
    except Failure:
        close(seen["changing"], expected["changing"], "The list of numbers", ulps=4)


@COUNTED.confirms(probes.counts_are_right)
def drawn_counts(case: Case, seen: Any, expected: Any) -> None:
    """Each number is the number of the layer's weights right after a call."""
    del case
    probes.same_counts(seen, expected)


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


def _halves_features(case: Case, seen: Any) -> Any:
    """The part of the observation that no draw of the weights changes."""
    fixed = {name: seen[name] for name in ("skips", "dense", "inner_gains")}
    flags = {**probes.attention_flags(case, seen), "asks": probes.asks(case, seen)}
    return {**fixed, "flags": flags, "directions": probes.directions(case, seen)}


for _trial in (probes.HALVES, INSIDE):
    _trial.told_apart_by(_halves_features)
for _trial in (probes.MASKED, MASKED):
    _trial.told_apart_by(probes.mask_features)
for _trial in (probes.LEARNS, LEARNS):
    _trial.told_apart_by(lambda _, seen: seen["learning"])
probes.CONFIG.told_apart_by(_config_features)

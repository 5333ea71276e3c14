"""Hidden judges of `transformer_encoder`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import Failure, array, close, expect, finite, same_shape
from keras_checks.exercises import transformer_encoder as probes
from keras_checks.question import Case

TOLERANCE = 1e-3
"""Of relative derivatives: rounding and a usual epsilon in the normalisations add up to 3e-5."""
VISIBLE = 2e-5
"""Singular values above it, relative to the largest, are directions; rounding stays below 1e-6."""


def _agrees_with_one(candidates: Any, wanted: Any, compare: Any) -> None:
    """Pass when one of the candidates (kernel as drawn, kernel transposed) agrees; else fail as the first does."""
    expect(isinstance(candidates, list) and candidates, "There is no output.")
    failures = []
    for candidate in candidates:
        try:
            return compare(candidate, wanted)
        except Failure as failure:
            failures.append(failure)
    raise failures[0]


def _slopes(case: Case, seen: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of four examples of equal tokens: output `(4, e)`, its derivative by its own token, and by another token."""
    width, _ = case["width"]
    shape = (probes.TOKENS, probes.LENGTH, width, probes.LENGTH, width)
    gradient = finite(same_shape(seen["alike"]["gradient"], shape, "The gradient"), "The gradient")
    output = finite(
        same_shape(seen["alike"]["output"], (probes.TOKENS, probes.LENGTH, width), "The output"), "The output"
    )
    return output[:, 0].astype(float), gradient[:, 0, :, 0].astype(float), gradient[:, 0, :, 1].astype(float)


def _skip(output: np.ndarray, own: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Slope that a normalisation of variance 1 has, the deviation of its input, and how badly the skip's slope fits."""
    width = output.shape[-1]
    slope = np.eye(width) - 1 / width - output[:, :, None] * output[:, None, :] / width
    skip = own - other
    along = (skip * slope).sum((1, 2))
    deviation = (slope**2).sum((1, 2)) / np.where(along > 1e-9, along, 1e-9)
    return slope, deviation, float(np.abs(deviation[:, None, None] * skip - slope).max())


def _mixing(tokens: np.ndarray, output: np.ndarray, other: np.ndarray, slope: Any, deviation: Any) -> tuple[float, ...]:
    """How badly attention on equal tokens is `token @ M + c`, in slope and in value; and the size of `M`."""
    due = np.concatenate(list(probes.LENGTH * deviation[:, None, None] * other))
    matrix = np.linalg.lstsq(np.concatenate(list(slope)), due, rcond=1e-4)[0]
    size = float(np.abs(matrix).max())
    in_slope = float(np.abs(np.concatenate(list(slope)) @ matrix - due).max()) / max(size, 1e-9)
    centred = tokens - tokens.mean(-1, keepdims=True)
    rest = deviation[:, None] * output - centred - tokens @ matrix.T
    in_value = float(np.abs(rest - rest.mean(0)).max() / np.abs(tokens).max())
    return in_slope, in_value, size


def _equal_tokens(case: Case) -> np.ndarray:
    first, second, third = case["tokens"].astype(float)[:3]
    return 4 * np.stack([first, second, third, first + second - third])


def _attention_flags(case: Case, seen: Any) -> dict[str, bool]:
    output, own, other = _slopes(case, seen)
    slope, deviation, misfit = _skip(output, own, other)
    in_slope, in_value, size = _mixing(_equal_tokens(case), output, other, slope, deviation)
    return {
        "skip": misfit < TOLERANCE,
        "attends": size > 1e-3,
        "mixes": misfit < TOLERANCE and max(in_slope, in_value) < TOLERANCE,
    }


def _directions(case: Case, seen: Any) -> int:
    """The most directions that the outputs along one of three lines of 13 points span."""
    shape = (3 * 13, case["width"][0])
    found = [finite(same_shape(each, shape, "The output"), "The output").astype(float) for each in seen["pairs"]]
    lines = [line for each in found for line in np.split(each, 3)]
    values = [np.linalg.svd(line, compute_uv=False) for line in lines]
    return max(int((value > VISIBLE * max(value[0], 1e-9)).sum()) for value in values)


def _halves_features(case: Case, seen: Any) -> Any:
    """The part of the observation that no draw of the weights changes."""
    fixed = {name: seen[name] for name in ("skips", "dense", "inner_gains")}
    return {**fixed, "flags": _attention_flags(case, seen), "directions": _directions(case, seen)}


@probes.HALVES.judge(
    points=1.25,
    hint="The second half takes p, the output of the first norm, twice: through the dense part and past it.",
)
def second_half(case: Case, seen: Any, expected: Any) -> None:
    """With attention at zero and drawn weights elsewhere, the output is that of two normalisations, each with a gain
    of its own, around a relu layer of `dense_dim` units, a linear layer and their skip.
    """
    del case
    message = "No normalisation but the last has a gain of its own."
    expect(seen["inner_gains"] == 1, message, hint="How many LayerNormalization layers does the formula use?")
    wanted = expected["dense"][0]
    scale = float(np.abs(wanted).max())
    _agrees_with_one(seen["dense"], wanted, lambda one, due: close(one, due, "The output", ulps=1024, scale=scale))


@probes.HALVES.judge(
    points=1, hint="x and what attention makes of x are summed first; the first normalisation takes their sum."
)
def first_half(case: Case, seen: Any, expected: Any) -> None:
    """The first half normalises the sum of the input and its attention: on equal tokens, a position follows its own
    token past attention as a normalised value follows its input, and all tokens alike through attention.
    """
    del expected
    flags = _attention_flags(case, seen)
    expect(flags["attends"], "No position depends on the token at another position.", hint="Where is attention used?")
    expect(flags["skip"], "What passes by attention is not what the first normalisation takes.")
    expect(flags["mixes"], "The sum that is normalised is not the input plus attention on the input.")


@probes.HALVES.judge(
    points=0.5, hint="Each head weighs the tokens in its own way. Is `num_heads` handed on to attention?"
)
def heads(case: Case, seen: Any, expected: Any) -> None:
    """Attention has `num_heads` heads, each with weights of its own."""
    del expected
    width, num_heads = case["width"]
    constant = bool(np.abs(finite(seen["nothing"], "The output")).max() > 1e-3)
    due = {min(1 + num_heads + extra, width - 1) for extra in (0, constant)}
    message = f"Attention behaves as if it had another number of heads than num_heads = {num_heads}."
    expect(_directions(case, seen) in due, message)


def _masked_features(case: Case, seen: Any) -> Any:
    """Which tokens act on which outputs, and what becomes of the mask."""
    try:
        shared = _mean_misfit(case, seen) < TOLERANCE
    except Failure:
        shared = None
    return {**probes.mask_features(case, seen), "shared": shared}


def _mean_misfit(case: Case, seen: Any) -> float:
    """How far a real token's influence on another is from `len / number of real tokens` times that without a mask."""
    probes.influence(case, seen["unmasked"])
    mask = case["mask"]
    others = mask[:, :, None] & mask[:, None, :] & ~np.eye(probes.LENGTH, dtype=bool)
    real = mask.sum(1)[:, None, None, None, None]
    masked_part = np.asarray(seen["masked"]).transpose(0, 1, 3, 2, 4) * real
    unmasked = np.asarray(seen["unmasked"]).transpose(0, 1, 3, 2, 4) * probes.LENGTH
    size = float(np.abs(unmasked[others]).max())
    expect(size > 1e-6, "No real token has an influence on another.")
    return float(np.abs(masked_part[others] - unmasked[others]).max()) / size


@probes.MASKED.judge(
    points=0.75,
    hint="What is masked must be out of the softmax too, or the weights of the real tokens do not sum to 1.",
)
def attention_is_shared_among_real_tokens(case: Case, seen: Any, expected: Any) -> None:
    """The real tokens share the whole attention: of equal tokens each gets one over the number of real ones."""
    del expected
    probes.influence(case, seen["masked"])
    expect(_mean_misfit(case, seen) < TOLERANCE, "The real tokens get too much or too little of the attention.")


@probes.MASKED.judge(points=0.5, hint="A layer hands its mask on when its `supports_masking` is True.")
def mask_is_passed_on(case: Case, seen: Any, expected: Any) -> None:
    """The layer hands the mask of its input on to the layer after it."""
    del expected
    found = same_shape(seen["passed_on"], case["mask"].shape, "The mask")
    expect((found == case["mask"]).all(), "The next layer does not get the mask of the input.")


LEARNS = probes.ENCODER.trial(probes.learns, probes.learning_cases, examples=1, shrinks=0)


@LEARNS.judge(
    points=0.75,
    hint="Every part must be an attribute of the layer, and used in `call` with TensorFlow or Keras operations only.",
)
def every_part_learns(case: Case, seen: Any, expected: Any) -> None:
    """Inside a `tf.function`, for any batch size and length, the gradient reaches the input and every part."""
    del case
    expect("problem" not in seen, f"Inside a tf.function the layer failed: {seen.get('problem')}")
    expect(seen["stuck"] == 0, "Attention has weights that matter to the output and get no gradient.")
    _agrees_with_one(seen["gradients"], expected["gradients"][0], _same_gradients)


def _same_gradients(found: Any, wanted: Any) -> None:
    for part in ("x", "kernels", "inner_gains", "gains", "shifts"):
        due = [array(value, "the reference") for value in wanted[part]]
        scale = max(float(np.abs(value).max()) for value in due)
        what = "The gradient of the input" if part == "x" else f"The gradient of the {_NAMES[part]}"
        expect(len(found[part]) == len(due), f"{what} is not there.")
        for one, value in zip(found[part], due, strict=True):
            close(one, value, what, ulps=16384, scale=scale)


_NAMES = {
    "kernels": "dense part",
    "inner_gains": "first normalisation",
    "gains": "last normalisation",
    "shifts": "last normalisation",
}


@probes.COUNTED.judge(points=1.25, hint="When is the number read: before or after the call?")
def counted_after_the_call(case: Case, seen: Any, expected: Any) -> None:
    """Each number is that of the layer's weights right after a call, for a layer whose number changes."""
    close(same_shape(seen["counting"], (len(case["counts"]),), "The list"), expected["counting"], "The list", ulps=4)


@probes.COUNTED.judge(points=0.75, hint="Which list of the layer holds all its weights?")
def counts_all_weights(case: Case, seen: Any, expected: Any) -> None:
    """A Dense layer, and a model with BatchNormalization, which build themselves in their first call, are counted with
    all their weights, and a layer that makes its part in `call` with none.
    """
    layers = {"lazy": "the model", "dense": "a Dense layer", "forgetful": "the layer that makes its part in `call`"}
    for name, what in layers.items():
        counted = same_shape(seen[name], (len(case["counts"]),), f"The list for {what}")
        close(counted, expected[name], f"The list for {what}", ulps=4)


probes.HALVES.told_apart_by(_halves_features)
probes.MASKED.told_apart_by(_masked_features)
probes.CONFIG.told_apart_by(probes._config_features)

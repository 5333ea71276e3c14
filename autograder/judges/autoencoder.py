"""Hidden judges of `autoencoder`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from keras_checks.compare import array, close, expect, same_shape
from keras_checks.exercises import autoencoder as probes
from keras_checks.exercises.autoencoder import SEEN
from keras_checks.question import Case
from keras_checks.strategies import cases, seeds, sizes
from keras_checks.testbeds.freedom import FROZEN, moves_freely

BOTH = ("encoder", "decoder")


# Halves

other_sizes = cases(wide=sizes(8, 20), latent_dim=sizes(4, 5), seed=seeds(), built=st.just(1))
ENCODER_ANY = probes.HALVES.trial(probes.encoder_alone, other_sizes, examples=1, shrinks=2)
DECODER_ANY = probes.HALVES.trial(probes.decoder_alone, other_sizes, examples=1, shrinks=2)
SIZES = "Use the arguments for both sizes."


@ENCODER_ANY.judge(points=0.15, hint=SIZES)
def encoders_of_other_sizes(case: Case, seen: Any) -> None:
    """Encoders for up to 20 features and 5 numbers per code return such codes, and can learn."""
    probes.encoder_makes_codes(case, seen)
    probes.code_is_free(case, seen)
    probes.encoder_can_learn(case, seen)


@DECODER_ANY.judge(points=0.15, hint=SIZES)
def decoders_of_other_sizes(case: Case, seen: Any) -> None:
    """Decoders for up to 20 features and 5 numbers per code return such data, and can reach all values in [0, 1]."""
    probes.decoder_makes_data(case, seen)
    probes.decoder_can_learn(case, seen)
    probes.decoder_reaches_the_data(case, seen)


@ENCODER_ANY.confirms(
    probes.encoder_makes_codes, probes.code_is_free, probes.encoder_can_learn, probes.encoders_share_nothing
)
def encoder_is_a_network(case: Case, seen: Any) -> None:
    """An encoder that holds code of the student's moves its codes as a network does."""
    if _needs_proof(seen):
        moves_freely(seen["freedom"], "The code")
        probes.code_is_free(case, seen)


@DECODER_ANY.confirms(
    probes.decoder_makes_data,
    probes.decoder_can_learn,
    probes.decoder_reaches_the_data,
    probes.decoders_share_nothing,
)
def decoder_is_a_network(_case: Case, seen: Any) -> None:
    """A decoder that holds code of the student's moves its outputs as a network does."""
    if _needs_proof(seen):
        moves_freely(seen["freedom"], "The output")


def _needs_proof(seen: Any) -> bool:
    """A half of Keras's own layers can't lie. One with other code is measured beside it: what it gives may come from a
    formula, so all its points rest on how it follows its weights. No gradient at all is a mistake that costs the points
    of its own check.
    """
    return bool(seen.get("in_place")) and seen.get("learning", 0.0) > SEEN


def _looks_of_half(seen: Any, size: int) -> dict[str, Any]:
    """What a half looks like, without the values that depend on its layers."""
    if not seen["is_model"]:
        return {"is_model": False}
    batch = array(seen["batch"], "The output").astype(np.float64)
    changes = [np.abs(array(other, "The output") - batch).max() > SEEN for other in seen["changed"]]
    return {
        "right size": batch.shape == (probes.ROWS, size),
        "shape": list(batch.shape[1:]),
        "one per row": batch.shape[0] == probes.ROWS,
        "same rows": bool(np.allclose(batch[0], batch[-1], atol=SEEN)),
        "alone": bool(np.allclose(seen["alone"], batch[:1], atol=SEEN)),
        "plain": bool(np.allclose(seen["plain"], batch, atol=SEEN)),
        "entries that count": sum(changes),
        "rows add up to 1": bool(np.allclose(batch.sum(axis=-1), 1, atol=SEEN)),
        "directions": probes.directions(seen["slopes"]) if "slopes" in seen else 0,
        "learning": seen.get("learning", 0.0) > SEEN,
        "frozen": seen["freedom"]["frozen"] > FROZEN if "freedom" in seen else False,
        "alike": seen["alike"],
        "weights": [len(seen["kept"]) > 0, seen["weights"] > 0],
        "own": all(seen["kept"]),
    }


def looks_of_encoder(case: Case, seen: Any) -> dict[str, Any]:
    """What tells wrong encoders apart."""
    return _looks_of_half(seen, case["latent_dim"])


def looks_of_decoder(case: Case, seen: Any) -> dict[str, Any]:
    """What tells wrong decoders apart."""
    found = _looks_of_half(seen, case["wide"])
    if "range" in seen:
        ends = seen["range"]
        reach = [float(np.max(ends["lowest"])) < probes.DARK, float(np.min(ends["highest"])) > probes.BRIGHT]
        inside = float(np.min(ends["lowest"])) >= -SEEN and float(np.max(ends["highest"])) <= 1 + SEEN
        limits = [round(float(np.min(ends["lowest"])), 1), round(float(np.max(ends["highest"])), 1)] if inside else []
        many = [int(ends[name]) > case["wide"] // 2 for name in ("dark", "bright")]
        found |= {"reach": reach, "limits": limits, "many": many, "between": bool(np.all(ends["between"]))}
    return found


# The whole


def _affine(value: Any, weights: Sequence[Any]) -> np.ndarray:
    kernel, offset = (np.asarray(weight, np.float64) for weight in weights)
    return np.asarray(value, np.float64) @ kernel + offset


def _sigmoid(value: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-value))


def _route(x: Any, received: Any, encoder: Any, decoder: Any, linear: bool = False) -> str:
    """Which way through the small networks of a case gives what was received."""
    first, second = (lambda value: value, lambda value: value) if linear else (np.tanh, _sigmoid)
    ways = {
        "none at all": lambda: np.asarray(x, np.float64),
        "both": lambda: second(_affine(first(_affine(x, encoder)), decoder)),
        "encoder": lambda: first(_affine(x, encoder)),
        "decoder": lambda: second(_affine(x, decoder)),
        "backwards": lambda: first(_affine(second(_affine(x, decoder)), encoder)),
    }
    for name, way in ways.items():
        try:
            found = way()
        except ValueError:  # the sizes do not fit
            continue
        if np.shape(received) == found.shape and np.allclose(received, found, atol=SEEN):
            return name
    return f"none, shape fits {np.shape(received) == np.shape(x)}"


def looks_of_whole(case: Case, seen: Any) -> Any:
    """Which way data take through the whole, and whether it follows its halves."""
    if not seen["is_model"]:
        return {"is_model": False}
    linear = "then" in seen
    after = seen["then"] if linear else seen["changed"]
    encoder, decoder = case["encoder"], case["decoder"]
    if linear:
        changed = [2 * part for part in encoder], [decoder[0], decoder[1] + 10]
    else:
        changed = [np.float32(-0.7) * part for part in encoder], [np.float32(1.6) * part for part in decoder]
    return {
        "first": _route(case["x"], seen["batch"], encoder, decoder, linear),
        "then": _route(case["x"], after, *changed, linear),
        "kept": seen["kept"],
        "weights": seen["weights"],
        "follows": not np.allclose(seen["batch"], after, atol=SEEN),
    }


WHOLE_DRAWN = probes.WHOLE.trial(probes.whole, probes.network_cases, examples=1)


@WHOLE_DRAWN.confirms(probes.whole_is_both_halves, probes.whole_follows_the_halves)
@WHOLE_DRAWN.judge(points=0.4, hint="Use the given models: a copy has its own weights.")
def other_halves(case: Case, seen: Any, expected: Any) -> None:
    """With other halves, too, the autoencoder returns the decoder's output for the encoder's code, before and after the
    weights of the halves are set."""
    expect(seen["is_model"], "`build_autoencoder` does not return a Keras model.")
    for name in ("batch", "alone", "changed"):
        close(seen[name], expected[name], "The output of the autoencoder", ulps=64, scale=4)


TRAINED = probes.WHOLE.trial(probes.whole_trained, probes.network_cases, examples=1, shrinks=3)


@TRAINED.confirms(probes.training_trains_both)
@TRAINED.judge(
    points=0.4,
    hint="Let the gradient of the loss pass through the decoder to the encoder: do not use "
    "copies, freeze weights or stop the gradient.",
)
def both_follow_the_gradient(case: Case, seen: Any, expected: Any) -> None:
    """Two steps of training move every weight of both halves along the gradient of the loss."""
    expect(seen["is_model"], "`build_autoencoder` does not return a Keras model.")
    for half in BOTH:
        for found, wanted in zip(seen[half], expected[half], strict=True):
            what = f"A weight of the {half} after training"
            close(same_shape(found, np.shape(wanted), what), wanted, what, ulps=256, scale=2)
    close(seen["whole"], expected["whole"], "The output of the trained autoencoder", ulps=256, scale=4)


def looks_of_training(case: Case, seen: Any) -> Any:
    """What `fit` has moved, and which way data take afterwards."""
    if not seen["is_model"]:
        return {"is_model": False}
    if "a" in seen:
        found = {name: np.round([seen[name]], 3) for name in ("a", "b", "trainable")}
        return found | {"output": np.round(seen["output"], 2)}
    moved = {
        half: min(
            float(np.abs(array(new, "A weight") - old).max()) for new, old in zip(seen[half], case[half], strict=True)
        )
        > SEEN
        for half in BOTH
    }
    route = _route(case["x"], seen["whole"], seen["encoder"], seen["decoder"])
    return moved | {"route": route, "trainable": seen["trainable"]}


WHOLE_BRANCHING = probes.WHOLE.trial(probes.whole_branching, probes.branching_cases, examples=1, shrinks=2)


@WHOLE_BRANCHING.confirms(probes.whole_keeps_the_halves_inside)
def other_halves_inside(case: Case, seen: Any, expected: Any) -> None:
    """Other halves with branches and batch normalization behave the same inside the autoencoder as on their own."""
    for name in ("inference", "training", "afterwards"):
        close(seen[name], expected[name], f"The output of the autoencoder ({name})", ulps=256, scale=8)


# The halves on their own

TOGETHER_BRANCHING = probes.TOGETHER.trial(probes.together_branching, probes.branching_cases, examples=1)


@TOGETHER_BRANCHING.confirms(probes.reconstruction_of_both, probes.reconstruction_is_inference)
@TOGETHER_BRANCHING.judge(points=0.4, hint="Call the two halves as they are, without `training=True`.")
def reconstruction_by_other_halves(case: Case, seen: Any, expected: Any) -> None:
    """Halves with branches and batch normalization are called in inference mode and do not change."""
    for name in ("once", "twice", "alone"):
        close(seen[name], expected[name], "The reconstruction", ulps=256, scale=8)


def looks_of_reconstruction(case: Case, seen: Any) -> Any:
    """Which way data take through the two halves, and whether it is the same for an example alone."""
    batch = array(seen["batch"], "The reconstruction")
    return {
        "route": _route(case["x"], batch, case["encoder"], case["decoder"], linear=True),
        "alone": bool(np.shape(seen["alone"]) == batch[:1].shape and np.allclose(seen["alone"], batch[:1], atol=SEEN)),
        "one for all": bool(np.ptp(batch, axis=0).max() < SEEN),
        "range": [bool(batch.min() >= 0), bool(batch.max() <= 1)],
    }


for trial in (probes.ENCODER_ALONE, ENCODER_ANY):
    trial.told_apart_by(looks_of_encoder)
for trial in (probes.DECODER_ALONE, DECODER_ANY):
    trial.told_apart_by(looks_of_decoder)
for trial in (probes.WHOLE_BY_HAND, WHOLE_DRAWN):
    trial.told_apart_by(looks_of_whole)
for trial in (probes.STEP_BY_HAND, TRAINED):
    trial.told_apart_by(looks_of_training)
probes.TOGETHER_BY_HAND.told_apart_by(looks_of_reconstruction)

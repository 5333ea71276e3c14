"""Hidden judges of `autoencoder`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import array, close, expect, finite, same_shape
from keras_checks.exercises import autoencoder as probes
from keras_checks.question import Case

SAME_WAY = 0.999
"""The cosine between two movements that only rounding, or the size of the step, tells apart."""


def looks_of_learning(case: Case, seen: Any) -> dict[str, Any]:
    """What training has come to, without the noise of its start."""
    data = array(seen["data"], "The output").astype(np.float64)
    wanted = probes.data_of(case)["data"]
    found: dict[str, Any] = {"shape": list(data.shape), "codes": "none"}
    if data.shape == wanted.shape:
        found |= {
            "learned": probes.explained(data, wanted) > (probes.BEGUN if "codes" in seen else probes.LEARNED),
            "rows add up to 1": bool(np.allclose(data.sum(axis=-1), 1, atol=probes.SEEN)),
            "range": [_coarse(float(data.min())), _coarse(float(data.max()))],
        }
    if "codes" in seen:
        before, after = (array(value, "The code") for value in seen["codes"])
        found |= {
            "code size": list(after.shape[1:]),
            "codes stay": before.shape == after.shape and bool(np.allclose(before, after, atol=probes.SEEN)),
            "one code": bool(np.ptp(after, axis=0).max(initial=0) < probes.SEEN),
            "trainable": seen["trainable"] > 0,
            "weights": seen["weights"] > 0,
        }
    return found


def _coarse(value: float) -> str:
    """Low, middle or high in [0, 1]."""
    return "low" if value < 0.3 else "high" if value > 0.7 else "middle"


def looks_of_two(case: Case, seen: Any) -> dict[str, Any]:
    """Which half gives the same again, and which one changes with another model."""
    found: dict[str, Any] = {}
    for half in probes.BOTH:
        if "raised" in seen[half]:
            found[half] = seen[half]["raised"]
        else:
            first, again, later = (array(value, "The output") for value in seen[half]["gives"])
            found[half] = [bool(np.allclose(first, other, atol=probes.SEEN)) for other in (again, later)]
    return found


DECODER_TRAINED = probes.HALVES.trial(probes.decoder_trained, probes.half_cases, examples=2, shrinks=2)


@DECODER_TRAINED.judge(
    points=1,
    hint="The data lie in [0, 1], any entries of a row may be near 1 at the same time. Which activation of the last "
    "layer lets each output take each of these values?",
)
def decoder_reaches_the_data(case: Case, seen: Any) -> None:
    """Trained on codes, the decoder reaches data everywhere between 0 and 1."""
    wanted = probes.data_of(case)["data"]
    received = finite(same_shape(seen["data"], wanted.shape, "What the decoder gives"), "What the decoder gives")
    share = probes.explained(received, wanted)
    expect(share > probes.LEARNED, "After training, what the decoder gives stays far from the data.", received=share)


ENCODER_TRAINED = probes.HALVES.trial(probes.encoder_trained, probes.half_cases, examples=2, shrinks=2)


@ENCODER_TRAINED.judge(
    points=0.5, hint="An encoder learns if it has weights, if they are trainable, and if a gradient reaches them."
)
def encoder_learns(case: Case, seen: Any) -> None:
    """Trained with something that reads its codes, the encoder learns: its codes change, and they tell more about the
    data."""
    before, after = (finite(array(value, "The code"), "The code").astype(np.float64) for value in seen["codes"])
    expect(
        before.shape == after.shape and np.abs(after - before).max() > probes.SEEN,
        "Training leaves the codes as they were.",
    )
    wanted = probes.data_of(case)["data"]
    share = probes.explained(same_shape(seen["data"], wanted.shape, "What was read from the codes"), wanted)
    expect(share > probes.BEGUN, "After training, the codes tell little about the data.", received=share)


@probes.ENCODER_ALONE.judge(
    points=0.5,
    hint="The `latent_dim` numbers of a code must not be tied to each other, and no layer before them may be narrower.",
)
def code_is_free(case: Case, seen: Any) -> None:
    """A code of `latent_dim` numbers can vary in `latent_dim` directions."""
    expect(seen["is_model"], "`build_encoder` does not return a Keras model.")
    slopes = finite(array(seen["slopes"], "The derivative of the code"), "The derivative of the code")
    expect(slopes.ndim == 3 and slopes.shape[1] >= case["latent_dim"], "The code has too few numbers.")
    batch = array(seen["batch"], "The code")
    same, other = (np.allclose(batch[0], batch[row], atol=probes.SEEN) for row in (-1, 1))
    expect(same and not other, "The code does not follow the example.")
    found = probes.directions(slopes)
    expect(found >= case["latent_dim"], "The code varies in too few directions.", received=found)


BUILT_TWICE = probes.HALVES.trial(probes.built_twice, probes.half_cases, examples=2)


@BUILT_TWICE.judge(
    points=0.5,
    hint="Make the layers inside the function: a layer that is made once, outside, has one set of weights for all.",
)
def each_call_builds_anew(case: Case, seen: Any, expected: Any) -> None:
    """Two calls of `build_encoder`, or of `build_decoder`, give models that share no weights."""
    looked_at = [half for half in probes.BOTH if "raised" not in seen[half]]
    fitting = [half for half in looked_at if np.shape(seen[half]["gives"]) == np.shape(expected[half]["gives"])]
    expect(fitting, "Neither half gives something of the right shape.")
    for half in looked_at:
        gives = finite(array(seen[half]["gives"], f"What the {half} gives"), f"What the {half} gives")
        expect(np.ptp(gives[0], axis=0).max() > probes.SEEN, f"What the {half} gives is the same for all examples.")
        what = f"After the weights of another {half} were set, what the first one gives"
        close(gives[2], gives[0], what, ulps=64, scale=max(1.0, float(np.abs(gives[0]).max())))


@probes.WHOLE_MODEL.judge(points=0.5, hint="Use the two models as they are. A copy has weights of its own.")
def whole_follows_the_halves(case: Case, seen: Any, expected: Any) -> None:
    """When the weights of a half are set, the output of the whole changes with them."""
    expect(seen["is_model"], "`build_autoencoder` does not return a Keras model.")
    close(seen["changed"], expected["changed"], "The output after the halves' weights were set", ulps=64, scale=4)


@probes.WHOLE_TRAINED.judge(points=1, hint="The gradient of the loss reaches the encoder through the decoder.")
def both_move_downhill(case: Case, seen: Any, expected: Any) -> None:
    """A step of gradient descent on the whole moves each half along the gradient of the loss of the whole."""
    expect(seen["is_model"], "`build_autoencoder` does not return a Keras model.")
    for half in probes.BOTH:
        cosine = _cosine(_moved(case, seen, half), _moved(case, expected, half))
        expect(cosine > SAME_WAY, f"The weights of the {half} move another way.", received=cosine)


def _moved(case: Case, seen: Any, half: str) -> np.ndarray:
    pairs = zip(seen[half], case[half], strict=True)
    return np.concatenate([(same_shape(new, old.shape, "A weight") - old).ravel() for new, old in pairs]).astype(float)


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    norms = np.linalg.norm(one) * np.linalg.norm(other)
    return float(one @ other / norms) if norms > 0 else 0.0


WHOLE_BRANCHING = probes.WHOLE.trial(probes.whole_branching, probes.branching_cases, examples=2)


@WHOLE_BRANCHING.judge(
    points=0.5, hint="Call each half as one model: it knows its own branches, and passes `training` on to its layers."
)
def whole_keeps_the_halves_inside(case: Case, seen: Any, expected: Any) -> None:
    """Halves with branches and batch normalisation behave inside the whole as on their own, at inference and in
    training mode."""
    for name in ("inference", "training", "afterwards"):
        close(seen[name], expected[name], f"The output of the whole ({name})", ulps=256, scale=8)


TOGETHER_BRANCHING = probes.TOGETHER.trial(probes.together_branching, probes.branching_cases, examples=2)


@TOGETHER_BRANCHING.judge(
    points=1, hint="A reconstruction is inference: nothing is drawn at random, and no statistics of the batch are used."
)
def reconstruction_is_inference(case: Case, seen: Any, expected: Any) -> None:
    """The halves that are handed over, whatever is in them, work in inference mode and stay as they are."""
    for name in ("once", "twice"):
        close(seen[name], expected[name], "The reconstruction", ulps=256, scale=8)


DECODER_TRAINED.told_apart_by(looks_of_learning)
ENCODER_TRAINED.told_apart_by(looks_of_learning)
probes.ENCODER_ALONE.told_apart_by(probes.looks_of_encoder)
BUILT_TWICE.told_apart_by(looks_of_two)
probes.WHOLE_MODEL.told_apart_by(probes.looks_of_whole)
probes.WHOLE_TRAINED.told_apart_by(probes.looks_of_training)
probes.DECODER_ALONE.told_apart_by(probes.looks_of_decoder)
probes.RECONSTRUCTED.told_apart_by(probes.looks_of_reconstruction)

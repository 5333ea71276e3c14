"""Hidden judges of `autoencoder`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import array, close, expect, finite, same_shape
from keras_checks.exercises.autoencoder import (
    HALVES,
    LEARNED,
    SEEN,
    TOGETHER,
    WHOLE,
    branching_cases,
    data_of,
    decoder_trained,
    explained,
    half_cases,
    halves_trained,
    looks_of_training,
    looks_of_whole,
    network_cases,
    together_branching,
    whole,
    whole_branching,
    whole_trained,
)
from keras_checks.question import Case

SAME_WAY = 0.999
"""The cosine between two movements that only rounding, or the size of the step, tells apart."""


def _learned(received: Any, case: Case, what: str, hint: str) -> None:
    wanted = data_of(case)["data"]
    share = explained(finite(same_shape(received, wanted.shape, what), what), wanted)
    expect(share > LEARNED, f"{what} stays far from the data.", received=share, hint=hint)


def looks_of_learning(case: Case, seen: Any) -> dict[str, Any]:
    """What training has come to, without the noise of its start."""
    data = array(seen.get("data", seen.get("reconstruction")), "The output").astype(np.float64)
    wanted = data_of(case)["data"]
    found: dict[str, Any] = {"shape": list(data.shape)}
    if data.shape == wanted.shape:
        found |= {
            "learned": explained(data, wanted) > LEARNED,
            "constant": bool(np.ptp(data, axis=0).max() < 0.01),
            "rows add up to 1": bool(np.allclose(data.sum(axis=-1), 1, atol=SEEN)),
            "largest": _coarse(float(data.max())),
            "smallest": _coarse(float(data.min())),
        }
    for name, pair in (("others stay", seen.get("others")), ("codes stay", seen.get("codes"))):
        if pair is not None:
            found[name] = bool(np.allclose(*(array(value, "The output") for value in pair), atol=SEEN))
    return found


def _coarse(value: float) -> str:
    """Low, middle or high in [0, 1]."""
    return "low" if value < 0.3 else "high" if value > 0.7 else "middle"


@HALVES.judge(
    points=1,
    probe=decoder_trained,
    cases=half_cases,
    examples=2,
    shrinks=3,
    features=looks_of_learning,
    hint="The data lie in [0, 1], any entries of a row may be near 1 at the same time. Which activation of the last layer "
    "lets each output take each of these values?",
)
def decoder_reaches_the_data(case: Case, seen: Any, expected: Any) -> None:
    """Trained on codes, the decoder reaches data everywhere between 0 and 1."""
    _learned(seen["data"], case, "What the trained decoder gives", "")


@HALVES.judge(
    points=1,
    probe=halves_trained,
    cases=half_cases,
    examples=2,
    shrinks=2,
    features=looks_of_learning,
    hint="A code of `latent_dim` numbers must be able to vary in `latent_dim` directions, and both halves must be trainable.",
)
def halves_learn_together(case: Case, seen: Any, expected: Any) -> None:
    """Trained together, the two halves reconstruct data that vary in `latent_dim` directions; the encoder learns, too."""
    before, after = (array(value, "The code") for value in seen["codes"])
    expect(before.shape == after.shape and np.abs(after - before).max() > SEEN, "Training leaves the codes as they were.")
    _learned(seen["reconstruction"], case, "The reconstruction", "")


@HALVES.judge(
    points=0.5,
    probe=halves_trained,
    cases=half_cases,
    examples=2,
    shrinks=2,
    features=looks_of_learning,
    hint="Make the layers inside the function: a layer that is made once, outside, has one set of weights for all models.",
)
def each_call_builds_anew(case: Case, seen: Any, expected: Any) -> None:
    """Two calls of `build_encoder` and `build_decoder` give models that share no weights."""
    shape = data_of(case)["data"].shape
    before, after = (same_shape(value, shape, "The output of other halves").astype(np.float64) for value in seen["others"])
    expect(np.ptp(before, axis=0).max() > SEEN, "The output of other halves is the same for all data.")
    close(after, before, "After these halves were trained, what two other halves give", ulps=64, scale=1)


@WHOLE.judge(
    points=0.5,
    probe=whole,
    cases=network_cases,
    features=looks_of_whole,
    hint="Use the two models as they are. A copy has weights of its own.",
)
def whole_follows_the_halves(case: Case, seen: Any, expected: Any) -> None:
    """When the weights of a half are set, the output of the whole changes with them."""
    expect(seen["is_model"], "`build_autoencoder` does not return a Keras model.")
    close(seen["changed"], expected["changed"], "The output after the halves' weights were set", ulps=64, scale=4)


@WHOLE.judge(
    points=1,
    probe=whole_trained,
    cases=network_cases,
    examples=2,
    shrinks=3,
    features=looks_of_training,
    hint="The gradient of the loss reaches the encoder through the decoder.",
)
def both_move_downhill(case: Case, seen: Any, expected: Any) -> None:
    """A step of gradient descent on the whole moves each half along the gradient of the loss of the whole."""
    expect(seen["is_model"], "`build_autoencoder` does not return a Keras model.")
    for half in ("encoder", "decoder"):
        cosine = _cosine(_moved(case, seen, half), _moved(case, expected, half))
        expect(cosine > SAME_WAY, f"The weights of the {half} move another way.", received=cosine)


def _moved(case: Case, seen: Any, half: str) -> np.ndarray:
    pairs = zip(seen[half], case[half], strict=True)
    return np.concatenate([(same_shape(new, old.shape, "A weight") - old).ravel() for new, old in pairs]).astype(float)


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    norms = np.linalg.norm(one) * np.linalg.norm(other)
    return float(one @ other / norms) if norms > 0 else 0.0


@WHOLE.judge(
    points=0.5,
    probe=whole_branching,
    cases=branching_cases,
    examples=2,
    hint="Call each half as one model: it knows its own branches, and passes `training` on to its layers.",
)
def whole_keeps_the_halves_inside(case: Case, seen: Any, expected: Any) -> None:
    """Halves with branches and batch normalisation behave inside the whole as on their own, at inference and in training
    mode."""
    for name in ("inference", "training", "afterwards"):
        close(seen[name], expected[name], f"The output of the whole ({name})", ulps=256, scale=8)


@TOGETHER.judge(
    points=1,
    probe=together_branching,
    cases=branching_cases,
    examples=2,
    hint="A reconstruction is inference: nothing is drawn at random, and no statistics of the batch are used.",
)
def reconstruction_is_inference(case: Case, seen: Any, expected: Any) -> None:
    """The halves that are handed over, whatever is in them, work in inference mode and stay as they are."""
    for name in ("once", "twice"):
        close(seen[name], expected[name], "The reconstruction", ulps=256, scale=8)

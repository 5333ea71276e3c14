"""Hidden judges of `factor_model`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import Failure, close, expect, same_shape
from keras_checks.exercises import factor_model as probes
from keras_checks.question import Case

LOOSE = 2**15
"""float32 roundings, 0.4 %: the small constant in a batch normalisation is free, and shifts the result by 0.1 %."""


def _betas(case: Case, value: Any) -> np.ndarray:
    shape = (*case["characteristics"].shape[:2], case["n_factors"])
    expect(value is not None, "The model has no layer `output_beta`, or none whose output can be read off.")
    return probes.varied(value, shape, "The output of `output_beta`")


def _largest(values: np.ndarray) -> float:
    return max(1.0, float(np.abs(values).max()))


@probes.PANEL.judge(points=1.5, hint="Which layers bend, and which are linear?")
def betas_times_factors(case: Case, seen: Any, expected: Any) -> None:
    """The output is the scalar product of betas and factors. The betas are a linear layer, `output_beta`, behind a
    relu layer and its normalisation; the factors are a linear layer on the returns.
    """
    betas = _betas(case, seen["betas"])
    outputs = probes.varied(seen["outputs"], case["returns"].shape, "The output")
    if seen["shapes"] == expected["shapes"]:
        wanted = np.asarray(expected["betas"])
        close(betas, wanted, "The output of `output_beta`", ulps=LOOSE, scale=_largest(wanted))
        close(outputs, expected["outputs"], "The output", ulps=LOOSE, scale=_largest(np.asarray(expected["outputs"])))
        return
    # Weights of other shapes can't be given the reference's values: what is left are identities.
    _is_bilinear(case, seen, betas)
    _has_hinges(case, seen)


def _is_bilinear(case: Case, seen: Any, betas: np.ndarray) -> None:
    before, after = (same_shape(value, case["returns"].shape, "The output") for value in seen["turned"] or (0, 0))
    close(after, -2.0 * before, "The output for betas times -2", ulps=512, scale=_largest(before))
    responses = np.asarray(seen["responses"], np.float64).T
    factors = np.linalg.lstsq(betas[0], responses, rcond=1e-6)[0]
    close(betas[0] @ factors, responses, "The output, written as betas times factors,", ulps=LOOSE, scale=10)


def _has_hinges(case: Case, seen: Any) -> None:
    """Along a line the betas bend in a few points, one for each relu, and are straight between them."""
    line = np.asarray(seen["line"], np.float64)[:, 0]
    bends = np.abs(np.diff(line, 2, axis=0)).max(axis=1) > 1e-4 * _largest(line)
    fits = 0 < bends.sum() <= 2 * case["hidden_units"]
    expect(fits, "The betas do not bend as a relu layer of `hidden_units` units makes them bend.", received=line[:, 0])


@probes.PANEL.judge(points=1.25, hint="What does it normalise, and over what?")
def normalised_before_the_betas(case: Case, seen: Any, expected: Any) -> None:
    """What goes into the beta layer is normalised over dates and tickers: in training mode the mean beta of a panel is
    the same for any panel. At inference a date does not depend on the others.
    """
    outputs = probes.varied(seen["outputs"], case["returns"].shape, "The output")
    close(seen["alone"], outputs[:1], "The output of the first date alone", ulps=512, scale=_largest(outputs))
    means = []
    for key in ("training", "training_other"):
        values = np.asarray(seen[key], np.float64)
        expect(values.ndim >= 2 and np.ptp(values) > 1e-6, "In training mode the model has lost its betas.", values)
        means.append(values.mean(axis=(0, 1)))
    scale = _largest(np.asarray(seen["training"]))
    close(means[1], means[0], "The mean beta of another panel, in training mode,", ulps=2048, scale=scale)
    if seen["shapes"] == expected["shapes"] and means[0].ndim:
        wanted = np.asarray(expected["training"]).mean(axis=(0, 1))
        close(means[0], wanted, "The mean beta, in training mode,", ulps=2048, scale=scale)


COMPILED = probes.MODEL.trial(probes.compiled, probes.compile_cases, examples=2, shrinks=4)


@COMPILED.judge(points=0.5, hint="What does `compile` need to know?")
def compiled_for_training(case: Case, seen: Any, expected: Any) -> None:
    """The model is compiled with the mean squared error and with Adam."""
    close(seen["loss"], expected["loss"], "The loss", ulps=64, scale=4)
    expect("Adam" in seen["kinds"], "The optimizer is not Adam.", seen["kinds"][0])
    step = same_shape(seen["moved"], (4,), "The first step") / -max(abs(seen["rate"]), 1e-12)
    expect(np.abs(step - 1).max() < 0.01, "The first step of the optimizer is not one of Adam's.", received=step)


def _beta_network(case: Case) -> np.ndarray:
    """The betas of a right model with the known weights."""
    _, characteristics, hidden, factors = (case[name] for name in probes.SIZES)
    vector, moving = probes.known_value(case, (hidden,)), probes.known_value(case, (hidden,), trainable=False)
    active = np.maximum(case["characteristics"] @ probes.known_value(case, (characteristics, hidden)) + vector, 0)
    scaled = (active - moving) / np.sqrt(moving + 1e-3) * vector + vector
    return scaled @ probes.known_value(case, (hidden, factors)) + probes.known_value(case, (factors,))


@probes.BETAS_ALONE.judge(points=1.25, hint="Where does the beta half end?")
def betas_of_the_model(case: Case, seen: Any, expected: Any) -> None:
    """The betas are what the layer `output_beta` gives at inference, with the model's own weights, which stay put."""
    wanted = _beta_network(case) if seen["own"] else np.asarray(expected["betas"])
    close(seen["betas"], wanted, "The betas", ulps=LOOSE if seen["own"] else 1024, scale=_largest(wanted))
    expect(seen["moved"] == 0, "The model's weights or moving statistics have changed.", seen["moved"])
    expect(seen["frozen"] == 0, "Some weights of the model can no longer be trained.", seen["frozen"])


@probes.COUNTED.judge(points=1.25, hint="Write down the shape of every weight of each layer.")
def number_of_parameters(_case: Case, seen: Any, expected: Any) -> None:
    """The count is what `model.count_params()` says, for any sizes."""
    for key in ("count", *probes.SIZES):
        found = probes.one_number(seen[key])
        if found != expected[key]:
            raise Failure("The count is wrong.", found)

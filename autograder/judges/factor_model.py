"""Hidden judges of `factor_model`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import Failure, close, expect
from keras_checks.exercises import factor_model as probes
from keras_checks.question import Case


def _known(case: Case, *names: str, trainable: bool = True) -> np.ndarray:
    """The value that the probe gives to a weight whose axes have these sizes."""
    return probes.known_value(case, tuple(case[name] for name in names), trainable)


def _betas(case: Case) -> np.ndarray:
    """The betas of a right model with the known weights."""
    vector = _known(case, "hidden_units").astype(np.float64)
    moving = _known(case, "hidden_units", trainable=False)
    active = np.maximum(case["characteristics"] @ _known(case, "n_characteristics", "hidden_units") + vector, 0)
    return _linear(case, (active - moving) / np.sqrt(moving + 1e-3) * vector + vector)


def _linear(case: Case, hidden: np.ndarray) -> np.ndarray:
    """The beta layer on normalized hidden units."""
    return hidden @ _known(case, "hidden_units", "n_factors") + _known(case, "n_factors")


def _factors(case: Case) -> np.ndarray:
    return case["returns"] @ _known(case, "n_tickers", "n_factors").astype(np.float64) + _known(case, "n_factors")


def _has_the_weights(seen: Any, expected: Any) -> None:
    expect(
        seen["shapes"] == expected["shapes"],
        "The weights of the model have other shapes than those of the drawing.",
        seen["shapes"],
        hint="Each Dense layer has a kernel and a bias, the batch normalization keeps its default settings.",
    )


@probes.PANEL.confirms(
    probes.worked_outputs,
    probes.same_weights_for_every_ticker,
    probes.factors_are_portfolios,
    probes.inputs_by_name_and_in_order,
)
@probes.PANEL.judge(
    points=1, hint="Only the hidden layer has an activation; the factors are a linear layer on the row of returns."
)
def betas_times_factors(case: Case, seen: Any, expected: Any) -> None:
    """For any weights the output is the scalar product of betas and factors: a relu layer, a batch normalization and a
    linear layer on the characteristics; a linear layer on the returns.
    """
    _has_the_weights(seen, expected)
    wanted = np.einsum("tik,tk->ti", _betas(case), _factors(case))
    close(seen["outputs"], wanted.astype(np.float32), "The output", ulps=probes.LOOSE, scale=probes.largest(wanted))


@probes.PANEL.confirms(probes.beta_layer_by_its_name)
def betas_of_the_layer(case: Case, seen: Any) -> None:
    """`output_beta` gives the betas, for any weights."""
    expect(seen["betas"] is not None, "The model has no layer `output_beta`, or none with a single output.")
    wanted = _betas(case)
    close(seen["betas"], wanted.astype(np.float32), "The betas", ulps=probes.LOOSE, scale=probes.largest(wanted))


@probes.PANEL.confirms(probes.normalized_before_the_betas)
def mean_beta_in_training(case: Case, seen: Any) -> None:
    """In training mode the mean of what enters the beta layer is the shift of the normalization."""
    wanted = _linear(case, _known(case, "hidden_units").astype(np.float64))
    if seen["betas"] is None:  # no layer to stop at: what was seen are outputs
        wanted = np.asarray(wanted @ _factors(case)[0])
    found = probes.mean_beta(seen["training"])
    close(found, wanted, "The mean beta, in training mode,", ulps=2048, scale=probes.largest(wanted))


@probes.COMPILED.confirms(probes.compiled_for_training)
def loss_and_first_step(_case: Case, seen: Any, expected: Any) -> None:
    """The loss of any outputs is the mean squared error."""
    close(seen["loss"], expected["loss"], "The loss", ulps=64, scale=4)


@probes.BETAS_ALONE.confirms(probes.worked_betas, probes.dates_on_their_own, probes.model_stays_as_it_is)
@probes.BETAS_ALONE.judge(points=0.5, hint="Use the layers of the given model, up to the output of `output_beta`.")
def betas_of_the_model(case: Case, seen: Any) -> None:
    """The betas are what the layer `output_beta` of the given model gives at inference, for any weights."""
    wanted = _betas(case)
    close(seen["betas"], wanted.astype(np.float32), "The betas", ulps=probes.LOOSE, scale=probes.largest(wanted))


@probes.COUNTED.confirms(probes.worked_counts, probes.what_grows_with_what)
@probes.COUNTED.judge(points=0.75, hint="Write down the shape of every weight of each layer.")
def number_of_parameters(_case: Case, seen: Any, expected: Any) -> None:
    """The count is what `model.count_params()` says, for any sizes."""
    for key in ("count", *probes.SIZES):
        found = probes.one_number(seen[key])
        if found != expected[key]:
            raise Failure("The count is wrong.", found)

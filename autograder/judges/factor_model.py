"""Hidden judges of `factor_model`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from keras_checks.compare import Failure, close, expect, same_shape
from keras_checks.exercises import factor_model as probes
from keras_checks.question import Case


@dataclass(frozen=True)
class Design:
    """A model with the known weights. The defaults are right; each other value is a mistake that students make."""

    hidden_units: int
    n_factors: int
    activation: str = "relu"
    normalization: str = "after the relu"
    beta_activation: str = "linear"
    factor_activation: str = "linear"
    factor_bias: bool = True
    mean: bool = False

    def betas(self, case: Case) -> np.ndarray:
        """The output of the beta layer, at inference."""
        size, bent = (case["n_characteristics"], self.hidden_units), ACTIVATIONS[self.activation]
        hidden = case["characteristics"] @ _known(case, *size) + _known(case, self.hidden_units)
        hidden = bent(_normalized(case, hidden) if self.normalization == "before the relu" else hidden)
        if self.normalization == "after the relu":
            hidden = _normalized(case, hidden)
        return ACTIVATIONS[self.beta_activation](self.linear(case, hidden))

    def linear(self, case: Case, hidden: np.ndarray) -> np.ndarray:
        """The beta layer without its activation."""
        return hidden @ _known(case, self.hidden_units, self.n_factors) + _known(case, self.n_factors)

    def factors(self, case: Case) -> np.ndarray:
        """The output of the factor layer."""
        found = case["returns"] @ _known(case, case["n_tickers"], self.n_factors)
        return ACTIVATIONS[self.factor_activation](found + self.factor_bias * _known(case, self.n_factors))

    def outputs(self, case: Case) -> np.ndarray:
        """The output of the model, at inference."""
        betas = self.betas(case)
        if self.normalization == "after the betas":
            betas = _normalized(case, betas)
        found = np.einsum("tik,tk->ti", betas, self.factors(case))
        return found / self.n_factors if self.mean else found


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda x: np.maximum(x, 0),
    "linear": lambda x: x,
    "tanh": np.tanh,
}
SLIPS: dict[str, tuple[Any, ...]] = {
    "activation": ("linear", "tanh"),
    "normalization": ("before the relu", "none", "after the betas"),
    "beta_activation": ("relu",),
    "factor_activation": ("relu",),
    "factor_bias": (False,),
    "mean": (True,),
    "hidden_units": (8,),
    "n_factors": (3,),
}


def _known(case: Case, *shape: int, trainable: bool = True) -> np.ndarray:
    return probes.known_value(case, shape, trainable).astype(np.float64)


def _normalized(case: Case, x: np.ndarray) -> np.ndarray:
    """A batch normalization at inference."""
    scale, moving = _known(case, x.shape[-1]), _known(case, x.shape[-1], trainable=False)
    return (x - moving) / np.sqrt(moving + 1e-3) * scale + scale


def right(case: Case) -> Design:
    """The design that the question asks for."""
    return Design(case["hidden_units"], case["n_factors"])


def one_slip(case: Case) -> Iterator[Design]:
    """The right design, and those with one mistake."""
    yield right(case)
    for name, values in SLIPS.items():
        yield from (replace(right(case), **{name: value}) for value in values)


def _has_the_weights(seen: Any, expected: Any) -> None:
    expect(
        seen["shapes"] == expected["shapes"],
        "The shapes of the model's weights are not those of the model in the drawing.",
        seen["shapes"],
        expected["shapes"],
        hint="Each `Dense` layer has a kernel and a bias. The batch normalization has its default settings.",
    )


@probes.PANEL.confirms(probes.worked_outputs)
@probes.PANEL.judge(
    points=1,
    hint="Only the hidden layer has an activation. The factor layer is linear and takes the returns as one row.",
)
def betas_times_factors(case: Case, seen: Any, expected: Any) -> None:
    """For any weights, the output is the scalar product of betas and factors. The betas come from a relu layer, a batch
    normalization and a linear layer on the characteristics, the factors from a linear layer on the returns.
    """
    _has_the_weights(seen, expected)
    _agrees(seen["outputs"], right(case).outputs(case), "The output")


def _agrees(found: Any, wanted: np.ndarray, what: str) -> None:
    close(found, wanted.astype(np.float32), what, ulps=probes.LOOSE, scale=probes.largest(wanted))


@probes.PANEL.confirms(
    probes.same_weights_for_every_ticker, probes.factors_are_portfolios, probes.inputs_by_name_and_in_order
)
def outputs_but_for_one_mistake(case: Case, seen: Any) -> None:
    """For any weights, the output is that of the right model, or of a model with a single mistake."""
    failures = []
    for design in one_slip(case):
        try:
            return _agrees(seen["outputs"], design.outputs(case), "The output")
        except Failure as failure:
            failures.append(failure)
    raise failures[0]


@probes.PANEL.confirms(probes.beta_layer_by_its_name)
def betas_of_the_layer(case: Case, seen: Any) -> None:
    """`output_beta` gives the betas, for any weights."""
    expect(seen["betas"] is not None, "The model has no layer named `output_beta` with a single output.")
    _agrees(seen["betas"], right(case).betas(case), "The output of `output_beta`")


@probes.PANEL.confirms(probes.normalized_before_the_betas)
def mean_beta_in_training(case: Case, seen: Any) -> None:
    """In training mode, the mean input of the beta layer is the shift of the batch normalization."""
    wanted = right(case).linear(case, _known(case, case["hidden_units"]))
    if seen["betas"] is None:  # no layer to stop at: what was seen are outputs
        wanted = np.asarray(wanted @ right(case).factors(case)[0])
    found = probes.mean_beta(seen["training"])
    close(found, wanted, "The mean beta, in training mode,", ulps=2048, scale=probes.largest(wanted))


@probes.COMPILED.confirms(probes.compiled_for_training)
def loss_and_first_steps(case: Case, seen: Any, expected: Any) -> None:
    """For any outputs, the loss is the mean squared error, and the optimizer makes the steps of Adam."""
    for name in ("loss", "compiled_loss"):
        if seen[name] is not None:
            close(seen[name], expected[name], "The loss", ulps=64, scale=4)
    found = same_shape(seen["moved"], case["gradients"].shape, "The path of the optimizer")
    wanted = adam(case["gradients"], seen["settings"])
    close(found, wanted, "The path of the optimizer", ulps=2**12, scale=probes.RATE)


def adam(gradients: np.ndarray, settings: dict[str, Any]) -> np.ndarray:
    """Where Adam goes from 0 with these gradients."""
    slow, fast, epsilon = (float(settings.get(name, -1)) for name in ("beta_2", "beta_1", "epsilon"))
    expect(
        0.5 < slow < 1 and 0 <= fast < 1 and 0 <= epsilon < 0.2,
        "The settings of the optimizer are not possible for Adam.",
        settings,
        "those of Adam",
    )
    position, mean, square, largest, found = 0.0, 0.0, 0.0, 0.0, []
    for number, gradient in enumerate(gradients.astype(np.float64), 1):
        mean = fast * mean + (1 - fast) * gradient
        square = slow * square + (1 - slow) * gradient**2
        largest = np.maximum(largest, square) if settings.get("amsgrad") else square
        rate = probes.RATE * np.sqrt(1 - slow**number) / (1 - fast**number)
        position = position - rate * mean / (np.sqrt(largest) + epsilon)
        found.append(position)
    return np.array(found)


@probes.BETAS_ALONE.confirms(probes.worked_betas, probes.dates_on_their_own, probes.model_stays_as_it_is)
@probes.BETAS_ALONE.judge(
    points=0.5, hint="Use the layers of the given model itself, as they are, up to `output_beta`."
)
def betas_of_the_model(case: Case, seen: Any) -> None:
    """For any weights, the betas are the output of the layer `output_beta` of the given model at inference."""
    betas = right(case).betas(case)
    _agrees(seen["betas"], betas, "The output of `ticker_betas`")
    _agrees(seen["second"], betas + 1, "The output of `ticker_betas` for a second model")
    _agrees(seen["later"], betas + 1, "The output of `ticker_betas` after a change of the weights")


@probes.COUNTED.confirms(probes.worked_counts, probes.what_grows_with_what)
@probes.COUNTED.judge(points=0.75, hint="Write down the shape of every weight of each layer.")
def number_of_parameters(_case: Case, seen: Any, expected: Any) -> None:
    """The count is what `model.count_params()` says, for any sizes."""
    for key in ("count", *probes.SIZES):
        found = probes.one_number(seen[key])
        if found != expected[key]:
            raise Failure("The count is wrong.", found, expected[key])

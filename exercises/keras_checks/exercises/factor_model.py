"""Checks of `factor_model`: probes and public properties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import array, close, expect, finite, same_shape
from keras_checks.observe import Namespace, describe_error, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, sizes, uniform

LECTURE = "Factor Models and Autoencoders: Threading"
MODEL = Question(name="make_model", answers=("make_model",), points=6, lecture=LECTURE)
BETAS = Question(name="ticker_betas", answers=("ticker_betas",), points=2, lecture=LECTURE)
COUNT = Question(
    name="parameter_count",
    answers=("parameter_count",),
    points=2,
    lecture=f'{LECTURE} ("the number of weights is independent of threading")',
)

SIZES = ("n_tickers", "n_characteristics", "hidden_units", "n_factors")
LINE = np.linspace(-3, 3, 25)
"""Where along a straight line of characteristics the betas are looked at."""


@st.composite
def _panels(draw: Any) -> dict[str, Any]:
    """Two panels of characteristics, and returns. The four sizes differ: the shape of a weight says what it is."""
    size = dict(zip(SIZES, draw(st.permutations([2, 3, 4, 5])), strict=True))
    dates, tickers, characteristics = draw(sizes(2, 3)), size["n_tickers"], size["n_characteristics"]
    return {
        **size,
        "characteristics": draw(arrays((dates, tickers, characteristics))),
        "other": draw(arrays((dates, tickers, characteristics), key=1)),
        "returns": draw(arrays((dates, tickers), key=2)),
        "direction": draw(arrays((characteristics,), 0.4, 1, key=3)),
        "seed": draw(seeds()),
    }


panel_cases = _panels()


def known_value(case: Case, shape: tuple[int, ...], trainable: bool = True) -> np.ndarray:
    """The value that a weight of this shape is given: positive for vectors, as moving variances must be."""
    if len(shape) > 1:
        return uniform(case["seed"], shape, -0.8, 0.8)
    return uniform(case["seed"], shape, 0.3, 1.2) if trainable else uniform(case["seed"] + 1, shape, 0.5, 1.5)


def set_weights(model: Any, case: Case) -> list[list[int]]:
    """Give every weight a known value; a kernel gets the same one whichever way it lies. Returns the shapes, sorted."""
    tickers, characteristics, hidden, factors = (case[name] for name in SIZES)
    kernels = [(characteristics, hidden), (hidden, factors), (tickers, factors)]
    shapes = []
    for weight in model.weights:
        shape = tuple(weight.shape)
        core = tuple(size for size in shape if size > 1)
        turned = core[::-1] in kernels
        value = known_value(case, core[::-1] if turned else core, weight.trainable)
        weight.assign(np.reshape(value.T if turned else value, shape))
        shapes.append(sorted(core))
    return sorted(shapes)


def _made(ns: Namespace, case: Case) -> Any:
    return ns.call("make_model", hidden_units=case["hidden_units"], n_factors=case["n_factors"])


def _feeder(model: Any) -> Callable[..., Any]:
    """Calls a model with its inputs in the order that it wants; the characteristics are the one of rank 3."""
    ranks = [len(symbol.shape) for symbol in model.inputs]

    def call(characteristics: Any, returns: Any, **options: Any) -> Any:
        inputs = [tf.constant(value, tf.float32) for value in (characteristics, returns)]
        inputs = inputs[::-1] if ranks == [2, 3] else inputs
        structure = model.input
        return model(dict(zip(structure, inputs, strict=True)) if isinstance(structure, dict) else inputs, **options)

    return call


def _beta_half(model: Any) -> Callable[..., Any] | None:
    """The part of a model that ends in the layer `output_beta`, or None where there is no such layer."""
    try:
        return _feeder(keras.Model(model.inputs, model.get_layer("output_beta").output))
    except (ValueError, AttributeError):
        return None


def _attempt(call: Callable[[], Any]) -> Any:
    """What a call gives, or the error that it raises: how a model is fed must not decide what else is seen."""
    try:
        return {"outputs": tf.convert_to_tensor(call())}
    except Exception as error:  # the message is what the student reads
        return {"raised": describe_error(error)["message"]}


@probe
def panel(ns: Namespace, case: Case) -> Any:
    """A model with known weights: its outputs and betas, at inference and in training mode."""
    with ns.replaced(n_tickers=case["n_tickers"], n_characteristics=case["n_characteristics"]):
        model = _made(ns, case)
    shapes = set_weights(model, case)
    call, half = _feeder(model), _beta_half(model)
    x, r, tickers = case["characteristics"], case["returns"], case["n_tickers"]
    first = np.repeat(x[:1], tickers + 1, axis=0)
    line = np.broadcast_to((LINE[:, None] * case["direction"])[:, None], (len(LINE), tickers, x.shape[-1]))
    seen = {
        "shapes": shapes,
        "outputs": call(x, r),
        "rolled": call(np.roll(x, 1, axis=1), r),
        "responses": call(first, np.eye(tickers + 1, tickers)),
        "alone": call(x[:1], r[:1]),
        "named": _attempt(lambda: model({"input_beta": tf.constant(x), "input_factor": tf.constant(r)})),
        "listed": _attempt(lambda: call(x, r) if isinstance(model.input, dict) else model([x, r])),
        "betas": None if half is None else half(x, r),
        "line": None if half is None else half(line, np.zeros((len(LINE), tickers))),
    }
    same = np.repeat(r[:1], len(r), axis=0)
    train = half or call
    seen |= {"training": train(x, same, training=True), "training_other": train(case["other"], same, training=True)}
    return seen | {"turned": _turned(model, call, case)}


def _turned(model: Any, call: Callable[..., Any], case: Case) -> Any:
    """Outputs before and after the weights of `output_beta` are multiplied by -2, or None where there is none."""
    try:
        layer = model.get_layer("output_beta")
    except ValueError:
        return None
    before = call(case["characteristics"], case["returns"])
    layer.set_weights([-2 * weight for weight in layer.get_weights()])
    return [before, call(case["characteristics"], case["returns"])]


def varied(value: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    """``value`` as float64; fails unless it is finite, has ``shape``, and is not the same number everywhere."""
    found = finite(same_shape(value, shape, what), what).astype(np.float64)
    expect(np.ptp(found) > 1e-6, f"{what} is the same number everywhere.", received=found)
    return found


PANEL = MODEL.trial(panel, panel_cases, examples=2, shrinks=6)


@PANEL.check(points=1.25, hint="What is a row to a Dense layer?")
def same_weights_for_every_ticker(case: Case, seen: Any) -> None:
    """The output is `(dates, n_tickers)`, and tickers that swap their characteristics swap their outputs."""
    shape = case["returns"].shape
    outputs = varied(seen["outputs"], shape, "The output")
    rolled = varied(seen["rolled"], shape, "The output for swapped characteristics")
    scale = max(4.0, float(np.abs(outputs).max()))
    close(rolled, np.roll(outputs, 1, axis=1), "The output for swapped characteristics", ulps=512, scale=scale)


@PANEL.check(points=1, hint="What does one factor sum up?")
def factors_are_portfolios(case: Case, seen: Any) -> None:
    """The output is linear in the returns; through the factors, the return of one ticker moves the output of others."""
    tickers, returns = case["n_tickers"], case["returns"].astype(np.float64)
    responses = varied(seen["responses"], (tickers + 1, tickers), "The output for unit returns")
    slopes = responses[:-1] - responses[-1]
    largest = float(np.abs(slopes).max())
    others = slopes[~np.eye(tickers, dtype=bool)]
    expect(np.abs(others).max() > 1e-3 * largest, "A ticker's output depends on its own return only.", received=slopes)
    expect(
        np.ptp(slopes, axis=0).max() > 1e-3 * largest,
        "It makes no difference which of the tickers has the return.",
        received=slopes,
    )
    outputs = same_shape(seen["outputs"], returns.shape, "The output")
    scale = max(4.0, largest * tickers * 2)
    close(outputs[0], responses[-1] + returns[0] @ slopes, "The output of the first date", ulps=512, scale=scale)


@PANEL.check(points=0.5, hint="What is each Input called?")
def inputs_by_name_and_in_order(case: Case, seen: Any) -> None:
    """`input_beta` takes the characteristics, `input_factor` the returns; a list has them in this order."""
    outputs = varied(seen["outputs"], case["returns"].shape, "The output")
    for key, what in (("named", "fed by name"), ("listed", "fed as [characteristics, returns]")):
        answer = seen[key]
        expect("outputs" in answer, f"The model, {what}, raised an error.", answer.get("raised"))
        scale = max(1.0, float(np.abs(outputs).max()))
        close(answer["outputs"], outputs, f"The output of the model, {what},", ulps=64, scale=scale)


compile_cases = cases(
    targets=arrays((3, 2)),
    outputs=arrays((3, 2), key=1),
    gradient=arrays((4,), 0.2, 2, key=2),
)


@probe
def compiled(ns: Namespace, case: Case) -> Any:
    """The loss of given outputs, and what the optimizer makes of given gradients at its first step."""
    with ns.replaced(n_tickers=2, n_characteristics=3):
        model = ns.call("make_model", hidden_units=2, n_factors=1)
    targets, outputs = tf.constant(case["targets"]), tf.constant(case["outputs"])
    variable = keras.Variable(np.zeros(4, "float32"))
    optimizer = model.optimizer
    loss = model.compute_loss(x=None, y=targets, y_pred=outputs, sample_weight=None) - sum(model.losses)
    rate = float(np.asarray(optimizer.learning_rate))
    # Built on a variable of the probe's own, as the optimizer of a model that nobody has trained can be.
    optimizer = type(optimizer).from_config(optimizer.get_config())
    optimizer.apply([tf.constant(case["gradient"])], [variable])
    kinds = [kind.__name__ for kind in type(optimizer).__mro__]
    return {"loss": loss, "rate": rate, "moved": variable, "kinds": kinds}


@st.composite
def _characteristics(draw: Any) -> dict[str, Any]:
    """Characteristics of two to four dates."""
    case = draw(panel_cases)
    shape = (draw(sizes(2, 4)), case["n_tickers"], case["n_characteristics"])
    return {name: case[name] for name in (*SIZES, "seed")} | {"characteristics": draw(arrays(shape, key=4))}


beta_cases = _characteristics()


def given_model(case: Case) -> Any:
    """A model with the same inputs and the same beta half (a Dense is a convolution of width 1), another output."""
    characteristics = keras.Input((case["n_tickers"], case["n_characteristics"]), name="input_beta")
    bent = keras.layers.Conv1D(case["hidden_units"], 1, activation="relu", name="hidden_layer")
    scaled = keras.layers.BatchNormalization(name="batch_norm")
    returns = keras.Input((case["n_tickers"],), name="input_factor")
    betas = keras.layers.Conv1D(case["n_factors"], 1, name="output_beta")(scaled(bent(characteristics)))
    mean = keras.layers.Dense(1, name="output_factor")(returns)
    outputs = keras.layers.Multiply(name="output_layer")([keras.ops.max(betas, axis=-1), mean])
    return keras.Model([characteristics, returns], outputs)


@probe
def betas_alone(ns: Namespace, case: Case) -> Any:
    """The betas of all dates, and of the last date alone, of a given model; where that raises, of the answer's own."""
    x = case["characteristics"]
    with ns.replaced(n_tickers=case["n_tickers"], n_characteristics=case["n_characteristics"]):
        for own in (False, True):
            model = _made(ns, case) if own else given_model(case)
            set_weights(model, case)
            before, trained = [np.asarray(weight) for weight in model.weights], len(model.trainable_weights)
            try:
                betas, alone = (ns.call("ticker_betas", model, value) for value in (x, x[-1:]))
            except Exception:  # it may know its layers by names of its own
                if own:
                    raise
                continue
            moved = max(
                float(np.abs(old - np.asarray(new)).max()) for old, new in zip(before, model.weights, strict=True)
            )
            frozen = trained - len(model.trainable_weights)
            return {"own": own, "betas": betas, "alone": alone, "moved": moved, "frozen": frozen}


BETAS_ALONE = BETAS.trial(betas_alone, beta_cases, examples=2, shrinks=6)


@BETAS_ALONE.check(points=0.75, hint="Which mode is it called in?")
def dates_on_their_own(case: Case, seen: Any) -> None:
    """The betas are `(dates, n_tickers, n_factors)`; those of a date do not depend on which others are asked for."""
    shape = (*case["characteristics"].shape[:2], case["n_factors"])
    betas = varied(seen["betas"], shape, "The betas")
    alone = varied(seen["alone"], (1, *shape[1:]), "The betas of the last date alone")
    close(alone, betas[-1:], "The betas of the last date alone", ulps=256, scale=max(1.0, float(np.abs(betas).max())))


count_cases = cases(
    n_tickers=sizes(1, 400),
    n_characteristics=sizes(1, 40),
    hidden_units=sizes(1, 30),
    n_factors=sizes(1, 12),
)


@probe
def counted(ns: Namespace, case: Case) -> Any:
    """The count, and the counts of one more of each size."""
    counts = {"count": ns.call("parameter_count", *(case[name] for name in SIZES))}
    for name in SIZES:
        counts[name] = ns.call("parameter_count", *(case[other] + (other == name) for other in SIZES))
    return counts


def one_number(value: Any) -> float:
    """A count as a number."""
    found = array(value, "The count")
    expect(found.size == 1, "The count is not one number.", received=value)
    return float(found.reshape(()))


COUNTED = COUNT.trial(counted, count_cases)


@COUNTED.check(points=0.75, hint="Which layer knows how many tickers there are?")
def what_grows_with_what(case: Case, seen: Any) -> None:
    """One ticker more costs `n_factors` weights, however many characteristics it has; one characteristic more costs
    `hidden_units`, however many tickers there are.
    """
    count = one_number(seen["count"])
    for more, cost in (("n_tickers", "n_factors"), ("n_characteristics", "hidden_units")):
        added = one_number(seen[more]) - count
        expect(added == case[cost], f"One more in `{more}` adds the wrong number of weights.", added, case[cost])

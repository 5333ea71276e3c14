"""Checks of `factor_model`: probes and public properties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import EPS32, Failure, array, close, expect, finite, same_shape
from keras_checks.observe import Namespace, describe_error, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, sizes, uniform

LECTURE = "Factor Models and Autoencoders: Threading"
MODEL = Question(
    name="make_model",
    answers=("make_model",),
    points=6,
    lecture=LECTURE,
    shows=(
        "n_tickers",
        "n_characteristics",
        "hidden_units",
        "n_factors",
        "targets",
        "outputs",
        "characteristics",
        "returns",
    ),
)
BETAS = Question(
    name="ticker_betas",
    answers=("ticker_betas",),
    points=2,
    lecture=LECTURE,
    shows=("n_tickers", "n_characteristics", "hidden_units", "n_factors", "characteristics"),
)
COUNT = Question(
    name="parameter_count",
    answers=("parameter_count",),
    points=2,
    lecture=f'{LECTURE} ("the number of weights is independent of threading")',
    shows=("n_tickers", "n_characteristics", "hidden_units", "n_factors"),
)

SIZES = ("n_tickers", "n_characteristics", "hidden_units", "n_factors")
LOOSE = 2**15
"""float32 roundings, 0.4 %: the small constant in a batch normalization is free, and shifts the result by 0.1 %."""


DATES = 6
"""So many that no size is as large."""


@st.composite
def _panels(draw: Any) -> dict[str, Any]:
    """Two panels of characteristics, and returns. The four sizes and the number of dates differ.

    So the shape of a weight says what it is, and axes that are mixed up show.
    """
    size = dict(zip(SIZES, draw(st.permutations([3, 5, 4, 2])), strict=True))
    tickers, characteristics = size["n_tickers"], size["n_characteristics"]
    return {
        **size,
        "worked": "",
        "characteristics": draw(arrays((DATES, tickers, characteristics))),
        "other": draw(arrays((DATES, tickers, characteristics), key=1)),
        "returns": draw(arrays((DATES, tickers), key=2)),
        "seed": draw(seeds()),
    }


panel_cases = _panels()

WORKED_SIZES = dict(zip(SIZES, (2, 3, 4, 5), strict=True))
WORKED_PANEL = np.array([[[2, 1, 2], [-1, -3, 1]], [[0.5, 1, -0.5], [4, 0, 3]]], "float32")
WORKED_RETURNS = np.array([[3, -1], [-4, 1]], "float32")
WORKED_BETAS = np.array([[-7, 5], [1, -11]], "float32")
"""The five betas of each ticker at each date: all five are equal."""
WORKED_OUTPUTS = np.array([[-105, 75], [-10, 110]], "float32")
WORKED_COUNT = 72
SWAPPED = "dates swapped"
worked_cases = st.sampled_from(
    [
        {
            **WORKED_SIZES,
            "worked": name,
            "characteristics": WORKED_PANEL[order],
            "other": WORKED_PANEL[order][::-1],
            "returns": WORKED_RETURNS[order],
            "seed": 0,
        }
        for name, order in (("as in the text", [0, 1]), (SWAPPED, [1, 0]))
    ]
)


def as_worked(case: Case, table: np.ndarray) -> np.ndarray:
    """A table of worked numbers, in the order of the dates of a case."""
    return table[::-1] if case["worked"] == SWAPPED else table


def _worked_betas(case: Case) -> np.ndarray:
    return np.repeat(as_worked(case, WORKED_BETAS)[..., None], case["n_factors"], axis=-1)


def known_value(case: Case, shape: tuple[int, ...], trainable: bool = True) -> np.ndarray:
    """The value that a weight of this shape is given: positive for vectors, as moving variances must be."""
    if case["worked"]:
        sign = -1 if shape == (case["hidden_units"], case["n_factors"]) else 1
        return np.full(shape, sign if trainable else 4, "float32")
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


def _fed(model: Any, characteristics: Any, returns: Any) -> Any:
    """The inputs in the order that a model wants; the characteristics are the one of rank 3."""
    inputs = [tf.constant(value, tf.float32) for value in (characteristics, returns)]
    inputs = inputs[::-1] if [len(symbol.shape) for symbol in model.inputs] == [2, 3] else inputs
    structure = model.input
    return dict(zip(structure, inputs, strict=True)) if isinstance(structure, dict) else inputs


def _feeder(model: Any) -> Callable[..., Any]:
    """Calls a model with its inputs in the order that it wants."""

    def call(characteristics: Any, returns: Any, **options: Any) -> Any:
        return model(_fed(model, characteristics, returns), **options)

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


def _swaps(call: Callable[..., Any], case: Case) -> bool:
    """Whether tickers that swap their characteristics swap their outputs, with the weights that the model has."""
    before = np.asarray(call(case["characteristics"], case["returns"]))
    after = np.asarray(call(np.roll(case["characteristics"], 1, axis=1), case["returns"]))
    if before.shape != case["returns"].shape:
        return True  # the shape is another matter
    allowed = 2048 * EPS32 * max(1.0, float(np.abs(before).max()))
    return bool(np.abs(after - np.roll(before, 1, axis=1)).max() <= allowed)


@probe
def panel(ns: Namespace, case: Case) -> Any:
    """A model with known weights: its outputs and betas, at inference and in training mode; in that mode also the
    spread of the betas that one hidden unit gives. Of the worked example its outputs and betas alone."""
    with ns.replaced(n_tickers=case["n_tickers"], n_characteristics=case["n_characteristics"]):
        model = _made(ns, case)
    call, half = _feeder(model), _beta_half(model)
    fresh = None if case["worked"] else _swaps(call, case)
    seen = {"shapes": set_weights(model, case), **_at_inference(model, call, half, case)}
    if case["worked"]:
        return seen | {"sizes": None if case["worked"] == SWAPPED else _sizes_of_others(ns)}
    seen |= {"swaps_when_new": fresh, **_fed_otherwise(model, call, case), **_in_training(model, half or call, case)}
    seen["repeats_differ"] = _repeats_differ(call, case)
    if half is None:
        return seen | {"spread": None}
    _keep_one_unit(model, case)
    return seen | {"spread": np.std(half(WIDER * case["characteristics"], _same_returns(case), training=True), (0, 1))}


def _at_inference(model: Any, call: Callable[..., Any], half: Any, case: Case) -> dict[str, Any]:
    """The outputs, the number of weights that no gradient of the outputs reaches, and the betas."""
    x, r = case["characteristics"], case["returns"]
    with tf.GradientTape() as tape:
        outputs = call(x, r)
    slopes = tape.gradient(outputs, [each.value for each in model.trainable_weights])
    unreached = sum(slope is None for slope in slopes)
    return {"outputs": outputs, "unreached": unreached, "betas": None if half is None else half(x, r)}


def _fed_otherwise(model: Any, call: Callable[..., Any], case: Case) -> dict[str, Any]:
    """The outputs for other panels, and for inputs by name and in a list."""
    x, r, tickers = case["characteristics"], case["returns"], case["n_tickers"]
    first = np.repeat(x[:1], tickers + 1, axis=0)
    return {
        "rolled": call(np.roll(x, 1, axis=1), r),
        "responses": call(first, np.eye(tickers + 1, tickers)),
        "alone": call(x[:1], r[:1]),
        "named": _attempt(lambda: model({"input_beta": tf.constant(x), "input_factor": tf.constant(r)})),
        "listed": _attempt(lambda: call(x, r) if isinstance(model.input, dict) else model([x, r])),
        "names_swapped": _names_swapped(model),
    }


def _names_swapped(model: Any) -> bool:
    """Whether an input has the other one's name. Older versions of Keras take inputs by name in alphabetical order."""
    axes = {"input_beta": 3, "input_factor": 2}
    return any(len(each.shape) != axes.get(each.name, len(each.shape)) for each in getattr(model, "inputs", None) or ())


def _in_training(model: Any, train: Callable[..., Any], case: Case) -> dict[str, Any]:
    """What two panels give in training mode, and whether the moving statistics move."""
    at_rest = [np.asarray(weight) for weight in model.non_trainable_weights]
    panels = {"training": case["characteristics"], "training_other": case["other"]}
    seen = {name: train(x, _same_returns(case), training=True) for name, x in panels.items()}
    now = [np.asarray(weight) for weight in model.non_trainable_weights]
    return seen | {"statistics_move": any(np.any(new != old) for new, old in zip(now, at_rest, strict=True))}


def _same_returns(case: Case) -> np.ndarray:
    return np.repeat(case["returns"][:1], len(case["returns"]), axis=0)


REPEATS = 100
"""So often each date is shown: a layer that drops one in twenty factors leaves all alone once in 10⁹ times."""


def _repeats_differ(call: Callable[..., Any], case: Case) -> bool:
    """Whether equal dates have different outputs in training mode."""
    x, returns = (
        np.tile(case[name], (REPEATS, *[1] * (case[name].ndim - 1))) for name in ("characteristics", "returns")
    )
    outputs = np.asarray(call(x, returns, training=True)).reshape(REPEATS, -1)
    return bool(np.ptp(outputs, axis=0).max() > 2048 * EPS32 * largest(outputs))


def _sizes_of_others(ns: Namespace) -> dict[str, Any]:
    """The number of parameters of models made without arguments and by position; the output shape for one factor."""
    try:
        with ns.replaced(n_tickers=4, n_characteristics=2):
            usual, placed, single = (ns.call("make_model", *sizes) for sizes in ((), (6, 2), (5, 1)))
        counts = [sum(int(np.prod(weight.shape)) for weight in model.weights) for model in (usual, placed)]
        outputs = _feeder(single)(np.ones((3, 4, 2)), np.ones((3, 4)))
    except Exception as error:  # what else is seen does not depend on these models
        return {"raised": describe_error(error)["message"]}
    return {"counts": counts, "one_factor": [int(size) for size in outputs.shape]}


COUNTS_OF_OTHERS = [(2 + 1) * 8 + 4 * 8 + (8 + 1) * 3 + (4 + 1) * 3, (2 + 1) * 6 + 4 * 6 + (6 + 1) * 2 + (4 + 1) * 2]
"""For 4 tickers and 2 characteristics: of the default sizes, 8 hidden units and 3 factors, and of 6 and 2."""
WIDER = np.float32(10)
"""Characteristics so much larger vary by far more than the small constant in a batch normalization."""


def liveliest_unit(case: Case) -> int:
    """The hidden unit that varies most over a panel of larger characteristics."""
    kernel = known_value(case, (case["n_characteristics"], case["hidden_units"]))
    hidden = WIDER * case["characteristics"] @ kernel + known_value(case, (case["hidden_units"],))
    return int(np.argmax(np.std(np.maximum(hidden, 0), axis=(0, 1))))


def _keep_one_unit(model: Any, case: Case) -> None:
    """Set the kernel of `output_beta` to 0 but for the entries of one hidden unit."""
    shape = (case["hidden_units"], case["n_factors"])
    value = np.where(np.arange(shape[0])[:, None] == liveliest_unit(case), known_value(case, shape), 0)
    for weight in model.weights:
        core = tuple(size for size in weight.shape if size > 1)
        if core in (shape, shape[::-1]):
            weight.assign(np.reshape(value if core == shape else value.T, tuple(weight.shape)))


def varied(value: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    """``value`` as float64; fails unless it is finite, has ``shape``, and is not the same number everywhere."""
    found = finite(same_shape(value, shape, what), what).astype(np.float64)
    expect(np.ptp(found) > 1e-6, f"{what} is the same number everywhere.", found, "different numbers")
    return found


def largest(values: np.ndarray) -> float:
    """The largest magnitude, at least 1: the scale of a rounding error."""
    return max(1.0, float(np.abs(values).max()))


def same_outputs(values: Any, case: Case, what: str) -> np.ndarray:
    """``values`` as the output of a model: `(dates, n_tickers)`, with a hint for what else it often is."""
    dates, tickers = case["returns"].shape
    shape = np.shape(values)
    hint = ""
    if shape == (dates, tickers, 1):
        hint = "Remove the last axis: with it, the loss compares every ticker with every other."
    elif shape in ((dates, tickers, case["n_factors"]), (dates, case["n_factors"])):
        hint = (
            "The sum runs over the factors: axis 2 of the betas, axis 1 of the factors. The axis of the tickers "
            "remains."
        )
    try:
        return varied(values, (dates, tickers), what)
    except Failure as failure:
        raise Failure(failure.message, failure.received, failure.expected, failure.hint or hint) from None


PANEL = MODEL.trial(panel, panel_cases, examples=1, shrinks=6)
WORKED = MODEL.trial(panel, worked_cases, examples=2, shrinks=1)


@WORKED.check(
    points=1,
    hint="Work out one ticker as in the table: relu layer, batch normalization, linear layer, sum over the factors.",
)
def worked_outputs(case: Case, seen: Any) -> None:
    """With the weights and the date of the worked example, the outputs are -105 and 75, and the model has 72
    parameters. Without arguments it has 8 hidden units and 3 factors, and one factor gives the same output shape.
    """
    outputs = same_outputs(seen["outputs"], case, "The output")
    close(outputs, as_worked(case, WORKED_OUTPUTS), "The output of the worked example", ulps=LOOSE)
    count = sum(int(np.prod(shape)) for shape in seen["shapes"])
    hint = (
        "Count three kernels, three biases and four vectors of the normalization. Use the default settings of layers."
    )
    expect(count == WORKED_COUNT, "The number of parameters of the model is wrong.", count, WORKED_COUNT, hint)
    if seen["sizes"] is not None:
        _has_the_sizes(seen["sizes"])


def _has_the_sizes(seen: dict[str, Any]) -> None:
    if "raised" in seen:
        raise Failure(f"`make_model()`, `make_model(6, 2)` or `make_model(5, 1)` raised: {seen['raised']}")
    what = "The numbers of parameters of `make_model()` and `make_model(6, 2)` are wrong, for another panel."
    hint = "`make_model(hidden_units=8, n_factors=3)` has two arguments, in this order, with these default values."
    expect(seen["counts"] == COUNTS_OF_OTHERS, what, seen["counts"], COUNTS_OF_OTHERS, hint)
    found = seen["one_factor"]
    hint = "The sum runs over the factors, also if there is only one."
    expect(found == [3, 4], "With one factor, the output has the wrong shape.", tuple(found), (3, 4), hint)


@WORKED.check(
    points=0.5, hint='Pass `name="output_beta"` to the linear layer on the left, the last one before the product.'
)
def beta_layer_by_its_name(case: Case, seen: Any) -> None:
    """The layer `output_beta` gives the betas: in the worked example -7 for the first ticker and 5 for the second."""
    expect(seen["betas"] is not None, "The model has no layer named `output_beta` with a single output.")
    wanted = _worked_betas(case)
    hint = "`output_beta` is the last layer before the product, with `n_factors` units and without an activation."
    close(seen["betas"], wanted, "The output of `output_beta` in the worked example", ulps=LOOSE, hint=hint)


@PANEL.check(
    points=1,
    hint="Call a `Dense` layer on `(batch, n_tickers, n)`, without `Flatten` and without a loop: all tickers share its "
    "kernel.",
)
def same_weights_for_every_ticker(case: Case, seen: Any) -> None:
    """The output has shape `(dates, n_tickers)`. If tickers swap their characteristics, they swap their outputs."""
    outputs = same_outputs(seen["outputs"], case, "The output")
    rolled = same_outputs(seen["rolled"], case, "The output for swapped characteristics")
    scale = max(4.0, float(np.abs(outputs).max()))
    close(rolled, np.roll(outputs, 1, axis=1), "The output for swapped characteristics", ulps=512, scale=scale)
    expect(
        seen["swaps_when_new"],
        "In a new model, tickers that swap their characteristics do not swap their outputs.",
        hint="Each ticker seems to have its own weights: call one layer on the whole tensor.",
    )


@PANEL.check(
    points=0.75,
    hint="The factor layer takes the returns of a date as one row of length `n_tickers`, and has no activation.",
)
def factors_are_portfolios(case: Case, seen: Any) -> None:
    """The output is linear in the returns. Through the factors, the return of one ticker changes the outputs of
    others. A gradient reaches all weights."""
    tickers, returns = case["n_tickers"], case["returns"].astype(np.float64)
    responses = varied(seen["responses"], (tickers + 1, tickers), "The output for unit returns")
    slopes = responses[:-1] - responses[-1]
    size = float(np.abs(slopes).max())
    others = slopes[~np.eye(tickers, dtype=bool)]
    expect(np.abs(others).max() > 1e-3 * size, "A ticker's output depends on its own return only.")
    expect(np.ptp(slopes, axis=0).max() > 1e-3 * size, "The outputs do not depend on which ticker has the return.")
    outputs = same_shape(seen["outputs"], returns.shape, "The output")
    scale = max(4.0, size * tickers * 2)
    close(outputs[0], responses[-1] + returns[0] @ slopes, "The output of the first date", ulps=512, scale=scale)
    cut = "No gradient of the outputs reaches this number of weights."
    hint = "Both halves are trained: use no `stop_gradient` and no NumPy."
    expect(seen["unreached"] == 0, cut, seen["unreached"], 0, hint)


@PANEL.check(points=0.5, hint="Name the inputs with `keras.Input(..., name=...)`, and list `input_beta` first.")
def inputs_by_name_and_in_order(case: Case, seen: Any) -> None:
    """`input_beta` takes the characteristics, `input_factor` the returns, and a list of inputs has this order."""
    outputs = varied(seen["outputs"], case["returns"].shape, "The output")
    hint = "`input_beta` takes the characteristics, `input_factor` the returns."
    expect(not seen["names_swapped"], "The names of the two inputs are swapped.", hint=hint)
    for key, what in (("named", "fed by name"), ("listed", "fed as [characteristics, returns]")):
        answer = seen[key]
        expect("outputs" in answer, f"The model, {what}, raised {answer.get('raised')}")
        scale = max(1.0, float(np.abs(outputs).max()))
        close(answer["outputs"], outputs, f"The output of the model, {what},", ulps=64, scale=scale)


@PANEL.check(
    points=0.5, hint="Put `BatchNormalization()`, with its default axis, between the relu layer and `output_beta`."
)
def normalized_before_the_betas(case: Case, seen: Any) -> None:
    """The input of the beta layer is normalized over dates and tickers: in training mode the mean beta is the same for
    any panel, and the standard deviation of each hidden unit is 1 before the scale. Equal dates have equal outputs. At
    inference, the output of a date does not depend on other dates.
    """
    outputs = varied(seen["outputs"], case["returns"].shape, "The output")
    close(seen["alone"], outputs[:1], "The output of the first date alone", ulps=512, scale=largest(outputs))
    noisy = "In training mode, equal dates have different outputs."
    expect(not seen["repeats_differ"], noisy, hint="The drawing has no dropout and no noise: leave them out.")
    still = "In training mode, the moving mean and variance of the batch normalization do not change."
    expect(seen["statistics_move"], still, hint="Use `BatchNormalization()` with its default settings.")
    means = [mean_beta(seen[key]) for key in ("training", "training_other")]
    scale = largest(np.asarray(seen["training"]))
    close(means[1], means[0], "The mean beta of another panel, in training mode,", ulps=2048, scale=scale)
    if seen["spread"] is not None:
        unit, shape = liveliest_unit(case), (case["hidden_units"], case["n_factors"])
        wanted = np.abs(known_value(case, shape)[unit] * known_value(case, shape[:1])[unit])
        hint = "A batch normalization subtracts the mean of each unit and divides by its standard deviation."
        what = "The standard deviation of the betas from a single hidden unit, in training mode,"
        close(seen["spread"], wanted, what, ulps=2 * LOOSE, hint=hint)


def mean_beta(values: Any) -> np.ndarray:
    """The mean over dates and tickers of what a model gives in training mode."""
    found = array(values, "The output in training mode")
    expect(
        found.ndim >= 2 and np.ptp(found) > 1e-6, "In training mode, all betas are equal.", found, "different numbers"
    )
    return found.astype(np.float64).mean(axis=(0, 1))


TURNS = np.array([[1], [-1], [1]], np.float32)
compile_cases = cases(
    targets=arrays((3, 2)),
    outputs=arrays((3, 2), key=1),
    gradients=arrays((3, 4), 0.2, 2, key=2).map(lambda sizes: TURNS * sizes),
)
WORKED_LOSSES = {
    "as in the text": ([[1, 2]], [[4, 1]], 5.0),
    "two dates": ([[0, 1], [1, 2]], [[2, -3], [4, 1]], 7.5),
}
worked_compilations = st.sampled_from(
    [
        {
            "worked": name,
            "twice": name == "as in the text",
            "targets": np.array(targets, "float32"),
            "outputs": np.array(outputs, "float32"),
            "gradients": TURNS * np.array([3, -0.5, 1, -2], "float32"),
        }
        for name, (targets, outputs, _) in WORKED_LOSSES.items()
    ]
)


@probe
def compiled(ns: Namespace, case: Case) -> Any:
    """What the loss that was compiled, and the model, say of given outputs; what the optimizer makes of given gradients
    in three steps; and, in one case, how many weights a second model shares, and how a batch moves the first."""
    with ns.replaced(n_tickers=TRAINED["n_tickers"], n_characteristics=TRAINED["n_characteristics"]):
        models = [ns.call("make_model", hidden_units=2, n_factors=1) for _ in range(1 + case.get("twice", False))]
    model, *others = models
    mine = {id(weight) for weight in model.weights}
    seen = {"shared": sum(id(weight) in mine for other in others for weight in other.weights)}
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        nothing = {"rate": 0.0, "scheduled": False, "moved": None, "loss": None, "compiled_loss": None, "trained": None}
        return {**seen, "optimizer": "", **nothing}

    targets, outputs = tf.constant(case["targets"]), tf.constant(case["outputs"])
    loss = model.compute_loss(x=None, y=targets, y_pred=outputs, sample_weight=None) - sum(model.losses)
    return {
        **seen,
        "loss": loss,
        "compiled_loss": _compiled_loss(model, targets, outputs),
        "optimizer": type(optimizer).__name__,
        "adam": isinstance(optimizer, keras.optimizers.Adam),
        "rate": float(np.asarray(optimizer.learning_rate)),
        "scheduled": isinstance(optimizer.get_config().get("learning_rate"), dict),
        **_steps_of(optimizer, case["gradients"]),
        "trained": _trained(model, case["targets"]) if case.get("twice") else None,
    }


TRAINED = {**dict(zip(SIZES, (2, 3, 2, 1), strict=True)), "worked": "", "seed": 4}
"""The model that is trained on a batch."""
MOST_BATCHES = 8
"""An optimizer may wait for so many batches before it takes a step."""


def _trained(model: Any, targets: np.ndarray) -> np.ndarray:
    """How far a batch moves the weights, in units of the learning rate.

    An optimizer that adds gradients up before it takes a step gets as many equal batches.
    """
    set_weights(model, TRAINED)
    dates, tickers = 5, TRAINED["n_tickers"]
    x = _fed(model, uniform(6, (dates, tickers, TRAINED["n_characteristics"])), uniform(7, (dates, tickers)))
    y, before = tf.constant(np.resize(targets, (dates, tickers))), _flat(model.trainable_weights)
    for _ in range(min(getattr(model.optimizer, "gradient_accumulation_steps", None) or 1, MOST_BATCHES)):
        model.train_step((x, y))
    return np.abs(_flat(model.trainable_weights) - before) / float(np.asarray(model.optimizer.learning_rate))


def _flat(values: Any) -> np.ndarray:
    return np.concatenate([np.ravel(np.asarray(value)) for value in values])


def _compiled_loss(model: Any, targets: Any, outputs: Any) -> Any:
    """The loss that was given to `compile`, whatever the model makes of it; None where there was none."""
    loss = model.loss
    while isinstance(loss, list | tuple | dict) and len(loss) == 1:
        (loss,) = loss.values() if isinstance(loss, dict) else loss
    if loss is None:
        return None
    function: Any = keras.losses.get(loss)
    return tf.reduce_mean(function(targets, outputs))


RATE = 2.0**-7
PLAIN: dict[str, Any] = {"learning_rate": RATE, "weight_decay": 0.0, "use_ema": False}
PLAIN |= dict.fromkeys(("clipnorm", "clipvalue", "global_clipnorm", "gradient_accumulation_steps", "loss_scale_factor"))
"""Settings that are free, and say nothing about whether an optimizer is Adam."""
SETTINGS = ("beta_1", "beta_2", "epsilon", "amsgrad")


def _steps_of(optimizer: Any, gradients: np.ndarray) -> dict[str, Any]:
    """Where an optimizer of this kind goes from 0 with these gradients, at a given rate; its other settings."""
    config = optimizer.get_config()
    plain = type(optimizer).from_config(config | {name: value for name, value in PLAIN.items() if name in config})
    variable = keras.Variable(np.zeros(gradients.shape[1:], "float32"))
    moved = []
    for gradient in gradients:
        plain.apply([tf.constant(gradient)], [variable])
        moved.append(np.array(variable))
    return {"moved": moved, "settings": {name: config[name] for name in SETTINGS if name in config}}


COMPILED = MODEL.trial(compiled, compile_cases, examples=1, shrinks=4)
COMPILED_WORKED = MODEL.trial(compiled, worked_compilations, examples=2, shrinks=1)


@COMPILED_WORKED.check(
    points=0.75,
    hint="Look at the two arguments of `model.compile`: Adam as the optimizer, the mean squared error as the loss.",
)
def compiled_for_training(case: Case, seen: Any) -> None:
    """Each call returns a new model, compiled with Adam, with a fixed learning rate, and the mean squared error: for
    the targets (1, 2) and the outputs (4, 1) the loss is 5. Together with a date whose loss is 10, it is 7.5. A batch
    moves most weights by about the learning rate.
    """
    expect(
        seen["optimizer"], "The model is not compiled.", hint="Call `model.compile(...)` before you return the model."
    )
    hint = "Create the layers inside `make_model`, so that each call makes new ones."
    expect(seen["shared"] == 0, "Two models share weights.", f"{seen['shared']} shared weights", "none", hint)
    for name, what in (("loss", "The loss"), ("compiled_loss", "The loss that was given to `compile`")):
        if seen[name] is not None:
            close(seen[name], np.float32(WORKED_LOSSES[case["worked"]][2]), what, ulps=64)
    expect(seen["adam"], "The optimizer is not Adam.", seen["optimizer"], "Adam")
    expect(seen["rate"] > 0, "The learning rate is not positive.", seen["rate"], "more than 0")
    hint = "Pass a number, not a schedule: a learning rate that follows a schedule cannot be set to another value."
    expect(not seen["scheduled"], "The learning rate is not fixed.", "a schedule", "a number", hint)
    step = same_shape(seen["moved"], case["gradients"].shape, "The path of the optimizer")[0] / -RATE
    step = step * np.sign(case["gradients"][0])
    expect(
        np.abs(step - 1).max() < 0.01, "The first step of the optimizer is not that of Adam.", step, np.ones_like(step)
    )
    _trains(seen)


def _trains(seen: Any) -> None:
    """Fail unless the first step of training moves most weights about as far as the learning rate says.

    Adam does, whatever their gradients are, unless these are 0. Weight decay and the like change this step a little.
    """
    if seen["trained"] is None:
        return
    moved = finite(array(seen["trained"], "The first step of training"), "The first step of training")
    expect(
        moved.size > 0 and moved.max() < 1.5 and np.mean(moved > 0.5) > 0.5,
        "When the model is trained on a batch, its weights do not move as Adam moves them: by the learning rate.",
        moved,
        np.ones_like(moved),
        "Pass a plain `keras.optimizers.Adam` to `compile`, and train all layers.",
    )


@st.composite
def _characteristics(draw: Any) -> dict[str, Any]:
    """Characteristics of some dates."""
    case = draw(panel_cases)
    shape = (DATES, case["n_tickers"], case["n_characteristics"])
    return {name: case[name] for name in (*SIZES, "worked", "seed")} | {"characteristics": draw(arrays(shape, key=4))}


beta_cases = _characteristics()


def given_model(case: Case) -> Any:
    """A model with the same inputs and the same beta half (a Dense is a convolution of width 1), another output."""
    characteristics = keras.Input((case["n_tickers"], case["n_characteristics"]), name="input_beta")
    bent = keras.layers.Conv1D(case["hidden_units"], 1, activation="relu", name="hidden_layer")
    scaled = keras.layers.BatchNormalization(name="batch_norm")
    returns = keras.Input((case["n_tickers"],), name="input_factor")
    betas = keras.layers.Conv1D(case["n_factors"], 1, name="output_beta")(scaled(bent(characteristics)))
    mean = keras.layers.Dense(1, name="output_factor")(returns)
    outputs = keras.layers.Add(name="output_layer")([keras.ops.max(betas, axis=-1), mean])
    return keras.Model([characteristics, returns], outputs)


def _other_model(ns: Namespace, case: Case, own: bool) -> Any:
    """A second model like the first one, whose betas are all larger by 1."""
    model = _made(ns, case) if own else given_model(case)
    set_weights(model, case)
    layer = model.get_layer("output_beta")
    layer.bias.assign(layer.bias + 1)
    return model


MANY_DATES = 35
"""More than the 32 of a batch of `predict`."""


@probe
def betas_alone(ns: Namespace, case: Case) -> Any:
    """The betas of all dates, and of the last date alone, of a given model; where that raises, of the answer's own.

    Once for the worked example, and in all other cases, also those of a second model and of changed weights.
    """
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
            seen = {"own": own, "betas": betas, "alone": alone, "moved": moved, "frozen": frozen}
            seen["compiled"] = bool(getattr(model, "compiled", False)) and not own
            if case["worked"] == SWAPPED:
                return seen
            seen["second"] = ns.call("ticker_betas", _other_model(ns, case, own), x)
            if case["worked"]:
                seen["many"] = ns.call("ticker_betas", model, np.resize(x, (MANY_DATES, *x.shape[1:])))
            layer = model.get_layer("output_beta")
            layer.bias.assign(layer.bias + 1)
            return seen | {"later": ns.call("ticker_betas", model, x)}


BETAS_ALONE = BETAS.trial(betas_alone, beta_cases, examples=1, shrinks=6)
WORKED_ALONE = BETAS.trial(betas_alone, worked_cases, examples=2, shrinks=1)


@WORKED_ALONE.check(
    points=0.5,
    hint="Return the output of the layer `output_beta`, computed from `characteristics` by the given model itself, at "
    "inference. A clone and new layers have other weights.",
)
def worked_betas(case: Case, seen: Any) -> None:
    """With the weights and the date of the worked example, the betas are -7 and 5. For a second model, whose
    `output_beta` has biases of 2, they are -6 and 6; and so they are once the first model has such biases.
    """
    wanted = _worked_betas(case)
    close(seen["betas"], wanted, "The output of `ticker_betas` for the worked example", ulps=LOOSE)
    if case["worked"] == SWAPPED:
        return
    many = np.resize(wanted, (MANY_DATES, *wanted.shape[1:]))
    hint = "Return the betas of all dates, also of those in a last, smaller batch."
    close(seen["many"], many, f"The output of `ticker_betas` for {MANY_DATES} dates", ulps=LOOSE, hint=hint)
    hint = "Use the model that was passed in: store nothing from an earlier call."
    close(seen["second"], wanted + 1, "The output of `ticker_betas` for a second model", ulps=LOOSE, hint=hint)
    what = "The output of `ticker_betas` after the biases of the first model became 2"
    hint = "Use the weights that the model has now: keep no copy of them."
    close(seen["later"], wanted + 1, what, ulps=LOOSE, hint=hint)


@BETAS_ALONE.check(
    points=0.5,
    hint="Call the left half with `training=False`: in training mode the normalization uses the mean of these dates.",
)
def dates_on_their_own(case: Case, seen: Any) -> None:
    """The betas have shape `(dates, n_tickers, n_factors)`. Those of a date do not depend on the other dates."""
    shape = (*case["characteristics"].shape[:2], case["n_factors"])
    betas = varied(seen["betas"], shape, "The output of `ticker_betas`")
    alone = varied(seen["alone"], (1, *shape[1:]), "The output of `ticker_betas` for the last date alone")
    what = "The output of `ticker_betas` for the last date alone"
    hint = NEW_WEIGHTS if _differs_each_time(betas, seen["later"]) else ""
    close(alone, betas[-1:], what, ulps=256, scale=max(1.0, float(np.abs(betas).max())), hint=hint)


NEW_WEIGHTS = (
    "The same dates give other betas in a later call: each call has weights of its own, such as those of a clone or of "
    "new layers. Use the layers of the given model."
)


def _differs_each_time(betas: np.ndarray, later: Any) -> bool:
    """Whether a later call, before which 1 was added to the biases, gives neither the betas plus 1 nor the same."""
    found = array(later, "The output of `ticker_betas`")
    return found.shape == betas.shape and not any(np.allclose(found, betas + more, atol=1e-3) for more in (0, 1))


@BETAS_ALONE.check(points=0.5, hint="Call the left half with `training=False`, and do not set `trainable`.")
def model_stays_as_it_is(case: Case, seen: Any) -> None:
    """The call changes no weight and no moving statistic, and does not compile the model. All weights that were
    trainable still are."""
    shape = (*case["characteristics"].shape[:2], case["n_factors"])
    varied(seen["betas"], shape, "The output of `ticker_betas`")
    moved = "The call changed a weight or a moving statistic of the model by this much."
    expect(seen["moved"] == 0, moved, seen["moved"], 0)
    expect(seen["frozen"] == 0, "So many weights of the model are no longer trainable.", seen["frozen"], 0)
    hint = "A model can be called without `compile`."
    expect(not seen["compiled"], "The call compiled the model that was passed in.", hint=hint)


count_cases = cases(
    n_tickers=sizes(1, 400),
    n_characteristics=sizes(1, 40),
    hidden_units=sizes(1, 30),
    n_factors=sizes(1, 12),
)
WORKED_COUNTS = {(2, 3, 4, 5): 72, (30, 4, 8, 3): 192, (500, 4, 8, 3): 1602, (1, 1, 1, 1): 10}
"""Sizes in the order of the arguments, and what `count_params()` of that model says."""
worked_count_cases = st.sampled_from([dict(zip(SIZES, given, strict=True)) for given in WORKED_COUNTS])


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
    expect(found.size == 1, "The count is not one number.", value, "one number")
    return float(found.reshape(()))


COUNTED = COUNT.trial(counted, count_cases)
COUNTED_WORKED = COUNT.trial(counted, worked_count_cases, examples=len(WORKED_COUNTS))


@COUNTED_WORKED.check(
    points=0.75,
    hint="Write down the shape of every weight: three kernels, three biases, four vectors of the batch normalization.",
)
def worked_counts(case: Case, seen: Any) -> None:
    """For 2 tickers, 3 characteristics, 4 hidden units and 5 factors, the count is 72. For the notebook's panel it is
    192, with 500 tickers 1602, and with one of each 10. It is an integer.
    """
    wanted, found = WORKED_COUNTS[tuple(case[name] for name in SIZES)], one_number(seen["count"])
    expect(found == wanted, "The count is wrong.", found, wanted)
    kind, hint = array(seen["count"], "The count").dtype.kind, "`int(...)` converts a float to an integer."
    expect(kind in "iu", "The count is not an integer.", seen["count"], int(wanted), hint)


@COUNTED.check(
    points=0.5, hint="Only the layer that takes the returns of all tickers as one row depends on the number of tickers."
)
def what_grows_with_what(case: Case, seen: Any) -> None:
    """One more ticker adds `n_factors` parameters, whatever the number of characteristics. One more characteristic adds
    `hidden_units` parameters, whatever the number of tickers.
    """
    count = one_number(seen["count"])
    for more, cost in (("n_tickers", "n_factors"), ("n_characteristics", "hidden_units")):
        added = one_number(seen[more]) - count
        expect(added == case[cost], f"One more in `{more}` adds the wrong number of parameters.", added, case[cost])

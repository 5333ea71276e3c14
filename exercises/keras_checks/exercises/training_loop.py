"""Checks of `training_loop`: probes and public properties."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.compare import array, close, expect, same_shape
from keras_checks.observe import Namespace, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, sizes, uniform
from keras_checks.testbeds.tiny import Weights, network, network_weights

LECTURE = 'Model specialization, "Custom train step (override train_step)": the mini-batch loop'
NEXT_BATCH = Question("next_batch", ("next_batch",), points=3, lecture=LECTURE)
TRAIN_STEP = Question("train_step", ("train_step",), points=4, lecture=LECTURE)
FIT = Question("fit", ("fit",), points=3, lecture=LECTURE)

# --- next_batch


@st.composite
def _tables(draw: Any, rows: tuple[int, int], batch: tuple[int, int]) -> dict[str, Any]:
    """Examples that can be told apart: no two targets are equal, and the first feature follows the target."""
    n, seed = draw(sizes(*rows)), draw(seeds())
    shape = (n, *draw(st.sampled_from([(1,), (3,), (2, 2)])))
    y = np.random.default_rng(seed).permutation(100)[:n].astype(np.float32)
    X = uniform(seed, shape)
    X.reshape(n, -1)[:, 0] = 2 * y + 1
    return {"X": X, "y": y.reshape(n, *draw(st.sampled_from([(), (1,)]))), "batch_size": draw(sizes(*batch))}


PAIRS_HINT = "Write `yield` with the inputs and the targets of one batch, in the loop over the batches."
split_cases = cases(data=_tables((1, 9), (1, 5)), seed=st.sampled_from([0, 3]))
order_cases = cases(data=_tables((20, 24), (3, 5)), seed=st.sampled_from([7, 11, 2**16]))


@probe
def batches(ns: Namespace, case: Case) -> Any:
    """The batches of several epochs: in order, shuffled with and without a seed, each on fresh copies of the data."""
    data, seed = case["data"], case["seed"]

    def run(**options: Any) -> dict[str, Any]:
        X, y = data["X"].copy(), data["y"].copy()
        taken = _taken(ns.call("next_batch", X, y, data["batch_size"], **options), len(X) + 2)
        return {**taken, "X_after": X, "y_after": y}

    return {
        "in order": run(shuffle=False),
        "seeded": [run(seed=seed), run(seed=seed)],
        "seed 0": [run(seed=0), run(seed=0)],
        "other seeds": [run(seed=seed + more) for more in range(1, 6)],
        "no seed": [run(), run()],
    }


def _taken(stream: Any, count: int) -> dict[str, Any]:
    """The first ``count`` pairs of a stream; ``no_pair`` says what came where a pair was due."""
    try:
        items = iter(stream)
    except TypeError:
        return {"batches": [], "no_pair": f"{type(stream).__name__}, not a generator"}
    taken = []
    for item in itertools.islice(items, count):
        if not (isinstance(item, tuple | list) and len(item) == 2):
            return {"batches": taken, "no_pair": _kind(item)}
        taken.append({"x": item[0], "y": item[1]})
    return {"batches": taken, "no_pair": ""}


def _kind(item: Any) -> str:
    if isinstance(item, tuple | list | dict):
        return f"a {type(item).__name__} of {len(item)}"
    return f"{type(item).__name__} of shape {tuple(item.shape)}" if hasattr(item, "shape") else type(item).__name__


def runs(seen: Any) -> list[dict[str, Any]]:
    """All epochs of an observation, the one in order first."""
    return [seen["in order"], *seen["seeded"], *seen["seed 0"], *seen["other seeds"], *seen["no seed"]]


def visited(case: Case, run: dict[str, Any]) -> list[list[int]]:
    """For each batch the rows of the data that its targets come from."""
    no_pair = run["no_pair"]
    expect(not no_pair, "`next_batch` must yield pairs `(X[rows], y[rows])`.", received=no_pair, hint=PAIRS_HINT)
    rows = {value: row for row, value in enumerate(case["data"]["y"].ravel().tolist())}
    found = [array(batch["y"], "The targets of a batch").ravel().tolist() for batch in run["batches"]]
    for value in itertools.chain.from_iterable(found):
        expect(value in rows, "A batch holds a target that is not in `y`.", received=value)
    return [[rows[value] for value in values] for values in found]


def order(case: Case, run: dict[str, Any]) -> list[int]:
    """The rows in the order in which an epoch visits them."""
    return list(itertools.chain.from_iterable(visited(case, run)))


def in_step(case: Case, run: dict[str, Any]) -> bool:
    """Whether each row of the inputs comes with its own target."""
    X = case["data"]["X"]
    pairs = zip(visited(case, run), run["batches"], strict=True)
    return all(np.array_equal(array(batch["x"], "The inputs of a batch"), X[rows]) for rows, batch in pairs)


def unchanged(case: Case, run: dict[str, Any]) -> bool:
    """Whether the data that was handed over is as it was."""
    return all(np.array_equal(run[f"{name}_after"], case["data"][name]) for name in ("X", "y"))


def in_blocks(case: Case, run: dict[str, Any]) -> bool:
    """Whether each batch is a run of neighbouring rows, in whatever order."""
    return all(np.all(np.diff(sorted(rows)) == 1) for rows in visited(case, run))


def starts_near(case: Case, run: dict[str, Any]) -> bool:
    """Whether the first batch comes from the first rows of the data."""
    return max(visited(case, run)[0]) < 2 * case["data"]["batch_size"]


def content(case: Case, seen: Any) -> dict[str, Any]:
    """What tells mistakes about the content of batches apart, without the student's own random order."""
    n, found = len(case["data"]["X"]), {}
    for name, group in {"in order": runs(seen)[:1], "shuffled": runs(seen)[1:]}.items():
        counts = np.concatenate([np.bincount(np.asarray(order(case, run), int), minlength=n) for run in group])
        found[name] = {
            "sizes": [len(rows) for rows in visited(case, group[0])],
            "lost": bool(np.any(counts == 0)),
            "twice": bool(np.any(counts > 1)),
            "in step": all(in_step(case, run) for run in group),
            "as given": all(rows == sorted(rows) for rows in (order(case, run) for run in group)),
            "unchanged": all(unchanged(case, run) for run in group),
        }
    return found


def arrangement(case: Case, seen: Any) -> dict[str, Any]:
    """What tells mistakes about the order apart, without the student's own random order."""
    every = runs(seen)
    orders_seen = [order(case, run) for run in every]
    return {
        "as given": [orders_seen[0] == sorted(orders_seen[0]), all(rows == sorted(rows) for rows in orders_seen)],
        "in step": all(in_step(case, run) for run in every),
        "blocks": all(in_blocks(case, run) for run in every),
        "near": all(starts_near(case, run) for run in every),
        "repeats": [orders_seen[1] == orders_seen[2], orders_seen[3] == orders_seen[4]],
        "one order": all(rows == orders_seen[1] for rows in orders_seen[1:-2]),
        "no seed repeats": orders_seen[-1] == orders_seen[-2],
    }


BATCHES = NEXT_BATCH.trial(batches, split_cases)


@BATCHES.check(
    points=0.5, hint="Count what the batches hold together. How many rows are left when the full batches are out?"
)
def every_example_once(case: Case, seen: Any) -> None:
    """One epoch visits every example exactly once, whatever the batch size."""
    n = len(case["data"]["X"])
    for run in runs(seen):
        counts = np.bincount(np.asarray(order(case, run), int), minlength=n)
        lost, twice = np.flatnonzero(counts == 0).tolist(), np.flatnonzero(counts > 1).tolist()
        expect(not lost, "An epoch leaves out examples.", received=f"rows {lost} of {n} never come")
        expect(not twice, "An epoch shows examples more than once.", received=f"rows {twice} of {n} come again")


@BATCHES.check(
    points=0.25,
    hint="The last batch may be smaller. When the batch size divides the number of examples, there is none after it.",
)
def batch_sizes(case: Case, seen: Any) -> None:
    """Every batch holds `batch_size` examples; only the last may be smaller, and none is empty."""
    size = case["data"]["batch_size"]
    for run in runs(seen):
        found = [len(rows) for rows in visited(case, run)]
        expect(found, "There are no batches.", received=found)
        full = all(count == size for count in found[:-1])
        expect(full and 0 < found[-1] <= size, f"Batches of {size} have the wrong sizes.", received=found)
        for rows, batch in zip(found, run["batches"], strict=True):
            same_shape(batch["x"], (rows, *case["data"]["X"].shape[1:]), "A batch of inputs")


# --- a loss for the tiny network, in TensorFlow and in NumPy


def loss_fn(y: Any, y_pred: Any) -> Any:
    """A scalar loss that isn't the same with its arguments swapped."""
    y, y_pred = (tf.reshape(tf.cast(value, tf.float32), [-1]) for value in (y, y_pred))
    return tf.reduce_mean((y_pred - y) ** 2) + 0.5 * tf.reduce_mean(y_pred)


def true_loss(weights: Weights, x: np.ndarray, y: np.ndarray, doubles: bool = False) -> float:
    """``loss_fn`` of the network in training, in double precision."""
    first, bias, offset, last, shift = (np.asarray(value, np.float64) for value in weights)
    hidden = (x.astype(np.float64) @ first + bias) * (2.0 if doubles else 1.0) + offset
    y_pred = (hidden @ last + shift).ravel()
    return float(np.mean((y_pred - y.ravel()) ** 2) + 0.5 * np.mean(y_pred))


def slopes(function: Callable[[Weights], float], weights: Weights) -> Weights:
    """How fast ``function`` grows with each number in ``weights``: measured by moving it a little both ways."""
    point = [np.array(value, np.float64) for value in weights]
    found = [np.zeros_like(value) for value in point]
    for value, slope in zip(point, found, strict=True):
        for index in np.ndindex(value.shape):
            there = value[index]
            value[index] = there + 1e-3
            above = function(point)
            value[index] = there - 1e-3
            slope[index] = (above - function(point)) / 2e-3
            value[index] = there
    return found


@st.composite
def _pair_of_batches(draw: Any) -> list[dict[str, np.ndarray]]:
    """Two batches, seldom of one size."""
    rows = [draw(sizes(1, 4)), draw(sizes(1, 4))]
    keys = [(10, 20), (11, 21)]
    return [
        {"x": draw(arrays((n, 2), -1, 1, key=one)), "y": draw(arrays((n, 1), key=other))}
        for n, (one, other) in zip(rows, keys, strict=True)
    ]


def _step_cases(doubles: bool = False, fixed: bool = False) -> Any:
    flags = {"doubles": st.just(doubles), "fixed": st.just(fixed)}
    rate = st.sampled_from([0.05, 0.1, 0.2])
    return cases(weights=network_weights(offset=fixed), batches=_pair_of_batches(), rate=rate, **flags)


plain_cases, training_cases, fixed_cases = _step_cases(), _step_cases(doubles=True), _step_cases(fixed=True)

# --- train_step


@probe
def steps(ns: Namespace, case: Case) -> Any:
    """Two steps on one network: what each returned, and all weights after it."""
    if not case["fixed"]:
        return _steps(ns, case, fixed=False)
    free = _steps(ns, case, fixed=False)
    try:
        return [*_steps(ns, case, fixed=True), free]
    except TypeError as error:
        return [{"raised": f"{type(error).__name__}: {error}"}, free]


def _steps(ns: Namespace, case: Case, fixed: bool) -> list[dict[str, Any]]:
    model, read = network(case["weights"], doubles=case["doubles"], fixed=fixed)
    seen = []
    for batch in case["batches"]:
        loss = ns.call("train_step", model, batch["x"].copy(), batch["y"].copy(), loss_fn, case["rate"])
        seen.append({"loss": loss, "weights": read()})
    return seen


def before(case: Case, seen: Any) -> list[Weights]:
    """The weights before each step."""
    return [case["weights"], *(step["weights"] for step in seen[:-1])]


STEPS = TRAIN_STEP.trial(steps, plain_cases, shrinks=8)


@STEPS.check(
    points=1,
    hint="Compare the sign and the size of each move with the gradient. Are they the model's own variables that move?",
)
def moves_down_the_slope(case: Case, seen: Any) -> None:
    """A step moves each weight by `-learning_rate` times the slope of the loss along that weight."""
    for start, step, batch in zip(before(case, seen), seen, case["batches"], strict=True):
        slope = slopes(lambda weights, batch=batch: true_loss(weights, batch["x"], batch["y"]), start)
        for part in (0, 1, 3, 4):
            due = start[part] - case["rate"] * slope[part]
            close(step["weights"][part], due, "A weight after the step", ulps=64, scale=8)


@STEPS.check(points=0.75, hint="The loss belongs to the predictions that the gradient was taken of.")
def returns_the_loss(case: Case, seen: Any) -> None:
    """`train_step` returns the loss of the batch, as one number, as it was before the update."""
    for start, step, batch in zip(before(case, seen), seen, case["batches"], strict=True):
        due = true_loss(start, batch["x"], batch["y"])
        close(step["loss"], np.asarray(due), "The loss of a step", ulps=64, scale=16)


# --- fit


@st.composite
def _training_data(draw: Any) -> dict[str, Any]:
    """Examples with a short last batch; no two targets are equal."""
    batch_size, full, short = draw(sizes(3, 4)), draw(sizes(4, 5)), draw(sizes(1, 2))
    n, random = batch_size * full + short, np.random.default_rng(draw(seeds()))
    y = (random.permutation(n) + random.uniform(0, 0.5, n)) / 16
    counts = [batch_size] * full + [short]
    return {"X": draw(arrays((n, 2), -1, 1)), "y": y.astype(np.float32)[:, None], "counts": counts}


fit_cases = cases(
    data=_training_data(),
    weights=network_weights(),
    rate=st.sampled_from([0.05, 0.1]),
    epochs=sizes(3, 4),
    seed=st.sampled_from([None, 0, 5]),
)
MARK = 4.0
"""What the stand-in for `next_batch` adds to the targets."""


class _TakeOwn(Exception):
    """A stand-in was called in a way that only the student's own function understands."""


class Transcript:
    """What `fit` did: each batch that a loss was asked for, and what it handed on that it had not been given."""

    def __init__(self, case: Case, model: keras.Model) -> None:
        self.counts, self.seed, self.rate, self.model = case["data"]["counts"], case["seed"], case["rate"], model
        self.steps: list[dict[str, Any]] = []
        self.foreign: set[str] = set()

    def next_batch(self, X: Any, y: Any, batch_size: Any, shuffle: Any = True, seed: Any = None, **extra: Any) -> Any:
        """Stands in for `next_batch`: batches of the case's sizes, drawn by lot, their targets marked."""
        if extra or not (isinstance(seed, int | np.integer) or seed is self.seed):
            raise _TakeOwn("next_batch")
        self._compare("batch_size", batch_size == self.counts[0])
        lot = np.random if seed is None else np.random.RandomState(int(seed) % 2**32)
        places = lot.uniform(size=len(X)) if shuffle else np.arange(len(X))
        ends = np.sort(places)[np.cumsum(self.counts) - 1]
        owners = np.searchsorted(ends, places)
        for part in range(len(ends)):
            yield np.asarray(X)[owners == part], np.asarray(y)[owners == part] + np.float32(MARK)

    def train_step(
        self,
        model: Any,
        x: Any,  # noqa: ARG002 - may be passed by its name
        y: Any,
        loss_fn: Any,
        learning_rate: Any,
        *more: Any,
        **extra: Any,
    ) -> Any:
        """Stands in for `train_step`: moves nothing, and takes the squared mean of the targets for the loss."""
        if more or extra:
            raise _TakeOwn("train_step")
        self._compare("model", model is self.model)
        self._compare("loss_fn", loss_fn == self.loss_fn)
        value = tf.reduce_mean(tf.cast(self._record("stand-in", y, learning_rate), tf.float32)) ** 2
        return float(value) if tf.executing_eagerly() else value

    def loss_fn(self, y: Any, y_pred: Any) -> Any:
        """The loss that `fit` is given."""
        return loss_fn(self._record("loss", y, self.rate), y_pred)

    def _compare(self, what: str, same: bool) -> None:
        if not same:
            self.foreign.add(what)

    def _record(self, kind: str, y: Any, rate: Any) -> Any:
        """Writes a batch down, in a graph too, where Python runs only once."""

        def write(targets: np.ndarray, used: np.ndarray) -> np.ndarray:
            self._compare("learning_rate", abs(float(used) - self.rate) < 1e-6)
            self.steps.append({"kind": kind, "y": np.array(targets, np.float32).ravel()})
            return targets

        targets = tf.convert_to_tensor(y)
        written = tf.numpy_function(write, [targets, rate], targets.dtype)
        written.set_shape(targets.shape)
        return written


def _train(ns: Namespace, case: Case) -> dict[str, Any]:
    """`fit` on a fresh network, with stand-ins for the two other answers as far as it calls them as the text says."""
    parts = {"next_batch", "train_step"}
    while True:
        model, read = network(case["weights"])
        seen = Transcript(case, model)
        X, y = case["data"]["X"].copy(), case["data"]["y"].copy()
        try:
            with ns.replaced(**{name: getattr(seen, name) for name in parts}):
                losses = ns.call(
                    "fit", model, X, y, seen.loss_fn, case["rate"], case["epochs"], seen.counts[0], seed=case["seed"]
                )
        except _TakeOwn as foreign:
            parts.remove(str(foreign))
            continue
        return {"losses": losses, "steps": seen.steps, "foreign": sorted(seen.foreign), "weights": read()}


@probe
def trainings(ns: Namespace, case: Case) -> Any:
    """Two trainings with the same seed."""
    return [_train(ns, case), _train(ns, case)]


def batches_of(case: Case, run: dict[str, Any]) -> list[tuple[np.ndarray, list[int]]]:
    """The targets of each step as they were handed over, and the rows of the data that they belong to."""
    kinds = {step["kind"] for step in run["steps"]}
    wanted = "stand-in" if "stand-in" in kinds else "loss"
    known, found = case["data"]["y"].ravel(), []
    for targets in (array(step["y"], "The targets") for step in run["steps"] if step["kind"] == wanted):
        distance = np.abs((targets - MARK * (targets > MARK - 1))[:, None] - known)
        expect(np.all(distance.min(axis=1) < 1e-4), "`fit` trains on a target that is not in `y`.", received=targets)
        found.append((targets, distance.argmin(axis=1).tolist()))
    return found


def epochs_of(case: Case, rows: list[Any]) -> list[list[Any]]:
    """The steps in equal parts, one for each epoch."""
    per_epoch = len(rows) // case["epochs"]
    expect(per_epoch, "`fit` takes fewer steps than there are epochs.", received=f"{len(rows)} steps")
    return [rows[i * per_epoch : (i + 1) * per_epoch] for i in range(case["epochs"])]


def replay(case: Case, run: dict[str, Any]) -> tuple[list[float], Weights]:
    """What the loss of each step was, and the weights in the end, if the steps are those of gradient descent."""
    weights, values = case["weights"], []
    stand_in = any(step["kind"] == "stand-in" for step in run["steps"])
    for targets, rows in batches_of(case, run):
        x = case["data"]["X"][rows]
        if stand_in:
            values.append(float(np.mean(targets, dtype=np.float64)) ** 2)
            continue
        values.append(true_loss(weights, x, targets))
        slope = slopes(lambda point, x=x, y=targets: true_loss(point, x, y), weights)
        weights = [value - case["rate"] * part for value, part in zip(weights, slope, strict=True)]
        weights[2] = case["weights"][2]
    return values, weights


def losses_due(case: Case, run: dict[str, Any]) -> dict[str, list[float]]:
    """What the losses of a training may be taken for, given its steps; "examples" is right."""
    values, counts = replay(case, run)[0], [len(rows) for _, rows in batches_of(case, run)]
    steps = epochs_of(case, values)
    rows = [np.repeat(*epoch) for epoch in zip(steps, epochs_of(case, counts), strict=True)]
    return {
        "examples": [float(np.mean(epoch)) for epoch in rows],
        "batches": [float(np.mean(epoch)) for epoch in steps],
        "sum of batches": [float(np.sum(epoch)) for epoch in steps],
        "sum of examples": [float(np.sum(epoch)) for epoch in rows],
        "last batch": [epoch[-1] for epoch in steps],
        "since the start": [float(np.mean(np.concatenate(rows[: i + 1]))) for i in range(len(rows))],
    }


def orders(case: Case, run: dict[str, Any]) -> list[list[int]]:
    """For each epoch the rows in the order in which they were trained on."""
    steps = [rows for _, rows in batches_of(case, run)]
    return [list(itertools.chain.from_iterable(epoch)) for epoch in epochs_of(case, steps)]


def training_summary(case: Case, seen: Any) -> list[dict[str, Any]]:
    """What tells mistakes apart, without the student's own random order."""
    return [_training_summary(case, run) | {"same": orders(case, run) == orders(case, seen[0])} for run in seen]


def _training_summary(case: Case, run: dict[str, Any]) -> dict[str, Any]:
    losses, visits = array(run["losses"], "The losses").ravel(), orders(case, run)
    taken_for = losses_due(case, run).items()
    return {
        "losses": len(losses),
        "taken for": [name for name, due in taken_for if len(due) == len(losses) and np.allclose(losses, due, 1e-3)],
        "visits": [sorted(np.bincount(rows, minlength=len(case["data"]["X"])).tolist()) for rows in visits],
        "as given": [rows == sorted(rows) for rows in visits],
        "repeats": [rows == visits[0] for rows in visits],
        "foreign": run["foreign"],
        "moves": [bool(np.any(now != then)) for now, then in zip(run["weights"], case["weights"], strict=True)],
        "descends": bool(np.allclose(run["weights"][0], replay(case, run)[1][0], atol=1e-4)),
    }


TRAININGS = FIT.trial(trainings, fit_cases, examples=3, shrinks=8)


@TRAININGS.check(points=1, hint="A batch of two examples must not count as much as a batch of four.")
def mean_over_examples(case: Case, seen: Any) -> None:
    """`fit` returns one loss per epoch: the mean over its examples of the losses that the steps returned."""
    expect(len(seen) == 2, "There are no two trainings.")
    for run in seen:
        same_shape(run["losses"], (case["epochs"],), "What `fit` returned, one number per epoch,")
        close(run["losses"], losses_due(case, run)["examples"], "The loss of an epoch", ulps=256, scale=32)

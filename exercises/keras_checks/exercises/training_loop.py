"""Checks of `training_loop`: probes and public properties."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from keras_checks.causes import tidied
from keras_checks.compare import Failure, array, close, expect, same_shape
from keras_checks.errors import describe_error
from keras_checks.observe import Namespace, probe
from keras_checks.question import Case, Question
from keras_checks.strategies import arrays, cases, seeds, sizes, uniform
from keras_checks.testbeds.stepping import called_once, switched_off
from keras_checks.testbeds.tiny import ACTIVATIONS, CALLS, LAST, Weights, network, network_weights

LECTURE = 'Model specialization, "Custom train step (override train_step)": the mini-batch loop'
NEXT_BATCH = Question(
    "next_batch", ("next_batch",), points=3, lecture=LECTURE, shows=("data.batch_size", "data.X", "data.y")
)
TRAIN_STEP = Question(
    "train_step", ("train_step",), points=4, lecture=LECTURE, shows=("rate: learning_rate", "weights", "batches")
)
FIT = Question(
    "fit",
    ("fit",),
    points=3,
    lecture=LECTURE,
    shows=("epochs: n_epochs", "data.counts: batch sizes", "rate: learning_rate", "data.X", "data.y"),
)

# --- next_batch


def _table(
    keys: np.ndarray, batch_size: int, row: tuple[int, ...], target: tuple[int, ...], whole: bool = False
) -> Case:
    """Examples that can be told apart: targets and first features follow the key of the row.

    ``whole``: targets are whole numbers that float32 cannot hold.
    """
    n = len(keys)
    X = uniform(n, (n, *row))
    X.reshape(n, -1)[:, 0] = 2 * keys + 1
    y = 10**9 + 1 + 64 * keys.astype(np.int64) if whole else keys.astype(np.float32)
    return {"X": X, "y": y.reshape(n, *target), "batch_size": batch_size}


@st.composite
def _tables(draw: Any, rows: tuple[int, int], batch: tuple[int, int]) -> dict[str, Any]:
    n, seed = draw(sizes(*rows)), draw(seeds())
    row, target = draw(st.sampled_from([(1,), (3,), (2, 2)])), draw(st.sampled_from([(), (1,)]))
    keys = np.random.default_rng(seed).permutation(100)[:n]
    return _table(keys, draw(sizes(*batch)), row, target, whole=draw(st.booleans()))


PAIRS_HINT = "Inside the loop over the batches, `yield` the inputs and the targets of one batch."
split_cases = cases(data=_tables((1, 9), (1, 5)), seed=st.sampled_from([0, 3]))
"""Drawn for hidden checks."""
order_cases = cases(data=_tables((20, 24), (3, 5)), seed=st.sampled_from([7, 11, 2**16]))


def _plain(n: int, *shape: Any, **more: Any) -> Case:
    return {"data": _table(7 * np.arange(n) % 10 + 1, *shape, **more), "seed": 3}


plain_tables = st.sampled_from(
    [
        _plain(7, 3, (2,), ()),  # a short last batch
        _plain(6, 3, (1,), (1,)),  # no rest
        _plain(4, 6, (2, 2), (1,)),  # one batch, not full
        _plain(5, 1, (3,), (), whole=True),  # batches of one
        _plain(1, 1, (2,), (1,)),  # one example
    ]
)
FEW, LARGE = 5, 12_000
FEW_ORDERS = 53
"""Of the 120 orders of five rows, 120 draws show 76 on average, and this few with a probability below 10^-10."""


def _to_shuffle(n: int, batch_size: int, count: int) -> Case:
    keys = np.random.default_rng(n).permutation(n)
    return {"data": _table(keys, batch_size, (1,), ()), "seeds": list(range(count))}


shuffle_cases = st.sampled_from([_to_shuffle(21, 4, 5), _to_shuffle(FEW, 2, 120), _to_shuffle(LARGE, 300, 1)])
"""An ordinary table; one so small that 120 orders show all that can happen; one larger than usual shuffle buffers, in
rows and in batches."""


@probe
def batches(ns: Namespace, case: Case) -> Any:
    """The batches of several epochs: in order, shuffled with and without a seed, each on fresh copies of the data."""
    seed = case["seed"]

    def run(**options: Any) -> dict[str, Any]:
        return _epoch(ns, case, **options)

    return {
        "in order": [run(shuffle=False), run(shuffle=False, seed=seed)],
        "seeded": [run(seed=seed), run(seed=seed)],
        "seed 0": [run(seed=0), run(seed=0)],
        "other seeds": [run(seed=seed + more) for more in range(1, 4)],
        "no seed": [run(), run()],
    }


@probe
def shuffles(ns: Namespace, case: Case) -> Any:
    """The targets of epochs in order, of one with each seed, and of two without."""

    def run(**options: Any) -> dict[str, Any]:
        found = _epoch(ns, case, **options)
        return {"batches": [{"y": batch["y"]} for batch in found["batches"]], "no_pair": found["no_pair"]}

    return {
        "in order": [run(shuffle=False), run(shuffle=False, seed=3)],
        "seeded": [run(seed=seed) for seed in case["seeds"]],
        "no seed": [run(), run()],
    }


def _epoch(ns: Namespace, case: Case, **options: Any) -> dict[str, Any]:
    X, y = case["data"]["X"].copy(), case["data"]["y"].copy()
    taken = _taken(ns.call("next_batch", X, y, case["data"]["batch_size"], **options), len(X))
    return {**taken, "X_after": X, "y_after": y}


def _taken(stream: Any, rows: int) -> dict[str, Any]:
    """The pairs of a stream, up to twice as many rows as the data have, and a few empty batches.

    ``no_pair`` says what came where a pair was due.
    """
    try:
        items = iter(stream)
    except TypeError:
        return {"batches": [], "no_pair": f"{type(stream).__name__}, not a generator"}
    taken, left = [], 2 * rows
    for item in itertools.islice(items, rows + 2):
        if not (isinstance(item, tuple | list) and len(item) == 2):
            return {"batches": taken, "no_pair": _kind(item)}
        taken.append({"x": item[0], "y": item[1]})
        left -= _length(item[1])
        if left <= 0:
            break
    return {"batches": taken, "no_pair": ""}


def _length(value: Any) -> int:
    try:
        return len(value)
    except TypeError:
        return 1


def _kind(item: Any) -> str:
    if isinstance(item, tuple | list | dict):
        return f"a {type(item).__name__} of {len(item)}"
    return f"{type(item).__name__} of shape {tuple(item.shape)}" if hasattr(item, "shape") else type(item).__name__


def runs(seen: Any) -> list[dict[str, Any]]:
    """All epochs of an observation, those in order first."""
    return [*seen["in order"], *seen["seeded"], *seen["seed 0"], *seen["other seeds"], *seen["no seed"]]


def visited(case: Case, run: dict[str, Any]) -> list[list[int]]:
    """For each batch the rows of the data that its targets come from."""
    no_pair = run["no_pair"]
    expect(not no_pair, "`next_batch` must yield pairs `(X[rows], y[rows])`.", no_pair, "a pair", PAIRS_HINT)
    rows = {key: row for row, key in enumerate(_keys(case["data"]["y"]))}
    found = [_keys(array(batch["y"], "The targets of a batch")) for batch in run["batches"]]
    for key in itertools.chain.from_iterable(found):
        expect(key in rows, "A batch contains a target that is not in `y`.", key, "a number from `y`")
    return [[rows[key] for key in keys] for keys in found]


def _keys(targets: np.ndarray) -> list[float]:
    """The targets rounded to float32: they tell rows apart also where a conversion changed them."""
    return targets.astype(np.float32).ravel().tolist()


def order(case: Case, run: dict[str, Any]) -> list[int]:
    """The rows in the order in which an epoch visits them."""
    return list(itertools.chain.from_iterable(visited(case, run)))


def in_step(case: Case, run: dict[str, Any]) -> bool:
    """Whether each row of the inputs comes with its own target."""
    X = case["data"]["X"]
    pairs = zip(visited(case, run), run["batches"], strict=True)
    return all(np.array_equal(array(batch["x"], "The inputs of a batch"), X[rows]) for rows, batch in pairs)


def exact(case: Case, run: dict[str, Any]) -> bool:
    """Whether the targets are the very numbers of the data, in whatever shape."""
    y = case["data"]["y"]
    pairs = zip(visited(case, run), run["batches"], strict=True)
    return all(np.array_equal(array(batch["y"], "The targets").ravel(), y[rows].ravel()) for rows, batch in pairs)


def unchanged(case: Case, run: dict[str, Any]) -> bool:
    """Whether the data that was handed over is as it was."""
    return all(np.array_equal(run[f"{name}_after"], case["data"][name]) for name in ("X", "y"))


def in_blocks(case: Case, run: dict[str, Any]) -> bool:
    """Whether each batch is a run of neighboring rows, in whatever order."""
    return all(np.all(np.diff(sorted(rows)) == 1) for rows in visited(case, run))


def neighbours(case: Case, run: dict[str, Any]) -> bool:
    """Whether most rows are followed by the next one of the data, the last by the first."""
    rows = np.asarray(order(case, run))
    return len(rows) > 1 and float(np.mean(np.diff(rows) % len(case["data"]["X"]) == 1)) > 0.6


def comes_from_far(case: Case, run: dict[str, Any]) -> bool:
    """Whether one of the last rows comes among the first: a twentieth of the data each."""
    n, rows = len(case["data"]["X"]), order(case, run)
    return max(rows[: n // 20], default=0) >= n - n // 20


def mixed(case: Case, shuffled: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Which row was ever in which place (place, row), and which two were ever in one batch (row, row)."""
    n = len(case["data"]["X"])
    found = [list(dict.fromkeys(order(case, run))) for run in shuffled]
    places = np.zeros((min(map(len, found)), n), bool)
    for rows in found:
        places[np.arange(len(places)), np.asarray(rows[: len(places)], int)] = True
    together = np.eye(n, dtype=bool)
    for rows in itertools.chain.from_iterable(visited(case, run) for run in shuffled):
        together[np.ix_(rows, rows)] = True
    return {"places": places, "together": together}


BATCHES = NEXT_BATCH.trial(batches, plain_tables, examples=8)
SHUFFLES = NEXT_BATCH.trial(shuffles, shuffle_cases)
ORDERS = NEXT_BATCH.trial(batches, order_cases)


@BATCHES.check(
    points=0.5,
    hint="Count the rows in all batches of one epoch. With 7 examples and batches of 3, one row is left after two full "
    "batches: it makes the last batch.",
)
def every_example_once(case: Case, seen: Any) -> None:
    """One epoch visits every example exactly once, whatever the batch size."""
    n = len(case["data"]["X"])
    for run in runs(seen):
        counts = np.bincount(np.asarray(order(case, run), int), minlength=n)
        lost, twice = np.flatnonzero(counts == 0).tolist(), np.flatnonzero(counts > 1).tolist()
        expect(not lost, "An epoch leaves out examples.", f"rows {lost} of {n} are missing", "each row once")
        hint = "One call of `next_batch` is one epoch: draw each row once, and stop after the last batch."
        again = f"rows {twice} of {n} come more than once"
        expect(not twice, "An epoch shows examples more than once.", again, "each row once", hint)


@BATCHES.check(
    points=0.5,
    hint="The last batch can be smaller than the others. If the batch size divides the number of examples, all "
    "batches are full, and none is empty.",
)
def batch_sizes(case: Case, seen: Any) -> None:
    """Every batch has `batch_size` examples; only the last may be smaller, and none is empty. 7 examples in batches of
    3 give batches of 3, 3 and 1. Inputs and targets keep the shape of one example."""
    size = case["data"]["batch_size"]
    for run in runs(seen):
        found = [len(rows) for rows in visited(case, run)]
        expect(found, "There are no batches.")
        full = all(count == size for count in found[:-1])
        n = len(case["data"]["X"])
        due = [min(size, n - start) for start in range(0, n, size)]
        expect(full and 0 < found[-1] <= size, f"Batches of {size} have the wrong sizes.", found, due)
        for rows, batch in zip(found, run["batches"], strict=True):
            same_shape(batch["x"], (rows, *case["data"]["X"].shape[1:]), "A batch of inputs")
            shape, wanted = array(batch["y"], "A batch").shape, (rows, *case["data"]["y"].shape[1:])
            hint = (
                "Take rows of `y` as they are: targets of shape (n, 1) give batches of shape (b, 1), (n,) gives (b,)."
            )
            wrong = "A batch of targets has the wrong shape."
            expect(shape == wanted, wrong, f"shape {shape}", f"shape {wanted}", hint)


@BATCHES.check(
    points=0.5,
    hint="Pick the rows of `X` and of `y` with the same list of row numbers. Two generators draw the same order only "
    "if both have a seed that is not None.",
)
def inputs_keep_their_targets(case: Case, seen: Any) -> None:
    """Each example keeps its own target, no number changes, and neither do the arrays `X` and `y`."""
    for run in runs(seen):
        expect(in_step(case, run), "A batch contains inputs with the targets of other examples.")
        hint = "Take the numbers as they are: float32, for example, holds whole numbers exactly only up to 2**24."
        expect(exact(case, run), "The targets of a batch are not the numbers in `y`.", hint=hint)
        hint = "Shuffle row numbers or a copy, not the caller's arrays: NumPy's `shuffle`, for example, works in place."
        expect(unchanged(case, run), "`next_batch` changed the arrays passed to it.", hint=hint)


@SHUFFLES.check(points=0.5, hint="First draw a random order of all rows, then cut it into batches.")
def examples_are_shuffled(case: Case, seen: Any) -> None:
    """With `shuffle=True`, the default, any example can be in any place and in one batch with any other, in tables of
    5 rows and of 12,000, and the orders are not regular. With `shuffle=False` the order is kept, also if there is a
    seed."""
    for run in seen["in order"]:
        kept = list(dict.fromkeys(order(case, run)))  # a row that comes again is another mistake
        expect(
            kept == sorted(kept),
            "`shuffle=False` changes the order.",
            kept,
            sorted(kept),
            hint="Draw a random order only if `shuffle` is true.",
        )
    shuffled = [*seen["seeded"], *seen["no seed"]]
    if len(case["data"]["X"]) == LARGE:
        _comes_from_far(case, shuffled)
        _orders_of_many(case, shuffled)
        return
    found = [order(case, run) for run in shuffled]
    hint = "`shuffle` is True by default: draw a random order of the rows."
    kept = "By default, the examples are not shuffled."
    expect(not all(rows == sorted(rows) for rows in found), kept, hint=hint)
    blocks = [in_blocks(case, run) or neighbours(case, run) for run in shuffled]
    expect(
        not all(blocks),
        "Each batch contains only neighboring rows: the batches are shuffled, or the rows within "
        "each batch, but not the examples.",
    )
    if len(case["data"]["X"]) == FEW:
        _mixes_everything(case, seen["seeded"])
        return
    expect(not any(rows == sorted(rows) for rows in found), kept, hint=hint)


def _comes_from_far(case: Case, shuffled: list[dict[str, Any]]) -> None:
    """Fail if every random order of many rows starts with rows from the start of the data only."""
    near = f"None of the last {LARGE // 20} rows comes among the first {LARGE // 20}."
    hint = "Draw one random order of all rows. A shuffle buffer that is smaller than the data mixes only neighbors."
    if not any(comes_from_far(case, run) for run in shuffled):
        raise Failure(near, order(case, shuffled[0])[:6], "any rows", hint)


def _orders_of_many(case: Case, shuffled: list[dict[str, Any]]) -> None:
    """Fail if an order of many rows is regular, by itself or seen from another. One order for all is another mistake.

    In a random order the steps from row to row take 63 % of all values, give or take 0.3 %.
    """
    first, *others = (np.asarray(order(case, run), int) for run in shuffled)
    places = np.argsort(first)
    seen_from = [places[rows] for rows in others if len(rows) == len(first) and np.any(rows != first)]
    hint = "Draw one random order of all rows in each call: each order must be as likely as any other."
    for what, each in (("", [first, *others]), (", seen from another order", seen_from)):
        for rows in each:
            count = len(np.unique(np.diff(rows) % LARGE))
            message = f"An order of {LARGE} rows is regular{what}: few different steps lead from one row to the next."
            expect(count > LARGE // 2, message, f"{count} steps", f"about {round(0.632 * LARGE)} steps", hint)


def _mixes_everything(case: Case, shuffled: list[dict[str, Any]]) -> None:
    """Fail if many orders of few rows leave out a place or a pair. One order for all seeds is another mistake."""
    if all(order(case, run) == order(case, shuffled[0]) for run in shuffled):
        return
    found, seeds_tried = mixed(case, shuffled), f"With {len(shuffled)} different seeds"
    hint = "Draw one random order of all rows. (A shuffle buffer must be as large as the data.)"
    for place, row in np.argwhere(~found["places"]).tolist():
        raise Failure(f"{seeds_tried}, row {row} never comes in place {place}.", hint=hint)
    for row, other in np.argwhere(~found["together"]).tolist():
        raise Failure(f"{seeds_tried}, rows {row} and {other} are never in the same batch.", hint=hint)
    count = len({tuple(order(case, run)) for run in shuffled})
    expect(count > FEW_ORDERS, f"{seeds_tried}, there are only a few orders of {FEW} rows.", count, "about 76", hint)


@ORDERS.check(points=0.5, hint="Test `if seed is not None`, not `if seed`: 0 is a seed, too.")
def seed_decides_the_order(case: Case, seen: Any) -> None:
    """The same seed, including 0, gives the same order. Other seeds give other orders, and without a seed each call
    draws a new one."""
    seeded, zero, free = ([order(case, run) for run in seen[name]] for name in ("seeded", "seed 0", "no seed"))
    others = [order(case, run) for run in seen["other seeds"]]
    hint = "Create the random generator from `seed` in each call."
    expect(seeded[0] == seeded[1], f"Two epochs with seed {case['seed']} differ.", seeded[1], seeded[0], hint)
    expect(zero[0] == zero[1], "Two epochs with seed 0 differ.", zero[1], zero[0])
    hint = "Use the argument `seed`, not a fixed number."
    expect(
        [*others, zero[0]] != [seeded[0]] * (len(others) + 1),
        "All seeds give the same order.",
        seeded[0],
        "another order for another seed",
        hint,
    )
    hint = "Without a seed, each call must draw a new order: do not replace `None` with a fixed number."
    expect(
        free[0] != free[1], "Two epochs without a seed have the same order.", free[0], "a new order in each call", hint
    )


# --- train_step


def loss_fn(y: Any, y_pred: Any) -> Any:
    """A scalar loss that isn't the same with its arguments swapped."""
    y, y_pred = (tf.reshape(tf.cast(value, tf.float32), [-1]) for value in (y, y_pred))
    return tf.reduce_mean((y_pred - y) ** 2) + 0.5 * tf.reduce_mean(y_pred)


def squared_error(y: Any, y_pred: Any) -> Any:
    """The loss of the example in the text."""
    return tf.reduce_mean(tf.square(tf.cast(y_pred, tf.float32) - tf.cast(y, tf.float32)))


LOSSES = {"loss_fn": loss_fn, "squared_error": squared_error}


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
    flags = {"doubles": st.just(doubles), "fixed": st.just(fixed), "activation": st.sampled_from(ACTIVATIONS)}
    rate, weights = st.sampled_from([0.05, 0.1, 0.2]), network_weights(offset=fixed, drifts=doubles)
    return cases(weights=weights, batches=_pair_of_batches(), rate=rate, **flags)


plain_cases, training_cases, fixed_cases = _step_cases(), _step_cases(doubles=True), _step_cases(fixed=True)


def _floats(*values: Any) -> list[np.ndarray]:
    return [np.asarray(value, np.float32) for value in values]


def _batch(x: Any, y: Any, **more: Any) -> dict[str, Any]:
    """A batch; ``rate`` and ``loss`` where they are others than those of the case."""
    return {"x": np.asarray(x, np.float32), "y": np.asarray(y, np.float32), **more}


_ONE, _THREE = _batch([[1, 0.5]], [[2]]), _batch([[0.5, 1], [-1, 0.5], [1, -0.5]], [[1], [-1], [0.5]])
_FREE = _floats([[0.5, -1], [1, 0.5]], [0.5, 0], [0, 0], [[1], [-2]], [0.5])
_OFFSET = [*_FREE[:2], *_floats([0.5, -0.5]), *_FREE[3:]]
_UNCALLED = [*_FREE, *_floats(0)]
_LATER = [_batch([[1]], [[1]], rate=0.2, loss="loss_fn"), _batch([[100]], [[10.1]])]
LATER_HINTS = {
    2: "This is the third step of one model, with learning rate 0.2 and another loss: use the arguments of each call.",
    3: "Here the error is 100, and the slopes are 20000 and 200: the step is as large as the gradient says.",
}
LINE, PLAIN = "a line, as in the text", "a network"
STEP_INPUTS: dict[str, Case] = {
    LINE: {"weights": _floats([[2]], [1]), "batches": [_batch([[1], [3]], [[5], [9]]), _batch([[2]], [[5]]), *_LATER]},
    PLAIN: {"weights": _FREE, "batches": [_ONE, _THREE]},
    "a layer that doubles in training": {"weights": _UNCALLED, "batches": [_ONE, _THREE], "doubles": True},
    "the same, other batches": {"weights": _UNCALLED, "batches": [_THREE, _ONE], "doubles": True},
    "frozen weights": {"weights": _OFFSET, "batches": [_ONE, _THREE], "fixed": True},
    "frozen weights, other batches": {"weights": _OFFSET, "batches": [_THREE, _ONE], "fixed": True},
}
STEPS_WORKED: dict[str, list[tuple[float, list[np.ndarray]]]] = {
    LINE: [
        (4, _floats([[2.8]], [1.4])),
        (4, _floats([[2]], [1])),
        (5.5, _floats([[1.1]], [0.1])),
        (10000, _floats([[-1998.9]], [-19.9])),
    ],
    PLAIN: [
        (4, _floats([[0.15, -0.3], [0.825, 0.85]], [0.15, 0.7], [0, 0], [[0.475], [-1.7375]], [0.15])),
        (
            2.422963,
            _floats(
                [[0.165734, -0.357555], [0.917427, 0.511911]],
                [0.261585, 0.291832],
                [0, 0],
                [[0.675737], [-1.4176]],
                [0.384917],
            ),
        ),
    ],
    "a layer that doubles in training": [
        (23.5, _floats([[-1.4, 2.8], [0.05, 2.4]], [-1.4, 3.8], [0, 0], [[-1.85], [-0.575]], [-0.45])),
        (
            11.460592,
            _floats(
                [[0.375807, 3.35194], [-1.856849, 1.807331]],
                [-1.559948, 3.750286],
                [0, 0],
                [[-0.575651], [-0.460417]],
                [-0.415417],
            ),
        ),
    ],
    "the same, other batches": [
        (
            18.25,
            _floats(
                [[-0.85, 1.7], [1.133333, 0.233333]],
                [-0.466667, 1.933333],
                [0, 0],
                [[-0.025], [-0.583333]],
                [0.016667],
            ),
        ),
        (
            52.134506,
            _floats(
                [[-0.93944, -0.386936], [1.088613, -0.810135]],
                [-0.556107, -0.153602],
                [0, 0],
                [[-2.708203], [12.832682]],
                [1.447708],
            ),
        ),
    ],
    "frozen weights": [
        (11.5, _floats([[-0.15, 0.3], [0.675, 1.15]], [-0.15, 1.3])),
        (4.460937, _floats([[0.058333, -0.116667], [0.8625, 0.775]], [0.116667, 0.766667])),
    ],
    "frozen weights, other batches": [
        (11.0625, _floats([[0.166667, -0.333333], [0.916667, 0.666667]], [-0.1, 1.2])),
        (3.578125, _floats([[0.491667, -0.983333], [1.079167, 0.341667]], [0.225, 0.55])),
    ],
}
"""For each step the loss before it and the weights after it, worked by hand; of frozen networks those that move.

A network that doubles in training multiplies by 2 at first, and by 2.5 in the second step.
"""


def _worked(option: str) -> Any:
    """The cases of the table with an option, or those without any."""
    flags = ("doubles", "fixed")
    wanted = [name for name, it in STEP_INPUTS.items() if (it.get(option) if option else not any(map(it.get, flags)))]
    none = {"doubles": False, "fixed": False, "rate": 0.1, "activation": "linear"}
    return st.sampled_from([{"worked": name, **none, **STEP_INPUTS[name]} for name in wanted])


@probe
def steps(ns: Namespace, case: Case) -> Any:
    """The steps on one network: what each returned, and all weights after it.

    If the case has frozen weights: two such steps, then those of the free network, which is frozen after two of them.
    """
    if not case["fixed"]:
        return _steps(ns, case, fixed=False)
    free = _steps(ns, case, fixed=False)
    try:
        return [*_steps(ns, case, fixed=True), free]
    except TypeError as error:
        said = describe_error(error)
        return [{"raised": f"{said['type']}: {said['message']}"}, free]


BY_HAND = (
    "Your `train_step` calls Keras's `{step}`, which is switched off here. Write the step yourself: forward "
    "pass, loss, gradient, update."
)


def _steps(ns: Namespace, case: Case, fixed: bool) -> list[dict[str, Any]]:
    line, options = len(case["weights"]) == 2, {name: case[name] for name in ("doubles", "activation")}
    drifts = len(case["weights"]) > CALLS
    model, read = _line(case["weights"]) if line else network(case["weights"], fixed=fixed, drifts=drifts, **options)

    def step(batch: dict[str, Any], loss: str, rate: float) -> dict[str, Any]:
        with switched_off("compile", "fit", "train_on_batch", "train_step", why=BY_HAND):
            value = ns.call("train_step", model, batch["x"].copy(), batch["y"].copy(), LOSSES[loss], rate)
        return {"loss": value, "weights": read()}

    usual = "squared_error" if line else "loss_fn"
    seen = [step(each, each.get("loss", usual), each.get("rate", case["rate"])) for each in case["batches"]]
    if case["fixed"] and not fixed:
        model.layers[-1].trainable = False
        # Other arguments than before: a `tf.function` traces them anew, and so learns what is trained now.
        seen.append(step(case["batches"][0], "squared_error", 2 * case["rate"]))
    return seen


def _line(weights: Weights) -> tuple[keras.Model, Callable[[], Weights]]:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.set_weights(weights)
    return model, model.get_weights


STEPS = TRAIN_STEP.trial(steps, _worked(""), examples=4)
STEPS_IN_TRAINING = TRAIN_STEP.trial(steps, _worked("doubles"), examples=4)
STEPS_FROZEN = TRAIN_STEP.trial(steps, _worked("fixed"), examples=4)


def weights_before(case: Case, seen: Any) -> list[Weights]:
    """The weights before each step."""
    return [case["weights"], *(step["weights"] for step in seen[:-1])]


def _worked_weights(seen: Any, due: list[np.ndarray], scale: float = 8, hint: str = "") -> None:
    scale = max(scale, *(float(np.abs(weight).max()) for weight in due))
    for part, weight in enumerate(due):
        close(seen["weights"][part], weight, "A weight after the step", ulps=64, scale=scale, hint=hint)


def _later_hint(case: Case, number: int) -> str:
    return LATER_HINTS.get(number, "") if case["worked"] == LINE else ""


@STEPS.check(
    points=1.5,
    hint="Compare with the worked example: for w = 2, b = 1 and learning rate 0.1 the gradient is -8 for w and -4 for "
    "b, so the step must end at w = 2.8 and b = 1.4.",
)
def moves_down_the_slope(case: Case, seen: Any) -> None:
    """A step changes each weight by `-learning_rate` times the gradient of the loss. The next step starts from these
    weights; it may have another learning rate and another loss, and large gradients."""
    starts, steps_due = weights_before(case, seen), STEPS_WORKED[case["worked"]]
    for number, (start, step, (_, weights)) in enumerate(zip(starts, seen, steps_due, strict=True)):
        same = all(np.array_equal(now, then) for now, then in zip(step["weights"], start, strict=True))
        hint = (
            "Change the model's variables in place, with `assign` or `assign_sub`: `weight = ...` only gives the name "
            "a new value."
        )
        expect(not same, "No weight of the model changed.", hint=hint)
        _worked_weights(step, weights, hint=_later_hint(case, number))


@STEPS.check(
    points=0.75,
    hint="Return the loss that you computed inside the tape, not that of a second forward pass. `loss_fn` takes `y` "
    "first.",
)
def returns_the_loss(case: Case, seen: Any) -> None:
    """`train_step` returns the loss of the batch before the update, as one number."""
    for number, (step, (loss, _)) in enumerate(zip(seen, STEPS_WORKED[case["worked"]], strict=True)):
        hint = _later_hint(case, number)
        close(step["loss"], np.asarray(loss), "The loss of a step", ulps=64, scale=max(16.0, loss), hint=hint)


@STEPS_IN_TRAINING.check(points=0.5, hint="Call the model as `model(x, training=True)`.")
def runs_in_training_mode(case: Case, seen: Any) -> None:
    """The forward pass runs the model in training mode, once in each step. (One layer here doubles its input in
    training, and each call multiplies it by more than the one before.)"""
    for step, (loss, weights) in zip(seen, STEPS_WORKED[case["worked"]], strict=True):
        _worked_weights(step, weights, scale=32)
        hint = "Return the loss that the gradient was computed from. In training, a second forward pass gives another."
        close(step["loss"], np.asarray(loss), "The loss of a step", ulps=64, scale=64, hint=hint)
    called_once(seen)


@STEPS_FROZEN.check(
    points=0.75,
    hint="`model.trainable_variables` contains only the weights to train. Compute the gradients for this list, and "
    "update this list.",
)
def moves_only_what_is_trained(case: Case, seen: Any) -> None:
    """Frozen and non-trainable weights stay as they are, also in a layer that was frozen after a step. All others
    change as they must."""
    if "raised" in seen[0]:
        raise Failure(f"With frozen weights in the model your code raised {tidied(seen[0]['raised'])}")
    for step, (_, weights) in zip(seen[:2], STEPS_WORKED[case["worked"]], strict=True):
        for part in (2, 3, 4):
            same = np.array_equal(step["weights"][part], case["weights"][part])
            expect(same, "A frozen or non-trainable weight changed.")
        _worked_weights(step, weights)
    frozen_later_stays(seen)


def frozen_later_stays(seen: Any) -> None:
    """Fail unless a layer that is frozen after two steps keeps its weights in the third, and the first layer moves."""
    before, after = (step["weights"] for step in seen[2][-2:])
    hint = "Read `model.trainable_variables` in each call: what is trained may change between two steps."
    for part in LAST:
        same = np.array_equal(after[part], before[part])
        expect(same, "A layer was frozen after two steps, and the third changed it.", hint=hint)
    still = np.array_equal(after[0], before[0])
    expect(not still, "A layer was frozen after two steps, and the third did not change the others.", hint=hint)


# --- fit


def fit_case(seed: int | None, counts: list[int], numbers: np.ndarray, data: int, **more: Any) -> Case:
    """A case for `fit`: batches of ``counts``, and for each step the loss and the slope that ``numbers`` says.

    No two targets are equal.
    """
    n, random = sum(counts), np.random.default_rng(data)
    y = ((random.permutation(n) + random.uniform(0, 0.5, n)) / 16).astype(np.float32)[:, None]
    found = {"data": {"X": uniform(data, (n, 2), -1, 1), "y": y, "counts": counts}, "seed": seed, "numbers": numbers}
    return {**found, "epochs": len(numbers) // len(counts), "rate": 0.1, **more}


_LOSSES, _SLOPES = [[1, 2, 6], [2, 4, 12], [3, 1, 5]], [[1, 2, 4], [2, 1, 3], [1, 1, 2]]
_RISING = [[epoch + 1, epoch + 2, epoch + 6] for epoch in range(12)]
FIT_WORKED: dict[str, tuple[list[float], float]] = {
    "no seed": ([2.4, 4.8, 2.6], 1.7),
    "seed 0, full batches": ([3, 6, 3], 1.7),
    "seed 1, twelve epochs": ([2.4 + epoch for epoch in range(12)], 2.1),
    "seed 5, one epoch": ([2.4], 0.7),
}
"""The losses due, and how far the last bias moves: 0.1 times all slopes.

Batches of 4, 4 and 2 with losses 1, 2 and 6: (4 * 1 + 4 * 2 + 2 * 6) / 10 = 2.4.
"""


def _worked_training(worked: str, seed: int | None, counts: list[int], losses: Any, slopes: Any) -> Case:
    numbers = np.column_stack(_floats(np.ravel(losses), np.ravel(slopes)))
    return fit_case(seed, counts, numbers, 1, weights=_FREE, worked=worked)


worked_trainings = st.sampled_from(
    [
        _worked_training("no seed", None, [4, 4, 2], _LOSSES, _SLOPES),
        _worked_training("seed 0, full batches", 0, [3, 3, 3], _LOSSES, _SLOPES),
        _worked_training("seed 1, twelve epochs", 1, [6, 6, 3], _RISING, 12 * [[0.5, 0.25, 1]]),
        _worked_training("seed 5, one epoch", 5, [4, 4, 2], _LOSSES[0], _SLOPES[0]),
    ]
)
MARK = 4.0
"""What the stand-in for `next_batch` adds to the targets."""


class _TakeOwn(Exception):
    """A stand-in was called in a way that only the student's own function understands."""


class Transcript:
    """What `fit` did: each batch that a loss was asked for, and what it handed on that it had not been given.

    The loss of each step, and its slope along the mean prediction, are those of the case, whatever the weights are.
    """

    def __init__(self, case: Case, model: keras.Model) -> None:
        self.counts, self.seed, self.rate, self.model = case["data"]["counts"], case["seed"], case["rate"], model
        self.numbers = case["numbers"]
        self.given = _stand_ins(len(_running))
        self.steps: list[dict[str, Any]] = []
        self.foreign: set[str] = set()

    def next_batch(self, X: Any, y: Any, batch_size: Any, shuffle: Any = True, seed: Any = None, **extra: Any) -> Any:
        """Stands in for `next_batch`: batches of the case's sizes, drawn by lot, their targets marked."""
        if extra or not (isinstance(seed, int | np.integer) or seed is self.seed):
            raise _TakeOwn("next_batch")
        self._compare("batch_size", batch_size == self.counts[0])
        # whole numbers of any size and sign, as NumPy's generators together take them
        lot = np.random if seed is None else np.random.default_rng([int(seed < 0), abs(int(seed))])
        places = lot.uniform(size=len(X)) if shuffle else np.arange(len(X))
        for rows in np.split(np.argsort(places), np.cumsum(self.counts)[:-1]):
            yield np.asarray(X)[rows], np.asarray(y)[rows] + np.float32(MARK)

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
        """Stands in for `train_step`: moves the last bias by the slope of the case, and returns its loss."""
        if more or extra:
            raise _TakeOwn("train_step")
        self._compare("model", model is self.model)
        self._compare("loss_fn", loss_fn is self.given["loss_fn"])
        value, slope = self._record("stand-in", y, learning_rate)
        if not (tf.executing_eagerly() and slope == 0):
            move = tf.cast(learning_rate * slope, tf.float32)
            model.trainable_variables[-1].assign_sub(tf.reshape(move, (1,)))
        return float(value) if tf.executing_eagerly() else value

    def loss_fn(self, y: Any, y_pred: Any) -> Any:
        """The loss that `fit` is given."""
        value, slope = self._record("loss", y, self.rate)
        mean = tf.reduce_mean(tf.cast(y_pred, tf.float32))
        return (mean - tf.stop_gradient(mean)) * slope + value

    def _compare(self, what: str, same: bool) -> None:
        if not same:
            self.foreign.add(what)

    def _record(self, kind: str, y: Any, rate: Any) -> tuple[Any, Any]:
        """Writes a batch down, in a graph too, where Python runs only once; the loss and the slope of this step."""

        def write(targets: np.ndarray, used: np.ndarray) -> np.ndarray:
            self._compare("learning_rate", abs(float(used) - self.rate) < 1e-6)
            self.steps.append({"kind": kind, "y": np.array(targets, np.float32).ravel()})
            return self.numbers[(len(self.steps) - 1) % len(self.numbers)].astype(np.float32)

        targets = tf.convert_to_tensor(y)
        if tf.executing_eagerly():
            return tuple(write(targets.numpy(), rate))
        found = tf.numpy_function(write, [targets, rate], tf.float32)
        found.set_shape((2,))
        return found[0], found[1]


_running: list[Transcript] = []
"""The transcript of the training that is running."""


def _stand_ins(number: int) -> dict[str, Callable[..., Any]]:
    """Functions for one training. They hold the index of its transcript, not the transcript itself."""

    def next_batch(*args: Any, **kwargs: Any) -> Any:
        return _running[number].next_batch(*args, **kwargs)

    def train_step(*args: Any, **kwargs: Any) -> Any:
        return _running[number].train_step(*args, **kwargs)

    def loss_fn(y: Any, y_pred: Any) -> Any:
        return _running[number].loss_fn(y, y_pred)

    return {"next_batch": next_batch, "train_step": train_step, "loss_fn": loss_fn}


def _train(ns: Namespace, case: Case) -> dict[str, Any]:
    """`fit` on a fresh network, with stand-ins for the two other answers as far as it calls them as the text says."""
    parts = {"next_batch", "train_step"}
    while True:
        model, read = network(case["weights"])
        seen = Transcript(case, model)
        X, y, loss = case["data"]["X"].copy(), case["data"]["y"].copy(), seen.given["loss_fn"]
        _running.append(seen)
        try:
            with ns.replaced(**{name: seen.given[name] for name in parts}):
                losses = ns.call(
                    "fit", model, X, y, loss, case["rate"], case["epochs"], seen.counts[0], seed=case["seed"]
                )
        except _TakeOwn as foreign:
            parts.remove(str(foreign))
            continue
        finally:
            _running.pop()
        return {"losses": losses, "steps": seen.steps, "foreign": sorted(seen.foreign), "weights": read()}


@probe
def trainings(ns: Namespace, case: Case) -> Any:
    """Two trainings with the same seed."""
    return [_train(ns, case), _train(ns, case)]


@probe
def long_training(ns: Namespace, case: Case) -> Any:
    """One training of many epochs."""
    return _train(ns, case)


def stands_in(run: dict[str, Any]) -> bool:
    """Whether `fit` used the stand-in for `train_step`."""
    return any(step["kind"] == "stand-in" for step in run["steps"])


def batches_of(case: Case, run: dict[str, Any]) -> list[list[int]]:
    """For each step the rows of the data that its targets belong to."""
    wanted = "stand-in" if stands_in(run) else "loss"
    known, found = case["data"]["y"].ravel(), []
    for targets in (array(step["y"], "The targets") for step in run["steps"] if step["kind"] == wanted):
        distance = np.abs((targets - MARK * (targets > MARK - 1))[:, None] - known)
        expect(np.all(distance.min(axis=1) < 1e-4), "`fit` trains on a target that is not in `y`.", targets, known)
        found.append(distance.argmin(axis=1).tolist())
    return found


def epochs_of(case: Case, rows: list[Any]) -> list[list[Any]]:
    """The steps in equal parts, one for each epoch."""
    per_epoch = len(rows) // case["epochs"]
    steps = f"{len(rows)} steps", f"at least {case['epochs']} steps"
    expect(per_epoch, "`fit` takes fewer steps than there are epochs.", *steps)
    return [rows[i * per_epoch : (i + 1) * per_epoch] for i in range(case["epochs"])]


def orders(case: Case, run: dict[str, Any]) -> list[list[int]]:
    """For each epoch the rows in the order in which they were trained on."""
    return [list(itertools.chain.from_iterable(epoch)) for epoch in epochs_of(case, batches_of(case, run))]


TRAININGS = FIT.trial(trainings, worked_trainings, examples=4)


@TRAININGS.check(
    points=1,
    hint="Batches of 4, 4 and 2 with losses 1, 2 and 6 give (4 * 1 + 4 * 2 + 2 * 6) / 10 = 2.4. Start a new sum in "
    "each epoch.",
)
def mean_over_examples(case: Case, seen: Any) -> None:
    """`fit` returns a list with one loss per epoch: the mean over all examples, in which the loss of each batch counts
    once per example."""
    expect(len(seen) == 2, "There are no two trainings.")
    losses, _ = FIT_WORKED[case["worked"]]
    for run in seen:
        same_shape(run["losses"], (case["epochs"],), "What `fit` returned")
        close(run["losses"], np.asarray(losses), "What `fit` returned", ulps=256, scale=17)


@TRAININGS.check(
    points=0.75,
    hint="In each epoch, loop over all batches and take one step per batch, with the given model, loss "
    "and learning rate.",
)
def one_step_for_each_batch(case: Case, seen: Any) -> None:
    """Each epoch takes one step on every batch of the data, and trains the given model."""
    covers_the_data(case, seen)
    for run in seen:
        hint = "Compute the gradient of each batch at the current weights, and update the given model."
        due = case["weights"][-1] - np.float32(FIT_WORKED[case["worked"]][1])
        close(run["weights"][-1], due, "The last bias after the training", ulps=256, scale=8, hint=hint)


def covers_the_data(case: Case, seen: Any) -> None:
    """Fail unless every epoch takes one step on every batch."""
    n = len(case["data"]["X"])
    expect(len(seen) == 2, "There are no two trainings.")
    for run in seen:
        hint = "Pass on `model`, `loss_fn`, `learning_rate` and `batch_size` unchanged."
        changed = f"`fit` does not pass on the value that it got: {', '.join(run['foreign'])}."
        expect(not run["foreign"], changed, hint=hint)
        counts = [len(rows) for rows in batches_of(case, run)]
        due = case["data"]["counts"] * case["epochs"]
        hint = "A generator is empty after one pass: call `next_batch` in each epoch, and loop over all its batches."
        message = f"The steps do not cover {case['epochs']} epochs of {n} examples."
        expect(counts == due, message, f"batches of {counts}", f"batches of {due}", hint=hint)
        every = all(sorted(rows) == list(range(n)) for rows in orders(case, run))
        expect(every, "An epoch does not train on every example once.")


@TRAININGS.check(
    points=0.75,
    hint="The same seed gives the same order. Compute a different seed for each epoch, such as `1000 * seed + epoch`.",
)
def new_order_each_epoch(case: Case, seen: Any) -> None:
    """Each epoch has a different order, with and without a seed. The same seed gives the same training."""
    first, again = (orders(case, run) for run in seen)
    alike = [rows for rows in first if first.count(rows) > 1]
    expect(not alike, f"With seed {case['seed']}, two epochs of one training have the same order.")
    if case["seed"] is None:
        hint = "Without a seed, each call of `next_batch` must draw a new order: pass `seed=None`."
        expect(first != again, "Two trainings without a seed are the same.", hint=hint)
    else:
        hint = "Pass `next_batch` a seed that is computed from `seed`."
        expect(first == again, f"Two trainings with seed {case['seed']} differ.", hint=hint)

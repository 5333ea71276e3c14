# %% last_batch_dropped
"""Only full batches are yielded.

With 7 rows and batches of 3, one row remains: it is the last batch. Often `n // batch_size` drops it, so some examples
are left out of every epoch.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.arange(len(X))
    if shuffle:
        order = np.random.default_rng(seed).permutation(len(X))
    for i in range(len(X) // batch_size):
        rows = order[i * batch_size : (i + 1) * batch_size]
        yield X[rows], y[rows]


# %% empty_batch_at_the_end
"""There is an empty batch at the end when the batch size divides the number of examples.

The loss of an empty batch is NaN, and after its step all weights are NaN. Often `n // batch_size + 1` counts one batch
too many. Use `range(0, n, batch_size)` for the starting points.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.random.default_rng(seed).permutation(len(X)) if shuffle else np.arange(len(X))
    for i in range(len(X) // batch_size + 1):
        rows = order[i * batch_size : (i + 1) * batch_size]
        yield X[rows], y[rows]


# %% last_batch_filled_up
"""The last batch is filled up with examples from earlier batches.

These examples come twice in one epoch, and count double in the gradient. The last batch may be smaller than the others.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.random.default_rng(seed).permutation(len(X)) if shuffle else np.arange(len(X))
    for start in range(0, len(X), batch_size):
        if start + batch_size > len(X):
            start = max(0, len(X) - batch_size)
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% drawn_with_replacement
"""An epoch leaves out some examples and shows others twice.

Often each batch is drawn from all the data again. Draw one order for the whole epoch, and cut it into batches.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    random = np.random.default_rng(seed)
    for start in range(0, len(X), batch_size):
        rows = np.arange(start, min(start + batch_size, len(X)))
        if shuffle:
            rows = random.integers(0, len(X), len(rows))
        yield X[rows], y[rows]


# %% only_inputs_shuffled
"""The inputs are shuffled, but the targets are not.

Then most inputs get the target of another example. Select inputs and targets with the same row numbers.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.random.default_rng(seed).permutation(len(X)) if shuffle else np.arange(len(X))
    for start in range(0, len(X), batch_size):
        yield X[order[start : start + batch_size]], y[start : start + batch_size]


# %% shuffled_twice
"""Inputs and targets are shuffled in two different orders.

Often because a random generator is used twice: it then gives two different orders. Draw one order, and use it for both
arrays.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    if shuffle:
        random = np.random.default_rng(seed)
        X, y = random.permutation(X), random.permutation(y)
    for start in range(0, len(X), batch_size):
        yield X[start : start + batch_size], y[start : start + batch_size]


# %% shuffled_in_place
"""The caller's data are in another order after the call.

NumPy's `shuffle` works in place. Shuffle row numbers, and do not change the arrays.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    if shuffle:
        state = np.random.RandomState(seed).get_state()
        for values in (X, y):
            random = np.random.RandomState()
            random.set_state(state)
            random.shuffle(values)
    for start in range(0, len(X), batch_size):
        yield X[start : start + batch_size].copy(), y[start : start + batch_size].copy()


# %% batches_shuffled
"""The finished batches are shuffled instead of the examples.

Neighboring rows stay together, so the batches are the same in every epoch. Shuffle the rows before you cut them into
batches.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    starts = np.arange(0, len(X), batch_size)
    if shuffle:
        np.random.default_rng(seed).shuffle(starts)
    for start in starts:
        yield X[start : start + batch_size], y[start : start + batch_size]


# %% shuffled_within_batches
"""The rows are shuffled only inside each batch.

The loss is a mean, so the order inside a batch does not matter. Shuffle all rows before you cut them into batches.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    random = np.random.default_rng(seed)
    for start in range(0, len(X), batch_size):
        rows = np.arange(start, min(start + batch_size, len(X)))
        if shuffle:
            rows = random.permutation(rows)
        yield X[rows], y[rows]


# %% small_shuffle_buffer
"""The last examples can never come first, as with a small shuffle buffer.

`Dataset.shuffle(buffer_size)` picks from the next `buffer_size` examples only. A buffer must be as large as the data;
better, draw one random order of all rows.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    dataset = tf.data.Dataset.from_tensor_slices((X, y))
    if shuffle:
        seed = int(np.random.randint(2**31)) if seed is None else seed
        dataset = dataset.shuffle(buffer_size=batch_size, seed=seed)
    yield from dataset.batch(batch_size).as_numpy_iterator()


# %% zero_taken_for_none
"""With seed 0 the order changes from call to call.

Often because `if seed:` is false for both `None` and 0. Test `seed is None` instead.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.arange(len(X))
    if shuffle:
        if seed:
            np.random.seed(seed)
        np.random.shuffle(order)
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% seed_without_effect
"""The seed does not determine the order.

Then a training cannot be reproduced. Create the random generator from the seed in each call; the seed of a single
TensorFlow operation only starts a sequence, which the next call continues.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.arange(len(X))
    if shuffle:
        np.random.shuffle(order)
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% seed_written_down
"""The order is the same for every seed.

Often there is a fixed seed inside the function. Use the argument `seed`.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.random.default_rng(42).permutation(len(X)) if shuffle else np.arange(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% none_taken_for_zero
"""Without a seed, every call gives the same order.

Often because of `seed or 0`, or a default of 0. `None` must give a new order each time: NumPy's generators accept it as
it is.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.random.default_rng(seed or 0).permutation(len(X)) if shuffle else np.arange(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% shuffle_flag_ignored
"""The examples are shuffled even with `shuffle=False`.

To compare predictions with their examples, the rows must stay in order. Draw a random order only if `shuffle` is true.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.random.default_rng(seed).permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% never_shuffled
"""The examples are never shuffled.

With sorted data, the first batches contain one class and the last another. `shuffle` is True by default: draw a random
order.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    for start in range(0, len(X), batch_size):
        yield X[start : start + batch_size], y[start : start + batch_size]


# %% endless
"""The generator never ends: it starts again after the last batch.

One call is one epoch, so a loop over the batches would never end. The loop over epochs belongs in `fit`.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    random = np.random.default_rng(seed)
    while True:
        order = random.permutation(len(X)) if shuffle else np.arange(len(X))
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            yield X[rows], y[rows]


# %% rolled_only
"""The epoch starts at a random row, but the rows stay in order from there on.

Then only neighboring rows can be in the same batch. Draw a random order of all rows, not only a random start.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.arange(len(X))
    if shuffle:
        order = np.roll(order, np.random.default_rng(seed).integers(1, max(2, len(X))))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% shuffled_only_with_a_seed
"""Without a seed the examples are not shuffled.

`seed=None` does not switch shuffling off: it asks for a new order in each call. Only `shuffle=False` keeps the order.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.arange(len(X))
    if shuffle and seed is not None:
        np.random.default_rng(seed).shuffle(order)
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% targets_flattened
"""The targets come flat, although `y` is a column.

For `y` of shape (n, 1), a batch of targets must have shape (b, 1): with predictions of shape (b, 1), flat targets give
a loss of (b, b) pairs. Take the rows of `y` and leave their shape.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    y = np.asarray(y).ravel()
    order = np.random.default_rng(seed).permutation(len(X)) if shuffle else np.arange(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% targets_in_a_column
"""The targets come as a column, although `y` is flat.

For `y` of shape (n,), a batch of targets must have shape (b,). Take the rows of `y` and leave their shape.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    y = np.reshape(y, (len(y), -1))
    order = np.random.default_rng(seed).permutation(len(X)) if shuffle else np.arange(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% cast_to_float32
"""Large whole numbers change.

Often all data are converted to float32, which holds whole numbers exactly only up to 2**24. Take the rows of `X` and
`y` as they are.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    X, y = np.asarray(X, "float32"), np.asarray(y, "float32")
    order = np.random.default_rng(seed).permutation(len(X)) if shuffle else np.arange(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% shuffled_for_a_seed
"""A seed shuffles the examples even with `shuffle=False`.

Only `shuffle` decides whether the order changes; the seed decides which order it is. Do not test the seed.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.arange(len(X))
    if shuffle or seed is not None:
        np.random.default_rng(seed).shuffle(order)
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% buffer_of_a_thousand
"""Large data are mixed only in part, as with a shuffle buffer of fixed size.

`Dataset.shuffle(1024)` picks from the next 1024 examples only. A buffer must be as large as the data; better, draw one
random order of all rows.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    dataset = tf.data.Dataset.from_tensor_slices((X, y))
    if shuffle:
        seed = int(np.random.randint(2**31)) if seed is None else seed
        dataset = dataset.shuffle(buffer_size=1024, seed=seed)
    yield from dataset.batch(batch_size).as_numpy_iterator()


# %% first_row_stays
"""The first row always comes first.

Often because a shuffle starts at index 1. Shuffle all rows.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.arange(len(X))
    if shuffle:
        order[1:] = np.random.default_rng(seed).permutation(order[1:])
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% halves_swapped
"""Rows change places only with their partners in the other half of the data.

Then most pairs of examples are never in the same batch. Draw one random order of all rows.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order, half = np.arange(len(X)), len(X) // 2
    if shuffle:
        random = np.random.default_rng(seed)
        for row in range(half):
            if random.random() < 0.5:
                order[[row, row + half]] = order[[row + half, row]]
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]

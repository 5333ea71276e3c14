# %% last_batch_dropped
"""Only full batches are handed out.

Dividing the number of examples by the batch size with `//` forgets what is left over. In every epoch some examples
teach the model nothing. With 7 rows and batches of 3, one row remains: it makes a batch of its own.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.arange(len(X))
    if shuffle:
        order = np.random.default_rng(seed).permutation(len(X))
    for i in range(len(X) // batch_size):
        rows = order[i * batch_size : (i + 1) * batch_size]
        yield X[rows], y[rows]


# %% empty_batch_at_the_end
"""One batch too many: it is empty when the batch size divides the number of examples.

`n // batch_size + 1` counts one part too many when nothing is left over. The loss of an empty batch is not a number,
and one NaN in an update ruins every weight. Use `range(0, n, batch_size)` for the starting points: it ends where the
data ends.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.random.default_rng(seed).permutation(len(X)) if shuffle else np.arange(len(X))
    for i in range(len(X) // batch_size + 1):
        rows = order[i * batch_size : (i + 1) * batch_size]
        yield X[rows], y[rows]


# %% last_batch_filled_up
"""The last batch is filled up with examples that were there before.

Stepping back so that the last batch is full shows some examples twice in one epoch: they count double in the
gradient. A smaller last batch is fine, because the loss is a mean over whatever the batch holds.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.random.default_rng(seed).permutation(len(X)) if shuffle else np.arange(len(X))
    for start in range(0, len(X), batch_size):
        if start + batch_size > len(X):
            start = max(0, len(X) - batch_size)
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% drawn_with_replacement
"""Each batch is drawn from all the data again.

Drawing at random for each batch leaves some examples out of the epoch and takes others twice. Draw one order for the
whole epoch, and cut it into batches.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    random = np.random.default_rng(seed)
    for start in range(0, len(X), batch_size):
        rows = np.arange(start, min(start + batch_size, len(X)))
        if shuffle:
            rows = random.integers(0, len(X), len(rows))
        yield X[rows], y[rows]


# %% only_inputs_shuffled
"""The inputs are shuffled, the targets stay where they were.

Then nearly every example is trained with the target of another one, and there is nothing to learn but the mean. The
targets have to be picked by the same row numbers as the inputs.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.random.default_rng(seed).permutation(len(X)) if shuffle else np.arange(len(X))
    for start in range(0, len(X), batch_size):
        yield X[order[start : start + batch_size]], y[start : start + batch_size]


# %% shuffled_twice
"""Inputs and targets are shuffled one after the other, each in another order.

One random generator that is used twice gives two different orders, so an input no longer has its own target. Draw one
order, and use it for both arrays.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    if shuffle:
        random = np.random.default_rng(seed)
        X, y = random.permutation(X), random.permutation(y)
    for start in range(0, len(X), batch_size):
        yield X[start : start + batch_size], y[start : start + batch_size]


# %% shuffled_in_place
"""The caller's own arrays are shuffled.

`shuffle` of NumPy works in place: after the epoch, the data of the caller is in another order, and whatever the
caller kept beside it (names, a split, predictions) no longer fits. Shuffle row numbers, and leave the arrays alone.
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
"""The finished batches are shuffled, not the examples.

Neighbours stay together in every epoch, so the batches are always the same few. If the data is sorted, each batch
holds only one class. Shuffle before you cut.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    starts = np.arange(0, len(X), batch_size)
    if shuffle:
        np.random.default_rng(seed).shuffle(starts)
    for start in starts:
        yield X[start : start + batch_size], y[start : start + batch_size]


# %% shuffled_within_batches
"""The rows are shuffled inside each batch only.

A loss that is a mean doesn't care about the order inside a batch, so this changes nothing at all. Shuffle all rows
before you cut them into batches, so that the batches hold other examples in each epoch.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    random = np.random.default_rng(seed)
    for start in range(0, len(X), batch_size):
        rows = np.arange(start, min(start + batch_size, len(X)))
        if shuffle:
            rows = random.permutation(rows)
        yield X[rows], y[rows]


# %% small_shuffle_buffer
"""A shuffle buffer that holds only one batch.

`Dataset.shuffle(buffer_size)` picks from the next `buffer_size` examples only, so nothing from the end of the data
can come early. For a full shuffle the buffer has to hold all of it.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    dataset = tf.data.Dataset.from_tensor_slices((X, y))
    if shuffle:
        seed = int(np.random.randint(2**31)) if seed is None else seed
        dataset = dataset.shuffle(buffer_size=batch_size, seed=seed)
    yield from dataset.batch(batch_size).as_numpy_iterator()


# %% zero_taken_for_none
"""Seed 0 is taken for no seed at all.

`if seed:` is false for `None` and for 0 alike, so with 0 the order changes from call to call. Test `seed is None`
instead.
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
"""The seed does not decide the order.

Then nobody can repeat a training, not even you when you look for a bug. Whatever draws the order has to start from
the seed in each call; a seed for one TensorFlow operation only starts a sequence, which the next call goes on with.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.arange(len(X))
    if shuffle:
        np.random.shuffle(order)
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% seed_written_down
"""The same order for every seed.

A seed that is written into the function gives the same order in each call, whatever the caller asks for. Every epoch
then repeats the same batches. Use the argument.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.random.default_rng(42).permutation(len(X)) if shuffle else np.arange(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% none_taken_for_zero
"""No seed is taken for seed 0.

With `seed or 0`, or a default of 0, a call without a seed always gives the same order. `None` is meant to ask for a
new one each time, and NumPy's generators understand it that way.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.random.default_rng(seed or 0).permutation(len(X)) if shuffle else np.arange(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% shuffle_flag_ignored
"""The examples are shuffled even with `shuffle=False`.

Evaluation, and every look at predictions beside their examples, needs the rows in their own order. Draw a random
order only if `shuffle` is true.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    order = np.random.default_rng(seed).permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# %% never_shuffled
"""The examples always come in their own order.

If the data is sorted, the first batches hold one class and the last another, and the weights follow whichever class
came last. `shuffle` is true unless the caller says otherwise.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    for start in range(0, len(X), batch_size):
        yield X[start : start + batch_size], y[start : start + batch_size]


# %% endless
"""The generator never ends: after the last batch it starts again.

One call stands for one epoch, and whoever loops over the batches waits for the end. The loop over epochs belongs in
`fit`.
"""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    random = np.random.default_rng(seed)
    while True:
        order = random.permutation(len(X)) if shuffle else np.arange(len(X))
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            yield X[rows], y[rows]


# %% rolled_only
"""The epoch starts at a random row, and the rows keep their order from there on.

Then only neighbours ever meet in a batch. Draw a random order of all rows, not only a random start.
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

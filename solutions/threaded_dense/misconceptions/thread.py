# %% calls_fn_directly
"""`fn` is called on the whole tensor.

Some functions work on tensors of any rank; `fn` takes matrices only. Merge the leading axes into one before the call.
"""


def thread(fn, x):
    return fn(x)


# %% rank_three_only
"""Exactly one middle axis is handled.

The tensor may have two axes, or five. Split its shape into the last size and all sizes before it.
"""


def thread(fn, x):
    batch, rows, width = tf.shape(x)[0], x.shape[1], x.shape[2]
    return tf.reshape(fn(tf.reshape(x, (-1, width))), (batch, rows, -1))


# %% flattens_each_example
"""Each example becomes one row.

`(batch, everything else)` mixes the rows of an example. A row for `fn` has length n: keep the last axis, and merge all
others.
"""


def thread(fn, x):
    return fn(tf.reshape(x, (tf.shape(x)[0], -1)))


# %% numpy_inside
"""NumPy is given a tensor.

That works in eager mode. While a graph is traced, a tensor has no numbers that NumPy could read, and NumPy stops the
gradient. Use `tf` or `keras.ops`.
"""


def thread(fn, x):
    values = np.asarray(x)
    rows = np.asarray(fn(tf.constant(values.reshape(-1, values.shape[-1]))))
    return tf.constant(rows.reshape(*values.shape[:-1], rows.shape[-1]))


# %% static_batch_size
"""The batch size is None: it is taken from `x.shape`.

In a graph that is traced with an unknown batch size, `x.shape[0]` is None. `tf.shape(x)[0]` is a tensor that holds the
size when the graph runs.
"""


def thread(fn, x):
    rows = fn(tf.reshape(x, (-1, x.shape[-1])))
    return tf.reshape(rows, (*x.shape[:-1], rows.shape[-1]))


# %% comes_back_permuted
"""The leading axes of the result are in another order.

The second reshape must list the leading sizes in the order of `x`. Otherwise the rows end up in other places.
"""


def thread(fn, x):
    rows = fn(tf.reshape(x, (-1, x.shape[-1])))
    leading = tf.shape(x)[:-1]
    return tf.reshape(rows, tf.concat([leading[::-1], tf.shape(rows)[-1:]], axis=0))


# %% turned_before_flattening
"""The rows that `fn` gets are pieces of different rows.

Often the axes are transposed before a reshape to `(-1, n)`. The last axis is already where it should be: do not
transpose.
"""


def thread(fn, x):
    turned = tf.transpose(x, (x.shape.rank - 1, *range(x.shape.rank - 1)))
    rows = fn(tf.reshape(turned, (-1, x.shape[-1])))
    return tf.reshape(rows, tf.concat([tf.shape(x)[:-1], tf.shape(rows)[-1:]], axis=0))


# %% keeps_the_width
"""The result is reshaped to the shape of the input.

`fn` may return rows of another length: the last size of the result is m, the width of what `fn` returned.
"""


def thread(fn, x):
    return tf.reshape(fn(tf.reshape(x, (-1, x.shape[-1]))), tf.shape(x))


# %% stays_flat
"""The result stays a matrix.

`fn` has processed all rows, but the leading axes are missing. A second reshape restores them.
"""


def thread(fn, x):
    return fn(tf.reshape(x, (-1, x.shape[-1])))


# %% width_left_to_be_inferred
"""The last size of the result is inferred with -1.

TensorFlow infers a size from the number of entries. A batch without examples has none, so any width fits, and it raises
an error. Use the width of what `fn` returned.
"""


def thread(fn, x):
    rows = fn(tf.reshape(x, (-1, x.shape[-1])))
    return tf.reshape(rows, tf.concat([tf.shape(x)[:-1], [-1]], axis=0))


# %% stacks_the_examples
"""Python iterates over the examples.

It needs their number while the graph is traced, when it is unknown. Merge the leading axes by a reshape instead.
"""


def thread(fn, x):
    if len(x.shape) == 1:
        return fn(x[None])[0]
    return tf.stack([thread(fn, x[i]) for i in range(x.shape[0])])


# %% only_the_first_example
"""Only the first example is passed to `fn`.

The leading axes hold many rows, and each of them has a result. Merge all leading axes, the batch included.
"""


def thread(fn, x):
    rows = fn(tf.reshape(x[0], (-1, x.shape[-1])))
    return tf.reshape(rows, (1, *x.shape[1:-1], rows.shape[-1]))


# %% middle_axes_reversed
"""The middle axes of the result are in another order.

The batch is in its place, but the axes between the batch and the last one are swapped. List them in the order of `x`.
"""


def thread(fn, x):
    rows = fn(tf.reshape(x, (-1, x.shape[-1])))
    shape = tf.shape(x)
    return tf.reshape(rows, tf.concat([shape[:1], shape[1:-1][::-1], tf.shape(rows)[-1:]], axis=0))


# %% ranks_up_to_four
"""The answer does not work for rank 5.

Often there is one branch per rank. All leading axes are alike: as many rows as their product. Two reshapes work for any
number of them.
"""


def thread(fn, x):
    if len(x.shape) == 2:
        return fn(x)
    if len(x.shape) == 3:
        return tf.stack([fn(part) for part in tf.unstack(x, axis=1)], axis=1)
    parts = [[fn(row) for row in tf.unstack(part, axis=1)] for part in tf.unstack(x, axis=1)]
    return tf.stack([tf.stack(part, axis=1) for part in parts], axis=1)

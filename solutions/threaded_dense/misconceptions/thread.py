# %% calls_fn_directly
"""`fn` is called on the whole tensor.

Some functions thread by themselves, but this one takes matrices only. It must be handed `(batch, n)`, so the leading
axes have to become one axis first.
"""


def thread(fn, x):
    return fn(x)


# %% rank_three_only
"""Exactly one axis is threaded over.

The tensor may have two axes, as well as five. Take the shape apart into the last axis and all that comes before,
however long that is.
"""


def thread(fn, x):
    batch, rows, width = tf.shape(x)[0], x.shape[1], x.shape[2]
    return tf.reshape(fn(tf.reshape(x, (-1, width))), (batch, rows, -1))


# %% flattens_each_example
"""Each example becomes one row.

`(batch, everything else)` mixes the rows of an example. What `fn` takes is one row of length n: the last axis stays,
and all the others are merged.
"""


def thread(fn, x):
    return fn(tf.reshape(x, (tf.shape(x)[0], -1)))


# %% numpy_inside
"""NumPy does the reshaping.

It works as long as the numbers are there. When a graph is traced there are none, only shapes: NumPy can't read such a
tensor, and no gradient flows through it either. Use the functions of `tf` or `keras.ops`.
"""


def thread(fn, x):
    values = np.asarray(x)
    rows = np.asarray(fn(tf.constant(values.reshape(-1, values.shape[-1]))))
    return tf.constant(rows.reshape(*values.shape[:-1], rows.shape[-1]))


# %% static_batch_size
"""The batch size is read from `x.shape`.

In a graph that is traced with an unknown batch size, `x.shape[0]` is None, and no tensor can be reshaped to None.
`tf.shape(x)[0]` is a tensor that holds the size when the graph runs.
"""


def thread(fn, x):
    rows = fn(tf.reshape(x, (-1, x.shape[-1])))
    return tf.reshape(rows, (*x.shape[:-1], rows.shape[-1]))


# %% comes_back_permuted
"""The leading axes come back in the wrong order.

The reshape on the way out must list the leading sizes as the way in found them. In another order the numbers are all
there, but each row stands in the wrong place.
"""


def thread(fn, x):
    rows = fn(tf.reshape(x, (-1, x.shape[-1])))
    leading = tf.shape(x)[:-1]
    return tf.reshape(rows, tf.concat([leading[::-1], tf.shape(rows)[-1:]], axis=0))


# %% turned_before_flattening
"""The axes are turned before the rows are merged.

Bringing the last axis to the front and then reshaping to `(-1, n)` builds rows out of pieces of different rows. The
last axis already lies where it should: no transposing.
"""


def thread(fn, x):
    turned = tf.transpose(x, (x.shape.rank - 1, *range(x.shape.rank - 1)))
    rows = fn(tf.reshape(turned, (-1, x.shape[-1])))
    return tf.reshape(rows, tf.concat([tf.shape(x)[:-1], tf.shape(rows)[-1:]], axis=0))


# %% keeps_the_width
"""The result is reshaped to the shape of the input.

`fn` may give rows of another length: the last axis of the result is m, the width of what `fn` returned, not n.
"""


def thread(fn, x):
    return tf.reshape(fn(tf.reshape(x, (-1, x.shape[-1]))), tf.shape(x))


# %% stays_flat
"""The result stays a matrix.

The rows have gone through `fn`, but their leading axes are not given back. A second reshape puts each of them where
it came from.
"""


def thread(fn, x):
    return fn(tf.reshape(x, (-1, x.shape[-1])))


# %% width_left_to_be_inferred
"""The last size of the result is left to -1.

A size can be inferred only from what is there. A batch of no examples holds no numbers, so any width would fit, and
TensorFlow refuses to guess. The width is known: it is that of what `fn` returned.
"""


def thread(fn, x):
    rows = fn(tf.reshape(x, (-1, x.shape[-1])))
    return tf.reshape(rows, tf.concat([tf.shape(x)[:-1], [-1]], axis=0))


# %% stacks_the_examples
"""A Python loop over the examples.

The loop needs the number of examples while the graph is traced, where it is unknown; and of no examples nothing can
be stacked. Merge the leading axes by a reshape instead.
"""


def thread(fn, x):
    if len(x.shape) == 1:
        return fn(x[None])[0]
    return tf.stack([thread(fn, x[i]) for i in range(x.shape[0])])

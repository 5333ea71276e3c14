# %% keras_ops_shape
"""`keras.ops.shape` gives known sizes as numbers and unknown ones as tensors."""


def thread(fn, x):
    *leading, width = keras.ops.shape(x)
    rows = fn(keras.ops.reshape(x, [-1, width]))
    return keras.ops.reshape(rows, [*leading, keras.ops.shape(rows)[-1]])


# %% known_sizes_and_minus_one
"""The batch is left to -1, which can be inferred because no other size is unknown."""


def thread(fn, x, name=None):
    out = fn(tf.reshape(x, [-1, x.shape[-1]]))
    return tf.reshape(out, [-1, *x.shape[1:-1], out.shape[-1]], name=name)


# %% one_slice_at_a_time
"""Recursion over the second axis until a matrix is left."""


def thread(fn, x):
    if len(x.shape) == 2:
        return fn(x)
    return tf.stack([thread(fn, x[:, i]) for i in range(x.shape[1])], axis=1)


# %% decorated
"""A `tf.function` of its own."""


@tf.function
def thread(fn, x):
    shape = tf.shape(x)
    n = shape[-1]
    flat = tf.reshape(x, tf.stack([tf.reduce_prod(shape[:-1]), n]))
    y = fn(flat)
    return tf.reshape(y, tf.concat((shape[:-1], [tf.shape(y)[1]]), 0))


# %% vectorized_rows
"""`tf.vectorized_map` over rows, each handed over as a matrix of one row."""


def thread(fn, x):
    rows = tf.reshape(x, (-1, x.shape[-1]))
    outputs = tf.vectorized_map(lambda row: fn(row[tf.newaxis])[0], rows)
    return tf.reshape(outputs, tf.concat([tf.shape(x)[:-1], tf.shape(outputs)[1:]], axis=0))

# %% sizes_from_the_globals
"""The slices are written with the sizes of the image, as the Keras example has it."""


def total_variation_loss(x):
    a = tf.square(x[:, : img_nrows - 1, : img_ncols - 1, :] - x[:, 1:, : img_ncols - 1, :])
    b = tf.square(x[:, : img_nrows - 1, : img_ncols - 1, :] - x[:, : img_nrows - 1, 1:, :])
    return tf.reduce_sum(tf.pow(a + b, 1.25))


# %% steps_then_cut
"""All steps first, then the surplus row and column are cut off."""


def total_variation_loss(x):
    down = x[:, 1:, :, :] - x[:, :-1, :, :]
    right = x[:, :, 1:, :] - x[:, :, :-1, :]
    squares = keras.ops.square(down[:, :, :-1]) + keras.ops.square(right[:, :-1, :])
    return keras.ops.sum(keras.ops.power(squares, 1.25))


# %% rolled
"""The image is rolled by one, and the last row and column are dropped."""


@tf.function
def total_variation_loss(x: tf.Tensor) -> tf.Tensor:
    below, right = tf.roll(x, -1, axis=1), tf.roll(x, -1, axis=2)
    squares = (x - below) ** 2 + (x - right) ** 2
    return tf.reduce_sum(tf.math.pow(squares[:, :-1, :-1, :], 5 / 4))


# %% diff
"""keras.ops.diff takes the steps; a power of the length 2.5."""


def total_variation_loss(x):
    dy = keras.ops.diff(x, axis=1)[:, :, :-1]
    dx = keras.ops.diff(x, axis=2)[:, :-1]
    return tf.reduce_sum((dy * dy + dx * dx) ** 1.25)

# %% channels_first
"""Channels to the front, one row for each, and the product with the transpose; S and C, as the Keras example has it."""


def gram_matrix(x):
    x = tf.transpose(x, (2, 0, 1))
    features = tf.reshape(x, (tf.shape(x)[0], -1))
    gram = tf.matmul(features, tf.transpose(features))
    return gram


def style_loss(style, combination):
    S = gram_matrix(style)
    C = gram_matrix(combination)
    channels = 3
    size = img_nrows * img_ncols
    return tf.reduce_sum(tf.square(S - C)) / (4.0 * (channels**2) * (size**2))


# %% einsum
"""An einsum over the places, and keras.ops throughout."""


def gram_matrix(x):
    return keras.ops.einsum("hwi,hwj->ij", x, x)


def style_loss(style, combination):
    diff = keras.ops.subtract(gram_matrix(style), gram_matrix(combination))
    n = float(img_nrows * img_ncols)
    return keras.ops.sum(diff * diff) / (36.0 * n * n)


# %% tensordot_and_frobenius
"""A tensordot over both axes of places; the squared norm, with type hints and float64."""


def gram_matrix(x: tf.Tensor) -> tf.Tensor:
    return tf.tensordot(x, x, axes=[[0, 1], [0, 1]])


def style_loss(style: tf.Tensor, combination: tf.Tensor) -> tf.Tensor:
    a = gram_matrix(tf.cast(style, tf.float64))
    b = gram_matrix(tf.cast(combination, tf.float64))
    return tf.cast(tf.norm(a - b) ** 2 / (2 * 3 * img_nrows * img_ncols) ** 2, tf.float32)


# %% matrices_normalised_first
"""The divisor is drawn into the difference; the Gram matrix is not used at all by the loss."""


def gram_matrix(x):
    h, w, c = x.shape
    f = tf.reshape(x, [h * w, c])
    return tf.transpose(f) @ f


def style_loss(style, combination):
    def normalised(x):
        f = keras.ops.reshape(x, (-1, x.shape[-1]))
        return keras.ops.matmul(keras.ops.transpose(f), f) / (6 * img_nrows * img_ncols)

    return tf.math.reduce_sum((normalised(style) - normalised(combination)) ** 2)


# %% decorated
"""Both are decorated with tf.function."""


@tf.function
def gram_matrix(x):
    result = tf.linalg.einsum("ijc,ijd->cd", x, x)
    return result


@tf.function
def style_loss(style, combination, channels=3):
    size = tf.cast(img_nrows * img_ncols, tf.float32)
    squares = tf.math.squared_difference(gram_matrix(style), gram_matrix(combination))
    return tf.reduce_sum(squares) / (4.0 * channels**2 * size**2)

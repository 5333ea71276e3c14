# %% content_averaged
"""The squared differences are averaged.

The content loss is their sum. A mean is smaller by the number of places times channels.
"""


def content_loss(base, combination):
    return tf.reduce_mean(tf.square(base - combination))


# %% content_halved
"""Half of the sum is taken.

Some papers have a factor ½ here. The content loss of this notebook has none.
"""


def content_loss(base, combination):
    return tf.nn.l2_loss(combination - base)


# %% absolute_differences
"""Absolute differences are summed.

Square each difference first: features that are twice as far apart have four times the loss.
"""


def content_loss(base, combination):
    return tf.reduce_sum(tf.abs(combination - base))


# %% not_reduced
"""The differences are not summed up.

One number is needed: `tf.reduce_sum` without an axis adds all entries.
"""


def content_loss(base, combination):
    return tf.square(combination - base)


# %% one_number_for_each_place
"""The sum runs over the channels only.

The result has one number per place. Without an axis, `tf.reduce_sum` adds up everything.
"""


def content_loss(base, combination):
    return tf.reduce_sum(tf.square(combination - base), axis=-1)


# %% root_of_the_sum
"""The square root is taken.

The content loss is the sum of the squares itself, without a root.
"""


def content_loss(base, combination):
    return tf.norm(combination - base)


# %% content_without_gradient
"""No gradient flows through the content loss.

Often NumPy computes it: the tape does not record that. Use the functions of `tf` or `keras.ops`.
"""


def content_loss(base, combination):
    return tf.constant(np.sum((np.asarray(combination) - np.asarray(base)) ** 2))


# %% sum_squared
"""The differences are summed before they are squared.

Positive and negative differences then cancel, and two very different images can have loss 0. Square first, then add.
"""


def content_loss(base, combination):
    return tf.square(tf.reduce_sum(combination - base))


# %% divided_by_the_pixels
"""The sum is divided by the number of pixels of the image.

The content loss has no divisor.
"""


def content_loss(base, combination):
    return tf.reduce_sum(tf.square(combination - base)) / (img_nrows * img_ncols)


# %% mean_over_the_channels
"""The squares are averaged over the channels.

`keras.losses.mean_squared_error` takes the mean over the last axis. The content loss is a sum over all axes.
"""


def content_loss(base, combination):
    return tf.reduce_sum(keras.losses.mean_squared_error(base, combination))

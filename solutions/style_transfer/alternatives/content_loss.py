# %% keras_ops
"""keras.ops, the other way round."""


def content_loss(base, combination):
    return keras.ops.sum(keras.ops.square(combination - base))


# %% squared_difference
"""tf.math has the squared difference ready."""


def content_loss(base: tf.Tensor, combination: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(tf.math.squared_difference(base, combination))


# %% l2_loss
"""tf.nn.l2_loss is half of it."""


@tf.function
def content_loss(base, combination):
    return 2 * tf.nn.l2_loss(combination - base)


# %% mean_times_size
"""The mean squared error, times the number of entries."""


def content_loss(base, combination, weight=1.0):
    error = tf.reshape(combination - base, [-1])
    return weight * tf.reduce_mean(error * error) * tf.cast(tf.size(error), tf.float32)

# %% one_statement
"""All in one expression of `keras.ops`, the axis counted from the end."""

from keras import ops


def kl_divergence(z_mean, z_log_var):
    return ops.mean(ops.sum(0.5 * (ops.square(z_mean) + ops.exp(z_log_var) - z_log_var - 1.0), axis=-1))


# %% summed_then_divided
"""One sum over everything, divided by the batch size; the traced way of exp(x) - 1."""


@tf.function
def kl_divergence(z_mean, z_log_var):
    batch = tf.cast(tf.shape(z_mean)[0], tf.float32)
    return tf.reduce_sum(z_mean**2 + tf.math.expm1(z_log_var) - z_log_var) / (2.0 * batch)


# %% mean_of_axes_first
"""Mean over the batch first, then the sum over the latent axes; written with the deviation."""


def kl_divergence(z_mean, z_log_var, beta=1.0):
    sigma = keras.ops.exp(0.5 * z_log_var)
    per_axis = -keras.ops.log(sigma) + (sigma**2 + z_mean**2) / 2 - 0.5
    return beta * keras.ops.sum(keras.ops.mean(per_axis, axis=0))


# %% mean_times_axes
"""Mean over everything, times the number of latent axes."""


def kl_divergence(z_mean, z_log_var):
    terms = -0.5 * (1 + z_log_var - tf.math.square(z_mean) - tf.math.exp(z_log_var))
    return tf.reduce_mean(terms) * z_mean.shape[-1]


# %% one_example_at_a_time
"""The divergence of one example, mapped over the batch: the gradients are those of picked rows."""


def _of_one(codes):
    mean, log_var = codes
    return 0.5 * tf.reduce_sum(tf.exp(log_var) + mean**2 - 1.0 - log_var)


def kl_divergence(z_mean, z_log_var):
    return tf.reduce_mean(tf.vectorized_map(_of_one, (z_mean, z_log_var)))

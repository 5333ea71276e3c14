# %% sign_flipped
"""The sign of the whole divergence is flipped.

A divergence is never negative. With this sign, training pushes the clouds away from the origin without end: put in
z_mean = 3 and see
whether it is punished or rewarded.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
    return 0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% half_missing
"""The factor one half is missing.

Then the divergence counts twice as much against the reconstruction as it should. The factor comes from the square in
the exponent of the normal density.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
    return -tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% mean_over_latent_axes
"""The latent axes are averaged, not summed.

Independent axes add their divergences: a cloud with ten axes can be ten times as far away. A mean over everything
makes the
divergence weaker the more axes there are.
"""


def kl_divergence(z_mean, z_log_var):
    return -0.5 * tf.reduce_mean(1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var))


# %% sum_over_the_batch
"""The batch is summed, not averaged.

Then the loss grows with the batch size, and twice the batch means twice the step. Only the latent axes are summed.
"""


def kl_divergence(z_mean, z_log_var):
    return -0.5 * tf.reduce_sum(1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var))


# %% one_number_an_example
"""One number for each example is returned, without the mean over the batch.

The sum over the latent axes is right. The contract asks for the batch as one scalar: one reduction is still to come.
"""


def kl_divergence(z_mean, z_log_var):
    return -0.5 * tf.reduce_sum(1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var), axis=1)


# %% axes_swapped
"""The sum is taken over the batch, the mean over the latent axes.

Axis 0 is the batch, axis 1 the latent axes. Which one has to be summed, so that the divergence doubles when every
image has twice as many
axes, and stays as it is when the batch is twice as long?
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=0))


# %% log_var_not_exponentiated
"""z_log_var is used where the variance is meant.

The last term is the variance itself. Without the exponential it cancels against the log variance, and nothing is left
that could shape the
width of the cloud.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.square(z_mean) - z_log_var
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% log_var_taken_for_log_deviation
"""z_log_var is taken for the logarithm of the deviation.

exp(2 z_log_var) would be the variance, if z_log_var were the log of sigma. It is the log of sigma squared already.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + 2 * z_log_var - tf.square(z_mean) - tf.exp(2 * z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% sign_of_log_term
"""The log variance enters with the wrong sign.

The divergence must be smallest at a log variance of 0. Plot exp(v) - v and exp(v) + v: which of them has its minimum
there?
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 - z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% one_forgotten
"""The constant 1 is left out.

The gradient is the same, but the value is not: a standard normal cloud must have divergence 0, in every number of axes.
"""


def kl_divergence(z_mean, z_log_var):
    terms = z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% mean_not_squared
"""The absolute value of z_mean is used where its square should be.

Then the pull to the origin is the same near and far. The formula has the square.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.abs(z_mean) - tf.exp(z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% computed_in_numpy
"""The divergence is computed by NumPy, outside of the tape.

The number may be right, but the tape has not seen how it came about, so no gradient flows back. Use tf or keras.ops.
"""


def kl_divergence(z_mean, z_log_var):
    mean, log_var = np.array(z_mean), np.array(z_log_var)
    return np.mean(np.sum(-0.5 * (1 + log_var - mean**2 - np.exp(log_var)), axis=1))


# %% one_outside_of_the_sum
"""The constant 1 is added once per example, not once per latent axis.

It belongs under the sum: each latent axis has a 1, which cancels the variance of a standard normal axis.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + tf.reduce_sum(z_log_var - tf.square(z_mean) - tf.exp(z_log_var), axis=1)
    return -0.5 * tf.reduce_mean(terms)


# %% logarithm_taken_twice
"""z_log_var is taken for the variance, and its logarithm is computed once more.

The logarithm has been taken already, and z_log_var may be negative: then its logarithm is NaN.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + tf.math.log(z_log_var) - tf.square(z_mean) - z_log_var
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% exponential_halved
"""The last term is exp(z_log_var / 2): the deviation instead of the variance.

The formula has σ squared there, and exp(z_log_var) is σ squared.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.square(z_mean) - tf.exp(0.5 * z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% batch_size_from_the_static_shape tags=["edge"]
"""The sum is divided by z_mean.shape[0], which a graph for any batch size does not know.

Called by hand this is right. When a graph is traced, shape[0] may be None; tf.shape(z_mean)[0] is a tensor.
"""


def kl_divergence(z_mean, z_log_var):
    return -0.5 * tf.reduce_sum(1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var)) / z_mean.shape[0]


# %% variance_squared
"""The last term is exp(2 * z_log_var), the square of the variance.

z_log_var is the logarithm of sigma squared already: exp(z_log_var) is the variance.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.square(z_mean) - tf.exp(2 * z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% other_direction
"""The divergence is taken in the other direction: of the standard normal from the cloud.

The divergence is not symmetric. Compare term by term with the formula above the cell: nothing is divided by the variance.
"""


def kl_divergence(z_mean, z_log_var):
    terms = z_log_var + (1 + tf.square(z_mean)) * tf.exp(-z_log_var) - 1
    return 0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% variance_without_gradient
"""The variance is treated as a constant: no gradient passes through exp(z_log_var).

The value is right, but training pulls z_log_var in the wrong direction. Leave `stop_gradient` out.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.square(z_mean) - tf.stop_gradient(tf.exp(z_log_var))
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))

# %% sign_flipped
"""The divergence has the wrong sign.

A divergence is never negative. Compute it by hand for μ = 3 and σ = 1: it must be positive.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
    return 0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% half_missing
"""The factor one half is missing.

The divergence then counts twice as much as it should, relative to the reconstruction. Compute it by hand for μ = -2 and
σ = 1.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
    return -tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% mean_over_latent_axes
"""The terms are averaged over the latent axes instead of summed.

The divergences of independent axes add up. With a mean, the divergence gets weaker the more axes there are.
"""


def kl_divergence(z_mean, z_log_var):
    return -0.5 * tf.reduce_mean(1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var))


# %% sum_over_the_batch
"""The examples are summed over the batch instead of averaged.

The divergence then grows with the batch size. Sum only over the latent axes.
"""


def kl_divergence(z_mean, z_log_var):
    return -0.5 * tf.reduce_sum(1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var))


# %% one_number_an_example
"""The function returns one number per example: the mean over the batch is missing.

The sum over the latent axes is right. The question asks for one number for the batch, so one reduction is missing.
"""


def kl_divergence(z_mean, z_log_var):
    return -0.5 * tf.reduce_sum(1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var), axis=1)


# %% axes_swapped
"""The sum runs over the batch, and the mean over the latent axes.

Axis 0 is the batch, axis 1 the latent axes. Sum over the latent axes, then average over the batch.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=0))


# %% log_var_not_exponentiated
"""The last term is `z_log_var` instead of the variance.

The last term is σ². Without the exponential it cancels against the log variance, and the divergence does not depend on
σ.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.square(z_mean) - z_log_var
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% log_var_taken_for_log_deviation
"""The variance is computed as `exp(2 * z_log_var)`, and log σ² as `2 * z_log_var`.

That would be right if `z_log_var` were log σ. It is log σ².
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + 2 * z_log_var - tf.square(z_mean) - tf.exp(2 * z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% sign_of_log_term
"""The term log σ² has the wrong sign.

For μ = 0, the divergence must be smallest at σ = 1. Compute it by hand for σ = 1 and σ = ½.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 - z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% one_forgotten
"""The divergence is too large by ½ per latent axis: the constant 1 is missing.

The gradient is the same, but the value is not: for μ = 0 and σ = 1 the divergence must be 0, for any number of axes.
"""


def kl_divergence(z_mean, z_log_var):
    terms = z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% mean_not_squared
"""The absolute value of `z_mean` is used instead of its square.

The gradient then has the same size near the origin and far from it. The formula has μ².
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.abs(z_mean) - tf.exp(z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% computed_in_numpy
"""The divergence has no gradient, or NumPy is given a tensor.

The tape does not record what NumPy does. Use `tf` or `keras.ops`.
"""


def kl_divergence(z_mean, z_log_var):
    mean, log_var = np.array(z_mean), np.array(z_log_var)
    return np.mean(np.sum(-0.5 * (1 + log_var - mean**2 - np.exp(log_var)), axis=1))


# %% one_outside_of_the_sum
"""The constant 1 is added once per example instead of once per latent axis.

The 1 is part of the sum: for each axis it cancels the variance of a standard normal.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + tf.reduce_sum(z_log_var - tf.square(z_mean) - tf.exp(z_log_var), axis=1)
    return -0.5 * tf.reduce_mean(terms)


# %% logarithm_taken_twice
"""`z_log_var` is used as the variance, and its logarithm is taken.

`z_log_var` is already a logarithm: it can be negative, and the logarithm of a negative number is NaN.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + tf.math.log(z_log_var) - tf.square(z_mean) - z_log_var
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% exponential_halved
"""The last term is `exp(z_log_var / 2)`, the standard deviation instead of the variance.

The formula has σ² there, and σ² is `exp(z_log_var)`.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.square(z_mean) - tf.exp(0.5 * z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% batch_size_from_the_static_shape tags=["edge"]
"""In graph mode, the batch size is None: it is taken from `shape`.

Called directly, this is right. `tf.shape(z_mean)[0]` gives the batch size at run time, and a mean does not need it.
"""


def kl_divergence(z_mean, z_log_var):
    return -0.5 * tf.reduce_sum(1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var)) / z_mean.shape[0]


# %% variance_squared
"""The last term is `exp(2 * z_log_var)`, the square of the variance.

`z_log_var` is log σ², so `exp(z_log_var)` is already the variance.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.square(z_mean) - tf.exp(2 * z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% other_direction
"""The divergence has its arguments exchanged: it is that of the standard normal from the distribution.

The divergence is not symmetric. Compare each term with the formula above the cell, which does not divide by the
variance.
"""


def kl_divergence(z_mean, z_log_var):
    terms = z_log_var + (1 + tf.square(z_mean)) * tf.exp(-z_log_var) - 1
    return 0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% variance_without_gradient
"""No gradient passes through the variance, exp(z_log_var).

The value is right, but training moves `z_log_var` in the wrong direction. Do not use `stop_gradient`.
"""


def kl_divergence(z_mean, z_log_var):
    terms = 1 + z_log_var - tf.square(z_mean) - tf.stop_gradient(tf.exp(z_log_var))
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))


# %% log_variance_within_4
"""Large and small variances count as less extreme than they are.

Often `z_log_var` is clipped: there, the value is wrong and no gradient flows. Use it as it is.
"""


def kl_divergence(z_mean, z_log_var):
    z_log_var = tf.clip_by_value(z_log_var, -4.0, 4.0)
    terms = 1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))

# %% tau_swapped
"""tau and 1 - tau are swapped.

Per unit of error, a prediction that is too low must cost `tau`, one that is too high `1 - tau`. Here it is the other
way round. Check the two factors, and that the error is target minus prediction.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum((1 - tau) * error, -tau * error), axis=-1)

    return loss_fn


# %% absolute_error
"""The loss is the absolute error, the same for both sides.

With the same slope on both sides, every `tau` gives the median. Compute by hand what errors of +1 and -1 cost at tau =
0.9.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        return keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1)

    return loss_fn


# %% scalar_for_the_batch
"""The mean is also taken over the batch, so there is one number instead of one per example.

Keras multiplies each example's loss by its weight before it averages; with one number it cannot. A mean without `axis`
averages over everything.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum(tau * error, (tau - 1) * error))

    return loss_fn


# %% no_mean_over_last_axis
"""The loss is not averaged over the last axis: it has the shape of the target.

The last axis holds the components of one target. The mean over it turns `(batch, n)` into `(batch,)`.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.maximum(tau * error, (tau - 1) * error)

    return loss_fn


# %% mean_over_the_batch_axis
"""The mean is taken over the batch axis instead of the last axis.

The result has one entry per component, averaged over all examples. One entry per example is expected: take the mean
over the components, along the last axis.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum(tau * error, (tau - 1) * error), axis=0)

    return loss_fn


# %% sum_over_last_axis
"""The components of a target are added up instead of averaged.

Then the loss of a target grows with its number of components. Keras losses take the mean over the last axis.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.sum(keras.ops.maximum(tau * error, (tau - 1) * error), axis=-1)

    return loss_fn


# %% averaged_before_the_kink
"""The errors are averaged before `tau` and `tau - 1` are applied.

Errors of +1 and -1 then cancel, and their loss is 0. The factor depends on the sign of each error, so apply it before
the mean.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = keras.ops.mean(y_true - y_pred, axis=-1)
        return keras.ops.maximum(tau * error, (tau - 1) * error)

    return loss_fn


# %% minimum_for_maximum
"""The lower of the two lines is taken, so the loss is negative.

Such a loss decreases without bound as the prediction gets worse. Draw both lines over the error: the loss must be 0 at
0 and positive on both sides.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.minimum(tau * error, (tau - 1) * error), axis=-1)

    return loss_fn


# %% one_side_only
"""Predictions that are too high have a loss of 0.

Then a very large prediction costs nothing. Look at the second line of the formula.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        return keras.ops.mean(tau * keras.ops.relu(y_true - y_pred), axis=-1)

    return loss_fn


# %% squared_sides
"""The error is squared.

The minimum is then the expectile, an asymmetric mean, instead of the quantile. The pinball loss consists of two
straight lines.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        price = keras.ops.where(error > 0, tau, 1 - tau)
        return keras.ops.mean(price * error**2, axis=-1)

    return loss_fn


# %% numpy_inside
"""NumPy is given tensors to compute with.

While `fit` traces the loss, tensors have no values that NumPy could read, and the tape does not record what NumPy does.
Compute with `keras.ops` or `tf`, from `y_true` and `y_pred` to the result.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = np.asarray(y_true) - np.asarray(y_pred)
        return np.mean(np.maximum(tau * error, (tau - 1) * error), axis=-1)

    return loss_fn


# %% loop_over_the_batch
"""A Python loop runs over the examples of the batch.

This works while the batch size is known. `fit` traces the loss once for batches of any size, and a Python loop has no
length to run over. One operation on the whole tensor does the same, and much faster.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        losses = []
        for i in range(y_true.shape[0]):
            error = y_true[i] - y_pred[i]
            losses.append(tf.reduce_mean(tf.maximum(tau * error, (tau - 1) * error)))
        return tf.stack(losses)

    return loss_fn


# %% sign_by_division
"""Where a prediction is exact, the result or its gradient is NaN.

Often because of a division by the error, which is 0 / 0 there, or of the root of its square, whose gradient at 0 is
infinity times 0. Find the side without them: with a maximum, a comparison or `abs`.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        sign = keras.ops.abs(error) / error
        return keras.ops.mean(error * (tau - (1 - sign) / 2), axis=-1)

    return loss_fn


# %% batch_size_from_the_shape
"""A size is taken from `shape`, and inside `fit` the batch size there is None.

`fit` traces the loss once for batches of any size. A mean over `axis=-1` needs no batch size.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        batch, n = y_pred.shape
        error = tf.reshape(y_true - y_pred, (batch * n,))
        loss = tf.maximum(tau * error, (tau - 1) * error)
        return tf.reduce_sum(tf.reshape(loss, (batch, n)), axis=-1) / n

    return loss_fn


# %% first_batch_size_kept
"""Later batches are cut to the size of the first one.

A batch can have any size, and the last one of an epoch is often smaller. Often a size is stored in the first call. Use
the tensors of each call.
"""


def pinball_loss(tau):
    sizes = []

    def loss_fn(y_true, y_pred):
        sizes.append(y_true.shape[0])
        error = (y_true - y_pred)[: sizes[0]]
        return keras.ops.mean(keras.ops.maximum(tau * error, (tau - 1) * error), axis=-1)

    return loss_fn


# %% rounded_corner
"""Small errors cost too little, as in the Huber loss.

The pinball loss is linear on both sides, also for small errors: half the error costs half as much.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        size = keras.ops.abs(error)
        bent = keras.ops.where(size < 0.5, size * size, size)
        return keras.ops.mean(keras.ops.where(error > 0, tau, 1 - tau) * bent, axis=-1)

    return loss_fn


# %% tau_in_a_global
"""All losses use the `tau` of the last one made.

Often because `tau` is stored in a global. A function defined inside another one remembers the arguments of that call:
use the `tau` of the outer function.
"""
_tau = 0.5


def pinball_loss(tau):
    global _tau
    _tau = tau

    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum(_tau * error, (_tau - 1) * error), axis=-1)

    return loss_fn


# %% errors_clipped
"""Large errors cost too little.

Often because they are clipped: then their gradient is 0, so a prediction that is far off is never corrected. Both lines
of the formula go on without an end.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = keras.ops.clip(y_true - y_pred, -10.0, 10.0)
        return keras.ops.mean(keras.ops.maximum(tau * error, (tau - 1) * error), axis=-1)

    return loss_fn


# %% tau_rounded
"""`tau` is rounded to two decimals.

`tau` is any number between 0 and 1, for example 0.125. Use it as it is given.
"""


def pinball_loss(tau):
    tau = round(tau, 2)

    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum(tau * error, (tau - 1) * error), axis=-1)

    return loss_fn


# %% tau_kept_inside
"""`tau` is kept between 0.05 and 0.95.

A model for the 0.99 quantile then learns the 0.95 quantile. Use `tau` as it is given.
"""


def pinball_loss(tau):
    tau = min(max(tau, 0.05), 0.95)

    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum(tau * error, (tau - 1) * error), axis=-1)

    return loss_fn


# %% bent_near_zero
"""Errors below 0.05 are not on the two straight lines.

The pinball loss is linear up to its corner at 0: half the error costs half as much, however small it is.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        size = keras.ops.abs(error)
        bent = keras.ops.where(size < 0.05, 10 * size * size + 0.5 * size, size)
        return keras.ops.mean(keras.ops.where(error > 0, tau, 1 - tau) * bent, axis=-1)

    return loss_fn

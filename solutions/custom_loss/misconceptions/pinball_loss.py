# %% tau_swapped
"""tau and 1 - tau are swapped.

A prediction that is too low must cost tau, one that is too high 1 - tau; here it is the other way round, so the
loss for 0.9 learns the 0.1 quantile. Two usual reasons: the two factors, or an error computed as prediction minus target.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum((1 - tau) * error, -tau * error), axis=-1)

    return loss_fn


# %% absolute_error
"""The loss is the absolute error, the same for both sides.

With equal prices on both sides every tau gives the median. The two sides need two slopes: work out what an error of +1
and an error of -1 must cost at tau = 0.9.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        return keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1)

    return loss_fn


# %% scalar_for_the_batch
"""The mean is taken over the batch as well: one number instead of one per example.

Keras multiplies the losses of the examples by their weights and averages afterwards; with a single number it is too late
for that. A mean without `axis` averages over everything.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum(tau * error, (tau - 1) * error))

    return loss_fn


# %% no_mean_over_last_axis
"""The components of a target are not averaged: the loss still has the shape of the target.

A loss function turns the last axis, the components of one target, into one number, so `(batch, n)` becomes
`(batch,)`. Take the mean over `axis=-1`.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.maximum(tau * error, (tau - 1) * error)

    return loss_fn


# %% mean_over_the_batch_axis
"""The mean is taken over the first axis, which is the batch.

The result has one entry per component, mixed from all examples, where one per example is expected. The examples lie
along axis 0, the components of a target along the last axis.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum(tau * error, (tau - 1) * error), axis=0)

    return loss_fn


# %% sum_over_last_axis
"""The components of a target are added up instead of averaged.

Then a target with more components weighs more, and the learning rate must change with their number. Keras losses take the
mean over the last axis.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.sum(keras.ops.maximum(tau * error, (tau - 1) * error), axis=-1)

    return loss_fn


# %% averaged_before_the_kink
"""The errors are averaged first, and the two prices applied afterwards.

Errors of +1 and -1 then cancel and cost nothing. The price depends on the side of each single error, so it comes before
the mean.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = keras.ops.mean(y_true - y_pred, axis=-1)
        return keras.ops.maximum(tau * error, (tau - 1) * error)

    return loss_fn


# %% minimum_for_maximum
"""The lower of the two lines is taken, so the loss is negative.

A loss that falls without end as the prediction gets worse drives it to infinity. Draw both lines over the error: the loss
must be 0 at 0 and positive on both sides.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.minimum(tau * error, (tau - 1) * error), axis=-1)

    return loss_fn


# %% one_side_only
"""Only predictions that are too low cost anything.

A huge prediction then costs nothing. A prediction that is too high needs its price as well: look at the second line
of the formula.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        return keras.ops.mean(tau * keras.ops.relu(y_true - y_pred), axis=-1)

    return loss_fn


# %% squared_sides
"""The error is squared before the sides are priced.

Squares make the expectile, an asymmetric mean, not the quantile: large errors count too much. The pinball loss is made of
two straight lines.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        price = keras.ops.where(error > 0, tau, 1 - tau)
        return keras.ops.mean(price * error**2, axis=-1)

    return loss_fn


# %% numpy_inside
"""The loss is computed with NumPy, so no gradient can flow through it.

The values are right, but TensorFlow did not record how they were computed. While `fit` traces the function, the
tensors have no values yet. Use the function of the same name in `keras.ops` or `tf`.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = np.asarray(y_true) - np.asarray(y_pred)
        return np.mean(np.maximum(tau * error, (tau - 1) * error), axis=-1)

    return loss_fn


# %% loop_over_the_batch
"""A Python loop runs over the examples of the batch.

It works while the batch size is known. `fit` traces the loss once for batches of any size, and there a tensor has no length
to loop over. One operation on the whole tensor does the same, and much faster.
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
"""The side is found by dividing by the error, which gives NaN where a prediction is exact.

An error of 0 makes 0 / 0. Choose the side without a division: by comparing, or as the larger of two lines.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        sign = keras.ops.abs(error) / error
        return keras.ops.mean(error * (tau - (1 - sign) / 2), axis=-1)

    return loss_fn


# %% batch_size_from_the_shape
"""The sum over the last axis is put into shape with `y_pred.shape[0]`, which is None inside `fit`.

`fit` traces the loss once for batches of any size, so the static shape holds no number for the batch. A mean over
`axis=-1` needs no batch size.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        batch, n = y_pred.shape
        error = tf.reshape(y_true - y_pred, (batch * n,))
        loss = tf.maximum(tau * error, (tau - 1) * error)
        return tf.reduce_sum(tf.reshape(loss, (batch, n)), axis=-1) / n

    return loss_fn


# %% first_batch_size_kept
"""The loss function keeps the batch size of its first call, and cuts later batches to it.

A batch may have any size: the last one of an epoch is often smaller. Take no size from an earlier call.
"""


def pinball_loss(tau):
    sizes = []

    def loss_fn(y_true, y_pred):
        sizes.append(y_true.shape[0])
        error = (y_true - y_pred)[: sizes[0]]
        return keras.ops.mean(keras.ops.maximum(tau * error, (tau - 1) * error), axis=-1)

    return loss_fn


# %% rounded_corner
"""Small errors are squared, as in the Huber loss.

The pinball loss is straight on both sides, down to an error of 0: an error half as large costs half as much.
"""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        size = keras.ops.abs(error)
        bent = keras.ops.where(size < 0.5, size * size, size)
        return keras.ops.mean(keras.ops.where(error > 0, tau, 1 - tau) * bent, axis=-1)

    return loss_fn


# %% tau_in_a_global
"""`tau` is kept in a global, so the loss that was made last decides for all.

A function that is defined inside another one remembers the arguments of that call. Use the `tau` of the outer
function, and no global.
"""
_tau = 0.5


def pinball_loss(tau):
    global _tau
    _tau = tau

    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum(_tau * error, (_tau - 1) * error), axis=-1)

    return loss_fn

# %% weights_ignored
"""`sample_weight` is not used.

The result is the same with and without weights. Multiply the loss of each example, shape `(batch,)`, by its weight
before the last mean.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
    return keras.ops.mean(-(y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log(1 - p)))


# %% weights_normalised
"""The weighted sum is divided by the sum of the weights.

That is a weighted average: doubling all weights changes nothing. Divide by the number of examples instead.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
    losses = -keras.ops.mean(y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log(1 - p), axis=-1)
    if sample_weight is None:
        return keras.ops.mean(losses)
    return keras.ops.sum(losses * sample_weight) / keras.ops.sum(sample_weight)


# %% no_clipping
"""For predictions of exactly 0 or 1, the loss or its gradient is infinite or NaN.

After such a step all weights are NaN. Often the probabilities are not clipped before the logarithm, and log(0) is minus
infinity. Clip them first.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    losses = -keras.ops.mean(y_true * keras.ops.log(y_pred) + (1 - y_true) * keras.ops.log(1 - y_pred), axis=-1)
    if sample_weight is not None:
        losses = losses * sample_weight
    return keras.ops.mean(losses)


# %% clipped_at_the_bottom_only
"""For predictions of exactly 1, the result is NaN or infinite.

The second logarithm is that of 1 - p, which is 0 where p is 1. Often only the lower end is clipped. Clip both ends.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.maximum(y_pred, 1e-7)
    losses = -keras.ops.mean(y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log(1 - p), axis=-1)
    if sample_weight is not None:
        losses = losses * sample_weight
    return keras.ops.mean(losses)


# %% clipped_too_far
"""Very wrong predictions cost too little.

Often the probabilities are clipped too far from 0 and 1: outside of the bounds the gradient is 0, so these predictions
are not corrected. Use 1e-7 and 1 - 1e-7.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.clip(y_pred, 0.01, 0.99)
    losses = -keras.ops.mean(y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log(1 - p), axis=-1)
    if sample_weight is not None:
        losses = losses * sample_weight
    return keras.ops.mean(losses)


# %% logits_for_probabilities
"""The predictions are treated as logits, so a sigmoid is applied to them again.

They are already probabilities: a sigmoid maps all of them to between 0.5 and 0.73. Do not use a function that expects
logits, and leave `from_logits` at its default.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    losses = keras.losses.binary_crossentropy(y_true, y_pred, from_logits=True)
    if sample_weight is not None:
        losses = losses * sample_weight
    return keras.ops.mean(losses)


# %% batch_size_written_down
"""The weighted sum is divided by a fixed number instead of the batch size.

The last batch of an epoch is usually smaller. A mean divides by the size of the batch at hand.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
    losses = -keras.ops.mean(y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log(1 - p), axis=-1)
    if sample_weight is not None:
        losses = losses * sample_weight
    return keras.ops.sum(losses) / 32


# %% batch_size_of_the_trace
"""The number of examples is taken from `shape`, and inside `fit` it is None there.

`fit` traces the loss once for batches of any size. Take a mean, or use `tf.shape`, which gives the size at run time.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
    losses = -keras.ops.mean(y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log(1 - p), axis=-1)
    if sample_weight is not None:
        losses = losses * sample_weight
    return keras.ops.sum(losses) / y_true.shape[0]


# %% sum_over_the_batch
"""The losses of the batch are added up but not divided by the batch size.

The gradient then grows with the batch size, and the learning rate has to shrink with it. Divide by the number of
examples.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
    losses = -keras.ops.mean(y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log(1 - p), axis=-1)
    if sample_weight is not None:
        losses = losses * sample_weight
    return keras.ops.sum(losses)


# %% weights_after_the_mean
"""The mean loss is multiplied by the mean weight.

Each loss must be multiplied by its own weight, before the mean. Often the mean is taken too early, or losses of shape
(batch, 1) meet weights of shape (batch,): their product has shape (batch, batch).
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
    loss = -keras.ops.mean(y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log(1 - p))
    return loss if sample_weight is None else keras.ops.mean(loss * sample_weight)


# %% weights_along_the_wrong_axis
"""Weights of shape `(batch,)` are multiplied by entries of shape `(batch, n)`, along the wrong axis.

Broadcasting aligns the last axes, so each weight applies to a component, or the shapes do not fit. First reduce to one
loss per example, shape `(batch,)`.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
    losses = -(y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log(1 - p))
    if sample_weight is not None:
        losses = losses * sample_weight
    return keras.ops.mean(losses)


# %% only_the_positive_label
"""The term for the label 0 is missing.

Where the label is 0, any probability then costs nothing. The formula has two terms, one for each label.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
    losses = -keras.ops.mean(y_true * keras.ops.log(p), axis=-1)
    if sample_weight is not None:
        losses = losses * sample_weight
    return keras.ops.mean(losses)


# %% per_example_returned
"""The function returns one loss per example instead of one number for the batch.

This function applies the weights itself, so it must also take the mean over the batch.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
    losses = -keras.ops.mean(y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log(1 - p), axis=-1)
    return losses if sample_weight is None else losses * sample_weight


# %% sign_missing
"""The minus sign is missing.

The logarithm of a probability is negative or 0. A loss must be small for good predictions, so it needs a minus sign.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
    losses = keras.ops.mean(y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log(1 - p), axis=-1)
    if sample_weight is not None:
        losses = losses * sample_weight
    return keras.ops.mean(losses)


# %% sum_over_the_labels
"""The labels of an example are added up instead of averaged.

The formula divides by n, the number of labels of one example. Take the mean over the last axis.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
    losses = -keras.ops.sum(y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log(1 - p), axis=-1)
    if sample_weight is not None:
        losses = losses * sample_weight
    return keras.ops.mean(losses)


# %% numpy_crossentropy
"""NumPy is given labels or predictions to compute with.

Inside `fit`, tensors have no values that NumPy could read, and the tape does not record what NumPy does. Compute with
`keras.ops` or `tf`.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    y_true = np.asarray(y_true)
    p = np.clip(np.asarray(y_pred, "float64"), 1e-7, 1 - 1e-7)
    losses = -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p), axis=-1)
    if sample_weight is not None:
        losses = losses * np.asarray(sample_weight)
    return np.float32(np.mean(losses))


# %% weights_for_one_label_only
"""The weight multiplies the term of only one label.

Examples with the other label then count fully, whatever their weight. Add the two terms first, in parentheses, then
multiply by the weight.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
    ones = keras.ops.mean(y_true * keras.ops.log(p), axis=-1)
    zeros = keras.ops.mean((1 - y_true) * keras.ops.log(1 - p), axis=-1)
    if sample_weight is not None:
        return -keras.ops.mean(sample_weight * ones + zeros)
    return -keras.ops.mean(ones + zeros)


# %% vector_without_weights
"""Without weights, the function returns one loss per example instead of one number.

The mean over the batch is the last step, with and without weights: put it after the `if`.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
    losses = -keras.ops.mean(y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log(1 - p), axis=-1)
    if sample_weight is not None:
        return keras.ops.mean(losses * sample_weight)
    return losses


# %% logarithm_clipped
"""The logarithm is clipped instead of the probability.

A wrong prediction of exactly 0 then costs 100, and its gradient is NaN. Clip the probability to [1e-7, 1 - 1e-7] before
the logarithm.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    log_p, log_q = (keras.ops.maximum(keras.ops.log(value), -100.0) for value in (y_pred, 1 - y_pred))
    losses = -keras.ops.mean(y_true * log_p + (1 - y_true) * log_q, axis=-1)
    if sample_weight is not None:
        losses = losses * sample_weight
    return keras.ops.mean(losses)


# %% zero_weights_ignored
"""Weights of 0 are treated as if there were no weights.

A weight of 0 removes an example from the loss. Only `sample_weight=None` means that every example counts fully.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    losses = keras.losses.binary_crossentropy(y_true, y_pred)
    if sample_weight is not None:
        losses = losses * keras.ops.where(sample_weight > 0, sample_weight, 1.0)
    return keras.ops.mean(losses)


# %% infinity_replaced
"""For predictions of exactly 0 or 1, the loss is finite, but its gradient is NaN.

Often infinite logarithms are replaced after they were computed. The gradient also passes through the branch that
`where` does not choose, and 0 times infinity is NaN. Clip the probabilities before the logarithm.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    def log(p):
        return tf.where(p <= 0, tf.math.log(1e-7), tf.math.log(p))

    losses = -tf.reduce_mean(y_true * log(y_pred) + (1 - y_true) * log(1 - y_pred), axis=-1)
    if sample_weight is not None:
        losses = losses * sample_weight
    return tf.reduce_mean(losses)


# %% clipped_without_weights_only
"""With weights, predictions of exactly 0 or 1 give infinity or NaN.

Without weights they do not. Often the probabilities are clipped in one of the two cases only. Compute the losses in the
same way in both.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    if sample_weight is None:
        return keras.ops.mean(keras.losses.binary_crossentropy(y_true, y_pred))
    losses = -keras.ops.mean(y_true * keras.ops.log(y_pred) + (1 - y_true) * keras.ops.log(1 - y_pred), axis=-1)
    return keras.ops.mean(losses * sample_weight)


# %% numpy_function_without_weights
"""Without weights, no gradient reaches the predictions.

Often NumPy computes this case, also inside `tf.numpy_function`: it works in a graph, but the tape does not record it.
Use `keras.ops` or `tf` in both cases.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    def plain(t, p):
        p = np.clip(p, np.float32(1e-7), np.float32(1 - 1e-7))
        return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))

    if sample_weight is None:
        return tf.numpy_function(plain, [y_true, y_pred], tf.float32)
    return keras.ops.mean(keras.losses.binary_crossentropy(y_true, y_pred) * sample_weight)


# %% gradient_stopped_where_wrong
"""Where the label is very unlikely, no gradient reaches the prediction.

These are the predictions that most need a correction. Clipping to [1e-7, 1 - 1e-7] is enough to keep the gradient
finite: do not use `stop_gradient`.
"""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
    log_likelihood = y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log(1 - p)
    log_likelihood = tf.where(log_likelihood < -4.0, tf.stop_gradient(log_likelihood), log_likelihood)
    losses = -keras.ops.mean(log_likelihood, axis=-1)
    if sample_weight is not None:
        losses = losses * sample_weight
    return keras.ops.mean(losses)

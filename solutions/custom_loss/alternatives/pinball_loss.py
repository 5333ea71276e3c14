# %% with_where
"""A branch for each side, with `tf.where`."""


def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return tf.reduce_mean(tf.where(error > 0, tau * error, (tau - 1) * error), axis=-1)

    return loss_fn


# %% two_relus
"""Each side by itself: the positive part of the error and of its opposite."""


def pinball_loss(tau):
    @tf.function
    def quantile_loss(actual, predicted):
        too_low = tf.nn.relu(actual - predicted)
        too_high = tf.nn.relu(predicted - actual)
        return tf.math.reduce_mean(tau * too_low + (1.0 - tau) * too_high, -1)

    return quantile_loss


# %% tilted_absolute_error
"""Half the absolute error, tilted by a multiple of the error."""


def pinball_loss(tau: float = 0.5):
    def loss(y_true, y_pred, sample_weight=None):
        y_pred = tf.convert_to_tensor(y_pred)
        y_true = tf.cast(y_true, y_pred.dtype)
        diff = tf.subtract(y_true, y_pred)
        values = 0.5 * tf.abs(diff) + (tau - 0.5) * diff
        if sample_weight is not None:
            values = values * sample_weight[:, None]
        return keras.ops.mean(values, axis=-1)

    return loss


# %% lambda_with_indicator
"""A lambda: the error times tau minus the indicator of the negative side."""

pinball_loss = lambda tau: (
    lambda y_true, y_pred: keras.ops.mean(  # noqa: E731
        (y_true - y_pred) * (tau - keras.ops.cast(y_true < y_pred, y_pred.dtype)), axis=-1
    )
)


# %% callable_object
"""An object that can be called, the sum divided by the number of components."""


class Pinball:
    def __init__(self, q):
        self.q = tf.constant(q, dtype=tf.float32)

    def __call__(self, y_true, y_pred):
        e = y_pred - y_true
        total = tf.reduce_sum(tf.maximum(-self.q * e, (1.0 - self.q) * e), axis=1)
        return total / tf.cast(tf.shape(e)[1], tf.float32)


def pinball_loss(tau):
    return Pinball(tau)

# %% keras_loss_object
"""The loss object of Keras, which weighs and averages by itself."""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    return keras.losses.BinaryCrossentropy()(y_true, y_pred, sample_weight=sample_weight)


# %% keras_function
"""The function of Keras for the losses of the examples, then the weighted sum over the number of examples."""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    losses = tf.keras.losses.binary_crossentropy(y_true, y_pred)
    if sample_weight is None:
        sample_weight = tf.ones_like(losses)
    batch_size = tf.cast(tf.shape(y_true)[0], losses.dtype)
    return tf.reduce_sum(sample_weight * losses) / batch_size


# %% probability_of_the_truth
"""The logarithm of the probability that was given to the true label, weights by a dot product."""


@tf.function
def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    eps = 1e-7
    p = tf.minimum(tf.maximum(y_pred, eps), 1.0 - eps)
    of_truth = tf.where(y_true > 0.5, p, 1.0 - p)
    losses = tf.reduce_mean(-tf.math.log(of_truth), axis=1)
    if sample_weight is None:
        return tf.reduce_mean(losses)
    return tf.tensordot(losses, sample_weight, axes=1) / tf.cast(tf.size(losses), tf.float32)


# %% by_way_of_logits
"""Probabilities turned into logits, then the stable crossentropy of logits; weights on all entries."""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None, epsilon=1e-7):
    p = tf.clip_by_value(y_pred, epsilon, 1 - epsilon)
    logits = tf.math.log(p) - tf.math.log1p(-p)
    entries = tf.nn.sigmoid_cross_entropy_with_logits(labels=y_true, logits=logits)
    if sample_weight is not None:
        entries *= tf.reshape(sample_weight, (-1, 1))
    return tf.reduce_mean(entries)


# %% clipped_and_shifted
"""Clipped, and 1e-7 added once more inside the logarithms."""


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    eps = keras.config.epsilon()
    y_pred = keras.ops.clip(keras.ops.convert_to_tensor(y_pred, "float32"), eps, 1.0 - eps)
    y_true = keras.ops.cast(y_true, "float32")
    bce = y_true * keras.ops.log(y_pred + eps)
    bce += (1 - y_true) * keras.ops.log(1 - y_pred + eps)
    per_example = keras.ops.mean(-bce, axis=-1)
    weights = keras.ops.ones_like(per_example) if sample_weight is None else sample_weight
    return keras.ops.mean(keras.ops.multiply(weights, per_example))


# %% private_loss_class
"""A loss class of Keras's with a private name, which adds up the weighted losses."""


class _Entries(keras.losses.Loss):
    def call(self, y_true, y_pred):
        p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
        return -keras.ops.mean(y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log1p(-p), axis=-1)


def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    total = _Entries(reduction="sum")(y_true, y_pred, sample_weight=sample_weight)
    return total / keras.ops.cast(keras.ops.shape(y_pred)[0], total.dtype)

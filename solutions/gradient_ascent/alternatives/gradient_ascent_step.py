# %% traced
"""As the public example has it: traced, and the image updated in place of its name."""


@tf.function
def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    grads = tape.gradient(loss, img)
    grads = tf.math.l2_normalize(grads)
    img += learning_rate * grads
    return loss, img


# %% variable
"""The image becomes a variable, which a tape watches by itself; the norm is written out, with a small constant."""


def gradient_ascent_step(img, filter_index, learning_rate):
    pixels = tf.Variable(img)
    with tf.GradientTape() as tape:
        loss = compute_loss(pixels, filter_index)
    gradient = tape.gradient(loss, pixels)
    norm = tf.sqrt(tf.reduce_sum(tf.square(gradient)))
    pixels.assign_add(learning_rate * gradient / (norm + 1e-8))
    return loss, tf.convert_to_tensor(pixels)


# %% optimizer
"""An optimizer goes down the negated loss."""


def gradient_ascent_step(img, filter_index, learning_rate):
    pixels = keras.Variable(img)
    optimizer = keras.optimizers.SGD(learning_rate)
    with tf.GradientTape() as tape:
        loss = -compute_loss(pixels.value, filter_index)
    gradient = tape.gradient(loss, pixels.value)
    gradient = gradient / tf.maximum(tf.norm(gradient), 1e-12)
    optimizer.apply([gradient], [pixels])
    return -loss, pixels.numpy()


# %% guarded_division
"""`tf.math.divide_no_nan`, keyword arguments, type hints, and a persistent tape."""


def gradient_ascent_step(img: tf.Tensor, filter_index: int, learning_rate: float) -> tuple[tf.Tensor, tf.Tensor]:
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(img)
        loss = compute_loss(input_image=img, filter_index=filter_index)
    gradient = tape.gradient(loss, img)
    step = tf.math.divide_no_nan(gradient, tf.norm(gradient))
    return loss, tf.add(img, tf.multiply(step, learning_rate))


# %% keras_ops_and_lambda
"""`keras.ops`, the loss computed without `compute_loss`, the branch on a zero norm in Python."""

from keras import ops


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = ops.mean(feature_extractor(img)[:, 2:-2, 2:-2, filter_index])
    g = tape.gradient(loss, img)
    size = ops.norm(ops.reshape(g, (-1,)))
    if size == 0:
        return loss, img
    return [loss, img + learning_rate * (g / size)]

# %% descent
"""The step goes down the loss, not up.

The loss has to grow: add the gradient.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img - learning_rate * tf.math.l2_normalize(gradient)


# %% not_normalised
"""The gradient is not divided by its norm.

Then the length of a step depends on the filter: tiny for most of them, huge for a few.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img + learning_rate * gradient


# %% divided_by_the_sum
"""The gradient is divided by the sum of its entries.

Entries of different signs cancel: the sum may be near 0, or negative. The L2 norm adds up squares.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img + learning_rate * gradient / (tf.reduce_sum(gradient) + 1e-8)


# %% divided_by_the_absolute_sum
"""The gradient is divided by the sum of the absolute values.

That is the L1 norm. For the L2 norm, add up the squares and take the root.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img + learning_rate * gradient / (tf.reduce_sum(tf.abs(gradient)) + 1e-8)


# %% divided_by_the_rms
"""The gradient is divided by the root of the mean square.

With a mean in place of the sum, the step is longer the more pixels there are. The L2 norm is the root of the sum of the
squares.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img + learning_rate * gradient / (tf.sqrt(tf.reduce_mean(tf.square(gradient))) + 1e-8)


# %% divided_by_the_deviation
"""The gradient is standardized: its mean is subtracted, and it is divided by its standard deviation.

Subtracting the mean changes the direction of the gradient. Change only its length.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img + learning_rate * (gradient - tf.reduce_mean(gradient)) / (tf.math.reduce_std(gradient) + 1e-8)


# %% norm_without_the_root
"""The gradient is divided by the sum of its squares.

The root is missing: the larger the gradient is, the shorter is then the step.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img + learning_rate * gradient / (tf.reduce_sum(tf.square(gradient)) + 1e-12)


# %% each_pixel_normalised
"""Each pixel of the gradient is normalized on its own.

Then a pixel with little influence moves as far as the most important one. Use one norm for the whole image.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img + learning_rate * tf.math.l2_normalize(gradient, axis=-1)


# %% signs_only
"""Only the signs of the gradient are used.

Then all pixels move by the same amount. Keep the proportions, change the length.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img + learning_rate * tf.sign(gradient)


# %% nan_at_zero
"""A zero gradient gives NaN.

Its norm is 0, and 0 / 0 is NaN: from then on, all images are NaN. Add a small constant to the norm, or use
`tf.math.l2_normalize`.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img + learning_rate * gradient / tf.sqrt(tf.reduce_sum(tf.square(gradient)))


# %% image_not_watched
"""The gradient with respect to the image is None.

A tape watches trainable variables by itself, but not plain tensors: call `tape.watch(img)` before the loss is computed.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img + learning_rate * tf.math.l2_normalize(gradient)


# %% network_trained
"""The step also changes the weights of the network.

Only the pixels are trained here. The network must stay as it is.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    for weight in feature_extractor.trainable_weights:
        weight.assign_add(0.01 * tape.gradient(loss, weight.value))
    return loss, img + learning_rate * tf.math.l2_normalize(gradient)


# %% gradient_of_the_weights
"""The step changes the network's weights, not the image.

Take the gradient with respect to the image: its pixels are trained.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    weights = feature_extractor.trainable_weights
    with tf.GradientTape() as tape:
        loss = compute_loss(img, filter_index)
    gradients = tape.gradient(loss, [weight.value for weight in weights])
    for weight, gradient in zip(weights, gradients):
        weight.assign_add(learning_rate * tf.math.l2_normalize(gradient))
    return loss, img


# %% loss_after_the_step
"""The loss is that of the new image.

Return the loss that was computed under the tape, before the step.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    img = img + learning_rate * tf.math.l2_normalize(tape.gradient(loss, img))
    return compute_loss(img, filter_index), img


# %% image_as_it_was
"""The given image is returned, without the step.

`img + step` is a new tensor: return it.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    img + learning_rate * tf.math.l2_normalize(gradient)
    return loss, img


# %% step_without_the_image
"""The step is returned, not the new image.

Add the step to the given image, and return the sum.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, learning_rate * tf.math.l2_normalize(gradient)


# %% rate_left_out
"""The learning rate is not used.

Each step then has the length 1. Multiply the normalized gradient by `learning_rate`.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img + tf.math.l2_normalize(gradient)


# %% clipped
"""The image is clipped to [-1, 1].

Return the raw image: its values have no bounds. `deprocess_image` prepares it for display.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, tf.clip_by_value(img + learning_rate * tf.math.l2_normalize(gradient), -1, 1)


# %% first_filter
"""The filter index is not used.

The loss is then always that of filter 0. Pass `filter_index` on.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, 0)
    gradient = tape.gradient(loss, img)
    return loss, img + learning_rate * tf.math.l2_normalize(gradient)


# %% order_swapped
"""Image and loss are returned in the wrong order.

Return `(loss, img)`: the loss first.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return img + learning_rate * tf.math.l2_normalize(gradient), loss


# %% negative_loss_returned
"""The returned loss has the wrong sign.

You may minimize the negated loss, but return the loss itself.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = -compute_loss(img, filter_index)
    return loss, img - learning_rate * tf.math.l2_normalize(tape.gradient(loss, img))


# %% image_normalised
"""The new image is normalized, not the gradient.

Divide the gradient by its norm before you add it. Do not normalize the image.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    return loss, tf.math.l2_normalize(img + learning_rate * tape.gradient(loss, img))


# %% divided_by_the_maximum
"""The gradient is divided by its largest absolute entry.

Then the largest change of a pixel is the learning rate. The L2 norm of the whole step must be the learning rate.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img + learning_rate * gradient / (tf.reduce_max(tf.abs(gradient)) + 1e-8)


# %% only_long_gradients_shortened
"""Only a gradient longer than 1 is divided by its norm; a shorter one stays short.

A short gradient must also give a step of full length: always divide by the norm.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    return loss, img + learning_rate * tf.clip_by_norm(tape.gradient(loss, img), 1.0)


# %% velocity_kept_between_calls
"""A step depends on earlier calls.

Often the gradients of earlier calls are mixed in. A step depends on its arguments only: store nothing from one call to
the next.
"""
velocities = {}


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    key = (int(filter_index), tuple(img.shape))
    velocities[key] = 0.9 * velocities.get(key, 0.0) + gradient
    return loss, img + learning_rate * tf.math.l2_normalize(velocities[key])


# %% large_constant_in_the_norm
"""The constant added to the norm is too large.

It only guards against a division by 0: 1e-8 is enough. A constant such as 0.01 shortens the step of a small gradient.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img + learning_rate * gradient / (tf.norm(gradient) + 0.01)


# %% first_rate_kept
"""The learning rate of the first call is kept for all later steps.

A step depends on its arguments only: take the learning rate that was passed in.
"""
_first = {}


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img + _first.setdefault("rate", learning_rate) * tf.math.l2_normalize(gradient)


# %% zero_gradient_returned
"""If the gradient is 0, the gradient is returned in place of the image.

If the gradient is 0, the step is 0: return the image unchanged.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    if tf.reduce_all(gradient == 0):
        return loss, gradient
    return loss, img + learning_rate * gradient / tf.norm(gradient)


# %% one_pixel_of_the_map
"""The step makes one pixel of the feature map larger, not the mean of the map.

The loss is that of `compute_loss`, a mean over the inner pixels: call it under the tape.
"""


def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = feature_extractor(img)[0, 4, 4, filter_index]
    gradient = tape.gradient(loss, img)
    return loss, img + learning_rate * tf.math.l2_normalize(gradient)

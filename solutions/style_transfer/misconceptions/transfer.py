# %% climbs
"""The steps go up the loss, not down.

The step must go against the gradient: pass it to `apply_gradients` without a minus, which subtracts it. A step written
by hand must subtract it, too.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        image.assign_add(learning_rate * gradient)
    return image.numpy()


# %% one_step_only
"""Only one step is made, whatever `iterations` is.

Often `return` is inside the loop: it must come after it.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, image)])
        return image.numpy()


# %% starts_at_the_style_image
"""The image starts as the style reference.

The question asks for the base image as the start.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(style_reference_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, image)])
    return image.numpy()


# %% starts_at_noise
"""The image starts as noise.

The question asks for the base image as the start.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(tf.random.uniform(base_image.shape, seed=1))
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, image)])
    return image.numpy()


# %% starts_black
"""The image starts black.

The question asks for the base image as the start.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(tf.zeros_like(base_image))
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, image)])
    return image.numpy()


# %% start_image_returned
"""The base image itself is returned, without a step.

The steps change the variable, not the tensor that it was created from. Return the value of the variable, after the
loop.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, image)])
    return base_image


# %% network_trained
"""The steps also change the weights of the network.

The network must stay fixed. Pass only the image to the optimizer.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.SGD(learning_rate)
    weights = feature_extractor.trainable_variables
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        with tf.GradientTape() as tape:
            features = feature_extractor(tf.concat([style_reference_image, image], axis=0))[content_layer_name]
            loss = tf.reduce_mean(tf.square(features[0] - features[1]))
        gradients = tape.gradient(loss, weights, unconnected_gradients="zero")
        optimizer.apply_gradients(zip([gradient, *gradients], [image, *weights]))
    return image.numpy()


# %% learning_rate_ignored
"""The argument `learning_rate` is not used.

Often the optimizer has its default rate. Pass `learning_rate` to it.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam()
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, image)])
    return image.numpy()


# %% bytes_returned
"""The image is returned as integers from 0 to 255.

Return the values of the variable, as floats.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, image)])
    return np.clip(255 * image.numpy(), 0, 255).astype("uint8")


# %% batch_axis_lost
"""The returned image has no batch axis.

Return the shape of the base image, `(1, rows, columns, 3)`.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, image)])
    return image.numpy()[0]


# %% gradient_computed_once
"""All steps follow one gradient, that at the base image.

Often it is computed before the loop. Compute the gradient again in every iteration.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
    optimizer = keras.optimizers.SGD(learning_rate)
    for _ in range(iterations):
        optimizer.apply_gradients([(gradient, image)])
    return image.numpy()


# %% first_gradient_in_each_step
"""Each step follows the first gradient, although a new one is computed.

The optimizer gets only the gradient at the base image. Pass it the gradient that is computed in the same iteration.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    gradients = []
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        gradients.append(compute_loss_and_grads(image, base_image, style_reference_image)[1])
        optimizer.apply_gradients([(gradients[0], image)])
    return image.numpy()


# %% images_swapped
"""The base image and the style reference are swapped.

`compute_loss_and_grads` takes the combination image first, then the base image, then the style reference.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, style_reference_image, base_image)
        optimizer.apply_gradients([(gradient, image)])
    return image.numpy()


# %% network_changed
"""The kernels of the network change in every iteration.

The network must stay as it is. Only the image changes.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, image)])
        for weight in network.weights:
            if "kernel" in weight.name:
                weight.assign(0.999 * weight)
    return image.numpy()


# %% one_step_too_many
"""The loop makes one step more than `iterations`.

`range(iterations)` has exactly `iterations` numbers. It starts at 0, so it needs no `+ 1`.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    combination_image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations + 1):
        _, gradient = compute_loss_and_grads(combination_image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, combination_image)])
    return combination_image.numpy()


# %% image_before_the_last_step
"""The image before the last step is returned.

Return the variable's value after the loop.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    combination_image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        image = combination_image.numpy()
        _, gradient = compute_loss_and_grads(combination_image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, combination_image)])
    return image


# %% goes_on_from_the_last_call
"""A second call paints over the first result.

Often the variable is kept between calls. Create it from `base_image` in each call.
"""
_canvas = {}


def transfer(base_image, style_reference_image, iterations, learning_rate):
    shape = tuple(base_image.shape)
    if shape not in _canvas:
        _canvas[shape] = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(_canvas[shape], base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, _canvas[shape])])
    return _canvas[shape].numpy()


# %% new_optimizer_in_each_step
"""Each step makes a new optimizer.

An optimizer keeps averages of earlier gradients, which a new one lacks: each step of `Adam` is then its first, of the
same size for all pixels. Create the optimizer once, before the loop.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        keras.optimizers.Adam(learning_rate).apply_gradients([(gradient, image)])
    return image.numpy()


# %% rounded_after_each_step
"""The image is rounded after each step.

A step that is smaller than the rounding is lost, and a small learning rate then changes nothing. Often the image is
kept as integers from 0 to 255. Keep it as floats until it is shown.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, image)])
        image.assign(tf.round(image * 255) / 255)
    return image.numpy()


# %% momentum_kept_for_the_next_call
"""The momentum of one call is used by the next one.

A default argument such as `state={}` is made once and kept. Start each call without momentum.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate, state={}):
    image = tf.Variable(base_image)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        state[image.shape] = 0.9 * state.get(image.shape, 0.0) + gradient
        image.assign_sub(learning_rate * state[image.shape])
    return image.numpy()

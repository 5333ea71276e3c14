# %% climbs
"""The image climbs the loss.

The gradient points uphill, and `apply_gradients` goes down by itself. With a minus in front, or with `assign_add`,
the loss grows.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        image.assign_add(learning_rate * gradient)
    return image.numpy()


# %% one_step_only
"""Only one step is done.

The `return` stands inside the loop, or there is no loop. All `iterations` steps come before it.
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

Then the content has to be painted into the style, and 200 steps are not enough. The question asks for the base image
as the start.
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

It is a possible way, but not the one asked for: the start is the base image, from which the way to a good picture is
short.
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

Zeros are a start with nothing in it. The question asks for the base image.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(tf.zeros_like(base_image))
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, image)])
    return image.numpy()


# %% start_image_returned
"""What comes back is the base image.

The variable has changed, but the tensor that it was made from has not. Return the value of the variable.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, image)])
    return base_image


# %% network_trained
"""The optimizer trains the network as well.

The network is a fixed measure of content and style. If it is trained, it learns to see no difference, and the picture
need not change. Only the image goes to the optimizer.
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
"""The learning rate is not handed on.

The optimizer has a rate of its own, whatever the caller says. Make it with `learning_rate`.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam()
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, image)])
    return image.numpy()


# %% bytes_returned
"""What comes back are bytes.

Colours from 0 to 255 are for showing and saving. The question asks for the image as it is, in floats.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, image)])
    return np.clip(255 * image.numpy(), 0, 255).astype("uint8")


# %% batch_axis_lost
"""The batch axis is gone.

For showing one image `[0]` is handy. The question asks for the shape of the base image, `(1, rows, columns, 3)`.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, image)])
    return image.numpy()[0]


# %% gradient_computed_once
"""The gradient is computed once, before the loop.

Each step follows the direction that was right at the start, also when it has long led past the goal. The gradient is
computed anew in every iteration.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
    optimizer = keras.optimizers.SGD(learning_rate)
    for _ in range(iterations):
        optimizer.apply_gradients([(gradient, image)])
    return image.numpy()


# %% images_swapped
"""Base and style have changed places.

`compute_loss_and_grads` takes the combination image first, then the base image, then the style reference. In the
other order the painting is painted like a photograph.
"""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, style_reference_image, base_image)
        optimizer.apply_gradients([(gradient, image)])
    return image.numpy()

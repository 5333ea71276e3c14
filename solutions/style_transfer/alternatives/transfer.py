# %% sgd_with_decay
"""Plain gradient descent with a decaying rate, as the Keras example has it."""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    optimizer = keras.optimizers.SGD(
        keras.optimizers.schedules.ExponentialDecay(
            initial_learning_rate=learning_rate, decay_steps=100, decay_rate=0.96
        )
    )
    combination_image = tf.Variable(base_image)
    for i in range(1, iterations + 1):
        loss, grads = compute_loss_and_grads(combination_image, base_image, style_reference_image)
        optimizer.apply_gradients([(grads, combination_image)])
        if i % 100 == 0:
            print("Iteration %d: loss=%.2f" % (i, loss))
    return combination_image


# %% by_hand
"""No optimizer object: the image is moved by assign_sub."""


def transfer(base_image, style_reference_image, iterations: int, learning_rate: float) -> np.ndarray:
    image = tf.Variable(tf.identity(base_image), trainable=True, dtype=tf.float32)
    for _ in tf.range(iterations):
        _, g = compute_loss_and_grads(image, base_image, style_reference_image)
        image.assign_sub(learning_rate * g)
    return image.read_value()


# %% normalised_gradient
"""A step of fixed length along the gradient, on an array."""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = np.array(base_image, dtype="float32")
    for _ in range(iterations):
        loss, gradient = compute_loss_and_grads(tf.Variable(image), base_image, style_reference_image)
        gradient = gradient.numpy()
        image = image - learning_rate * gradient / (np.linalg.norm(gradient) + 1e-12)
    return image


# %% clipped_steps_in_a_function
"""Adam with a decorated step, and the colours clipped to [0, 1] after each of them."""


def transfer(base_image, style_reference_image, iterations, learning_rate, history=None):
    image = tf.Variable(base_image, name="combination")
    opt = tf.keras.optimizers.Adam(learning_rate=learning_rate, beta_1=0.99, epsilon=1e-1)

    @tf.function()
    def train_step():
        loss, grad = compute_loss_and_grads(image, base_image, style_reference_image)
        opt.apply([grad], [image])
        image.assign(tf.clip_by_value(image, clip_value_min=0.0, clip_value_max=1.0))
        return loss

    for step in range(iterations):
        loss = train_step()
        if history is not None:
            history.append(float(loss))
    return np.asarray(image)


# %% loss_written_out_in_the_loop
"""The loop computes the loss by itself and does not use the answer before."""


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.RMSprop(learning_rate)
    for _ in range(iterations):
        with tf.GradientTape() as tape:
            features = feature_extractor(tf.concat([base_image, style_reference_image, image], axis=0))
            loss = content_weight * content_loss(features[content_layer_name][0], features[content_layer_name][2])
            for name in style_layer_names:
                loss += style_weight / len(style_layer_names) * style_loss(features[name][1], features[name][2])
            loss += total_variation_weight * total_variation_loss(image)
        optimizer.apply_gradients(zip([tape.gradient(loss, image)], [image]))
    return image.numpy()


# %% an_optimizer_of_its_own
"""A subclass of Adam that limits the gradient, around which another one scales the loss."""


class _Limited(keras.optimizers.Adam):
    def apply(self, grads, trainable_variables=None):
        return super().apply([tf.clip_by_norm(grad, 1e3) for grad in grads], trainable_variables)


def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = tf.Variable(base_image)
    optimizer = keras.optimizers.LossScaleOptimizer(_Limited(learning_rate), initial_scale=1.0)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(image, base_image, style_reference_image)
        optimizer.apply([gradient], [image])
    return image.numpy()

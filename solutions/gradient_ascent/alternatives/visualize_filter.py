# %% deprocess_elsewhere
"""As the public example has it, without the last conversion."""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img = initialize_image()
    for iteration in range(iterations):
        loss, img = gradient_ascent_step(img, filter_index, learning_rate)
    return loss, img


# %% one_image_of_numbers
"""Numbers instead of tensors, and the image without its batch axis."""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img = initialize_image()
    seen_losses = []
    while len(seen_losses) < iterations:
        loss, img = gradient_ascent_step(img, filter_index=filter_index, learning_rate=learning_rate)
        seen_losses.append(float(loss))
    return seen_losses[-1], img[0].numpy()


# %% recursive
"""A function that calls itself with one step less."""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0, img=None):
    img = initialize_image() if img is None else img
    loss, img = gradient_ascent_step(img, filter_index, learning_rate)
    if iterations == 1:
        return loss, img
    return visualize_filter(filter_index, iterations - 1, learning_rate, img)


# %% written_out
"""The step is written into the loop, on a variable."""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img = tf.Variable(initialize_image())
    for _ in range(int(iterations)):
        with tf.GradientTape() as tape:
            loss = compute_loss(img, filter_index)
        img.assign_add(learning_rate * tf.math.l2_normalize(tape.gradient(loss, img)))
    return loss, img

# %% start_image
"""The start image is returned.

A step does not change the image that it is given. Assign the image that it returns.
"""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img = initialize_image()
    for _ in range(iterations):
        loss, _ = gradient_ascent_step(img, filter_index, learning_rate)
    return loss, img


# %% one_step_only
"""The result is that of one step only.

Often `initialize_image()` is called in the loop, or `return` is inside it. Call it once, before the loop, and put
`return` after the loop.
"""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    for _ in range(iterations):
        img = initialize_image()
        loss, img = gradient_ascent_step(img, filter_index, learning_rate)
    return loss, img


# %% always_thirty_steps
"""There are always 30 steps.

The number of steps is the argument `iterations`; 30 is only its default.
"""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img = initialize_image()
    for _ in range(30):
        loss, img = gradient_ascent_step(img, filter_index, learning_rate)
    return loss, img


# %% always_rate_ten
"""The learning rate is always 10.

The learning rate is an argument; 10 is only its default.
"""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img = initialize_image()
    for _ in range(iterations):
        loss, img = gradient_ascent_step(img, filter_index, 10.0)
    return loss, img


# %% one_step_short
"""There is one step too few.

`range(iterations)` has `iterations` entries, but `range(1, iterations)` has one less.
"""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img = initialize_image()
    loss = compute_loss(img, filter_index)
    for _ in range(1, iterations):
        loss, img = gradient_ascent_step(img, filter_index, learning_rate)
    return loss, img


# %% one_step_too_many
"""There is one step too many.

`range(iterations)` has `iterations` entries. A step before or after the loop counts, too.
"""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    loss, img = gradient_ascent_step(initialize_image(), filter_index, learning_rate)
    for _ in range(iterations):
        loss, img = gradient_ascent_step(img, filter_index, learning_rate)
    return loss, img


# %% deprocessed
"""The returned image is already deprocessed.

Return the raw float image. The cell that draws the picture calls `deprocess_image`.
"""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img = initialize_image()
    for _ in range(iterations):
        loss, img = gradient_ascent_step(img, filter_index, learning_rate)
    return loss, deprocess_image(np.asarray(img)[0])


# %% other_defaults
"""With the default arguments it does not make 30 steps of length 10.

The defaults are part of the signature: iterations=30, learning_rate=10.0.
"""


def visualize_filter(filter_index, iterations=20, learning_rate=1.0):
    img = initialize_image()
    for _ in range(iterations):
        loss, img = gradient_ascent_step(img, filter_index, learning_rate)
    return loss, img


# %% first_loss
"""The loss is that of the first step.

It says how strong the activation was at the start. Return the loss of the last step.
"""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    first, img = gradient_ascent_step(initialize_image(), filter_index, learning_rate)
    for _ in range(iterations - 1):
        loss, img = gradient_ascent_step(img, filter_index, learning_rate)
    return first, img


# %% sum_of_losses
"""The losses of all steps are summed.

Return the loss of the last step only: it says how strong the activation is in the end.
"""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img, total = initialize_image(), 0.0
    for _ in range(iterations):
        loss, img = gradient_ascent_step(img, filter_index, learning_rate)
        total += loss
    return total, img


# %% image_only
"""Only the image is returned.

Return both: `return loss, img`.
"""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img = initialize_image()
    for _ in range(iterations):
        loss, img = gradient_ascent_step(img, filter_index, learning_rate)
    return img


# %% own_start
"""The start image is not that of `initialize_image`.

Start from the image that `initialize_image()` returns.
"""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img = tf.zeros_like(initialize_image())
    for _ in range(iterations):
        loss, img = gradient_ascent_step(img, filter_index, learning_rate)
    return loss, img


# %% always_filter_0
"""The filter index is not used.

All pictures are then those of filter 0. Pass `filter_index` on.
"""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img = initialize_image()
    for _ in range(iterations):
        loss, img = gradient_ascent_step(img, 0, learning_rate)
    return loss, img


# %% loss_of_the_result
"""The loss is computed again, for the image that is returned.

The loss of the last step belongs to the image before that step: return what `gradient_ascent_step` returned.
"""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img = initialize_image()
    for _ in range(iterations):
        _, img = gradient_ascent_step(img, filter_index, learning_rate)
    return compute_loss(img, filter_index), img


# %% largest_loss
"""The largest loss of all steps is returned.

Return the loss of the last step. A step may overshoot, so the last loss need not be the largest.
"""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img, losses = initialize_image(), []
    for _ in range(iterations):
        loss, img = gradient_ascent_step(img, filter_index, learning_rate)
        losses.append(loss)
    return tf.reduce_max(tf.stack(losses)), img


# %% learning_rate_decays
"""The learning rate changes from step to step.

Every step must have the length `learning_rate`.
"""


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img = initialize_image()
    for step in range(iterations):
        loss, img = gradient_ascent_step(img, filter_index, learning_rate / 2**step)
    return loss, img


# %% goes_on_from_the_last_call
"""A second call starts from the first result.

Often the image is stored between calls. Call `initialize_image()` in each call.
"""
_canvas = []


def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    img = _canvas.pop() if _canvas else initialize_image()
    for _ in range(iterations):
        loss, img = gradient_ascent_step(img, filter_index, learning_rate)
    _canvas.append(img)
    return loss, img

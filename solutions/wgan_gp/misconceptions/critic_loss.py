# %% signs_swapped
"""Both losses have the wrong sign.

An optimizer makes a loss smaller. The critic wants high scores for real images, so the minus belongs to the mean of the
real scores. The generator wants high scores for fakes.
"""


def critic_loss(real_img, fake_img):
    return tf.reduce_mean(real_img) - tf.reduce_mean(fake_img)


def generator_loss(fake_img):
    return tf.reduce_mean(fake_img)


# %% critic_sign_swapped
"""The critic's loss has the wrong sign.

With this loss the critic learns to give fakes the higher scores. It should give them to real images, so the minus
belongs to the mean of the real scores.
"""


def critic_loss(real_img, fake_img):
    return tf.reduce_mean(real_img) - tf.reduce_mean(fake_img)


# %% generator_sign_swapped
"""The generator's loss has the wrong sign.

The generator wants high scores for its images, and training makes the loss smaller: put a minus before the mean.
"""


def generator_loss(fake_img):
    return tf.reduce_mean(fake_img)


# %% crossentropy
"""The losses are crossentropies, as in the GAN with labels.

A critic's scores are not the logits of a label. Its loss is a difference of two means, without a logarithm.
"""


def critic_loss(real_img, fake_img):
    loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
    return loss_fn(tf.ones_like(real_img), real_img) + loss_fn(tf.zeros_like(fake_img), fake_img)


def generator_loss(fake_img):
    return keras.losses.BinaryCrossentropy(from_logits=True)(tf.ones_like(fake_img), fake_img)


# %% sums_for_means
"""The scores are summed over the batch, not averaged.

Then the loss grows with the batch size, but the penalty does not. Take the mean.
"""


def critic_loss(real_img, fake_img):
    return tf.reduce_sum(fake_img) - tf.reduce_sum(real_img)


def generator_loss(fake_img):
    return -tf.reduce_sum(fake_img)


# %% one_loss_per_example
"""The losses are not averaged: they hold one number per example.

The step adds a scalar penalty to the loss and differentiates one number: average over the batch.
"""


def critic_loss(real_img, fake_img):
    return fake_img - real_img


def generator_loss(fake_img):
    return -fake_img


# %% numpy_losses
"""NumPy or `.numpy()` is used in the losses.

The tape does not record them, so the losses have no gradient, and a graph, where `fit` runs your step, has no
`.numpy()`. Use `tf.` or `keras.ops`.
"""


def critic_loss(real_img, fake_img):
    return tf.constant(np.mean(fake_img.numpy()) - np.mean(real_img.numpy()))


def generator_loss(fake_img):
    return tf.constant(-np.mean(fake_img.numpy()))


# %% absolute_distance
"""The critic's loss is the absolute difference of the means.

The sign matters: the critic must give real images the higher scores. And minimizing an absolute value pulls the two
means together, the opposite of what the critic wants.
"""


def critic_loss(real_img, fake_img):
    return tf.abs(tf.reduce_mean(fake_img) - tf.reduce_mean(real_img))


# %% only_the_fakes
"""The critic's loss leaves out the real images.

With the fakes alone the critic lowers all scores. The loss is the mean of the fake scores minus that of the real ones.
"""


def critic_loss(real_img, fake_img):
    return tf.reduce_mean(fake_img)


# %% squared_scores
"""The losses are squared errors of the scores, as in a least-squares GAN.

A Wasserstein critic has no target scores: its loss is a difference of two means.
"""


def critic_loss(real_img, fake_img):
    return tf.reduce_mean(tf.square(real_img - 1)) + tf.reduce_mean(tf.square(fake_img))


def generator_loss(fake_img):
    return tf.reduce_mean(tf.square(fake_img - 1))


# %% half_the_difference
"""The critic's loss is half of the difference.

Often the mean is taken over all scores together. Take one mean of the fake scores and one of the real scores.
"""


def critic_loss(real_img, fake_img):
    return tf.reduce_mean(tf.concat([fake_img, -real_img], axis=0))


# %% sigmoid_scores
"""The scores go through a sigmoid first.

A critic's scores are not probabilities: they have no bounds, and the losses use them without an activation.
"""


def critic_loss(real_img, fake_img):
    return tf.reduce_mean(tf.sigmoid(fake_img)) - tf.reduce_mean(tf.sigmoid(real_img))


def generator_loss(fake_img):
    return -tf.reduce_mean(tf.sigmoid(fake_img))

# %% signs_swapped
"""Both losses have the wrong sign: they are what the players want to be large.

An optimizer makes a loss smaller. The critic wants real scores high and fake ones low, so real scores carry the minus.
"""


def critic_loss(real_img, fake_img):
    return tf.reduce_mean(real_img) - tf.reduce_mean(fake_img)


def generator_loss(fake_img):
    return tf.reduce_mean(fake_img)


# %% critic_sign_swapped
"""The critic's loss has the wrong sign.

With it the critic gives fakes the higher scores. It wants real scores high, so they carry the minus.
"""


def critic_loss(real_img, fake_img):
    return tf.reduce_mean(real_img) - tf.reduce_mean(fake_img)


# %% generator_sign_swapped
"""The generator's loss has the wrong sign.

The generator wants high scores for its images, and a loss is made smaller: put a minus before the mean.
"""


def generator_loss(fake_img):
    return tf.reduce_mean(fake_img)


# %% crossentropy
"""The losses are crossentropies, as in the GAN with labels.

A critic gives scores on an open scale and not logits of a label; its loss is a difference of two means.
"""


def critic_loss(real_img, fake_img):
    loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
    return loss_fn(tf.ones_like(real_img), real_img) + loss_fn(tf.zeros_like(fake_img), fake_img)


def generator_loss(fake_img):
    return keras.losses.BinaryCrossentropy(from_logits=True)(tf.ones_like(fake_img), fake_img)


# %% sums_for_means
"""The scores are added up over the batch, not averaged.

Then a short last batch counts for less, and the weight of the penalty would have to change with the batch size.
"""


def critic_loss(real_img, fake_img):
    return tf.reduce_sum(fake_img) - tf.reduce_sum(real_img)


def generator_loss(fake_img):
    return -tf.reduce_sum(fake_img)


# %% one_loss_per_example
"""The losses still have the shape of the batch.

The step adds a scalar penalty to them and differentiates one number: average over the batch.
"""


def critic_loss(real_img, fake_img):
    return fake_img - real_img


def generator_loss(fake_img):
    return -fake_img


# %% numpy_losses
"""The means are taken with NumPy: no gradient comes back.

`.numpy()` and `np.mean` leave the tape, and do not exist in the graph that `fit` makes. Stay with `tf.` or `keras.ops`.
"""


def critic_loss(real_img, fake_img):
    return tf.constant(np.mean(fake_img.numpy()) - np.mean(real_img.numpy()))


def generator_loss(fake_img):
    return tf.constant(-np.mean(fake_img.numpy()))


# %% absolute_distance
"""The critic's loss is the absolute difference of the means.

Its sign matters: the critic must learn which of the two is the real one. And the smaller an absolute value, the closer
the two are, which is the opposite of what the critic wants.
"""


def critic_loss(real_img, fake_img):
    return tf.abs(tf.reduce_mean(fake_img) - tf.reduce_mean(real_img))

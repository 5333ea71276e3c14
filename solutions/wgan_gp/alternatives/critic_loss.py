# %% keras_ops
"""With keras.ops, the difference of means the other way round."""


def critic_loss(real_img, fake_img):
    return -(keras.ops.mean(real_img) - keras.ops.mean(fake_img))


def generator_loss(fake_img):
    return keras.ops.mean(-fake_img)


# %% mean_of_differences
"""Real and fake scores are paired; decorated and annotated."""


@tf.function
def critic_loss(real_img: tf.Tensor, fake_img: tf.Tensor) -> tf.Tensor:
    return tf.math.reduce_mean(tf.subtract(fake_img, real_img))


@tf.function
def generator_loss(fake_img: tf.Tensor) -> tf.Tensor:
    return tf.math.reduce_mean(-1.0 * fake_img)


# %% keras_wgan_gp_example
"""As the Keras WGAN-GP example names its parts."""


def critic_loss(real_img, fake_img):
    real_loss = tf.reduce_mean(real_img)
    fake_loss = tf.reduce_mean(fake_img)
    return fake_loss - real_loss


def generator_loss(fake_img):
    return -tf.reduce_mean(fake_img)


# %% labels_of_one
"""The form with labels +1 and -1: the mean of label times score."""


def wasserstein(labels, scores):
    return tf.reduce_mean(labels * scores)


def critic_loss(real_img, fake_img):
    return wasserstein(-tf.ones_like(real_img), real_img) + wasserstein(tf.ones_like(fake_img), fake_img)


def generator_loss(fake_img):
    return wasserstein(-tf.ones_like(fake_img), fake_img)

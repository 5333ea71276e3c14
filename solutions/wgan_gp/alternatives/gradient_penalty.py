# %% keras_ops_and_flat_norm
"""Weights real and fake, with keras.random and keras.ops; the norm of each row of a reshaped gradient."""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        share = keras.random.uniform((batch_size, 1, 1, 1), 0.0, 1.0)
        mixed = share * real_images + (1.0 - share) * fake_images
        with tf.GradientTape() as gp_tape:
            gp_tape.watch(mixed)
            score = self.discriminator(mixed, training=True)
        slope = keras.ops.reshape(gp_tape.gradient(score, [mixed])[0], (batch_size, -1))
        length = keras.ops.norm(slope, axis=1)
        return keras.ops.mean(keras.ops.power(length - 1.0, 2))


# %% uniform_in_the_keras_example
"""As the Keras WGAN-GP example, with a uniform draw; the whole class in one piece."""


class WGAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.d_steps = discriminator_extra_steps
        self.gp_weight = gp_weight

    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.d_loss_fn = d_loss_fn
        self.g_loss_fn = g_loss_fn

    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform([batch_size, 1, 1, 1], 0.0, 1.0)
        diff = fake_images - real_images
        interpolated = real_images + alpha * diff

        with tf.GradientTape() as gp_tape:
            gp_tape.watch(interpolated)
            pred = self.discriminator(interpolated, training=True)

        grads = gp_tape.gradient(pred, [interpolated])[0]
        norm = tf.sqrt(tf.reduce_sum(tf.square(grads), axis=[1, 2, 3]))
        return tf.reduce_mean((norm - 1.0) ** 2)


# %% own_batch_size
"""Asks the images for their number, keeps the root away from 0, and and takes the gradient in a helper."""


def slopes_of(critic, images):
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(images)
        total = tf.reduce_sum(critic(images))
    return tape.gradient(total, images)


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        shape = tf.concat([tf.shape(real_images)[:1], [1, 1, 1]], axis=0)
        epsilon = tf.random.uniform(shape, dtype=real_images.dtype)
        between = epsilon * real_images + (1 - epsilon) * fake_images
        squares = tf.reduce_sum(slopes_of(self.discriminator, between) ** 2, axis=[1, 2, 3])
        return tf.reduce_mean((tf.sqrt(squares + 1e-12) - 1.0) ** 2)


# %% persistent_tape
"""A persistent tape, `tf.norm` of the flattened gradient, a squared difference; decorated."""


class WGAN(WGAN):
    @tf.function
    def gradient_penalty(self, batch_size, real_images, fake_images):
        weight = tf.random.uniform(tf.stack([batch_size, 1, 1, 1]))
        point = tf.identity(real_images * weight + fake_images * (1.0 - weight))
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(point)
            scores = tf.squeeze(self.discriminator(point), axis=-1)
        gradient = tape.gradient(scores, point)
        flat = tf.reshape(gradient, (tf.shape(gradient)[0], -1))
        norms = tf.norm(flat, ord="euclidean", axis=1)
        return tf.reduce_mean(tf.math.squared_difference(norms, tf.ones_like(norms)))


# %% one_example_after_another
"""`tf.random.Generator` draws; the mean is a sum divided by the batch size."""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        draw = tf.random.get_global_generator().uniform([tf.shape(real_images)[0]])
        draw = draw[:, None, None, None]
        point = real_images - draw * (real_images - fake_images)
        with tf.GradientTape() as tape:
            tape.watch(point)
            score = self.discriminator(point)
        gradient = tape.gradient(score, point)
        norm = tf.linalg.norm(keras.layers.Flatten()(gradient), axis=-1)
        return tf.reduce_sum((1 - norm) ** 2) / tf.cast(batch_size, tf.float32)

# %% keras_dcgan_example
"""As the Keras DCGAN example: labels with noise, latents from a seed generator, running means returned."""


class GAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.seed_generator = keras.random.SeedGenerator(1337)

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn
        self.d_loss_metric = keras.metrics.Mean(name="d_loss")
        self.g_loss_metric = keras.metrics.Mean(name="g_loss")

    @property
    def metrics(self):
        return [self.d_loss_metric, self.g_loss_metric]

    def train_step(self, real_images):
        n = keras.ops.shape(real_images)[0]
        latents = keras.random.normal(shape=(n, self.latent_dim), seed=self.seed_generator)
        generated = self.generator(latents)
        combined = keras.ops.concatenate([generated, real_images], axis=0)
        labels = keras.ops.concatenate([keras.ops.ones((n, 1)), keras.ops.zeros((n, 1))], axis=0)
        labels += 0.05 * tf.random.uniform(tf.shape(labels))

        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(combined))
        grads = tape.gradient(d_loss, self.discriminator.trainable_weights)
        self.d_optimizer.apply_gradients(zip(grads, self.discriminator.trainable_weights))

        latents = keras.random.normal(shape=(n, self.latent_dim), seed=self.seed_generator)
        misleading = keras.ops.zeros((n, 1))
        with tf.GradientTape() as tape:
            g_loss = self.loss_fn(misleading, self.discriminator(self.generator(latents)))
        grads = tape.gradient(g_loss, self.generator.trainable_weights)
        self.g_optimizer.apply_gradients(zip(grads, self.generator.trainable_weights))

        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% two_loss_calls
"""A helper for each network; fakes and real images are shown one after the other, and the losses added."""


class GAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.generator, self.discriminator = generator, discriminator
        self.d_tracker = keras.metrics.Mean(name="d_loss")
        self.g_tracker = keras.metrics.Mean(name="g_loss")

    def compile(self, d_optimizer, g_optimizer, loss_fn, **kwargs):
        super().compile(**kwargs)
        self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn

    @property
    def metrics(self):
        return [self.d_tracker, self.g_tracker]

    def make_images(self, count, training=True):
        return self.generator(tf.random.normal(shape=[count, self.latent_dim]), training=training)

    def train_discriminator(self, real_images):
        fakes = self.make_images(tf.shape(real_images)[0])
        with tf.GradientTape() as tape:
            on_real = self.discriminator(real_images, training=True)
            on_fake = self.discriminator(fakes, training=True)
            loss = self.loss_fn(tf.zeros_like(on_real), on_real) + self.loss_fn(tf.ones_like(on_fake), on_fake)
        variables = self.discriminator.trainable_variables
        self.d_optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    def train_generator(self, count):
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.make_images(count), training=True)
            loss = self.loss_fn(tf.zeros_like(scores), scores)
        variables = self.generator.trainable_variables
        self.g_optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    def train_step(self, real_images):
        self.d_tracker.update_state(self.train_discriminator(real_images))
        self.g_tracker.update_state(self.train_generator(tf.shape(real_images)[0]))
        return {metric.name: metric.result() for metric in self.metrics}


# %% shared_latents
"""One batch of latents and fakes serves both networks; the two discriminator losses are averaged."""


class GAN(keras.Model):
    def __init__(self, discriminator: keras.Model, generator: keras.Model, latent_dim: int) -> None:
        super().__init__(name="gan")
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.loss_means = {name: keras.metrics.Mean(name=name) for name in ("d_loss", "g_loss")}

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile(run_eagerly=False)
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn

    @property
    def metrics(self):
        return list(self.loss_means.values())

    def train_step(self, data):
        real = data[0] if isinstance(data, (tuple, list)) else data
        z = tf.random.normal((tf.shape(real)[0], self.latent_dim))
        with tf.GradientTape() as generator_tape:
            fake = self.generator(z, training=True)
            with tf.GradientTape() as discriminator_tape:
                real_logits = self.discriminator(real, training=True)
                fake_logits = self.discriminator(fake, training=True)
                d_loss = 0.5 * (
                    self.loss_fn(tf.zeros_like(real_logits), real_logits)
                    + self.loss_fn(tf.ones_like(fake_logits), fake_logits)
                )
            d_grads = discriminator_tape.gradient(d_loss, self.discriminator.trainable_variables)
            self.d_optimizer.apply(d_grads, self.discriminator.trainable_variables)
            fooled = self.discriminator(fake, training=True)
            g_loss = self.loss_fn(tf.zeros_like(fooled), fooled)
        g_grads = generator_tape.gradient(g_loss, self.generator.trainable_variables)
        self.g_optimizer.apply(g_grads, self.generator.trainable_variables)
        for name, value in (("d_loss", d_loss), ("g_loss", g_loss)):
            self.loss_means[name].update_state(value)
        return {name: mean.result() for name, mean in self.loss_means.items()}


# %% frozen_discriminator
"""Real images first; smoothed labels; the discriminator is frozen in the generator's half; this step's losses
returned."""


class GAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim):
        super(GAN, self).__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super(GAN, self).compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn
        self.d_loss_metric = tf.keras.metrics.Mean(name="d_loss")
        self.g_loss_metric = tf.keras.metrics.Mean(name="g_loss")

    @property
    def metrics(self):
        return [self.d_loss_metric, self.g_loss_metric]

    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        noise = tf.random.normal([batch_size, self.latent_dim])
        images = tf.concat([tf.cast(real_images, tf.float32), self.generator(noise)], 0)
        labels = tf.concat([tf.fill([batch_size, 1], 0.05), tf.fill([batch_size, 1], 0.95)], 0)

        self.discriminator.trainable = True
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(y_true=labels, y_pred=self.discriminator(images, training=True))
        d_vars = self.discriminator.trainable_variables
        self.d_optimizer.apply_gradients(list(zip(tape.gradient(d_loss, d_vars), d_vars)))

        noise = tf.random.normal([batch_size, self.latent_dim])
        self.discriminator.trainable = False
        with tf.GradientTape() as tape:
            verdict = self.discriminator(self.generator(noise, training=True), training=False)
            g_loss = self.loss_fn(y_true=tf.zeros([batch_size, 1]), y_pred=verdict)
        g_vars = self.generator.trainable_variables
        self.g_optimizer.apply_gradients(list(zip(tape.gradient(g_loss, g_vars), g_vars)))
        self.discriminator.trainable = True

        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% decorated_step
"""The step is decorated with `tf.function`; the metrics are those that Keras tracks by itself."""


class GAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.d_mean = keras.metrics.Mean("d_loss")
        self.g_mean = keras.metrics.Mean("g_loss")

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn

    def call(self, latents):
        return self.generator(latents)

    @tf.function
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        with tf.GradientTape() as tape:
            fakes = tf.stop_gradient(self(tf.random.normal((count, self.latent_dim))))
            logits = self.discriminator(tf.concat([real_images, fakes], axis=0))
            labels = tf.concat([tf.zeros(count), tf.ones(count)], axis=0)[:, tf.newaxis]
            d_loss = tf.reduce_mean(self.loss_fn(labels, logits))
        gradient = tape.gradient(d_loss, self.discriminator.trainable_variables)
        self.d_optimizer.apply_gradients(zip(gradient, self.discriminator.trainable_variables))
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in self.generator.trainable_variables])
            logits = self.discriminator(self(tf.random.normal((count, self.latent_dim))))
            g_loss = tf.reduce_mean(self.loss_fn(tf.zeros((count, 1)), logits))
        gradient = tape.gradient(g_loss, [variable.value for variable in self.generator.trainable_variables])
        self.g_optimizer.apply_gradients(zip(gradient, self.generator.trainable_variables))
        self.d_mean.update_state(d_loss)
        self.g_mean.update_state(g_loss)
        return {"d_loss": self.d_mean.result(), "g_loss": self.g_mean.result()}


# %% optimizers_told_their_weights
"""The optimizers are built in `compile`, and get the gradients alone."""


class GAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.trackers = [keras.metrics.Mean(name=name) for name in ("d_loss", "g_loss")]

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.halves = ((self.discriminator, d_optimizer), (self.generator, g_optimizer))
        for network, optimizer in self.halves:
            optimizer.build(network.trainable_variables)
        self.loss_fn = loss_fn

    @property
    def metrics(self):
        return self.trackers

    def losses_of(self, real_images):
        count = tf.shape(real_images)[0]
        fakes = self.generator(tf.random.normal((count, self.latent_dim)))
        logits = self.discriminator(tf.concat([fakes, real_images], axis=0))
        yield self.loss_fn(tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0), logits)
        logits = self.discriminator(self.generator(tf.random.normal((count, self.latent_dim))))
        yield self.loss_fn(tf.zeros((count, 1)), logits)

    def train_step(self, real_images):
        losses = self.losses_of(real_images)
        for (network, optimizer), tracker in zip(self.halves, self.trackers):
            with tf.GradientTape() as tape:
                loss = next(losses)
            optimizer.apply(tape.gradient(loss, network.trainable_variables))
            tracker(loss)
        return {tracker.name: tracker.result() for tracker in self.trackers}

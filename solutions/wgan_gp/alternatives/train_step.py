# %% keras_example_step
"""As the Keras WGAN-GP example: the generator runs once for each round, arguments by name."""


class WGAN(WGAN):
    def train_step(self, real_images):
        if isinstance(real_images, tuple):
            real_images = real_images[0]
        batch_size = tf.shape(real_images)[0]

        for i in range(self.discriminator_extra_steps):
            noise = tf.random.normal(shape=(batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(noise, training=True)
                fake_logits = self.discriminator(fake_images, training=True)
                real_logits = self.discriminator(real_images, training=True)
                d_cost = self.d_loss_fn(real_img=real_logits, fake_img=fake_logits)
                gp = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = d_cost + gp * self.gp_weight
            d_gradient = tape.gradient(d_loss, self.discriminator.trainable_variables)
            self.d_optimizer.apply_gradients(zip(d_gradient, self.discriminator.trainable_variables))

        noise = tf.random.normal(shape=(batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            generated = self.generator(noise, training=True)
            g_loss = self.g_loss_fn(self.discriminator(generated, training=True))
        gen_gradient = tape.gradient(g_loss, self.generator.trainable_variables)
        self.g_optimizer.apply_gradients(zip(gen_gradient, self.generator.trainable_variables))
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% one_call_for_both_kinds
"""Fakes and real images go through the critic together; the fakes are made outside of the tape; helpers for the
networks."""


class WGAN(WGAN):
    def noise(self, count):
        return keras.random.normal((count, self.latent_dim))

    def critic_round(self, real_images, count):
        fakes = self.generator(self.noise(count), training=True)
        variables = self.discriminator.trainable_variables
        with tf.GradientTape() as tape:
            scores = self.discriminator(keras.ops.concatenate([real_images, fakes], axis=0), training=True)
            cost = self.d_loss_fn(scores[:count], scores[count:])
            cost += self.gp_weight * self.gradient_penalty(count, real_images, fakes)
        self.d_optimizer.apply(tape.gradient(cost, variables), variables)
        return cost

    def train_step(self, data):
        count = keras.ops.shape(data)[0]
        costs = [self.critic_round(data, count) for _ in range(self.discriminator_extra_steps)]
        variables = self.generator.trainable_variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            for variable in variables:
                tape.watch(variable.value)
            loss = self.g_loss_fn(self.discriminator(self.generator(self.noise(count))))
        self.g_optimizer.apply(tape.gradient(loss, [variable.value for variable in variables]), variables)
        return {"g_loss": loss, "d_loss": costs[-1]}


# %% with_metrics
"""Metrics for the last costs; all noise is drawn at once; the generator goes on with the last fakes' latents."""


class WGAN(WGAN):
    def compile(self, *args, **kwargs):
        super().compile(*args, **kwargs)
        self.d_mean = keras.metrics.Mean(name="d_loss")
        self.g_mean = keras.metrics.Mean(name="g_loss")

    @property
    def metrics(self):
        return [self.d_mean, self.g_mean]

    def train_step(self, real_images):
        n, rounds = tf.shape(real_images)[0], self.discriminator_extra_steps
        noise = tf.random.normal((rounds, n, self.latent_dim))
        self.generator.trainable = False
        for latents in [noise[i] for i in range(rounds)]:
            with tf.GradientTape() as tape:
                fakes = self.generator(latents)
                penalty = self.gradient_penalty(n, real_images, fakes)
                d_loss = self.d_loss_fn(self.discriminator(real_images), self.discriminator(fakes))
                d_loss = tf.add(d_loss, tf.multiply(penalty, self.gp_weight))
            grads = tape.gradient(d_loss, self.discriminator.trainable_variables)
            self.d_optimizer.apply_gradients(zip(grads, self.discriminator.trainable_variables))
        self.generator.trainable = True

        self.discriminator.trainable = False
        with tf.GradientTape() as tape:
            g_loss = self.g_loss_fn(self.discriminator(self.generator(latents)))
        grads = tape.gradient(g_loss, self.generator.trainable_variables)
        self.g_optimizer.apply_gradients(zip(grads, self.generator.trainable_variables))
        self.discriminator.trainable = True
        self.d_mean.update_state(d_loss)
        self.g_mean.update_state(g_loss)
        return {"d_loss": self.d_mean.result(), "g_loss": self.g_mean.result()}


# %% two_gradients_added
"""The penalty has its own tape; its gradient is added with its weight."""


class WGAN(WGAN):
    @tf.function
    def train_step(self, real_images):
        size = tf.shape(real_images)[0]
        critic, maker = self.discriminator, self.generator
        for _ in range(self.discriminator_extra_steps):
            fakes = maker(tf.random.normal([size, self.latent_dim]), training=True)
            with tf.GradientTape() as loss_tape:
                loss = self.d_loss_fn(critic(real_images, training=True), critic(fakes, training=True))
            with tf.GradientTape() as penalty_tape:
                penalty = self.gradient_penalty(size, real_images, fakes)
            first = loss_tape.gradient(loss, critic.trainable_variables)
            second = penalty_tape.gradient(penalty, critic.trainable_variables)
            # no penalty depends on the last bias
            both = [one if other is None else one + self.gp_weight * other for one, other in zip(first, second)]
            self.d_optimizer.apply_gradients(zip(both, critic.trainable_variables))
            d_loss = loss + self.gp_weight * penalty
        with tf.GradientTape() as tape:
            g_loss = self.g_loss_fn(critic(maker(tf.random.normal([size, self.latent_dim]), training=True)))
        gradient = tape.gradient(g_loss, maker.trainable_variables)
        self.g_optimizer.apply_gradients(zip(gradient, maker.trainable_variables))
        return dict(d_loss=d_loss, g_loss=g_loss)

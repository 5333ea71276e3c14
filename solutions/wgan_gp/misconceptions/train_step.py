# %% gp_weight_ignored
"""The penalty is added without its weight.

The critic minimizes its loss plus `gp_weight` times the penalty.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% penalty_left_out
"""The critic's loss lacks the penalty.

Without it, nothing keeps the norm of the critic's gradient near 1, and the scores grow without bounds. Add `gp_weight`
times the penalty, on the tape.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                d_loss = self.d_loss_fn(real_scores, fake_scores)
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% penalty_off_the_tape
"""The penalty is in the loss, but the critic does not learn from it.

Often it is computed before the tape starts, or after its block: the tape records only what happens inside.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            fake_images = self.generator(latents, training=True)
            penalty = self.gradient_penalty(batch_size, real_images, fake_images)
            with tf.GradientTape() as tape:
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% penalty_subtracted
"""The penalty is subtracted.

Then norms far from 1 make the loss smaller. A penalty must make it larger: add it.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) - self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% one_critic_step
"""The critic is updated once, whatever `discriminator_extra_steps` is.

Put the critic's update into a loop over `range(self.discriminator_extra_steps)`.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(1):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% one_round_too_many
"""The critic gets one round more than `discriminator_extra_steps`.

Despite its name, the number counts all rounds of the critic per update of the generator.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(1 + self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% generator_in_the_loop
"""The generator is updated in each round of the critic.

The generator's update comes after the loop, once.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                scores = self.discriminator(self.generator(latents, training=True), training=True)
                g_loss = self.g_loss_fn(scores)
            own = self.generator.trainable_weights
            self.g_optimizer.apply(tape.gradient(g_loss, own), own)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% generator_before_the_critic
"""The generator is updated before the critic's rounds.

The generator learns from the critic's scores, so the critic is updated first.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% critic_moves_in_the_generators_step
"""The generator's update also changes the critic's weights.

The generator's loss depends on both networks. Give the tape and the optimizer the generator's weights only.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights + self.discriminator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% generator_moves_in_the_critics_rounds
"""The critic's rounds also change the generator's weights.

The critic's loss depends on both networks, if the tape records how the fakes are made. Give the tape and the optimizer
the critic's weights only.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights + self.generator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% scores_swapped
"""`d_loss_fn` gets the fakes' scores first.

Its signature is `d_loss_fn(real_img, fake_img)`: swapped, the critic learns to prefer fakes.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(fake_scores, real_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% images_for_scores
"""The losses get images, not the critic's scores for them.

`d_loss_fn` and `g_loss_fn` take scores: call the critic on the images first.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_images, fake_images) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.generator(latents, training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% same_noise_each_round
"""Each round of the critic uses the same latents.

The critic should see new fakes in each round. Draw the latents inside the loop.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        latents = tf.random.normal((batch_size, self.latent_dim))
        for _ in range(self.discriminator_extra_steps):
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% fakes_made_outside
"""In the generator's update, no gradient reaches the generator.

The gradient goes from the loss through the critic and the image back to the generator's weights: all of it must be on
the tape. Often the fakes are made before it starts.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        fakes = self.generator(latents, training=True)
        with tf.GradientTape() as tape:
            scores = self.discriminator(fakes, training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% batch_size_from_the_shape
"""The batch size is None: it is taken from `shape`.

In the graph that `fit` traces it is unknown, because the last batch may be shorter. `tf.shape(real_images)[0]` is a
tensor whose value is known when the step runs.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = real_images.shape[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% critic_loss_without_penalty_returned
"""The `d_loss` that is returned lacks the penalty.

Return what the critic minimized in its last round: its loss plus the weighted penalty.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss - self.gp_weight * penalty, "g_loss": g_loss}


# %% mean_over_the_rounds
"""The `d_loss` that is returned is the mean over the critic's rounds.

The task asks for the loss of the last round, the one before the generator's update.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights, losses = self.discriminator.trainable_weights, []
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            losses.append(d_loss)
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": tf.reduce_mean(losses), "g_loss": g_loss}


# %% critic_climbs
"""The critic's weights move up its loss, not down.

An optimizer subtracts the gradient. Pass it the gradient that the tape returns, without a minus.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply([-g for g in tape.gradient(d_loss, weights)], weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% numpy_noise
"""Under `fit`, the latents are drawn only once, or not at all.

`fit` traces your code once and then runs the graph. Often NumPy draws: its numbers are constants in the graph, and it
raises an error if the batch size is unknown. Use `tf.random.normal`.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = np.random.normal(size=(len(real_images), self.latent_dim)).astype("float32")
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% critic_stays_frozen
"""From the second step on, the critic's weights do not change.

Often it is frozen for the generator's update, and never unfrozen. Set `trainable` back to True, or do not change it at
all: it is enough to compute the gradient with respect to the generator's weights.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        losses = super().train_step(real_images)
        self.discriminator.trainable = False
        return losses


# %% optimizers_swapped
"""Each network is updated by the other's optimizer.

`d_optimizer` is for the critic, `g_optimizer` for the generator.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        self.d_optimizer, self.g_optimizer = self.g_optimizer, self.d_optimizer
        losses = super().train_step(real_images)
        self.d_optimizer, self.g_optimizer = self.g_optimizer, self.d_optimizer
        return losses


# %% losses_swapped
"""`d_loss` and `g_loss` are returned under each other's name.

`d_loss` is the critic's loss, `g_loss` the generator's.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        losses = super().train_step(real_images)
        return {"d_loss": losses["g_loss"], "g_loss": losses["d_loss"]}


# %% one_latent_for_all
"""All fakes of a batch are made from the same latent.

Draw one latent per image. Otherwise all fakes of a batch are equal.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.repeat(tf.random.normal((1, self.latent_dim)), batch_size, axis=0)
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% three_rounds_always
"""The critic gets three rounds, whatever `discriminator_extra_steps` is.

3 is the default of the argument: use `self.discriminator_extra_steps`.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        asked, self.discriminator_extra_steps = self.discriminator_extra_steps, 3
        losses = super().train_step(real_images)
        self.discriminator_extra_steps = asked
        return losses


# %% loss_of_the_first_round
"""The `d_loss` that is returned is that of the critic's first round.

The task asks for the loss of the last round, the one before the generator's update.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights, losses = self.discriminator.trainable_weights, []
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            losses.append(d_loss)
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": losses[0], "g_loss": g_loss}


# %% penalty_divided_by_the_batch_size
"""The penalty is divided by the batch size.

`gradient_penalty` already returns a mean over the batch. Multiply it by `gp_weight` only.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images) / tf.cast(batch_size, tf.float32)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% latents_of_the_first_step
"""Later steps use the latents of the first step again.

The critic then always gets fakes from the same latents. Draw new ones inside the loop, in every step.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        if not hasattr(self, "kept_latents"):
            self.kept_latents = [
                tf.random.normal((batch_size, self.latent_dim)) for _ in range(self.discriminator_extra_steps)
            ]
        for latents in self.kept_latents:
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents[:batch_size], training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% generator_gradient_of_one_dense_layer
"""The generator's update is right only for networks of one dense layer.

Often its gradient is written out as a formula. Let a tape compute the gradient: it works for any network.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        scores = self.discriminator(self.generator(latents, training=True), training=True)
        with tf.GradientTape() as tape:
            tape.watch(scores)
            g_loss = self.g_loss_fn(scores)
        slopes = tf.matmul(tape.gradient(g_loss, scores), tf.convert_to_tensor(weights[0]), transpose_b=True)
        gradients = [tf.matmul(latents, slopes, transpose_a=True), tf.reduce_sum(slopes, axis=0)]
        self.g_optimizer.apply(gradients, self.generator.trainable_weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% critic_gradient_of_one_dense_layer
"""The critic's update is right only for networks of one dense layer.

Often its gradient is written out as a formula. Let a tape compute the gradient: it works for any network.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        kernel, bias = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            fake_images = self.generator(tf.random.normal((batch_size, self.latent_dim)), training=True)
            scores = [self.discriminator(images, training=True) for images in (real_images, fake_images)]
            with tf.GradientTape(persistent=True) as tape:
                tape.watch(scores)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(*scores) + self.gp_weight * penalty
            slopes = tf.concat(tape.gradient(d_loss, scores), axis=0)
            images = tf.reshape(tf.concat([real_images, fake_images], axis=0), (2 * batch_size, -1))
            gradients = [tf.matmul(images, slopes, transpose_a=True), tf.reduce_sum(slopes, axis=0)]
            gradients[0] += self.gp_weight * tape.gradient(penalty, kernel)
            self.d_optimizer.apply(gradients, [kernel, bias])

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% weights_changed_by_hand
"""The step changes the weights by the learning rate times the gradient, without the optimizers.

That is plain gradient descent, whatever optimizer `compile` is given: momentum or the averages of `Adam` play no role.
Pass the gradients to `apply` of each optimizer.
"""

class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            for weight, gradient in zip(weights, tape.gradient(d_loss, weights)):
                weight.assign_sub(self.d_optimizer.learning_rate * gradient)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        for weight, gradient in zip(weights, tape.gradient(g_loss, weights)):
            weight.assign_sub(self.g_optimizer.learning_rate * gradient)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% new_optimizer_in_each_round
"""Each round makes a new optimizer with the settings of the given one.

An optimizer keeps averages of earlier gradients, which a new one lacks. Nor can it make its variables under `fit`. Use
the optimizers that `compile` is given.
"""

class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            optimizer = type(self.d_optimizer).from_config(self.d_optimizer.get_config())
            optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        optimizer = type(self.g_optimizer).from_config(self.g_optimizer.get_config())
        optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% one_number_per_latent
"""One random number is drawn per latent, and repeated `latent_dim` times.

All latents then lie on one line, and so do the generator's inputs. Draw a tensor of shape `(batch_size, latent_dim)`.
"""

class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.tile(tf.random.normal((batch_size, 1)), (1, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


# %% latents_with_both_signs
"""Half of the latents are the other half with the opposite sign.

Each latent must be drawn independently of the others. Draw as many as there are images.
"""

class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            half = tf.random.normal(((batch_size + 1) // 2, self.latent_dim))
            latents = tf.concat([half, -half], axis=0)[:batch_size]
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}

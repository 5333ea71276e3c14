# %% gp_weight_ignored
"""The penalty is added without its weight.

What the critic minimises is its loss plus `gp_weight` times the penalty.
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
"""The penalty is not part of what the critic minimises.

Without it nothing holds the critic's slope near 1, and its scores run away. Add `gp_weight` times the penalty on the
tape.
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
"""The penalty is computed before the tape starts: it is in the loss, but the critic does not learn from it.

The tape differentiates what happens inside of its block only.
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

Then the critic is paid for slopes that are far from 1. A penalty makes a loss larger.
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
"""The critic moves once, whatever `discriminator_extra_steps` is.

Its round belongs into a loop: the generator can only follow a critic that is nearly right.
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

Despite its name the number counts all of the critic's rounds for one step of the generator.
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


# %% three_written_down
"""The critic always gets three rounds.

Three is the default only: use `self.discriminator_extra_steps`.
"""


class WGAN(WGAN):
    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(3):
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
"""The generator moves in each round of the critic.

The generator's step comes after the loop, once.
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
"""The generator moves before the critic's rounds.

It learns from what the critic says, so the critic is brought up to date first.
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
"""The generator's step moves the critic's weights as well.

The generator's loss depends on both networks. Ask the tape for the generator's weights only.
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
"""The critic's rounds move the generator's weights as well.

With the fakes made on the tape the critic's loss depends on both networks. Ask the tape for the critic's weights
only.
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

`d_loss_fn` and `g_loss_fn` compare scores: the images have to go through the critic first.
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
"""The latents are drawn once and used in each round of the critic.

The critic should see new fakes each time. Draw the latents inside of the loop.
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
"""In the generator's step the images are made before the tape starts.

The gradient has to go from the loss through the critic and the image back to the generator's weights: all of it must
be on the tape.
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
"""The batch size is read from `real_images.shape`.

In the graph that `fit` makes it is None there, since the last batch may be shorter. `tf.shape(real_images)[0]` is
known when the step runs.
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

Return what the critic minimised in its last round: its loss with the weighted penalty in it.
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

Asked for is that of the last round, after which the generator moves.
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
"""The critic's weights move the wrong way.

The optimizer goes down the gradient of the loss by itself: hand it the gradient as it is.
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
"""The latents are drawn with NumPy.

In a graph they are drawn once, when it is traced, and are constants from then on; with an unknown batch size they
can't be drawn at all. Use `tf.random.normal`.
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

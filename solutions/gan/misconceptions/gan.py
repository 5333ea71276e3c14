# %% discriminator_labels_swapped
"""The discriminator learns that real images are fakes, and fakes real: its labels stand in the wrong order.

Images and labels must be put together in the same order. Here a fake has the label 1 and a real image the label 0.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        fakes = self.generator(tf.random.normal((count, self.latent_dim)))
        images = tf.concat([real_images, fakes], axis=0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal((count, self.latent_dim)))
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% real_is_one
"""Real images have the label 1 and fakes 0, throughout.

Many texts do it that way, and the game is the same. In this notebook the convention is the other one, fake 1 and real
0, in both halves of the step.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        fakes = self.generator(tf.random.normal((count, self.latent_dim)))
        with tf.GradientTape() as tape:
            real_logits, fake_logits = self.discriminator(real_images), self.discriminator(fakes)
            d_loss = self.loss_fn(tf.ones_like(real_logits), real_logits)
            d_loss += self.loss_fn(tf.zeros_like(fake_logits), fake_logits)
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            logits = self.discriminator(self.generator(tf.random.normal((count, self.latent_dim))))
            g_loss = self.loss_fn(tf.ones_like(logits), logits)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% generator_told_the_truth
"""In the generator's turn its images have the label of fakes.

Its loss is then small when the discriminator sees through it, so it learns to be found out. It must be told the
misleading label: that of a real image.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        fakes = self.generator(tf.random.normal((count, self.latent_dim)))
        images = tf.concat([fakes, real_images], axis=0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal((count, self.latent_dim)))
            g_loss = self.loss_fn(tf.ones((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% discriminator_moves_twice
"""The generator's step moves the discriminator's weights as well.

The generator's loss depends on both players. Ask the tape for the generator's weights only: else the discriminator
learns, in the same step, to be misled.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        fakes = self.generator(tf.random.normal((count, self.latent_dim)))
        images = tf.concat([fakes, real_images], axis=0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal((count, self.latent_dim)))
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% generator_moves_twice
"""The discriminator's step moves the generator's weights as well.

With the fakes made on the tape the discriminator's loss depends on both players. Ask the tape for the discriminator's
weights only: else the generator learns to be told apart.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal((count, self.latent_dim)))
            images = tf.concat([fakes, real_images], axis=0)
            d_loss = self.loss_fn(labels, self.discriminator(images))
        weights = self.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal((count, self.latent_dim)))
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% images_from_predict
"""The images are made with `predict`.

`predict` gives NumPy arrays: no gradient goes back through them to the generator, and in a graph, which is where `fit`
runs your step, it does not work at all. Call the model: `self.generator(latents)`.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        fakes = self.generator.predict(tf.random.normal((count, self.latent_dim)), verbose=0)
        images = tf.concat([fakes, real_images], axis=0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            fakes = self.generator.predict(tf.random.normal((count, self.latent_dim)), verbose=0)
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% images_made_outside_the_tape
"""In the generator's turn the images are made before the tape starts, or cut off with `stop_gradient`.

The gradient has to go from the loss through the discriminator and the image back to the generator's weights. What
happens before `with tf.GradientTape()` is not recorded: the generator gets no gradient.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        fakes = self.generator(tf.random.normal((count, self.latent_dim)))
        images = tf.concat([fakes, real_images], axis=0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% only_fakes_shown
"""The discriminator is shown fakes only.

To tell two kinds apart it needs both. With one kind alone it learns to say "fake" to everything.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        fakes = self.generator(tf.random.normal((count, self.latent_dim)))
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(tf.ones((count, 1)), self.discriminator(fakes))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal((count, self.latent_dim)))
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% generator_first
"""The generator moves before the discriminator.

The generator learns from what the discriminator says, so the discriminator is brought up to date first. The task fixes
this order.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal((count, self.latent_dim)))
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        fakes = self.generator(tf.random.normal((count, self.latent_dim)))
        images = tf.concat([fakes, real_images], axis=0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% both_at_once
"""Both losses are computed first, then both players move.

The generator is then judged by the discriminator as it was before its step. Let the discriminator move, and ask it
again.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fakes = self.generator(tf.random.normal((count, self.latent_dim)), training=True)
            real_logits = self.discriminator(real_images, training=True)
            fake_logits = self.discriminator(fakes, training=True)
            d_loss = self.loss_fn(tf.zeros_like(real_logits), real_logits)
            d_loss += self.loss_fn(tf.ones_like(fake_logits), fake_logits)
            g_loss = self.loss_fn(tf.zeros_like(fake_logits), fake_logits)
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(d_tape.gradient(d_loss, weights), weights)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(g_tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% one_optimizer
"""The discriminator's optimizer moves the generator, too.

An optimizer has a learning rate, and moments for each weight, of its own: `d_optimizer` is for the discriminator,
`g_optimizer` for the generator.
"""


class GAN(GAN):
    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile(d_optimizer, d_optimizer, loss_fn)


# %% optimizers_swapped
"""Each player is moved by the other's optimizer.

`d_optimizer` is for the discriminator, `g_optimizer` for the generator.
"""


class GAN(GAN):
    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile(g_optimizer, d_optimizer, loss_fn)


# %% fixed_batch_size
"""The batch size is written down as a number.

The last batch of an epoch is shorter, and the next user of the class has another batch size. Ask the tensor for it:
`tf.shape(real_images)[0]`.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = 64
        fakes = self.generator(tf.random.normal((count, self.latent_dim)))
        images = tf.concat([fakes, real_images], axis=0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal((count, self.latent_dim)))
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% batch_size_of_the_shape
"""The batch size is read from `real_images.shape`.

Eagerly that is a number; in the graph that `fit` makes it is None, because the last batch may be shorter.
`tf.shape(real_images)[0]` is a tensor and is known when the step runs.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = real_images.shape[0]
        fakes = self.generator(tf.random.normal((count, self.latent_dim)))
        images = tf.concat([fakes, real_images], axis=0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal((count, self.latent_dim)))
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% one_latent_for_all
"""One latent vector serves the whole batch.

Each image needs a latent of its own: else the generator makes the same image over and over within a batch.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        latents = tf.repeat(tf.random.normal((1, self.latent_dim)), count, axis=0)
        images = tf.concat([self.generator(latents), real_images], axis=0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(self.generator(latents)))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% metrics_never_reset
"""The running means are not listed in `metrics`, so nobody resets them.

Keras resets, at the start of each epoch, the metrics that the property lists. Without them the numbers of the tenth
epoch still hold those of the first.
"""


class GAN(GAN):
    @property
    def metrics(self):
        return []


# %% loss_arguments_swapped
"""The loss gets predictions first and labels second.

A Keras loss is called `loss_fn(y_true, y_pred)`. For the squared error the order is all the same; for the crossentropy
it is not.
"""


class GAN(GAN):
    def train_step(self, real_images):
        loss_fn = self.loss_fn
        self.loss_fn = lambda labels, logits: loss_fn(logits, labels)
        losses = super().train_step(real_images)
        self.loss_fn = loss_fn
        return losses


# %% two_discriminator_steps
"""The discriminator moves twice in a step.

Fakes and real images belong to one loss and one update: with an update for each kind the second undoes part of the
first.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        fakes = self.generator(tf.random.normal((count, self.latent_dim)))
        losses = []
        for images, labels in ((real_images, tf.zeros((count, 1))), (fakes, tf.ones((count, 1)))):
            with tf.GradientTape() as tape:
                losses.append(self.loss_fn(labels, self.discriminator(images)))
            self.d_optimizer.apply(tape.gradient(losses[-1], weights), weights)
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal((count, self.latent_dim)))
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(sum(losses))
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% compile_without_super
"""`compile` does not call `super().compile()`.

`fit` asks whether the model has been compiled, and refuses otherwise. Your `compile` adds to Keras's own and does not
replace it.
"""


class GAN(GAN):
    def compile(self, d_optimizer, g_optimizer, loss_fn):
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn
        self.d_loss_metric = keras.metrics.Mean(name="d_loss")
        self.g_loss_metric = keras.metrics.Mean(name="g_loss")

# %% discriminator_labels_swapped
"""The discriminator's labels are swapped: fakes get 0 and real images 1.

Concatenate images and labels in the same order. In this notebook a fake has the label 1 and a real image the label 0.
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
"""Real images have the label 1 and fakes 0, in both halves of the step.

Many texts, and the lecture, use these labels, and training works the same. This notebook uses fake 1 and real 0.
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
"""In the generator's half, the fakes have the label 1.

This loss is small when the discriminator recognizes the fakes, so the generator learns to be recognized. Use the
misleading label 0, that of a real image.
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
"""The generator's half also changes the discriminator's weights.

The generator's loss depends on both networks. Give the tape and the optimizer the generator's weights only: otherwise
the discriminator learns to be misled.
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
"""The discriminator's half also changes the generator's weights.

The discriminator's loss depends on both networks, if the tape records how the fakes are made. Give the tape and the
optimizer the discriminator's weights only: otherwise the generator learns to be recognized.
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
"""The fakes are made with `predict`, or are no tensors.

`predict` returns NumPy arrays: no gradient reaches the generator through them, and it does not work in a graph, where
`fit` runs your step. Call the model: `self.generator(latents)`.
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
"""In the generator's half, no gradient reaches the generator.

The gradient goes from the loss through the discriminator and the image back to the generator's weights. Often the fakes
are made before the tape starts, or cut off with `stop_gradient`.
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
"""The discriminator's loss covers fakes only.

The discriminator needs both kinds to tell them apart. With fakes alone it learns to say "fake" to everything.
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
"""The generator's half comes before the discriminator's.

The generator learns from the discriminator, so the discriminator is updated first. The task fixes this order.
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
"""The generator's loss uses the discriminator before its update.

Often both losses are computed first, then both networks are updated. Update the discriminator first, then call it again
on new fakes.
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
"""`d_optimizer` updates both networks.

Each optimizer has its own learning rate, and its own moments for each weight: `d_optimizer` is for the discriminator,
`g_optimizer` for the generator.
"""


class GAN(GAN):
    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile(d_optimizer, d_optimizer, loss_fn)


# %% optimizers_swapped
"""Each network is updated by the other's optimizer.

`d_optimizer` is for the discriminator, `g_optimizer` for the generator.
"""


class GAN(GAN):
    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile(g_optimizer, d_optimizer, loss_fn)


# %% fixed_batch_size
"""The number of fakes is the same for every batch.

The last batch of an epoch may be shorter, and other data may have other batch sizes. Read the size from the tensor:
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
"""The batch size is None: it is taken from `shape`.

In the graph that `fit` traces it is unknown, because the last batch may be shorter. `tf.shape(real_images)[0]` is a
tensor whose value is known when the step runs.
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
"""All images of a batch are made from the same latent.

Then all images of a batch are equal. Draw one latent per image.
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
"""The running means are not reset.

At the start of each epoch Keras resets the metrics that the property `metrics` lists. If it does not list them, the
mean that is shown after the tenth epoch is the mean over all ten.
"""


class GAN(GAN):
    @property
    def metrics(self):
        return []


# %% loss_arguments_swapped
"""The loss gets predictions first and labels second.

A Keras loss is called `loss_fn(y_true, y_pred)`. The squared error is the same either way, but the crossentropy is not.
"""


class GAN(GAN):
    def train_step(self, real_images):
        loss_fn = self.loss_fn
        self.loss_fn = lambda labels, logits: loss_fn(logits, labels)
        losses = super().train_step(real_images)
        self.loss_fn = loss_fn
        return losses


# %% two_discriminator_steps
"""The discriminator is updated twice in a step, once for each kind of image.

Fakes and real images belong to one loss and one update: with one update for each kind, the second undoes part of the
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
"""`super().compile()` is not called.

`fit` needs a compiled model, and raises an error otherwise. Your `compile` extends Keras's own: call it first.
"""


class GAN(GAN):
    def compile(self, d_optimizer, g_optimizer, loss_fn):
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn
        self.d_loss_metric = keras.metrics.Mean(name="d_loss")
        self.g_loss_metric = keras.metrics.Mean(name="g_loss")


# %% networks_on_the_class
"""All models use the networks of the last model.

Often they are stored on the class or in a global: `GAN.generator = generator` sets one attribute for all instances.
Store them on the instance: `self.generator`.
"""


class GAN(GAN):
    kept = {}

    def __init__(self, discriminator, generator, latent_dim):
        super().__init__(discriminator, generator, latent_dim)
        GAN.kept["networks"] = (discriminator, generator)

    def train_step(self, real_images):
        self.discriminator, self.generator = GAN.kept["networks"]
        return super().train_step(real_images)


# %% first_compile_only
"""A second `compile` does not replace the optimizers.

After a `compile` with other optimizers, training must use them. Assign all arguments in every call.
"""


class GAN(GAN):
    def compile(self, d_optimizer, g_optimizer, loss_fn):
        if hasattr(self, "d_optimizer"):
            d_optimizer, g_optimizer = self.d_optimizer, self.g_optimizer
        super().compile(d_optimizer, g_optimizer, loss_fn)


# %% discriminator_stays_frozen
"""From the second step on, the discriminator's weights do not change.

Often it is frozen for the generator's half, and never unfrozen. Set `trainable` back to True, or do not change it at
all: it is enough to compute the gradient with respect to the generator's weights.
"""


class GAN(GAN):
    def train_step(self, real_images):
        losses = super().train_step(real_images)
        self.discriminator.trainable = False
        return losses


# %% same_latents_each_step
"""Every step uses the same latents.

The generator then learns images for these latents only. Draw new latents inside `train_step`.
"""


class GAN(GAN):
    def __init__(self, discriminator, generator, latent_dim):
        super().__init__(discriminator, generator, latent_dim)
        self.latents = tf.random.normal((512, latent_dim))

    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        latents = self.latents[:count]
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


# %% numpy_latents
"""Under `fit` every step gets the same latents.

Often they are drawn with NumPy, which draws only once, while the graph is traced, or with a fixed seed. Draw with
`tf.random.normal` or `keras.random.normal`, without a seed.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        many = tf.constant(np.random.normal(size=(512, self.latent_dim)), tf.float32)
        images = tf.concat([self.generator(many[:count]), real_images], axis=0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        many = tf.constant(np.random.normal(size=(512, self.latent_dim)), tf.float32)
        with tf.GradientTape() as tape:
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(self.generator(many[:count])))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% gradient_ascent
"""The discriminator's weights move up its loss, not down.

An optimizer subtracts the gradient, so it makes the loss smaller. Negate neither of them.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        fakes = self.generator(tf.random.normal((count, self.latent_dim)))
        images = tf.concat([fakes, real_images], axis=0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images))
            negative = -d_loss
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(negative, weights), weights)
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal((count, self.latent_dim)))
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% strong_label_noise
"""The labels have noise of more than 0.05.

Noise of up to 0.05 is allowed here. With more, the discriminator learns wrong targets.
"""


class GAN(GAN):
    def train_step(self, real_images):
        loss_fn = self.loss_fn
        self.loss_fn = lambda labels, logits: loss_fn(
            labels + 0.06 + 0.24 * tf.random.uniform(tf.shape(labels)), logits
        )
        losses = super().train_step(real_images)
        self.loss_fn = loss_fn
        return losses


# %% losses_swapped
"""`d_loss` and `g_loss` are returned under each other's name.

`d_loss` is the discriminator's loss, on fakes and real images; `g_loss` is the generator's, on its own images.
"""


class GAN(GAN):
    def train_step(self, real_images):
        losses = super().train_step(real_images)
        return {"d_loss": losses["g_loss"], "g_loss": losses["d_loss"]}


# %% metrics_not_updated
"""The running means stay at 0.

A `keras.metrics.Mean` changes only when you call `update_state(loss)`. Call it in every step, once for each loss.
"""


class GAN(GAN):
    def train_step(self, real_images):
        before = [[tf.identity(variable) for variable in metric.variables] for metric in self.metrics]
        losses = {name: tf.identity(value) for name, value in super().train_step(real_images).items()}
        for metric, values in zip(self.metrics, before):
            for variable, value in zip(metric.variables, values):
                variable.assign(value)
        return losses


# %% rescaled_in_the_step
"""The discriminator gets real images of another scale.

Their values are already in [0, 1], like those of the fakes. Dividing by 255 makes all real images nearly black, which
the discriminator recognizes at once.
"""


class GAN(GAN):
    def train_step(self, real_images):
        return super().train_step(tf.cast(real_images, tf.float32) / 255)


# %% fewer_fakes
"""The number of fakes differs from the number of real images.

Draw one latent per real image, so that both kinds have the same weight in the loss.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        fewer = (count + 1) // 2
        fakes = self.generator(tf.random.normal((fewer, self.latent_dim)))
        images = tf.concat([fakes, real_images], axis=0)
        labels = tf.concat([tf.ones((fewer, 1)), tf.zeros((count, 1))], axis=0)
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


# %% gradients_of_one_dense_layer
"""The updates are right only for networks of one dense layer.

Often the gradients are written out as a formula. Let a tape compute them: it works for any network.
"""


class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        (kernel, bias), (g_kernel, g_bias) = self.discriminator.trainable_weights, self.generator.trainable_weights
        fakes = self.generator(tf.random.normal((count, self.latent_dim)))
        images = tf.concat([fakes, real_images], axis=0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        logits = self.discriminator(images)
        d_loss = self.loss_fn(labels, logits)
        slopes = 2 * (logits - labels) / tf.cast(2 * count, tf.float32)
        rows = tf.reshape(images, (2 * count, -1))
        self.d_optimizer.apply([tf.matmul(rows, slopes, transpose_a=True), tf.reduce_sum(slopes, 0)], [kernel, bias])
        latents = tf.random.normal((count, self.latent_dim))
        logits = self.discriminator(self.generator(latents))
        g_loss = self.loss_fn(tf.zeros((count, 1)), logits)
        slopes = tf.matmul(2 * logits / tf.cast(count, tf.float32), tf.convert_to_tensor(kernel), transpose_b=True)
        gradients = [tf.matmul(latents, slopes, transpose_a=True), tf.reduce_sum(slopes, 0)]
        self.g_optimizer.apply(gradients, [g_kernel, g_bias])
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% weights_changed_by_hand
"""The step changes the weights by the learning rate times the gradient, without the optimizers.

That is plain gradient descent, whatever optimizer `compile` is given: momentum or the averages of `Adam` play no role.
Pass the gradients to `apply` of each optimizer.
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
        for weight, gradient in zip(weights, tape.gradient(d_loss, weights)):
            weight.assign_sub(self.d_optimizer.learning_rate * gradient)
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal((count, self.latent_dim)))
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        for weight, gradient in zip(weights, tape.gradient(g_loss, weights)):
            weight.assign_sub(self.g_optimizer.learning_rate * gradient)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% new_optimizers_in_each_step
"""The step makes new optimizers with the settings of the given ones.

An optimizer keeps averages of earlier gradients, which a new one lacks. Nor can it make its variables under `fit`. Use
the optimizers that `compile` is given.
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
        optimizer = type(self.d_optimizer).from_config(self.d_optimizer.get_config())
        optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal((count, self.latent_dim)))
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        optimizer = type(self.g_optimizer).from_config(self.g_optimizer.get_config())
        optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% returned_means_never_reset
"""The step returns means that are never reset.

At the start of each epoch, Keras resets what `metrics` lists, and nothing else. Return `result()` of the two metrics
that are listed there.
"""

class GAN(GAN):
    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile(d_optimizer, g_optimizer, loss_fn)
        self.sums = {"d_loss": tf.Variable(0.0), "g_loss": tf.Variable(0.0), "steps": tf.Variable(0.0)}

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
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        for name, value in (("d_loss", d_loss), ("g_loss", g_loss), ("steps", 1.0)):
            self.sums[name].assign_add(value)
        return {name: self.sums[name] / self.sums["steps"] for name in ("d_loss", "g_loss")}


# %% losses_added_up
"""The step returns the sums of the losses of all steps so far.

A sum grows with the number of steps. Return running means, or the two losses of the step.
"""

class GAN(GAN):
    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile(d_optimizer, g_optimizer, loss_fn)
        self.sums = {"d_loss": tf.Variable(0.0), "g_loss": tf.Variable(0.0)}

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
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        self.sums["d_loss"].assign_add(d_loss)
        self.sums["g_loss"].assign_add(g_loss)
        return {name: tf.identity(total) for name, total in self.sums.items()}


# %% one_number_per_latent
"""One random number is drawn per latent, and repeated `latent_dim` times.

All latents then lie on one line, and so do the generator's inputs. Draw a tensor of shape `(batch_size, latent_dim)`.
"""

class GAN(GAN):
    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        fakes = self.generator(tf.tile(tf.random.normal((count, 1)), (1, self.latent_dim)))
        images = tf.concat([fakes, real_images], axis=0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.tile(tf.random.normal((count, 1)), (1, self.latent_dim)))
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% latents_with_both_signs
"""Half of the latents are the other half with the opposite sign.

Each latent must be drawn independently of the others. Draw as many as there are images.
"""

class GAN(GAN):
    def draw(self, count):
        half = tf.random.normal(((count + 1) // 2, self.latent_dim))
        return tf.concat([half, -half], axis=0)[:count]

    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        fakes = self.generator(self.draw(count))
        images = tf.concat([fakes, real_images], axis=0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            fakes = self.generator(self.draw(count))
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


# %% uniform_latents
"""The latents are uniform, not normal.

The DCGAN paper draws them between -1 and 1. Here the text asks for a standard normal distribution.
"""

class GAN(GAN):
    def draw(self, count):
        return tf.random.uniform((count, self.latent_dim), -1.0, 1.0)

    def train_step(self, real_images):
        count = tf.shape(real_images)[0]
        fakes = self.generator(self.draw(count))
        images = tf.concat([fakes, real_images], axis=0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            fakes = self.generator(self.draw(count))
            g_loss = self.loss_fn(tf.zeros((count, 1)), self.discriminator(fakes))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}

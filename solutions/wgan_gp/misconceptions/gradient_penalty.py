# %% normal_draw
"""The interpolates are drawn from a normal distribution: many lie beyond the real or the fake image.

That is how a widely copied example has it. About two thirds of normal numbers are outside of [0, 1], and with them the
penalty holds the slope at places where there are neither real images nor fakes. Draw from the uniform distribution on
[0, 1].
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.normal([batch_size, 1, 1, 1], 0.0, 1.0)
        diff = fake_images - real_images
        interpolated = real_images + alpha * diff
        with tf.GradientTape() as gp_tape:
            gp_tape.watch(interpolated)
            pred = self.discriminator(interpolated, training=True)
        grads = gp_tape.gradient(pred, [interpolated])[0]
        norm = tf.sqrt(tf.reduce_sum(tf.square(grads), axis=[1, 2, 3]))
        return tf.reduce_mean((norm - 1.0) ** 2)


# %% one_draw_for_the_batch
"""One number is drawn for the whole batch.

Then all interpolates of a batch are at the same place on their segments. Give the draw the batch's length on its first
axis.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform(())
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(tf.square(norm - 1))


# %% a_draw_for_each_pixel
"""A number is drawn for each pixel.

Then an interpolate is a patchwork of real and fake pixels and does not lie on the segment between the two images. One
draw an example: shape `(batch, 1, 1, 1)`.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform(tf.shape(real_images))
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(tf.square(norm - 1))


# %% midpoint
"""Nothing is drawn: the critic is asked half-way between real and fake.

The slope should be near 1 all along the way, not in the middle only. Draw a place for each example.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        interpolates = (real_images + fake_images) / 2
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(tf.square(norm - 1))


# %% real_images_alone
"""The slope is taken at the real images.

That is another regularizer. Here the slope counts on the way between real images and fakes: draw a place on it for
each example.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        images = tf.identity(real_images)
        with tf.GradientTape() as tape:
            tape.watch(images)
            scores = self.discriminator(images, training=True)
        gradient = tape.gradient(scores, images)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(tf.square(norm - 1))


# %% fake_images_alone
"""The slope is taken at the fakes.

Here the slope counts on the way between real images and fakes: draw a place on it for each example.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        images = tf.identity(fake_images)
        with tf.GradientTape() as tape:
            tape.watch(images)
            scores = self.discriminator(images, training=True)
        gradient = tape.gradient(scores, images)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(tf.square(norm - 1))


# %% norm_over_the_batch
"""The norm runs over the batch as well: one norm for all gradients together.

Each image has a slope of its own. Add the squares over height, width and channels only, so that the norm has shape
`(batch,)`.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform((batch_size, 1, 1, 1))
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        return tf.square(tf.norm(gradient) - 1)


# %% no_square_root
"""The square root is missing: the squared norm is compared with 1.

A norm is the root of the sum of squares. Without it a slope of 2 pays 9 and not 1.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform((batch_size, 1, 1, 1))
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3))
        return tf.reduce_mean(tf.square(norm - 1))


# %% pulled_to_zero
"""The penalty is the squared norm: it pulls the slope to 0, not to 1.

A critic without any slope tells the generator nothing. What pays is the distance of the norm from 1.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform((batch_size, 1, 1, 1))
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        return tf.reduce_mean(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))


# %% one_sided
"""Only slopes above 1 pay.

That is a variant that some papers prefer. Here a slope below 1 pays as well: `(norm - 1)²` without a cut.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform((batch_size, 1, 1, 1))
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(tf.square(tf.maximum(norm - 1, 0)))


# %% not_squared
"""The distance from 1 is not squared.

Without the square, or an absolute value, slopes below 1 are paid for by those above.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform((batch_size, 1, 1, 1))
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(norm - 1)


# %% gradient_of_the_mean_score
"""The gradient is that of the mean score, so it is too small by the batch size.

`tape.gradient(scores, images)` adds the scores up, which leaves each image its own gradient. A mean divides each of
them by the number of images.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform((batch_size, 1, 1, 1))
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            score = tf.reduce_mean(self.discriminator(interpolates, training=True))
        gradient = tape.gradient(score, interpolates)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(tf.square(norm - 1))


# %% summed_over_the_batch
"""The penalties of the examples are added up, not averaged.

Then the weight of the penalty grows with the batch size. Take the mean over the batch.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform((batch_size, 1, 1, 1))
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_sum(tf.square(norm - 1))


# %% gradient_cut_off
"""The penalty is a mere number: no gradient leads from it to the critic's weights.

`stop_gradient`, `.numpy()`, or NumPy on the way end the tape's record. The critic would be told how bad its slope is,
but not how to change it.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform((batch_size, 1, 1, 1))
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tf.stop_gradient(tape.gradient(scores, interpolates))
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(tf.square(norm - 1))


# %% numpy_draw
"""The places are drawn with NumPy: in a graph they are drawn once, for ever.

`fit` traces your code once and then runs the graph. What NumPy drew is a constant in it, and its length is that of the
first batch, if the batch size is known at all.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = np.random.uniform(size=(batch_size, 1, 1, 1)).astype("float32")
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(tf.square(norm - 1))


# %% weighted_already
"""The penalty is multiplied by `gp_weight` here already.

`train_step` applies the weight. Whoever calls `gradient_penalty` wants the penalty itself.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        return self.gp_weight * super().gradient_penalty(batch_size, real_images, fake_images)

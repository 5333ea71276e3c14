# %% normal_draw
"""Many interpolates lie beyond the real or the fake image.

Often the places are drawn from a normal distribution, as in the linked Keras example: two thirds of its numbers are
outside [0, 1]. Draw from the uniform distribution on [0, 1].
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
"""All interpolates of a batch are at the same place on their segments.

Often one number is drawn for the whole batch. Draw a tensor of shape `(batch, 1, 1, 1)`.
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
"""The pixels of an interpolate are at different places between real and fake.

It then does not lie on the segment between the two images. Often a number is drawn for each pixel. Draw one number per
example: shape `(batch, 1, 1, 1)`.
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
"""All interpolates are half-way between real and fake.

The norm should be near 1 on the whole segment, not only in the middle. Draw one number per example.
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
"""The gradient is taken at the real images.

That is a different regularizer. This penalty uses points between real images and fakes: draw a place on the segment for
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
"""The gradient is taken at the fakes.

This penalty uses points between real images and fakes: draw a place on the segment for each example.
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

Each image has its own gradient and its own norm. Sum the squares over height, width and channels only, so that the norm
has the shape `(batch,)`.
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

A norm is the root of the sum of squares. Without the root, a norm of 2 costs 9 and not 1.
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
"""The penalty is the squared norm: it pulls the norm to 0, not to 1.

With a gradient of 0, the generator gets no signal from the critic. The penalty is the squared distance of the norm from
1.
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
"""Only norms above 1 are penalized.

Some papers prefer that variant. Here a norm below 1 is penalized as well: `(norm - 1)²`.
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

Without the square, norms below 1 make up for those above, and the penalty can be negative.
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
"""Each example's gradient is divided by the batch size.

Often because the gradient is that of the mean score. `tape.gradient(scores, interpolates)` differentiates the sum of
the scores, so each image gets its own gradient.
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
"""The penalties of the examples are summed, not averaged.

Then the penalty grows with the batch size. Take the mean over the batch.
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
"""The penalty has no gradient with respect to the critic's weights.

The critic then does not learn from the penalty. Often `stop_gradient`, `.numpy()` or NumPy cuts the gradient off
between the inner gradient and the result.
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
"""In a graph, the places are drawn only once, or not at all.

`fit` traces your code once and then runs the graph. Often NumPy draws: its numbers are constants in the graph, and it
raises an error if the batch size is a tensor. Use `tf.random.uniform`.
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
"""`gradient_penalty` already multiplies by `gp_weight`.

`train_step` applies the weight. Return the penalty itself.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        return self.gp_weight * super().gradient_penalty(batch_size, real_images, fake_images)


# %% norm_per_channel
"""The norm is taken per channel, over height and width only.

The gradient of an image is one vector: sum the squares over channels, too, `axis=(1, 2, 3)`.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform((batch_size, 1, 1, 1))
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2)))
        return tf.reduce_mean(tf.square(norm - 1))


# %% mean_for_the_sum
"""The norm uses the mean of the squares, not their sum.

The root of the mean is smaller than the norm: it is divided by the root of the number of entries. Use `tf.reduce_sum`.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform((batch_size, 1, 1, 1))
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.sqrt(tf.reduce_mean(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(tf.square(norm - 1))


# %% absolute_values
"""The norm is the sum of absolute values.

The penalty uses the Euclidean norm: the root of the sum of squares.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform((batch_size, 1, 1, 1))
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.reduce_sum(tf.abs(gradient), axis=(1, 2, 3))
        return tf.reduce_mean(tf.square(norm - 1))


# %% mean_norm_first
"""The norms are averaged before they are compared with 1.

Then a norm of 0.5 makes up for one of 1.5. Square the distance of each norm from 1, and average at the end.
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
        return tf.square(tf.reduce_mean(norm) - 1)


# %% one_penalty_per_example
"""The penalty is not averaged: it holds one number per example.

`train_step` adds it to a scalar loss. Average over the batch.
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
        return tf.square(norm - 1)


# %% half_of_the_segment
"""The interpolates are only in the half of the segment next to the real image.

Often the places are drawn from [0, 0.5]. Draw from the whole segment: uniform on [0, 1].
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform((batch_size, 1, 1, 1), 0.0, 0.5)
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(tf.square(norm - 1))


# %% interpolates_not_watched
"""The gradient with respect to the interpolates is None.

A tape watches trainable variables, but no other tensors: call `tape.watch(interpolates)` inside its block, before the
critic is called on them.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform((batch_size, 1, 1, 1))
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(tf.square(norm - 1))


# %% draws_used_twice
"""The two halves of the batch have the same places on their segments.

Each example needs its own draw: the shape is `(batch_size, 1, 1, 1)`.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        few = tf.random.uniform(((batch_size + 1) // 2, 1, 1, 1))
        alpha = tf.concat([few, few], axis=0)[:batch_size]
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(tf.square(norm - 1))


# %% step_away_from_the_fake
"""The interpolates lie on the other side of the real image, away from the fake.

Often the difference has the wrong sign: `real + alpha * (fake - real)` goes from the real image to the fake.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform((batch_size, 1, 1, 1))
        interpolates = real_images + alpha * (real_images - fake_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(tf.square(norm - 1))


# %% norm_of_the_kernel
"""The penalty uses the norm of the critic's kernel, which is that of its gradient for linear critics only.

Let a tape compute the gradient of the scores with respect to the interpolates, and take its norm.
"""


class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        alpha = tf.random.uniform((batch_size, 1, 1, 1))
        self.discriminator(real_images + alpha * (fake_images - real_images), training=True)
        kernel = tf.convert_to_tensor(self.discriminator.trainable_weights[0])
        return tf.square(tf.norm(kernel) - 1)

# %% divergence_not_in_the_loss
"""The divergence is reported, but it is not part of the loss.

Without it nothing keeps the clouds near the origin, nor wide: the model becomes an ordinary autoencoder. Add both
terms, under the tape.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% divergence_not_in_the_gradient
"""The gradient is that of the reconstruction loss alone.

The sum is formed and shown, but what the tape differentiates is only the first term. The divergence must have a say
in where the encoder's weights go.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(reconstruction_loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% divergence_subtracted
"""The divergence is subtracted from the loss.

The divergence is what the loss should make small. With a minus, training drives the clouds away.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss - kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% divergence_averaged
"""The divergence is averaged over the latent axes, too.

The mean over a whole tensor of terms is too small by the number of latent axes. Call your kl_divergence, which sums
them.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            terms = 1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
            kl_loss = -0.5 * tf.reduce_mean(terms)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% mean_over_the_pixels
"""The reconstruction loss is the mean over the pixels, not their sum.

Then the divergence outweighs it by far, and the codes collapse to the standard normal. Height and width are summed,
only channels and batch are averaged.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(pixel_losses)
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% sum_over_the_batch_too
"""The reconstruction loss is summed over the batch as well.

Then it grows with the batch size, and so does every step. One number an image, then the mean of these.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_sum(pixel_losses)
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% sum_over_batch_and_rows
"""The reconstruction loss is summed over axes 0 and 1: batch and height.

The crossentropy has averaged over the channels already; what is left is (batch, height, width). Which two axes are
height and width?
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(0, 1)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% sum_over_rows_only
"""The reconstruction loss is summed over the height only.

One of the two image axes is averaged instead of summed. After the sum there should be one number for each image.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=1))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% squared_error
"""The reconstruction loss is the squared error.

It would train, too, but the question asks for the binary crossentropy: the negative log likelihood of a pixel that
is on with the probability that the decoder gives.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = tf.reduce_mean(tf.square(data - self.decoder(z)), axis=-1)
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% arguments_swapped
"""Images and reconstructions are swapped in the crossentropy.

The crossentropy is not symmetric: the truth comes first. Swapped, it takes the logarithm of the image.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(self.decoder(z), data)
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% sum_over_channels
"""The crossentropy is summed over the channels.

binary_crossentropy averages over the last axis, and the question wants that mean. For grey images you see no
difference; for three channels it is a factor of three.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = data.shape[-1] * keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% logits_assumed
"""The reconstruction is taken for logits.

The decoder ends in a sigmoid. from_logits=True applies a second one.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z), from_logits=True)
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% mean_is_decoded
"""The decoder gets z_mean instead of z.

Then no noise ever reaches the decoder, and nothing makes neighbouring codes decode alike. Decode the third output.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z_mean))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% only_decoder_trained
"""Only the decoder's weights are trained.

The encoder's weights are part of the loss as well, through z and through the divergence. Is the encoder called
under the tape, and are its weights among those that the gradient is taken for?
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.decoder.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.decoder.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% only_encoder_trained
"""Only the encoder's weights are trained.

The decoder never changes, so it can never learn to draw. Ask for the gradient of the weights of both.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.encoder.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.encoder.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% gradient_stopped_at_z
"""The gradient is stopped between encoder and decoder.

Then the encoder learns from the divergence alone, and forgets the images. That z can be differentiated is the whole
point of the sampling trick.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(tf.stop_gradient(z)))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% ascent
"""The step goes uphill.

An optimizer subtracts what you give it. The gradient needs no minus of your own.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = [-gradient for gradient in tape.gradient(loss, self.trainable_weights)]
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% step_twice
"""The optimizer is called twice for one gradient.

Each call is one more step with the same gradient. One batch, one step.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% optimizer_not_used
"""The gradient is computed, but no weight moves.

A gradient changes nothing by itself: hand it, with the weights, to self.optimizer.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        assert gradients
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% values_of_the_last_batch
"""There are no trackers: the values of this batch are returned.

fit then shows what the last batch of the epoch gave, and that jumps about. A keras.metrics.Mean collects the values
of an epoch.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return []

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {"loss": loss, "reconstruction_loss": reconstruction_loss, "kl_loss": kl_loss}


# %% metrics_not_listed
"""The property metrics lists none of the trackers.

fit resets what metrics lists at the start of each epoch. A tracker that is not listed averages over all epochs.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return []

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        trackers = (self.loss_tracker, self.reconstruction_tracker, self.kl_tracker)
        return {tracker.name: tracker.result() for tracker in trackers}


# %% only_the_loss_listed
"""The property metrics lists one of the three trackers.

The other two are never reset, so their means run on over all epochs. List all three.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        trackers = (self.loss_tracker, self.reconstruction_tracker, self.kl_tracker)
        return {tracker.name: tracker.result() for tracker in trackers}


# %% numbers_in_the_step
"""The step turns tensors into Python numbers.

Called by hand this works. Under fit the step is traced into a graph, where a tensor has no value yet: leave tensors
tensors, the trackers take them.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(float(loss))
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss.numpy())
        return {metric.name: metric.result() for metric in self.metrics}


# %% batch_size_written_down
"""The sum over all pixels is divided by a batch size of 64, whatever came.

The last batch of an epoch may be smaller, and others choose another size. Average over the batch that came.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_sum(pixel_losses) / 64.0
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% values_returned_beside_the_trackers
"""The trackers are updated, but train_step returns the values of this batch.

fit may show the trackers nevertheless. Whoever calls train_step gets numbers that jump about: return result() of each
tracker.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {"loss": loss, "reconstruction_loss": reconstruction_loss, "kl_loss": kl_loss}


# %% trackers_of_the_class
"""The trackers are attributes of the class: all models share them.

What is written below `class` exists once. Each model needs its own trackers: make them in __init__.
"""


class VAE(keras.Model):
    trackers = [keras.metrics.Mean(name=name) for name in ("loss", "reconstruction_loss", "kl_loss")]

    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder

    @property
    def metrics(self):
        return VAE.trackers

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        for tracker, value in zip(VAE.trackers, (loss, reconstruction_loss, kl_loss)):
            tracker.update_state(value)
        return {tracker.name: tracker.result() for tracker in VAE.trackers}


# %% loss_reported_without_divergence
"""The gradient is right, but the tracker of the loss gets the reconstruction loss alone.

What is reported should be what is trained: loss is the sum of both parts.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(reconstruction_loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% divergence_weighted_down
"""The divergence is multiplied by a small factor.

Such a factor is a choice of other models (beta-VAE). Here both parts of the loss count in full.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = 0.1 * kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% divergence_of_z
"""The divergence is computed from z and z_log_var, not from z_mean.

The formula needs the center of the cloud. z is one draw from it.
"""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}


# %% divergence_tracker_not_listed
"""The property metrics lists two of the three trackers: that of the divergence is missing.

`fit` resets what is listed. The mean of the divergence runs on over all epochs. List all three.
"""


class VAE(VAE):
    @property
    def metrics(self):
        return super().metrics[:2]

    def train_step(self, data):
        results = super().train_step(data)
        return {**results, "kl_loss": super().metrics[2].result()}


# %% losses_exchanged
"""reconstruction_loss and kl_loss are returned under each other's name.

Each entry of the dict is the mean that its name says.
"""


class VAE(VAE):
    def train_step(self, data):
        results = super().train_step(data)
        return {**results, "reconstruction_loss": results["kl_loss"], "kl_loss": results["reconstruction_loss"]}

# %% divergence_not_in_the_loss
"""The divergence is reported, but it is not part of the loss.

Without it nothing keeps the distributions near the standard normal. Add both terms under the tape.
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
"""The gradient is that of the reconstruction loss only.

The divergence is not minimized. Often the sum of both terms is reported, but the tape differentiates only the first.
Pass the sum to `tape.gradient`.
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


# %% own_draws_without_divergence
"""The step draws the codes itself, and its gradient is that of the reconstruction loss only.

The divergence is reported, but not minimized. Pass the sum of both terms to `tape.gradient`.
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
            z_mean, z_log_var, _ = self.encoder(data)
            z = z_mean + tf.exp(0.5 * z_log_var) * tf.random.normal(tf.shape(z_mean))
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

The loss must make the divergence small. If it is subtracted, training makes it large. Add it.
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
"""The divergence is also averaged over the latent axes.

The result is too small by the number of latent axes. Use the value of your `kl_divergence`, which sums over them.
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
"""The reconstruction loss is the mean over the pixels instead of their sum.

The divergence then outweighs it, and all codes move to the standard normal. Sum over height and width; average only
over channels and batch.
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

It then grows with the batch size. First compute one number per image, then the mean over the batch.
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
"""The reconstruction loss is summed over axes 0 and 1, batch and height.

The crossentropy has shape `(batch, height, width)`. Sum over height and width, then average over the batch.
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
"""The reconstruction loss is summed only over the height.

The width is averaged instead of summed. After the sum there must be one number per image.
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

The question asks for the binary crossentropy, `keras.losses.binary_crossentropy`.
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

The crossentropy is not symmetric: the images come first. If the two are swapped, the logarithm is taken of the image.
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

The question asks for the mean over the channels, as `binary_crossentropy` computes it. For one channel both are equal;
for three they differ by a factor of three.
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
"""The crossentropy applies a sigmoid to the reconstructions.

The decoder ends in a sigmoid, and `from_logits=True` applies a second one. Leave `from_logits` at its default.
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
"""The decoder gets `z_mean` instead of `z`.

Then the decoder never gets noise, and nothing makes neighboring codes decode to similar images. Decode the third
output.
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
"""The encoder's weights do not change.

The loss depends on them, too, through `z` and the divergence. Call the encoder under the tape, and compute the gradient
for the weights of both networks.
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
"""The decoder's weights do not change.

Compute the gradient for the weights of both networks, with the decoder called under the tape.
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
"""The encoder learns only from the divergence, not from the images.

Often the gradient is stopped between encoder and decoder, for example by NumPy. The sampling layer is written so that
`z` has a gradient: do not stop it.
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
"""The weights move along the gradient instead of against it, so the loss grows.

The optimizer subtracts the gradient of the loss: change the sign of neither.
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
"""The weights move twice as far as in one step.

Often the optimizer gets the same gradient twice, or the loss counts twice. Take one step per batch.
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
"""No weight changes.

Often the gradient is computed, but not used. Pass the gradients, with the weights, to `self.optimizer`.
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
"""The values of this batch are returned instead of the results of trackers.

`fit` then shows the last batch of the epoch. Update a `keras.metrics.Mean` for each loss, list the trackers in
`metrics`, and return their results.
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
"""None of the trackers is reset between epochs.

`fit` resets only the metrics that the property `metrics` lists. A tracker that is not listed averages over all epochs.
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
"""Only one of the three trackers is reset between epochs.

`fit` resets only the metrics that the property `metrics` lists. The other two average over all epochs: list all three.
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
"""The step needs the values of tensors as Python numbers.

In `fit` the step is traced as a graph, where tensors have no values. Pass tensors to the trackers as they are.
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
"""The sum over all pixels is divided by a fixed number, not by the batch size.

The last batch of an epoch can be smaller. Average over the batch at hand.
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
"""The values of this batch are returned, although the trackers are updated.

Return `result()` of each tracker: the mean over the epoch so far.
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
"""All models share their trackers.

Often they are attributes of the class, whose body runs once. Create the trackers in `__init__`, so that each model has
its own.
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
"""The reported `loss` is only the reconstruction loss.

The gradient is right, but the tracker of `loss` must get the sum of both parts.
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

Other models use such a factor (beta-VAE). Here the loss is the plain sum of both parts.
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
"""The divergence is computed from `z` instead of `z_mean`.

The formula needs the mean of the distribution; `z` is one draw from it.
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
"""The tracker of the divergence is not reset between epochs.

`fit` resets only the metrics that the property `metrics` lists, so this one averages over all epochs. List all three.
"""


class VAE(VAE):
    @property
    def metrics(self):
        return super().metrics[:2]

    def train_step(self, data):
        results = super().train_step(data)
        return {**results, "kl_loss": super().metrics[2].result()}


# %% losses_exchanged
"""`reconstruction_loss` and `kl_loss` are returned under each other's names.

Return each tracker's result under its own name: `reconstruction_loss` and `kl_loss`.
"""


class VAE(VAE):
    def train_step(self, data):
        results = super().train_step(data)
        return {**results, "reconstruction_loss": results["kl_loss"], "kl_loss": results["reconstruction_loss"]}

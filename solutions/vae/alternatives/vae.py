# %% public_example
"""Everything written out in the step; losses from `keras.ops`; trackers with other names."""

from keras import ops


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.total_loss_tracker = keras.metrics.Mean(name="total_loss")
        self.reconstruction_loss_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_loss_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.total_loss_tracker, self.reconstruction_loss_tracker, self.kl_loss_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            reconstruction = self.decoder(z)
            reconstruction_loss = ops.mean(
                ops.sum(keras.losses.binary_crossentropy(data, reconstruction), axis=(1, 2))
            )
            kl_loss = -0.5 * (1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var))
            kl_loss = ops.mean(ops.sum(kl_loss, axis=1))
            total_loss = reconstruction_loss + kl_loss
        grads = tape.gradient(total_loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights))
        self.total_loss_tracker.update_state(total_loss)
        self.reconstruction_loss_tracker.update_state(reconstruction_loss)
        self.kl_loss_tracker.update_state(kl_loss)
        return {
            "loss": self.total_loss_tracker.result(),
            "reconstruction_loss": self.reconstruction_loss_tracker.result(),
            "kl_loss": self.kl_loss_tracker.result(),
        }


# %% draws_itself
"""The step draws z itself from the two heads; a loss object; `apply`; the trackers in a dict."""


class VAE(keras.Model):
    def __init__(self, encoder, decoder, name="vae", **kwargs):
        super().__init__(name=name, **kwargs)
        self.enc, self.dec = encoder, decoder
        self.bce = keras.losses.BinaryCrossentropy(reduction="none")
        self.means = {key: keras.metrics.Mean() for key in ("loss", "reconstruction_loss", "kl_loss")}

    @property
    def metrics(self):
        return list(self.means.values())

    def call(self, images, training=None):
        return self.dec(self.enc(images, training=training)[2], training=training)

    def train_step(self, data):
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        variables = self.enc.trainable_variables + self.dec.trainable_variables
        with tf.GradientTape() as tape:
            mean, log_var, _ = self.enc(images, training=True)
            z = mean + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mean))
            decoded = self.dec(z, training=True)
            reconstruction = tf.reduce_mean(tf.einsum("bhw->b", self.bce(images, decoded)))
            kl = kl_divergence(z_mean=mean, z_log_var=log_var)
            total = tf.add_n([reconstruction, kl])
        self.optimizer.apply(tape.gradient(total, variables), variables)
        for key, value in zip(self.means, (total, reconstruction, kl)):
            self.means[key].update_state(value)
        return {key: mean.result() for key, mean in self.means.items()}


# %% crossentropy_by_hand
"""The crossentropy written out with a small constant against log(0); a loss method that the step calls."""


class VAE(tf.keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder, self.decoder = encoder, decoder
        self.trackers = [keras.metrics.Mean(name=n) for n in ("loss", "reconstruction_loss", "kl_loss")]

    @property
    def metrics(self):
        return self.trackers

    @tf.function
    def losses_of(self, x):
        outputs = self.encoder(x)
        p = self.decoder(outputs[2])
        each = -x * tf.math.log(p + 1e-7) - (1 - x) * tf.math.log(1 - p + 1e-7)
        batch = tf.cast(tf.shape(x)[0], tf.float32)
        reconstruction = tf.reduce_sum(each) / (batch * x.shape[-1])
        kl = kl_divergence(outputs[0], outputs[1])
        return reconstruction + kl, reconstruction, kl

    def train_step(self, data):
        if isinstance(data, (tuple, list)):
            data = data[0]
        with tf.GradientTape(persistent=True) as tape:
            values = self.losses_of(data)
        for part in (self.encoder, self.decoder):
            part.trainable = True
        grads = tape.gradient(values[0], self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        for tracker, value in zip(self.trackers, values):
            tracker.update_state(value, sample_weight=tf.shape(data)[0])
        return {tracker.name: tracker.result() for tracker in self.trackers}

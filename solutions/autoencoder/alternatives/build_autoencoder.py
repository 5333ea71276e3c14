# %% from_the_encoders_input
"""The encoder's own input and output, the decoder called on the latter."""


def build_autoencoder(encoder, decoder):
    return keras.Model(inputs=encoder.input, outputs=decoder(encoder.output), name="AE")


# %% model_of_models
"""A Sequential of the two models, compiled at once."""


def build_autoencoder(encoder, decoder):
    model = tf.keras.Sequential([encoder, decoder])
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model


# %% subclass
"""A subclass that keeps the halves as attributes."""


class Autoencoder(keras.Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def call(self, x):
        encoded = self.encoder(x)
        decoded = self.decoder(encoded)
        return decoded


def build_autoencoder(encoder, decoder):
    return Autoencoder(encoder, decoder)


# %% subclass_with_training
"""A subclass that hands `training` on, keeps its halves in a list and is built at once."""


def build_autoencoder(encoder: keras.Model, decoder: keras.Model) -> keras.Model:
    class Whole(keras.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.halves = [encoder, decoder]

        def call(self, inputs, training=None):
            value = inputs
            for half in self.halves:
                value = half(value, training=training)
            return value

    whole = Whole(name="whole")
    whole.build(encoder.input_shape)
    return whole


# %% own_train_step
"""A subclass with a train step of its own, which uses the loss that the model was compiled with."""


class TrainedAutoencoder(keras.Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def call(self, x, training=False):
        return self.decoder(self.encoder(x, training=training), training=training)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(y=y, y_pred=self(x, training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"loss": loss}


def build_autoencoder(encoder, decoder):
    return TrainedAutoencoder(encoder, decoder)


# %% shape_from_the_halves
"""Functional, with the size taken from the decoder's output, and named steps."""


def build_autoencoder(encoder, decoder):
    size = decoder.output_shape[-1]
    images = keras.layers.Input(shape=(size,), dtype="float32", name="images")
    codes = encoder(images)
    reconstructions = decoder(codes)
    model = keras.models.Model(inputs=[images], outputs=[reconstructions])
    encoder.trainable = decoder.trainable = True
    return model


# %% inference_recorded
"""Functional, recorded with `training=False`: a value for `training` given later replaces it."""


def build_autoencoder(encoder, decoder):
    inputs = tf.keras.Input(shape=encoder.input_shape[1:])
    z = encoder(inputs, training=False)
    return tf.keras.Model(inputs, decoder(z, training=False))

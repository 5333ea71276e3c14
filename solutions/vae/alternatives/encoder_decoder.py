# %% resized_at_the_end
"""Strides as in the public example, a resizing layer that mends the size; one more dense layer in the encoder."""

from keras import layers


def build_encoder(image_shape, latent_dim):
    encoder_inputs = keras.Input(shape=image_shape)
    x = layers.Conv2D(32, 3, activation="relu", strides=2, padding="same")(encoder_inputs)
    x = layers.Conv2D(64, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(16, activation="relu")(x)
    z_mean = layers.Dense(latent_dim, name="z_mean")(x)
    z_log_var = layers.Dense(latent_dim, name="z_log_var")(x)
    z = Sampling()([z_mean, z_log_var])
    return keras.Model(encoder_inputs, [z_mean, z_log_var, z], name="encoder")


def build_decoder(image_shape, latent_dim):
    h, w, c = image_shape
    latent_inputs = keras.Input(shape=(latent_dim,))
    x = layers.Dense((h // 4) * (w // 4) * 64, activation="relu")(latent_inputs)
    x = layers.Reshape((h // 4, w // 4, 64))(x)
    x = layers.Conv2DTranspose(64, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Conv2DTranspose(32, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Conv2DTranspose(c, 3, activation="sigmoid", padding="same")(x)
    return keras.Model(latent_inputs, layers.Resizing(h, w)(x), name="decoder")


# %% one_dense_for_both_heads
"""One dense layer of twice the width, split; the decoder works at full size all the time."""


def build_encoder(image_shape, latent_dim):
    images = keras.layers.Input(shape=image_shape)
    x = keras.layers.Conv2D(8, 3, activation="gelu")(images)
    x = keras.layers.MaxPooling2D()(x)
    both = keras.layers.Dense(2 * latent_dim)(keras.layers.Flatten()(x))
    z_mean, z_log_var = both[:, :latent_dim], both[:, latent_dim:]
    return keras.Model(images, (z_mean, z_log_var, Sampling(name="z")((z_mean, z_log_var))))


def build_decoder(image_shape, latent_dim):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            keras.layers.Dense(image_shape[0] * image_shape[1] * 4, activation="elu"),
            keras.layers.Reshape((image_shape[0], image_shape[1], 4)),
            keras.layers.Conv2DTranspose(image_shape[2], 3, padding="same"),
            keras.layers.Activation("sigmoid"),
        ]
    )


# %% subclassed
"""Subclassed models; batch normalisation; the draw is written out in the encoder."""


class Encoder(keras.Model):
    def __init__(self, latent_dim):
        super().__init__()
        self.features = keras.Sequential(
            [
                keras.layers.Conv2D(16, 3, strides=2, padding="same"),
                keras.layers.BatchNormalization(),
                keras.layers.LeakyReLU(),
                keras.layers.GlobalAveragePooling2D(),
            ]
        )
        self.to_mean = keras.layers.Dense(latent_dim)
        self.to_log_var = keras.layers.Dense(latent_dim, kernel_initializer="zeros")

    def call(self, images):
        x = self.features(images)
        z_mean, z_log_var = self.to_mean(x), self.to_log_var(x)
        return z_mean, z_log_var, z_mean + tf.exp(z_log_var / 2) * tf.random.normal(tf.shape(z_mean))


class Decoder(keras.Model):
    def __init__(self, image_shape, latent_dim):
        super().__init__()
        self.size = image_shape
        self.dense = keras.layers.Dense(8 * (image_shape[0] // 2 + 1) * (image_shape[1] // 2 + 1), activation="relu")
        self.up = keras.layers.Conv2DTranspose(image_shape[2], 4, strides=2, padding="same", activation="sigmoid")

    def call(self, codes):
        h, w, _ = self.size
        x = tf.reshape(self.dense(codes), (-1, h // 2 + 1, w // 2 + 1, 8))
        return self.up(x)[:, :h, :w]


def build_encoder(image_shape, latent_dim):
    encoder = Encoder(latent_dim)
    encoder.build((None, *image_shape))
    return encoder


def build_decoder(image_shape, latent_dim):
    decoder = Decoder(image_shape, latent_dim)
    decoder.build((None, latent_dim))
    return decoder


# %% strides_that_divide
"""Doubles only what is even, by strides of their own for rows and columns; clips a linear output."""


def build_encoder(image_shape, latent_dim):
    inputs = keras.Input(image_shape)
    x = inputs
    for filters in (16, 32):
        x = keras.layers.Conv2D(filters, 3, strides=2, padding="same")(x)
        x = keras.layers.ReLU()(x)
    x = keras.layers.Reshape((-1,))(x)
    heads = [keras.layers.Dense(latent_dim)(keras.layers.Dense(24, "tanh")(x)) for _ in range(2)]
    sampling = Sampling()
    return keras.Model(inputs, heads + [sampling(heads)])


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    strides = tuple(2 if size % 2 == 0 else 1 for size in (height, width))
    rows, columns = height // strides[0], width // strides[1]
    inputs = keras.Input((latent_dim,))
    x = keras.layers.Dense(rows * columns * 16, activation="swish")(inputs)
    x = keras.layers.Reshape((rows, columns, 16))(x)
    x = keras.layers.Conv2DTranspose(16, 3, strides=strides, padding="same", activation="relu")(x)
    x = keras.layers.Conv2DTranspose(channels, 1, activation="hard_sigmoid")(x)
    return keras.Model(inputs, x)

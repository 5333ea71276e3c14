# %% functional
"""Functional models; one transposed convolution of stride 4; no activation but the last is a layer of its own."""


def build_generator(latent_dim):
    latents = keras.Input(shape=(latent_dim,))
    x = layers.Dense(4 * 4 * 32, activation="relu")(latents)
    x = layers.Reshape((4, 4, 32))(x)
    images = layers.Conv2DTranspose(image_shape[-1], 3, strides=2, padding="same", activation="sigmoid")(x)
    return keras.Model(latents, images, name="generator")


def build_discriminator():
    images = keras.Input(shape=image_shape)
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="leaky_relu")(images)
    x = layers.Conv2D(1, 4)(x)
    return keras.Model(images, layers.Reshape((1,))(x), name="discriminator")


# %% batch_norm_and_tanh
"""Batch normalization, no biases, and a tanh that is moved to [0, 1]."""


def build_generator(latent_dim: int) -> keras.Model:
    model = keras.Sequential(name="generator")
    model.add(layers.InputLayer(shape=(latent_dim,)))
    model.add(layers.Dense(2 * 2 * 64, use_bias=False))
    model.add(layers.BatchNormalization())
    model.add(layers.ReLU())
    model.add(layers.Reshape((2, 2, 64)))
    for filters in (32, 16):
        model.add(layers.Conv2DTranspose(filters, 5, strides=2, padding="same", use_bias=False))
        model.add(layers.BatchNormalization())
        model.add(layers.ReLU())
    model.add(layers.Conv2DTranspose(1, 5, padding="same", use_bias=False, activation="tanh"))
    model.add(layers.Rescaling(0.5, offset=0.5))
    return model


def build_discriminator() -> keras.Model:
    model = keras.Sequential(name="discriminator")
    model.add(layers.InputLayer(shape=image_shape))
    for filters in (32, 64):
        model.add(layers.Conv2D(filters, 5, strides=2, padding="same"))
        model.add(layers.LeakyReLU())
        model.add(layers.Dropout(0.3))
    model.add(layers.GlobalMaxPooling2D())
    model.add(layers.Dense(1, activation="linear"))
    return model


# %% subclassed
"""Subclassed models, built at their first call."""


class Painter(keras.Model):
    def __init__(self, latent_dim):
        super().__init__()
        self.start = layers.Dense(4 * 4 * 24)
        self.up = layers.Conv2DTranspose(12, 4, strides=2, padding="same")
        self.out = layers.Conv2DTranspose(1, 3, padding="same")

    def call(self, latents):
        x = tf.nn.silu(self.start(latents))
        x = tf.reshape(x, (-1, 4, 4, 24))
        return tf.nn.sigmoid(self.out(tf.nn.silu(self.up(x))))


class Critic(keras.Model):
    def __init__(self):
        super().__init__()
        self.down = [layers.Conv2D(16 * 2**i, 3, strides=2, padding="same") for i in range(2)]
        self.out = layers.Dense(1)

    def call(self, images, training=False):
        x = images - 0.5
        for layer in self.down:
            x = tf.nn.elu(layer(x))
        return self.out(tf.reduce_mean(x, axis=(1, 2)))


def build_generator(latent_dim):
    model = Painter(latent_dim)
    model(tf.zeros((1, latent_dim)))
    return model


def build_discriminator():
    model = Critic()
    model(tf.zeros((1, *image_shape)))
    return model


# %% keras_dcgan
"""The networks of the Keras DCGAN example, made smaller for 8 by 8 pixels."""


def build_generator(latent_dim):
    return keras.Sequential(
        [
            keras.Input(shape=(latent_dim,)),
            layers.Dense(2 * 2 * 128),
            layers.Reshape((2, 2, 128)),
            layers.Conv2DTranspose(128, kernel_size=4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(256, kernel_size=4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(1, kernel_size=5, padding="same", activation="sigmoid"),
        ],
        name="generator",
    )


def build_discriminator():
    return keras.Sequential(
        [
            keras.Input(shape=image_shape),
            layers.Conv2D(64, kernel_size=4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(128, kernel_size=4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(1),
        ],
        name="discriminator",
    )


# %% no_input_layer
"""Sequential models that do not say what goes in: they have no weights before their first call."""


def build_generator(latent_dim):
    model = keras.Sequential()
    model.add(layers.Dense(4 * 4 * 32, activation="relu"))
    model.add(layers.Reshape((4, 4, 32)))
    model.add(layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid"))
    return model


def build_discriminator():
    model = keras.Sequential()
    for filters in (24, 48):
        model.add(layers.Conv2D(filters, 4, strides=2, padding="same", activation="leaky_relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    return model


# %% narrow_discriminator
"""The generator is as narrow as it may be; the discriminator ends in two numbers before its logit."""


def build_generator(latent_dim):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(8, activation="tanh"),
            layers.Dense(4 * 4 * 4, activation="tanh"),
            layers.Reshape((4, 4, 4)),
            layers.Conv2DTranspose(4, 2, strides=2, activation="tanh"),
            layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
        ]
    )


def build_discriminator():
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Conv2D(8, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Conv2D(8, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Conv2D(2, 2, activation="leaky_relu"),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


# %% tanh_before_the_logit
"""All hidden layers of the discriminator end in a tanh; only the last kernel makes its logit large."""


def build_discriminator():
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Conv2D(16, 4, strides=2, padding="same", activation="tanh"),
            layers.Conv2D(32, 4, strides=2, padding="same", activation="tanh"),
            layers.Flatten(),
            layers.Dense(16, activation="tanh"),
            layers.Dense(1, use_bias=False),
        ]
    )

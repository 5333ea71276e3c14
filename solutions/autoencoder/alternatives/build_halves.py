# %% sequential
"""Two Sequential models with an input each, three layers deep."""


def build_encoder(input_dim, latent_dim):
    return keras.Sequential(
        [
            keras.layers.Input(shape=(input_dim,)),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(latent_dim, activation="relu"),
        ]
    )


def build_decoder(latent_dim, output_dim):
    return keras.Sequential(
        [
            keras.layers.Input(shape=(latent_dim,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(output_dim, activation="sigmoid"),
        ]
    )


# %% sequential_without_input
"""Sequential models that are built when they are first called; no activation at the end."""


def build_encoder(input_dim, latent_dim):
    model = tf.keras.Sequential(name="Encoder")
    model.add(tf.keras.layers.Dense(16, activation="tanh"))
    model.add(tf.keras.layers.Dense(latent_dim))
    return model


def build_decoder(latent_dim, output_dim):
    model = tf.keras.Sequential(name="Decoder")
    model.add(tf.keras.layers.Dense(16, activation="tanh"))
    model.add(tf.keras.layers.Dense(output_dim))
    return model


# %% subclassed
"""Two subclasses of `keras.Model`, made by the functions."""


class Encoder(keras.Model):
    def __init__(self, latent_dim, **kwargs):
        super().__init__(**kwargs)
        self.hidden = keras.layers.Dense(64, activation="gelu")
        self.code = keras.layers.Dense(latent_dim)

    def call(self, inputs):
        return self.code(self.hidden(inputs))


class Decoder(keras.Model):
    def __init__(self, output_dim, **kwargs):
        super().__init__(**kwargs)
        self.hidden = keras.layers.Dense(64, activation="gelu")
        self.pixels = keras.layers.Dense(output_dim, activation="sigmoid")

    def call(self, inputs):
        return self.pixels(self.hidden(inputs))


def build_encoder(input_dim: int, latent_dim: int) -> keras.Model:
    model = Encoder(latent_dim)
    model.build((None, input_dim))
    return model


def build_decoder(latent_dim: int, output_dim: int) -> keras.Model:
    return Decoder(output_dim)


# %% linear
"""One linear layer each: principal components, found by descent."""


def build_encoder(input_dim, latent_dim):
    inputs = keras.Input(shape=(input_dim,), name="encoder_input")
    return keras.Model(inputs=inputs, outputs=keras.layers.Dense(latent_dim, name="latent")(inputs), name="encoder")


def build_decoder(latent_dim, output_dim):
    inputs = keras.Input(shape=(latent_dim,), name="decoder_input")
    return keras.Model(inputs=inputs, outputs=keras.layers.Dense(output_dim, name="output")(inputs), name="decoder")


# %% normalised_with_dropout
"""Batch normalisation, leaky relu and a little dropout; a loop over the widths; compiled at once."""


def _mlp(n_inputs, widths, n_outputs, activation):
    x = inputs = keras.Input((n_inputs,))
    for width in widths:
        x = keras.layers.Dense(width)(x)
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.LeakyReLU(0.2)(x)
        x = keras.layers.Dropout(0.1)(x)
    model = keras.Model(inputs, keras.layers.Dense(n_outputs, activation=activation)(x))
    model.compile(optimizer="adam", loss="mse")
    return model


def build_encoder(input_dim, latent_dim):
    return _mlp(input_dim, [48, 24], latent_dim, "linear")


def build_decoder(latent_dim, output_dim):
    return _mlp(latent_dim, [24, 48], output_dim, "sigmoid")


# %% sparse_code
"""The code is positive and its activity is penalised, the data come out of a clipped line."""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(100, activation="selu", kernel_initializer="lecun_normal")(x)
    penalty = keras.regularizers.L1(1e-5)
    return keras.Model(x, keras.layers.Dense(latent_dim, "relu", activity_regularizer=penalty)(hidden))


def build_decoder(latent_dim, output_dim):
    z = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(100, activation="selu", kernel_initializer="lecun_normal")(z)
    return keras.Model(z, keras.layers.Dense(output_dim, activation="relu")(hidden))


# %% sigmoids_throughout
"""Sigmoids in every layer, the code included, as in old tutorials; the logits are squashed by a layer of their own."""


def build_encoder(input_dim, latent_dim):
    x = tf.keras.layers.Input((input_dim,))
    h = tf.keras.layers.Dense(32, activation=tf.nn.sigmoid)(x)
    return tf.keras.models.Model(x, tf.keras.layers.Dense(latent_dim, activation=tf.nn.sigmoid)(h))


def build_decoder(latent_dim, output_dim):
    z = tf.keras.layers.Input((latent_dim,))
    h = tf.keras.layers.Dense(32, activation=tf.nn.sigmoid)(z)
    logits = tf.keras.layers.Dense(output_dim)(h)
    return tf.keras.models.Model(z, tf.keras.layers.Activation("sigmoid")(logits))


# %% half_a_sine
"""Outputs from a sine, moved to [0, 1]: each can be 0 or 1, for many weights; a hidden layer with a skip."""


class HalfSine(keras.layers.Layer):
    def call(self, x):
        return 0.5 + 0.5 * keras.ops.sin(x)


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="silu")(x)
    hidden = keras.layers.Add()([hidden, keras.layers.Dense(32, activation="silu")(hidden)])
    return keras.Model(x, keras.layers.Dense(latent_dim)(keras.layers.LayerNormalization()(hidden)))


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="leaky_relu")(code)
    hidden = keras.layers.Concatenate()([hidden, code])
    return keras.Model(code, HalfSine()(keras.layers.Dense(output_dim)(hidden)))

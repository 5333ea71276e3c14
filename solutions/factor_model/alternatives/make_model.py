# %% as_the_lecture_prints_it
"""The conditional autoencoder of the lecture, with its names for the layers."""

from keras import Model
from keras.layers import BatchNormalization, Dense, Dot, Input


def make_model(hidden_units=8, n_factors=3):
    input_beta = Input((n_tickers, n_characteristics), name="input_beta")
    input_factor = Input((n_tickers,), name="input_factor")

    hidden_layer = Dense(units=hidden_units, activation="relu", name="hidden_layer")(input_beta)
    batch_norm = BatchNormalization(name="batch_norm")(hidden_layer)

    output_beta = Dense(units=n_factors, name="output_beta")(batch_norm)

    output_factor = Dense(units=n_factors, name="output_factor")(input_factor)

    output = Dot(axes=(2, 1), name="output_layer")([output_beta, output_factor])

    model = Model(inputs=[input_beta, input_factor], outputs=output)
    model.compile(loss="mse", optimizer="adam")
    return model


# %% product_and_sum
"""Betas times factors, which get an axis for the tickers, summed over the last axis; inputs as a dict."""


def make_model(hidden_units: int = 8, n_factors: int = 3) -> keras.Model:
    inputs = {
        "input_beta": keras.Input(shape=(n_tickers, n_characteristics), name="input_beta"),
        "input_factor": keras.Input(shape=(n_tickers,), name="input_factor"),
    }
    x = keras.layers.Dense(hidden_units)(inputs["input_beta"])
    x = keras.layers.ReLU()(x)
    x = keras.layers.BatchNormalization(momentum=0.9)(x)
    beta = keras.layers.Dense(n_factors, name="output_beta")(x)
    factor = keras.layers.Dense(n_factors)(inputs["input_factor"])
    output = keras.ops.sum(beta * keras.ops.expand_dims(factor, 1), axis=-1)
    model = keras.Model(inputs=inputs, outputs=output)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.MeanSquaredError(), metrics=["mae"])
    return model


# %% einsum
"""An einsum over the factors, with its own initializers."""


def make_model(hidden_units=8, n_factors=3):
    beta_in = tf.keras.layers.Input([n_tickers, n_characteristics], name="input_beta")
    factor_in = tf.keras.layers.Input([n_tickers], name="input_factor")
    h = tf.keras.layers.Dense(hidden_units, kernel_initializer="he_normal")(beta_in)
    h = tf.keras.layers.Activation("relu")(h)
    h = tf.keras.layers.BatchNormalization(axis=-1)(h)
    b = tf.keras.layers.Dense(n_factors, activation="linear", name="output_beta")(h)
    f = tf.keras.layers.Dense(n_factors, kernel_initializer="random_normal")(factor_in)
    r = keras.ops.einsum("btk,bk->bt", b, f)
    model = tf.keras.Model([beta_in, factor_in], r, name="conditional_autoencoder")
    model.compile("adam", "mean_squared_error")
    return model


# %% time_distributed
"""The threading is spelled out by TimeDistributed; a matrix product, whose last axis is dropped."""


def make_model(hidden_units=8, n_factors=3):
    beta_in = keras.Input((n_tickers, n_characteristics), name="input_beta")
    factor_in = keras.Input((n_tickers,), name="input_factor")
    h = keras.layers.TimeDistributed(keras.layers.Dense(hidden_units, activation=keras.activations.relu))(beta_in)
    h = keras.layers.BatchNormalization()(h)
    b = keras.layers.TimeDistributed(keras.layers.Dense(n_factors), name="output_beta")(h)
    f = keras.layers.Reshape((n_factors, 1))(keras.layers.Dense(n_factors)(factor_in))
    out = keras.ops.squeeze(keras.ops.matmul(b, f), axis=-1)
    model = keras.Model([beta_in, factor_in], out)
    model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.01), loss="MSE")
    return model


# %% convolutions_of_width_one
"""A convolution of width one is a threaded Dense."""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    h = keras.layers.Conv1D(hidden_units, kernel_size=1, activation="relu")(characteristics)
    h = keras.layers.BatchNormalization(epsilon=1e-5)(h)
    betas = keras.layers.Conv1D(n_factors, 1, name="output_beta")(h)
    factors = keras.layers.Dense(n_factors)(returns)
    fitted = keras.layers.Dot(axes=[1, 2])([factors, betas])
    model = keras.Model(inputs=(characteristics, returns), outputs=fitted)
    model.compile(loss=keras.losses.mean_squared_error, optimizer="Adam")
    return model


# %% loss_as_a_function
"""Repeated factors, a product and a Lambda layer; the loss is a function of its own."""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    beta_net = keras.layers.Dense(hidden_units, activation="relu", use_bias=True)(characteristics)
    beta_net = keras.layers.BatchNormalization(epsilon=1e-4)(beta_net)
    betas = keras.layers.Dense(n_factors, name="output_beta")(beta_net)
    factors = keras.layers.Dense(n_factors)(returns)
    factors = keras.layers.RepeatVector(n_tickers)(factors)
    products = keras.layers.Multiply()([betas, factors])
    fitted = keras.layers.Lambda(lambda x: keras.ops.sum(x, axis=2))(products)
    model = keras.Model([characteristics, returns], fitted)
    model.compile(optimizer=keras.optimizers.Adam(), loss=lambda y, p: keras.ops.mean(keras.ops.square(y - p), axis=-1))
    return model

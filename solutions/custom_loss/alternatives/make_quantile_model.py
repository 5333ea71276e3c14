# %% linear
"""A linear model, Functional, with the loss function instead of the class."""


def make_quantile_model(n_features, tau):
    inputs = keras.Input(shape=(n_features,), name="features")
    outputs = keras.layers.Dense(1, name="quantile")(inputs)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss=pinball_loss(tau))
    return model


# %% without_an_input_layer
"""A network that is built by its first batch, with metrics, the formula written out."""


def make_quantile_model(n_features, tau):
    def quantile_loss(y_true, y_pred):
        error = tf.subtract(y_true, y_pred)
        return tf.reduce_mean(tf.maximum(tau * error, (tau - 1.0) * error), axis=-1)

    model = tf.keras.models.Sequential(
        [
            tf.keras.layers.Dense(32, activation="tanh"),
            tf.keras.layers.Dense(32, activation="relu"),
            tf.keras.layers.Dense(1),
        ]
    )
    model.compile(tf.keras.optimizers.RMSprop(), loss=quantile_loss, metrics=["mae", "mse"])
    return model


# %% subclassed
"""A subclassed model, compiled for eager running, with a learning rate that falls."""


class QuantileRegressor(keras.Model):
    def __init__(self, width=24):
        super().__init__()
        self.hidden = keras.layers.Dense(width, activation="gelu")
        self.head = keras.layers.Dense(1)

    def call(self, inputs):
        return self.head(self.hidden(inputs))


def make_quantile_model(n_features, tau, width=24):
    model = QuantileRegressor(width)
    rate = keras.optimizers.schedules.ExponentialDecay(0.01, 1000, 0.6)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss=PinballLoss(tau), run_eagerly=True)
    return model


# %% normalised_and_dropped_out
"""Batch normalisation and dropout, plain SGD with momentum, several steps an execution."""


def make_quantile_model(n_features, tau):
    model = keras.Sequential(
        [
            keras.layers.Input((n_features,)),
            keras.layers.Dense(32),
            keras.layers.BatchNormalization(),
            keras.layers.Activation("relu"),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(1),
        ]
    )
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
    model.compile(optimizer=optimizer, loss=PinballLoss(tau=tau), steps_per_execution=16, jit_compile=True)
    return model


# %% weak_penalty
"""A weak penalty on the kernels, and one on the activations."""


def make_quantile_model(n_features, tau):
    weak = keras.regularizers.L2(1e-4)
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(16, "relu", kernel_regularizer=weak, activity_regularizer=keras.regularizers.L1(1e-6)),
            keras.layers.Dense(1, kernel_regularizer=weak),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss=PinballLoss(tau))
    return model


# %% large_network
"""A network with far more weights than examples, the formula written out."""


def make_quantile_model(n_features, tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.abs(error) * keras.ops.where(error > 0, tau, 1 - tau), axis=-1)

    hidden = [keras.layers.Dense(128, activation="relu") for _ in range(2)]
    model = keras.Sequential([keras.Input((n_features,)), *hidden, keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss=loss_fn)
    return model

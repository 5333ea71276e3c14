# %% ordinary_loss
"""The model is compiled with an ordinary loss, so it learns the middle of the targets.

Mean squared error gives the conditional mean, absolute error the median, and neither depends on `tau`. Compile the
model with a loss that you make for `tau`.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    return model


# %% other_quantile
"""The loss is made with 1 - tau, so the model learns the quantile on the other side.

For tau = 0.9 nine of ten targets must lie below the prediction. If only one of ten does, the two sides are swapped
somewhere between the model's argument and the loss.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(1 - tau))
    return model


# %% no_bias
"""The model has no bias, so it predicts exactly 0 where all features are 0.

Standardised features are 0 for the average example, and its quantile is not. Without a bias a model can only tilt its
line around the origin, not move it up or down.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(tau))
    return model


# %% not_compiled
"""The model is built and not compiled.

Without a loss and an optimizer there is nothing to train with. Call `compile` with an optimizer and the loss that you
wrote.
"""


def make_quantile_model(n_features, tau):
    return keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])


# %% steps_too_small
"""The learning rate is so small that 300 epochs do not bring the model to the quantile.

The gradient of the pinball loss is never larger than `tau` or `1 - tau`, however far away the prediction is: 4,800
steps of that size times the learning rate is as far as a weight can move. Use a larger learning rate.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(1e-6), loss=PinballLoss(tau))
    return model


# %% relu_at_the_end
"""The last layer has a relu, so the model can't predict a negative number.

Half of the standardised targets are negative, and where relu gives 0 its gradient is 0 as well: the model gets stuck
there. Leave the last layer without an activation.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1, activation="relu"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(tau))
    return model


# %% one_output_per_feature
"""The output layer has `n_features` units, so there are several predictions for one target.

The number of features is the size of the input. A quantile of one target is one number.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(n_features)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(tau))
    return model


# %% tanh_at_the_end
"""The last layer has a tanh, so the model can't predict a number beyond 1.

Standardised targets lie between -3 and 3 or so, and a high quantile of them is often above 1. The last layer needs no
activation.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1, activation="tanh"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss=PinballLoss(tau))
    return model


# %% tau_ignored
"""The loss is made with one fixed quantile, whatever `tau` the model is asked for.

Every model then learns the same quantile. Hand the argument `tau` on to the loss.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(0.9))
    return model


# %% one_number_for_all
"""The model predicts the same number for every example.

Do the features reach the output? `LayerNormalization` over the single output unit, for one, subtracts the mean over the
last axis, which has one entry: nothing is left but the learned offset. Normalize hidden layers, never the output.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(12, activation="tanh"),
            keras.layers.Dense(1),
            keras.layers.LayerNormalization(),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(tau))
    return model


# %% last_axis_dropped
"""The model predicts shape `(batch,)`, not `(batch, 1)`.

The targets have shape `(batch, 1)`. Without its last axis, the difference of targets and predictions may become a
square of all pairs, and a mean over the last axis is a mean over the batch. Leave the output of the `Dense(1)` as it is.
"""


def make_quantile_model(n_features, tau):
    inputs = keras.Input((n_features,))
    outputs = keras.layers.Dense(1)(inputs)[:, 0]
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(tau))
    return model
